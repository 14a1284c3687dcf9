package fns

import (
	"errors"
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
		i := idOf(n)
		wanted[i] = n
		order = append(order, i)
	}
	var out []*yaml.RNode
	var results framework.Results
	files := map[string]int{} // the next free index of each file
	placed := map[identity]bool{}
	for _, item := range items {
		i := idOf(item)
		made := wanted[i]
		switch ours := madeFrom(c.owner(), item.YNode()); {
		case ours && made != nil && !placed[i]:
			state, err := inPlaceOf(item, made)
			if err != nil {
				return nil, append(results, itemResult(item, "", err.Error()))
			}
			item, placed[i] = state, true
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
			if err := c.place(wanted[i], i, files); err != nil {
				return nil, append(results, itemResult(wanted[i], "", err.Error()))
			}
			out = append(out, wanted[i])
		}
	}
	return out, results
}

// place gives a new object its comment, and its file in the package: a path and
// an index are what kpt wants to know. kustomize ignores both.
func (c config) place(n *yaml.RNode, i identity, files map[string]int) error {
	n.YNode().Content[0].HeadComment = header(c.owner())
	file := path.Join(c.folder(), i.namespace, i.name+"-"+strings.ToLower(i.kind)+".yaml")
	index := strconv.Itoa(files[file])
	files[file]++
	return errors.Join(
		n.PipeE(yaml.SetAnnotation(kioutil.IndexAnnotation, index)),
		n.PipeE(yaml.SetAnnotation(kioutil.PathAnnotation, file)))
}

// occupy notes an item's place in its file.
func occupy(files map[string]int, item *yaml.RNode) {
	file := annotation(item, kioutil.PathAnnotation)
	if file == "" {
		return
	}
	index, err := strconv.Atoi(annotation(item, kioutil.IndexAnnotation))
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

// madeFrom reports whether an item carries the owner's header: above the item, or
// above its first field, where a comment stands after a way through a file.
func madeFrom(owner string, n *yaml.Node) bool {
	mark := generator.Header + " from " + owner + ";"
	return strings.HasPrefix(n.HeadComment, mark) || len(n.Content) > 0 && strings.HasPrefix(n.Content[0].HeadComment, mark)
}

// inPlaceOf is made with the header, the file and the id of an earlier state;
// by the id, the tools that run functions carry over people's comments. It is
// the earlier state itself if that says the same.
func inPlaceOf(earlier, made *yaml.RNode) (*yaml.RNode, error) {
	plain, err := withoutBookkeeping(earlier)
	if err != nil || same(plain, made) {
		return earlier, err
	}
	made.YNode().HeadComment = earlier.YNode().HeadComment
	made.YNode().Content[0].HeadComment = earlier.YNode().Content[0].HeadComment
	if kept := lookup(earlier, "metadata", "annotations"); kept != nil {
		err = kept.VisitFields(func(a *yaml.MapNode) error {
			key := a.Key.YNode().Value
			if !isBookkeeping(key) {
				return nil
			}
			return made.PipeE(yaml.SetAnnotation(key, a.Value.YNode().Value))
		})
	}
	return made, err
}

// isBookkeeping reports whether tools keep an annotation of that key on
// items while functions run.
func isBookkeeping(key string) bool {
	switch key {
	case kioutil.LegacyPathAnnotation, kioutil.LegacyIndexAnnotation, kioutil.LegacyIdAnnotation, "kustomize.config.k8s.io/id":
		return true
	}
	return strings.HasPrefix(key, "internal.config.kubernetes.io/")
}
