package reach_test

import (
	"fmt"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/reach"
)

// Lists of ten thousand objects that lead to one another in many ways, or ask
// about one another: none is to take more than two seconds.
func BenchmarkCheck(b *testing.B) {
	obj := func(format string, args ...any) objects.Object {
		var o objects.Object
		if err := yaml.Unmarshal([]byte(fmt.Sprintf(format, args...)), &o); err != nil {
			b.Fatal(err)
		}
		return o
	}
	ollama := func(i int) objects.Object {
		return obj("{apiVersion: v1, kind: Pod, metadata: {name: p%d, namespace: ai, labels: {app: x}}, spec: {containers: [{name: o, image: \"ollama/ollama:1\"}]}}", i)
	}
	chat := func(i int) objects.Object {
		return obj("{apiVersion: v1, kind: Pod, metadata: {name: p%d, namespace: ai, labels: {app: x}}, spec: {containers: [{name: o, image: \"ghcr.io/open-webui/open-webui:1\", ports: [{containerPort: 8080}]}]}}", i)
	}
	lb := func(i int, port int) objects.Object {
		return obj("{apiVersion: v1, kind: Service, metadata: {name: s%d, namespace: ai}, spec: {type: LoadBalancer, selector: {app: x}, ports: [{port: 80, targetPort: %d}]}}", i, port)
	}
	relay := func(i int, to ...int) objects.Object {
		args := `"TCP-LISTEN:8080"`
		for _, j := range to {
			args += fmt.Sprintf(`, "TCP:r%d:80"`, j)
		}
		return obj("{apiVersion: v1, kind: Pod, metadata: {name: r%d, namespace: ai, labels: {app: r%d}}, spec: {containers: [{name: o, image: \"alpine/socat:1\", args: [%s]}]}}", i, i, args)
	}
	rs := func(i int) objects.Object {
		return obj("{apiVersion: v1, kind: Service, metadata: {name: r%d, namespace: ai}, spec: {type: NodePort, selector: {app: r%d}, ports: [{port: 80, targetPort: 8080}]}}", i, i)
	}
	const n = 5000
	for _, c := range []struct {
		name string
		make func() []objects.Object
	}{
		{"services of the same ollamas", func() []objects.Object {
			var all []objects.Object
			for i := range n {
				all = append(all, ollama(i), lb(i, 11434))
			}
			return all
		}},
		{"services of the same chats", func() []objects.Object {
			var all []objects.Object
			for i := range n {
				all = append(all, chat(i), lb(i, 8080))
			}
			return all
		}},
		{"relays in a ring", func() []objects.Object {
			var all []objects.Object
			for i := range n {
				all = append(all, relay(i, (i+1)%n), rs(i))
			}
			return append(all, ollama(0))
		}},
		{"relays in a ring, back", func() []objects.Object {
			var all []objects.Object
			for i := range n {
				all = append(all, relay(i, (i+n-1)%n), rs(i))
			}
			return append(all, ollama(0))
		}},
		{"relays in both directions to one", func() []objects.Object {
			var all []objects.Object
			for i := range n {
				all = append(all, relay(i, (i+1)%n, (i+n-1)%n, (i*7)%n), rs(i))
			}
			return append(all, ollama(0), obj("{apiVersion: v1, kind: Pod, metadata: {name: z, namespace: ai, labels: {app: r2500}}, spec: {containers: [{name: o, image: \"ollama/ollama:1\", ports: [{containerPort: 8080}, {containerPort: 11434}]}]}}"))
		}},
		{"relays in a row", func() []objects.Object {
			var all []objects.Object
			for i := range n {
				all = append(all, relay(i, i+1), rs(i))
			}
			return append(all, obj("{apiVersion: v1, kind: Pod, metadata: {name: z, namespace: ai, labels: {app: r%d}}, spec: {containers: [{name: o, image: \"ollama/ollama:1\", env: [{name: OLLAMA_HOST, value: \"0.0.0.0:8080\"}]}]}}", n), rs(n))
		}},
		{"routes and policies", func() []objects.Object {
			var all []objects.Object
			for i := range n {
				all = append(all, obj("{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: h%d, namespace: ai}, spec: {parentRefs: [{name: gw}], hostnames: [a.example.org], rules: [{backendRefs: [{name: s0, port: 80}]}]}}", i),
					obj("{apiVersion: gateway.envoyproxy.io/v1alpha1, kind: SecurityPolicy, metadata: {name: h%d, namespace: ai}, spec: {targetRefs: [{kind: HTTPRoute, name: h%d}], cors: {}}}", i, i))
			}
			return append(all, ollama(0), lb(0, 11434))
		}},
		{"virtual services and policies", func() []objects.Object {
			var all []objects.Object
			for i := range n {
				all = append(all, obj("{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: h%d, namespace: ai}, spec: {gateways: [gw], hosts: [a.example.org], http: [{route: [{destination: {host: s0}}]}]}}", i),
					obj("{apiVersion: security.istio.io/v1, kind: AuthorizationPolicy, metadata: {name: h%d, namespace: ai}, spec: {}}", i))
			}
			return append(all, ollama(0), lb(0, 11434))
		}},
		{"pods and cilium's policies", func() []objects.Object {
			var all []objects.Object
			for i := range n {
				all = append(all, ollama(i), obj("{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: h%d, namespace: ai}, spec: {endpointSelector: {matchLabels: {app: x}}, ingress: [{}]}}", i))
			}
			return all
		}},
		{"services and slices", func() []objects.Object {
			var all []objects.Object
			for i := range n {
				all = append(all, obj("{apiVersion: v1, kind: Service, metadata: {name: s%d, namespace: ai}, spec: {type: LoadBalancer, ports: [{port: 80}]}}", i),
					obj("{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: s%d, namespace: ai, labels: {kubernetes.io/service-name: s%d}}, addressType: IPv4, ports: [{port: 11434}], endpoints: [{addresses: [10.0.0.7]}]}", i, i))
			}
			return append(all, ollama(0))
		}},
		{"masters and minions", func() []objects.Object {
			var all []objects.Object
			for i := range n {
				all = append(all, obj("{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: a%d, namespace: ai, annotations: {nginx.org/mergeable-ingress-type: minion}}, spec: {ingressClassName: nginx, rules: [{host: h%d.example.org, http: {paths: [{backend: {service: {name: s0, port: {number: 80}}}}]}}]}}", i, i),
					obj("{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: b%d, namespace: ai, annotations: {nginx.org/mergeable-ingress-type: master}}, spec: {ingressClassName: nginx, rules: [{host: h%d.example.org}]}}", i, i))
			}
			return append(all, ollama(0), lb(0, 11434))
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			all := c.make()
			b.ReportAllocs()
			for b.Loop() {
				if len(reach.Check(objects.New(all), reach.Facts{})) == 0 {
					b.Fatal("nothing was found")
				}
			}
		})
	}
}
