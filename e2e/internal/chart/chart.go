// Package chart draws the plots of docs/ with gonum's plot: data in, an SVG out. Equal data give equal bytes.
package chart

import (
	"bytes"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
)

// Colours that differ for the colour-blind, too.
var (
	Blue   = color.RGBA{R: 0, G: 114, B: 178, A: 255}
	Orange = color.RGBA{R: 213, G: 94, B: 0, A: 255}
	Green  = color.RGBA{R: 0, G: 158, B: 115, A: 255}
	Grey   = color.RGBA{R: 140, G: 140, B: 140, A: 255}
)

// width of every plot: a page's.
const width = 16 * vg.Centimeter

// SVG draws the plot, as wide as a page.
func SVG(p *plot.Plot, height vg.Length) ([]byte, error) {
	to, err := p.WriterTo(width, height, "svg")
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	_, err = to.WriteTo(&out)
	return out.Bytes(), err
}
