//go:build unix

package main

import (
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearth-dev/hearth/internal/testing/sample"
	fleetshops "github.com/hearth-dev/hearth/internal/testing/shops"
)

// shops is the stack of package shops in a folder.
type shops struct {
	dir   string
	cache string
}

// newShops has n clusters.
func newShops(t *testing.T, n int) (shops, []string) {
	t.Helper()
	s := shops{t.TempDir(), t.TempDir()}
	s.write(t, "hearth.yaml", fleetshops.Stack)
	rows := fleetshops.Rows(n)
	s.list(t, rows)
	return s, rows
}

func (s shops) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// list writes the clusters.
func (s shops) list(t *testing.T, rows []string) {
	t.Helper()
	s.write(t, "clusters.csv", fleetshops.List(rows))
}

// command is hearth as a process of its own.
func (s shops) command(args ...string) *exec.Cmd {
	cmd := exec.Command("hearth", args...) //nolint:noctx // the test waits for it, or kills it
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+s.cache, "HOME="+s.dir, "GIT_CEILING_DIRECTORIES="+filepath.Dir(s.dir))
	return cmd
}

func (s shops) render(t *testing.T, args ...string) {
	t.Helper()
	if out, err := s.command(append([]string{"render"}, args...)...).CombinedOutput(); err != nil {
		t.Fatalf("hearth render %v: %v\n%s", args, err, out)
	}
}

// tree is the text of each file that render wrote, by path.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || name == "hearth.yaml" || name == "clusters.csv" {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		files[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// One cluster of many changed: only files of its own are written.
func TestOneClusterOfManyChanges(t *testing.T) {
	s, rows := newShops(t, sample.Size(20, 1000))
	s.render(t)
	before := tree(t, s.dir)
	long := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	for name := range before {
		if err := os.Chtimes(filepath.Join(s.dir, name), long, long); err != nil {
			t.Fatal(err)
		}
	}
	last := len(rows) - 1
	rows[last] = fmt.Sprintf("shop-%d,cluster-%[1]d,77m", last)
	s.list(t, rows)
	s.render(t)
	var touched []string
	for name, text := range tree(t, s.dir) {
		info, err := os.Stat(filepath.Join(s.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if written := !info.ModTime().Equal(long); written {
			touched = append(touched, name)
			if own := fmt.Sprintf("overlays/shop-%d/", last); !strings.HasPrefix(name, own) && !strings.HasPrefix(name, fmt.Sprintf("fleet/shop-%d/", last)+own) {
				t.Errorf("%s was written, and only %s changed", name, rows[last])
			}
		} else if text != before[name] {
			t.Errorf("%s changed, and its time did not", name)
		}
	}
	if len(touched) == 0 {
		t.Error("nothing was written")
	}
}

// Killed at any moment, a render leaves what --check calls wrong unless it is
// what a whole one gives, and what the next one makes so. Some kills fall between
// two of the moves that put new files into their places.
func TestKilledRender(t *testing.T) {
	s, rows := newShops(t, max(16, sample.Size(16, 200))) // fewer are written between two kills
	old := rows
	changed := make([]string, len(rows))
	for i := range rows {
		changed[i] = strings.TrimSuffix(rows[i], "m") + "h"
	}
	clean := func(rows []string) map[string]string {
		s.list(t, rows)
		out := t.TempDir()
		s.render(t, "--output-directory", out)
		return tree(t, out)
	}
	states := []struct {
		rows []string
		tree map[string]string
	}{{old, clean(old)}, {changed, clean(changed)}}
	var moves []string // in their order
	for _, name := range slices.Sorted(maps.Keys(states[0].tree)) {
		if states[0].tree[name] != states[1].tree[name] {
			moves = append(moves, name)
		}
	}
	s.list(t, old)
	s.render(t)
	rounds, between := sample.Size(4, 20), 0
	for round := 0; round < rounds || between == 0 && round < 10*rounds; round++ {
		was, want := states[round%2].tree, states[(round+1)%2]
		s.list(t, want.rows)
		cmd := s.command("render")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		switch round % 4 {
		case 0: // before it writes anything, most likely
			time.Sleep(rand.N(100 * time.Millisecond))
		case 1: // while new files come to stand beside their places
			s.await(ended, ".hearth-tmp-*", "fleet/*/overlays/*/.hearth-tmp-*")
			time.Sleep(rand.N(10 * time.Millisecond))
		default: // while they are moved there
			s.await(ended, ".hearth-tmp-writing")
			s.halfway(cmd.Process, ended, moves[0], want.tree[moves[0]])
		}
		_ = cmd.Process.Kill() // it may have ended before
		<-ended
		left, isNew := tree(t, s.dir), 0
		for name, text := range want.tree {
			if left[name] != text && left[name] != was[name] {
				t.Fatalf("%s is neither old nor new: %d bytes", name, len(left[name]))
			}
		}
		for _, name := range moves {
			if left[name] == want.tree[name] {
				isNew++
			}
		}
		whole, mixed := isNew == len(moves), isNew > 0 && isNew < len(moves)
		if out, err := s.command("render", "--check").CombinedOutput(); (err == nil) != whole {
			t.Fatalf("%d of %d files are new; hearth render --check: %v\n%s", isNew, len(moves), err, out)
		}
		said, err := s.command("render").CombinedOutput()
		if err != nil || mixed && !strings.Contains(string(said), "a run that was stopped has written a part of these files") {
			t.Fatalf("%d of %d files were new; hearth render: %v\n%s", isNew, len(moves), err, said)
		}
		if diff := cmp.Diff(want.tree, tree(t, s.dir)); diff != "" {
			t.Fatalf("after the next run (-want +got):\n%s", diff)
		}
		if mixed {
			between++
		}
	}
	if between == 0 {
		t.Error("no kill fell between two moves")
	}
	t.Logf("%d kills fell between two moves", between)
}

// halfway stops a render once the first of the moves is made, which it waits for
// step by step: all of them take a millisecond.
func (s shops) halfway(render *os.Process, ended chan error, first, text string) {
	for len(ended) == 0 && render.Signal(syscall.SIGSTOP) == nil {
		if data, err := os.ReadFile(filepath.Join(s.dir, first)); err == nil && string(data) == text {
			return
		}
		_ = render.Signal(syscall.SIGCONT)
	}
}

// await waits until a render has put a file of such a name into the folder, or
// has ended. It does not sleep: the moves take a millisecond.
func (s shops) await(ended chan error, patterns ...string) {
	for len(ended) == 0 {
		for _, pattern := range patterns {
			if found, err := filepath.Glob(filepath.Join(s.dir, pattern)); err != nil || len(found) > 0 {
				return
			}
		}
	}
}

// Ten at once into one folder wait for one another: all succeed, and it comes to
// hold what one of them would write.
func TestRendersAtOnce(t *testing.T) {
	s, _ := newShops(t, sample.Size(12, 200))
	out := t.TempDir()
	s.render(t, "--output-directory", out)
	want := tree(t, out)
	var run sync.WaitGroup
	for range 10 {
		run.Go(func() {
			if said, err := s.command("render").CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, said)
			}
		})
	}
	run.Wait()
	if diff := cmp.Diff(want, tree(t, s.dir)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
