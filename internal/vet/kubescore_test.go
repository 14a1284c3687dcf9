package vet_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/testing/pagetest"
)

var kubeScore = flag.Bool("kube-score", false, "run the commands kustomize and kube-score of tools/go.mod, and hold docs/vet.md against what they print")

// What kube-score prints of hearth's output stands in the page, and what it does
// not expect fails. Nothing is filtered, on either side of the pipe: it is
// kustomize build overlays/X | kube-score score -o json -
func TestKubeScore(t *testing.T) {
	if !*kubeScore {
		t.Skip("go downloads the two commands when they first run: go test ./internal/vet -run KubeScore -kube-score")
	}
	const page = "../../docs/vet.md"
	committed := map[string][]scored{}
	folders, err := filepath.Glob("../../overlays/*")
	if err != nil || len(folders) == 0 {
		t.Fatalf("found %d overlays: %v", len(folders), err)
	}
	for _, folder := range folders {
		committed[filepath.Base(folder)] = score(t, build(t, folder))
	}
	pagetest.Tables(t, page, "go test ./internal/vet -run KubeScore -kube-score -update", *update, map[string]string{
		"kube-score": committedTable(committed), "kube-score-charts": scoreTable(t), "kube-score-critical": criticalTable(t),
	})
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range committed {
		for _, f := range found {
			judged := func(line string) bool {
				return strings.HasPrefix(line, "- ") && strings.Contains(line, "`"+f.check+"`")
			}
			if !slices.ContainsFunc(strings.Split(string(data), "\n"), judged) {
				t.Errorf("%s: no line of the list says what to think of `%s`", page, f.check)
			}
		}
	}
}

// scored is a finding of kube-score's: a line of its output format ci.
type scored struct{ check, grade, object, container string }

// tool runs a command of tools/go.mod; it may end with one of the exit codes.
func tool(t *testing.T, stdin []byte, codes []int, args ...string) []byte {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"tool", "-modfile=tools/go.mod"}, args...)...)
	cmd.Dir = "../.."
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(stdin), &stdout, &stderr
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && (!errors.As(err, &exit) || !slices.Contains(codes, exit.ExitCode())) {
		t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, &stderr)
	}
	return stdout.Bytes()
}

// build is what kustomize makes of a folder.
func build(t *testing.T, folder string) []byte {
	t.Helper()
	whole, err := filepath.Abs(folder)
	if err != nil {
		t.Fatal(err)
	}
	return tool(t, nil, nil, "kustomize", "build", whole)
}

// score is what kube-score finds in rendered objects; it ends with 1 if something
// of it is critical.
func score(t *testing.T, objects []byte) []scored {
	t.Helper()
	var report []struct {
		TypeMeta   struct{ Kind string } `json:"type_meta"`
		ObjectMeta struct{ Name string } `json:"object_meta"`
		Checks     []struct {
			Check    struct{ ID string }
			Grade    int
			Skipped  bool
			Comments []struct{ Path string }
		}
	}
	if err := json.Unmarshal(tool(t, objects, []int{1}, "kube-score", "score", "-o", "json", "-"), &report); err != nil {
		t.Fatal(err)
	}
	if len(report) == 0 {
		t.Fatal("kube-score saw no object")
	}
	grades := map[int]string{1: "critical", 5: "warning"}
	var found []scored
	for _, o := range report {
		for _, c := range o.Checks {
			if c.Skipped || grades[c.Grade] == "" {
				continue
			}
			for _, comment := range c.Comments {
				found = append(found, scored{c.Check.ID, grades[c.Grade], o.TypeMeta.Kind + "/" + o.ObjectMeta.Name, comment.Path})
			}
		}
	}
	return found
}

// committedTable names every finding in the committed overlays.
func committedTable(found map[string][]scored) string {
	in := map[scored][]string{}
	for _, overlay := range slices.Sorted(maps.Keys(found)) {
		for _, f := range found[overlay] {
			in[f] = append(in[f], overlay)
		}
	}
	var b strings.Builder
	b.WriteString("| check | | of | overlays |\n|---|---|---|---|\n")
	for _, f := range slices.SortedFunc(maps.Keys(in), func(a, b scored) int {
		return cmp.Or(cmp.Compare(a.grade, b.grade), cmp.Compare(a.check, b.check), cmp.Compare(a.object, b.object), cmp.Compare(a.container, b.container))
	}) {
		of := strings.TrimSuffix(f.object+", "+f.container, ", ")
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", f.check, f.grade, of, strings.Join(in[f], ", "))
	}
	return b.String()
}

// scoresOf a pair: the charts' and ours.
func scoresOf(t *testing.T, charted, stack string) (chart, hearth []scored) {
	t.Helper()
	for _, archive := range charts(t, charted) {
		for _, f := range archive.Files {
			if f.Name == "objects.yaml" {
				chart = append(chart, score(t, f.Data)...)
			}
		}
	}
	files, problems := generator.Generate(ours(t, stack))
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, f := range files {
		path := filepath.Join(dir, f.Path)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, f.Data, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return chart, score(t, build(t, filepath.Join(dir, "overlays", "alike")))
}

func count(found []scored, want func(scored) bool) (n int) {
	for _, f := range found {
		if want(f) {
			n++
		}
	}
	return n
}

func critical(f scored) bool { return f.grade == "critical" }
func warned(f scored) bool   { return f.grade == "warning" }

// scoreTable counts what kube-score finds in each pair.
func scoreTable(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("| | | critical | warnings |\n|---|---|---|---|\n")
	for _, pair := range alike {
		chart, hearth := scoresOf(t, pair.charts, pair.stack)
		fmt.Fprintf(&b, "| %s | chart | %d | %d |\n", pair.what, count(chart, critical), count(chart, warned))
		fmt.Fprintf(&b, "| %s | hearth | %d | %d |\n", pair.what, count(hearth, critical), count(hearth, warned))
	}
	return b.String()
}

// criticalTable says which checks the critical findings are of.
func criticalTable(t *testing.T) string {
	t.Helper()
	ollama, _ := scoresOf(t, "ollama-chart-defaults", "chat")
	chat, hearth := scoresOf(t, "open-webui-chart", "chat")
	checks := map[string]bool{}
	for _, f := range slices.Concat(ollama, chat, hearth) {
		if critical(f) {
			checks[f.check] = true
		}
	}
	var b strings.Builder
	b.WriteString("| kube-score's check | otwld/ollama | open-webui | hearth, both |\n|---|---|---|---|\n")
	for _, id := range slices.Sorted(maps.Keys(checks)) {
		of := func(f scored) bool { return critical(f) && f.check == id }
		fmt.Fprintf(&b, "| `%s` | %d | %d | %d |\n", id, count(ollama, of), count(chat, of), count(hearth, of))
	}
	return b.String()
}
