package vet

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/reach"
)

// ClusterInput is what was read of a cluster.
type ClusterInput struct {
	// Name of the cluster, for people.
	Name string
	// Namespaces that were read. Of others the list has what leads into these.
	Namespaces []string
	// Objects as somebody wrote them: without what the cluster adds to them.
	Objects []Object
	// Unseen is there, and could not be read.
	Unseen []Unseen
	// Unread are the kinds of which some objects could not be read. No rule says
	// that one of them is missing.
	Unread []string
	// Facts are what an overlay says about the objects, and Exceptions what its stack
	// accepts of it.
	Facts      Facts
	Overlay    string
	Exceptions []v1alpha1.Exception
}

// Cluster looks at what is on a cluster. A rule about what the API server fills
// in, drops or refuses has nothing to say there.
func (c *Checker) Cluster(in ClusterInput) Result {
	in.Facts.live = true
	in.Facts.unread = in.Unread
	r := Result{
		Name: in.Name, Namespaces: in.Namespaces, Objects: len(in.Objects), Workloads: workloads(in.Objects),
		Findings: slices.DeleteFunc(c.Check(in.Objects, in.Facts), in.elsewhere), Unseen: slices.Clone(in.Unseen),
	}
	// One that accepts nothing here may accept what only the files have.
	except(r.Findings, in.Exceptions, in.Overlay, make([]bool, len(in.Exceptions)))
	if r.Workloads == 0 && len(r.Unseen) == 0 {
		r.Unseen = []Unseen{{What: "workloads", Why: "these namespaces have none", Fix: "name others with --namespace, or leave it out"}}
	}
	var rules []string
	for _, rule := range c.rules {
		if rule.blind(in.Facts) {
			rules = append(rules, rule.ID)
		}
	}
	if len(rules) > 0 {
		r.Unseen = append(r.Unseen, Unseen{
			What: "what these rules would find: " + strings.Join(rules, ", "),
			Why:  fmt.Sprintf("they need every %s", strings.Join(in.Unread, ", ")),
			Fix:  "look as somebody who may list them",
		})
	}
	return r
}

// elsewhere reports whether a finding is about an object of another namespace, and
// not about who gets into these.
func (in ClusterInput) elsewhere(f Finding) bool {
	into := slices.Contains([]string{reach.OllamaExposed, reach.EngineExposed, reach.ChatExposed, reach.ExposureUnseen}, f.Rule)
	return f.Object.Namespace != "" && !slices.Contains(in.Namespaces, f.Object.Namespace) && !into
}

// blind reports whether objects that the rule needs could not be read.
func (r Rule) blind(facts Facts) bool {
	return slices.ContainsFunc(r.needs, func(kind string) bool { return slices.Contains(facts.unread, kind) })
}
