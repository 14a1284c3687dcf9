package generator_test

import (
	"bytes"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/testing/sample"
)

// memory is one for a test: it counts what was not there.
type memory struct {
	mu     sync.Mutex
	values map[generator.Key][]byte
	kept   int
}

func (m *memory) Recall(key generator.Key) ([]byte, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	value, ok := m.values[key]
	return slices.Clone(value), ok
}

func (m *memory) Keep(key generator.Key, value []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.values == nil {
		m.values = map[generator.Key][]byte{}
	}
	m.values[key] = value
	m.kept++
}

// outcome is all that Generate says of a stack.
type outcome struct {
	Files    []generator.File
	Problems string
}

func outcomeOf(m generator.Memory, stack *v1alpha1.Resolved) outcome {
	files, problems := generator.GenerateWith(m, stack)
	return outcome{files, problems.String()}
}

// What comes out depends neither on the number of processors nor on what is
// remembered, whether files come out or problems; and a run that remembers
// everything proves nothing again.
func TestEqualOutcome(t *testing.T) {
	remembered := 0
	for i, data := range append(someStacks(t, sample.Size(4, 30)), refusedStacks(t)...) {
		stack, _ := generator.Load("hearth.yaml", data)
		if stack == nil {
			continue
		}
		before := runtime.GOMAXPROCS(1)
		want := outcomeOf(nil, stack)
		var m memory
		for _, processors := range []int{2, 8, 8} {
			runtime.GOMAXPROCS(processors)
			m.kept = 0
			if diff := cmp.Diff(want, outcomeOf(&m, stack)); diff != "" {
				t.Errorf("stack %d with %d processors (-want +got):\n%s", i, processors, diff)
			}
		}
		runtime.GOMAXPROCS(before)
		if want.Files != nil && m.kept > 0 {
			t.Errorf("stack %d: the last of three runs proved %d things again", i, m.kept)
		}
		if want.Files != nil {
			remembered += len(m.values)
		}
	}
	if remembered == 0 {
		t.Error("nothing was remembered")
	}
}

// refusedStacks are stacks in which two bases, or two overlays, are wrong: that
// of the first is told.
func refusedStacks(t *testing.T) [][]byte {
	t.Helper()
	const text = `apiVersion: hearth.dev/v1alpha1
kind: Stack
metadata: {name: home}
spec:
  bases:
    - {name: a, namespace: a, ollama: {models: ["llama3.2:3b"]}}
    - {name: b, namespace: b, ollama: {models: ["llama3.2:3b"]}, PATCHES-1}
    - {name: c, namespace: c, ollama: {models: ["llama3.2:3b"]}, PATCHES-2}
  overlays:
    - {name: one, bases: [{name: a}]}
    - {name: two, bases: [{name: a}], PATCHES-3}
    - {name: three, bases: [{name: a}], PATCHES-4}
`
	misses := `patches: [{patch: "- {op: remove, path: /spec}", target: {kind: Deploymint}}]`
	var all [][]byte
	for _, wrong := range [][]string{{"1"}, {"1", "2"}, {"2", "4"}, {"3"}, {"3", "4"}, {"4"}} {
		stack := text
		for _, place := range []string{"1", "2", "3", "4"} {
			with := ""
			if slices.Contains(wrong, place) {
				with = misses
			}
			stack = strings.ReplaceAll(stack, ", PATCHES-"+place, strings.TrimSuffix(", "+with, ", "))
		}
		all = append(all, []byte(stack))
		r, problems := generator.Load("hearth.yaml", []byte(stack))
		if r == nil {
			t.Fatal(problems)
		}
		if _, problems := generator.Generate(r); problems.Err() == nil {
			t.Errorf("not refused:\n%s", stack)
		}
	}
	return all
}

// What an overlay is proven with is all in its key: after any change of the stack
// the memory of the one before gives what no memory gives.
func TestMemoryFollowsTheStack(t *testing.T) {
	data := someStacks(t, 0)[0]
	var m memory
	for _, change := range [][2]string{
		{"homelab", "homelab"},
		{"  name: homelab\n", "  name: other\n"},
		{"homelab-nginx", "home-nginx"},
		{`models: ["llama3.2:3b"]`, `models: ["llama3.2:1b"]`},
		{"storage: {size: 1Gi", "storage: {size: 2Gi"},
	} {
		text := bytes.ReplaceAll(data, []byte(change[0]), []byte(change[1]))
		if !bytes.Contains(data, []byte(change[0])) {
			t.Fatalf("%q is not in the stack", change[0])
		}
		stack, problems := generator.Load("hearth.yaml", text)
		if stack == nil {
			t.Fatalf("%q: %v", change[1], problems)
		}
		if diff := cmp.Diff(outcomeOf(nil, stack), outcomeOf(&m, stack)); diff != "" {
			t.Errorf("%q (-without +with the memory):\n%s", change[1], diff)
		}
	}
}
