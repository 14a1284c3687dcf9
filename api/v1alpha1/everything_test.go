package v1alpha1_test

import (
	"bytes"
	"github.com/hearth-dev/hearth/generator"
	"maps"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	corev1 "k8s.io/api/core/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/document"
)

type (
	object = map[string]any
	list   = []any
)

// field is a field of the Stack's types, at one place of testdata/everything.yaml.
type field struct {
	pattern string // spec.bases[].ollama.models[]
	steps   list   // spec, bases, 0, ollama, models, 0
	tree    object // the whole file
}

// everyField finds every field of the Stack's types in testdata/everything.yaml,
// and fails if one is not there.
func everyField(t *testing.T) []field {
	t.Helper()
	data, err := os.ReadFile("testdata/everything.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if stack, problems := generator.Load("everything.yaml", data); stack == nil {
		t.Fatal(problems)
	}
	var tree object
	if err := yaml.Unmarshal(data, &tree); err != nil {
		t.Fatal(err)
	}
	s := survey{found: map[string]list{}}
	s.visit(reflect.TypeFor[v1alpha1.Stack](), tree, "", nil)
	var fields []field
	for _, pattern := range s.order[1:] { // the first is the file itself
		if strings.Contains(pattern, "openWebUI.storage.nfs") || strings.Contains(pattern, "openWebUI.storage.image") {
			continue // the chat's volume is none of these
		}
		if strings.Contains(pattern, "openWebUI.service.dangerouslyUnauthenticated") {
			continue // the chat signs people in
		}
		if strings.Contains(pattern, "engine.storage.backup") || inward(pattern) {
			continue // an engine's models are fetched again, and nobody comes from outside
		}
		if strings.HasSuffix(pattern, ".forEach.file") || strings.HasSuffix(pattern, ".overrides{}.name") {
			continue // a file of a stack alone is not read, and the key is the name
		}
		if s.found[pattern] == nil {
			t.Errorf("%s is not in testdata/everything.yaml", pattern)
			continue
		}
		fields = append(fields, field{pattern, s.found[pattern], tree})
	}
	return fields
}

// survey looks for each field that a type has in a tree.
type survey struct {
	order []string
	found map[string]list
}

// visit looks at the value of type t at steps; a nil value is one that is not
// there, but whose fields are to be found elsewhere.
func (s *survey) visit(t reflect.Type, value any, pattern string, steps list) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if !slices.Contains(s.order, pattern) {
		s.order = append(s.order, pattern)
	}
	if value != nil && s.found[pattern] == nil {
		s.found[pattern] = slices.Clone(steps)
	}
	switch t {
	case reflect.TypeFor[v1alpha1.Object](), reflect.TypeFor[corev1.Affinity]():
		return // Kubernetes' own
	case reflect.TypeFor[v1alpha1.Override]():
		o, _ := value.(object) // its other fields are a base's
		s.visit(reflect.TypeFor[string](), o["name"], pattern+".name", append(slices.Clip(steps), "name"))
		return
	}
	switch t.Kind() {
	case reflect.Struct:
		o, _ := value.(object)
		for _, f := range reflect.VisibleFields(t) {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "" {
				continue // embedded
			}
			s.visit(f.Type, o[name], strings.TrimPrefix(pattern+"."+name, "."), append(slices.Clip(steps), name))
		}
	case reflect.Slice:
		items, _ := value.(list)
		for i, item := range append(slices.Clip(items), nil) {
			s.visit(t.Elem(), item, pattern+"[]", append(slices.Clip(steps), i))
		}
	case reflect.Map:
		o, _ := value.(object)
		for _, key := range append(slices.Sorted(maps.Keys(o)), "") {
			s.visit(t.Elem(), o[key], pattern+"{}", append(slices.Clip(steps), key))
		}
	}
}

// ofBase reports whether the field is one of a base: which one, and the steps in it.
func (f field) ofBase() (index int, steps list, ok bool) {
	if len(f.steps) < 4 || f.steps[1] != "bases" {
		return 0, nil, false
	}
	return f.steps[2].(int), f.steps[3:], true
}

// with is a stack with another value for the field.
func (f field) with(t *testing.T, value string) *wrongStack {
	tree, steps := f.short()
	return render(t, put(tree, steps, wrongValue(t, value)), steps)
}

// beside is a stack with another field next to this one.
func (f field) beside(t *testing.T, name string) *wrongStack {
	tree, steps := f.short()
	steps[len(steps)-1] = name
	return render(t, put(tree, steps, 1), steps)
}

// short is the file without what does not concern the field, since a short
// stack is a quick test, and the steps to the field in it. Of a base's field it
// is the base, with an overlay that inherits it.
func (f field) short() (tree any, steps list) {
	steps = slices.Clone(f.steps)
	if index, inBase, ok := f.ofBase(); ok {
		base := pruned(get(f.tree, list{"spec", "bases", index}).(object), inBase)
		s := object{"bases": list{base}}
		if inBase[0] != "name" {
			s["overlays"] = list{object{"name": "inherits", "bases": list{object{"name": base["name"]}}}}
		}
		steps[2] = 0
		return put(f.tree, list{"spec"}, s), steps
	}
	var bases list
	for _, base := range get(f.tree, list{"spec", "bases"}).(list) {
		bases = append(bases, pruned(base.(object), list{"name"}))
	}
	tree = put(f.tree, list{"spec", "bases"}, bases)
	if len(steps) > 1 && steps[1] == "overlays" {
		var fleet any // its targets and the exceptions name overlays
		if len(steps) > 2 {
			fleet = object{} // an item of a template that names clusters needs it
		}
		tree = put(put(tree, list{"spec", "fleet"}, fleet), list{"spec", "exceptions"}, nil)
	}
	return tree, steps
}

