package route

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/route/controller"
	"github.com/hearth-dev/hearth/internal/spelling"
)

// Check reports what is wrong with the annotations that a person adds to a
// route, as written: what its controller makes of them. Paths count from the
// base. What is wrong with a route besides, its own Validate says.
func Check(e *v1alpha1.Expose) problem.List {
	if !e.Exposed() {
		return nil
	}
	var problems problem.List
	for _, key := range slices.Sorted(maps.Keys(e.Annotations)) {
		if v1alpha1.ReservedAnnotation(key) {
			continue
		}
		for _, p := range check(key, e) {
			p.Severity, p.Depends = problem.Error, []string{"expose.type", "expose.tile"}
			p.Path = "expose.annotations[" + key + "]"
			problems = append(problems, p)
		}
	}
	return problems
}

func check(key string, e *v1alpha1.Expose) problem.List {
	one := func(fix, format string, args ...any) problem.List {
		return problem.List{{Message: fmt.Sprintf(format, args...), Fix: fix}}
	}
	if _, ours := tileAnnotations("", e)[key]; ours {
		return one("use the fields of expose.tile", "expose.tile writes this annotation")
	}
	c := controllers()[e.Type]
	for _, r := range c.Refused {
		if (strings.HasPrefix(key, r.Prefix) || strings.Contains(key, "."+r.Prefix)) && (r.On == nil || r.On(e)) {
			return one(r.Fix, "%s", r.Why)
		}
	}
	switch v1alpha1.AnnotationController(key) {
	case "":
		return nil
	case e.Type:
		return known(key, e, c)
	}
	return one(problem.Remove, "%s is another controller's, and a route of type %s ignores it", key, e.Type)
}

// known reports a key that is none of the controller's, a value that it does not
// understand, and an annotation that another one has to stand beside.
func known(key string, e *v1alpha1.Expose, c controller.Controller) problem.List {
	form, found := c.Annotations()[key]
	if !found {
		return problem.List{{
			Message: fmt.Sprintf("got the key %q, which the controller does not know: %s", key, c.Unknown),
			Fix:     spelling.Suggest(key, c.Annotations().Keys()),
		}}
	}
	var problems problem.List
	if value := e.Annotations[key]; !form.Fits(value) {
		problems = append(problems, problem.Problem{
			Message: fmt.Sprintf("got %q, want %s: with another value %s", problem.Clip(value), form.Want, form.Otherwise),
		})
	}
	if _, on := e.Annotations[form.Needs]; form.Needs != "" && !on && !misspelt(form.Needs, e, c) {
		problems = append(problems, problem.Problem{
			Message: fmt.Sprintf("without %s %s", form.Needs, form.Otherwise), Fix: "write " + form.Needs + " too",
		})
	}
	return problems
}

// misspelt reports whether a key that the controller does not know was meant to
// be this one.
func misspelt(key string, e *v1alpha1.Expose, c controller.Controller) bool {
	for other := range e.Annotations {
		if _, found := c.Annotations()[other]; !found && spelling.Nearest(other, c.Annotations().Keys()) == key {
			return true
		}
	}
	return false
}
