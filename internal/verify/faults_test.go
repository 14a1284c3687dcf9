package verify_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/testing/fakecluster"
	"github.com/hearth-dev/hearth/internal/verify"
	"github.com/hearth-dev/hearth/sizing"
)

// fault is one thing that is wrong on a cluster, and the row that says so.
type fault struct {
	name    string
	overlay string
	inject  func(*testing.T, *fakecluster.Cluster)
	options verify.Options // Stack, Overlay and the way to the cluster are filled in
	want    verify.Row     // without title and figures
}

// TestFaults has a cluster in order but for one thing.
func TestFaults(t *testing.T) {
	for _, group := range [][]fault{objectCases(), volumeCases(), replicaCases(), podCases(), versionCases(), answerCases(), footprintCases(), routeCases(), furtherRouteCases(), backendCases(), balancerCases(), otherCases()} {
		for _, c := range group {
			t.Run(c.want.Check+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				stack, cluster := start(t, c.overlay)
				c.inject(t, cluster)
				c.options.Stack, c.options.Overlay, c.options.Context = stack, c.overlay, "lab"
				report := run(t, cluster, c.options, nil)
				got, ok := report.Row(c.want.Check, c.want.Subject)
				if !ok {
					t.Fatalf("no row %s %s", c.want.Check, c.want.Subject)
				}
				got.Detail, got.Hint = stable(got.Detail), stable(got.Hint)
				if diff := cmp.Diff(c.want, got, cmpopts.IgnoreFields(verify.Row{}, "Title", "Measured")); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				if report.Passed != (report.Count(verify.Failed) == 0) {
					t.Errorf("Passed is %t with %d failed rows", report.Passed, report.Count(verify.Failed))
				}
				if got.Status == verify.Failed && got.Hint == "" {
					t.Error("a failed row without a hint")
				}
			})
		}
	}
}

var unstable = regexp.MustCompile(`wall +[0-9.]+s|127\.0\.0\.1:[0-9]+|[0-9]+ (seconds|minutes|hours) ago`)

func stable(s string) string { return unstable.ReplaceAllString(s, "...") }

// fail is the wanted row; its hint may be for the context lab.
func fail(check, subject, detail, hint string) verify.Row {
	return verify.Row{Check: check, Subject: subject, Status: verify.Failed, Detail: detail, Hint: hint}
}

func skip(check, subject, detail string) verify.Row {
	return verify.Row{Check: check, Subject: subject, Status: verify.NotChecked, Detail: detail}
}

// set changes one field of an object.
func set(t *testing.T, c *fakecluster.Cluster, kind, name, path string, value any) {
	t.Helper()
	c.Change(kind, name, func(o *fakecluster.Object) {
		fields := strings.Split(path, ".")
		if value == nil {
			unstructured.RemoveNestedField(o.Object, fields...)
			return
		}
		if err := unstructured.SetNestedField(o.Object, value, fields...); err != nil {
			t.Fatal(err)
		}
	})
}

// tree is YAML in flow style as an object's field.
func tree(t *testing.T, text string) map[string]any {
	t.Helper()
	data, err := yaml.YAMLToJSON([]byte("{apiVersion: v1, kind: Test, field: " + text + "}"))
	if err != nil {
		t.Fatal(err)
	}
	var u fakecluster.Object
	if err := u.UnmarshalJSON(data); err != nil {
		t.Fatal(err)
	}
	return u.Object["field"].(map[string]any)
}

// event is a warning about an object.
func event(c *fakecluster.Cluster, namespace, kind, name, reason, message string) {
	o := &fakecluster.Object{Object: map[string]any{
		"apiVersion": "v1", "kind": "Event", "type": "Warning", "reason": reason, "message": message,
		"involvedObject": map[string]any{"kind": kind, "name": name}, "lastTimestamp": "2026-01-01T00:00:00Z",
	}}
	o.SetNamespace(namespace)
	o.SetName(name + ".1")
	c.Put(o)
}

// broken makes the one pod of Ollama not ready, with the status in YAML.
func broken(status string) func(*testing.T, *fakecluster.Cluster) {
	return func(t *testing.T, c *fakecluster.Cluster) {
		t.Helper()
		set(t, c, "Deployment", "ollama", "status.readyReplicas", int64(0))
		set(t, c, "Deployment", "ollama", "status.availableReplicas", int64(0))
		set(t, c, "Pod", "ollama-0", "status", tree(t, status))
	}
}

// pulled is an Ollama whose models were not pulled, for the reason that its
// client gave.
func pulled(reason string) func(*testing.T, *fakecluster.Cluster) {
	return func(t *testing.T, c *fakecluster.Cluster) {
		t.Helper()
		broken(`{phase: Pending, initContainerStatuses: [{name: pull-models, state: {terminated: {reason: Error, exitCode: 1}}}]}`)(t, c)
		c.Log("ollama", "ollama-0", "pull-models", "2026-01-01T00:00:00Z x:1: not complete: "+reason+`
2026-01-01T00:00:00Z x:1: giving up after 5 tries
2026-01-01T00:00:01Z not pulled: x:1; the last lines of the local server:
`)
	}
}

