package v1alpha1

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/api/problem"
)

// validator collects what is wrong with values. It only reads.
type validator struct {
	problems *problem.List
	depends  []string // of every problem that is found from here on
	change   *problem.Change
}

func newValidator() validator { return validator{problems: new(problem.List)} }

// because is a validator whose problems come of these fields too: where one of
// them could not be read, there is no telling; and where an overlay wrote one
// of them and its base the field that is wrong, the overlay has to change.
func (v validator) because(fields ...*field.Path) validator {
	v.depends = v.depends[:len(v.depends):len(v.depends)]
	for _, f := range fields {
		v.depends = append(v.depends, f.String())
	}
	return v
}

// offering is a validator whose problems are gone with this value at a field.
func (v validator) offering(at *field.Path, value any) validator {
	v.change = &problem.Change{Path: at.String(), Value: value}
	return v
}

func (v validator) errorf(at *field.Path, fix, format string, args ...any) {
	v.add(problem.Error, at, fix, format, args...)
}

func (v validator) warnf(at *field.Path, fix, format string, args ...any) {
	v.add(problem.Warning, at, fix, format, args...)
}

func (v validator) add(severity problem.Severity, at *field.Path, fix, format string, args ...any) {
	for i, arg := range args {
		if s := reflect.ValueOf(arg); s.Kind() == reflect.String {
			args[i] = problem.Clip(s.String())
		}
	}
	p := problem.Problem{Severity: severity, Message: fmt.Sprintf(format, args...), Fix: problem.Clip(fix), Depends: v.depends}
	if at != nil {
		p.Path = at.String()
	}
	if p.Change = v.change; fix == problem.Remove && at != nil {
		p.Change = &problem.Change{Path: p.Path}
	}
	*v.problems = append(*v.problems, p)
}

// failed reports whether an error was found at the field or below it.
func (v validator) failed(at *field.Path) bool {
	for _, p := range *v.problems {
		if p.Severity == problem.Error && problem.Within(p.Path, at.String()) {
			return true
		}
	}
	return false
}

// only refuses what is set in a struct besides the named fields: something else
// that is written there leaves it without effect.
func (v validator) only(at *field.Path, why string, given any, names ...string) {
	s := reflect.ValueOf(given)
	for i := range s.NumField() {
		name, _, _ := strings.Cut(s.Type().Field(i).Tag.Get("json"), ",")
		if !s.Field(i).IsZero() && !slices.Contains(names, name) {
			v.errorf(at.Child(name), problem.Remove, "has no effect: %s", why)
		}
	}
}

// count checks a whole number that has its default by now.
func (v validator) count(at *field.Path, value, low, high int, unit string) {
	if value < low || value > high {
		v.errorf(at, "", "got %d, want %d to %d %s", value, low, high, unit)
	}
}
