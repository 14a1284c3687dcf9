package main

import (
	"fmt"
	"strings"

	"github.com/hearth-dev/hearth/sizing"
)

// ownFigures reports whether a stack has to give the model's figures: they are of
// its own header, and not of the catalogue.
func ownFigures(m sizing.Model) bool {
	return isFile(m.Source) || strings.Contains(m.Source, "/manifests/")
}

// snippet is what a stack has to say of models whose headers were read: the field
// modelSizes of its ollama.
func snippet(models []sizing.Model) string {
	var b strings.Builder
	for _, m := range models {
		if !ownFigures(m) {
			continue
		}
		if b.Len() == 0 {
			b.WriteString("\nfor the stack, under ollama; the name is the one in models:\nmodelSizes:\n")
		}
		fmt.Fprintf(&b, "  %q:\n", m.Name)
		field := func(name string, value any, zero bool) {
			if !zero {
				fmt.Fprintf(&b, "    %s: %v\n", name, value)
			}
		}
		number := func(name string, n int) { field(name, n, n == 0) }
		field("disk", m.DiskBytes, false)
		field("architecture", m.Architecture, false)
		number("layers", m.Layers)
		number("kvHeads", m.KVHeads)
		number("keyLength", m.KeyLength)
		number("valueLength", m.ValueLength)
		number("slidingWindow", m.SlidingWindow)
		number("slidingLayers", m.SlidingLayers)
		number("heads", m.Heads)
		number("embedding", m.Embedding)
		number("feedForward", m.FeedForward)
		number("vocab", m.Vocab)
		number("contextLimit", m.ContextLimit)
		field("tied", m.TiedBytes, m.TiedBytes == 0)
		field("vision", m.VisionBytes, m.VisionBytes == 0)
		field("embedder", true, !m.Embedder)
	}
	return b.String()
}
