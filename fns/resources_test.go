package fns_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// sized is the golden list of that name after the function, and its config.
func sized(t *testing.T, name string) (out, config string) {
	t.Helper()
	a, err := txtar.ParseFile(filepath.Join("testdata", name+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	in := parse(t, string(a.Files[0].Data))
	return mustRun(t, in.String()), in.config.MustString()
}

// again runs the function on what it made, with a changed config.
func again(t *testing.T, out, config string, change ...string) list {
	t.Helper()
	l := parse(t, out)
	l.config = yaml.MustParse(strings.NewReplacer(change...).Replace(config))
	return parse(t, mustRun(t, l.String()))
}

func TestResourcesTwice(t *testing.T) {
	for _, name := range []string{"resources-deployment", "resources-llama-server"} {
		t.Run(name, func(t *testing.T) {
			out, config := sized(t, name)
			second := again(t, out, config)
			if diff := cmp.Diff(texts(t, parse(t, out).items), texts(t, second.items)); diff != "" {
				t.Errorf("the second run (-first +second):\n%s", diff)
			}
			if second.results != nil {
				t.Errorf("the second run says:\n%s", second.results.MustString())
			}
		})
	}
}

// A config's change has the same effect on what the function made as on what it
// began with.
func TestResourcesFollowTheConfig(t *testing.T) {
	out, config := sized(t, "resources-llama-server")
	for name, change := range map[string][]string{
		"no cache type":     {"kvCacheType: q8_0", "kvCacheType: f16"},
		"no prompt cache":   {"kvCacheType: q8_0", "promptCache: none"},
		"no limit":          {`cpu: "6"`, "cpu: none"},
		"another model":     {"llama3.2:3b", "llama3.2:1b"},
		"fewer, of its own": {"contextLength: 8192", "numParallel: 4"},
	} {
		t.Run(name, func(t *testing.T) {
			original, _ := txtar.ParseFile(filepath.Join("testdata", "resources-llama-server.txtar"))
			want := again(t, string(original.Files[0].Data), config, change...)
			got := again(t, out, config, change...)
			if diff := cmp.Diff(plain(t, want.items), plain(t, got.items)); diff != "" {
				t.Errorf("(-from the start +on top):\n%s", diff)
			}
			if cmp.Equal(plain(t, parse(t, out).items), plain(t, got.items)) {
				t.Error("changed nothing")
			}
		})
	}
}

// A component that is made, and then sized by the other kind, is what it was:
// both follow the same arithmetic.
func TestResourcesOfOurOwn(t *testing.T) {
	config := func(kind, spec string) *yaml.RNode {
		return yaml.MustParse("{apiVersion: hearth.dev/v1alpha1, kind: " + kind + ", metadata: {name: s, namespace: ai}, spec: " + spec + "}")
	}
	const spec = `models: ["llama3.2:3b"], kvCacheType: q8_0, numParallel: 2`
	made := parse(t, mustRun(t, list{config: config("Ollama", "{"+spec+"}")}.String()))
	before := texts(t, made.items)
	made.config = config("OllamaResources", "{"+spec+", claim: {name: ollama}}")
	after := parse(t, mustRun(t, made.String()))
	if diff := cmp.Diff(before, texts(t, after.items)); diff != "" {
		t.Errorf("(-made +sized):\n%s", diff)
	}
}

// What no workload looks like is no reason to fail, and is put right where it
// stands in the way; what stands in two places is left alone.
func TestResourcesOddShapes(t *testing.T) {
	for name, c := range map[string]struct {
		container, more string
		want            string // of the error
	}{
		"texts":          {`env: text, resources: 5`, "", ""},
		"lists":          {`env: {}, resources: []`, "", ""},
		"empty entries":  {`env: [null, text, {}, {name: null}], resources: {limits: null}`, "", ""},
		"no quantity":    {`resources: {limits: {memory: lots, cpu: [1]}}`, "", ""},
		"other items":    {`env: []`, "- {apiVersion: apps/v1, kind: Deployment, metadata: {name: a, namespace: ai}, spec: {template: {spec: {containers: text}}}}\n- {apiVersion: apps/v1, kind: DaemonSet, metadata: {name: b}, spec: null}\n", ""},
		"an alias":       {`env: &env [], ports: *env`, "", "written with a YAML anchor or alias"},
		"deeper aliases": {`ports: [&port {a: b}], resources: {claims: [*port]}`, "", "written with a YAML anchor or alias"},
	} {
		t.Run(name, func(t *testing.T) {
			in := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n" + c.more +
				"- apiVersion: apps/v1\n  kind: Deployment\n  metadata: {name: ollama, namespace: ai}\n" +
				"  spec: {template: {spec: {containers: [{name: ollama, image: \"ollama/ollama:0.23.2\", " + c.container + "}]}}}\n" +
				"functionConfig: {apiVersion: hearth.dev/v1alpha1, kind: OllamaResources, metadata: {name: s, namespace: ai}, spec: {models: [\"llama3.2:3b\"]}}\n"
			out, said, err := run(t, in)
			if c.want != "" {
				if err == nil || !strings.Contains(said, c.want) {
					t.Errorf("got %q, want %q", said, c.want)
				}
				return
			}
			if err != nil {
				t.Fatal(said)
			}
			if !strings.Contains(out, "name: OLLAMA_CONTEXT_LENGTH") || !strings.Contains(out, "memory: ") {
				t.Errorf("not sized:\n%s", out)
			}
			if second := mustRun(t, out); !strings.HasPrefix(second, out[:strings.Index(out, "functionConfig:")]) {
				t.Errorf("the second run:\n%s\nof\n%s", second, out)
			}
		})
	}
}
