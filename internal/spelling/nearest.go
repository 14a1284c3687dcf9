// Package spelling finds what a person meant who mistyped a name.
package spelling

import (
	"fmt"
	"strings"
)

// Suggest asks whether a person who wrote name meant one of the options. "" if
// none is close.
func Suggest(name string, options []string) string {
	if near := Nearest(name, options); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return ""
}

// Nearest is the option that a person who wrote name most likely meant: by its
// letters, or because one of the two is a part of the other. "" if none is
// close.
func Nearest(name string, options []string) string {
	if len(name) > 64 { // nothing anybody would mistype
		return ""
	}
	best, least := "", 1+(len(name)+2)/4
	for _, option := range options {
		if d := Distance(strings.ToLower(name), strings.ToLower(option)); d < least {
			best, least = option, d
		}
	}
	if best == "" {
		best = related(strings.ToLower(name), options)
	}
	return best
}

// related is the only option that contains name or is contained in it:
// storageClassName for storageClass, issuer for issuerRef.
func related(name string, options []string) string {
	const least = 4 // letters; "id" is in everything
	found := ""
	for _, option := range options {
		o := strings.ToLower(option)
		if min(len(name), len(o)) < least || !strings.Contains(name, o) && !strings.Contains(o, name) {
			continue
		}
		if found != "" {
			return ""
		}
		found = option
	}
	return found
}

// Distance counts the letters to insert, drop, change, or swap with the next.
func Distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		for j := range rows[i] {
			switch {
			case i == 0:
				rows[i][j] = j
				continue
			case j == 0:
				rows[i][j] = i
				continue
			}
			same := 1
			if x[i-1] == y[j-1] {
				same = 0
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+same)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(x)][len(y)]
}