func objectCases() []fault {
	const namespaceHint = "namespaceLabels, or: kubectl --context lab label --overwrite namespace ollama pod-security.kubernetes.io/enforce=restricted"
	return []fault{
		{"missing", "e2e-kind", func(_ *testing.T, c *fakecluster.Cluster) { c.Delete("Namespace", "ollama") }, verify.Options{},
			fail("namespace", "ollama", "no such namespace", "kubectl --context lab create namespace ollama")},
		{"another level", "e2e-kind", func(t *testing.T, c *fakecluster.Cluster) {
			set(t, c, "Namespace", "ollama", "metadata.labels", map[string]any{"pod-security.kubernetes.io/enforce": "baseline"})
		}, verify.Options{}, fail("namespace", "ollama", `label pod-security.kubernetes.io/enforce is "baseline", want pod-security.kubernetes.io/enforce=restricted`, namespaceHint)},
		{"no level", "e2e-kind", func(t *testing.T, c *fakecluster.Cluster) { set(t, c, "Namespace", "ollama", "metadata.labels", nil) }, verify.Options{},
			fail("namespace", "ollama", "label pod-security.kubernetes.io/enforce is missing, want pod-security.kubernetes.io/enforce=restricted", namespaceHint)},
		{"not ours to see", "e2e-kind", func(_ *testing.T, c *fakecluster.Cluster) { c.Deny("namespaces") }, verify.Options{},
			skip("namespace", "ollama", `this user may not look: namespaces is forbidden: User "test" cannot use resource`)},

		{"missing", "e2e-kind", func(_ *testing.T, c *fakecluster.Cluster) { c.Delete("NetworkPolicy", "ollama") }, verify.Options{},
			fail("objects", "e2e-kind", "1 of 6 missing: NetworkPolicy ollama/ollama",
				"kubectl --context lab apply -k overlays/e2e-kind; with Fleet, look at the bundle: kubectl get bundles -A")},
		{"not ours to see", "e2e-kind", func(_ *testing.T, c *fakecluster.Cluster) { c.Deny("networkpolicies") }, verify.Options{},
			skip("objects", "e2e-kind", "5 of 6; this user may not look for NetworkPolicy ollama/ollama")},
		{"no cert-manager", "homelab-nginx", func(_ *testing.T, c *fakecluster.Cluster) { c.Remove("cert-manager.io") }, verify.Options{},
			fail("objects", "homelab-nginx", "the cluster knows no Certificate (cert-manager.io/v1)",
				"install what defines it: cert-manager, Traefik, the NGINX Ingress Controller or Gateway API; or change expose")},

		{"missing", "homelab-internal", func(_ *testing.T, c *fakecluster.Cluster) { c.Delete("Secret", "open-webui") }, verify.Options{},
			fail("secrets", "ai", "open-webui (secret-key) is missing: signs Open WebUI's sessions", "hearth secrets homelab-internal --apply --context lab")},
		{"without its key", "homelab-traefik", func(t *testing.T, c *fakecluster.Cluster) {
			set(t, c, "Secret", "ollama-users", "data", map[string]any{"auth": "eA=="})
		}, verify.Options{}, fail("secrets", "ollama", "ollama-users has nothing in the key users", "hearth secrets homelab-traefik --apply --context lab")},
		{"of variables, whatever they are", "people", func(*testing.T, *fakecluster.Cluster) {}, verify.Options{},
			verify.Row{Check: "secrets", Subject: "people", Status: verify.Passed, Detail: "words"}},
		{"of variables, without any", "people", func(t *testing.T, c *fakecluster.Cluster) { set(t, c, "Secret", "words", "data", nil) }, verify.Options{},
			fail("secrets", "people", "words is empty, and each key that it has is used", "hearth secrets people --apply --context lab")},

		{"missing", "e2e-kind", func(_ *testing.T, c *fakecluster.Cluster) { c.Delete("ConfigMap", "model-registry-ca") }, verify.Options{},
			fail("configmap", "ollama/model-registry-ca", "is missing",
				"caBundle (base ollama), or: kubectl --context lab -n ollama create configmap model-registry-ca --from-file=ca.crt=FILE")},
		{"without its key", "e2e-kind", func(t *testing.T, c *fakecluster.Cluster) { set(t, c, "ConfigMap", "model-registry-ca", "data", nil) }, verify.Options{},
			fail("configmap", "ollama/model-registry-ca", "has nothing in the key ca.crt",
				"caBundle (base ollama), or: kubectl --context lab -n ollama create configmap model-registry-ca --from-file=ca.crt=FILE")},

		{"no endpoint", "homelab-internal", func(t *testing.T, c *fakecluster.Cluster) {
			set(t, c, "EndpointSlice", "open-webui", "endpoints", nil)
		}, verify.Options{}, fail("service", "ai/open-webui", "no ready endpoint", "kubectl --context lab -n ai describe service open-webui")},
	}
}

func volumeCases() []fault {
	const claim = "PersistentVolumeClaim"
	return []fault{
		{"missing", "e2e-kind", func(_ *testing.T, c *fakecluster.Cluster) { c.Delete(claim, "ollama") }, verify.Options{},
			fail("volume", "ollama/ollama", "no such claim", "what objects above says")},
		{"pending", "homelab-internal", func(t *testing.T, c *fakecluster.Cluster) {
			set(t, c, claim, "ollama", "status", map[string]any{"phase": "Pending"})
			event(c, "ai", claim, "ollama", "ProvisioningFailed", `storageclass.storage.k8s.io "longhorn" not found`)
		}, verify.Options{}, fail("volume", "ai/ollama", `Pending: ProvisioningFailed: storageclass.storage.k8s.io "longhorn" not found`,
			"ollama.storage.storageClassName (base ai); kubectl --context lab get storageclass")},
		{"another class", "homelab-internal", func(t *testing.T, c *fakecluster.Cluster) {
			set(t, c, claim, "open-webui", "spec.storageClassName", "local-path")
		}, verify.Options{}, fail("volume", "ai/open-webui", `has the storage class "local-path", want "longhorn"`,
			"openWebUI.storage.storageClassName (base ai): it cannot change after the first deploy")},
		{"too small", "homelab-internal", func(t *testing.T, c *fakecluster.Cluster) {
			set(t, c, claim, "ollama", "spec.resources.requests.storage", "5Gi")
			set(t, c, claim, "ollama", "status.capacity.storage", "5Gi")
		}, verify.Options{}, fail("volume", "ai/ollama", "Bound, has 5Gi, want 10Gi",
			"kubectl --context lab apply -k overlays/homelab-internal; with Fleet, look at the bundle: kubectl get bundles -A")},
		{"growing", "homelab-internal", func(t *testing.T, c *fakecluster.Cluster) {
			set(t, c, claim, "ollama", "status.capacity.storage", "5Gi")
		}, verify.Options{}, fail("volume", "ai/ollama", "Bound, still growing from 5Gi to 10Gi", "kubectl --context lab -n ai describe pvc ollama")},
		{"lost", "homelab-internal", func(t *testing.T, c *fakecluster.Cluster) {
			set(t, c, claim, "ollama", "status.phase", "Lost")
		}, verify.Options{}, fail("volume", "ai/ollama", "Lost: the volume behind the claim is gone", "kubectl --context lab -n ai describe pvc ollama")},
	}
}

// replicaCases have three Ollamas, of which one is not like the first.
func replicaCases() []fault {
	const restart = "kubectl --context lab -n ai rollout restart statefulset ollama"
	return []fault{
		{"on the third pod alone", "replicas", func(_ *testing.T, c *fakecluster.Cluster) { c.Replicas[1].Models = nil }, verify.Options{},
			fail("models", "ai/ollama-2", "missing: llama3.2:3b, all-minilm:22m", "the init container pulls when the pod starts: "+restart)},
		{"of another digest", "replicas", func(_ *testing.T, c *fakecluster.Cluster) { c.Replicas[0].Digest = strings.Repeat("b", 64) }, verify.Options{},
			fail("models", "ai/ollama-1", "llama3.2:3b has the digest bbbbbbbbbbbb, and on ollama-0 it is a80c4f17acd5; "+
				"all-minilm:22m has the digest bbbbbbbbbbbb, and on ollama-0 it is a80c4f17acd5",
				"ollama.modelDigests (base ai); or "+restart+", and the init container pulls it again")},
		{"of a pod's own", "replicas", func(_ *testing.T, c *fakecluster.Cluster) { c.Delete("PersistentVolumeClaim", "data-ollama-2") }, verify.Options{},
			fail("volume", "ai/data-ollama-2", "no such claim", "what objects above says")},
		{"scaled by hand", "replicas", func(t *testing.T, c *fakecluster.Cluster) {
			set(t, c, "StatefulSet", "ollama", "spec.replicas", int64(1))
		}, verify.Options{}, fail("workload", "ai/ollama", "scaled to 1, want 3",
			"kubectl --context lab apply -k overlays/replicas; with Fleet, look at the bundle: kubectl get bundles -A")},
	}
}

