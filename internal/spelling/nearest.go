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

// listed is how many options a message names; nobody reads more.
const listed = 20

// List names the options; of very many the first, and how many more there are.
func List(options []string) string {
	if more := len(options) - listed; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(options[:listed], ", "), more)
	}
	return strings.Join(options, ", ")
}

// Nearest is the option that a person who wrote name most likely meant: by its
// letters, or because one of the two is a part of the other. "" if none is
// close.
func Nearest(name string, options []string) string {
	if near := Misspelt(name, options); near != "" {
		return near
	}
	return only(name, options, func(name, option string) bool {
		return strings.Contains(name, option) || strings.Contains(option, name)
	})
}

// Misspelt is Nearest without the options that are only a part of name:
// serviceAccount is hardly a misspelt service.
func Misspelt(name string, options []string) string {
	if len(name) > longest {
		return ""
	}
	best, least := "", 1+(len(name)+2)/4
	for _, option := range options {
		if d := Distance(strings.ToLower(name), strings.ToLower(option)); d < least {
			best, least = option, d
		}
	}
	if best == "" {
		best = only(name, options, func(name, option string) bool { return strings.Contains(option, name) })
	}
	return best
}

// longest name that anybody would mistype, in bytes.
const longest = 64

// only is the one option that is related to name: storageClassName to
// storageClass, issuer to issuerRef.
func only(name string, options []string, related func(name, option string) bool) string {
	const least = 4 // letters; "id" is in everything
	name = strings.ToLower(name)
	found := ""
	for _, option := range options {
		o := strings.ToLower(option)
		if len(name) > longest || min(len(name), len(o)) < least || !related(name, o) {
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
