package vet

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hearth-dev/hearth/generator"
)

// What a stack is rendered to does not count as what a person has put beside it.
func TestPackedLessTheStacks(t *testing.T) {
	tree, large := fstest.MapFS{}, bytes.Repeat([]byte("a"), 1<<20)
	var files []generator.File
	for i := range maxBundle>>20 + 1 {
		name := fmt.Sprintf("%d.yaml", i)
		tree[name] = &fstest.MapFile{Data: large}
		files = append(files, generator.File{Path: name, Data: large})
	}
	read := func(p packed) error {
		for name := range tree {
			if _, err := p.ReadFile(name); err != nil {
				return err
			}
		}
		return nil
	}
	p := newPacked(tree)
	p.less(files)
	if err := read(p); err != nil {
		t.Errorf("the stack's own: %v", err)
	}
	if err := read(newPacked(tree)); err == nil || !strings.Contains(err.Error(), "more than 16 MiB to pack") {
		t.Errorf("got %v, want that somebody else's are too much", err)
	}
}
