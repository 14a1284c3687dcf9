package generator_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/generator/randomstack"
	"github.com/hearth-dev/hearth/generator/spec"
)

var (
	seed   = flag.Uint64("seed", 0, "the first random stack of TestLawOverRandomStacks")
	stacks = flag.Int("stacks", 0, "the number of random stacks to build; 0 is as many as go over every field")
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
// a base, overridden in an overlay and nulled, and builds those that bring
// something new. With -stacks it builds all of so many, from -seed on.
func TestLawOverRandomStacks(t *testing.T) {
	if testing.Short() && *stacks == 0 {
		*stacks = 10
	}
	const most = 4000 // of the drawn, before a field counts as forgotten
	var coverage randomstack.Coverage
	var run sync.WaitGroup
	slots := make(chan bool, runtime.GOMAXPROCS(0))
	drawn, built, rejected, overlays := 0, 0, 0, 0
	for n := *seed; ; n++ {
		before := len(coverage.Missing())
		if *stacks > 0 && drawn == *stacks || *stacks == 0 && (before == 0 || drawn == most) {
			break
		}
		text := randomstack.Draw(n)
		drawn++
		stack, problems := generator.Parse("stack.yaml", text)
		if stack == nil {
			rejected++
			t.Logf("stack %d is refused:\n%v", n, problems.Err())
			continue
		}
		if err := coverage.Add(text); err != nil {
			t.Fatal(err)
		}
		if *stacks == 0 && len(coverage.Missing()) == before {
			continue
		}
		built++
		overlays += len(stack.Spec.Overlays)
		slots <- true
		run.Go(func() {
			defer func() { <-slots }()
			t.Run(fmt.Sprint(n), func(t *testing.T) {
				law(t, text)
				if t.Failed() {
					t.Logf("the stack:\n%s", text)
				}
			})
		})
	}
	run.Wait()
	t.Logf("%d fields; %d stacks drawn, %d refused, %d built with %d overlays", randomstack.Fields(), drawn, rejected, built, overlays)
	if rejected*50 > drawn {
		t.Errorf("%d of %d random stacks are refused: what are the fields' rules?", rejected, drawn)
	}
	for _, missing := range coverage.Missing() {
		if *stacks == 0 {
			t.Errorf("%s in %d random stacks: give it a rule in package randomstack", missing, drawn)
		}
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
			if diff := cmp.Diff(want.Spec.Bases[0], stack.Spec.Overlays[i].Bases[j]); diff != "" {
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
