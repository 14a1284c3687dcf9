package randomstack

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/generator"
)

// TestDraw draws a stack about each field, and then more about those that are
// left, until every field of the spec was set in a base, overridden in an
// overlay and nulled there. Each that is refused says that the rules of the
// fields have changed and repair has not.
func TestDraw(t *testing.T) {
	const rounds = 200
	var coverage Coverage
	drawn, refused, warned := 0, 0, 0
	left := coverage.Missing()
	for seed := range rounds * uint64(len(leaves())) {
		if seed > 0 && seed%uint64(len(leaves())) == 0 {
			if left = coverage.Missing(); len(left) == 0 {
				break
			}
		}
		if !slices.ContainsFunc(left, func(what string) bool {
			path, _, _ := strings.Cut(what, " ")
			return path == focus(seed) || around(path, focus(seed))
		}) {
			continue
		}
		drawn++
		text := Draw(seed)
		stack, problems := generator.Load("hearth.yaml", text)
		if stack == nil {
			refused++
			t.Logf("stack %d:\n%v", seed, problems.Err())
			continue
		}
		if len(problems) > 0 {
			warned++
		}
		if err := coverage.Add(text); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d drawn, %d with warnings, for %d fields", drawn, warned, Fields())
	for _, missing := range coverage.Missing() {
		t.Errorf("%s in %d random stacks: give it a rule", missing, drawn)
	}
	if refused*50 > drawn {
		t.Errorf("%d of %d drawn stacks are refused: what are the fields' rules?", refused, drawn)
	}
}

func TestEqualSeedsGiveEqualText(t *testing.T) {
	for seed := range uint64(20) {
		if a, b := Draw(seed), Draw(seed); !bytes.Equal(a, b) {
			t.Errorf("seed %d gives\n%s\nand\n%s", seed, a, b)
		}
	}
	if bytes.Equal(Draw(1), Draw(2)) {
		t.Error("seeds 1 and 2 give the same stack")
	}
}

// The field that somebody adds to the spec tomorrow.
func TestAFieldWithoutARuleIsNoticed(t *testing.T) {
	defer func() {
		if message, _ := recover().(string); !strings.Contains(message, "no rule for the values of base.ollama.motto") {
			t.Errorf("drawing a field without a rule: panic %q", message)
		}
	}()
	d := &drawing{Rand: rand.New(rand.NewPCG(1, 1)), density: 1}
	d.fields("base.ollama", reflect.TypeFor[struct {
		Motto string `json:"motto,omitempty"`
	}]())
}

func TestCoverageNamesWhatIsMissing(t *testing.T) {
	var coverage Coverage
	stack := []byte(`
spec:
  bases:
  - name: ai
    ollama: {models: [a], keepAlive: 5m, env: {TZ: UTC, HOME: /}}
  overlays:
  - name: x
    bases:
    - name: ai
      proxy: null
      ollama: {models: [b], keepAlive: null, numParallel: 2, env: {TZ: null, LANG: C}}
`)
	if err := coverage.Add(stack); err != nil {
		t.Fatal(err)
	}
	missing := coverage.Missing()
	for line, want := range map[string]bool{
		"base.ollama.models never set":                      false,
		"base.ollama.models never overridden":               false,
		"base.ollama.models never nulled":                   true,
		"base.ollama.keepAlive never nulled":                false,
		"base.ollama.numParallel never set":                 true, // in an overlay only
		"base.ollama.numParallel never overridden":          true,
		"base.ollama.env{} never nulled":                    false,
		"base.ollama.env{} never overridden":                true, // an overlay's own is no override
		"base.proxy never nulled":                           true, // there was none
		"base.expose.tls.certManager.issuer.name never set": true,
		"fleet.targets[].clusterName never set":             true,
		"overlay.patches[].target.kind never set":           true,
		"base.patches[].target.kind never nulled":           true,
		"base.namespace never overridden":                   false, // cannot be
		"fleet.correctDrift.enabled never nulled":           false, // required
		"fleet.correctDrift.enabled never set":              true,
		"overlay.patches[].patch never overridden":          false, // there is nothing to override
	} {
		if slices.Contains(missing, line) != want {
			t.Errorf("Missing() holds %q: %t, want %t", line, !want, want)
		}
	}
}
