package repository

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	goCommand   = regexp.MustCompile("go (?:run|test) [^`\n]*")
	goPackages  = regexp.MustCompile(`\s(\.(?:/[\w/.-]*)?)`)
	goTests     = regexp.MustCompile(`-(?:run|bench) '?([\w|/^$-]+)`)
	makeCommand = regexp.MustCompile("`(?:\\w+=\\w+ )?make ([\\w-]+)`|(?m)^make ([\\w-]+)")
)

// TestCommandsInPages wants the commands that the pages show to find what they
// name: the package, the test or benchmark, the target of make.
func TestCommandsInPages(t *testing.T) {
	atRoot(t)
	makefile, err := os.ReadFile("Makefile")
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, page := range pages(t) {
		data, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, command := range goCommand.FindAllString(string(data), -1) {
			for _, m := range goPackages.FindAllStringSubmatch(command, -1) {
				checked++
				tests := testSource(m[1])
				if tests == nil {
					t.Errorf("%s: %s: there is no package %s", page, command, m[1])
					continue
				}
				for _, name := range goTests.FindAllStringSubmatch(command, -1) {
					// Each alternative, without what selects a part of a test; -run - and ^$ select none.
					for _, part := range strings.Split(name[1], "|") {
						part, _, _ = strings.Cut(part, "/")
						if part != "-" && part != "^$" && !regexp.MustCompile(`func (Test|Benchmark)\w*`+strings.TrimPrefix(part, "Test")).Match(tests) {
							t.Errorf("%s: %s: %s has no test or benchmark %s", page, command, m[1], part)
						}
					}
				}
			}
		}
		for _, m := range makeCommand.FindAllStringSubmatch(string(data), -1) {
			checked++
			if target := m[1] + m[2]; !strings.Contains(string(makefile), "\n"+target+":") {
				t.Errorf("%s: the Makefile has no target %s", page, target)
			}
		}
	}
	if checked < 20 {
		t.Errorf("%d commands were found, there were 20 and more", checked)
	}
}

func pages(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir("docs", func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".md") {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// testSource is the text of a package's tests, or of all below for a path with
// dots; nil where there is no Go file.
func testSource(path string) []byte {
	folder, all := strings.CutSuffix(path, "...")
	folder = filepath.Clean(folder)
	var text []byte
	_ = filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && !all && name != folder:
			return fs.SkipDir
		case strings.HasSuffix(name, "_test.go"):
			data, err := os.ReadFile(name)
			text = append(text, data...)
			return err
		case strings.HasSuffix(name, ".go") && text == nil:
			text = []byte{}
		}
		return nil
	})
	return text
}
