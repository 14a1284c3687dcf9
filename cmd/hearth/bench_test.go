package main

import (
	"io"
	"strings"
	"testing"
)

// BenchmarkRenderCheck is what CI runs on every commit, and an impatient person
// after every change: the committed stack against the committed tree.
func BenchmarkRenderCheck(b *testing.B) {
	for b.Loop() {
		var stderr strings.Builder
		if code := run([]string{"render", "--check", "-f", "../../hearth.yaml"}, strings.NewReader(""), io.Discard, &stderr); code != exitOK {
			b.Fatalf("exit code %d:\n%s", code, stderr.String())
		}
	}
}