func podCases() []fault {
	workload := func(detail, hint string) verify.Row { return fail("workload", "ollama/ollama", detail, hint) }
	const (
		describe = "kubectl --context lab -n ollama describe pod ollama-0"
		logs     = "kubectl --context lab -n ollama logs ollama-0 -c "
		deploy   = "kubectl --context lab apply -k overlays/e2e-kind; with Fleet, look at the bundle: kubectl get bundles -A"
	)
	scheduled := func(message string) func(*testing.T, *fakecluster.Cluster) {
		return broken(`{phase: Pending, conditions: [{type: PodScheduled, status: "False", reason: Unschedulable, message: "` + message + `"}]}`)
	}
	return []fault{
		{"missing", "e2e-kind", func(_ *testing.T, c *fakecluster.Cluster) { c.Delete("Deployment", "ollama") }, verify.Options{},
			workload("no such Deployment", "what objects above says")},
		{"another image", "e2e-kind", func(_ *testing.T, c *fakecluster.Cluster) {
			c.Change("Deployment", "ollama", func(o *fakecluster.Object) {
				list, _, _ := unstructured.NestedSlice(o.Object, "spec", "template", "spec", "containers")
				list[0].(map[string]any)["image"] = "docker.io/ollama/ollama:0.13.0"
				_ = unstructured.SetNestedSlice(o.Object, list, "spec", "template", "spec", "containers")
			})
		}, verify.Options{}, workload("ollama runs docker.io/ollama/ollama:0.13.0, want docker.io/ollama/ollama:0.23.2", deploy)},
		{"scaled to 0", "e2e-kind", func(t *testing.T, c *fakecluster.Cluster) {
			set(t, c, "Deployment", "ollama", "spec.replicas", int64(0))
		}, verify.Options{}, workload("scaled to 0", "kubectl --context lab -n ollama scale deployment ollama --replicas=1")},
		{"refused by Pod Security", "e2e-kind", func(t *testing.T, c *fakecluster.Cluster) {
			broken("{}")(t, c)
			c.Delete("Pod", "ollama-0")
			set(t, c, "Deployment", "ollama", "status.conditions", []any{map[string]any{
				"type": "ReplicaFailure", "status": "True", "message": `pods "ollama-1" is forbidden: violates PodSecurity "restricted:latest"`,
			}})
		}, verify.Options{}, workload(`no pod: pods "ollama-1" is forbidden: violates PodSecurity "restricted:latest"`,
			"kubectl --context lab -n ollama describe deployment ollama")},
		{"no pod yet", "e2e-kind", func(t *testing.T, c *fakecluster.Cluster) {
			broken("{}")(t, c)
			c.Delete("Pod", "ollama-0")
		}, verify.Options{}, workload("no pod yet", "kubectl --context lab -n ollama describe deployment ollama")},
		{"a StatefulSet's quota", "homelab-internal", func(t *testing.T, c *fakecluster.Cluster) {
			set(t, c, "StatefulSet", "open-webui", "status.readyReplicas", int64(0))
			c.Delete("Pod", "open-webui-0")
			event(c, "ai", "StatefulSet", "open-webui", "FailedCreate", "exceeded quota: memory")
		}, verify.Options{}, fail("workload", "ai/open-webui", "no pod: FailedCreate: exceeded quota: memory", "kubectl --context lab -n ai describe statefulset open-webui")},
		{"does not fit", "e2e-kind", scheduled("0/1 nodes are available: 1 Insufficient memory."), verify.Options{},
			workload("Pending: 0/1 nodes are available: 1 Insufficient memory.", "ollama.resources.requests.memory (base ollama)")},
		{"tainted", "e2e-kind", scheduled("0/1 nodes are available: 1 node(s) had untolerated taint {gpu: }."), verify.Options{},
			workload("Pending: 0/1 nodes are available: 1 node(s) had untolerated taint {gpu: }.", "ollama.tolerations (base ollama)")},
		{"no image", "e2e-kind", broken(`{phase: Pending, initContainerStatuses: [{name: pull-models, image: "docker.io/ollama/ollama:0.23.2", state: {waiting: {reason: ImagePullBackOff, message: "Back-off pulling image"}}}]}`), verify.Options{},
			workload("pull-models: ImagePullBackOff: Back-off pulling image (docker.io/ollama/ollama:0.23.2)",
				"ollama.image (base ollama), images.mirrors or images.pullSecrets; "+describe)},
		{"no Secret", "e2e-kind", broken(`{phase: Pending, containerStatuses: [{name: ollama, state: {waiting: {reason: CreateContainerConfigError, message: 'secret "token" not found'}}}]}`), verify.Options{},
			workload(`ollama: CreateContainerConfigError: secret "token" not found`, "hearth secrets e2e-kind; "+describe)},
		{"no ConfigMap", "e2e-kind", func(t *testing.T, c *fakecluster.Cluster) {
			broken(`{phase: Pending, initContainerStatuses: [{name: pull-models, state: {waiting: {reason: PodInitializing}}}]}`)(t, c)
			event(c, "ollama", "Pod", "ollama-0", "FailedMount", `MountVolume.SetUp failed for volume "ca-bundle" : configmap "model-registry-ca" not found`)
		}, verify.Options{}, workload(`FailedMount: MountVolume.SetUp failed for volume "ca-bundle" : configmap "model-registry-ca" not found`, describe)},
		{"events not ours to read", "e2e-kind", func(t *testing.T, c *fakecluster.Cluster) {
			broken(`{phase: Pending}`)(t, c)
			c.Deny("events")
		}, verify.Options{}, workload("starting", describe)},
		{"starting", "e2e-kind", broken(`{phase: Pending}`), verify.Options{}, workload("starting", describe)},
		{"pulling", "e2e-kind", func(t *testing.T, c *fakecluster.Cluster) {
			broken(`{phase: Pending, initContainerStatuses: [{name: pull-models, state: {running: {startedAt: "2026-01-01T00:00:00Z"}}}], containerStatuses: [{name: ollama, state: {waiting: {reason: PodInitializing}}}]}`)(t, c)
			c.Log("ollama", "ollama-0", "pull-models", "2026-01-01T00:00:00Z smollm2:135m: pulling, try 1 of 5\n2026-01-01T00:00:15Z smollm2:135m: 34% after 15 seconds\n")
		}, verify.Options{}, workload("pull-models is running: smollm2:135m: 34% after 15 seconds", logs+"pull-models")},
		{"no such model", "e2e-kind", func(t *testing.T, c *fakecluster.Cluster) {
			broken(`{phase: Pending, initContainerStatuses: [{name: pull-models, restartCount: 3, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {reason: Error, exitCode: 1}}}]}`)(t, c)
			c.Log("ollama", "ollama-0", "pull-models", `2026-01-01T00:00:00Z x:1: pulling, try 1 of 5
2026-01-01T00:00:00Z x:1: not complete: pull model manifest: file does not exist
2026-01-01T00:00:00Z x:1: its registry has no such model or tag: check the spelling
2026-01-01T00:00:01Z not pulled: x:1; the last lines of the local server:
[GIN] 2026/01/01 - 00:00:00 | 200 | POST "/api/pull"
`)
		}, verify.Options{}, workload("pull-models ended with exit code 1 (CrashLoopBackOff, 3 restarts): x:1: not complete: pull model manifest: file does not exist; x:1: its registry has no such model or tag: check the spelling",
			"ollama.models (base ollama) and its registry; "+logs+"pull-models")},
		{"no server to pull with", "e2e-kind", func(t *testing.T, c *fakecluster.Cluster) {
			broken(`{phase: Pending, initContainerStatuses: [{name: pull-models, state: {terminated: {reason: Error, exitCode: 1}}}]}`)(t, c)
			c.Log("ollama", "ollama-0", "pull-models", "2026-01-01T00:00:00Z the local server did not start; its log:\nError: could not create directory\n")
		}, verify.Options{}, workload("pull-models ended with exit code 1: Error: could not create directory",
			"ollama.models (base ollama) and its registry; "+logs+"pull-models")},
		{"models in another folder", "e2e-kind", func(t *testing.T, c *fakecluster.Cluster) {
			broken(`{phase: Pending, initContainerStatuses: [{name: pull-models, state: {terminated: {reason: Error, exitCode: 1}}}]}`)(t, c)
			c.Log("ollama", "ollama-0", "pull-models", "2026-01-01T00:00:00Z nothing is pulled: the volume holds models in its folder ., and there is no /x/blobs: write ollama.modelsFolder: \".\", or make that folder, to begin anew beside them\n")
		}, verify.Options{}, workload("pull-models ended with exit code 1: nothing is pulled: the volume holds models in its folder ., and there is no /x/blobs: write ollama.modelsFolder: \".\", or make that folder, to begin anew beside them",
			"ollama.modelsFolder (base ollama); "+logs+"pull-models")},
		{"no DNS", "e2e-kind", pulled("Get \"https://registry.ollama.ai/v2/\": dial tcp: lookup registry.ollama.ai on 10.96.0.10:53: read udp 10.244.0.7:40000->10.96.0.10:53: i/o timeout"),
			verify.Options{}, workload("pull-models ended with exit code 1: x:1: not complete: Get \"https://registry.ollama.ai/v2/\": dial tcp: lookup registry.ollama.ai on 10.96.0.10:53: read udp 10.244.0.7:40000->10.96.0.10:53: i/o timeout; x:1: giving up after 5 tries",
				"dns (base ollama): no DNS server answered, and the NetworkPolicy admits those alone; "+logs+"pull-models")},
		{"no such registry", "e2e-kind", pulled("dial tcp: lookup registry.lan on 10.96.0.10:53: no such host"), verify.Options{},
			workload("pull-models ended with exit code 1: x:1: not complete: dial tcp: lookup registry.lan on 10.96.0.10:53: no such host; x:1: giving up after 5 tries",
				"ollama.models (base ollama) and its registry; "+logs+"pull-models")},
		{"registry closed off", "e2e-kind", pulled("dial tcp 10.0.0.9:5000: i/o timeout"), verify.Options{},
			workload("pull-models ended with exit code 1: x:1: not complete: dial tcp 10.0.0.9:5000: i/o timeout; x:1: giving up after 5 tries",
				"ollama.allowTo (base ollama): the NetworkPolicy admits public addresses at ports 80 and 443, and what stands there; "+logs+"pull-models")},
		{"pulling without a log", "e2e-kind", broken(`{phase: Pending, initContainerStatuses: [{name: pull-models, state: {running: {}}}]}`), verify.Options{},
			workload("pull-models is running", logs+"pull-models")},
		{"out of memory", "e2e-kind", broken(`{phase: Running, containerStatuses: [{name: ollama, restartCount: 2, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {reason: OOMKilled, exitCode: 137}}}]}`), verify.Options{},
			workload("ollama ended with OOMKilled, exit code 137 (CrashLoopBackOff, 2 restarts)", "ollama.resources.limits.memory (base ollama)")},
		{"crashing", "e2e-kind", func(t *testing.T, c *fakecluster.Cluster) {
			broken(`{phase: Running, containerStatuses: [{name: ollama, state: {terminated: {reason: Error, exitCode: 2}}}]}`)(t, c)
			c.Log("ollama", "ollama-0", "ollama", "panic: no home\n\n")
		}, verify.Options{}, workload("ollama ended with exit code 2: panic: no home", logs+"ollama")},
		{"not ready", "e2e-kind", broken(fmt.Sprintf(`{phase: Running, containerStatuses: [{name: ollama, restartCount: 1, state: {running: {startedAt: %q}}, lastState: {terminated: {reason: OOMKilled, exitCode: 137}}}]}`,
			time.Now().Add(-5*time.Hour).Format(time.RFC3339))), verify.Options{},
			workload("ollama is running for 5 hours and not ready yet; it ended once before, last with OOMKilled, exit code 137", "ollama.resources.limits.memory (base ollama)")},
		{"evicted", "e2e-kind", broken(`{phase: Failed, reason: Evicted, message: "The node was low on resource: memory."}`), verify.Options{},
			workload("pod failed: Evicted: The node was low on resource: memory.", describe)},

		{"out of memory", "e2e-kind", func(t *testing.T, c *fakecluster.Cluster) {
			set(t, c, "Pod", "ollama-0", "status", tree(t, fmt.Sprintf(`{phase: Running, conditions: [{type: Ready, status: "True"}], containerStatuses: [{name: ollama, ready: true, restartCount: 2, state: {running: {}}, lastState: {terminated: {reason: OOMKilled, exitCode: 137, finishedAt: %q}}}]}`,
				time.Now().Add(-10*time.Minute).Format(time.RFC3339))))
		}, verify.Options{}, fail("restarts", "ollama/ollama", "2 times; ollama ended ... with OOMKilled, exit code 137", "ollama.resources.limits.memory (base ollama)")},
		{"crashed", "e2e-kind", func(t *testing.T, c *fakecluster.Cluster) {
			set(t, c, "Pod", "ollama-0", "status", tree(t, fmt.Sprintf(`{phase: Running, conditions: [{type: Ready, status: "True"}], containerStatuses: [{name: ollama, ready: true, restartCount: 1, state: {running: {}}, lastState: {terminated: {reason: Error, exitCode: 2, finishedAt: %q}}}]}`,
				time.Now().Add(-10*time.Minute).Format(time.RFC3339))))
		}, verify.Options{}, fail("restarts", "ollama/ollama", "once; ollama ended ... with exit code 2", logs+"ollama --previous")},
		{"long ago", "e2e-kind", func(t *testing.T, c *fakecluster.Cluster) {
			set(t, c, "Pod", "ollama-0", "status", tree(t, fmt.Sprintf(`{phase: Running, conditions: [{type: Ready, status: "True"}], containerStatuses: [{name: ollama, ready: true, restartCount: 1, state: {running: {}}, lastState: {terminated: {reason: Unknown, exitCode: 255, finishedAt: %q}}}]}`,
				time.Now().Add(-5*time.Hour).Format(time.RFC3339))))
		}, verify.Options{}, verify.Row{Check: "restarts", Subject: "ollama/ollama", Status: verify.Passed, Detail: "once; ollama ended ... with Unknown, exit code 255"}},
	}
}

