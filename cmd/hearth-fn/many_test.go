package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"runtime/metrics"
	"slices"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/fns"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/testing/mutant"
	"github.com/hearth-dev/hearth/internal/testing/randomstack"
	"github.com/hearth-dev/hearth/internal/testing/sample"
	"github.com/hearth-dev/hearth/internal/vet"
)

// Damaged specs and lists of objects, in turn, are answered without a panic, in
// seconds and with little memory: what is counted is all that was ever allocated,
// of which the most is garbage soon. What a whole program takes at once is in
// package repository. HEARTH_SAMPLES=100000 takes half an hour.
func TestMany(t *testing.T) {
	n := sample.Size(300, 2_000)
	lists, checker := listsOf(t), vet.New()
	counts := map[string]int{}
	var longest time.Duration
	var largest uint64
	for seed := range uint64(n) {
		random := rand.New(rand.NewPCG(seed, 1))
		kind, data := "spec", []byte(nil)
		if seed%2 == 0 {
			data = damaged(t, randomstack.Draw(seed/8), random)
		} else {
			kind, data = "list", damaged(t, lists[random.IntN(len(lists))], random)
		}
		start, before := time.Now(), allocated()
		said := answer(t, checker, kind, data, seed)
		took, took2 := time.Since(start), allocated()-before
		counts[kind+" "+said]++
		longest, largest = max(longest, took), max(largest, took2)
		if most := uint64(512<<20 + 64*len(data)); took > 20*time.Second || took2 > most {
			t.Errorf("seed %d, a %s of %d bytes, took %s and allocated %d MiB", seed, kind, len(data), took, took2>>20)
		}
	}
	t.Logf("%d inputs: %v; the longest took %s, the largest allocated %d MiB", n, counts, longest, largest>>20)
	for _, want := range []string{"spec accepted", "spec refused", "list accepted", "list refused"} {
		if counts[want] == 0 {
			t.Errorf("none is a %s: %v", want, counts)
		}
	}
}

// answer puts an input through what reads its kind.
func answer(t *testing.T, checker *vet.Checker, kind string, data []byte, seed uint64) string {
	defer func() {
		if r := recover(); r != nil {
			t.Fatalf("seed %d: %v\n%.5000s", seed, r, data)
		}
	}()
	if kind == "list" {
		checker.Objects("objects", data)
		var said bytes.Buffer
		if fns.Run(bytes.NewReader(data), io.Discard, &said) == nil {
			return "accepted"
		}
		if said.Len() == 0 {
			t.Errorf("seed %d: an error, and nothing said", seed)
		}
		return "refused"
	}
	stack, problems := generator.Load("hearth.yaml", data)
	if stack == nil {
		if problems.Err() == nil {
			t.Errorf("seed %d: neither a stack nor an error", seed)
		}
		return "refused"
	}
	if seed%64 == 0 { // kustomize takes a hundred times as long as all before it
		_, _ = generator.Generate(stack) // patches and resources may not fit
	}
	return "accepted"
}

// listsOf are the ResourceLists in the fixtures of package fns.
func listsOf(t *testing.T) [][]byte {
	t.Helper()
	var all [][]byte
	archives, _ := filepath.Glob("../../fns/testdata/*.txtar")
	for _, name := range archives {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			if bytes.Contains(f.Data, []byte("kind: ResourceList")) {
				all = append(all, f.Data)
			}
		}
	}
	if len(all) < 10 {
		t.Fatalf("%d lists in fns/testdata", len(all))
	}
	return all
}

// damaged is a YAML document with other values, or with other text.
func damaged(t *testing.T, data []byte, random *rand.Rand) []byte {
	t.Helper()
	var value map[string]any
	if random.IntN(3) > 0 && yaml.Unmarshal(data, &value) == nil {
		if random.IntN(4) > 0 {
			value = mutant.Of(value, random.Uint64())
		}
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		if out, err := yaml.JSONToYAML(text); random.IntN(2) == 0 && err == nil {
			return out
		}
		return text
	}
	out := slices.Clone(data)
	for range 1 + random.IntN(3) {
		at := random.IntN(len(out) + 1)
		end := min(len(out), at+random.IntN(60))
		part := slices.Clone(out[at:end])
		switch random.IntN(6) {
		case 0: // cut out
			out = slices.Delete(out, at, end)
		case 1: // many times
			out = slices.Insert(out, at, bytes.Repeat(part, 1+random.IntN(1<<random.IntN(12)))...)
		case 2: // somewhere else
			out = slices.Insert(out, random.IntN(len(out)+1), part...)
		case 3: // what YAML reads as something
			marks := []string{"&a ", "*a", "[", "{", "]", "}", "- ", ": ", "? ", "|\n", "---\n", "!!", "'", "\"", "%", "\t", "<<: ", "1e999999999", "\x00", "\u2028", "{},", "[[", "~"}
			out = slices.Insert(out, at, bytes.Repeat([]byte(marks[random.IntN(len(marks))]), 1+random.IntN(1<<random.IntN(14)))...)
		case 4: // cut off
			out = out[:at]
		default: // any byte
			if at < len(out) {
				out[at] = byte(random.IntN(256))
			}
		}
		if len(out) == 0 {
			return []byte(fmt.Sprint(random.Uint64()))
		}
	}
	return out
}

// allocated is how many bytes have been allocated so far.
func allocated() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
