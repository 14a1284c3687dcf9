package document_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	jsonpatch "github.com/evanphx/json-patch/v5"
	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/document"
)

func seed(f *testing.F) {
	for _, s := range []string{
		stack,
		"a: &a {b: [1, 0x1, 1.5, .inf, yes, true, ~, 2024-01-31]}\nc: {<<: *a, b: x}\nd: {<<: [*a, {e: 1}]}\n",
		"a: &a [*a]", "a: {<<: 1}", "{\"a\": \"\\u00e9\",\n\t\"b\": 1e3}", "a: |\n x\n y\n", "a: !!str 1\n? b\n: c\n",
		"---\n---\na: 1\n---\nb: 1\n", "\ufeffa: 1\r\n", "a:\n\tb: 1", "&a b: *a", "host: 5\nbacks: [{hots: x}]\nenv: {A: [x]}",
		"{host: x, size: 1, env: {A: 1, B: {secret: s}}, weights: {nginx: 1}, only: [nginx], object: {a: [null]}}",
		"type: ngnix\nport: 80\nlabels: {a b: x, \"\": y, a]b: ~}\nredirect: true\nback: {host: x}\n",
	} {
		f.Add([]byte(s))
	}
}

// FuzzParse: no input is answered by a panic or by silence, and what is read
// without a problem is what the YAML library reads.
func FuzzParse(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		n, problems := document.Parse("f", data)
		checkPlaces(t, n, data, problems)
		if n == nil && problems.Err() == nil {
			t.Fatal("nothing was read, and no problem says why")
		}
		var got Object
		if problems != nil || document.Decode(n, &got) != nil {
			return
		}
		var want Object
		if err := library(data, &want); err != nil {
			if strings.Contains(err.Error(), "excessive aliasing") {
				return // its limit depends on the document's size
			}
			t.Fatalf("Parse accepts what the library refuses: %v", err)
		}
		if diff := cmp.Diff(asJSON(t, want), asJSON(t, got)); diff != "" {
			t.Errorf("Parse (-library +got):\n%s", diff)
		}
	})
}

// FuzzDecode: what is decoded without a problem is the same after a trip
// through JSON, and every problem has a place.
func FuzzDecode(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		n, problems := document.Parse("f", data)
		var got, again Route
		more := document.Decode(n, &got)
		checkPlaces(t, n, data, more)
		if n == nil || problems != nil || more != nil {
			return
		}
		text, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		n, problems = document.Parse("f", text)
		if all := lines(problems, document.Decode(n, &again)); all != nil {
			t.Fatalf("%s: %q", text, all)
		}
		if diff := cmp.Diff(asJSON(t, got), asJSON(t, again)); diff != "" {
			t.Errorf("through JSON (-before +after):\n%s", diff)
		}
	})
}

// FuzzMerge: Merge is the json-patch library's MergePatch, apart from nulls in
// lists and in the base, where the library does not follow the RFC.
func FuzzMerge(f *testing.F) {
	f.Add([]byte("a: {b: 1, c: [1]}\nd: x\n"), []byte("a: {b: null, c: [2], e: {f: null}}\nd: {g: y}\n"))
	f.Add([]byte("{a: 1}"), []byte("{a: {b: {c: null}}}"))
	f.Add([]byte("a: &a {b: 1}\nc: {<<: *a}"), []byte("c: {b: null}"))
	f.Fuzz(func(t *testing.T, baseText, patchText []byte) {
		base, problems := document.Parse("base", baseText)
		patch, more := document.Parse("patch", patchText)
		var baseObject, patchObject Object
		if problems != nil || more != nil || document.Decode(document.Merge(nil, base), &baseObject) != nil ||
			document.Decode(patch, &patchObject) != nil || nullInList(map[string]any(patchObject), false) {
			return
		}
		var got, want, alike Object
		merged := document.Merge(document.Merge(nil, base), patch)
		if problems := document.Decode(merged, &got); problems != nil {
			t.Fatal(problems)
		}
		text, err := jsonpatch.MergePatch([]byte(asJSON(t, baseObject)), []byte(asJSON(t, patchObject)))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatal(err)
		}
		// JSON has no int64.
		if err := json.Unmarshal([]byte(asJSON(t, got)), &alike); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, alike); diff != "" {
			t.Errorf("Merge (-library +got):\n%s", diff)
		}
		checkPlaces(t, merged, append(baseText, patchText...), document.Decode(merged, &Route{}))
	})
}

// checkPlaces says of each problem that it points into the file, and that its
// path leads to the same place again.
func checkPlaces(t *testing.T, n *document.Node, data []byte, problems problem.List) {
	t.Helper()
	for _, p := range problems {
		if p.Message == "" || p.File == "" || p.Line < 0 || p.Line > 1+strings.Count(newlines.Replace(string(data)), "\n") {
			t.Errorf("problem without a place: %+v", p)
		}
		if again := n.Problem(p.Path, "x").Path; again != p.Path {
			t.Errorf("path %q is found as %q", p.Path, again)
		}
	}
}

// newlines are what YAML 1.1 takes for one.
var newlines = strings.NewReplacer("\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n")

// library reads data as the YAML library does, but takes dates for text.
func library(data []byte, into any) error {
	for d := yaml.NewDecoder(bytes.NewReader(data)); ; {
		var n yaml.Node
		if err := d.Decode(&n); err != nil {
			return err
		}
		if n.Content[0].ShortTag() != "!!null" {
			datesToText(&n)
			return n.Decode(into)
		}
	}
}

func datesToText(n *yaml.Node) {
	if n.ShortTag() == "!!timestamp" {
		n.Tag = "!!str"
	}
	for _, child := range n.Content {
		datesToText(child)
	}
}

// nullInList finds a null at any depth of a list.
func nullInList(v any, inList bool) bool {
	switch v := v.(type) {
	case nil:
		return inList
	case map[string]any:
		for _, child := range v {
			if nullInList(child, inList) {
				return true
			}
		}
	case []any:
		for _, child := range v {
			if nullInList(child, true) {
				return true
			}
		}
	}
	return false
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
