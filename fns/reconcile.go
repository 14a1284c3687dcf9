package fns

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/build/overlay"
)

// reconcile brings the items to the state in which the config's objects are
// there, each once, and nothing else that was made from it. What stays keeps
// its place in the list and its file; what is equal is not touched at all, so
// that a second run changes no byte.
func reconcile(c config, items []*yaml.RNode, objects []generator.Object) ([]*yaml.RNode, framework.Results) {
	wanted := map[identity]*yaml.RNode{}
	var order []identity
	for _, o := range objects {
		n := yaml.NewRNode(overlay.Node(o))
		i := idOf(n.YNode())
		wanted[i] = n
		order = append(order, i)
	}
	var out []*yaml.RNode
	var results framework.Results
	files := map[string]int{} // the next free index of each file
	placed := map[identity]bool{}
	for _, item := range items {
		i := idOf(item.YNode())
		made := wanted[i]
		switch ours := madeFrom(c.owner(), item.YNode()); {
		case ours && made != nil && !placed[i]:
			item = inPlaceOf(item, made)
			placed[i] = true
		case ours:
			continue // no longer asked for
		case made != nil:
			results = append(results, itemResult(item, "", fmt.Sprintf("%s makes this object too, and it was not made from there: "+
				"remove one of the two", c.owner())))
		}
		out = append(out, item)
		occupy(files, item)
	}
	for _, i := range order {
		if !placed[i] {
			out = append(out, c.place(wanted[i], i, files))
		}
	}
	return out, results
}

// place gives a new object its comment, and its file in the package: a path and
// an index are what kpt wants to know. kustomize ignores both.
func (c config) place(n *yaml.RNode, i identity, files map[string]int) *yaml.RNode {
	n.YNode().Content[0].HeadComment = header(c.owner())
	file := path.Join(c.folder(), i.namespace, i.name+"-"+strings.ToLower(i.kind)+".yaml")
	setAnnotation(n.YNode(), kioutil.IndexAnnotation, strconv.Itoa(files[file]))
	setAnnotation(n.YNode(), kioutil.PathAnnotation, file)
	files[file]++
	return n
}

// occupy notes an item's place in its file.
func occupy(files map[string]int, item *yaml.RNode) {
	file := annotation(item.YNode(), kioutil.PathAnnotation)
	if file == "" {
		return
	}
	index, err := strconv.Atoi(annotation(item.YNode(), kioutil.IndexAnnotation))
	if err != nil {
		index = 0
	}
	files[file] = max(files[file], index+1)
}

// header is the comment in front of what a function makes. It is what the
// function knows its own work by, as the CLI does: an object without it is a
// person's.
func header(owner string) string {
	kind, _, _ := strings.Cut(owner, " ")
	return generator.Header + " from " + owner + "; do not edit, change the " + kind + " and render again"
}

// madeFrom tells whether an item carries the owner's header: above the item, or
// above its first field, where a comment stands after a way through a file.
func madeFrom(owner string, n *yaml.Node) bool {
	mark := generator.Header + " from " + owner + ";"
	return strings.HasPrefix(n.HeadComment, mark) || len(n.Content) > 0 && strings.HasPrefix(n.Content[0].HeadComment, mark)
}

// inPlaceOf is made with the header, the file and the id of an earlier state;
// by the id, the tools that run functions carry over people's comments. It is
// the earlier state itself if that says the same.
func inPlaceOf(earlier, made *yaml.RNode) *yaml.RNode {
	if same(withoutBookkeeping(earlier.YNode()), made.YNode()) {
		return earlier
	}
	made.YNode().HeadComment = earlier.YNode().HeadComment
	made.YNode().Content[0].HeadComment = earlier.YNode().Content[0].HeadComment
	if from := field(field(earlier.YNode(), "metadata"), "annotations"); from != nil {
		for k := 0; k+1 < len(from.Content); k += 2 {
			if isBookkeeping(from.Content[k].Value) {
				setAnnotation(made.YNode(), from.Content[k].Value, from.Content[k+1].Value)
			}
		}
	}
	return made
}

// isBookkeeping tells the annotations that tools keep on items while functions
// run.
func isBookkeeping(key string) bool {
	switch key {
	case kioutil.LegacyPathAnnotation, kioutil.LegacyIndexAnnotation, kioutil.LegacyIdAnnotation, "kustomize.config.k8s.io/id":
		return true
	}
	return strings.HasPrefix(key, "internal.config.kubernetes.io/")
}
