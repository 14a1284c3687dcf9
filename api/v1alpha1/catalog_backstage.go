package v1alpha1

import (
	"path"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/internal/lazyregexp"
)

// Backstage asks for a catalog-info.yaml, which describes the stack to
// Backstage: the stack as a System, each program of an overlay as a Component
// with its API, and each volume as a Resource.
type Backstage struct {
	// Path of the file below the stack's folder. Default catalog-info.yaml, the
	// name that Backstage looks for.
	Path string `json:"path,omitzero"`
	// Owner of all entities: a group or user of Backstage, as
	// group:default/platform. Default: the owner that about names, of each overlay
	// its own, which has to be such a reference then.
	Owner string `json:"owner,omitzero"`
	// System is the name of the stack's entity. Default: the stack's name.
	System string `json:"system,omitzero"`
	// Domain that the system is a part of, as domain:default/ai. Default none.
	Domain string `json:"domain,omitzero"`
	// Lifecycle of the components, such as experimental or deprecated. Default
	// production.
	Lifecycle string `json:"lifecycle,omitzero"`
	// Namespace of the entities in Backstage, which has nothing to do with
	// Kubernetes'. Default: Backstage's own, default.
	Namespace string `json:"namespace,omitzero"`
	// Tags of all entities, such as llm. Default none.
	Tags []string `json:"tags,omitzero"`
	// TechDocs is where Backstage finds the documentation of the components
	// (backstage.io/techdocs-ref): dir:. for a mkdocs.yml beside the file, or url:
	// and the address of a folder. The service pages can be a part of it. Default
	// none.
	TechDocs string `json:"techDocs,omitzero"`
}

func (b *Backstage) applyDefaults() {
	fill(&b.Path, "catalog-info.yaml")
	fill(&b.Lifecycle, "production")
}

// The forms of Backstage's names (KubernetesValidatorFunctions and makeValidator
// of @backstage/catalog-model 1.10), which has no say in those of a reference: it
// takes any, and the relation leads nowhere.
var (
	entityName = lazyregexp.New(`^([A-Za-z0-9][A-Za-z0-9_.-]*)?[A-Za-z0-9]$`)
	entityTag  = lazyregexp.New(`^[a-z0-9:+#]+(-[a-z0-9:+#]+)*$`)
	noEntity   = lazyregexp.New(`[^A-Za-z0-9_.]+`)
)

// techDocsRef is a folder beside the file or below its own, or at an address.
var techDocsRef = lazyregexp.New(`^(dir:(\.|(\./)?[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*)|url:https://[^\s@]+)$`)

// MaxEntityName is the longest name of an entity in Backstage.
const MaxEntityName = 63

func isEntityName(name string) bool {
	return len(name) <= MaxEntityName && entityName().MatchString(name)
}

// IsEntityRef reports whether the text refers to an entity of one of the kinds,
// as Backstage reads it: [KIND:][NAMESPACE/]NAME.
func IsEntityRef(text string, kinds ...string) bool {
	rest, name := "", text
	if i := strings.LastIndexAny(text, ":/"); i >= 0 {
		rest, name = text[:i+1], text[i+1:]
	}
	kind, namespace, hasKind := strings.Cut(rest, ":")
	if !hasKind {
		kind, namespace = kinds[0], rest
	}
	namespace, inside := strings.CutSuffix(namespace, "/")
	return isEntityName(name) && slices.Contains(kinds, strings.ToLower(kind)) &&
		(namespace == "" && !inside || len(validation.IsDNS1123Label(namespace)) == 0)
}

// ownerKinds are the kinds of an owner; a name alone is a group's.
var ownerKinds = []string{"group", "user"}

// nearestRef is a reference to an entity of the kind that the text may mean.
func nearestRef(kind, text string) string {
	if !strings.Contains(text, " ") { // else its slashes are a person's, as in "platform / operations"
		text = text[strings.LastIndexAny(text, ":/")+1:]
	}
	name := strings.Trim(noEntity().ReplaceAllString(strings.ToLower(text), "-"), "-_.")
	if !isEntityName(name) {
		name = "platform"
	}
	return kind + ":default/" + name
}