// derived is the memory of a model with a context of so many tokens.
func derived(model string, tokens int) int64 {
	m, _ := sizing.Lookup(model)
	return sizing.Memory([]sizing.Model{m}, sizing.Settings{Version: v1alpha1.OllamaVersion, ContextLength: tokens}).Required
}

// whole is a number of whole mebibytes, rounded up.
func whole(bytes int64) int64 { return (bytes + 1<<20 - 1) >> 20 }

func footprintCases() []fault {
	full, short := whole(derived("llama3.2:3b", 4096)), derived("llama3.2:3b", 2048)
	uses := func(anonymous, workingSet int64) func(*testing.T, *fakecluster.Cluster) {
		return func(_ *testing.T, c *fakecluster.Cluster) {
			c.Measure("ollama", "ollama-0", "ollama", anonymous<<20, workingSet<<20)
		}
	}
	holds := func(tokens int) func(*testing.T, *fakecluster.Cluster) {
		return func(_ *testing.T, c *fakecluster.Cluster) { c.Ollama.Context = tokens }
	}
	row := func(status verify.Status, hint, format string, args ...any) verify.Row {
		return verify.Row{Check: "footprint", Subject: "ollama/ollama", Status: status, Hint: hint, Detail: fmt.Sprintf(format, args...)}
	}
	of := func(anonymous, workingSet int64) string {
		return fmt.Sprintf("llama3.2:3b (4096 tokens): %dMi, %dMi with file cache; %dMi derived", anonymous, workingSet, full)
	}
	const raise = "ollama.resources.limits.memory (base ollama): raise it by as much, and tell hearth's authors; of what it is derived: hearth size --explain"
	const sent = "ollama.contextLength (base ollama): who asked sent a num_ctx of its own, and memory is derived for less"
	return []fault{
		{"as promised", "plain", uses(full-200, full-1), verify.Options{}, row(verify.Passed, "", "%s", of(full-200, full-1))},
		{"too little", "plain", uses(full+9, full+10), verify.Options{}, row(verify.Failed, raise, "%s, which is 10Mi too little", of(full+9, full+10))},
		{"of what was there before", "plain", func(t *testing.T, c *fakecluster.Cluster) {
			t.Helper()
			uses(full+9, full+10)(t, c)
			c.MeasuredAt = "2026-01-01T00:00:00Z"
		}, verify.Options{}, skip("footprint", "ollama/ollama", "the kubelet has not measured since the answer: try again")},
		{"file cache", "plain", uses(full-1, full+999), verify.Options{}, row(verify.Passed, "", "%s; the file cache exceeds it by 1000Mi, which the kernel takes back", of(full-1, full+999))},
		{"too much", "plain", uses(1000, full-1000), verify.Options{}, row(verify.Passed, "", "%s; 1000Mi above, more than the promised 20%% or 150Mi, unless a longer prompt takes it", of(1000, full-1000))},
		{"a longer context", "plain", holds(8192), verify.Options{}, row(verify.Failed, sent, "llama3.2:3b holds 8192 tokens of context, and 4096 are derived")},
		{"a shorter context", "plain", holds(2048), verify.Options{}, row(verify.Passed, "",
			"llama3.2:3b (2048 tokens): %dMi, %dMi with file cache; %dMi derived; llama3.2:3b holds 2048 tokens of context, and 4096 are derived: who asked sent a num_ctx of its own",
			(short-100<<20)>>20, (short-50<<20)>>20, whole(short))},
		{"nothing in memory", "people", func(*testing.T, *fakecluster.Cluster) {}, verify.Options{}, skip("footprint", "people/ollama", "no model is in memory")},
		{"a model of somebody's", "people", func(_ *testing.T, c *fakecluster.Cluster) {
			c.Ollama.Models, c.Ollama.Loaded = []string{"me/mine:1"}, []string{"me/mine:1"}
		}, verify.Options{}, skip("footprint", "people/ollama", "nothing is known of me/mine:1: see ollama.modelSizes")},
		{"no right to ask", "plain", func(_ *testing.T, c *fakecluster.Cluster) { c.Deny("nodes/proxy") }, verify.Options{},
			skip("footprint", "ollama/ollama", "not measured: the kubelet's figures are out of reach, which need the right to get nodes/proxy")},
		{"an accelerator", "accelerated", func(*testing.T, *fakecluster.Cluster) {}, verify.Options{},
			skip("footprint", "accelerated/ollama", "an accelerator holds what it has room for, and nobody measures it here")},
	}
}

