package document_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/document"
)

// parse is for input that is known to be right.
func parse(t *testing.T, in string) *document.Node {
	t.Helper()
	n, problems := document.Parse("hearth.yaml", []byte(in))
	if problems != nil {
		t.Fatalf("%s: %v", in, problems)
	}
	return n
}

func object(t *testing.T, n *document.Node) Object {
	t.Helper()
	var o Object
	if problems := document.Decode(n, &o); problems != nil {
		t.Fatal(problems)
	}
	return o
}

// TestMerge has the examples of RFC 7386, appendix A, that are mappings.
func TestMerge(t *testing.T) {
	for _, test := range []struct{ base, patch, want string }{
		{`{"a":"b"}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"b"}`, `{"b":"c"}`, `{"a":"b","b":"c"}`},
		{`{"a":"b"}`, `{"a":null}`, `{}`},
		{`{"a":"b","b":"c"}`, `{"a":null}`, `{"b":"c"}`},
		{`{"a":["b"]}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"c"}`, `{"a":["b"]}`, `{"a":["b"]}`},
		{`{"a":{"b":"c"}}`, `{"a":{"b":"d","c":null}}`, `{"a":{"b":"d"}}`},
		{`{"a":[{"b":"c"}]}`, `{"a":[1]}`, `{"a":[1]}`},
		{`{"e":null}`, `{"a":1}`, `{"e":null,"a":1}`},
		{`{}`, `{"a":{"bb":{"ccc":null}}}`, `{"a":{"bb":{}}}`},
		// Not in the RFC's table, but in its text.
		{`{"a":{"b":null}}`, `{"a":{"b":{"c":1,"d":null}}}`, `{"a":{"b":{"c":1}}}`},
		{`{"a":1}`, `{"a":[{"b":null}]}`, `{"a":[{"b":null}]}`},
		{`{"a":1}`, `{}`, `{"a":1}`},
	} {
		base, patch := parse(t, test.base), parse(t, test.patch)
		merged := document.Merge(base, patch)
		if diff := cmp.Diff(object(t, parse(t, test.want)), object(t, merged)); diff != "" {
			t.Errorf("Merge(%s, %s) (-want +got):\n%s", test.base, test.patch, diff)
		}
		again := document.Merge(merged, patch)
		if diff := cmp.Diff(object(t, merged), object(t, again)); diff != "" {
			t.Errorf("Merge(%s, %s) twice (-once +twice):\n%s", test.base, test.patch, diff)
		}
		for _, unchanged := range []struct {
			text string
			node *document.Node
		}{{test.base, base}, {test.patch, patch}} {
			if diff := cmp.Diff(object(t, parse(t, unchanged.text)), object(t, unchanged.node)); diff != "" {
				t.Errorf("Merge(%s, %s) changed an argument (-before +after):\n%s", test.base, test.patch, diff)
			}
		}
	}
}

func TestMergeWithNothing(t *testing.T) {
	n := parse(t, "{a: 1, b: null, c: {d: null}}")
	if document.Merge(n, nil) != n {
		t.Error("Merge(n, nil) is not n")
	}
	want := Object{"a": int64(1), "c": map[string]any{}}
	if diff := cmp.Diff(want, object(t, document.Merge(nil, n))); diff != "" {
		t.Errorf("Merge(nil, n) (-want +got):\n%s", diff)
	}
}

const stack = `bases:
- name: ai
  size: 5Gi
  backs:
  - host: a
  labels: {app.kubernetes.io/name: x}
overlays:
- bases:
  - name: ai
    host: null
    back:
      size: 2Gi
    labels: {"a b": y}
`

