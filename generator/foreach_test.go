package generator_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/testing/sample"
)

// A stack with templates gives what one gives that has their overlays written out.
func TestTemplatesGiveWhatTheirOverlaysGive(t *testing.T) {
	w := templating{Rand: rand.New(rand.NewPCG(1, 11))}
	for i, data := range someStacks(t, max(60, sample.Size(60, 120))) { // fewer have not every kind
		tree := document(t, data)
		if i%2 == 1 { // overlays that differ by less fit one template
			plain(get(tree, "spec"))
			data = text(t, tree)
		}
		w.stack(get(tree, "spec"))
		templates := text(t, tree)
		want, _ := generator.Load("hearth.yaml", data)
		got, problems := generator.Load("hearth.yaml", templates)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("stack %d: %v (-written out +templates):\n%s\nThe templates:\n%s", i, problems.Err(), diff, templates)
		} else if i < 3 {
			if diff := cmp.Diff(generated(t, data), generated(t, templates)); diff != "" {
				t.Errorf("stack %d (-written out +templates):\n%s", i, diff)
			}
		}
	}
	t.Logf("%+v", w)
	if w.several == 0 || w.targets == 0 || w.split == 0 {
		t.Errorf("%+v: none of one kind", w)
	}
}

// plain leaves overlays without patches and resources of their own.
func plain(spec *yaml.Node) {
	overlays := get(spec, "overlays")
	if overlays == nil {
		return
	}
	for i, o := range overlays.Content {
		overlays.Content[i] = without(without(o, "patches"), "resources")
	}
}

// templating writes overlays as templates.
type templating struct {
	*rand.Rand
	several, targets, split int // templates of several items, targets of items, values in a template
}

func (w *templating) stack(spec *yaml.Node) {
	overlays := get(spec, "overlays")
	if overlays == nil {
		return
	}
	var out []*yaml.Node
	for _, o := range overlays.Content {
		if w.IntN(8) == 0 {
			out = append(out, o)
			continue
		}
		template, item := w.template(o)
		w.target(get(spec, "fleet"), item)
		if n := len(out); n > 0 && get(out[n-1], "forEach") != nil && asJSON(without(out[n-1], "forEach")) == asJSON(template) {
			list := get(out[n-1], "forEach", "items")
			list.Content = append(list.Content, item)
			w.several++
			continue
		}
		set(template, "forEach", mapping("items", &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{item}}))
		out = append(out, template)
	}
	overlays.Content = out
}

// template is an overlay as a template and its one item.
func (w *templating) template(o *yaml.Node) (template, item *yaml.Node) {
	template, item = without(o, "about"), mapping("name", get(o, "name"))
	set(template, "name", scalar("template"))
	if about := get(o, "about"); about != nil {
		set(item, "about", about)
	}
	bases, overrides := &yaml.Node{Kind: yaml.SequenceNode}, mapping()
	shared := w.IntN(3) == 0
	for _, entry := range get(o, "bases").Content {
		name, own := get(entry, "name"), without(entry, "name")
		base := mapping()
		if shared {
			base, own = w.half(own)
			w.split += len(base.Content) / 2
		}
		set(base, "name", name)
		bases.Content = append(bases.Content, base)
		if len(own.Content) > 0 {
			set(overrides, name.Value, own)
		}
	}
	set(template, "bases", bases)
	if len(overrides.Content) > 0 {
		set(item, "overrides", overrides)
	}
	return template, item
}

// half gives some fields of a mapping to a template, and the rest to its item: some
// of them over another value of the template.
func (w *templating) half(n *yaml.Node) (template, item *yaml.Node) {
	template, item = mapping(), mapping()
	for i := 0; i < len(n.Content); i += 2 {
		name, value := n.Content[i].Value, n.Content[i+1]
		switch w.IntN(4) {
		case 0:
			set(template, name, value)
		case 1:
			set(template, name, scalar("null"))
			set(item, name, value)
		case 2:
			if value.Kind == yaml.MappingNode && len(value.Content) > 2 {
				a, b := w.half(value)
				set(template, name, a)
				set(item, name, b)
				continue
			}
			fallthrough
		default:
			set(item, name, value)
		}
	}
	return template, item
}

// target moves the first target of the bundle into the item that it is for.
func (w *templating) target(fleet, item *yaml.Node) {
	targets := get(fleet, "targets")
	if targets == nil || len(targets.Content) < 2 || get(targets.Content[0], "overlay").Value != get(item, "name").Value {
		return
	}
	item.Content = append(item.Content, without(targets.Content[0], "overlay").Content...)
	targets.Content = targets.Content[1:]
	w.targets++
}

// without is a mapping without a field.
func without(n *yaml.Node, name string) *yaml.Node {
	out := *n
	out.Content = slices.Clone(n.Content)
	for i := 0; i < len(out.Content); i += 2 {
		if out.Content[i].Value == name {
			out.Content = slices.Delete(out.Content, i, i+2)
			return &out
		}
	}
	return &out
}

// set puts a field into a mapping.
func set(n *yaml.Node, name string, value *yaml.Node) {
	*n = *without(n, name)
	n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: name, Tag: "!!str"}, value)
}
