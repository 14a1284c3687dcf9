package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hearth-dev/hearth/e2e/internal/ollama"
	"github.com/hearth-dev/hearth/sizing"
)

// root is the checkout, seen from this package's folder.
const root = "../.."

// releases calls a test with what was measured of each.
func releases(t *testing.T, test func(*testing.T, Data)) {
	t.Helper()
	for _, r := range []ollama.Release{ollama.Deployed, ollama.Newest} {
		t.Run(r.Version, func(t *testing.T) {
			d, err := read(filepath.Join(root, dataFile(r.Version)))
			if err != nil {
				t.Fatal(err)
			}
			if len(d.Memory) == 0 {
				t.Fatalf("no rows; run: go run ./e2e/calibrate memory --ollama %s", r.Version)
			}
			test(t, d)
		})
	}
}

// TestGoal holds sizing to its promise for everything that was measured.
func TestGoal(t *testing.T) { releases(t, goal) }

func goal(t *testing.T, d Data) {
	for _, row := range d.Memory {
		need, err := d.need(row.Load)
		if err != nil {
			t.Fatal(err)
		}
		if miss := off(need.Required, row.peak(), d.highest(row.Load)); miss != "" {
			t.Errorf("%s: required is %s: %s", row.Load, miss, need.Sum())
		}
	}
}

func TestOff(t *testing.T) {
	const mib = 1 << 20
	for _, c := range []struct {
		required, peak, highest int64
		want                    string
	}{
		{1000 * mib, 1000 * mib, 1000 * mib, ""},
		{999 * mib, 1000 * mib, 1000 * mib, "1 MiB below the measured peak"},
		{250 * mib, 100 * mib, 100 * mib, ""},
		{251 * mib, 100 * mib, 100 * mib, "151 MiB above the measured peak, 150 are allowed"},
		{251 * mib, 100 * mib, 101 * mib, ""},
		{2400 * mib, 2000 * mib, 2000 * mib, ""},
		{2401 * mib, 2000 * mib, 2000 * mib, "401 MiB above the measured peak, 400 are allowed"},
	} {
		if diff := cmp.Diff(c.want, off(c.required, c.peak, c.highest)); diff != "" {
			t.Errorf("%d against %d, %d (-want +got):\n%s", c.required/mib, c.peak/mib, c.highest/mib, diff)
		}
	}
}

// Loads of one server are held against the highest of them; another server is another matter.
func TestHighest(t *testing.T) {
	row := func(l Load, peak int64) MemoryRow {
		r := MemoryRow{Load: l}
		r.Peak.WorkingSet = peak
		return r
	}
	short, full := Load{Models: []string{"a"}, Context: 2048, Parallel: 8, Prompt: 150}, Load{Models: []string{"a"}, Context: 2048, Parallel: 8, Turns: 8, Threads: 2, Image: 1}
	cached := short
	cached.PromptCacheMiB = 128
	d := Data{Memory: []MemoryRow{row(short, 100), row(full, 300), row(cached, 500)}}
	for _, c := range []struct {
		load Load
		want int64
	}{{short, 300}, {full, 300}, {cached, 500}} {
		if got := d.highest(c.load); got != c.want {
			t.Errorf("%s: %d, want %d", c.load, got, c.want)
		}
	}
}

// Every row says which commit was measured.
func TestCommits(t *testing.T) { releases(t, commits) }

func commits(t *testing.T, d Data) {
	if commits := d.Commits(); strings.HasPrefix(commits, " (") {
		t.Errorf("rows without a commit: %s", commits)
	}
}

// Every row was read at least five times a second.
func TestSampling(t *testing.T) { releases(t, sampling) }

func sampling(t *testing.T, d Data) {
	for _, row := range d.Memory {
		if row.Samples < 5*row.Seconds {
			t.Errorf("%s: %d readings in %d seconds", row.Load, row.Samples, row.Seconds)
		}
	}
}

// The figures of the shapes are those of the catalogue that stacks are sized by.
func TestCatalogueSizesTheShapes(t *testing.T) { releases(t, catalogueSizesTheShapes) }

func catalogueSizesTheShapes(t *testing.T, d Data) {
	known := 0
	for _, m := range d.Models {
		row, ok := sizing.Lookup(m.Name)
		if !ok || m.Weights != "random" {
			continue // the real ones are other files than the library's
		}
		known++
		s := sizing.Settings{Version: d.Machine.Ollama}
		byName, byHeader := sizing.Memory([]sizing.Model{row}, s).Required, sizing.Memory([]sizing.Model{m.Figures}, s).Required
		if ratio := float64(byName) / float64(byHeader); ratio < 0.98 || ratio > 1.02 {
			t.Errorf("%s: %s by its name, %s by its header", m.Name, sizing.MiB(byName), sizing.MiB(byHeader))
		}
	}
	if known == 0 {
		t.Error("the catalogue knows none of the shapes")
	}
}

// A limit that hearth derives is enough, and one that it refuses fails for real.
func TestLimits(t *testing.T) { releases(t, limits) }

func limits(t *testing.T, d Data) {
	failed := 0
	for _, row := range d.Limits {
		need, err := d.need(row.Load)
		if err != nil {
			t.Fatal(err)
		}
		enough := row.LimitMiB<<20 >= need.Required
		if enough && row.Outcome != answered {
			t.Errorf("%d MiB, cgroup %s: %s are required, and Ollama was %s", row.LimitMiB, row.Cgroup, sizing.MiB(need.Required), row.Outcome)
		}
		if !enough && row.Outcome != answered {
			failed++
		}
	}
	if failed == 0 {
		t.Error("no limit that hearth refuses was seen to fail")
	}
}

// The derived number of threads is within 5 % of the best, where the limit leaves the machine something for its other work.
func TestThreads(t *testing.T) { releases(t, threads) }

func threads(t *testing.T, d Data) {
	best, derived := map[int64]float64{}, map[int64]float64{}
	for _, row := range d.Threads {
		speed := ollama.Summarize(row.TokensPerSecond).Median
		best[row.MilliCPU] = max(best[row.MilliCPU], speed)
		if row.Threads == sizing.Threads(row.MilliCPU) {
			derived[row.MilliCPU] = speed
		}
		if row.Model == freeModel && row.Said != row.Threads {
			t.Errorf("%d thousandths of a core: LLAMA_ARG_THREADS=%d, and llama-server says %d", row.MilliCPU, row.Threads, row.Said)
		}
	}
	if len(best) == 0 {
		t.Fatalf("no rows; run: go run ./e2e/calibrate threads --ollama %s", d.Machine.Ollama)
	}
	for limit, speed := range best {
		if limit < int64(1000*d.Machine.Cores) && derived[limit] < 0.95*speed {
			t.Errorf("%d thousandths of a core: %.2f tokens/s with the derived threads, %.2f with the best", limit, derived[limit], speed)
		}
	}
}

func TestPageIsUpToDate(t *testing.T) { releases(t, pageIsUpToDate) }

func pageIsUpToDate(t *testing.T, d Data) {
	files, err := d.render()
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range files {
		got, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s is out of date; run: go run ./e2e/calibrate page --ollama VERSION (-want +got):\n%s", path, diff)
		}
	}
}
