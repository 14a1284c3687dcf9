package fns_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/hearth-dev/hearth/fns"
)

var update = flag.Bool("update", false, "rewrite the expected output in testdata")

// list is a ResourceList, decoded.
type list struct {
	items   []*yaml.RNode
	config  *yaml.RNode
	results *yaml.RNode
}

// parse reads a ResourceList.
func parse(t testing.TB, data string) list {
	t.Helper()
	r := &kio.ByteReader{Reader: strings.NewReader(data), OmitReaderAnnotations: true}
	items, err := r.Read()
	if err != nil {
		t.Fatalf("%v in\n%s", err, data)
	}
	return list{items: items, config: r.FunctionConfig, results: r.Results}
}

// String is the list as a tool would send it.
func (l list) String() string {
	var b bytes.Buffer
	w := kio.ByteWriter{
		Writer: &b, KeepReaderAnnotations: true, FunctionConfig: l.config,
		WrappingKind: kio.ResourceListKind, WrappingAPIVersion: kio.ResourceListAPIVersion,
	}
	if err := w.Write(l.items); err != nil {
		panic(err)
	}
	return b.String()
}

// run runs the function on a list; what it says goes along.
func run(t testing.TB, in string) (out string, said string, err error) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	err = fns.Run(strings.NewReader(in), &stdout, &stderr)
	return stdout.String(), stderr.String(), err
}

// mustRun runs the function, which has to succeed.
func mustRun(t testing.TB, in string) string {
	t.Helper()
	out, said, err := run(t, in)
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return out
}

// item is the item with the given kind and name, nil if there is none.
func (l list) item(kind, name string) *yaml.RNode {
	for _, i := range l.items {
		if i.GetKind() == kind && i.GetName() == name {
			return i
		}
	}
	return nil
}

// names are the items as KIND/NAME, in order.
func (l list) names() []string {
	var names []string
	for _, i := range l.items {
		names = append(names, i.GetKind()+"/"+i.GetName())
	}
	return names
}

// recorded is a list as kpt or kustomize sent it.
func recorded(t testing.TB, name string) list {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "recorded", name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, string(data))
}

// withStack is a recorded list in which the Stack, as an item and as the config,
// has a spec.
func withStack(t testing.TB, l list, spec string) list {
	t.Helper()
	for _, n := range append(l.items, l.config) {
		if n.GetKind() == "Stack" {
			if err := n.PipeE(yaml.SetField("spec", yaml.MustParse(spec))); err != nil {
				t.Fatal(err)
			}
		}
	}
	return l
}

// next is what a tool sends after it has written a function's output to disk
// and read it again: the same list with another config, without results.
func next(t testing.TB, out string, config *yaml.RNode) list {
	t.Helper()
	l := parse(t, out)
	l.config, l.results = config, nil
	return l
}

// equal compares texts.
func equal(t testing.TB, what, want, got string) {
	t.Helper()
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
