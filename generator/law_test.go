package generator_test

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/generator/randomstack"
	"github.com/hearth-dev/hearth/generator/spec"
)

var (
	seed   = flag.Uint64("seed", 0, "the first random stack of TestLawOverRandomStacks")
	stacks = flag.Int("stacks", 0, "the number of random stacks to build; 0 is as many as it takes to go over every field")
)

// The law: building overlays/X with kustomize gives exactly the objects of the
// merged spec, lists in their order, with nothing empty left over.
func TestLawOverTheCommittedStack(t *testing.T) {
	data, err := os.ReadFile("../stack.yaml")
	if err != nil {
		t.Fatal(err)
	}
	law(t, data)
}

// TestLawOverRandomStacks draws stacks until every field of the spec was set in
// a base, overridden in an overlay and nulled, and builds as many of them as
// that takes. With -stacks it builds all of so many, from -seed on.
func TestLawOverRandomStacks(t *testing.T) {
	drawn := drawnStacks(t)
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
		stack, problems := generator.Parse("stack.yaml", d.text)
		if stack == nil {
			t.Logf("stack %d is refused:\n%v", s, problems.Err())
			continue
		}
		d.overlays = len(stack.Spec.Overlays)
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

// law holds every base and overlay of a stack to it.
func law(t *testing.T, data []byte) {
	stack, problems := generator.Parse("stack.yaml", data)
	if stack == nil {
		t.Fatal(problems.Err())
	}
	mergedAsWritten(t, data, stack)
	files, err := generator.Generate(stack, generator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range stack.Spec.Bases {
		b := &stack.Spec.Bases[i]
		check(t, files, "bases/"+b.Name, expectedBase(t, stack.Metadata.Name, *b))
	}
	for i := range stack.Spec.Overlays {
		o := &stack.Spec.Overlays[i]
		want := expectedOverlay(t, stack.Metadata.Name, o)
		check(t, files, "overlays/"+o.Name, want)
		flat(t, stack, o.Name, want)
	}
}

func check(t *testing.T, files []generator.File, folder string, want objects) {
	t.Helper()
	got, err := build(files, folder)
	if err != nil {
		t.Errorf("%s: %v", folder, err)
		return
	}
	same(t, folder, want, got)
}

// flat holds Merged to what the overlay builds to.
func flat(t *testing.T, stack *generator.Stack, overlay string, want objects) {
	t.Helper()
	merged, err := generator.Merged(stack, overlay)
	if err != nil {
		t.Errorf("Merged(%s): %v", overlay, err)
		return
	}
	got := objects{}
	for _, o := range merged {
		got[id(o)] = exact(t, o)
	}
	same(t, "Merged("+overlay+")", want, got)
}

// exact is the object as build returns it, its numbers as json.Number.
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

// expectedOverlay is what an overlay has to build to, by another way than the
// generator's: no base, no difference, but the objects of each merged base, with
// the overlay's resources and patches over all of them.
func expectedOverlay(t *testing.T, stack string, o *spec.Overlay) objects {
	t.Helper()
	all := objects{}
	for _, b := range o.Bases {
		b.CreateNamespace = createsNamespace(o, b)
		maps.Copy(all, expectedBase(t, stack, b))
	}
	return kustomized(t, "", slices.Collect(maps.Values(all)), o.Resources, o.Patches)
}

// createsNamespace tells the base that brings its namespace's object: the first
// that says so or, where the overlay spans several namespaces, the first of all
// in that namespace.
func createsNamespace(o *spec.Overlay, b spec.Base) bool {
	creator := ""
	several := false
	for _, other := range o.Bases {
		several = several || other.Namespace != b.Namespace
	}
	for _, other := range o.Bases {
		if creator == "" && other.Namespace == b.Namespace && other.CreateNamespace {
			creator = other.Name
		}
	}
	for _, other := range o.Bases {
		if creator == "" && other.Namespace == b.Namespace && several {
			creator = other.Name
		}
	}
	return creator == b.Name
}

func expectedBase(t *testing.T, stack string, b spec.Base) objects {
	t.Helper()
	generated, err := generator.Objects(stack, &b)
	if err != nil {
		t.Fatal(err)
	}
	return kustomized(t, b.Namespace, generated, b.Resources, b.Patches)
}

// kustomized are objects with the person's resources and patches, where there
// are any by a kustomization of their own.
func kustomized(t *testing.T, namespace string, generated []generator.Object, resources []spec.Object, patches []spec.Patch) objects {
	t.Helper()
	out := objects{}
	if len(resources)+len(patches) == 0 {
		for _, o := range generated {
			out[id(o)] = exact(t, o)
		}
		return out
	}
	k := map[string]any{"patches": patches}
	if namespace != "" {
		k["namespace"] = namespace
	}
	var names []string
	var files []generator.File
	for _, r := range resources {
		generated = append(generated, generator.Object(r))
	}
	for i, o := range generated {
		names = append(names, fmt.Sprintf("%d.yaml", i))
		files = append(files, yamlOf(t, names[i], o))
	}
	k["resources"] = names
	built, err := build(append(files, yamlOf(t, "kustomization.yaml", k)), ".")
	if err != nil {
		t.Fatal(err)
	}
	return built
}

// mergedAsWritten holds the merged bases of the overlays to RFC 7386, applied
// here to the YAML: each must be what Parse makes of the merged text alone.
func mergedAsWritten(t *testing.T, data []byte, stack *generator.Stack) {
	t.Helper()
	root := document(t, data)
	bases := map[string]*yaml.Node{}
	for _, b := range get(root, "spec", "bases").Content {
		bases[get(b, "name").Value] = b
	}
	overlays := get(root, "spec", "overlays")
	if overlays == nil {
		return
	}
	for i, o := range overlays.Content {
		for j, entry := range get(o, "bases").Content {
			name := get(entry, "name").Value
			alone := mapping("apiVersion", scalar(spec.APIVersion), "kind", scalar(spec.Kind),
				"metadata", get(root, "metadata"),
				"spec", mapping("bases", &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{mergePatched(bases[name], entry)}}))
			want, problems := generator.Parse("merged.yaml", text(t, alone))
			if want == nil {
				t.Errorf("overlay %d, base %s, merged by RFC 7386, is refused: %v\n%s", i, name, problems.Err(), text(t, alone))
				continue
			}
			if diff := gocmp.Diff(want.Spec.Bases[0], stack.Spec.Overlays[i].Bases[j]); diff != "" {
				t.Errorf("overlay %d, base %s (-RFC 7386 +Parse):\n%s", i, name, diff)
			}
		}
	}
}

// mergePatched is RFC 7386, section 2, on YAML.
func mergePatched(target, patch *yaml.Node) *yaml.Node {
	if patch.Kind != yaml.MappingNode {
		return patch
	}
	out := &yaml.Node{Kind: yaml.MappingNode}
	if target != nil && target.Kind == yaml.MappingNode {
		for i := 0; i < len(target.Content); i += 2 {
			if get(patch, target.Content[i].Value) == nil {
				out.Content = append(out.Content, target.Content[i:i+2]...)
			}
		}
	}
	for i := 0; i < len(patch.Content); i += 2 {
		key, value := patch.Content[i], patch.Content[i+1]
		if value.ShortTag() != "!!null" {
			out.Content = append(out.Content, key, mergePatched(get(target, key.Value), value))
		}
	}
	return out
}