// overridden is the field's base as it is, with an overlay that overrides the
// field; nil if no overlay has it. A list is overridden as a whole.
func (f field) overridden(t *testing.T, value string) *wrongStack {
	t.Helper()
	index, steps, ok := f.ofBase()
	if !ok || steps[0] == "name" {
		return nil
	}
	base := pruned(get(f.tree, list{"spec", "bases", index}).(object), steps)
	patch := put(base, steps, wrongValue(t, value))
	for i := range steps { // keep what is on the way to the value
		if _, inList := steps[i].(int); inList {
			break
		}
		parent := get(patch, steps[:i]).(object)
		patch = put(patch, steps[:i], object{steps[i].(string): parent[steps[i].(string)]})
	}
	patch.(object)["name"] = base["name"]
	tree := put(f.tree, list{"spec"}, object{
		"bases":    list{base},
		"overlays": list{object{"name": "overrides", "bases": list{patch}}},
	})
	return render(t, tree, append(list{"spec", "overlays", 0, "bases", 0}, steps...))
}

// pruned is the base without what the field at steps does not need.
func pruned(base object, steps list) object {
	out := object{"name": base["name"], "namespace": base["namespace"]}
	maps.Copy(out, object{steps[0].(string): base[steps[0].(string)]})
	if steps[0] == "monitoring" && base["expose"] != nil { // which it watches
		out["expose"] = base["expose"]
	}
	for _, component := range []string{"ollama", "openWebUI", "engine"} {
		whole, ok := base[component].(object)
		if !ok {
			continue
		}
		kept := object{}
		for name, value := range whole {
			mine := steps[0] == component && len(steps) > 1 && (steps[1] == name || slices.Contains(beside[steps[1].(string)], name))
			engine := component == "engine" && slices.Contains([]string{"type", "model", "modelSize", "accelerator", "tensorParallel", "image"}, name)
			engine = engine || whole["type"] == string(v1alpha1.EngineLlamaCpp) && name == "storage"
			if mine || engine || slices.Contains([]string{"models", "ollamaURLs", "allowTo", "signUp"}, name) {
				kept[name] = value
			}
		}
		out[component] = kept
	}
	return out
}

// beside are fields that another one is refused without.
var beside = map[string][]string{
	"command": {"image"}, "args": {"image"}, "largestModel": {"storage"}, "customModels": {"modelSizes"}, "modelSizes": {"customModels"},
	"service": {"allowFrom"}, "replicas": {"database", "redis", "vectors", "storage", "embedding"},
}

func wrongValue(t *testing.T, text string) any {
	t.Helper()
	n := &yaml.Node{}
	if err := yaml.Unmarshal([]byte(text), n); err != nil {
		t.Fatal(err)
	}
	return n.Content[0]
}

// get is the value at steps.
func get(tree any, steps list) any {
	for _, step := range steps {
		if key, isKey := step.(string); isKey {
			tree = tree.(object)[key]
		} else {
			tree = tree.(list)[step.(int)]
		}
	}
	return tree
}

// put is a copy of the tree with another value at steps.
func put(tree any, steps list, value any) any {
	if len(steps) == 0 {
		return value
	}
	if key, isKey := steps[0].(string); isKey {
		o := maps.Clone(tree.(object))
		o[key] = put(o[key], steps[1:], value)
		return o
	}
	l := slices.Clone(tree.(list))
	l[steps[0].(int)] = put(l[steps[0].(int)], steps[1:], value)
	return l
}

// render writes the tree as YAML and finds the value at steps in it.
func render(t *testing.T, tree any, steps list) *wrongStack {
	t.Helper()
	var text bytes.Buffer
	e := yaml.NewEncoder(&text)
	e.SetIndent(2)
	if err := e.Encode(tree); err != nil {
		t.Fatal(err)
	}
	root := &yaml.Node{}
	if err := yaml.Unmarshal(text.Bytes(), root); err != nil {
		t.Fatalf("%v\n%s", err, text.String())
	}
	d := &wrongStack{text: text.String()}
	n := root.Content[0]
	for _, step := range steps {
		if i, isIndex := step.(int); isIndex {
			n = n.Content[i]
			d.path += "[" + strconv.Itoa(i) + "]"
			d.first = n.Line
			continue
		}
		for i := 0; i < len(n.Content); i += 2 {
			if n.Content[i].Value == step.(string) {
				d.first, n = n.Content[i].Line, n.Content[i+1]
				break
			}
		}
		d.path = document.Join(d.path, step.(string))
	}
	d.last = lastLine(n)
	return d
}

func lastLine(n *yaml.Node) int {
	last := n.Line
	for _, child := range n.Content {
		last = max(last, lastLine(child))
	}
	return last
}

// inward reports whether a field of an engine's Service says how somebody comes from
// outside.
func inward(pattern string) bool {
	_, field, service := strings.Cut(pattern, "engine.service.")
	return service && !slices.Contains([]string{"type", "port"}, field)
}
