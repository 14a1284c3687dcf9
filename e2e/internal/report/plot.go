package report

import (
	"fmt"
	"html"
	"strings"
)

// svg draws horizontal bars. It is written by hand because a plotting library is larger than all the rest of this package.
func svg(p Plot) string {
	const width, left, right, row, top = 720, 220, 110, 28, 40
	most := 0.0
	for _, bar := range p.Bars {
		most = max(most, bar.Value)
	}
	if most == 0 {
		most = 1
	}
	var b strings.Builder
	height := top + row*len(p.Bars) + 10
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="14">`+"\n", width, height)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#fff"/>`+"\n", width, height)
	fmt.Fprintf(&b, `<text x="10" y="24" font-weight="bold">%s</text>`+"\n", html.EscapeString(p.Title))
	for i, bar := range p.Bars {
		y := top + row*i
		long := bar.Value / most * (width - left - right)
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%s</text>`+"\n", left-8, y+16, html.EscapeString(bar.Label))
		fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%.1f" height="18" fill="#4078c0"/>`+"\n", left, y+2, long)
		fmt.Fprintf(&b, `<text x="%.1f" y="%d">%s %s</text>`+"\n", left+long+6, y+16, number(bar.Value), html.EscapeString(p.Unit))
	}
	b.WriteString("</svg>\n")
	return b.String()
}
