package document_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearth-dev/hearth/internal/document"
)

func TestParse(t *testing.T) {
	ab := Object{"a": "x", "b": []any{int64(1), true}}
	for _, test := range []struct {
		name, in string
		want     Object
	}{
		{"YAML", "a: x\nb:\n- 1\n- true\n", ab},
		{"JSON", `{"a": "x", "b": [1, true]}`, ab},
		{"JSON indented with tabs", "{\n\t\"a\": \"x\",\n\t\"b\": [\n\t\t1,\n\t\ttrue\n\t]\n}\n", ab},
		{"a byte order mark", "\ufeffa: x\nb: [1, true]\n", ab},
		{"Windows line ends", "a: x\r\nb:\r\n  - 1\r\n  - true\r\n", ab},
		{"empty documents and comments around", "# one\n---\n---\na: x\nb: [1, true]\n---\n# two\n---\n", ab},
		{"document marks", "%YAML 1.1\n---\na: x\nb: [1, true]\n...\n", ab},
		{"anchors", "a: &x x\nb: [*x, *x]\n", Object{"a": "x", "b": []any{"x", "x"}}},
		{"an alias as a key", "a: &x b\n*x : 1\n", Object{"a": "b", "b": int64(1)}},
		{"a merge key fills in what is not there", "a: &x {n: 1, m: 2}\nb: {<<: *x, n: 3}\n", Object{
			"a": map[string]any{"n": int64(1), "m": int64(2)}, "b": map[string]any{"n": int64(3), "m": int64(2)}}},
		{"of several merged, the first wins", "a: {<<: [{n: 1}, {n: 2, m: 3}]}\n", Object{
			"a": map[string]any{"n": int64(1), "m": int64(3)}}},
		{"a quoted << is a field", `"<<": 1`, Object{"<<": int64(1)}},
	} {
		t.Run(test.name, func(t *testing.T) {
			n, problems := document.Parse("hearth.yaml", []byte(test.in))
			var got Object
			if all := lines(problems, document.Decode(n, &got)); all != nil {
				t.Fatalf("problems: %q", all)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("Parse (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseProblems(t *testing.T) {
	const mapping = `; write the fields as "name: value" lines`
	for _, test := range []struct{ name, in, want string }{
		{"nothing", "", "hearth.yaml: the file is empty: want one document"},
		{"only comments", "# a: 1\n---\n", "hearth.yaml: the file is empty: want one document"},
		{"a list", "\n- a: 1\n", "hearth.yaml:2:1: got a list, want a mapping" + mapping},
		{"a word", "hello\n", `hearth.yaml:1:1: got the string "hello", want a mapping` + mapping},
		{"two documents", "a: 1\n---\n# b\n---\nb: 1\n",
			"hearth.yaml:4:1: the file has 2 documents, the second starts here; want one; keep one and move the others to files of their own"},
		{"the same field twice", "a: 1\nb:\n  c: 1\n  \"c\": 2\n",
			"hearth.yaml:4:3: b.c: the field is set twice, first in line 3; keep one of them"},
		{"two merge keys", "a: {<<: {b: 1},\n <<: {c: 1}}\n",
			"hearth.yaml:2:2: a[<<]: the field is set twice, first in line 1; keep one of them"},
		{"a merge key with a scalar", "a: {<<: b}", "hearth.yaml:1:9: a[<<]: want the alias of a mapping; write <<: *name"},
		{"a number as a key", "a: {80: x}", `hearth.yaml:1:5: a.80: got the number 80 as the name of a field, want a string; quote it: "80"`},
		{"null as a key", "~: x", `hearth.yaml:1:1: ["~"]: got null as the name of a field, want a string; quote it: "~"`},
		{"a list as a key", "[a]: x", `hearth.yaml:1:1: ["?"]: got a list or mapping as the name of a field, want a string`},
		{"an empty key", `"": x`, `hearth.yaml:1:1: [""]: got a field name of 0 bytes, want 1 to 512`},
		{"a tag", "a: !secret x", `hearth.yaml:1:4: a: got the tag "!secret", want a value without one; remove the tag`},
		{"a tag on a mapping", "a: !!str {}", `hearth.yaml:1:4: a: got the tag "!!str", want a value without one; remove the tag`},
		{"a value inside itself", "a: &a [*a]", "hearth.yaml:1:8: a[0]: the alias *a stands for a value that contains it; write the value out"},
		{"a mapping merged into itself", "a: &a {<<: *a}", "hearth.yaml:1:12: a[<<]: the alias *a stands for a value that contains it; write the value out"},

		{"UTF-16", "\xff\xfea\x00", "hearth.yaml:1:1: the file is UTF-16, want UTF-8; save it as UTF-8"},
		{"Latin-1", "a: 1\nb: f\xfcr\n", "hearth.yaml:2:5: byte 0xfc is not UTF-8 text; save the file as UTF-8"},
		{"NUL", "a: ü\x00", "hearth.yaml:1:5: the character U+0000 is not allowed in YAML; remove it"},

		{"a tab as indentation", "a:\n\tb: 1\n", "hearth.yaml:2:2: not valid YAML: found character that cannot start any token; indent with spaces, not with tabs"},
		{"a tab among spaces", "a:\n  b: 1\n\tc: 1\n", "hearth.yaml:3:2: not valid YAML: found a tab character that violates indentation; indent with spaces, not with tabs"},
		{"indented too far", "a:\n  b: 1\n   c: 1\n",
			`hearth.yaml:3:4: not valid YAML: mapping values are not allowed in this context; indent as the lines around it, and quote a value that contains ": "`},
		{"indented too little", "a:\n  b: 1\n c: 1\nd: 1\n",
			"hearth.yaml:3:2: not valid YAML: did not find expected key; indent as the lines around it, and quote the whole of a value or nothing"},
		{"a colon in the first line", "a: b: c", `hearth.yaml:1:1: not valid YAML: mapping values are not allowed in this context; indent as the lines around it, and quote a value that contains ": "`},
		{"text behind a quote", "a: 1\nb: 'x' y\n",
			"hearth.yaml:2:1: not valid YAML: did not find expected key; indent as the lines around it, and quote the whole of a value or nothing"},
		{"a field in a list", "a:\n  - x\n  b: 1\n",
			`hearth.yaml:3:3: not valid YAML: did not find expected '-' indicator; indent as the lines around it, and start each item of a list with "- "`},
		{"a list on the line of its field", "a: 1\nb: - x\n",
			"hearth.yaml:2:1: not valid YAML: block sequence entries are not allowed in this context; start the list on the next line"},
		{"a bracket left open", "a: 1\nb: [1, 2\nc: 2\nd: 3\n",
			"hearth.yaml:2:1: not valid YAML: did not find expected ',' or ']'; add the comma or the closing bracket that is missing"},
		{"a quote left open", "a: 1\nb: \"x\nc: 2\n",
			"hearth.yaml:2:1: not valid YAML: found unexpected end of stream; add the closing quote that is missing"},
		{"a reserved character", "a: 1\nb: @x\n",
			"hearth.yaml:2:1: not valid YAML: found character that cannot start any token; quote the value: YAML reserves its first character"},
		{"an alias of nothing", "a: 1\nb: *x\n",
			`hearth.yaml:2:1: not valid YAML: unknown anchor 'x' referenced; quote a value that starts with "*", or write &name at the value it stands for`},
		{"a word alone", "a: 1\nb\nc: 3\n",
			`hearth.yaml:2:1: not valid YAML: could not find expected ':'; write "name: value", with a space behind the colon`},
		{"an escape that is none", `a: "C:\dir"`,
			"hearth.yaml:1:1: not valid YAML: found unknown escape character; write the character itself, or use single quotes, which leave a backslash alone"},
		{"a version", "%YAML 1.2\n---\na: 1\n", "hearth.yaml:1:1: not valid YAML: found incompatible YAML document; remove the line %YAML"},
		{"a mistake in the second document", "a: 1\n---\nb: [\n", "hearth.yaml:3:1: not valid YAML: did not find expected node content"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, problems := document.Parse("hearth.yaml", []byte(test.in))
			if diff := cmp.Diff([]string{test.want}, lines(problems)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

// TestParseLimits feeds what would exhaust a careless reader. The time allowed
// is generous: without the limits these take minutes or all memory.
func TestParseLimits(t *testing.T) {
	const large = 10 << 20
	wrongFile := "; check that this is the right file"
	for _, test := range []struct{ name, in, want string }{
		{"10 MiB", "a: " + strings.Repeat("x", large-3), "hearth.yaml: the file has 10.0 MiB, at most 1 MiB is read" + wrongFile},
		{"aliases of aliases", "a: &a [x,x,x,x,x,x,x,x,x]\n" + bomb("[*%,*%,*%,*%,*%,*%,*%,*%,*%]"),
			"hearth.yaml:2:8: with its aliases written out, of which the first is here, the document has more than 100000 values; write the values out"},
		{"merge keys of merge keys", "a: &a {x: 1}\n" + bomb("{<<: [*%,*%,*%,*%,*%,*%,*%,*%,*%]}"),
			"hearth.yaml:2:13: with its aliases written out, of which the first is here, the document has more than 100000 values; write the values out"},
		{"merge keys of nothing", "a: &a {}\n" + bomb("{<<: [*%,*%,*%,*%,*%,*%,*%,*%,*%]}"),
			"hearth.yaml:2:13: with its aliases written out, of which the first is here, the document has more than 100000 values; write the values out"},
		{"many values", "a:\n" + strings.Repeat("- x\n", 1<<17), "hearth.yaml:100000:3: a[99998]: the document has more than 100000 values" + wrongFile},
		{"a long name", strings.Repeat("x", 513) + ": 1", "hearth.yaml:1:1: [\"" + strings.Repeat("x", 200) + "…\"]: got a field name of 513 bytes, want 1 to 512"},
		{"65 levels", "a: " + strings.Repeat("[", 64) + strings.Repeat("]", 64),
			"hearth.yaml:1:67: a" + strings.Repeat("[0]", 63) + ": lists and mappings are nested more than 64 deep" + wrongFile},
		{"a megabyte of brackets", "a: " + strings.Repeat("[", 1<<20-3), "hearth.yaml: not valid YAML: exceeded max depth of 10000"},
	} {
		t.Run(test.name, func(t *testing.T) {
			start := time.Now()
			n, problems := document.Parse("hearth.yaml", []byte(test.in))
			if diff := cmp.Diff([]string{test.want}, lines(problems)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if all := document.Decode(n, &Object{}); all != nil {
				t.Errorf("Decode: %v", all)
			}
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
}

// bomb is eight more lines, each with the value of the line before, at every %.
func bomb(form string) string {
	var b strings.Builder
	for c := 'b'; c < 'j'; c++ {
		b.WriteString(string(c) + ": &" + string(c) + " " + strings.ReplaceAll(form, "%", string(c-1)) + "\n")
	}
	return b.String()
}

func TestParseReportsNoMoreThanAnybodyReads(t *testing.T) {
	n, _ := document.Parse("hearth.yaml", []byte("models:\n"+strings.Repeat("- 1\n", 50_000)))
	found := document.Decode(n, &Route{})
	if got, last := len(found), found[len(found)-1].String(); got != 1001 || !strings.HasSuffix(last, "and 49000 more; see to these first") {
		t.Errorf("got %d problems, the last %s", got, last)
	}
}
