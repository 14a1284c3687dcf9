package randomstack

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// Coverage says which fields of the spec the stacks of a run have set in a
// base, overridden in an overlay and nulled there; and of the fields that an
// overlay cannot override, which were set and nulled where they stand. The zero
// value is ready.
type Coverage struct {
	done map[string]bool // by "PATH set", "PATH overridden" and "PATH nulled"
}

// roots are what a stack is made of.
var roots = []struct {
	path string
	t    reflect.Type
}{{"base", baseType}, {"overlay", overlayType}, {"fleet", fleetType}, {"catalog", catalogType}}

// exempt are the fields that cannot be all of it, and why.
var exempt = map[string]string{
	"base.name overridden":      "an overlay names its base by it",
	"base.namespace overridden": "a volume cannot move",
	"base.namespace nulled":     "the objects have to be somewhere",

	"base.ollama.name overridden": "a claim cannot be renamed",
	"base.ollama.name nulled":     "a claim cannot be renamed",

	"base.ollama.storage.image.repository nulled": "it names the image",
	"base.ollama.storage.image.tag nulled":        "it names the image",

	"base.engine.type overridden": "there is one",
	"base.engine.type nulled":     "it says which program it is",
	"base.engine.model nulled":    "it says what is served",

	"base.engine.modelSize nulled":             "memory follows from it",
	"base.engine.modelSize.disk nulled":        "memory follows from it",
	"base.engine.modelSize.layers nulled":      "memory follows from it",
	"base.engine.modelSize.kvHeads nulled":     "memory follows from it",
	"base.engine.modelSize.keyLength nulled":   "memory follows from it",
	"base.engine.modelSize.embedding nulled":   "memory follows from it",
	"base.engine.modelSize.feedForward nulled": "memory follows from it",
	"base.engine.modelSize.vocab nulled":       "memory follows from it",

	"base.engine.accelerator nulled":        "it computes on one",
	"base.engine.accelerator.type nulled":   "it computes on one",
	"base.engine.accelerator.memory nulled": "what the group holds is counted by it",

	"base.engine.storage.image.repository nulled": "it names the image",
	"base.engine.storage.image.tag nulled":        "it names the image",

	"base.openWebUI.oidc.clientID nulled":       "a provider asks for it",
	"base.expose.tls.certManager.issuer nulled": "nobody else signs the certificate",
}

// isExempt reports whether something cannot be done to a field, or need not: a
// container that a person adds has no image and no memory but those that it says,
// and its variables are of the type of a program's, to which all is done.
func isExempt(done string) bool {
	if exempt[done] != "" {
		return true
	}
	if strings.HasPrefix(done, "base.openWebUI.storage.nfs") || strings.HasPrefix(done, "base.openWebUI.storage.image") {
		return true // the chat writes SQLite: no locks hold on the one, and nobody writes to the other
	}
	if strings.HasPrefix(done, "base.engine.storage.backup") || strings.HasPrefix(done, "base.engine.modelSize.embedder") {
		return true // its pods fetch the model again, and it serves answers
	}
	if field, service := strings.CutPrefix(done, "base.engine.service."); service && !strings.HasPrefix(field, "type") && !strings.HasPrefix(field, "port") {
		return true // nobody comes from outside
	}
	if strings.HasPrefix(done, "base.openWebUI.service.dangerouslyUnauthenticated") {
		return true // the chat signs people in
	}
	_, inContainer, added := strings.Cut(done, "Containers{}.")
	if !added {
		_, inContainer, added = strings.Cut(done, "sidecars{}.")
	}
	return added && strings.HasPrefix(inContainer, "env{}.") || added && slices.Contains([]string{"image.repository nulled", "image.tag nulled", "resources.limits nulled", "resources.limits.memory nulled"}, inContainer)
}

// Add counts a stack, which is YAML as Draw returns it.
func (c *Coverage) Add(stack []byte) error {
	if c.done == nil {
		c.done = map[string]bool{}
	}
	var document object
	if err := yaml.Unmarshal(stack, &document); err != nil {
		return fmt.Errorf("reading a stack: %w", err)
	}
	content := child(document, "spec")
	bases := map[any]object{}
	for _, b := range list(content["bases"]) {
		b := b.(object)
		bases[b["name"]] = b
		c.walk("base", baseType, b)
	}
	for _, o := range list(content["overlays"]) {
		o := maps.Clone(o.(object))
		for _, entry := range list(o["bases"]) {
			entry := entry.(object)
			c.compare("base", baseType, bases[entry["name"]], entry)
		}
		delete(o, "bases")
		c.walk("overlay", overlayType, o)
	}
	if fleet, ok := content["fleet"]; ok {
		c.walk("fleet", fleetType, fleet)
	}
	if catalog, ok := content["catalog"]; ok {
		c.walk("catalog", catalogType, catalog)
	}
	return nil
}

