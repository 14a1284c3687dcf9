package v1alpha1

import (
	"strings"
	"testing"
)

// The lengths that the expressions leave to code.
func TestModelLengths(t *testing.T) {
	long := func(n int) string { return strings.Repeat("a", n) }
	for name, want := range map[string]bool{
		long(80):                           true,
		long(81):                           false,
		"m:" + long(80):                    true,
		"m:" + long(81):                    false,
		long(80) + "/m":                    true,
		long(81) + "/m":                    false,
		long(346) + ".org/library/m":       true,
		long(347) + ".org/library/m":       false,
		"registry.example.org:443/a/m:tag": true,
	} {
		if got := parseModel(name) != nil; got != want {
			t.Errorf("parseModel of %d bytes, %.20s…: %v, want %v", len(name), name, got, want)
		}
	}
}
