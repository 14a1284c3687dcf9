package v1alpha1_test

import (
	"fmt"
	"github.com/hearth-dev/hearth/generator"
	"strings"
	"testing"
	"time"
)

const minimal = `apiVersion: hearth.dev/v1alpha1
kind: Stack
metadata: {name: homelab}
spec:
  bases:
    - name: ollama
      namespace: ollama
      ollama: {models: ["llama3.2:3b"]}
`

// hostile are inputs too large or too odd for testdata/refused, and what is
// said about them first.
var hostile = []struct {
	name  string
	input func() string
	want  string
}{
	{"a file of 10 MB", func() string { return minimal + strings.Repeat("# a comment\n", 10<<20/12) },
		"hearth.yaml: the file has 10.0 MiB, at most 1 MiB is read; check that this is the right file"},
	{"a million values", func() string { return "a: [" + strings.Repeat("1,", 500_000) + "1]" },
		"hearth.yaml:1:200001: a[99998]: the document has more than 100000 values; check that this is the right file"},
	{"an alias bomb", func() string {
		bomb := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
		for i := 1; i < 12; i++ {
			bomb += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10), ", "))
		}
		return bomb
	}, "hearth.yaml:2:10: with its aliases written out, of which the first is here, the document has more than 100000 values; write the values out"},
	{"ten thousand lists within each other", func() string { return "a: " + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) },
		"hearth.yaml:1:67: a" + strings.Repeat("[0]", 63) + ": lists and mappings are nested more than 64 deep; check that this is the right file"},
	{"a patch that is a bomb", func() string {
		bomb := "      patches:\n        - patch: |\n            a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
		for i := 1; i < 12; i++ {
			bomb += fmt.Sprintf("            a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10), ", "))
		}
		return minimal + bomb
	}, "hearth.yaml:10:18: spec.bases[0].patches[0].patch: not valid YAML: document contains excessive aliasing"},
	{"five thousand wrong values", func() string {
		labels := "      labels:\n"
		for i := range 5000 {
			labels += fmt.Sprintf("        l%d: 1\n", i)
		}
		return minimal + labels
	}, `hearth.yaml:10:13: spec.bases[0].labels.l0: got the number 1, want a string; quote it: "1"`},
	{"annotations of 300 KB", func() string {
		return minimal + "      annotations: {a: " + strings.Repeat("x", 150<<10) + ", b: " + strings.Repeat("y", 150<<10) + "}\n"
	}, "hearth.yaml:9:7: spec.bases[0].annotations: got 307202 bytes, want at most 262144; put long texts into a ConfigMap"},
	{"a word of 1 MB", func() string { return minimal + "      createNamespace: " + strings.Repeat("x", 1<<19) + "\n" },
		"hearth.yaml:9:24: spec.bases[0].createNamespace: got the string \"" + strings.Repeat("x", 200) + "…\", want true or false"},
	{"more overlays than are built", func() string {
		return minimal + "  overlays:\n" + lines(10_001, "    - {name: o%d, bases: [{name: ollama}]}\n")
	}, "hearth.yaml:9:3: spec.overlays: 10001 overlays, and at most 10000 are built; make several stacks of it, each in a folder of its own"},
	{"more targets than are looked at", func() string {
		return minimal + "  fleet:\n    targets:\n" + lines(20_001, "      - {overlay: o%d}\n")
	}, "hearth.yaml:10:5: spec.fleet.targets: 20001 targets, and at most 20000 are looked at; make several stacks of it, each in a folder of its own"},
	{"a base of a thousand values in four thousand overlays", func() string {
		return minimal + "      labels:\n" + lines(1000, "        l%d: a\n") +
			"  overlays:\n" + lines(4000, "    - {name: o%d, bases: [{name: ollama}]}\n")
	}, "hearth.yaml:1010:3: spec.overlays: the first 3993 have 4000986 values, each with its bases, and at most 4000000 are held in memory; make several stacks of it, each in a folder of its own"},
	{"names of bases that are not, after a hundred mistakes", func() string {
		return strings.Replace(minimal, "  bases:\n", "  overlays:\n    - {name: o, bases: [{name: olama}]}\n  bases:\n", 1) +
			"      labels:\n" + lines(100, "        l%d: a b\n")
	}, "hearth.yaml:6:32: spec.overlays[0].bases[0].name: got \"olama\", want the name of one of the 1 bases"},
	{"three thousand patches", func() string {
		return minimal + "      patches:\n" + lines(3000, "        - {target: {kind: Service}, patch: '{kind: A, metadata: {name: a, labels: {a%d: b}}}'}\n")
	}, "hearth.yaml:4:1: spec: 65311% of what is built within two seconds: with what its bases have, 1815000 tries of a patch on an object are 64821%, 21001 values are 26%, 9108001 squares of lengths of lists and mappings are 464%; make several stacks of it, each in a folder of its own"},
	{"UTF-16", func() string { return "\xff\xfea\x00" },
		"hearth.yaml:1:1: the file is UTF-16, want UTF-8; save it as UTF-8"},
	{"Latin-1", func() string { return "# caf\xe9\n" + minimal },
		"hearth.yaml:1:6: byte 0xe9 is not UTF-8 text; save the file as UTF-8"},
	{"a zero byte", func() string { return minimal + "\x00" },
		"hearth.yaml:9:1: the character U+0000 is not allowed in YAML; remove it"},
}

