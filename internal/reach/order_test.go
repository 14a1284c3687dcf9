package reach_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/reach"
	"github.com/hearth-dev/hearth/internal/testing/sample"
)

// tangle is a list of objects that lead to one another at random, in circles too,
// and to an Ollama and a chat.
func tangle(random *rand.Rand) []objects.Object {
	n := 2 + random.IntN(6)
	var texts []string
	add := func(format string, args ...any) { texts = append(texts, fmt.Sprintf(format, args...)) }
	one := func() string { return fmt.Sprintf("s%d", random.IntN(n)) }
	namespace := func() string { return []string{"ai", "web"}[random.IntN(2)] }
	guard := func() string {
		return []string{"", ", middlewares: [{name: users}]", ", middlewares: [{name: missing}]", ", middlewares: [{name: plugin}]"}[random.IntN(4)]
	}
	add("{apiVersion: traefik.io/v1alpha1, kind: Middleware, metadata: {name: users, namespace: ai}, spec: {basicAuth: {secret: users}}}")
	add("{apiVersion: traefik.io/v1alpha1, kind: Middleware, metadata: {name: plugin, namespace: ai}, spec: {plugin: {p: {}}}}")
	for i := range n {
		in := namespace()
		switch random.IntN(5) {
		case 0:
			add("{apiVersion: v1, kind: Service, metadata: {name: s%d, namespace: %s}, spec: {type: ExternalName, externalName: %s.%s.svc, ports: [{port: 80}]}}", i, in, one(), namespace())
		case 1:
			add("{apiVersion: v1, kind: Service, metadata: {name: s%d, namespace: %s}, spec: {type: NodePort, selector: {app: a%d}, ports: [{port: 80, targetPort: 8080}]}}", i, in, random.IntN(n))
		case 2:
			add("{apiVersion: v1, kind: Service, metadata: {name: s%d, namespace: %s}, spec: {type: LoadBalancer, externalTrafficPolicy: Local, ports: [{port: 80}]}}", i, in)
			add("{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: e%d, namespace: %s, labels: {kubernetes.io/service-name: s%d}}, addressType: FQDN, ports: [{port: 80}], endpoints: [{addresses: [%s.%s]}]}", i, in, i, one(), namespace())
		default:
			add("{apiVersion: v1, kind: Service, metadata: {name: s%d, namespace: %s}, spec: {selector: {app: a%d}, ports: [{port: 80, targetPort: %d}]}}", i, in, random.IntN(n), []int{8080, 11434}[random.IntN(2)])
		}
		container := fmt.Sprintf(`{name: c, image: "docker.io/alpine/socat:1.8.0", args: ["TCP-LISTEN:8080", "TCP:%s.%s:80"]}`, one(), namespace())
		switch random.IntN(5) {
		case 0:
			container = `{name: c, image: "docker.io/ollama/ollama:0.23.2", ports: [{containerPort: 11434}]}`
		case 1:
			container = `{name: c, image: "ghcr.io/open-webui/open-webui:0.9.4", ports: [{containerPort: 8080}]}`
		case 2:
			container = fmt.Sprintf(`{name: c, image: "docker.io/library/nginx:1.29.3", env: [{name: UP, value: "http://%s.%s"}, {name: UP2, value: "http://%s.%s"}]}`, one(), namespace(), one(), namespace())
		}
		add("{apiVersion: v1, kind: Pod, metadata: {name: p%d, namespace: %s, labels: {app: a%d}}, spec: {hostNetwork: %t, containers: [%s]}}", i, namespace(), random.IntN(n), random.IntN(9) == 0, container)
		add("{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: n%d, namespace: %s}, spec: {podSelector: {matchLabels: {app: a%d}}, policyTypes: [Ingress], ingress: [{from: [{ipBlock: {cidr: %s}}]}]}}",
			i, namespace(), random.IntN(n), []string{"0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/8", "192.168.0.0/16"}[random.IntN(4)])
		if random.IntN(2) == 0 {
			add("{apiVersion: traefik.io/v1alpha1, kind: TraefikService, metadata: {name: t%d, namespace: ai}, spec: {weighted: {services: [{name: t%d, kind: TraefikService}, {name: %s, port: 80}]}}}", i, random.IntN(n), one())
			add("{apiVersion: traefik.io/v1alpha1, kind: IngressRoute, metadata: {name: i%d, namespace: ai}, spec: {routes: [{match: \"Host(`a.example.org`)\", services: [{name: t%d, kind: TraefikService}]%s}, {match: \"Host(`b.internal`)\", services: [{name: %s, port: 80}]%s}]}}",
				i, random.IntN(n), guard(), one(), guard())
		}
		if random.IntN(6) == 0 {
			add("{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: c%d, namespace: %s}, spec: {endpointSelector: {}, ingress: [{}]}}", i, namespace())
		}
	}
	var all []objects.Object
	for _, text := range texts {
		var o objects.Object
		if err := yaml.Unmarshal([]byte(text), &o); err != nil {
			panic(fmt.Sprintf("%v: %s", err, text))
		}
		all = append(all, o)
	}
	return all
}

// sentences are findings as text, in an order of their own.
func sentences(all []objects.Object) []string {
	var out []string
	for _, f := range reach.Check(objects.New(all), reach.Facts{}) {
		out = append(out, fmt.Sprintf("%s %s %s %s: %s", f.Severity, f.Rule, f.Object, f.Path, f.Message))
	}
	slices.Sort(out)
	return out
}

// The order in which objects come changes nothing of what is found, where they
// lead to one another in circles either.
func TestOrder(t *testing.T) {
	rules := map[string]int{}
	for seed := range sample.Size(1_000, 20_000) {
		random := rand.New(rand.NewPCG(uint64(seed), 0))
		all := tangle(random)
		want := sentences(all)
		for _, s := range want {
			rules[strings.Join(strings.Fields(s)[:2], " ")]++
		}
		for range 2 {
			random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
			if diff := cmp.Diff(want, sentences(all)); diff != "" {
				t.Fatalf("seed %d (-first +shuffled):\n%s", seed, diff)
			}
		}
	}
	t.Log(rules)
	for _, rule := range []string{"error ollama-exposed", "warning ollama-exposed", "error ollama-open", "error chat-exposed", "warning exposure-unseen"} {
		if rules[rule] == 0 {
			t.Errorf("nothing was found of %s", rule)
		}
	}
}
