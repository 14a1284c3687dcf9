package vet

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"k8s.io/kube-openapi/pkg/validation/spec"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/spelling"
	"github.com/hearth-dev/hearth/internal/validate"
	"github.com/hearth-dev/hearth/third_party/schemas"
)

// schemaSet reads a schema when the first object comes that needs it: all are
// half a megabyte, and a KRM function that needs a few lives for a moment.
type schemaSet struct {
	mu      sync.Mutex
	sources map[string][]byte // as third_party/schemas has them, by name
	read    map[string]*spec.Schema
}

// load makes the set ready; the caller holds the lock.
func (s *schemaSet) load() {
	if s.sources == nil {
		s.sources, s.read = schemas.All(), map[string]*spec.Schema{}
	}
}

// named is the schema of a name, nil if there is none.
func (s *schemaSet) named(name string) (*spec.Schema, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.load()
	if s.sources[name] == nil || s.read[name] != nil {
		return s.read[name], nil
	}
	schema := &spec.Schema{}
	if err := json.Unmarshal(s.sources[name], schema); err != nil {
		return nil, fmt.Errorf("reading the schema %s: %w", name, err)
	}
	s.read[name] = schema
	return schema, nil
}

// of is the schema of a kind, nil if there is none.
func (s *schemaSet) of(r Ref) (*spec.Schema, error) {
	return s.named("kinds/" + r.APIVersion + "/" + r.Kind)
}

// definition is what a reference names.
func (s *schemaSet) definition(reference string) (*spec.Schema, error) {
	schema, err := s.named(strings.TrimPrefix(reference, "/"))
	if schema == nil && err == nil {
		err = fmt.Errorf("no schema %s", reference)
	}
	return schema, err
}

// check holds every object against its kind's schema.
func (s *schemaSet) check(in *input) []Finding {
	var found []Finding
	for i, o := range in.All {
		ref := in.Refs[i]
		schema, err := s.of(ref)
		switch {
		case err != nil:
			found = append(found, Finding{Object: ref, Message: err.Error()})
		case schema == nil && s.builtIn(ref):
			found = append(found, Finding{Object: ref, Path: "apiVersion",
				Message: fmt.Sprintf("Kubernetes %s knows no %s in %s", schemas.Version, ref.Kind, ref.APIVersion),
				Fix:     s.suggest(ref)})
		case schema != nil:
			found = append(found, s.violations(o, ref, schema)...)
		}
	}
	return found
}

// unknown finds the objects that there is no schema for.
func (s *schemaSet) unknown(in *input) []Finding {
	var found []Finding
	for _, ref := range in.Refs {
		if schema, err := s.of(ref); err == nil && schema == nil && !s.builtIn(ref) {
			found = append(found, Finding{Object: ref, Path: "kind", Message: fmt.Sprintf("no schema of %s %s is compiled in: a misspelt field would not be noticed", ref.APIVersion, ref.Kind)})
		}
	}
	return found
}

// builtIn reports whether the group is one that no CustomResourceDefinition may add to.
func (s *schemaSet) builtIn(r Ref) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	group := r.Group()
	if !strings.Contains(group, ".") {
		return true
	}
	for name := range s.sources {
		if strings.HasPrefix(name, "kinds/"+group+"/") && strings.HasSuffix(group, ".k8s.io") {
			return true
		}
	}
	return false
}

// suggest is what the person may have meant, by kind or by the kind's versions.
func (s *schemaSet) suggest(r Ref) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for _, source := range slices.Sorted(maps.Keys(s.sources)) {
		version, name := path.Split(source)
		version, isKind := strings.CutPrefix(path.Clean(version), "kinds/")
		switch {
		case isKind && name == r.Kind:
			return "write apiVersion: " + version
		case isKind:
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return spelling.Suggest(r.Kind, slices.Compact(names))
}

// without is the tree without nulls, which the API server drops.
func without(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, value := range v {
			if value != nil {
				out[key] = without(value)
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = without(v[i])
		}
		return out
	}
	return v
}

// violations are what a schema says against an object, by path.
func (s *schemaSet) violations(o Object, ref Ref, schema *spec.Schema) []Finding {
	violations, err := validate.Value(without(o), schema, s.definition)
	if err != nil {
		return []Finding{{Object: ref, Message: err.Error()}}
	}
	var found []Finding
	for _, v := range violations {
		if v.Unknown {
			found = append(found, Finding{Object: ref, Path: named(o, v.Location), Message: v.Message,
				Fix: spelling.Suggest(v.Location[len(v.Location)-1], v.Known)})
			continue
		}
		if text, ok := valueAt(o, v.Location).(string); ok && strings.Contains(text, "${") {
			continue // Flux replaces it before the API server sees it
		}
		found = append(found, Finding{Object: ref, Path: named(o, v.Location), Message: v.Message})
	}
	slices.SortStableFunc(found, func(a, b Finding) int { return strings.Compare(a.Path+a.Message, b.Path+b.Message) })
	return found
}

// valueAt is what stands at a location; nil if nothing does.
func valueAt(v any, location []string) any {
	for _, part := range location {
		switch node := v.(type) {
		case map[string]any:
			v = node[part]
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i >= len(node) {
				return nil
			}
			v = node[i]
		default:
			return nil
		}
	}
	return v
}

// named is a path with the names of list elements in place of their positions,
// where they have one.
func named(o Object, location []string) string {
	var out strings.Builder
	var v any = o
	for _, part := range location {
		switch node := v.(type) {
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i >= len(node) {
				return strings.Join(location, ".")
			}
			v = node[i]
			if m, ok := v.(map[string]any); ok && objects.Text(m, "name") != "" {
				part = objects.Text(m, "name")
			}
			out.WriteString("[" + part + "]")
		case map[string]any:
			v = node[part]
			if strings.ContainsAny(part, "./") {
				out.WriteString("[" + part + "]")
				continue
			}
			if out.Len() > 0 {
				out.WriteByte('.')
			}
			out.WriteString(part)
		}
	}
	return out.String()
}

func schemaRules(s *schemaSet) []Rule {
	return []Rule{{
		ID: "schema", Severity: problem.Error, check: s.check, written: true,
		Reason: "a misspelt or misplaced field is dropped by the API server or refused by it, and Git then does not say what runs",
		Fix:    "write the field as the kind's schema has it",
		Source: "Kubernetes " + schemas.Version + "'s OpenAPI, and the controllers' CustomResourceDefinitions; see third_party/schemas",
	}, {
		ID: "schema-unknown", Severity: problem.Warning, check: s.unknown, written: true,
		Reason: "an object whose kind is not known here is not checked",
		Fix:    "check it against its own controller, by kubectl apply --dry-run=server",
		Source: "third_party/schemas",
	}}
}