// lines is a line for each number below n.
func lines(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func TestHostile(t *testing.T) {
	for _, test := range hostile {
		t.Run(test.name, func(t *testing.T) {
			input := test.input()
			start := time.Now()
			stack, problems := generator.Load("hearth.yaml", []byte(input))
			if took := time.Since(start); took > time.Minute {
				t.Errorf("took %s", took)
			}
			if stack != nil || len(problems) == 0 {
				t.Fatal("was accepted, want a problem")
			}
			if got := problems[0].String(); got != test.want {
				t.Errorf("first problem:\n got %.300s\nwant %.300s", got, test.want)
			}
			if size := len(problems.String()); size > 1<<20 {
				t.Errorf("the problems are %d bytes of text, want what a person can scroll through", size)
			}
		})
	}
}

// TestOddButFine: what editors and other tools make of a file changes nothing.
func TestOddButFine(t *testing.T) {
	for name, input := range map[string]string{
		"a byte order mark":          "\ufeff" + minimal,
		"Windows' line ends":         strings.ReplaceAll(minimal, "\n", "\r\n"),
		"old Macs' line ends":        strings.ReplaceAll(minimal, "\n", "\r"),
		"no line end at the end":     strings.TrimSuffix(minimal, "\n"),
		"marks around the document":  "---\n" + minimal + "...\n",
		"an empty second document":   minimal + "---\n# nothing\n",
		"a document mark with words": "--- # the stack\n" + minimal,
		"JSON":                       `{"apiVersion":"hearth.dev/v1alpha1","kind":"Stack","metadata":{"name":"homelab"},"spec":{"bases":[{"name":"ollama","namespace":"ollama","ollama":{"models":["llama3.2:3b"]}}]}}`,
		"JSON with tabs":             "{\n\t\"apiVersion\": \"hearth.dev/v1alpha1\",\n\t\"kind\": \"Stack\",\n\t\"metadata\": {\"name\": \"homelab\"},\n\t\"spec\": {\"bases\": [{\"name\": \"ollama\", \"namespace\": \"ollama\", \"ollama\": {\"models\": [\"llama3.2:3b\"]}}]}\n}\n",
	} {
		t.Run(name, func(t *testing.T) {
			stack, problems := generator.Load("hearth.yaml", []byte(input))
			if stack == nil || len(problems) > 0 {
				t.Fatalf("problems: %v", problems)
			}
			if got := stack.Bases[0].Ollama.Models[0]; got != "llama3.2:3b" {
				t.Errorf("model: got %q", got)
			}
		})
	}
}
