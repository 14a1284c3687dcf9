package objects

import (
	"encoding/json"
	"strconv"
	"strings"
)

// Object is a whole Kubernetes object as a JSON tree.
type Object = map[string]any

// Ref names an object.
type Ref struct {
	APIVersion string `json:"apiVersion,omitempty"`
	Kind       string `json:"kind"`
	Namespace  string `json:"namespace,omitempty"`
	Name       string `json:"name"`
}

// String is kind/namespace/name, as an exception may write it.
func (r Ref) String() string {
	if r == (Ref{}) {
		return ""
	}
	parts := []string{r.Kind, r.Namespace, r.Name}
	if r.Namespace == "" {
		parts = []string{r.Kind, r.Name}
	}
	return strings.Join(parts, "/")
}

// RefOf is an object's name.
func RefOf(o Object) Ref {
	return Ref{
		APIVersion: Text(o, "apiVersion"), Kind: Text(o, "kind"),
		Namespace: Text(o, "metadata", "namespace"), Name: Text(o, "metadata", "name"),
	}
}

// Group of the object's API, "" for Kubernetes' core.
func (r Ref) Group() string {
	if group, _, has := strings.Cut(r.APIVersion, "/"); has {
		return group
	}
	return ""
}

// Is reports whether the object is of the kind of an API group, in any version.
func (r Ref) Is(group, kind string) bool { return r.Group() == group && r.Kind == kind }

// At is the value at a path of maps, nil if there is none.
func At(o Object, path ...string) any {
	var v any = o
	for _, key := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[key]
	}
	return v
}

// Text is the string at a path of maps; "" if there is none.
func Text(o Object, path ...string) string {
	s, _ := At(o, path...).(string)
	return s
}

// Whole is a whole number of a JSON tree, or what holds where there is none.
func Whole(v any, otherwise int) int {
	switch n := v.(type) {
	case float64:
		return int(n)
	case int64:
		return int(n)
	case int:
		return n
	case json.Number:
		if whole, err := strconv.Atoi(n.String()); err == nil {
			return whole
		}
	}
	return otherwise
}

// mostPods bounds what is counted pod by pod: a number in a file may be anything.
const mostPods = 10_000

// Replicas is how many pods a workload asks for: one where it does not say, and at
// most 10,000.
func Replicas(workload Object) int {
	return min(Whole(At(workload, "spec", "replicas"), 1), mostPods)
}

// Child is the map at a path of maps, nil if there is none.
func Child(o Object, path ...string) Object {
	m, _ := At(o, path...).(map[string]any)
	return m
}

// List is the maps in the list at a path.
func List(o Object, path ...string) []Object {
	var out []Object
	all, _ := At(o, path...).([]any)
	for _, element := range all {
		if m, ok := element.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

// Annotations of an object. A value that is no string is the schema's business.
func Annotations(o Object) map[string]string {
	out := map[string]string{}
	for key, value := range Child(o, "metadata", "annotations") {
		if s, ok := value.(string); ok {
			out[key] = s
		}
	}
	return out
}

// Decode is the object as one of Kubernetes' types. What does not fit is left
// out: the schemas have said so.
func Decode[T any](o Object) (T, bool) {
	var typed T
	data, err := json.Marshal(o)
	if err != nil {
		return typed, false
	}
	err = json.Unmarshal(data, &typed)
	return typed, err == nil
}
