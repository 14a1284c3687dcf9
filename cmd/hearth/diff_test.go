package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	unified "github.com/rogpeppe/go-internal/diff"

	"github.com/hearth-dev/hearth/internal/diff"
	"github.com/hearth-dev/hearth/internal/testing/pagetest"
)

const (
	pageStack = `apiVersion: hearth.dev/v1alpha1
kind: Stack
metadata: {name: home}
spec:
  bases:
    - name: ai
      namespace: ai
      ollama:
        models: ["llama3.2:3b"]
        storage: {size: 20Gi, storageClassName: longhorn}
      openWebUI:
        storage: {size: 1Gi}
        resources: {limits: {memory: 2Gi}}
  overlays:
    - name: home
      bases:
        - name: ai
          expose:
            type: nginx
            host: chat.lan
            tls: {type: certManager, certManager: {issuer: {name: my-ca}}}
`
	page = "../../docs/diff.md"
)

// The page shows what hearth diff says of an edit, and every rule.
func TestDiffPage(t *testing.T) {
	edited := strings.NewReplacer(`["llama3.2:3b"]`, `["qwen3:8b"]`, "size: 20Gi", "size: 15Gi", "chat.lan", "talk.lan").Replace(pageStack)
	dir := t.TempDir()
	hearth := func(args ...string) string {
		var stdout, stderr strings.Builder
		if code := run(args, strings.NewReader(""), &stdout, &stderr); code != exitOK {
			t.Fatalf("hearth %v: exit code %d\n%s", args, code, stderr.String())
		}
		return stdout.String()
	}
	file := filepath.Join(dir, "hearth.yaml")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(pageStack)
	hearth("render", "-f", file)
	write(edited)
	words := strings.ReplaceAll(hearth("diff", "-f", file, "--from", dir), dir, "HEAD")
	var rules strings.Builder
	rules.WriteString("| rule | looks at |\n|---|---|\n")
	for _, a := range diff.Abouts() {
		fmt.Fprintf(&rules, "| %s | %s |\n", a.Rule, a.Text)
	}
	edit := unified.Diff("a/hearth.yaml", []byte(pageStack), "b/hearth.yaml", []byte(edited))
	_, edit, _ = bytes.Cut(edit, []byte("\n")) // which says what the next lines do
	pagetest.Tables(t, page, "go test ./cmd/hearth -run DiffPage -update", *update, map[string]string{
		"edit":  "```diff\n" + string(edit) + "```\n",
		"words": "```\n" + words + "```\n",
		"rules": rules.String(),
	})
}

// The page's workflow uses the actions that this repository does, at the same
// commits.
func TestDiffPageWorkflow(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	ours, err := os.ReadFile("../../.github/workflows/test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	uses := regexp.MustCompile(`uses: .*`).FindAll(text, -1)
	if len(uses) == 0 {
		t.Error("the page's workflow uses no action")
	}
	for _, line := range uses {
		if !bytes.Contains(ours, line) {
			t.Errorf("%s: this repository's own workflow has another", line)
		}
	}
}

// Nothing of a tree is markup in a comment, or mentions anybody.
func TestMarkdownIsCode(t *testing.T) {
	for text, want := range map[string]string{
		"plain":              "`plain`",
		"a `b` c":            "``a `b` c``",
		"`":                  "`` ` ``",
		"two\nlines":         "`two lines`",
		"\x1b[31m @somebody": "`\\x1b[31m @somebody`",
	} {
		if got := code(text); got != want {
			t.Errorf("code(%q): got %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"no markup here": "no markup here", "see https://a.example": "`see https://a.example`", "@all": "`@all`", "<b>": "`<b>`", "a #1": "`a #1`",
	} {
		if got := prose(text); got != want {
			t.Errorf("prose(%q): got %q, want %q", text, got, want)
		}
	}
}

// A comment is never longer than GitHub takes: the YAML goes first, then words.
func TestMarkdownFits(t *testing.T) {
	many := func(objects, diffBytes int) diffReport {
		o := diff.Overlay{Name: "lab", Op: diff.Changed}
		for i := range objects {
			c := diff.Change{Op: diff.Changed, Diff: strings.Repeat("+ x\n", diffBytes/4), Effects: []diff.Effect{{Rule: "in-place", Level: diff.Note, Text: "in place"}}}
			c.Object.Kind, c.Object.Name = "Service", fmt.Sprint("service-", i)
			c.Fields = []diff.Field{{Path: "spec.type", Old: "a", New: "b"}}
			o.Objects = append(o.Objects, c)
		}
		return diffReport{Against: "HEAD", Overlays: []diff.Overlay{o}}
	}
	for name, test := range map[string]struct {
		report diffReport
		want   string
	}{
		"whole": {many(2, 400), "<details>"}, "without YAML": {many(2, 40_000), "The YAML is too long"}, "cut": {many(3000, 40), "Too long for a comment"},
	} {
		got := test.report.markdown()
		if len(got) > commentLimit || !strings.Contains(got, test.want) {
			t.Errorf("%s: %d bytes, at most %d, want %q in it", name, len(got), commentLimit, test.want)
		}
	}
}
