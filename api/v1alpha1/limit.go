package v1alpha1

import (
	"fmt"
	"reflect"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/api/problem"
)

// What an overlay may have of each, or all bases together, if it has none of the
// others: what it has of all is added up. vet, which builds every overlay three
// times, then takes 1.6 s of one core of an AMD EPYC; two seconds are the most
// that it shall. What is in a base counts where it is declared, and again in every
// overlay of it.
const (
	// maxParts are programs and routes: 12 ms each.
	maxParts = 130
	// maxResources of people's: 1 ms each.
	maxResources = 1_600
	// maxTries of a patch on an object, of 60 values: 0.5 ms, and as much again for
	// every 25 patches before it, for they may all have been for the same object.
	// kustomize tries each patch on every object.
	maxTries = 2_800
	// maxValues in lists and mappings: 20 µs each.
	maxValues = 80_000
	// maxSquares of the lengths of lists and mappings, in which kustomize looks for
	// each element from the start: 0.8 s for a thousand variables.
	maxSquares = 1_400 * 1_400
	// inObject is how much faster it is in an object that no overlay changes.
	inObject = 16
)

// load is what a stack makes kustomize do.
type load struct{ parts, resources, tries, values, squares int }

// build counts a folder that kustomize builds: bases as they are declared, each
// with what an overlay overrides, and what the overlay adds.
func (l *load) build(bases []Base, overrides []Override, resources []Object, patches []Patch) {
	objects, tries := len(resources), 0
	for i, b := range bases {
		var o Override
		if i < len(overrides) {
			o = overrides[i]
		}
		parts := 0
		for name, declared := range map[string]bool{"ollama": b.Ollama != nil, "openWebUI": b.OpenWebUI != nil, "engine": b.Engine != nil, "expose": b.Expose != nil} {
			if _, overridden := o[name]; declared || overridden {
				parts++
			}
		}
		own := len(b.Resources)
		if list, ok := o["resources"].([]any); ok {
			own = len(list)
		}
		l.parts += parts
		l.resources += own
		objects += 5*parts + own
		tries += triesOf(b.Patches) * (5*parts + own)
		l.count(reflect.ValueOf(b))
		l.count(reflect.ValueOf(o))
	}
	l.resources += len(resources)
	l.tries += tries + triesOf(patches)*objects
	l.count(reflect.ValueOf(resources))
	l.count(reflect.ValueOf(patches))
}

// triesOf is how many tries on each object the patches are worth.
func triesOf(patches []Patch) int {
	n := 0
	for _, p := range patches {
		n += 1 + valuesOf(p)/60
	}
	return n + n*n/25
}

// valuesOf is about how many values there are in a patch's text.
func valuesOf(p Patch) int {
	n := 1
	for _, mark := range []string{",", "\n", "[", "{"} {
		n += strings.Count(p.Patch, mark)
	}
	return n
}

// count adds the values in a tree of Go's.
func (l *load) count(v reflect.Value) {
	n := 0
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			l.count(v.Elem())
		}
	case reflect.Struct:
		if p, ok := v.Interface().(Patch); ok {
			n = valuesOf(p)
			break
		}
		for i := range v.NumField() {
			if f := v.Field(i); v.Type().Field(i).IsExported() && !f.IsZero() {
				l.count(f)
			}
		}
	case reflect.Map:
		n = v.Len()
		in := l
		if v.Type() == reflect.TypeFor[Object]() {
			in = &load{}
		}
		for _, key := range v.MapKeys() {
			in.count(v.MapIndex(key))
		}
		if in != l {
			l.values, l.squares = l.values+in.values, l.squares+in.squares/inObject
		}
	case reflect.Slice:
		n = v.Len()
		for i := range n {
			l.count(v.Index(i))
		}
		if v.Type() == reflect.TypeFor[[]Object]() {
			return // the resources have a limit of their own
		}
	}
	l.values += n
	l.squares += n * n
}

// What all overlays of a stack may have. Each is built by itself, so that many are
// long work, and no work that cannot be done.
const (
	// maxOverlays of a stack.
	maxOverlays = 10_000
	// maxOverlayValues in lists and mappings of all overlays, each with its bases:
	// they are held in memory, 100 to 200 bytes each.
	maxOverlayValues = 4_000_000
)

// Limits reports what makes the stack too much to check and to build. It is to
// be asked before anything else.
func (s *Stack) Limits() problem.List {
	v := newValidator()
	shared := load{} // what is built, or looked at, once
	byName := map[string]Base{}
	for _, b := range s.Spec.Bases {
		shared.build([]Base{b}, nil, nil, nil)
		byName[b.Name] = b
	}
	for _, part := range []any{s.Spec.Exceptions, s.Spec.Catalog} {
		shared.count(reflect.ValueOf(part))
	}
	if f := s.Spec.Fleet; f != nil {
		rest := *f
		rest.Targets = nil // a fleet has as many as clusters
		shared.count(reflect.ValueOf(rest))
		for _, t := range f.Targets {
			shared.count(reflect.ValueOf(t))
		}
	}
	v.withinLimits(field.NewPath("spec"), "make several stacks of it, each in a folder of its own", shared)
	if len(*v.problems) == 0 { // else the overlays have it too
		s.fleetLimits(v, byName)
	}
	return v.problems.Sorted()
}

// fleetLimits checks the overlays, each by itself, and how many there are.
func (s *Stack) fleetLimits(v validator, bases map[string]Base) {
	const fix = "make several stacks of it, each in a folder of its own"
	overlays := field.NewPath("spec", "overlays")
	if n := len(s.Spec.Overlays); n > maxOverlays {
		v.errorf(overlays, fix, "%d overlays, and at most %d are built", n, maxOverlays)
		return
	}
	if n := s.targets(); n > 2*maxOverlays {
		v.errorf(field.NewPath("spec", "fleet", "targets"), fix, "%d targets, and at most %d are looked at", n, 2*maxOverlays)
		return
	}
	values := 0
	for i, o := range s.Spec.Overlays {
		l := load{}
		of := make([]Base, len(o.Bases))
		for j, override := range o.Bases {
			of[j] = bases[override.Name()]
		}
		l.build(of, o.Bases, o.Resources, o.Patches)
		l.count(reflect.ValueOf(o.About))
		v.withinLimits(overlays.Index(i), "make several overlays of it", l)
		if values += l.values; values > maxOverlayValues {
			v.errorf(overlays, fix, "the first %d have %d values, each with its bases, and at most %d are held in memory", i+1, values, maxOverlayValues)
		}
		if len(*v.problems) > 0 { // they may all inherit it
			return
		}
	}
}

func (s *Stack) targets() int {
	if s.Spec.Fleet == nil {
		return 0
	}
	return len(s.Spec.Fleet.Targets)
}

// withinLimits checks what is built, or looked at, in one go.
func (v validator) withinLimits(at *field.Path, fix string, l load) {
	sum, what := 0, []string{}
	for _, one := range []struct {
		what      string
		got, most int
	}{
		{"programs and routes", l.parts, maxParts},
		{"resources", l.resources, maxResources},
		{"tries of a patch on an object", l.tries, maxTries},
		{"values", l.values, maxValues},
		{"squares of lengths of lists and mappings", l.squares, maxSquares},
	} {
		share := 100 * one.got / one.most
		if sum += share; share > 0 {
			what = append(what, fmt.Sprintf("%d %s are %d%%", one.got, one.what, share))
		}
	}
	if sum > 100 {
		v.errorf(at, fix, "%s of what is built within two seconds: with what its bases have, %s", fmt.Sprint(sum, "%"), strings.Join(what, ", "))
	}
}
