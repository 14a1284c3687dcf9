// Package unordered is the tests' own idea of the lists whose order means
// nothing to Kubernetes. Package overlay asks kustomize's schema, this one
// knows where in which objects the lists stand: what they disagree about, one
// of them has wrong.
package unordered

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// lists are the API versions and paths of lists, and the fields by which their
// elements are told apart.
var lists = []struct {
	where *regexp.Regexp
	keys  []string
}{
	{regexp.MustCompile(`^v1 spec\.ports$`), []string{"port", "protocol"}},
	{regexp.MustCompile(pod + `\.volumes$`), []string{"name"}},
	{regexp.MustCompile(container + `\.env$`), []string{"name"}},
	{regexp.MustCompile(container + `\.ports$`), []string{"containerPort", "protocol"}},
	{regexp.MustCompile(container + `\.volumeMounts$`), []string{"mountPath"}},
}

const (
	pod       = `^(v1|apps/v1|batch/v1) (spec\.jobTemplate\.)?(spec\.template\.)?spec`
	container = pod + `\.(containers|initContainers)`
)

// Sorted returns an object with each list whose order means nothing sorted by
// its keys. Variables stay as they are where one refers to another, which must
// be defined before it.
func Sorted(o map[string]any) map[string]any {
	return sorted(fmt.Sprintf("%v ", o["apiVersion"]), o).(map[string]any)
}

func sorted(where string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, value := range v {
			at := where + "." + name
			if strings.HasSuffix(where, " ") {
				at = where + name
			}
			out[name] = sorted(at, value)
		}
		return out
	case []any:
		out := []any{}
		for _, element := range v {
			out = append(out, sorted(where, element))
		}
		for _, l := range lists {
			refers := strings.HasSuffix(where, ".env") && strings.Contains(fmt.Sprint(v), "$(")
			if l.where.MatchString(where) && !refers {
				slices.SortStableFunc(out, func(a, b any) int { return strings.Compare(key(a, l.keys), key(b, l.keys)) })
			}
		}
		return out
	}
	return v
}

func key(element any, fields []string) string {
	values, _ := element.(map[string]any)
	var parts []string
	for _, name := range fields {
		parts = append(parts, fmt.Sprint(values[name]))
	}
	return strings.Join(parts, " ")
}
