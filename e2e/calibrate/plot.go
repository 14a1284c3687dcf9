package main

import (
	"fmt"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/hearth-dev/hearth/e2e/internal/chart"
	"github.com/hearth-dev/hearth/e2e/internal/ollama"
	"github.com/hearth-dev/hearth/sizing"
)

// plotMemory shows each row's required over its measured peak, between the two lines that the goal draws.
func plotMemory(rows []memoryView) ([]byte, error) {
	p := plot.New()
	p.Title.Text = "Memory: required against measured"
	p.X.Label.Text, p.Y.Label.Text = "measured peak of the working set, MiB", "required, MiB"
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	p.X.Tick.Marker, p.Y.Tick.Marker = powers{}, powers{}
	p.Legend.Top, p.Legend.Left, p.Legend.Padding = true, true, vg.Points(3)
	p.Add(plotter.NewGrid())
	var points plotter.XYs
	from, to := 1e9, 0.0
	for _, r := range rows {
		points = append(points, plotter.XY{X: float64(r.WorkingSet), Y: float64(r.Need)})
		from, to = min(from, float64(r.WorkingSet)), max(to, float64(r.Need))
	}
	var least, most plotter.XYs
	for x := from / 1.1; x <= to*1.1; x *= 1.05 {
		least = append(least, plotter.XY{X: x, Y: x})
		most = append(most, plotter.XY{X: x, Y: x + float64(sizing.Slack(int64(x*(1<<20))))/(1<<20)})
	}
	for _, bound := range []struct {
		label string
		line  plotter.XYs
		color color.Color
	}{{"never below: measured", least, chart.Orange}, {"never above: measured + 20 % or 150 MiB", most, chart.Grey}} {
		line, err := plotter.NewLine(bound.line)
		if err != nil {
			return nil, err
		}
		line.Color, line.Width = bound.color, vg.Points(1)
		p.Add(line)
		p.Legend.Add(bound.label, line)
	}
	scatter, err := plotter.NewScatter(points)
	if err != nil {
		return nil, err
	}
	scatter.GlyphStyle = draw.GlyphStyle{Color: chart.Blue, Radius: vg.Points(2.5), Shape: draw.CircleGlyph{}}
	p.Add(scatter)
	p.Legend.Add("one load each", scatter)
	return chart.SVG(p, 11*vg.Centimeter)
}

// powers ticks a logarithmic axis at the powers of two.
type powers struct{}

// Ticks is what plot.Ticker asks for.
func (powers) Ticks(from, to float64) []plot.Tick {
	var ticks []plot.Tick
	for v := 1.0; v <= to; v *= 2 {
		if v >= from {
			ticks = append(ticks, plot.Tick{Value: v, Label: fmt.Sprint(v)})
		}
	}
	return ticks
}

// plotThreads shows, for each CPU limit, the speed by number of threads.
func plotThreads(rows []ThreadRow) ([]byte, error) {
	var bars []chart.Bar
	for _, r := range rows {
		speed := ollama.Summarize(r.TokensPerSecond)
		bar := chart.Bar{
			Label: fmt.Sprintf("CPU %g, threads %d", float64(r.MilliCPU)/1000, r.Threads), Group: "other",
			Value: speed.Median, Low: speed.Min, High: speed.Max,
		}
		if r.Threads == sizing.Threads(r.MilliCPU) {
			bar.Group = "derived"
		}
		bars = append(bars, bar)
	}
	return chart.Bars("Threads: speed under a CPU limit", "tokens/s, median and range", bars)
}
