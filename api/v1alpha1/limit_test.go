package v1alpha1_test

import (
	"cmp"
	"fmt"
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// A stack with an overlay, or bases, of more than vet can build in two seconds is
// refused before anything else is looked at, and one of more overlays than can be
// held; its twin of less is not.
func TestLimits(t *testing.T) {
	bases := func(n int) (out []v1alpha1.Base) {
		for i := range n {
			out = append(out, v1alpha1.Base{Name: fmt.Sprint("b", i), Ollama: &v1alpha1.Ollama{}})
		}
		return out
	}
	overlays := func(n int, of ...v1alpha1.Override) (out []v1alpha1.Overlay) {
		for i := range n {
			out = append(out, v1alpha1.Overlay{Name: fmt.Sprint("o", i), Bases: of})
		}
		return out
	}
	first := v1alpha1.Override{"name": "b0"}
	resources := func(n int) (out []v1alpha1.Object) {
		for i := range n {
			out = append(out, v1alpha1.Object{"kind": "ConfigMap", "metadata": map[string]any{"name": fmt.Sprint("c", i)}})
		}
		return out
	}
	patches := func(n, values int) (out []v1alpha1.Patch) {
		for range n {
			out = append(out, v1alpha1.Patch{Patch: strings.Repeat("a: b\n", values)})
		}
		return out
	}
	text := func(n int) map[string]any {
		m := map[string]any{}
		for i := range n {
			m[fmt.Sprint("k", i)] = "v"
		}
		return m
	}
	for name, c := range map[string]struct {
		spec func(n int) v1alpha1.Spec
		most int    // that passes
		at   string // "" is spec
		want string
	}{
		"bases": {func(n int) v1alpha1.Spec { return v1alpha1.Spec{Bases: bases(n)} }, 120, "", "programs and routes are"},
		"bases of an overlay": {func(n int) v1alpha1.Spec {
			all := make([]v1alpha1.Override, n)
			for i := range all {
				all[i] = v1alpha1.Override{"name": fmt.Sprint("b", i%10), "expose": map[string]any{}}
			}
			return v1alpha1.Spec{Bases: bases(10), Overlays: overlays(1, all...)}
		}, 60, "spec.overlays[0]", "programs and routes are"},
		"overlays": {func(n int) v1alpha1.Spec { return v1alpha1.Spec{Bases: bases(1), Overlays: overlays(n, first)} }, 10_000,
			"spec.overlays", "at most 10000 are built"},
		"values of overlays": {func(n int) v1alpha1.Spec {
			o := v1alpha1.Override{"name": "b0", "env": text(1000)}
			return v1alpha1.Spec{Bases: bases(1), Overlays: overlays(n, o)}
		}, 3900, "spec.overlays", "are held in memory"},
		"targets of a fleet": {func(n int) v1alpha1.Spec {
			return v1alpha1.Spec{Bases: bases(1), Fleet: &v1alpha1.Fleet{Targets: make([]v1alpha1.FleetTarget, n)}}
		}, 20_000, "spec.fleet.targets", "at most 20000 are looked at"},
		"resources of a base": {func(n int) v1alpha1.Spec {
			b := bases(1)
			b[0].Resources = resources(n)
			return v1alpha1.Spec{Bases: b, Overlays: overlays(1, first)}
		}, 1000, "", "resources are"},
		"resources of an overlay": {func(n int) v1alpha1.Spec {
			o := overlays(1, first)
			o[0].Resources = resources(n)
			return v1alpha1.Spec{Bases: bases(1), Overlays: o}
		}, 1000, "spec.overlays[0]", "resources are"},
		"patches of a base": {func(n int) v1alpha1.Spec {
			b := bases(1)
			b[0].Patches = patches(n, 5)
			return v1alpha1.Spec{Bases: b}
		}, 70, "", "tries of a patch"},
		"patches of an overlay": {func(n int) v1alpha1.Spec {
			o := overlays(1, first)
			o[0].Resources, o[0].Patches = resources(100), patches(n, 5)
			return v1alpha1.Spec{Bases: bases(1), Overlays: o}
		}, 12, "spec.overlays[0]", "tries of a patch"},
		"a long patch": {func(n int) v1alpha1.Spec {
			o := overlays(1, first)
			o[0].Resources, o[0].Patches = resources(50), patches(1, n)
			return v1alpha1.Spec{Bases: bases(1), Overlays: o}
		}, 900, "spec.overlays[0]", "tries of a patch"},
		"values": {func(n int) v1alpha1.Spec {
			o := overlays(1, first)
			for range n / 100 {
				o[0].Resources = append(o[0].Resources, v1alpha1.Object{"data": text(100)})
			}
			return v1alpha1.Spec{Bases: bases(1), Overlays: o}
		}, 30_000, "spec.overlays[0]", "values are"},
		"a long mapping": {func(n int) v1alpha1.Spec {
			b := bases(1)
			b[0].Labels = map[string]string{}
			for key := range text(n) {
				b[0].Labels[key] = "v"
			}
			return v1alpha1.Spec{Bases: b}
		}, 1300, "", "squares of lengths"},
		"a long mapping of an object": {func(n int) v1alpha1.Spec {
			o := overlays(1, first)
			o[0].Resources = []v1alpha1.Object{{"data": text(n)}}
			return v1alpha1.Spec{Bases: bases(1), Overlays: o}
		}, 5000, "spec.overlays[0]", "squares of lengths"},
		"exceptions": {func(n int) v1alpha1.Spec {
			return v1alpha1.Spec{Bases: bases(1), Exceptions: make([]v1alpha1.Exception, n)}
		}, 1300, "", "squares of lengths"},
	} {
		t.Run(name, func(t *testing.T) {
			if found := (&v1alpha1.Stack{Spec: c.spec(c.most)}).Limits(); found != nil {
				t.Errorf("%d: got %v", c.most, found)
			}
			found := (&v1alpha1.Stack{Spec: c.spec(2 * c.most)}).Limits()
			if len(found) != 1 || found[0].Path != cmp.Or(c.at, "spec") || !strings.Contains(found[0].Message, c.want) {
				t.Errorf("%d: got %v, want that %s too much", 2*c.most, found, c.want)
			}
		})
	}
}
