package vet_test

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/testing/sample"
	"github.com/hearth-dev/hearth/internal/vet"
	"github.com/hearth-dev/hearth/sizing"
)

// raised is a limit that the fix of a finding by render names.
var raised = regexp.MustCompile(`^raise it to (\S+) `)

// Of the memory limit, what render says of a stack and what vet says of its pods
// is the same, with devices of a known memory, of an unknown one, and without
// any; and what render tells to write is accepted.
func TestMemoryIsJudgedAlike(t *testing.T) {
	checker := vet.New()
	verdicts := map[string]int{}
	for seed := range uint64(sample.Size(3, 20)) {
		random := rand.New(rand.NewPCG(seed, 0))
		bases, limits := map[string]string{}, map[string]string{}
		for i := range 8 {
			name := fmt.Sprintf("ai-%d", i)
			bases[name], limits[name] = drawOllama(random)
		}
		// As it is with these limits.
		_, problems := generator.Load("hearth.yaml", stackOf(bases, limits))
		render, fixed := map[string]string{}, maps.Clone(limits)
		for _, p := range problems {
			i := strings.TrimSuffix(strings.TrimPrefix(p.Path, "spec.bases["), "].ollama.resources.limits.memory")
			switch name := "ai-" + i; {
			case i == p.Path || limits[name] == "":
			case p.Severity == problem.Error:
				render[name] = "error"
				if m := raised.FindStringSubmatch(p.Fix); m != nil {
					fixed[name] = m[1]
				}
			case strings.Contains(p.Message, "only if the device"):
				render[name] = "warning"
			}
		}
		_, problems = generator.Load("hearth.yaml", stackOf(bases, fixed))
		for _, p := range problems {
			if p.Severity == problem.Error {
				t.Errorf("seed %d: what was told to write is refused: %s: %s", seed, p.Path, p.Message)
			}
		}
		// The same pods, from a stack that has more.
		more := map[string]string{}
		for name := range limits {
			more[name] = "59999" + strings.TrimPrefix(name, "ai-") + "Mi"
		}
		stack, problems := generator.Load("hearth.yaml", stackOf(bases, more))
		if stack == nil {
			t.Fatalf("seed %d: %v", seed, problems)
		}
		files, problems := generator.Generate(stack)
		if err := problems.Err(); err != nil {
			t.Fatal(err)
		}
		for i := range files {
			for name, limit := range more {
				files[i].Data = bytes.ReplaceAll(files[i].Data, []byte(limit), []byte(limits[name]))
			}
		}
		results, err := checker.Stack(vet.StackInput{Stack: stack, Files: files})
		if err != nil {
			t.Fatal(err)
		}
		vetted := map[string]string{}
		for _, r := range results {
			for _, f := range r.Findings {
				if f.Rule == "ollama-memory" {
					vetted[f.Object.Namespace] = string(f.Severity)
				}
			}
		}
		for _, name := range slices.Sorted(maps.Keys(bases)) {
			if render[name] != vetted[name] {
				t.Errorf("seed %d, a limit of %s beside %s: render says %q, vet %q", seed, limits[name], bases[name], render[name], vetted[name])
			}
			verdicts[fmt.Sprintf("%q, memory known: %v", render[name], strings.Contains(bases[name], "type: nvidia, memory"))]++
		}
	}
	t.Log(verdicts)
	for _, verdict := range []string{`"", memory known: true`, `"error", memory known: true`, `"warning", memory known: false`, `"error", memory known: false`} {
		if verdicts[verdict] == 0 {
			t.Errorf("nothing drawn is %s", verdict)
		}
	}
}

func stackOf(bases, limits map[string]string) []byte {
	var b strings.Builder
	b.WriteString("apiVersion: hearth.dev/v1alpha1\nkind: Stack\nmetadata: {name: lab}\nspec:\n  bases:\n")
	names := slices.Sorted(maps.Keys(bases))
	for _, name := range names {
		fmt.Fprintf(&b, "    - {name: %s, namespace: %s, ollama: {%s, resources: {requests: {memory: 64Mi}, limits: {memory: %s}}}}\n", name, name, bases[name], limits[name])
	}
	b.WriteString("  overlays:\n    - name: lab\n      bases: [{name: " + strings.Join(names, "}, {name: ") + "}]\n")
	return []byte(b.String())
}

// drawOllama draws a server, and a limit near what decides about it.
func drawOllama(random *rand.Rand) (server, limit string) {
	known := sizing.Catalogue()
	var names []string
	var models []sizing.Model
	for _, i := range random.Perm(len(known))[:1+random.IntN(3)] {
		names, models = append(names, fmt.Sprintf("%q", known[i].Name)), append(models, known[i])
	}
	pick := func(of ...string) string { return of[random.IntN(len(of))] }
	s := sizing.Settings{
		Version: pick("0.23.2", "0.24.0", "0.30.10", "0.34.4"), KVCacheType: pick("f16", "q8_0"),
		ContextLength: 1024 << random.IntN(6), NumParallel: 1 + random.IntN(2), MaxLoadedModels: 1 + random.IntN(2),
	}
	server = fmt.Sprintf("models: [%s], image: {tag: %s}, contextLength: %d, numParallel: %d, maxLoadedModels: %d, kvCacheType: %s", strings.Join(names, ", "),
		s.Version, s.ContextLength, s.NumParallel, s.MaxLoadedModels, s.KVCacheType)
	switch random.IntN(4) {
	case 0:
	case 1:
		server += ", accelerator: {type: nvidia, resourceName: " + pick("nvidia.com/gpu", "nvidia.com/mig-1g.5gb", "example.org/card") + "}"
	default:
		s.Devices = sizing.Devices{Count: 1 + random.IntN(3), Memory: int64(1+random.IntN(24)) << 30}
		server += fmt.Sprintf(", accelerator: {type: nvidia, memory: %dGi, count: %d}", s.Devices.Memory>>30, s.Devices.Count)
		if random.IntN(4) == 0 {
			s.Devices.Overhead = 1 << 30
			server += `, env: {OLLAMA_GPU_OVERHEAD: "1073741824"}`
		}
	}
	need := sizing.Memory(models, s)
	around := []int64{need.Least(true), need.Required, need.Limit}[random.IntN(3)] >> 20
	return server, fmt.Sprintf("%dMi", max(64, around+int64(random.IntN(5))-2))
}
