//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The table has medians and quartiles, and says what was not measured.
func TestTable(t *testing.T) {
	own, peer := &subject{name: "own"}, &subject{name: "peer"}
	for _, ms := range []int64{3, 9, 1, 2, 4} {
		own.taken = append(own.taken, sample{cpu: ms * 1e6, wall: 2 * ms * 1e6, peak: ms << 20})
		peer.taken = append(peer.taken, sample{cpu: 2e6, wall: 2e6, peak: 2 << 20})
	}
	text := table(place{}, options{rounds: 5}, []row{{own, peer, 0.5}}, []size{{"hearth", 42.3e6, 35e6}})
	for _, want := range []string{
		"| own | 3.0 ms | 6.0 ms | 3 MiB | peer | 2.0 ms | 2.0 ms | 2 MiB | 1.50 (1.00 to 2.00) | at most 0.5 |\n",
		"not measured, no chart was given",
		"| hearth | 42.3 MB | at most 35 MB |\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if given := table(place{}, options{charts: []string{"ollama"}}, nil, nil); strings.Contains(given, "not measured") {
		t.Errorf("a chart was given, and the table says that it was not:\n%s", given)
	}
}

// A page keeps all that stands around the table.
func TestWritePage(t *testing.T) {
	dir := t.TempDir()
	page := filepath.Join(dir, "docs", "benchmarks.md")
	if err := os.Mkdir(filepath.Dir(page), 0o755); err != nil {
		t.Fatal(err)
	}
	begin, end := between("")
	if err := os.WriteFile(page, []byte("before\n"+begin+"old\n"+end+"after\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := &subject{name: "`one`", taken: []sample{{cpu: 1}}}
	if err := writePage(dir, "new\n", []row{{own: s, peer: s}}); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(page)
	if want := "before\n" + begin + "\nnew\n\n" + end + "after\n"; string(got) != want || err != nil {
		t.Errorf("got %q (%v), want %q", got, err, want)
	}
	if err := os.WriteFile(page, []byte("no place for a table\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writePage(dir, "new\n", nil); err == nil || !strings.Contains(err.Error(), "want the lines") {
		t.Errorf("got %v, want it to ask for the lines around the table", err)
	}
}

// What hearth refuses to do stands in the table, too.
func TestFleetTable(t *testing.T) {
	text := fleetTable(place{}, []fleetStep{
		{clusters: 1000, subject: &subject{name: "`hearth render`", taken: []sample{{cpu: 40e9, wall: 25e9, peak: 180 << 20}}}},
		{clusters: 100_000, subject: &subject{name: "`hearth vet`"}, refused: lastLine("exit status 1\nhearth: at most 10000 are built")},
	})
	for _, want := range []string{
		"| 1000 | `hearth render` | 40 s | 25 s | 180 MiB | 40.0 ms |\n",
		"| 100000 | `hearth vet` | refused: at most 10000 are built | | | |\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

// A flag that cannot be is told, with what is allowed.
func TestFlags(t *testing.T) {
	for args, want := range map[string]string{
		"--rounds 0":         "got 0, want at least 1",
		"now":                `got the argument "now", want flags only`,
		"--round 3":          "flag provided but not defined",
		"--clusters 10,many": `got "many", want numbers from 1 to 1000000`,
	} {
		var stderr strings.Builder
		if code := run(strings.Fields(args), &stderr, &stderr); code != 2 || !strings.Contains(stderr.String(), want) {
			t.Errorf("%s: exit code %d, want 2 and %q:\n%s", args, code, want, stderr.String())
		}
	}
}