// TestProblem asks for the place of fields of an overlay's merged base.
func TestProblem(t *testing.T) {
	root := parse(t, stack)
	base := root.Field("bases").Items()[0]
	patch := root.Field("overlays").Items()[0].Field("bases").Items()[0]
	merged := document.Merge(base, patch)
	for _, test := range []struct{ what, path, want string }{
		{"the overlay's", "name", "hearth.yaml:9:11: overlays[0].bases[0].name: wrong"},
		{"the overlay's, deeper", "back.size", "hearth.yaml:12:13: overlays[0].bases[0].back.size: wrong"},
		{"the base's", "size", "hearth.yaml:3:9: bases[0].size: wrong"},
		{"the base's, deeper", "backs[0].host", "hearth.yaml:5:11: bases[0].backs[0].host: wrong"},
		{"a mapping is at its key", "back", "hearth.yaml:11:5: overlays[0].bases[0].back: wrong"},
		{"a list's item is at its first field", "backs[0]", "hearth.yaml:5:5: bases[0].backs[0]: wrong"},
		{"the merged mapping is the overlay's", "", "hearth.yaml:9:5: overlays[0].bases[0]: wrong"},
		{"missing", "type", "hearth.yaml:9:5: overlays[0].bases[0].type: wrong"},
		{"missing in the overlay's", "back.host", "hearth.yaml:11:5: overlays[0].bases[0].back.host: wrong"},
		{"missing in the base's", "backs[0].size", "hearth.yaml:5:5: bases[0].backs[0].size: wrong"},
		{"missing in what is missing", "back.tls.issuer[0].name", "hearth.yaml:11:5: overlays[0].bases[0].back.tls.issuer[0].name: wrong"},
		{"missing behind the end of a list", "backs[1].host", "hearth.yaml:4:3: bases[0].backs[1].host: wrong"},
		{"missing in a scalar", "name.first", "hearth.yaml:9:11: overlays[0].bases[0].name.first: wrong"},
		{"missing since the overlay says null", "host", "hearth.yaml:10:11: overlays[0].bases[0].host: wrong"},
		{"a key with dots", document.Join("labels", "app.kubernetes.io/name"), "hearth.yaml:6:36: bases[0].labels[app.kubernetes.io/name]: wrong"},
		{"a key with a space", document.Join("labels", "a b"), `hearth.yaml:13:21: overlays[0].bases[0].labels["a b"]: wrong`},
		{"a key that is missing", document.Join("labels", "a/b"), `hearth.yaml:13:5: overlays[0].bases[0].labels[a/b]: wrong`},
	} {
		t.Run(test.what, func(t *testing.T) {
			if got := merged.Problem(test.path, "wrong").String(); got != test.want {
				t.Errorf("Problem(%q)\nwant %s\n got %s", test.path, test.want, got)
			}
		})
	}
}

func TestProblemsOfAMergedBase(t *testing.T) {
	root := parse(t, "base: {size: 5, hots: x, port: 80}\noverlay: {port: x, modles: null, labels: {a: null}}\n")
	want := []string{
		`hearth.yaml:1:14: base.size: "5": want a size such as 10Gi`,
		`hearth.yaml:1:17: base.hots: unknown field "hots"; did you mean "host"?`,
		`hearth.yaml:2:17: overlay.port: "x": want a port, 1 to 65535`,
		`hearth.yaml:2:20: overlay.modles: unknown field "modles"; did you mean "models"?`,
	}
	got := document.Decode(document.Merge(root.Field("base"), root.Field("overlay")), &Route{})
	if diff := cmp.Diff(want, lines(got)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestAbsentNode(t *testing.T) {
	n := parse(t, "{a: [x], b: null}")
	for _, absent := range []*document.Node{n.Field("b"), n.Field("c"), n.Field("c").Field("d"), n.Field("a").Field("d")} {
		if absent != nil || absent.Items() != nil || absent.Text() != "" {
			t.Errorf("absent node is %v", absent)
		}
		want := problem.Problem{Severity: problem.Error, Path: "e", Message: "missing"}
		if diff := cmp.Diff(want, absent.Problem("e", "missing")); diff != "" {
			t.Errorf("Problem (-want +got):\n%s", diff)
		}
	}
	if got := n.Field("a").Items()[0]; got.Text() != "x" {
		t.Errorf("got %q, want x", got.Text())
	}
}
