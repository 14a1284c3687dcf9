package vet

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/spelling"
	"github.com/hearth-dev/hearth/third_party/schemas"
)

// schemaSet compiles a kind's schema, and those that it refers to, when the
// first object of the kind comes: all are half a megabyte, and a KRM function
// that needs a few lives for a moment.
type schemaSet struct {
	mu       sync.Mutex
	compiler *jsonschema.Compiler
	sources  schemaSources
}

// schemaSources are the schemas as third_party/schemas has them, by name.
type schemaSources map[string][]byte

// schemaURL is before the name in a schema's URL. A reference to
// /definitions/NAME is one to a document under it.
const schemaURL = "mem:///"

// Load is a schema for the compiler, by its URL.
func (s schemaSources) Load(url string) (any, error) {
	var doc any
	if err := json.Unmarshal(s[strings.TrimPrefix(url, schemaURL)], &doc); err != nil {
		return nil, fmt.Errorf("reading the schema %s: %w", url, err)
	}
	return doc, nil
}

// load makes the set ready; the caller holds the lock.
func (s *schemaSet) load() {
	if s.compiler != nil {
		return
	}
	s.sources = schemas.All()
	s.compiler = jsonschema.NewCompiler()
	s.compiler.DefaultDraft(jsonschema.Draft4) // the draft that kubeconform takes them to be of
	s.compiler.UseLoader(s.sources)
}

// of is the schema of a kind, nil if there is none.
func (s *schemaSet) of(r Ref) (*jsonschema.Schema, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.load()
	name := "kinds/" + r.APIVersion + "/" + r.Kind
	if s.sources[name] == nil {
		return nil, nil
	}
	return s.compiler.Compile(schemaURL + name) // once: the compiler keeps what it made
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
			found = append(found, s.violations(o, ref, schema.Validate(without(o)))...)
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
func (s *schemaSet) violations(o Object, ref Ref, err error) []Finding {
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return nil
	}
	english := message.NewPrinter(language.English)
	var found []Finding
	var visit func(e *jsonschema.ValidationError)
	visit = func(e *jsonschema.ValidationError) {
		if len(e.Causes) > 0 {
			for _, cause := range e.Causes {
				visit(cause)
			}
			return
		}
		if unknown, ok := e.ErrorKind.(*kind.AdditionalProperties); ok {
			for _, field := range unknown.Properties {
				found = append(found, Finding{Object: ref, Path: named(o, append(slices.Clone(e.InstanceLocation), field)),
					Message: "unknown field", Fix: spelling.Suggest(field, s.fields(e.SchemaURL))})
			}
			return
		}
		if text, ok := valueAt(o, e.InstanceLocation).(string); ok && strings.Contains(text, "${") {
			return // Flux replaces it before the API server sees it
		}
		found = append(found, Finding{Object: ref, Path: named(o, e.InstanceLocation), Message: e.ErrorKind.LocalizedString(english)})
	}
	visit(invalid)
	slices.SortStableFunc(found, func(a, b Finding) int { return strings.Compare(a.Path+a.Message, b.Path+b.Message) })
	return slices.CompactFunc(found, func(a, b Finding) bool { return a.Path == b.Path && a.Message == b.Message })
}

// fields are those that the schema at a URL has.
func (s *schemaSet) fields(url string) []string {
	url, pointer, _ := strings.Cut(url, "#")
	node, err := s.sources.Load(url)
	if err != nil {
		return nil
	}
	for part := range strings.SplitSeq(strings.Trim(pointer, "/"), "/") {
		if m, ok := node.(map[string]any); ok && part != "" {
			node = m[strings.NewReplacer("~1", "/", "~0", "~").Replace(part)]
		}
	}
	schema, _ := node.(map[string]any)
	properties, _ := schema["properties"].(map[string]any)
	return slices.Sorted(maps.Keys(properties))
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
