package origin

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestCommit(t *testing.T) {
	root := t.TempDir()
	run := func(args ...string) {
		t.Helper()
		args = append([]string{"-C", root, "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"}, args...)
		if out, err := exec.Command("git", args...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	commit := func() string {
		t.Helper()
		got, err := Commit(t.Context(), root)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got, err := Commit(t.Context(), filepath.Join(root, "none")); err == nil {
		t.Errorf("where no checkout is: got %q", got)
	}
	run("init", "-q")
	write("main.go", "one")
	run("add", ".")
	run("commit", "-q", "-m", "one")
	hash := commit()
	if !regexp.MustCompile(`^[0-9a-f]{12}$`).MatchString(hash) {
		t.Errorf("got %q, want the commit alone", hash)
	}
	write("docs/reports/a.md", "a figure")
	if got := commit(); got != hash {
		t.Errorf("with a new figure: got %q, want %q", got, hash)
	}
	write("new.go", "two")
	if got, want := commit(), hash+" with uncommitted changes"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestThisMachine(t *testing.T) {
	m, err := ThisMachine()
	if err != nil {
		t.Fatal(err)
	}
	if m.Cores < 1 || m.MemoryMiB < 64 || m.Kernel == "" || strings.ContainsAny(m.String(), "\n\t") {
		t.Errorf("got %+v", m)
	}
	if loads, err := LoadAverages(); err != nil || len(loads) != 3 {
		t.Errorf("got %v, %v", loads, err)
	}
}
