package vet_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/testing/randomstack"
	"github.com/hearth-dev/hearth/internal/testing/sample"
	"github.com/hearth-dev/hearth/internal/vet"
)

func committed(t testing.TB) *v1alpha1.Resolved {
	t.Helper()
	data, err := os.ReadFile("../../hearth.yaml")
	if err != nil {
		t.Fatal(err)
	}
	stack, problems := generator.Load("hearth.yaml", data)
	if stack == nil {
		t.Fatal(problems)
	}
	return stack
}

// tally counts what was looked at and what was found.
type tally struct{ overlays, objects, errors, warnings, accepted int }

func (n *tally) add(r vet.Result) {
	if r.Name != "" {
		n.overlays++
	}
	n.objects += r.Objects
	for _, f := range r.Findings {
		switch {
		case f.Excepted != "":
			n.accepted++
		case f.Severity == problem.Error:
			n.errors++
		default:
			n.warnings++
		}
	}
}

func vetted(t *testing.T, checker *vet.Checker, stack *v1alpha1.Resolved) []vet.Result {
	t.Helper()
	files, problems := generator.Generate(stack)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	results, err := checker.Stack(vet.StackInput{Stack: stack, Files: files})
	if err != nil {
		t.Fatal(err)
	}
	return results
}

// The reference system has neither errors nor warnings, and accepts none: what
// hearth writes needs no excuse.
func TestCommittedOverlaysAreClean(t *testing.T) {
	var n tally
	for _, r := range vetted(t, vet.New(), committed(t)) {
		n.add(r)
		for _, f := range r.Findings {
			t.Errorf("%s: %+v", r.Name, f)
		}
	}
	t.Logf("%d overlays, %d objects: %d errors, %d warnings, %d accepted", n.overlays, n.objects, n.errors, n.warnings, n.accepted)
}

// Any valid stack is as clean: what the generator writes is never an error. What
// a person adds past it, by resources and patches, is left out.
func TestRandomStacksAreClean(t *testing.T) {
	checker := vet.New()
	var n tally
	warnings := map[string]int{}
	stacks := sample.Size(3, 40)
	for seed := range uint64(stacks) {
		stack, problems := generator.Load("hearth.yaml", randomstack.Draw(seed))
		if stack == nil {
			t.Errorf("seed %d: not valid: %v", seed, problems)
			continue
		}
		withoutHatches(stack)
		for _, r := range vetted(t, checker, stack) {
			n.add(r)
			for _, f := range r.Findings {
				if f.Counts(problem.Error) {
					t.Errorf("seed %d, %s: %+v", seed, r.Name, f)
				} else if f.Excepted == "" {
					warnings[f.Rule]++
				}
			}
		}
	}
	t.Logf("%d stacks, %d overlays, %d objects: %d errors, %d accepted; warnings %v", stacks, n.overlays, n.objects, n.errors, n.accepted, warnings)
}

// withoutHatches removes what package generator passes through as it is.
func withoutHatches(s *v1alpha1.Resolved) {
	base := func(b *v1alpha1.Base) { b.Resources, b.Patches = nil, nil }
	for i := range s.Bases {
		base(&s.Bases[i])
	}
	for i := range s.Overlays {
		o := &s.Overlays[i]
		o.Resources, o.Patches = nil, nil
		for j := range o.Bases {
			base(&o.Bases[j])
		}
	}
}

func TestRulesAreComplete(t *testing.T) {
	var ids []string
	for _, r := range vet.Rules() {
		for _, r := range append([]vet.Rule{r}, r.Members...) {
			if r.ID == "" || r.Severity == "" || r.Reason == "" || r.Fix == "" || r.Source == "" {
				t.Errorf("%+v: something is missing", r)
			}
			if strings.HasSuffix(r.Reason, ".") || slices.Contains(ids, r.ID) {
				t.Errorf("%s: a second one, or a dot at the end", r.ID)
			}
			if explained, ok := vet.FindRule(r.ID); !ok || explained.Reason != r.Reason {
				t.Errorf("%s: is not to be explained", r.ID)
			}
			ids = append(ids, r.ID)
		}
	}
}
