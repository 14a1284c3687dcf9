package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/testing/gguftest"
	"github.com/hearth-dev/hearth/sizing"
)

// What size prints for a stack, a stack takes, and it says all that the file
// said: the memory is the same.
func TestSnippet(t *testing.T) {
	archive, err := txtar.ParseFile(filepath.Join("testdata", "size_file.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	header := archive.Files[len(archive.Files)-1]
	f, err := gguftest.Parse(string(header.Data))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "gemma.gguf")
	if err := f.Write(path); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	if code := run([]string{"size", path}, os.Stdin, &stdout, &stderr); code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr.String())
	}
	_, snippet, found := strings.Cut(stdout.String(), "\nmodelSizes:\n")
	if !found {
		t.Fatalf("no modelSizes in\n%s", stdout.String())
	}
	const indent = "\n        "
	stack, problems := generator.Load("", []byte(`
apiVersion: hearth.dev/v1alpha1
kind: Stack
metadata: {name: s}
spec:
  bases:
    - name: b
      namespace: b
      ollama:
        models: [gemma]
        modelSizes:`+indent+strings.ReplaceAll(strings.TrimSuffix(snippet, "\n"), "\n", indent)))
	if len(problems) > 0 {
		t.Fatalf("%v in\n%s", problems, snippet)
	}
	m, err := (&sizeVerb{}).findModel(nil, path)
	if err != nil {
		t.Fatal(err)
	}
	want := sizing.Memory([]sizing.Model{m}, sizing.Settings{Version: stack.Bases[0].Ollama.Image.Tag})
	if got := stack.Bases[0].Need(); got.Sum() != want.Sum() {
		t.Errorf("got  %s\nwant %s", got.Sum(), want.Sum())
	}
}
