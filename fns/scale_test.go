package fns_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// foreign is a list of n items of a person's, with comments, and a config.
func foreign(n int) string {
	var b strings.Builder
	b.WriteString("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n")
	for i := range n {
		fmt.Fprintf(&b, `- # number %d
  apiVersion: v1
  kind: ConfigMap
  metadata:
    name: own-%d # keep me
    namespace: elsewhere
    annotations:
      config.kubernetes.io/index: '0'
      config.kubernetes.io/path: 'mine/%d.yaml'
      internal.config.kubernetes.io/index: '0'
      internal.config.kubernetes.io/path: 'mine/%d.yaml'
  data: # flow and quotes stay
    b: {x: "1", y: 'two'}
    a: |-
      text
`, i, i, i, i)
	}
	return b.String() + strings.SplitAfter(ollamaList, "items: []\n")[1]
}

// As many foreign items as are read pass with their comments, their order and
// their style. How long they take beside a tenth is told, not judged.
func TestManyItems(t *testing.T) {
	const few, many = 400, 4000
	took := func(n int) (string, time.Duration) {
		in := foreign(n)
		start := time.Now()
		return mustRun(t, in), time.Since(start)
	}
	_, first := took(few)
	out, second := took(many)
	t.Logf("%d items in %v, %d in %v", few, first, many, second)
	in := foreign(many)
	items := in[:strings.Index(in, "functionConfig:")]
	if !strings.HasPrefix(out, items) {
		for i := range min(len(items), len(out)) {
			if items[i] != out[i] {
				t.Fatalf("the items changed at byte %d: want\n%s\ngot\n%s", i, items[max(0, i-200):min(len(items), i+200)], out[max(0, i-200):min(len(out), i+200)])
			}
		}
	}
}

// applications is a list of n items for StackCheck, each hundred in a namespace:
// Deployments with a claim, a Service, an Ingress and a NetworkPolicy.
func applications(n int) string {
	var b strings.Builder
	b.WriteString("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n")
	for i := range n / 5 {
		b.WriteString(strings.NewReplacer("NAME", fmt.Sprintf("app-%d", i), "SPACE", fmt.Sprintf("space-%d", i/20)).Replace(application))
	}
	return b.String() + `functionConfig:
  apiVersion: hearth.dev/v1alpha1
  kind: StackCheck
  metadata: {name: check}
  spec: {}
`
}

// The benchmark's list is one in which nothing is found.
func TestApplications(t *testing.T) {
	if out := mustRun(t, applications(100)); strings.Contains(out, "results:") {
		t.Errorf("findings in a list that is to have none:\n%s", out[strings.Index(out, "results:"):])
	}
}

const application = `- apiVersion: v1
  kind: PersistentVolumeClaim
  metadata: {name: NAME, namespace: SPACE}
  spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: NAME, namespace: SPACE}
  spec:
    strategy: {type: Recreate}
    selector: {matchLabels: {app: NAME}}
    template:
      metadata: {labels: {app: NAME}}
      spec:
        automountServiceAccountToken: false
        securityContext: {runAsNonRoot: true, runAsUser: 10001, runAsGroup: 10001, seccompProfile: {type: RuntimeDefault}}
        containers:
        - name: ollama
          image: docker.io/ollama/ollama:0.23.2
          args: [serve]
          readinessProbe: {tcpSocket: {port: 11434}}
          resources: {requests: {cpu: "1"}, limits: {cpu: "4", memory: 8Gi, ephemeral-storage: 2Gi}}
          securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
        volumes: [{name: data, persistentVolumeClaim: {claimName: NAME}}]
- apiVersion: v1
  kind: Service
  metadata: {name: NAME, namespace: SPACE}
  spec: {selector: {app: NAME}, ports: [{port: 11434}]}
- apiVersion: networking.k8s.io/v1
  kind: Ingress
  metadata: {name: NAME, namespace: SPACE, annotations: {nginx.org/basic-auth-secret: users, nginx.org/proxy-read-timeout: 300s, nginx.org/proxy-send-timeout: 300s}}
  spec:
    ingressClassName: nginx
    rules:
    - host: NAME.example.org
      http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: NAME, port: {number: 11434}}}}]}
- apiVersion: networking.k8s.io/v1
  kind: NetworkPolicy
  metadata: {name: NAME, namespace: SPACE}
  spec: {podSelector: {matchLabels: {app: NAME}}, policyTypes: [Ingress, Egress], ingress: [{from: [{podSelector: {}}], ports: [{port: 11434, protocol: TCP}]}]}
`