// walk counts what stands in a value of its own.
func (c *Coverage) walk(path string, t reflect.Type, v any) {
	visit(path, t, v, func(path string, v any) {
		if v == nil {
			// In a base it says nothing: an overlay has to null what is set.
			if !strings.HasPrefix(path, "base") {
				c.done[path+" nulled"] = true
			}
			return
		}
		c.done[path+" set"] = true
	})
}

// visit calls f for every field and map entry at and below a value.
func visit(path string, t reflect.Type, v any, f func(path string, v any)) {
	t = elem(t)
	f(path, v)
	switch v := v.(type) {
	case object:
		if isStruct(t) {
			for _, field := range fieldsOf(t) {
				if w, has := v[field.name]; has {
					visit(below(path, field.name), field.typ, w, f)
				}
			}
		} else if t.Kind() == reflect.Map && t != objectType {
			for _, w := range v {
				visit(path+"{}", t.Elem(), w, f)
			}
		}
	case []any:
		if t.Kind() == reflect.Slice && isStruct(t.Elem()) {
			for _, w := range v {
				visit(path+"[]", t.Elem(), w, f)
			}
		}
	}
}

// compare counts what an overlay's entry does to a base: only what the base has
// can be overridden or nulled.
func (c *Coverage) compare(path string, t reflect.Type, base, entry any) {
	t = elem(t)
	if base == nil {
		return
	}
	if entry == nil {
		c.done[path+" nulled"] = true
		return
	}
	c.done[path+" overridden"] = true
	b, wasObject := base.(object)
	e, isObject := entry.(object)
	switch {
	case wasObject && isObject && isStruct(t):
		for _, f := range fieldsOf(t) {
			if v, has := e[f.name]; has {
				c.compare(below(path, f.name), f.typ, b[f.name], v)
			}
		}
	case wasObject && isObject && t.Kind() == reflect.Map && t != objectType:
		for key, v := range e {
			c.compare(path+"{}", t.Elem(), b[key], v)
		}
	case t.Kind() == reflect.Slice:
		// A list replaces the other: each field of its elements that is in both.
		had := map[string]bool{}
		visit(path, t, base, func(path string, _ any) { had[path] = true })
		visit(path, t, entry, func(path string, v any) {
			if had[path] && v == nil {
				c.done[path+" nulled"] = true
			} else if had[path] {
				c.done[path+" overridden"] = true
			}
		})
	}
}

// Merge adds what another run has done, and returns how much of it is new.
func (c *Coverage) Merge(other *Coverage) int {
	news := c.Gain(other)
	if c.done == nil {
		c.done = map[string]bool{}
	}
	maps.Copy(c.done, other.done)
	return news
}

// Gain is what Merge would return.
func (c *Coverage) Gain(other *Coverage) int {
	n := 0
	for what := range other.done {
		if !c.done[what] {
			n++
		}
	}
	return n
}

// Missing lists what no stack of the run has done, as "PATH never set",
// "PATH never overridden" or "PATH never nulled". A field that is required
// where it stands goes only with the one around it, and need not be nulled.
func (c *Coverage) Missing() []string {
	var missing []string
	check := func(path, what string) {
		if !c.done[path+" "+what] && !isExempt(path+" "+what) {
			missing = append(missing, path+" never "+what)
		}
	}
	for _, root := range roots {
		paths(root.path, root.t, func(path string, required bool) {
			check(path, "set")
			if root.path == "base" {
				check(path, "overridden")
			}
			if !required {
				check(path, "nulled")
			}
		})
	}
	slices.Sort(missing)
	return missing
}

// Fields is how many fields of the spec there are, at any depth.
func Fields() int {
	n := 0
	for _, root := range roots {
		paths(root.path, root.t, func(string, bool) { n++ })
	}
	return n
}

// merges reports whether a null can remove entries of the map: an overlay has to
// merge it. In a list or in the fleet there is nothing to merge with.
func merges(path string) bool {
	return strings.HasPrefix(path, "base.") && !strings.Contains(path, "[]")
}

// paths calls f for every field of a struct, for the entries of its maps, and
// for the fields below them.
func paths(path string, t reflect.Type, f func(path string, required bool)) {
	for _, field := range fieldsOf(t) {
		at, typ := below(path, field.name), elem(field.typ)
		if typ == reflect.TypeFor[[]v1alpha1.Override]() {
			continue // an overlay's: counted against the bases themselves
		}
		f(at, field.required)
		switch {
		case typ == objectType:
			continue
		case typ.Kind() == reflect.Map:
			at, typ = at+"{}", elem(typ.Elem())
			f(at, !merges(at))
		case typ.Kind() == reflect.Slice:
			at, typ = at+"[]", elem(typ.Elem())
		}
		if isStruct(typ) {
			paths(at, typ, f)
		}
	}
}
