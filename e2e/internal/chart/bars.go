package chart

import (
	"image/color"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// Bar is one figure.
type Bar struct {
	Label string  `json:"label"`
	Value float64 `json:"value"`
	// Low and High are the range that was measured. Default: one figure, so no range.
	Low, High float64 `json:"-"`
	// Group gives the bar a colour, which the legend names. Default: the one colour of bars without.
	Group string `json:"-"`
}

// Bars compares figures of one unit, from the top down.
func Bars(title, unit string, bars []Bar) ([]byte, error) {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.X.Min = title, unit, 0
	p.Title.Padding, p.Legend.Padding, p.Legend.Top = vg.Points(6), vg.Points(3), true
	var groups, names []string
	var texts plotter.XYLabels
	for i, b := range slices.Backward(bars) { // gonum counts from the bottom up
		at := float64(len(bars) - 1 - i)
		names = append(names, b.Label)
		bar, err := plotter.NewBarChart(plotter.Values{b.Value}, 0.45*vg.Centimeter)
		if err != nil {
			return nil, err
		}
		bar.Horizontal, bar.XMin, bar.LineStyle.Width, bar.Color = true, at, 0, Blue
		if b.Group != "" {
			if !slices.Contains(groups, b.Group) {
				groups = append(groups, b.Group)
				p.Legend.Add(b.Group, bar)
			}
			bar.Color = []color.Color{Grey, Green, Orange}[slices.Index(groups, b.Group)%3]
		}
		p.Add(bar)
		if b.High > b.Low {
			span, err := plotter.NewLine(plotter.XYs{{X: b.Low, Y: at}, {X: b.High, Y: at}})
			if err != nil {
				return nil, err
			}
			p.Add(span)
		}
		texts.XYs = append(texts.XYs, plotter.XY{X: max(b.Value, b.High), Y: at})
		texts.Labels = append(texts.Labels, Number(b.Value))
	}
	labels, err := plotter.NewLabels(texts)
	if err != nil {
		return nil, err
	}
	labels.Offset = vg.Point{X: vg.Points(4), Y: vg.Points(-3)}
	p.Add(labels)
	p.NominalY(names...)
	return SVG(p, vg.Length(len(bars)+3)*0.7*vg.Centimeter)
}

// Number has as many digits as are worth reading.
func Number(v float64) string {
	if v >= 100 || v == math.Trunc(v) {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}
