package fns_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/fns"
)

// Whatever comes in place of a list with a config is told plainly, is an error,
// and puts nothing on stdout that could be taken for a list.
func TestWrongInput(t *testing.T) {
	const list = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"
	for _, test := range []struct{ name, in, want string }{
		{"nothing", "", "nothing on standard input, want a ResourceList; see hearth-fn --help"},
		{"blanks", " \n\n", "nothing on standard input, want a ResourceList; see hearth-fn --help"},
		{"a comment", "# hello\n", "got an empty document on standard input, want a ResourceList of config.kubernetes.io/v1"},
		{"text", "hello", "reading the ResourceList: got no mapping, want apiVersion, kind, items and functionConfig"},
		{"a manifest", "apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: b}\n",
			`got "Service b/a" on standard input, want a ResourceList of config.kubernetes.io/v1`},
		{"several manifests", "kind: A\n---\nkind: B\n", "got 2 documents on standard input, want a ResourceList of config.kubernetes.io/v1"},
		{"a List", "apiVersion: v1\nkind: List\nitems: []\n", "got a List on standard input, want a ResourceList of config.kubernetes.io/v1"},
		{"an old list", "apiVersion: config.kubernetes.io/v1alpha1\nkind: ResourceList\nitems: []\n",
			`got a ResourceList of apiVersion "config.kubernetes.io/v1alpha1", want config.kubernetes.io/v1`},
		{"an empty list", list, "the ResourceList has neither items nor functionConfig"},
		{"no list of items", list + "items: {a: b}\n", "reading the ResourceList: items is not a list"},
		{"an item that is none", list + "items: [{kind: A}, b]\n", "reading the ResourceList: items[1] is no resource: want a mapping"},
		{"an item whose metadata is text", list + "items: [{kind: A, metadata: b}]\n", "reading the ResourceList: items[0].metadata is no mapping"},
		{"an item whose annotations are a list", list + "items: [{kind: A, metadata: {annotations: [b]}}]\n", "reading the ResourceList: items[0].metadata.annotations is no mapping"},
		{"binary", "\x00\x01", "reading the ResourceList: not valid YAML, or cut off: yaml: control characters are not allowed"},
		{"cut off", list + "items:\n- kind: \"Serv", "reading the ResourceList: not valid YAML, or cut off: yaml: line 4: found unexpected end of stream"},
		{"cut off within brackets", "{apiVersion: config.kubernetes.io/v1, kind: ResourceList, items: [", "reading the ResourceList: not valid YAML, or cut off: yaml: line 1: did not find expected node content"},
		{"too large", list + "items: []\n" + strings.Repeat("# filling\n", 2<<20), "reading the ResourceList: the text has more than 8 MiB; give it in several parts"},
		{"too many values", list + "items: [{data: [" + strings.Repeat("a,", 120_000) + "]}]\n", "reading the ResourceList: the text has 120008 places where a value may begin (commas, colons, brackets, dashes), at most 120000 are read; give it in several parts"},
		{"too many items", list + "items:\n" + strings.Repeat("- {}\n", 4_001), "reading the ResourceList: the list has 4001 items, those of Lists in it counted, at most 4000 are read; run hearth-fn on fewer resources"},
		{"too many items in a List", list + "items: [{kind: List, items: [" + strings.Repeat("{},", 4_000) + "]}]\n", "reading the ResourceList: the list has 4001 items, those of Lists in it counted, at most 4000 are read; run hearth-fn on fewer resources"},
		{"too deep", list + "items: [{a: " + strings.Repeat("[", 5_000) + strings.Repeat("]", 5_000) + "}]\n", "reading the ResourceList: line 1: values within each other more than 1000 deep"},
		{"aliases of aliases", list + "items: [{a: &a [" + strings.Repeat("b,", 1000) + "], c: &c [" + strings.Repeat("*a,", 1000) + "]}]\n", "reading the ResourceList: document at line 1: more than 120000 values, aliases written out; write it without aliases"},
	} {
		t.Run(test.name, func(t *testing.T) {
			out, said, err := run(t, test.in)
			equal(t, "stderr", "hearth-fn: "+test.want+"\n", said)
			if err == nil {
				t.Error("no error")
			}
			if out != "" {
				t.Errorf("on stdout:\n%s", out)
			}
		})
	}
}

// With a list, wrong configs are results too.
func TestWrongConfig(t *testing.T) {
	const kinds = "Expose, Ollama, OllamaResources, OpenWebUI, Stack, StackCheck"
	for _, test := range []struct{ name, config, want string }{
		{"none", "null", "functionConfig: missing: want one of kind " + kinds},
		{"text", "hello", "functionConfig: want a mapping with apiVersion, kind, metadata and spec"},
		{"an unknown kind", "{apiVersion: hearth.dev/v1alpha1, kind: Olama, metadata: {name: a}}",
			`Olama a: kind: got "Olama" of "hearth.dev/v1alpha1", want one of ` + kinds + " of hearth.dev/v1alpha1, or a v1 ConfigMap; did you mean \"Ollama\"?"},
		{"somebody else's kind", "{apiVersion: example.org/v1, kind: Helm, metadata: {name: a}}",
			`Helm a: kind: got "Helm" of "example.org/v1", want one of ` + kinds + " of hearth.dev/v1alpha1, or a v1 ConfigMap"},
		{"another version", "{apiVersion: hearth.dev/v1beta1, kind: Ollama, metadata: {name: a}}",
			`Ollama a: apiVersion: got "hearth.dev/v1beta1", want hearth.dev/v1alpha1`},
		{"no spec", "{apiVersion: hearth.dev/v1alpha1, kind: Ollama, metadata: {name: a, namespace: b}}",
			"Ollama b/a: spec: missing: want what to deploy"},
		{"no metadata", "{apiVersion: hearth.dev/v1alpha1, kind: OpenWebUI, spec: {}}",
			"OpenWebUI: metadata.name: missing: want the config's name, a DNS label such as ollama"},
		{"an alias of nowhere", "{apiVersion: hearth.dev/v1alpha1, kind: Ollama, metadata: {name: a, namespace: b}, spec: *x}", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			out, said, err := run(t, "{apiVersion: config.kubernetes.io/v1, kind: ResourceList, items: [{kind: A, metadata: {name: a}}], functionConfig: "+test.config+"}")
			first, _, _ := strings.Cut(said, "\n")
			if want := "hearth-fn: error: " + test.want; test.want != "" && first != want {
				t.Errorf("stderr begins\n%s\nwant\n%s", first, want)
			}
			if err == nil || said == "" {
				t.Errorf("error %v, stderr %q", err, said)
			}
			if test.want == "" {
				return // no list at all
			}
			l := parse(t, out)
			if len(l.items) != 1 || l.results == nil {
				t.Errorf("want the item and a result, got\n%s", out)
			}
		})
	}
}

// A stream that breaks, on either side, is an error.
func TestBrokenStreams(t *testing.T) {
	broken := errors.New("broken")
	if err := fns.Run(failing{broken}, io.Discard, io.Discard); !errors.Is(err, broken) {
		t.Errorf("reading: %v", err)
	}
	if err := fns.Run(strings.NewReader(ollamaList), failing{broken}, io.Discard); !errors.Is(err, broken) {
		t.Errorf("writing: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error)  { return 0, f.err }
func (f failing) Write([]byte) (int, error) { return 0, f.err }