func answerCases() []fault {
	ollama := func(inject func(*fakecluster.Ollama)) func(*testing.T, *fakecluster.Cluster) {
		return func(_ *testing.T, c *fakecluster.Cluster) { inject(c.Ollama) }
	}
	return []fault{
		{"missing", "homelab-internal", ollama(func(o *fakecluster.Ollama) { o.Models = []string{"qwen3:4b"} }), verify.Options{},
			fail("models", "ai/ollama", "missing: llama3.2:3b, all-minilm:22m", "the init container pulls when the pod starts: kubectl --context lab -n ai rollout restart deployment ollama")},
		{"spelled in full", "homelab-internal", ollama(func(o *fakecluster.Ollama) {
			o.Models = []string{"registry.ollama.ai/library/Llama3.2:3b", "all-minilm:22m"}
		}), verify.Options{},
			verify.Row{Check: "models", Subject: "ai/ollama", Status: verify.Passed, Detail: "llama3.2:3b (a80c4f17acd5, 2.0 GB), all-minilm:22m (a80c4f17acd5, 2.0 GB)"}},
		{"another than it is pinned to", "pinned", ollama(func(*fakecluster.Ollama) {}), verify.Options{},
			fail("models", "pinned/ollama", "all-minilm:22m has the digest sha256:a80c4f17acd55265feec403c7aef86be0c25983ab279d83f3bcd3abbcb5b8b72, want sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
				"ollama.modelDigests (base pinned); or kubectl --context lab -n pinned rollout restart deployment ollama, and the init container pulls it again")},
		{"on", "homelab-internal", ollama(func(o *fakecluster.Ollama) { o.Cloud = true }), verify.Options{},
			fail("cloud", "ai/ollama", "on: what is asked of a model of Ollama's cloud leaves the cluster", "ollama.env (base ai), and what changes the pod besides: it wants OLLAMA_NO_CLOUD=1")},
		{"of an old one", "homelab-internal", ollama(func(o *fakecluster.Ollama) { o.NoStatus = true }), verify.Options{},
			skip("cloud", "ai/ollama", "this Ollama does not say: it is older than the switch")},
		{"without the copy that has its threads", "threads", ollama(func(o *fakecluster.Ollama) { o.Models = []string{"llama3.2:3b"} }), verify.Options{},
			fail("models", "ollama/ollama", "missing: llama3.2:3b-t2", "the init container pulls when the pod starts: kubectl --context lab -n ollama rollout restart deployment ollama")},
		{"with the copy", "threads", func(*testing.T, *fakecluster.Cluster) {}, verify.Options{},
			verify.Row{Check: "models", Subject: "ollama/ollama", Status: verify.Passed, Detail: "llama3.2:3b (a80c4f17acd5, 2.0 GB), llama3.2:3b-t2 (a80c4f17acd5, 2.0 GB)"}},
		{"that people pulled", "people", ollama(func(o *fakecluster.Ollama) { o.Models = []string{"qwen3:4b"} }), verify.Options{},
			verify.Row{Check: "models", Subject: "people/ollama", Status: verify.Passed, Detail: "pulled by people: qwen3:4b (a80c4f17acd5, 2.0 GB)"}},
		{"that nobody pulled", "people", func(*testing.T, *fakecluster.Cluster) {}, verify.Options{},
			verify.Row{Check: "models", Subject: "people/ollama", Status: verify.Passed, Detail: "none yet: people pull theirs"}},
		{"people's", "people", func(*testing.T, *fakecluster.Cluster) {}, verify.Options{}, skip("prompt", "people/ollama", "the stack names no model: people pull theirs")},
		{"people's", "people", func(*testing.T, *fakecluster.Cluster) {}, verify.Options{}, skip("cold", "people/ollama", "the stack names no model: people pull theirs")},
		{"needs the models", "homelab-internal", ollama(func(o *fakecluster.Ollama) { o.Models = nil }), verify.Options{},
			skip("prompt", "ai/ollama", "needs models ai/ollama")},
		{"in memory", "homelab-internal", ollama(func(o *fakecluster.Ollama) { o.Loaded = []string{"llama3.2:3b"} }), verify.Options{},
			skip("cold", "ai/ollama", "llama3.2:3b is in memory; --cold unloads it first")},
		{"unloaded", "homelab-internal", ollama(func(o *fakecluster.Ollama) { o.Loaded = []string{"llama3.2:3b"} }), verify.Options{Cold: true},
			verify.Row{Check: "cold", Subject: "ai/ollama", Status: verify.Passed, Detail: "...  load   1.9s  prompt_eval  1.00s  eval   2.0s   13.0 tokens/s"}},
		{"empty", "homelab-internal", ollama(func(o *fakecluster.Ollama) { o.Silent = true }), verify.Options{},
			fail("cold", "ai/ollama", "llama3.2:3b gave an empty answer", "ollama.models (base ai): an embedding model has no answers; put one that has first")},
		{"too slow", "homelab-internal", ollama(func(o *fakecluster.Ollama) { o.Rate = 0.5 }), verify.Options{MinTPS: 10},
			fail("prompt", "ai/ollama", "...  load   0.0s  prompt_eval  1.00s  eval  52.0s    0.5 tokens/s, want at least 10",
				"ollama.resources.limits.cpu (base ai), or a smaller model; a busy node is slow, too")},
		{"empty", "homelab-internal", ollama(func(o *fakecluster.Ollama) { o.Silent = true }), verify.Options{},
			fail("prompt", "ai/ollama", "llama3.2:3b gave an empty answer", "ollama.models (base ai): an embedding model has no answers; put one that has first")},
		{"an error", "homelab-internal", ollama(func(o *fakecluster.Ollama) { o.Broken = "model requires more system memory" }), verify.Options{},
			fail("prompt", "ai/ollama", `llama3.2:3b gave no answer: /api/generate: 500 Internal Server Error: {"error":"model requires more system memory"}`,
				"kubectl --context lab -n ai logs deployment/ollama")},
		{"no port-forward", "homelab-internal", func(_ *testing.T, c *fakecluster.Cluster) { c.Deny("pods/portforward") }, verify.Options{},
			skip("models", "ai/ollama", `this user may not look: Get "http://ollama/api/tags": port-forward to ai/ollama-0: pods/portforward is forbidden: User "test" cannot use resource`)},
		{"nobody listens", "homelab-internal", func(_ *testing.T, c *fakecluster.Cluster) { c.Unplug("ai", "ollama-0", "11434") }, verify.Options{},
			fail("models", "ai/ollama", `could not look: Get "http://ollama/api/tags": an error occurred forwarding ai/ollama-0:11434: connection refused`,
				"kubectl --context lab -n ai logs deployment/ollama")},

		{"sick", "homelab-internal", func(_ *testing.T, c *fakecluster.Cluster) { c.Chat.Health = 503 }, verify.Options{},
			fail("health", "ai/open-webui", "/health answers 503 Service Unavailable", "kubectl --context lab -n ai logs statefulset/open-webui")},
		{"another page", "homelab-internal", func(_ *testing.T, c *fakecluster.Cluster) { c.Chat.Title = "It works!" }, verify.Options{},
			fail("health", "ai/open-webui", `title "It works!", want "Open WebUI"`, "kubectl --context lab -n ai logs statefulset/open-webui")},

		{"nearly full", "homelab-internal", func(t *testing.T, c *fakecluster.Cluster) { use(t, c, "open-webui", "1400Mi") }, verify.Options{},
			fail("memory", "ai/open-webui", "open-webui uses 1400Mi of 1500Mi (93%), want at most 90%", "openWebUI.resources.limits.memory (base ai)")},
		{"no metrics server", "homelab-internal", func(_ *testing.T, c *fakecluster.Cluster) { c.Remove("metrics.k8s.io") }, verify.Options{},
			skip("memory", "ai/ollama", "not measured: the cluster has no metrics server")},
		{"a broken metrics server", "homelab-internal", func(_ *testing.T, c *fakecluster.Cluster) { c.Break("metrics.k8s.io") }, verify.Options{},
			skip("memory", "ai/ollama", "not measured: the cluster has no metrics server")},
		{"a broken metrics server", "homelab-internal", func(_ *testing.T, c *fakecluster.Cluster) { c.Break("metrics.k8s.io") }, verify.Options{},
			verify.Row{Check: "objects", Subject: "homelab-internal", Status: verify.Passed, Detail: "11 of 11"}},
		{"no figures yet", "homelab-internal", func(_ *testing.T, c *fakecluster.Cluster) { c.Delete("PodMetrics", "ollama-0") }, verify.Options{},
			skip("memory", "ai/ollama", "not measured: the metrics server has no figures of this pod yet")},
	}
}

