package proven

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/hearth-dev/hearth/generator"
)

func opened(t *testing.T, folder, program string) *Memory {
	t.Helper()
	m := open(folder, program)
	if m == nil {
		t.Fatalf("%s was not opened", folder)
	}
	return m
}

// A value comes back for its key and its program, and for nothing else.
func TestRecall(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "hearth", "proven")
	key := generator.Key{1}
	m := opened(t, folder, "a program")
	m.Keep(key, []byte("the value"))
	m.Close()
	if value, ok := opened(t, folder, "a program").Recall(key); !ok || string(value) != "the value" {
		t.Errorf("got %q, %t", value, ok)
	}
	if value, ok := opened(t, folder, "another program").Recall(key); ok {
		t.Errorf("another program got %q", value)
	}
	if value, ok := m.Recall(generator.Key{2}); ok {
		t.Errorf("another key got %q", value)
	}
}

// files are the regular files in a folder that hold a value.
func files(t *testing.T, folder string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() && filepath.Base(path) != "trim.txt" {
			all = append(all, path)
		}
		return err
	})
	if err != nil || len(all) == 0 {
		t.Fatalf("%v, %v", all, err)
	}
	return all
}

// Whatever becomes of a file, the value is the one that was kept, or gone.
func TestDamage(t *testing.T) {
	for what, damage := range map[string]func([]byte) []byte{
		"cut":     func(data []byte) []byte { return data[:len(data)/2] },
		"changed": func(data []byte) []byte { return bytes.Replace(data, []byte("value"), []byte("VALUE"), 1) },
		"empty":   func([]byte) []byte { return nil },
		"longer":  func(data []byte) []byte { return append(data, data...) },
	} {
		folder := t.TempDir()
		m := opened(t, folder, "a program")
		m.Keep(generator.Key{1}, []byte("the value"))
		for _, path := range files(t, folder) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, damage(data), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if value, ok := m.Recall(generator.Key{1}); ok {
			t.Errorf("%s: got %q", what, value)
		}
		m.Keep(generator.Key{1}, []byte("the value"))
		if value, ok := m.Recall(generator.Key{1}); !ok || string(value) != "the value" {
			t.Errorf("%s: kept again, got %q, %t", what, value, ok)
		}
	}
}

// A folder into which others may write is not read; nor is what is no folder.
func TestOthersFolder(t *testing.T) {
	for _, mode := range []fs.FileMode{0o720, 0o702, 0o777} {
		folder := t.TempDir()
		if err := os.Chmod(folder, mode); err != nil {
			t.Fatal(err)
		}
		if open(folder, "a program") != nil {
			t.Errorf("a folder of mode %o was opened", mode)
		}
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if open(file, "a program") != nil {
		t.Error("a file was opened")
	}
}

// More than the limit is removed, and the next run begins anew.
func TestLimit(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "proven")
	m := opened(t, folder, "a program")
	m.Keep(generator.Key{1}, []byte("the value"))
	if err := os.Truncate(files(t, folder)[0], Limit); err != nil { // a hole: the disk holds none of it
		t.Fatal(err)
	}
	m.Close()
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Errorf("the folder is still there: %v", err)
	}
	m = opened(t, folder, "a program")
	for i := range byte(3) {
		m.Keep(generator.Key{i}, fmt.Append(nil, i))
	}
	m.Close()
	if _, ok := m.Recall(generator.Key{2}); !ok {
		t.Error("what is within the limit was removed")
	}
}