// backstage checks what the file says of the whole stack.
func (v validator) backstage(at *field.Path, c *Catalog) {
	b := c.Backstage
	v.treePath(at.Child("path"), b.Path, "a file such as catalog-info.yaml below the stack's folder")
	if !v.failed(at.Child("path")) && path.Ext(b.Path) != ".yaml" && path.Ext(b.Path) != ".yml" {
		v.errorf(at.Child("path"), "", "got %q, want a file such as catalog-info.yaml below the stack's folder", b.Path)
	}
	about := field.NewPath("spec", "catalog", "about", "owner")
	switch owner := c.About.Owner; {
	case b.Owner != "":
		v.owner(at.Child("owner"), b.Owner)
	case owner == "":
		v.because(about).errorf(at.Child("owner"), "", "missing: want the group or user that answers for it, such as group:default/platform")
	case !IsEntityRef(owner, ownerKinds...):
		ref := nearestRef("group", owner)
		v.because(about).offering(at.Child("owner"), ref).errorf(at.Child("owner"), "write owner: "+ref,
			"missing, and %s, %q, is no reference to a group or user of Backstage", about, owner)
	}
	if b.System != "" && !isEntityName(b.System) {
		name := strings.TrimPrefix(nearestRef("", b.System), ":default/")
		v.offering(at.Child("system"), name).errorf(at.Child("system"), "write "+name,
			"got %q, want the name of an entity: at most 63 letters, digits, '-', '_' and '.', the first and last a letter or digit", b.System)
	}
	if b.Domain != "" && !IsEntityRef(b.Domain, "domain") {
		ref := nearestRef("domain", b.Domain)
		v.offering(at.Child("domain"), ref).errorf(at.Child("domain"), "write "+ref, "got %q, want a domain of Backstage, such as domain:default/ai", b.Domain)
	}
	v.required(at.Child("lifecycle"), b.Lifecycle, "a stage of life, such as production")
	v.optionalLabel(at.Child("namespace"), b.Namespace)
	if b.TechDocs != "" && !techDocsRef().MatchString(b.TechDocs) {
		v.errorf(at.Child("techDocs"), "", "got %q, want dir: and a folder below that of the file, such as dir:., or url: and the https address of one", b.TechDocs)
	}
	for i, tag := range b.Tags {
		if len(tag) > MaxEntityName || !entityTag().MatchString(tag) {
			v.errorf(at.Child("tags").Index(i), "", "got %q, want a tag such as llm: at most 63 lower-case letters, digits, '+', '#' and ':', with '-' between", tag)
		}
	}
}

func (v validator) owner(at *field.Path, owner string) {
	if !IsEntityRef(owner, ownerKinds...) {
		ref := nearestRef("group", owner)
		v.offering(at, ref).errorf(at, "write "+ref, "got %q, want a group or user of Backstage, such as group:default/platform", owner)
	}
}

// owners checks who answers for overlays that say so themselves.
func (v validator) owners(r *Resolved) {
	if r.Catalog == nil || r.Catalog.Backstage == nil || r.Catalog.Backstage.Owner != "" {
		return
	}
	v = v.because(field.NewPath("spec", "catalog", "backstage"))
	for i, o := range r.Overlays {
		about := field.NewPath("spec", "overlays").Index(i).Child("about")
		at, v := about.Child("owner"), v.because(about.Child("hidden"))
		if owner := o.About.Owner; owner == r.Catalog.About.Owner || o.About.Hidden {
			continue
		} else if owner == "" {
			v.errorf(at, "write it, or spec.catalog.backstage.owner", "missing: want the group or user that answers for it, such as group:default/platform")
		} else if ref := nearestRef("group", owner); !IsEntityRef(owner, ownerKinds...) {
			v.offering(at, ref).errorf(at, "write "+ref+"; or leave it, and write spec.catalog.backstage.owner",
				"got %q, want a group or user of Backstage, such as group:default/platform", owner)
		}
	}
}
