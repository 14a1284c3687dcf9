package vet_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/internal/vet"
)

// What is small to read and large to decode is refused, on standard input and in
// a folder, and costs little.
func TestTooMuch(t *testing.T) {
	const object = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
	anchors := object + "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
	for _, i := range []string{"1", "2", "3", "4", "5", "6", "7", "8"} {
		before := string(i[0] - 1)
		anchors += "a" + i + ": &a" + i + " [*a" + before + strings.Repeat(",*a"+before, 9) + "]\n"
	}
	for name, c := range map[string]struct{ text, want string }{
		"empty mappings": {"apiVersion: v1\nkind: List\nitems: [" + strings.Repeat("{},", 1_300_000) + "{}]\n", "places where a value may begin"},
		"aliases":        {anchors, "aliases written out"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for file, text := range map[string]string{"kustomization.yaml": "resources: [objects.yaml]\n", "objects.yaml": c.text} {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			folder, err := vet.New().Folder(dir)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range append(folder, vet.New().Objects("stdin", []byte(c.text))) {
				if len(r.Findings) != 1 || r.Findings[0].Rule != "build" || !strings.Contains(r.Findings[0].Message, c.want) {
					t.Errorf("%s: got %v, want that it is refused: %s", r.Name, r.Findings, c.want)
				}
			}
			runtime.ReadMemStats(&after)
			if took := after.TotalAlloc - before.TotalAlloc; took > 64<<20 {
				t.Errorf("allocated %d MiB", took>>20)
			}
		})
	}
	for name, c := range map[string]struct{ text, want string }{
		"one document": {object + "data: [" + strings.Repeat("a,", 130_000) + "]\n", "document at line 1: more than 120000 values"},
		"objects":      {strings.Repeat("---\n"+object, 10_001), "more than 10000 objects"},
	} {
		if r := vet.New().Objects("stdin", []byte(c.text)); len(r.Findings) != 1 || !strings.Contains(r.Findings[0].Message, c.want) {
			t.Errorf("%s: got %d findings, the first %v, want %s", name, len(r.Findings), r.Findings[0], c.want)
		}
	}
}
