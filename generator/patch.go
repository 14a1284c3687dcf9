package generator

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/resid"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/spelling"
)

// misses are the patches, at a path of the stack, that change none of the
// objects. Kustomize passes over a target that selects nothing without a word,
// and names no line for a patch whose object there is not. built gives the
// objects after the first patches: one may change what a later one looks for.
func misses(at string, patches []v1alpha1.Patch, all []Object, built func(patches []v1alpha1.Patch) ([]Object, error)) error {
	var found problem.List
	var before []v1alpha1.Patch // that find their objects
	for i, p := range patches {
		missed := false
		for _, w := range wantedBy(p) {
			if w.selects(all) {
				continue
			}
			if len(before) > 0 {
				if now, err := built(before); err != nil || w.selects(now) {
					continue
				}
			}
			missed = true
			found = append(found, w.missed(fmt.Sprintf("%s[%d]", at, i), all))
		}
		if !missed {
			before = append(before, p)
		}
	}
	return found.Err()
}

// blame names the patch by which a build fails that works without it.
func blame(at string, patches []v1alpha1.Patch, failed error, built func(patches []v1alpha1.Patch) ([]Object, error)) error {
	for i := range patches {
		if _, err := built(patches[:i+1]); err != nil {
			return problem.List{{Severity: problem.Error, Path: fmt.Sprintf("%s[%d].patch", at, i), Message: fmt.Sprintf("kustomize cannot apply it: %v", err)}}.Err()
		}
	}
	return failed
}

// wanted is what a patch looks for among the objects.
type wanted struct {
	field    string // of the patch that says it
	criteria []criterion
}

// criterion is one field of it.
type criterion struct {
	name string // target.kind; or metadata.namespace, within the patch's text
	got  string
	of   func(Object) string
	fits func(Object) bool
}

// wantedBy is what a patch looks for: its target, or the object of each of its
// documents.
func wantedBy(p v1alpha1.Patch) []wanted {
	if p.Target != nil {
		return []wanted{byTarget(*p.Target)}
	}
	var all []wanted
	for d := yaml.NewDecoder(bytes.NewReader([]byte(p.Patch))); ; {
		var o Object
		err := d.Decode(&o)
		if err != nil {
			if !errors.Is(err, io.EOF) {
				return nil // kustomize says what is wrong with it
			}
			return all
		}
		if o != nil {
			all = append(all, byName(objects.RefOf(o)))
		}
	}
}

// byTarget selects as kustomize does: by anchored expressions.
func byTarget(t v1alpha1.PatchTarget) wanted {
	gvk := resid.Gvk{Group: t.Group, Version: t.Version, Kind: t.Kind}
	regex, err := types.NewSelectorRegex(&types.Selector{ResId: resid.ResId{Gvk: gvk, Name: t.Name, Namespace: t.Namespace}})
	if err != nil { // which validation has refused
		return wanted{}
	}
	only := func(gvk resid.Gvk) func(Object) bool {
		one, err := types.NewSelectorRegex(&types.Selector{ResId: resid.ResId{Gvk: gvk}})
		return func(o Object) bool { return err == nil && one.MatchGvk(idOf(o).Gvk) }
	}
	w := wanted{field: "target"}
	add := func(name, got string, of func(Object) string, fits func(Object) bool) {
		if got != "" {
			w.criteria = append(w.criteria, criterion{"target." + name, got, of, fits})
		}
	}
	add("group", t.Group, func(o Object) string { return idOf(o).Group }, only(resid.Gvk{Group: t.Group}))
	add("version", t.Version, func(o Object) string { return idOf(o).Version }, only(resid.Gvk{Version: t.Version}))
	add("kind", t.Kind, func(o Object) string { return idOf(o).Kind }, only(resid.Gvk{Kind: t.Kind}))
	add("name", t.Name, func(o Object) string { return idOf(o).Name }, func(o Object) bool { return regex.MatchName(idOf(o).Name) })
	add("namespace", t.Namespace, func(o Object) string { return idOf(o).Namespace }, func(o Object) bool {
		return regex.MatchNamespace(idOf(o).EffectiveNamespace())
	})
	add("labelSelector", t.LabelSelector, nil, selected(t.LabelSelector, "labels"))
	add("annotationSelector", t.AnnotationSelector, nil, selected(t.AnnotationSelector, "annotations"))
	return w
}

