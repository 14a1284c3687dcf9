package report

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/hearth-dev/hearth/e2e/internal/chart"
	"github.com/hearth-dev/hearth/e2e/internal/origin"
)

// Report is one run. Its methods may be called from several goroutines.
type Report struct {
	mutex sync.Mutex
	data  Data
}

// Data is what the JSON file holds.
type Data struct {
	// Title of the page, and Name of its files.
	Title string `json:"title"`
	Name  string `json:"-"`
	// Date is when the run began, Commit what it measured, Machine where; Command is how to repeat it.
	Date    time.Time `json:"date"`
	Commit  string    `json:"commit"`
	Command string    `json:"command"`
	Machine string    `json:"machine"`
	// Versions of what was running, in the order of the page.
	Versions []Version `json:"versions"`
	// Steps in the order in which they were taken.
	Steps []Step `json:"steps"`
	// Missing is what this run could not see, and why.
	Missing []string `json:"missing,omitempty"`
}

// Version of a program.
type Version struct {
	Program string `json:"program"`
	Version string `json:"version"`
}

// Step is one part of the run.
type Step struct {
	Name string `json:"name"`
	// Passed is false for a step that failed or that the run did not reach.
	Passed  bool          `json:"passed"`
	Took    time.Duration `json:"took"` // ns
	Figures []Figure      `json:"figures,omitempty"`
	// Notes are observations in words.
	Notes  []string `json:"notes,omitempty"`
	Tables []Table  `json:"tables,omitempty"`
	Plots  []Plot   `json:"plots,omitempty"`
	Images []Image  `json:"images,omitempty"`
}

// Figure is one measured number.
type Figure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
}

// Table is what was seen of many things of one kind, a row for each.
type Table struct {
	Columns []string   `json:"columns"`
	Rows    [][]string `json:"rows"`
}

// Plot compares figures of one unit as bars.
type Plot struct {
	Title string      `json:"title"`
	Unit  string      `json:"unit"`
	Bars  []chart.Bar `json:"bars"`
}

// Image is a screenshot. File is its name in the run's own folder; only those that are Kept lie beside the page.
type Image struct {
	File    string `json:"file"`
	Caption string `json:"caption"`
	Kept    bool   `json:"kept,omitempty"`
}

// New begins the report of a run that begins now, of the checkout at root. It fills in the date, the commit and the machine.
func New(ctx context.Context, root string, d Data) (*Report, error) {
	var err error
	if d.Commit, err = origin.Commit(ctx, root); err != nil {
		return nil, err
	}
	machine, err := origin.ThisMachine()
	if err != nil {
		return nil, err
	}
	loads, err := origin.LoadAverages()
	if err != nil {
		return nil, err
	}
	d.Machine = fmt.Sprintf("%s, load averages at the start %s", machine, strings.Join(loads, " "))
	d.Date = time.Now().Truncate(time.Second)
	return &Report{data: d}, nil
}

// Note adds to the data.
func (r *Report) Note(change func(*Data)) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	change(&r.data)
}

// Begin starts a step. What is noted until the next goes into it.
func (r *Report) Begin(name string) (end func(passed bool)) {
	start := time.Now()
	r.Note(func(d *Data) { d.Steps = append(d.Steps, Step{Name: name}) })
	return func(passed bool) {
		r.Step(func(s *Step) { s.Passed, s.Took = passed, time.Since(start) })
	}
}

// Step adds to the latest step.
func (r *Report) Step(change func(*Step)) {
	r.Note(func(d *Data) { change(&d.Steps[len(d.Steps)-1]) })
}

// Figure adds a number to the latest step.
func (r *Report) Figure(name string, value float64, unit string) {
	r.Step(func(s *Step) { s.Figures = append(s.Figures, Figure{name, value, unit}) })
}

// Write puts NAME.json, NAME.md and the plots, NAME-*.svg, into dir.
func (r *Report) Write(dir string) error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	data, err := json.MarshalIndent(r.data, "", "  ")
	if err != nil {
		return err
	}
	files := map[string]string{r.data.Name + ".json": string(data) + "\n", r.data.Name + ".md": page(r.data)}
	for i, s := range r.data.Steps {
		for j, p := range s.Plots {
			drawn, err := chart.Bars(p.Title, p.Unit, p.Bars)
			if err != nil {
				return err
			}
			files[plotFile(r.data.Name, i, j)] = string(drawn)
		}
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}
