package fns_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

const (
	ollamaSpec = `{models: ["llama3.2:3b"], storage: {size: 20Gi, storageClassName: longhorn}, nodeSelector: {gpu: "yes"}}`
	chatSpec   = `{name: our chat, resources: {limits: {memory: 2Gi}}, embedding: {engine: inPod}}`
	routeSpec  = `{type: nginx, host: chat.10.0.0.200.nip.io, tls: {type: certManager, certManager: {issuer: {name: my-ca}}}}`
	around     = `labels: {team: ai}, images: {mirrors: {docker.io: harbor.example.org/hub}}, proxy: {https: "http://proxy.example.org:443"}, caBundle: {configMap: ca}`
)

// generate runs a config without items.
func generate(t *testing.T, kind, spec string) map[string]any {
	t.Helper()
	config := yaml.MustParse("{apiVersion: hearth.dev/v1alpha1, kind: " + kind + ", metadata: {name: s, namespace: ai}, spec: " + spec + "}")
	return plain(t, parse(t, mustRun(t, list{config: config}.String())).items)
}

// ofStack are the objects of a stack's only base and overlay.
func ofStack(t *testing.T, base string) map[string]any {
	t.Helper()
	return generate(t, "Stack", "{bases: [{name: b, namespace: ai, "+base+"}], overlays: [{name: o, bases: [{name: b}]}]}")
}

func spread(spec string) string { return spec[1 : len(spec)-1] }

// A component's config means what its fields mean in a Stack.
func TestComponentIsTheStacks(t *testing.T) {
	for _, test := range []struct {
		name, kind, spec, base string
	}{
		{"Ollama", "Ollama", "{" + spread(ollamaSpec) + "}", "ollama: " + ollamaSpec},
		{"Ollama and what is around", "Ollama", "{" + spread(ollamaSpec) + ", " + around + "}", "ollama: " + ollamaSpec + ", " + around},
		{"Open WebUI", "OpenWebUI", "{ollamaURLs: [\"http://a.b.svc:11434\"], " + spread(chatSpec) + "}",
			"openWebUI: {ollamaURLs: [\"http://a.b.svc:11434\"], " + spread(chatSpec) + "}"},
		{"Open WebUI with a route", "OpenWebUI", "{ollamaURLs: [\"http://a.b.svc:11434\"], " + spread(chatSpec) + ", expose: " + routeSpec + "}",
			"openWebUI: {ollamaURLs: [\"http://a.b.svc:11434\"], " + spread(chatSpec) + "}, expose: " + routeSpec},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(ofStack(t, test.base), generate(t, test.kind, test.spec)); diff != "" {
				t.Errorf("objects (-Stack +%s):\n%s", test.kind, diff)
			}
		})
	}
}

// Ollama and the chat side by side are the base that has both: the chat finds
// its neighbour and is let out to it. Ollama's NetworkPolicy alone differs: the
// Stack admits the chat alone, and an Ollama that knows of no chat the namespace.
func TestComponentsSideBySide(t *testing.T) {
	want := ofStack(t, "ollama: "+ollamaSpec+", openWebUI: "+chatSpec)
	got := generate(t, "Ollama", ollamaSpec)
	for name, o := range generate(t, "OpenWebUI", chatSpec) {
		got[name] = o
	}
	const policy = "NetworkPolicy ai/ollama"
	from := func(o any) []any {
		spec := o.(map[string]any)["spec"].(map[string]any)
		return spec["ingress"].([]any)[0].(map[string]any)["from"].([]any)
	}
	chat := map[string]any{"app.kubernetes.io/name": "open-webui", "app.kubernetes.io/instance": "open-webui"}
	if diff := cmp.Diff([]any{map[string]any{"podSelector": map[string]any{"matchLabels": chat}}}, from(want[policy])); diff != "" {
		t.Errorf("in the Stack Ollama admits (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]any{map[string]any{"podSelector": map[string]any{}}}, from(got[policy])); diff != "" {
		t.Errorf("beside the chat Ollama admits (-want +got):\n%s", diff)
	}
	delete(want, policy)
	delete(got, policy)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("objects (-Stack +components):\n%s", diff)
	}
}

// The chat asks the Ollama that the list has in its namespace: by its own name, at
// its own port.
func TestChatFollowsItsNeighbour(t *testing.T) {
	config := yaml.MustParse("{apiVersion: hearth.dev/v1alpha1, kind: OpenWebUI, metadata: {name: s, namespace: ai}, spec: " + chatSpec + "}")
	for name, test := range map[string]struct {
		ollamas       []string
		url, selected string
	}{
		"another port":      {[]string{"service: {port: 8000}"}, "http://ollama.ai.svc:8000", "ollama"},
		"another name":      {[]string{"name: ollama-a, service: {port: 8000}"}, "http://ollama-a.ai.svc:8000", "ollama-a"},
		"the usual name":    {[]string{"name: ollama-a", "service: {port: 8000}"}, "http://ollama.ai.svc:8000", "ollama"},
		"which of them":     {[]string{"name: ollama-a, service: {port: 8000}", "name: ollama-b"}, "http://ollama.ai.svc:11434", "ollama"},
		"emitted later":     {nil, "http://ollama.ai.svc:11434", "ollama"},
		"another namespace": {[]string{"service: {port: 8000}}, metadata: {name: o, namespace: other"}, "http://ollama.ai.svc:11434", "ollama"},
	} {
		t.Run(name, func(t *testing.T) {
			l := list{}
			for i, spec := range test.ollamas {
				l.config = yaml.MustParse(fmt.Sprintf(`{apiVersion: hearth.dev/v1alpha1, kind: Ollama, spec: {models: ["llama3.2:3b"], %s}}`, spec))
				if l.config.GetName() == "" {
					l.config = yaml.MustParse(fmt.Sprintf(`{apiVersion: hearth.dev/v1alpha1, kind: Ollama, metadata: {name: o%d, namespace: ai}, spec: {models: ["llama3.2:3b"], %s}}`, i, spec))
				}
				l.items = parse(t, mustRun(t, l.String())).items
			}
			l.config = config
			objects := plain(t, parse(t, mustRun(t, l.String())).items)
			text := fmt.Sprint(objects["StatefulSet ai/open-webui"])
			if want := "[name:OLLAMA_BASE_URLS value:" + test.url + "]"; !strings.Contains(text, want) {
				t.Errorf("the chat has no variable %s", want)
			}
			egress := fmt.Sprint(objects["NetworkPolicy ai/open-webui"].(map[string]any)["spec"].(map[string]any)["egress"])
			if want := "map[app.kubernetes.io/instance:" + test.selected + " app.kubernetes.io/name:" + test.selected + "]"; !strings.Contains(egress, want) {
				t.Errorf("the chat is let out to %s, want %s", egress, want)
			}
		})
	}
}