// use sets the memory that a workload's one container uses.
func use(t *testing.T, c *fakecluster.Cluster, workload, memory string) {
	t.Helper()
	c.Change("PodMetrics", fakecluster.PodName(workload), func(o *fakecluster.Object) {
		o.Object["containers"] = []any{
			map[string]any{"name": workload, "usage": map[string]any{"memory": memory}},
			map[string]any{"name": "istio-proxy", "usage": map[string]any{"memory": "9Gi"}},
		}
	})
}

func routeCases() []fault {
	const (
		host     = "chat.10.0.0.200.nip.io"
		describe = "kubectl --context lab -n ai describe ingress chat"
	)
	certify := func(name string, from, until time.Duration) func(*testing.T, *fakecluster.Cluster) {
		return func(t *testing.T, c *fakecluster.Cluster) {
			t.Helper()
			if err := c.Route.Certify(name, time.Now().Add(from), time.Now().Add(until)); err != nil {
				t.Fatal(err)
			}
		}
	}
	status := func(n int) func(*testing.T, *fakecluster.Cluster) {
		return func(_ *testing.T, c *fakecluster.Cluster) { c.Route.Status = n }
	}
	nothing := func(*testing.T, *fakecluster.Cluster) {}
	unreachable := verify.Options{Resolve: map[string]string{host + ":443": "127.0.0.1:1", host + ":80": "127.0.0.1:1"}}
	const certificateHint = "expose.tls.certManager.issuer (base ai); kubectl --context lab -n ai describe certificate,certificaterequest,order,challenge"
	return []fault{
		{"missing", "homelab-nginx", func(_ *testing.T, c *fakecluster.Cluster) { c.Delete("Certificate", "chat-tls") }, verify.Options{},
			fail("certificate", "ai/chat-tls", "no such Certificate, or no cert-manager", "what objects above says")},
		{"refused", "homelab-nginx", func(t *testing.T, c *fakecluster.Cluster) {
			set(t, c, "Certificate", "chat-tls", "status", tree(t, `{conditions: [{type: Ready, status: "False", message: 'Referenced "ClusterIssuer" not found'}]}`))
		}, verify.Options{}, fail("certificate", "ai/chat-tls", `not ready: Referenced "ClusterIssuer" not found`, certificateHint)},
		{"nobody looked", "homelab-nginx", func(t *testing.T, c *fakecluster.Cluster) { set(t, c, "Certificate", "chat-tls", "status", nil) }, verify.Options{},
			fail("certificate", "ai/chat-tls", "cert-manager has not looked at it yet", certificateHint)},

		{"another host", "homelab-nginx", certify("ingress.local", -time.Hour, 2000*time.Hour), verify.Options{},
			fail("tls", host, "x509: certificate is valid for ingress.local, not "+host, "expose.tls (base ai); "+describe)},
		{"unknown authority", "homelab-nginx", nothing, verify.Options{Roots: newRoots(nil)},
			fail("tls", host, "served by minicloud-ca, which is not trusted here", "--ca-file with the authority's certificate; expose.tls (base ai) if it should be a public one")},
		{"about to end", "homelab-nginx", certify(host, -2000*time.Hour, 100*time.Hour), verify.Options{},
			fail("tls", host, "issued by minicloud-ca, expires in 4 days of 87 days", "renewal does not work: kubectl --context lab -n ai describe certificate")},
		{"nobody listens", "homelab-nginx", nothing, unreachable,
			fail("tls", host, "no answer: dial tcp ...: connect: connection refused", describe+"; or --resolve "+host+":443:ADDRESS")},

		{"no endpoint", "homelab-nginx", status(502), verify.Options{},
			fail("https", host, "502 Bad Gateway, want 200", "expose.from (base ai): the NetworkPolicy admits the controller by it; kubectl --context lab -n ai get endpointslices,networkpolicies")},
		{"unknown to the controller", "homelab-nginx", status(404), verify.Options{},
			fail("https", host, "404 Not Found, want 200", "expose.nginx.className (base ai); "+describe)},
		{"no password asked", "homelab-traefik", status(200), verify.Options{},
			fail("https", "ollama.mutana.site", "200 OK without a password: anybody can use it", "expose.traefik.basicAuth (base ollama)")},

		{"for now", "homelab-nginx", func(_ *testing.T, c *fakecluster.Cluster) { c.Route.Redirect = 302 }, verify.Options{},
			fail("redirect", host, "302 Found, want 301 or 308", "expose.redirectHTTP (base ai); "+describe)},
		{"308", "homelab-nginx", func(_ *testing.T, c *fakecluster.Cluster) { c.Route.Redirect = 308 }, verify.Options{},
			verify.Row{Check: "redirect", Subject: host, Status: verify.Passed, Detail: "308 to https://" + host + "/"}},
		{"nobody listens", "homelab-nginx", nothing, unreachable,
			fail("redirect", host, "no answer: dial tcp ...: connect: connection refused", describe+"; or --resolve "+host+":80:ADDRESS")},

		{"another page", "homelab-nginx", func(_ *testing.T, c *fakecluster.Cluster) { c.Chat.Title = "Welcome to nginx!" }, verify.Options{},
			fail("title", host, `title "Welcome to nginx!", want "Open WebUI"`, describe)},
	}
}

