package vet

import (
	"slices"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/reach"
	"github.com/hearth-dev/hearth/sizing"
)

// Rule is one thing to look for.
type Rule struct {
	// ID is what findings and exceptions name it by. Those of a family have a
	// second part: fleet/size.
	ID string `json:"id"`
	// Members of a family, each with its own reason; none if it is a single rule.
	Members []Rule `json:"members,omitempty"`
	// Severity is an error for what breaks or stands open, a warning for what is
	// worth knowing. A finding can have its own.
	Severity problem.Severity `json:"severity"`
	// Reason says in a sentence what happens without the rule.
	Reason string `json:"reason"`
	// Fix says what to do.
	Fix string `json:"fix"`
	// Source is where the reason can be read.
	Source string `json:"source"`

	check func(*input) []Finding
	// written rules are about what only a file can say: the API server fills it in,
	// drops or refuses it, or writes the same itself.
	written bool
	// needs are the kinds of which it says that an object is missing.
	needs []string
}

// Rules are all there is, in the order of their findings.
func Rules() []Rule { return rules(&schemaSet{}) }

// FindRule is the rule, family or member of a family with an id.
func FindRule(id string) (Rule, bool) {
	all := flat()
	i := slices.IndexFunc(all, func(r Rule) bool { return r.ID == id })
	if i < 0 {
		return Rule{}, false
	}
	return all[i], true
}

// RuleIDs are the ids of all rules and families, and of the families' members.
func RuleIDs() []string {
	var ids []string
	for _, r := range flat() {
		ids = append(ids, r.ID)
	}
	return ids
}

// flat are all that have an id: rules and families, each before its members.
func flat() []Rule {
	var all []Rule
	for _, r := range Rules() {
		all = append(append(all, r), r.Members...)
	}
	return all
}

// Finding is one place where a rule does not hold.
type Finding struct {
	// Rule is the id of the rule.
	Rule     string           `json:"rule"`
	Severity problem.Severity `json:"severity"`
	// Object is what it was found in; empty if it is about all of them.
	Object Ref `json:"object,omitzero"`
	// Path of the field, list elements by name or position.
	Path string `json:"path,omitempty"`
	// Message says what was seen.
	Message string `json:"message"`
	// Fix says what to do.
	Fix string `json:"fix,omitempty"`
	// Excepted is the reason of the exception that accepts it; "" if none does.
	Excepted string `json:"excepted,omitempty"`
}

// Counts reports whether nobody accepts the finding.
func (f Finding) Counts(s problem.Severity) bool { return f.Excepted == "" && f.Severity == s }

// Checker runs the rules. Making one costs nothing; what a rule needs, such as
// compiled schemas, it keeps from its first use on. It may be used by several
// goroutines.
type Checker struct {
	rules []Rule
}

// New returns a Checker of all rules.
func New() *Checker { return &Checker{rules: rules(&schemaSet{})} }

// Facts are what a person said about the objects, which does not stand in them.
type Facts struct {
	reach.Facts
	// Models are figures that go before the catalogue's, by namespace.
	Models map[string][]sizing.Model
	// Syncers are what applies the folder that the objects come from.
	Syncers []Syncer

	live   bool     // they are on a cluster
	unread []string // kinds of which not all could be read there
}

// Check returns the findings in the order of the rules and the objects.
func (c *Checker) Check(objects []Object, facts Facts) []Finding {
	in := newInput(objects, facts)
	found := []Finding{}
	for _, r := range c.rules {
		if r.check == nil || r.written && facts.live || r.blind(facts) {
			continue // the first look at more than objects
		}
		found = append(found, r.complete(r.check(in))...)
	}
	return found
}

// complete fills in what a finding inherits from its rule.
func (r Rule) complete(found []Finding) []Finding {
	for i := range found {
		f := &found[i]
		if f.Rule == "" {
			f.Rule = r.ID
		}
		if f.Severity == "" {
			f.Severity = r.Severity
		}
		if f.Fix == "" {
			f.Fix = r.Fix
		}
	}
	return found
}
