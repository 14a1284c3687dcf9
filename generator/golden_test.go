package generator_test

import (
	"bytes"
	"flag"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hearth-dev/hearth/generator"
)

var update = flag.Bool("update", false, "rewrite the output in testdata/*.txtar")

// Each archive in testdata is a stack, and below it files that are made of it:
// those that the lines "show PATTERN" of its comment name. The last file are the
// problems, if any.
func TestGolden(t *testing.T) {
	for _, name := range goldens(t) {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			want := txtar.Format(archive)
			stack := archive.Files[0].Data
			archive.Files = append(archive.Files[:1:1], shown(t, string(archive.Comment), stack)...)
			got := txtar.Format(archive)
			if *update {
				if err := os.WriteFile(name, got, 0o644); err != nil {
					t.Fatal(err)
				}
			} else if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("%s, to rewrite it: go test ./generator -run Golden -update (-want +got):\n%s", name, diff)
			}
			law(t, stack)
		})
	}
}

func goldens(t testing.TB) []string {
	t.Helper()
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives in testdata: %v", err)
	}
	return names
}

// shown are the files that a comment asks for.
func shown(t *testing.T, comment string, data []byte) []txtar.File {
	t.Helper()
	stack, problems := generator.Load("hearth.yaml", data)
	if stack == nil {
		t.Fatal(problems.Err())
	}
	var patterns []string
	for line := range strings.Lines(comment) {
		if words := strings.Fields(line); len(words) > 0 && words[0] == "show" {
			patterns = append(patterns, words[1:]...)
		}
	}
	generated, found := generator.Generate(stack)
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	problems = append(problems, found...)
	var files []txtar.File
	used := map[string]bool{}
	for _, f := range generated {
		if slices.ContainsFunc(patterns, func(pattern string) bool {
			match, err := path.Match(pattern, f.Path)
			if err != nil {
				t.Fatalf("%s: %v", pattern, err)
			}
			used[pattern] = used[pattern] || match
			return match
		}) {
			files = append(files, txtar.File{Name: f.Path, Data: withoutScripts(t, bytes.TrimPrefix(f.Data, firstLine(f.Data)))})
		}
	}
	for _, pattern := range patterns {
		if !used[pattern] {
			t.Errorf("show %s shows nothing", pattern)
		}
	}
	if len(problems) > 0 {
		files = append(files, txtar.File{Name: "problems", Data: []byte(problems.String() + "\n")})
	}
	return files
}

// withoutScripts leaves the init containers' scripts out: they are files of
// their own here, and long.
func withoutScripts(t *testing.T, data []byte) []byte {
	t.Helper()
	for _, name := range []string{"pull-models.sh", "seed-data.sh"} {
		script, err := os.ReadFile("../internal/build/workload/" + name)
		if err != nil {
			t.Fatal(err)
		}
		const indent = "          " // of a container's command
		for _, form := range []struct{ what, text string }{
			{name, digestParts.ReplaceAllString(string(script), "")}, // also of a script that has no such parts
			{name + " with digests", string(script)},
		} {
			var block strings.Builder
			for line := range strings.Lines(form.text) {
				if line != "\n" {
					block.WriteString(indent)
				}
				block.WriteString(line)
			}
			data = bytes.ReplaceAll(data, []byte(block.String()), []byte(indent+"... "+form.what+" ...\n"))
		}
	}
	return data
}

// digestParts are what the puller lacks for who gives no digest.
var digestParts = regexp.MustCompile(`(?ms)^# begin digests\n.*?^# end digests\n\n?`)

// firstLine is the header that every generated file begins with: once is enough
// for a reader.
func firstLine(data []byte) []byte {
	if !bytes.HasPrefix(data, []byte(generator.Header)) {
		return nil
	}
	return data[:bytes.IndexByte(data, '\n')+1]
}

func TestEveryFileBeginsWithTheHeader(t *testing.T) {
	for path, data := range generated(t, someStacks(t, 0)[0]) {
		want := generator.Header
		if strings.HasSuffix(path, ".md") {
			want = "<!-- " + strings.TrimPrefix(want, "# ")
		}
		if !strings.HasPrefix(data, want) || !generator.Generated([]byte(data)) {
			t.Errorf("%s begins with %.60q, want %q", path, data, want)
		}
	}
}
