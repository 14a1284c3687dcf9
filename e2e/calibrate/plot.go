package main

import (
	"bytes"
	"fmt"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/hearth-dev/hearth/e2e/internal/ollama"
	"github.com/hearth-dev/hearth/sizing"
)

// Colours that differ for the colour-blind, too.
func blue() color.Color   { return color.RGBA{R: 0, G: 114, B: 178, A: 255} }
func orange() color.Color { return color.RGBA{R: 213, G: 94, B: 0, A: 255} }
func green() color.Color  { return color.RGBA{R: 0, G: 158, B: 115, A: 255} }
func grey() color.Color   { return color.RGBA{R: 140, G: 140, B: 140, A: 255} }

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
		most = append(most, plotter.XY{X: x, Y: x + max(x/slackPart, slackBytes>>20)})
	}
	for _, bound := range []struct {
		label string
		line  plotter.XYs
		color color.Color
	}{{"never below: measured", least, orange()}, {"never above: measured + 25 % or 200 MiB", most, grey()}} {
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
	scatter.GlyphStyle = draw.GlyphStyle{Color: blue(), Radius: vg.Points(2.5), Shape: draw.CircleGlyph{}}
	p.Add(scatter)
	p.Legend.Add("one load each", scatter)
	return svg(p)
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

// plotThreads shows, for each CPU limit, the speed by number of threads, as bars with the range of the rounds.
func plotThreads(rows []ThreadRow) ([]byte, error) {
	p := plot.New()
	p.Title.Text = "Threads: tokens per second under a CPU limit"
	p.X.Label.Text, p.Y.Label.Text = "CPU limit in cores, and threads below it", "tokens/s, median and range"
	p.Y.Min = 0
	const width = 14
	var labels []string
	legend := map[string]bool{}
	for i, r := range rows {
		speed := ollama.Summarize(r.TokensPerSecond)
		bar, err := plotter.NewBarChart(plotter.Values{speed.Median}, vg.Points(width))
		if err != nil {
			return nil, err
		}
		bar.XMin, bar.LineStyle.Width, bar.Color = float64(i), 0, grey()
		name := "other"
		if r.Threads == sizing.Threads(r.MilliCPU) {
			bar.Color, name = green(), "derived"
		}
		p.Add(bar)
		if !legend[name] {
			legend[name] = true
			p.Legend.Add(name, bar)
		}
		span, err := plotter.NewLine(plotter.XYs{{X: float64(i), Y: speed.Min}, {X: float64(i), Y: speed.Max}})
		if err != nil {
			return nil, err
		}
		span.Width = vg.Points(1)
		p.Add(span)
		labels = append(labels, fmt.Sprintf("%g\n%d", float64(r.MilliCPU)/1000, r.Threads))
	}
	p.NominalX(labels...)
	p.Legend.Top, p.Legend.Left = true, true
	return svg(p)
}

func svg(p *plot.Plot) ([]byte, error) {
	to, err := p.WriterTo(16*vg.Centimeter, 11*vg.Centimeter, "svg")
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if _, err := to.WriteTo(&out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