// furtherRouteCases are about the overlays of testdata/routes.yaml.
func furtherRouteCases() []fault {
	const (
		host     = "chat.example.org"
		describe = "kubectl --context lab -n ai describe httproute open-webui"
	)
	status := func(n int) func(*testing.T, *fakecluster.Cluster) {
		return func(_ *testing.T, c *fakecluster.Cluster) { c.Route.Status = n }
	}
	parents := func(text string) func(*testing.T, *fakecluster.Cluster) {
		return func(t *testing.T, c *fakecluster.Cluster) {
			set(t, c, "HTTPRoute", "open-webui", "status", tree(t, "{parents: "+text+"}"))
		}
	}
	return []fault{
		{"an open IngressRoute", "ingress-route", status(200), verify.Options{},
			fail("https", "ollama.example.org", "200 OK without a password: anybody can use it", "expose.traefik.basicAuth (base ollama)")},
		{"an unknown IngressRoute", "ingress-route", status(404), verify.Options{},
			fail("https", "ollama.example.org", "404 Not Found, want 401", "expose.traefik.className (base ollama); kubectl --context lab -n ollama describe ingressroute ollama")},
		{"no IngressRoutes", "ingress-route", func(_ *testing.T, c *fakecluster.Cluster) { c.Remove("traefik.io") }, verify.Options{},
			fail("objects", "ingress-route", "the cluster knows no IngressRoute (traefik.io/v1alpha1), Middleware (traefik.io/v1alpha1), IngressRoute (traefik.io/v1alpha1), Middleware (traefik.io/v1alpha1)",
				"install what defines it: cert-manager, Traefik, the NGINX Ingress Controller or Gateway API; or change expose")},
		{"a key is asked for", "api-keys", func(*testing.T, *fakecluster.Cluster) {}, verify.Options{},
			verify.Row{Check: "https", Subject: "ollama.example.org", Status: verify.Passed, Detail: "401 Unauthorized without a key"}},
		{"no key is asked for", "api-keys", status(200), verify.Options{},
			fail("https", "ollama.example.org", "200 OK without a key: anybody can use it", "expose.apiKeys (base ollama)")},
		{"nobody decides", "forward-auth", status(200), verify.Options{},
			fail("https", host, "200 OK without a password: anybody can use it", "expose.traefik.forwardAuth (base ai)")},
		{"who decides is down", "forward-auth", status(500), verify.Options{},
			fail("https", host, "500 Internal Server Error, want 401", "kubectl --context lab -n ai describe ingress open-webui")},

		{"missing", "gateway", func(_ *testing.T, c *fakecluster.Cluster) { c.Delete("HTTPRoute", "open-webui-redirect") }, verify.Options{},
			fail("route", "ai/open-webui-redirect", "no such HTTPRoute, or no Gateway API", "what objects above says")},
		{"nobody looked", "gateway", parents("[]"), verify.Options{},
			fail("route", "ai/open-webui", "no Gateway has looked at it yet", "expose.gateway (base ai); "+describe)},
		{"another namespace's", "gateway", parents(`[{conditions: [{type: ResolvedRefs, status: "True"}, {type: Accepted, status: "False", message: "not allowed by the listener"}]}]`), verify.Options{},
			fail("route", "ai/open-webui", "not Accepted: not allowed by the listener", "expose.gateway (base ai); "+describe)},
		{"no Service", "gateway", parents(`[{conditions: [{type: Accepted, status: "True"}, {type: ResolvedRefs, status: "False", message: "no Service open-webui"}]}]`), verify.Options{},
			fail("route", "ai/open-webui", "not ResolvedRefs: no Service open-webui", "expose.gateway (base ai); "+describe)},
		{"unknown to the Gateway", "gateway", status(404), verify.Options{},
			fail("https", host, "404 Not Found, want 200", "expose.gateway (base ai); "+describe)},
	}
}

