package resolve

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/document"
)

// Include puts the items of each list that a template names into the document, in
// place of the file's name. read is asked for each name, which is below the folder
// of the stack; all lists together have at most [document.MaxCSV] bytes.
func Include(root *document.Node, read func(name string) ([]byte, error)) (*document.Node, problem.List) {
	var problems problem.List
	overlays := root.Field("spec").Field("overlays")
	items := slices.Clone(overlays.Items())
	size, count := 0, 0
	for i, o := range items {
		each := o.Field("forEach")
		file := each.Field("file")
		if file.Text() == "" || each.Field("items") != nil {
			continue
		}
		data, wrong := readFile(file, read)
		if size += len(data); wrong == nil && size > document.MaxCSV {
			wrong = append(wrong, file.Problem("", "the lists up to this have %.1f MiB, at most %d MiB are read", float64(size)/(1<<20), document.MaxCSV>>20))
		}
		if wrong != nil {
			problems = append(problems, wrong...)
			continue
		}
		list, found := parseList(file.Text(), data)
		problems = append(problems, found...)
		if list == nil {
			continue
		}
		each = each.PutField("file", nil).PutField("items", list.Move(each, "items"))
		if count += len(list.Items()); count > v1alpha1.MaxOverlays {
			return nil, append(problems, tooMany(each, count))
		}
		items[i] = o.PutField("forEach", each)
	}
	if problems.Err() != nil {
		return nil, problems
	}
	return withOverlays(root, items), problems
}

// tooMany says that a template's items are more than is built.
func tooMany(each *document.Node, count int) problem.Problem {
	p := each.Problem("items", "%d overlays with these, and at most %d are built", count, v1alpha1.MaxOverlays)
	p.Fix = "make several stacks of it, each in a folder of its own"
	return p
}

// readFile reads the list that a template names.
func readFile(file *document.Node, read func(name string) ([]byte, error)) ([]byte, problem.List) {
	name := file.Text()
	if !fs.ValidPath(name) || name == "." || strings.Contains(name, `\`) {
		return nil, problem.List{file.Problem("", "got %q, want a file below the folder of the stack, such as clusters.csv", problem.Clip(name))}
	}
	data, err := read(name)
	if err != nil {
		return nil, problem.List{file.Problem("", "%v", err)}
	}
	return data, nil
}

// parseList is the list of items in a file; nil if there is none.
func parseList(name string, data []byte) (*document.Node, problem.List) {
	parse := document.Parse
	if strings.EqualFold(path.Ext(name), ".csv") {
		parse = document.ParseCSV
	}
	root, problems := parse(name, data)
	if root == nil || problems.Err() != nil {
		return nil, problems
	}
	var list struct {
		Items []v1alpha1.ForEachItem `json:"items"`
	}
	if problems = append(problems, document.Decode(root, &list)...); problems.Err() != nil {
		return nil, once(problems)
	}
	if root.Field("items") == nil {
		p := root.Problem("items", "missing: want the items of a template")
		p.Fix = "write items: [{name: NAME}]"
		return nil, append(problems, p)
	}
	return root.Field("items"), problems
}

// once leaves out what is said of a place already: a column's name is in every row.
func once(problems problem.List) problem.List {
	seen := map[string]bool{}
	return slices.DeleteFunc(problems.Sorted(), func(p problem.Problem) bool {
		key := fmt.Sprint(p.File, ":", p.Line, ":", p.Column, ":", p.Message)
		again := seen[key] && p.Line > 0
		seen[key] = true
		return again
	})
}

func withOverlays(root *document.Node, items []*document.Node) *document.Node {
	spec := root.Field("spec")
	overlays := spec.Field("overlays")
	if overlays == nil || !overlays.IsList() {
		return root
	}
	return root.PutField("spec", spec.PutField("overlays", overlays.List(items)))
}

// expand writes out each template: an overlay for each item, and a target where the
// item says to which clusters it goes. Every value keeps the place at which a person
// wrote it.
func expand(root *document.Node) (*document.Node, problem.List) {
	var problems problem.List
	var overlays, targets []*document.Node
	templates := 0
	for _, o := range root.Field("spec").Field("overlays").Items() {
		each := o.Field("forEach")
		if each == nil {
			overlays = append(overlays, o)
			continue
		}
		templates++
		t := v1alpha1.Overlay{}
		unread := document.Decode(o, &t)
		found := once(append(unread, o.Place(t.ValidateForEach(), unread)...))
		problems = append(problems, found...)
		items := each.Field("items").Items()
		if n := len(overlays) + len(items); n > v1alpha1.MaxOverlays {
			problems = append(problems, tooMany(each, n))
		}
		if problems.Err() != nil {
			continue
		}
		for _, item := range items {
			overlays = append(overlays, overlayOf(o, item))
			if target := targetOf(item); target != nil {
				targets = append(targets, target)
			}
		}
	}
	if problems.Err() != nil { // what else can be said of it without its overlays
		problems = append(problems, document.Decode(root, &v1alpha1.Stack{})...)
	}
	if templates == 0 || problems.Err() != nil {
		return root, once(problems)
	}
	root, lost := withTargets(withOverlays(root, overlays), targets)
	return root, append(problems, lost...)
}

// withTargets puts the targets of items before those of the bundle for Fleet.
func withTargets(root *document.Node, targets []*document.Node) (*document.Node, problem.List) {
	spec := root.Field("spec")
	fleet := spec.Field("fleet")
	written := fleet.Field("targets")
	switch {
	case targets == nil, fleet != nil && !fleet.IsMapping(), written != nil && !written.IsList():
		return root, nil // a wrong type is said of it
	case fleet == nil:
		p := targets[0].Problem("", "the item names clusters, and the stack has no bundle for Fleet")
		p.Fix, p.Depends = "write spec.fleet: {bundles: perOverlay}", []string{"spec.fleet"}
		return root, problem.List{p}
	}
	targets = append(targets, written.Items()...)
	list := written
	if list == nil {
		list = fleet
	}
	return root.PutField("spec", spec.PutField("fleet", fleet.PutField("targets", list.List(targets)))), nil
}

// overlayOf is the overlay that an item makes of a template.
func overlayOf(template, item *document.Node) *document.Node {
	var bases []*document.Node
	for _, entry := range template.Field("bases").Items() {
		bases = append(bases, document.Merge(entry, item.Field("overrides").Field(entry.Field("name").Text())))
	}
	return item.Mapping(map[string]*document.Node{
		"name":      item.Field("name"),
		"bases":     template.Field("bases").List(bases),
		"about":     document.Merge(template.Field("about"), item.Field("about")),
		"resources": template.Field("resources"),
		"patches":   template.Field("patches"),
	})
}

// targetOf is the target of an item; nil if it says nothing of clusters.
func targetOf(item *document.Node) *document.Node {
	name, group, selector := item.Field("clusterName"), item.Field("clusterGroup"), item.Field("clusterSelector")
	if name == nil && group == nil && selector == nil {
		return nil
	}
	return item.Mapping(map[string]*document.Node{
		"overlay": item.Field("name"), "clusterName": name, "clusterGroup": group, "clusterSelector": selector,
	})
}
