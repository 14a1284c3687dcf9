package vet_test

import (
	"cmp"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/testing/worlds"
	"github.com/hearth-dev/hearth/internal/vet"
)

// What opens Ollama or the chat is found, and nothing else, in whatever order the
// objects come.
func TestWorlds(t *testing.T) {
	checker := vet.New()
	count := map[worlds.Verdict]int{}
	for _, w := range worlds.All(t) {
		count[w.Verdict]++
		t.Run(w.Name, func(t *testing.T) {
			objects, err := vet.Decode(w.Objects)
			if err != nil {
				t.Fatal(err)
			}
			found := checker.Check(objects, vet.Facts{})
			if wrong := w.Judge(said(found)); wrong != "" {
				t.Error(wrong)
			}
			slices.Reverse(objects)
			sorted := func(all []vet.Finding) []vet.Finding {
				slices.SortFunc(all, func(a, b vet.Finding) int {
					return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Object.String(), b.Object.String()), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Message, b.Message))
				})
				return all
			}
			if diff := gocmp.Diff(sorted(found), sorted(checker.Check(objects, vet.Facts{}))); diff != "" {
				t.Errorf("in the other order (-first +reversed):\n%s", diff)
			}
		})
	}
	t.Logf("%v", count)
	if closed := count[worlds.Closed]; closed < 60 || count[worlds.Open] < 60 {
		t.Errorf("the corpus has %v", count)
	}
}

// said is what findings say of who can reach what.
func said(found []vet.Finding) []worlds.Found {
	var all []worlds.Found
	for _, f := range found {
		all = append(all, worlds.Found{Rule: f.Rule, Error: f.Severity == problem.Error, Message: f.Object.String() + " " + f.Path + ": " + f.Message})
	}
	return all
}

// Of a Stack the same is found, with what its fields say. One that is refused as
// it is read opens nothing.
func TestStackWorlds(t *testing.T) {
	checker := vet.New()
	for _, w := range worlds.Stacks(t) {
		t.Run(w.Name, func(t *testing.T) {
			stack, problems := generator.Load("hearth.yaml", w.Stack)
			if stack == nil {
				if wrong := w.Refused(true, problems.String()); wrong != "" {
					t.Error(wrong)
				}
				return
			}
			files, err := generator.GenerateUnchecked(stack)
			if err != nil {
				t.Fatal(err)
			}
			results, err := checker.Stack(vet.StackInput{Stack: stack, Files: files})
			if err != nil {
				t.Fatal(err)
			}
			var found []vet.Finding
			for _, r := range results {
				found = append(found, r.Findings...)
			}
			if wrong := w.Judge(said(found)); wrong != "" {
				t.Error(wrong)
			}
		})
	}
}
