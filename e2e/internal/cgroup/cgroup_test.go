package cgroup

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// group writes the files of a memory group and returns the root that it hangs from.
func group(t *testing.T, dir string, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(root, dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestBothVersions(t *testing.T) {
	for _, c := range []struct {
		name, groups, dir string
		files             map[string]string
		version           int
	}{
		{
			name:   "version 1 with an empty version 2 beside it",
			groups: "12:cpu,cpuacct:/docker/a\n7:memory:/docker/a\n0::/docker/a\n", dir: "memory/docker/a", version: 1,
			files: map[string]string{
				"memory.usage_in_bytes": "1000\n", "memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n",
				"memory.stat": "cache 5\nrss 1\ninactive_file 1\ntotal_rss 600\ntotal_inactive_file 300\n",
			},
		},
		{
			name: "version 2", groups: "0::/system.slice/a.scope\n", dir: "system.slice/a.scope", version: 2,
			files: map[string]string{
				"memory.current": "1000\n", "memory.events": "low 0\noom 9\noom_kill 3\noom_group_kill 0\n",
				"memory.stat": "anon 600\nfile 400\ninactive_anon 7\ninactive_file 300\n",
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, err := find(group(t, c.dir, c.files), []byte(c.groups))
			if err != nil {
				t.Fatal(err)
			}
			if g.version != c.version {
				t.Errorf("version %d, want %d", g.version, c.version)
			}
			m, err := g.Read()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(Memory{Anonymous: 600, WorkingSet: 700}, m); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if kills, err := g.Kills(); err != nil || kills != 3 {
				t.Errorf("%d kills (%v), want 3", kills, err)
			}
		})
	}
}

func TestNoMemoryGroup(t *testing.T) {
	if g, err := find("/none", []byte("3:cpu:/a\n")); err == nil {
		t.Errorf("found %+v", g)
	}
	g := Group{dir: filepath.Join(group(t, "a", map[string]string{"memory.current": "1", "memory.stat": "anon 1\n"}), "a"), version: 2}
	if m, err := g.Read(); err == nil {
		t.Errorf("read %+v from a memory.stat without inactive_file", m)
	}
}

// The peak is of each figure by itself, and survives what comes after it.
func TestPeak(t *testing.T) {
	var w Watch
	for _, m := range []Memory{{Anonymous: 1, WorkingSet: 9}, {Anonymous: 5, WorkingSet: 6}, {Anonymous: 2, WorkingSet: 3}} {
		w.add(m)
	}
	if diff := cmp.Diff(Memory{Anonymous: 5, WorkingSet: 9}, w.Peak().Memory); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if n := w.Peak().Samples; n != 3 {
		t.Errorf("%d samples, want 3", n)
	}
}
