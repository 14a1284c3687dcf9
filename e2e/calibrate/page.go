package main

import (
	"bytes"
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"github.com/hearth-dev/hearth/e2e/internal/images"
	"github.com/hearth-dev/hearth/e2e/internal/ollama"
	"github.com/hearth-dev/hearth/sizing"
)

// pageFile is where the page of a version, or a plot of it, lies in the checkout. The page that others link to is that of the
// version that hearth deploys.
func pageFile(version, rest string) string {
	if version == ollama.Deployed.Version {
		return "docs/calibration" + rest
	}
	return "docs/calibration-" + version + rest
}

const (
	memoryPlot  = "-memory.svg"
	threadsPlot = "-threads.svg"
)

//go:embed page.tmpl
var pageText string

// page writes what the figures say, without measuring anything.
func (b *bench) page(context.Context) error {
	files, err := b.data.render()
	if err != nil {
		return err
	}
	for path, content := range files {
		if err := os.WriteFile(filepath.Join(b.dir, path), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// render returns the page and its plots, by their paths in the checkout. Equal data give equal bytes.
func (d Data) render() (map[string][]byte, error) {
	v, err := d.view()
	if err != nil {
		return nil, err
	}
	text, err := template.New("page").Parse(pageText)
	if err != nil {
		return nil, err
	}
	var page bytes.Buffer
	if err := text.Execute(&page, v); err != nil {
		return nil, err
	}
	file := func(rest string) string { return pageFile(d.Machine.Ollama, rest) }
	files := map[string][]byte{file(".md"): page.Bytes()}
	if files[file(memoryPlot)], err = plotMemory(v.Memory); err != nil {
		return nil, err
	}
	if len(d.Threads) > 0 {
		if files[file(threadsPlot)], err = plotThreads(d.Threads); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// view is the data as the page shows it.
type view struct {
	Data
	Memory           []memoryView
	Limits           []limitView
	Threads          []threadView
	Parallel         []parallelView
	Chat             []chatView
	First, Last      string // dates
	Least, Most      int64  // MiB that required is above any peak, and above the highest of a server
	SlowestSampling  string
	LongestGapMillis int64
	// QuietestLoad and BusiestLoad are the machine's load averages while the threads were swept. Busy is more than its cores
	// and the sweep itself account for.
	QuietestLoad, BusiestLoad float64
	Busy                      bool
}

type memoryView struct {
	MemoryRow
	Name                               string
	Anonymous, WorkingSet, Need, Above int64 // MiB
	Sum, Filled                        string
}

type limitView struct {
	LimitRow
	Verdict string
}

type threadView struct {
	Limit, Threads, Speed, Best, Role string
}

type parallelView struct {
	ParallelRow
	Speed, Each, Further string
}

type chatView struct {
	ChatRow
	Torch               string
	AtRest, AtMost, Set int64 // MiB
}

// Plot is the file of a plot, seen from the page.
func (v view) Plot(rest string) string { return filepath.Base(pageFile(v.Machine.Ollama, rest)) }

// OpenWebUI is its version.
func (view) OpenWebUI() string { return images.OpenWebUIDeployed.Version }

// Version is the flag of calibrate; empty for the version that it takes by itself.
func (v view) Version() string {
	if v.Machine.Ollama == ollama.Deployed.Version {
		return ""
	}
	return " --ollama " + v.Machine.Ollama
}

// Own is whether Ollama up to 0.29 was measured, whose server itself loads models.
func (v view) Own() bool { return !sizing.LlamaServer(v.Machine.Ollama) }

// LoadedMiB is anonymous memory before the first question.
func (m memoryView) LoadedMiB() int64 { return m.Loaded.Anonymous >> 20 }

func (d Data) view() (view, error) {
	v := view{Data: d, Least: 1 << 40, Most: -1 << 40}
	slowest := 1e9
	for _, row := range d.Memory {
		need, err := d.need(row.Load)
		if err != nil {
			return v, err
		}
		m := memoryView{
			MemoryRow: row, Name: strings.Join(row.Models, " + "), Anonymous: row.Peak.Anonymous >> 20, WorkingSet: row.Peak.WorkingSet >> 20,
			Need: need.Required >> 20, Sum: need.Sum(), Filled: "part",
		}
		m.Above = m.Need - row.peak()>>20
		if row.Prompt == 0 {
			m.Filled = "full"
		}
		if row.Turns > 0 {
			m.Filled += fmt.Sprintf(", in %d turns", row.Turns)
		}
		if row.Image > 0 {
			m.Filled += fmt.Sprintf(", and an image of %d x %d", row.Image, row.Image)
		}
		if row.PromptCacheMiB > 0 {
			m.Filled += fmt.Sprintf(", and %d MiB of earlier ones", row.PromptCacheMiB)
		}
		if row.PromptTokens == 0 {
			m.PromptTokens, m.Filled = cmp.Or(row.Prompt, row.Context*filled/100), "about, "+m.Filled
		}
		v.Memory = append(v.Memory, m)
		v.Least, v.Most = min(v.Least, m.Above), max(v.Most, m.Need-d.highest(row.Load)>>20)
		if v.First == "" || row.Date < v.First {
			v.First = row.Date
		}
		v.Last = max(v.Last, row.Date)
		v.LongestGapMillis = max(v.LongestGapMillis, row.LongestGapMillis)
		slowest = min(slowest, float64(row.Samples)/float64(max(1, row.Seconds)))
	}
	v.SlowestSampling = fmt.Sprintf("%.0f", slowest)
	slices.SortStableFunc(v.Memory, func(a, b memoryView) int {
		return cmp.Or(len(a.Models)-len(b.Models), d.place(a.Models[0])-d.place(b.Models[0]), a.Context-b.Context, a.Parallel-b.Parallel, int(b.Need-a.Need))
	})
	for _, row := range d.Limits {
		need, err := d.need(row.Load)
		if err != nil {
			return v, err
		}
		l := limitView{LimitRow: row, Verdict: "accepts it: the limit that it derives"}
		switch limit := row.LimitMiB << 20; {
		case limit < need.Required:
			l.Verdict = "refuses it: " + sizing.MiB(need.Required) + " are required"
		case limit < need.Limit:
			l.Verdict = "accepts it with a warning"
		}
		v.Limits = append(v.Limits, l)
	}
	for _, row := range d.Chat {
		c := chatView{ChatRow: row, Torch: "no", AtRest: row.Rest.Anonymous >> 20, AtMost: row.Peak.Anonymous >> 20, Set: row.Peak.WorkingSet >> 20}
		if row.Libraries {
			c.Torch = "yes"
		}
		v.Chat = append(v.Chat, c)
	}
	for _, r := range d.Parallel {
		speed := ollama.Summarize(r.TokensPerSecond)
		p := parallelView{ParallelRow: r, Speed: speed.String(), Each: fmt.Sprintf("%.1f", speed.Median/float64(r.Requests))}
		if r.Requests > 1 {
			p.Further = fmt.Sprintf("%.0f %%", 100*d.further(r))
		}
		v.Parallel = append(v.Parallel, p)
	}
	v.Threads = threadViews(d.Threads, d.Machine.Cores)
	for i, r := range d.Threads {
		if i == 0 {
			v.QuietestLoad = r.LoadAverage
		}
		v.QuietestLoad, v.BusiestLoad = min(v.QuietestLoad, r.LoadAverage), max(v.BusiestLoad, r.LoadAverage)
	}
	v.Busy = v.BusiestLoad > float64(3*d.Machine.Cores)
	return v, nil
}

// place of a model among all that were measured.
func (d Data) place(name string) int {
	return slices.IndexFunc(d.Models, func(m Model) bool { return m.Name == name })
}

// threadViews names the settings: the one that hearth derives, the one that Ollama takes where it sees all cores, and the best.
func threadViews(rows []ThreadRow, cores int) []threadView {
	var views []threadView
	best := map[int64]float64{}
	for _, r := range rows {
		best[r.MilliCPU] = max(best[r.MilliCPU], ollama.Summarize(r.TokensPerSecond).Median)
	}
	for _, r := range rows {
		speed := ollama.Summarize(r.TokensPerSecond)
		var roles []string
		if r.Threads == sizing.Threads(r.MilliCPU) {
			roles = append(roles, "derived")
		}
		if r.Threads == cores {
			roles = append(roles, "naive: every core of the machine")
		}
		if speed.Median == best[r.MilliCPU] {
			roles = append(roles, "best")
		}
		views = append(views, threadView{
			Limit: fmt.Sprintf("%dm", r.MilliCPU), Threads: fmt.Sprint(r.Threads), Speed: speed.String(),
			Best: fmt.Sprintf("%.0f %%", 100*speed.Median/best[r.MilliCPU]), Role: strings.Join(roles, ", "),
		})
	}
	return views
}
