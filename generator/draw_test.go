package generator_test

import (
	"cmp"
	"slices"
	"testing"

	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/testing/randomstack"
)

// drawnStack is one of the random stacks.
type drawnStack struct {
	seed     uint64
	text     []byte
	overlays int
	coverage randomstack.Coverage
}

// draw draws stacks until they have done all that can be done to fields, but at
// most so many.
func draw(t *testing.T, most int) []drawnStack {
	t.Helper()
	var drawn []drawnStack
	var coverage randomstack.Coverage
	for s := range uint64(most) {
		d := drawnStack{seed: s, text: randomstack.Draw(s)}
		stack, _ := generator.Load("hearth.yaml", d.text)
		if stack == nil {
			continue // package randomstack tests how many are refused
		}
		d.overlays = len(stack.Overlays)
		if err := d.coverage.Add(d.text); err != nil {
			t.Fatal(err)
		}
		drawn = append(drawn, d)
		if coverage.Merge(&d.coverage) > 0 && len(coverage.Missing()) == 0 {
			break
		}
	}
	t.Logf("%d random stacks were drawn, which leave %d things undone to fields", len(drawn), len(coverage.Missing()))
	return drawn
}

// fewest are some of the stacks that together do what all do: in turn the one
// that has most to add.
func fewest(all []drawnStack) []drawnStack {
	var coverage randomstack.Coverage
	var chosen []drawnStack
	for {
		best := slices.MaxFunc(all, func(a, b drawnStack) int {
			return cmp.Compare(coverage.Gain(&a.coverage), coverage.Gain(&b.coverage))
		})
		if coverage.Merge(&best.coverage) == 0 {
			return chosen
		}
		chosen = append(chosen, best)
	}
}
