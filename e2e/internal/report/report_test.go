package report

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearth-dev/hearth/e2e/internal/chart"
)

func TestPercentile(t *testing.T) {
	var times []time.Duration
	for i := range 20 {
		times = append(times, time.Duration(20-i)*time.Second)
	}
	for p, want := range map[float64]time.Duration{50: 10 * time.Second, 95: 19 * time.Second, 99: 20 * time.Second, 1: time.Second} {
		if got := Percentile(times, p); got != want {
			t.Errorf("p%v is %s, want %s", p, got, want)
		}
	}
	if got := Percentile(nil, 50); got != 0 {
		t.Errorf("of nothing: got %s", got)
	}
}

func TestNew(t *testing.T) {
	r, err := New(t.Context(), "../../..", Data{Title: "A run"})
	if err != nil {
		t.Fatal(err)
	}
	if d := r.data; d.Title != "A run" || d.Commit == "" || time.Since(d.Date) > time.Minute || !strings.Contains(d.Machine, "load averages") {
		t.Errorf("got %+v", d)
	}
}

func TestWrite(t *testing.T) {
	r := &Report{data: Data{Title: "A run", Name: "run", Date: time.Unix(0, 0), Commit: "1234567", Command: "make it", Machine: "one core",
		Versions: []Version{{"hearth", "dev"}}, Missing: []string{"the rest"}}}
	end := r.Begin("the first")
	r.Figure("speed", 12.345, "tokens/s")
	r.Step(func(s *Step) {
		s.Notes = []string{"it\nworks"}
		s.Tables = []Table{{[]string{"what", "seen"}, [][]string{{"a|b", "yes"}}}}
		s.Plots = []Plot{{Title: "a < b", Unit: "MiB", Bars: []chart.Bar{{Label: "a", Value: 1}, {Label: "b", Value: 2}}}}
		s.Images = []Image{{"1.png", "seen", true}, {"2.png", "seen, too", false}}
	})
	end(true)
	r.Begin("the second")(false)
	r.Note(func(d *Data) { d.Steps[0].Took, d.Steps[1].Took = 61*time.Second, time.Second })
	dir := t.TempDir()
	if err := r.Write(dir); err != nil {
		t.Fatal(err)
	}
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	want := `# A run

Written by the run itself on 1970-01-01 00:00 UTC. Commit: 1234567. Again: ` + "`make it`" + `. Machine: one core.

| program | version |
|---|---|
| hearth | dev |

| step | result | time |
|---|---|---|
| the first | passed | 1m1s |
| the second | **failed** | 1s |

## The first

| figure | value |
|---|---|
| speed | 12.3 tokens/s |

- it works

| what | seen |
|---|---|
| a\|b | yes |

![a < b](run-1-1.svg)

![seen](1.png)

Screenshots in the run's folder: ` + "`2.png`" + ` seen, too.

## Not seen by this run

- the rest
`
	if diff := cmp.Diff(want, read("run.md")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var data Data
	if err := json.Unmarshal([]byte(read("run.json")), &data); err != nil || len(data.Steps) != 2 || data.Steps[0].Figures[0].Value != 12.345 {
		t.Errorf("got %+v, %v", data, err)
	}
	if plot := read("run-1-1.svg"); !strings.Contains(plot, ">a &lt; b</text>") || !strings.Contains(plot, ">MiB</text>") || strings.Count(plot, "fill:#0072B2") != 2 {
		t.Errorf("got %s", plot)
	}
}

var update = flag.Bool("update", false, "draw the plots of docs/reports again, from the figures there")

// The plots that are committed show the figures that are.
func TestPlotsAreUpToDate(t *testing.T) {
	const folder = "../../../docs/reports"
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no reports: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var data Data
		if err := json.Unmarshal(text, &data); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for i, s := range data.Steps {
			for j, p := range s.Plots {
				want, err := chart.Bars(p.Title, p.Unit, p.Bars)
				if err != nil {
					t.Fatal(err)
				}
				path := filepath.Join(folder, plotFile(strings.TrimSuffix(filepath.Base(file), ".json"), i, j))
				if *update {
					if err := os.WriteFile(path, want, 0o644); err != nil {
						t.Fatal(err)
					}
				}
				got, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), string(got)); diff != "" {
					t.Errorf("%s is out of date; run: go test ./e2e/internal/report -update (-want +got):\n%s", path, diff)
				}
			}
		}
	}
}
