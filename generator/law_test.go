package generator_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/testing/sample"
)

// The law: building overlays/X with kustomize gives exactly the objects of the
// merged spec, lists equal in order where order means something and as sets
// where it does not, with nothing empty left over.
func TestLawOverTheCommittedStack(t *testing.T) {
	data, err := os.ReadFile("../hearth.yaml")
	if err != nil {
		t.Fatal(err)
	}
	law(t, data)
}

// TestLawOverRandomStacks builds the fewest random stacks that together do to
// fields of the spec what all of a sample do. A large sample goes over every
// field: set in a base, overridden in an overlay and nulled there.
func TestLawOverRandomStacks(t *testing.T) {
	drawn := fewest(draw(t, sample.Size(10, 1500)))
	slots := make(chan bool, runtime.GOMAXPROCS(0))
	var run sync.WaitGroup
	overlays := 0
	for _, d := range drawn {
		overlays += d.overlays
		slots <- true
		run.Go(func() {
			defer func() { <-slots }()
			t.Run(fmt.Sprint(d.seed), func(t *testing.T) {
				law(t, d.text)
				if t.Failed() {
					t.Logf("the stack:\n%s", d.text)
				}
			})
		})
	}
	run.Wait()
	t.Logf("%d random stacks with %d overlays were built", len(drawn), overlays)
}

// A person's patch makes one variable hold another's value: the difference below it
// keeps the order of all.
func TestLawOverVariablesThatRefer(t *testing.T) {
	law(t, []byte(`apiVersion: hearth.dev/v1alpha1
kind: Stack
metadata: {name: refers}
spec:
  bases:
    - {name: ai, namespace: ai, ollama: {models: ["llama3.2:3b"]}, openWebUI: {signUp: closed}, proxy: {https: "http://proxy.example.org"},
       expose: {type: traefik, host: old.lan, audience: private, tls: {type: none}}}
  overlays:
    - name: public
      bases:
        - name: ai
          expose: {type: traefik, host: chat.example.org, tls: {type: certResolver, certResolver: le}}
          proxy: {http: http://proxy.example.org}
      patches:
        - target: {kind: StatefulSet, name: open-webui}
          patch: |
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: open-webui}
            spec: {template: {spec: {containers: [{name: open-webui, env: [{name: MY_URL, value: "$(WEBUI_URL)/x"}]}]}}}
`))
}

// Clusters of a template are held to it where there are many: some of them, as
// overlays and as bundles in folders of their own.
func TestLawOverManyClusters(t *testing.T) {
	n := sample.Size(40, 200)
	var items strings.Builder
	for i := range n {
		fmt.Fprintf(&items, "        - {name: shop-%d, clusterName: cluster-%d, overrides: {ai: {labels: {shop: shop-%d}, ollama: {keepAlive: %dm, env: {OLLAMA_ORIGINS: \"https://%d.lan\"}}}}}\n", i, i, i, i%50+1, i)
	}
	stack, problems := generator.Load("hearth.yaml", []byte(`apiVersion: hearth.dev/v1alpha1
kind: Stack
metadata: {name: shops}
spec:
  bases:
    - {name: ai, namespace: ai, ollama: {models: ["llama3.2:3b"]}}
  fleet: {bundles: perOverlay}
  overlays:
    - name: shops
      bases: [{name: ai, labels: {team: shops}}]
      forEach:
        items:
`+items.String()))
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	files, problems := generator.Generate(stack)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	for _, i := range []int{0, n / 3, n - 2, n - 1} {
		o := &stack.Overlays[i]
		want := expectedOverlay(t, stack.Name, o)
		check(t, files, "overlays/"+o.Name, want)
		check(t, files, "fleet/"+o.Name+"/overlays/"+o.Name, want)
		flat(t, stack, o.Name, want)
	}
}

// law holds every base and overlay of a stack to it.
func law(t *testing.T, data []byte) {
	stack, problems := generator.Load("hearth.yaml", data)
	if stack == nil {
		t.Fatal(problems.Err())
	}
	mergedAsWritten(t, data, stack)
	files, problems := generator.Generate(stack)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	for i := range stack.Bases {
		b := &stack.Bases[i]
		want := expectedBase(t, stack.Name, *b)
		maps.DeleteFunc(want, func(_ string, o generator.Object) bool { return elsewhere(o, b.Namespace) }) // overlays bring it
		check(t, files, "bases/"+b.Name, want)
	}
	for i := range stack.Overlays {
		o := &stack.Overlays[i]
		want := expectedOverlay(t, stack.Name, o)
		check(t, files, "overlays/"+o.Name, want)
		flat(t, stack, o.Name, want)
	}
}

func check(t *testing.T, files []generator.File, folder string, want objects) {
	t.Helper()
	got, err := kustomize(files, folder)
	if err != nil {
		t.Errorf("%s: %v", folder, err)
		return
	}
	same(t, folder, want, got)
}

// flat holds Objects to what the overlay builds to.
func flat(t *testing.T, stack *v1alpha1.Resolved, overlay string, want objects) {
	t.Helper()
	merged, problems := generator.Objects(stack, overlay)
	if err := problems.Err(); err != nil {
		t.Errorf("Objects(%s): %v", overlay, err)
		return
	}
	got := objects{}
	for _, o := range merged {
		got[id(o)] = exact(t, o)
	}
	if len(got) != len(merged) {
		t.Errorf("Objects(%s) returns %d objects, %d different ones", overlay, len(merged), len(got))
	}
	same(t, "Objects("+overlay+")", want, got)
}

// exact is the object as kustomize returns it, its numbers as json.Number.
func exact(t *testing.T, o generator.Object) generator.Object {
	t.Helper()
	data, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	out, err := decoded(data)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
