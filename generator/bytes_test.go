package generator_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/testing/randomstack"
	"github.com/hearth-dev/hearth/internal/testing/sample"
)

// someStacks are the committed stack and random ones.
func someStacks(t testing.TB, random int) [][]byte {
	t.Helper()
	data, err := os.ReadFile("../hearth.yaml")
	if err != nil {
		t.Fatal(err)
	}
	all := [][]byte{data}
	for seed := range random {
		all = append(all, randomstack.Draw(uint64(seed)))
	}
	return all
}

func generated(t testing.TB, data []byte) map[string]string {
	t.Helper()
	stack, problems := generator.Load("hearth.yaml", data)
	if stack == nil {
		t.Fatalf("%v\n%s", problems.Err(), data)
	}
	files, problems := generator.Generate(stack)
	if err := problems.Err(); err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	out := map[string]string{}
	for _, f := range files {
		out[f.Path] = string(f.Data)
	}
	return out
}

func TestGenerateDependsOnTheMeaningAlone(t *testing.T) {
	for i, data := range someStacks(t, sample.Size(2, 12)) {
		want := generated(t, data)
		for form, same := range forms(t, data, uint64(i)) {
			if diff := cmp.Diff(want, generated(t, same)); diff != "" {
				t.Errorf("stack %d, %s (-as it was +%s):\n%s\nThe stack:\n%s", i, form, form, diff, data)
			}
		}
	}
}

// Generate is slow and its input is the Stack alone: more stacks get as far as
// that.
func TestLoadDependsOnTheMeaningAlone(t *testing.T) {
	for i, data := range someStacks(t, sample.Size(20, 80)) {
		want, problems := generator.Load("hearth.yaml", data)
		if want == nil {
			t.Fatalf("stack %d: %v", i, problems.Err())
		}
		for form, same := range forms(t, data, uint64(i)) {
			got, problems := generator.Load("hearth.yaml", same)
			if got == nil {
				t.Errorf("stack %d, %s: %v\n%s", i, form, problems.Err(), same)
			} else if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("stack %d, %s (-as it was +%s):\n%s", i, form, form, diff)
			}
		}
	}
}

// forms are the same stack in other words.
func forms(t testing.TB, data []byte, seed uint64) map[string][]byte {
	t.Helper()
	shuffled := document(t, data)
	shuffle(rand.New(rand.NewPCG(seed, 7)), shuffled)
	return map[string][]byte{
		"again":          data,
		"keys shuffled":  text(t, shuffled),
		"JSON":           []byte(asJSON(document(t, data))),
		"with BOM, CRLF": append([]byte("\ufeff"), crlf(text(t, shuffled))...),
	}
}

func crlf(data []byte) []byte {
	var out []byte
	for _, c := range data {
		if c == '\n' {
			out = append(out, '\r')
		}
		out = append(out, c)
	}
	return out
}

// shuffle changes the order of the fields of every mapping.
func shuffle(r *rand.Rand, n *yaml.Node) {
	for _, child := range n.Content {
		shuffle(r, child)
	}
	if n.Kind == yaml.MappingNode {
		r.Shuffle(len(n.Content)/2, func(i, j int) {
			n.Content[2*i], n.Content[2*j] = n.Content[2*j], n.Content[2*i]
			n.Content[2*i+1], n.Content[2*j+1] = n.Content[2*j+1], n.Content[2*i+1]
		})
	}
}

// For the race detector: kustomize has state of its own, and a Stack may be
// shared.
func TestGenerateInParallel(t *testing.T) {
	for i, data := range someStacks(t, 1) {
		stack, problems := generator.Load("hearth.yaml", data)
		if stack == nil {
			t.Fatal(problems.Err())
		}
		results := make([]string, 4)
		var all sync.WaitGroup
		for j := range results {
			all.Go(func() {
				files, err := generator.Generate(stack)
				results[j] = fmt.Sprint(files, err)
			})
		}
		all.Wait()
		for j := range results {
			if results[j] != results[0] {
				t.Errorf("stack %d: run %d gives other files than run 0", i, j)
			}
		}
	}
}

// A Stack that a Go program has gives what its text gives.
func TestResolveGivesWhatLoadGives(t *testing.T) {
	for i, data := range someStacks(t, sample.Size(60, 60)) {
		want, _ := generator.Load("hearth.yaml", data)
		stack, problems := generator.Parse("hearth.yaml", data)
		if want == nil || stack == nil {
			t.Fatalf("stack %d: %v\n%s", i, problems, data)
		}
		got, problems := generator.Resolve(stack)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("stack %d: %v (-Load +Resolve):\n%s\nThe stack:\n%s", i, problems, diff, data)
		}
	}
}
