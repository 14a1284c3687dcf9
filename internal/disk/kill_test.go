//go:build linux

package disk

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearth-dev/hearth/internal/testing/sample"
)

// The tests below need a process that they can kill or take rights from: the
// test binary itself, whose part this variable names.
const (
	roleVariable = "HEARTH_TREE_TEST_ROLE"
	dirVariable  = "HEARTH_TREE_TEST_DIR"
)

func TestMain(m *testing.M) {
	dir := os.Getenv(dirVariable)
	var err error
	switch os.Getenv(roleVariable) {
	case "":
		os.Exit(m.Run())
	case "flip": // until killed
		for i := 0; err == nil; i++ {
			err = render(dir, version(i%2))
		}
	case "nobody":
		if err = syscall.Setuid(65534); err == nil {
			err = render(dir, version(1))
		}
	case "full":
		err = fillDisk(dir)
	case "limited":
		err = limitFiles(dir)
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	os.Exit(0)
}

func render(dir string, files map[string]string) error {
	plan, err := Compare(dir, wanted(files))
	if err != nil {
		return err
	}
	return plan.Apply(context.Background())
}

// version gives one of two trees that share files, folders and nothing else.
func version(n int) map[string]string {
	files := map[string]string{}
	for i := range 12 {
		name := fmt.Sprintf("bases/b%d/file%d.yaml", i%3, i)
		if i%4 == 3 {
			name = fmt.Sprintf("overlays/only%d/file%d.yaml", n, i)
		}
		files[name] = generated(strings.Repeat(fmt.Sprintf("version: %d\n", n), 2000))
	}
	return files
}

// Killed at any moment, every file is the old one or the new one, the next run
// knows whether it finishes the same tree, and leaves exactly that.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	old, new := version(0), version(1)
	if err := render(dir, old); err != nil {
		t.Fatal(err)
	}
	rounds := sample.Size(5, 25)
	leftovers, mixed := 0, 0
	for range rounds {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), roleVariable+"=flip", dirVariable+"="+dir)
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(20*time.Millisecond + rand.N(60*time.Millisecond))
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = child.Wait()
		if state := child.ProcessState.Sys().(syscall.WaitStatus); !state.Signaled() {
			t.Fatalf("the child ended by itself: %v", child.ProcessState)
		}
		for name, text := range contents(t, dir) {
			switch {
			case strings.HasPrefix(filepath.Base(name), tempPrefix):
				leftovers++
			case strings.HasSuffix(name, "/"): // a folder whose files come or went
			case text != old[name] && text != new[name]:
				t.Fatalf("%s is neither old nor new: %d bytes", name, len(text))
			}
		}
		whole, known := false, false
		for _, files := range []map[string]string{old, new} {
			plan, err := Compare(dir, wanted(files))
			if err != nil {
				t.Fatal(err)
			}
			whole, known = whole || plan.Clean(), known || plan.Resumes
		}
		if !whole && !known {
			t.Error("a mixed tree that no run would finish")
		}
		if !whole {
			mixed++
		}
		if err := render(dir, new); err != nil {
			t.Fatal(err)
		}
		got := contents(t, dir)
		for name := range got { // a kill between a file and its folder leaves the folder, which git does not see
			if strings.HasSuffix(name, "/") {
				delete(got, name)
			}
		}
		if diff := cmp.Diff(new, got); diff != "" {
			t.Fatalf("after the next run (-want +got):\n%s", diff)
		}
	}
	t.Logf("%d kills, %d mixed trees, %d temporary files left behind and cleaned", rounds, mixed, leftovers)
}

// child runs the test binary in a role and returns what it printed.
func child(t *testing.T, role, dir string, attr *syscall.SysProcAttr) (string, error) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), roleVariable+"="+role, dirVariable+"="+dir)
	cmd.SysProcAttr = attr
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func TestReadOnlyFolder(t *testing.T) {
	dir := t.TempDir()
	if err := render(dir, version(0)); err != nil {
		t.Fatal(err)
	}
	before := contents(t, dir)
	var out string
	if os.Getuid() == 0 { // root writes anywhere, and owns the folder
		for d := dir; d != os.TempDir() && d != "/"; d = filepath.Dir(d) {
			if err := os.Chmod(d, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		out, _ = child(t, "nobody", dir, nil)
	} else {
		if err := os.Chmod(filepath.Join(dir, "bases", "b1"), 0o555); err != nil {
			t.Fatal(err)
		}
		if err := render(dir, version(1)); err != nil {
			out = err.Error()
		}
	}
	if !strings.Contains(out, "nothing was changed in "+dir) || !strings.Contains(out, "permission denied") {
		t.Errorf("got %q, want it to say that nothing was changed and why", out)
	}
	if diff := cmp.Diff(before, contents(t, dir)); diff != "" {
		t.Errorf("folder (-want +got):\n%s", diff)
	}
}