func selected(selector, in string) func(Object) bool {
	s, err := labels.Parse(selector)
	return func(o Object) bool {
		set := labels.Set{}
		for key, value := range objects.Child(o, "metadata", in) {
			set[key], _ = value.(string)
		}
		return err == nil && s.Matches(set)
	}
}

// byName is the one object that a strategic merge patch names.
func byName(ref objects.Ref) wanted {
	id := resid.NewResIdWithNamespace(resid.GvkFromString(""), ref.Name, ref.Namespace)
	id.Gvk = gvkOf(ref)
	return wanted{field: "patch", criteria: []criterion{
		{"apiVersion", ref.APIVersion, func(o Object) string { return objects.RefOf(o).APIVersion }, func(o Object) bool { return objects.RefOf(o).APIVersion == ref.APIVersion }},
		{"kind", ref.Kind, func(o Object) string { return objects.RefOf(o).Kind }, func(o Object) bool { return objects.RefOf(o).Kind == ref.Kind }},
		{"metadata.name", ref.Name, func(o Object) string { return objects.RefOf(o).Name }, func(o Object) bool { return objects.RefOf(o).Name == ref.Name }},
		{"metadata.namespace", ref.Namespace, func(o Object) string { return objects.RefOf(o).Namespace }, func(o Object) bool { return idOf(o).IsNsEquals(id) || idOf(o).IsClusterScoped() }},
	}}
}

func idOf(o Object) resid.ResId {
	ref := objects.RefOf(o)
	return resid.NewResIdWithNamespace(gvkOf(ref), ref.Name, ref.Namespace)
}

func gvkOf(ref objects.Ref) resid.Gvk {
	return resid.NewGvk(ref.Group(), ref.APIVersion[strings.Index(ref.APIVersion, "/")+1:], ref.Kind)
}

func (w wanted) selects(all []Object) bool { return len(w.without("", all)) > 0 }

// without are the objects that fit all criteria but one.
func (w wanted) without(name string, all []Object) []Object {
	var fit []Object
	for _, o := range all {
		if !slices.ContainsFunc(w.criteria, func(c criterion) bool { return c.name != name && !c.fits(o) }) {
			fit = append(fit, o)
		}
	}
	return fit
}

// missed says which of the criteria no object fits, or that all of them together
// fit none.
func (w wanted) missed(at string, all []Object) problem.Problem {
	p := problem.Problem{Severity: problem.Error, Path: at + "." + w.field}
	for _, c := range w.criteria {
		near := w.without(c.name, all)
		if len(near) == 0 || c.of == nil {
			continue
		}
		values := valuesOf(near, c.of)
		if strings.HasPrefix(c.name, w.field) {
			p.Path = at + "." + c.name
			p.Message = fmt.Sprintf("got %q, which selects nothing: there is %s", c.got, spelling.List(values))
			p.Fix = spelling.Suggest(c.got, values)
			return p
		}
		p.Message = fmt.Sprintf("its %s is %q, and there is no such object: there is %s", c.name, c.got, spelling.List(refs(near)))
		if c.got == "" {
			p.Message = fmt.Sprintf("it has no %s, and there is no such object: there is %s", c.name, spelling.List(refs(near)))
		}
		want := spelling.Nearest(c.got, values)
		if len(values) == 1 {
			want = values[0]
		}
		switch {
		case want != "":
			p.Fix = fmt.Sprintf("write %s: %s", c.name[strings.LastIndex(c.name, ".")+1:], want)
			if strings.HasPrefix(c.name, "metadata.") {
				p.Fix += " in its metadata"
			}
		case len(values) == 1: // as the object is written, the base brings the namespace
			p.Fix = "leave its " + c.name + " out"
		}
		return p
	}
	p.Message = "selects nothing: there are " + spelling.List(refs(all))
	if w.field == "patch" {
		p.Message = "is for an object that there is not: there are " + spelling.List(refs(all))
	}
	return p
}

func valuesOf(all []Object, of func(Object) string) []string {
	var values []string
	for _, o := range all {
		values = append(values, of(o))
	}
	slices.Sort(values)
	return slices.Compact(values)
}

func refs(all []Object) []string {
	return valuesOf(all, func(o Object) string { return objects.RefOf(o).String() })
}
