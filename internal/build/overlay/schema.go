package overlay

import (
	"slices"
	"strings"
	"sync"

	"sigs.k8s.io/kustomize/kyaml/openapi"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// schema is what kustomize knows of a field, which is nothing in custom
// resources and in what is younger than its schema.
type schema struct {
	name    string // of the field
	ordered bool   // whether every list keeps its order
	known   *openapi.ResourceSchema
}

// readSchemas has kyaml read the schemas that it has compiled in, which it keeps
// for the whole program. It does so when it first needs one, and meanwhile other
// goroutines read what it writes: so it is done before any of them begins.
var readSchemas = sync.OnceFunc(func() { openapi.Schema() })

func schemaOf(i id, ordered bool) schema {
	readSchemas()
	return schema{ordered: ordered, known: openapi.SchemaForResourceType(yaml.TypeMeta{APIVersion: i.apiVersion, Kind: i.kind})}
}

func (s schema) field(name string) schema {
	if s.known == nil {
		return schema{name: name, ordered: s.ordered}
	}
	return schema{name, s.ordered, s.known.Field(name)}
}

// elements is the schema of a list's elements.
func (s schema) elements() schema {
	if s.known == nil {
		return schema{}
	}
	return schema{ordered: s.ordered, known: s.known.Elements()}
}

// merge reports whether kustomize merges a list, and by which keys of its
// elements. Without keys it is a list of scalars.
func (s schema) merge() (keys []string, merged bool) {
	if s.known == nil {
		return nil, false
	}
	strategy, keys := s.known.PatchStrategyAndKeyList()
	return keys, slices.Contains(strings.Split(strategy, ","), "merge")
}

// unordered are the lists in which Kubernetes asks for no order, of those that
// kustomize merges by key. The API's own marks do not tell: there containers
// and init containers are a map by name too, and yet they start in their order.
var unordered = map[string]bool{
	"env":          true, // but see refers
	"ports":        true,
	"volumeMounts": true, // containerd and CRI-O sort them: /data before /data/cache
	"volumes":      true,
}

// isUnordered reports whether the order of a list means nothing.
func (s schema) isUnordered(list []map[string]any) bool {
	return unordered[s.name] && !s.ordered && !slices.ContainsFunc(list, refers)
}

// refers reports whether a variable's value may hold another's: $(NAME) stands
// for one that is defined before it.
func refers(variable map[string]any) bool {
	return strings.Contains(text(variable["value"]), reference)
}

const reference = "$("
