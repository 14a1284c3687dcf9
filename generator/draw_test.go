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

// drawnStacks are the random stacks to build.
func drawnStacks(t *testing.T) []drawnStack {
	t.Helper()
	if *stacks > 0 {
		return draw(t, *seed, *stacks)
	}
	if testing.Short() {
		return draw(t, *seed, 10)
	}
	const most, step = 4000, 100
	var all []drawnStack
	var coverage randomstack.Coverage
	for len(coverage.Missing()) > 0 && len(all) < most {
		more := draw(t, *seed+uint64(len(all)), step)
		for i := range more {
			coverage.Merge(&more[i].coverage)
		}
		all = append(all, more...)
	}
	for _, missing := range coverage.Missing() {
		t.Errorf("%s in %d random stacks: give it a rule in package randomstack", missing, len(all))
	}
	t.Logf("all that can be done to %d fields was done in %d random stacks", randomstack.Fields(), len(all))
	return fewest(all)
}

// draw draws stacks and refuses to go on with rules that make bad ones.
func draw(t *testing.T, from uint64, n int) []drawnStack {
	t.Helper()
	var drawn []drawnStack
	for s := from; s < from+uint64(n); s++ {
		d := drawnStack{seed: s, text: randomstack.Draw(s)}
		stack, problems := generator.Load("hearth.yaml", d.text)
		if stack == nil {
			t.Logf("stack %d is refused:\n%v", s, problems.Err())
			continue
		}
		d.overlays = len(stack.Overlays)
		if err := d.coverage.Add(d.text); err != nil {
			t.Fatal(err)
		}
		drawn = append(drawn, d)
	}
	if refused := n - len(drawn); refused*50 > n {
		t.Errorf("%d of %d random stacks are refused: what are the fields' rules?", refused, n)
	}
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