// backendCases are about a chat whose server of OpenAI's API is another base's Ollama.
func balancerCases() []fault {
	const overlay = "load-balancer"
	status := func(name, text string) func(*testing.T, *fakecluster.Cluster) {
		return func(t *testing.T, c *fakecluster.Cluster) { set(t, c, "Service", name, "status", tree(t, text)) }
	}
	const describe = "kubectl --context lab -n ai describe service "
	return []fault{
		{"any", overlay, func(*testing.T, *fakecluster.Cluster) {}, verify.Options{},
			verify.Row{Check: "address", Subject: "ai/open-webui", Status: verify.Passed, Detail: "192.0.2.10"}},
		{"the one asked for", overlay, func(*testing.T, *fakecluster.Cluster) {}, verify.Options{},
			verify.Row{Check: "address", Subject: "ai/ollama", Status: verify.Passed, Detail: "192.168.1.20"}},
		{"a name", overlay, status("open-webui", "{loadBalancer: {ingress: [{hostname: lb.example.org}]}}"), verify.Options{},
			verify.Row{Check: "address", Subject: "ai/open-webui", Status: verify.Passed, Detail: "lb.example.org"}},
		{"nobody hands one out", overlay, status("open-webui", "{loadBalancer: {}}"), verify.Options{},
			fail("address", "ai/open-webui", "pending: a load balancer (MetalLB, Cilium, kube-vip, a cloud's) has handed out none; none may be installed, or it has none left", describe+"open-webui")},
		{"none of its class", overlay, status("ollama", "{loadBalancer: {}}"), verify.Options{},
			fail("address", "ai/ollama", "pending: the load balancer of the class io.cilium/l2-announcer has handed out none; none may be installed, or it has none left", describe+"ollama")},
		{"another one", overlay, status("ollama", "{loadBalancer: {ingress: [{ip: 192.168.1.99}]}}"), verify.Options{},
			fail("address", "ai/ollama", "192.168.1.99, and not 192.168.1.20, which the Service asks for", describe+"ollama")},
	}
}

func backendCases() []fault {
	const (
		overlay, url = "backends", "http://ollama.ollama.svc:11434/v1"
		place        = "openWebUI.backends[0]"
	)
	// What a fake Secret has.
	const key = "0123456789abcdef0123456789abcdef"
	port := func(service, target int64) func(*testing.T, *fakecluster.Cluster) {
		return func(t *testing.T, c *fakecluster.Cluster) {
			set(t, c, "Service", "ollama", "spec", tree(t, fmt.Sprintf(
				"{ports: [{port: %d, targetPort: %d}], selector: {app.kubernetes.io/name: ollama}}", service, target)))
		}
	}
	with := func(change func(*fakecluster.Ollama)) func(*testing.T, *fakecluster.Cluster) {
		return func(_ *testing.T, c *fakecluster.Cluster) { change(c.Ollama) }
	}
	return []fault{
		{"with its key", overlay, with(func(o *fakecluster.Ollama) { o.Key = key }), verify.Options{},
			verify.Row{Check: "backend", Subject: url, Status: verify.Passed, Detail: "models: 1"}},
		{"on the internet", overlay, func(*testing.T, *fakecluster.Cluster) {}, verify.Options{},
			skip("backend", "https://api.example.org/v1", "outside the cluster, where the chat alone asks it")},
		{"no Service", overlay, func(_ *testing.T, c *fakecluster.Cluster) { c.Delete("Service", "ollama") }, verify.Options{},
			fail("backend", url, "no Service ollama in the namespace ollama", place+".url (base beside)")},
		{"another port", overlay, port(80, 11434), verify.Options{},
			fail("backend", url, "the Service ollama/ollama has no port 11434", place+".url (base beside)")},
		{"another port of the pods", overlay, port(11434, 8080), verify.Options{},
			fail("backend", url, "the NetworkPolicy does not let the chat out to port 8080 of the pod ollama/ollama-0, with the labels "+
				"app.kubernetes.io/component=inference,app.kubernetes.io/instance=ollama,app.kubernetes.io/name=ollama,app.kubernetes.io/part-of=routes,app.kubernetes.io/version=0.23.2",
				place+".to (base beside)")},
		{"no pod", overlay, func(_ *testing.T, c *fakecluster.Cluster) { c.Delete("Pod", "ollama-0") }, verify.Options{},
			fail("backend", url, "no ready pod behind the Service ollama/ollama", "kubectl --context lab -n ollama describe service ollama")},
		{"another key", overlay, with(func(o *fakecluster.Ollama) { o.Key = "another" }), verify.Options{},
			fail("backend", url, "it refuses the key: 401 Unauthorized", "another key, in the Secret keys")},
		{"no key", overlay, with(func(o *fakecluster.Ollama) { o.Key = key }), verify.Options{},
			fail("backend", "http://ollama.ollama.svc.cluster.local:11434/v1", "it asks for a key: 401 Unauthorized", "openWebUI.backends[1].apiKey (base beside)")},
		{"two keys in one", overlay, func(t *testing.T, c *fakecluster.Cluster) {
			set(t, c, "Secret", "keys", "data", map[string]any{"ollama": "YTti"}) // a;b
		}, verify.Options{}, fail("backend", url, `Open WebUI takes the key for two, since it has a ";" in it`, "another key, in the Secret keys")},
		{"no models", overlay, with(func(o *fakecluster.Ollama) { o.Models = nil }), verify.Options{},
			fail("backend", url, "it has no model", "a model for "+url)},
		{"another API", overlay, with(func(o *fakecluster.Ollama) { o.Silent = true }), verify.Options{},
			fail("backend", url, "http://ollama.ollama.svc:11434/v1/models is no list of OpenAI's API", place+".url (base beside)")},
	}
}

func otherCases() []fault {
	return []fault{
		{"needs the pod", "homelab-internal", func(t *testing.T, c *fakecluster.Cluster) {
			set(t, c, "StatefulSet", "open-webui", "spec.replicas", int64(0))
		}, verify.Options{}, skip("health", "ai/open-webui", "needs workload ai/open-webui")},
	}
}
