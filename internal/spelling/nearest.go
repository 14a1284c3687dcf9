// Package spelling finds what a person meant who mistyped a name.
package spelling

import (
	"fmt"
	"strings"

	"github.com/hbollon/go-edlib"
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
func Distance(a, b string) int { return edlib.OSADamerauLevenshteinDistance(a, b) }
