package vet

import (
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/spelling"
)

// Except marks what the exceptions accept in objects that are of no
// overlay, and adds a warning for each that accepts nothing.
func (c *Checker) Except(found []Finding, exceptions []v1alpha1.Exception) []Finding {
	used := make([]bool, len(exceptions))
	except(found, exceptions, "", used)
	return append(found, c.complete(unused(exceptions, used))...)
}

// except marks what the exceptions accept, and notes which of them were of use.
// overlay is where the findings are from, "" for none.
func except(found []Finding, exceptions []v1alpha1.Exception, overlay string, used []bool) {
	for i := range found {
		for j, e := range exceptions {
			if f := found[i]; e.Accepts(f.Rule, overlay, f.Object.Kind, f.Object.Namespace, f.Object.Name) {
				used[j] = true
				if found[i].Excepted == "" {
					found[i].Excepted = e.Reason
				}
			}
		}
	}
}

// unused are warnings about exceptions that accept nothing: the reason may be
// gone, or the name is misspelt.
func unused(exceptions []v1alpha1.Exception, used []bool) []Finding {
	var found []Finding
	for i, e := range exceptions {
		if used[i] {
			continue
		}
		f := Finding{Rule: exceptionRule, Path: exceptionPath(i), Message: "accepts nothing: no finding of " + e.Rule + what(e)}
		if _, known := FindRule(e.Rule); !known {
			f.Message, f.Fix = "no rule has the id "+e.Rule, spelling.Suggest(e.Rule, RuleIDs())
		}
		found = append(found, f)
	}
	return found
}

func what(e v1alpha1.Exception) string {
	out := ""
	if e.Object != "" {
		out += " in " + e.Object
	}
	if e.Overlay != "" {
		out += " of the overlay " + e.Overlay
	}
	return out
}
