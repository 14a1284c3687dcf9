package diff_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/diff"
	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/testing/randomstack"
	"github.com/hearth-dev/hearth/internal/upgrade"
)

// service is one of that name.
func service(namespace, name, port string) objects.Object {
	return objects.Object{
		"apiVersion": "v1", "kind": "Service", "metadata": map[string]any{"namespace": namespace, "name": name},
		"spec": map[string]any{"ports": []any{map[string]any{"port": port}}},
	}
}

func claim(namespace, name string) objects.Object {
	return objects.Object{"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": map[string]any{"namespace": namespace, "name": name}}
}

func TestOverlays(t *testing.T) {
	a, b, c := service("ai", "a", "1"), service("ai", "b", "1"), service("ai", "c", "1")
	for name, test := range map[string]struct {
		old, new diff.Tree
		renamed  map[string]upgrade.Pair
		want     []string
	}{
		"same": {
			diff.Tree{"overlays/lab": {Objects: []objects.Object{a, b}}}, diff.Tree{"overlays/lab": {Objects: []objects.Object{b, a}}}, nil,
			[]string{"lab unchanged"},
		},
		"changed": {
			diff.Tree{"overlays/lab": {Objects: []objects.Object{a, b}}}, diff.Tree{"overlays/lab": {Objects: []objects.Object{service("ai", "a", "2"), c}}}, nil,
			[]string{"lab changed", "Service/ai/a changed", "Service/ai/b deleted", "Service/ai/c created"},
		},
		"added and removed": {
			diff.Tree{"overlays/old": {Objects: []objects.Object{a, b}}}, diff.Tree{"overlays/new": {Objects: []objects.Object{b, c}}}, nil,
			[]string{"new created [overlay note]", "Service/ai/b created", "Service/ai/c created", "old deleted [overlay data]", "Service/ai/a deleted", "Service/ai/b deleted"},
		},
		"renamed": {
			diff.Tree{"overlays/old": {Objects: []objects.Object{a, b}}, "overlays/other": {Objects: []objects.Object{a, b}}}, diff.Tree{"overlays/new": {Objects: []objects.Object{a, b, c}}, "overlays/other": {Objects: []objects.Object{a, b}}},
			map[string]upgrade.Pair{"overlays/new": {Old: "overlays/old", New: "overlays/new"}},
			[]string{"new renamed from old [overlay note]", "Service/ai/c created", "other unchanged"},
		},
		"taken for renamed": {
			diff.Tree{"bases/old": {Objects: []objects.Object{a}}}, diff.Tree{"overlays/new": {Objects: []objects.Object{a}}},
			map[string]upgrade.Pair{"overlays/new": {Old: "bases/old", New: "overlays/new", Guess: true}},
			[]string{"new renamed from bases/old [overlay note] [overlay note]"},
		},
		"namespace": {
			diff.Tree{"overlays/lab": {Objects: []objects.Object{a, claim("ai", "v")}}}, diff.Tree{"overlays/lab": {Objects: []objects.Object{service("chat", "a", "1"), claim("chat", "v")}}}, nil,
			[]string{"lab changed [namespace data]", "PersistentVolumeClaim/ai/v deleted", "Service/ai/a deleted", "PersistentVolumeClaim/chat/v created", "Service/chat/a created"},
		},
		"does not build": {
			diff.Tree{"overlays/lab": {Err: errors.New("no such file")}}, diff.Tree{"overlays/lab": {Objects: []objects.Object{a}}}, nil,
			[]string{"lab changed: no such file"},
		},
		"gone without having built": {
			diff.Tree{"overlays/lab": {Err: errors.New("no such file")}}, diff.Tree{}, nil,
			[]string{"lab deleted [overlay data]: no such file"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, o := range diff.Overlays(test.old, test.new, test.renamed) {
				line := o.Name + " " + string(o.Op)
				if o.From != "" {
					line += " from " + o.From
				}
				for _, e := range o.Effects {
					line += fmt.Sprintf(" [%s %s]", e.Rule, e.Level)
				}
				if o.Unknown != "" {
					line += ": " + o.Unknown
				}
				got = append(got, line)
				for _, c := range o.Objects {
					got = append(got, fmt.Sprint(c.Object, " ", c.Op))
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Whatever two stacks are, each object that differs between their clusters is
// named with the fields that do, and nothing else is; a stack and itself do not
// differ.
func TestRandomStacks(t *testing.T) {
	seeds := uint64(8)
	if testing.Short() {
		seeds = 3
	}
	differ := 0
	var before diff.Tree
	for seed := range seeds {
		tree := drawn(t, seed)
		for _, o := range diff.Overlays(tree, drawn(t, seed), nil) {
			if o.Op != diff.Same || len(o.Objects) > 0 || len(o.Effects) > 0 {
				t.Errorf("seed %d: %s differs from itself: %+v", seed, o.Name, o)
			}
		}
		// The overlays of a stack differ in single fields, those of two in whole objects.
		for name, old := range tree {
			for other, new := range tree {
				differ += holds(t, fmt.Sprintf("seed %d, %s to %s", seed, name, other), old.Objects, new.Objects)
			}
			for other, new := range before {
				differ += holds(t, fmt.Sprintf("seed %d, %s to %s of the one before", seed, name, other), old.Objects, new.Objects)
			}
		}
		before = tree
	}
	if differ < 100 && !testing.Short() {
		t.Errorf("%d objects differed, want 100 at least", differ)
	}
}

func drawn(t *testing.T, seed uint64) diff.Tree {
	t.Helper()
	stack, problems := generator.Load("hearth.yaml", randomstack.Draw(seed))
	if stack == nil {
		t.Fatalf("seed %d: %v", seed, problems)
	}
	files, err := generator.GenerateUnchecked(stack)
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	_, tree := diff.Built(upgrade.Between(nil, files))
	for name, built := range tree {
		if built.Err != nil {
			t.Fatalf("seed %d: %s: %v", seed, name, built.Err)
		}
	}
	return tree
}

// holds compares with what a reader of both lists would find, and counts it.
func holds(t *testing.T, what string, old, new []objects.Object) int {
	t.Helper()
	at := func(list []objects.Object) map[string]objects.Object {
		all := map[string]objects.Object{}
		for _, o := range list {
			r := objects.RefOf(o)
			all[r.Group()+" "+r.String()] = o
		}
		return all
	}
	before, after, want := at(old), at(new), map[string]diff.Op{}
	for name, o := range before {
		switch n := after[name]; {
		case n == nil:
			want[name] = diff.Deleted
		case !reflect.DeepEqual(o, n):
			want[name] = diff.Changed
		}
	}
	for name := range after {
		if before[name] == nil {
			want[name] = diff.Created
		}
	}
	got := map[string]diff.Op{}
	for _, c := range diff.Objects(old, new) {
		got[c.Object.Group()+" "+c.Object.String()] = c.Op
		if len(c.Effects) == 0 || (c.Op == diff.Changed) != (len(c.Fields) > 0) || !strings.Contains(c.Diff, "\n@@ ") {
			t.Errorf("%s: %s %s: %d effects, %d fields, diff %q", what, c.Object, c.Op, len(c.Effects), len(c.Fields), c.Diff)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
	return len(want)
}

// What fleet.yaml changes is said, though no object differs.
func TestFleet(t *testing.T) {
	const stack = `apiVersion: hearth.dev/v1alpha1
kind: Stack
metadata: {name: lab}
spec:
  bases: [{name: ollama, namespace: ollama, ollama: {models: ["llama3.2:3b"]}}]
  overlays: [{name: a, bases: [{name: ollama}]}, {name: b, bases: [{name: ollama}]}]
  fleet: {targets: [{overlay: a, clusterName: one}, {overlay: b, clusterName: two}]}
`
	old := tree(t, stack)
	for name, test := range map[string]struct{ from, to, want string }{
		"same":    {"", "", ""},
		"target":  {"{overlay: a, clusterName: one}", "{overlay: b, clusterName: one}", "a: clusters that fleet.yaml gave this get overlays/b instead\n"},
		"release": {"name: lab}", "name: home}", "a: Fleet's Helm release lab in namespace ollama becomes home in namespace ollama: what the old one made is deleted and made anew, except what it is told to keep\nb: Fleet's Helm release lab in namespace ollama becomes home in namespace ollama: what the old one made is deleted and made anew, except what it is told to keep\n"},
	} {
		var got strings.Builder
		for _, o := range diff.Files(old, generate(t, strings.Replace(stack, test.from, test.to, 1))) {
			for _, e := range o.Effects {
				fmt.Fprintf(&got, "%s: %s\n", o.Name, e.Text)
			}
			if (o.Op == diff.Same) != (len(o.Effects)+len(o.Objects) == 0) {
				t.Errorf("%s: %s is %s with %d effects and %d objects", name, o.Name, o.Op, len(o.Effects), len(o.Objects))
			}
		}
		if diff := cmp.Diff(test.want, got.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func generate(t *testing.T, stack string) []generator.File {
	t.Helper()
	loaded, problems := generator.Load("hearth.yaml", []byte(stack))
	if loaded == nil {
		t.Fatal(problems)
	}
	files, problems := generator.Generate(loaded)
	if files == nil {
		t.Fatal(problems)
	}
	return files
}

func tree(t *testing.T, stack string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for _, f := range generate(t, stack) {
		all[f.Path] = f.Data
	}
	return all
}

// An overlay with another name is the one of old if Fleet's targets, its objects,
// or at least their names say so.
func TestRenamed(t *testing.T) {
	const stack = `apiVersion: hearth.dev/v1alpha1
kind: Stack
metadata: {name: lab}
spec:
  bases: [{name: ollama, namespace: ollama, ollama: {models: ["llama3.2:3b"]}}]
  overlays: [{name: a, bases: [{name: ollama}]}]
`
	const targets = "  fleet: {targets: [{overlay: a, clusterName: one}]}\n"
	two := strings.Replace(stack, "overlays: [", "overlays: [{name: b, bases: [{name: ollama}]}, ", 1)
	for name, test := range map[string]struct {
		old  string
		edit []string
		want []string
	}{
		"by objects":         {stack, []string{"name: a,", "name: home,"}, []string{"home renamed a", "overlays/a becomes overlays/home"}},
		"moved, by Fleet":    {stack + targets, []string{"name: a,", "name: home,", "overlay: a,", "overlay: home,", "namespace: ollama", "namespace: ai"}, []string{"home renamed a", "overlays/a becomes overlays/home", "the namespace ollama becomes ai", "Fleet's Helm release lab in namespace ollama becomes lab in namespace ai"}},
		"moved, by names":    {stack, []string{"name: a,", "name: home,", "namespace: ollama", "namespace: ai"}, []string{"home renamed a", "overlays/a becomes overlays/home, by a guess at its objects", "overlays/a becomes overlays/home", "the namespace ollama becomes ai"}},
		"two that are alike": {two, []string{"name: a,", "name: x,", "name: b,", "name: z,"}, []string{"x renamed a", "overlays/a becomes overlays/x, by a guess at its objects", "overlays/a becomes overlays/x", "z renamed b", "overlays/b becomes overlays/z, by a guess at its objects", "overlays/b becomes overlays/z"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, o := range diff.Files(tree(t, test.old), generate(t, strings.NewReplacer(test.edit...).Replace(test.old))) {
				got = append(got, fmt.Sprintf("%s %s %s", o.Name, o.Op, o.From))
				for _, e := range o.Effects {
					text, _, _ := strings.Cut(e.Text, ":")
					got = append(got, text)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
