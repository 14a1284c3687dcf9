package v1alpha1

import (
	"slices"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/api/problem"
)

const (
	// APIVersion of a Stack. The group hearth.dev is provisional: nobody owns
	// it yet, and it may change before v1.
	APIVersion = "hearth.dev/v1alpha1"
	// Kind of the one document that hearth reads.
	Kind = "Stack"
)

// Stack is the whole input as a person wrote it: private AI services and the
// clusters they go to. Package generator resolves it: overlays merged, defaults
// filled in, every check passed.
type Stack struct {
	// APIVersion is always hearth.dev/v1alpha1.
	APIVersion string `json:"apiVersion"`
	// Kind is always Stack.
	Kind string `json:"kind"`
	// Metadata names the stack.
	Metadata Metadata `json:"metadata"`
	// Spec is what is deployed, and where.
	Spec Spec `json:"spec"`
}

// Metadata names a Stack.
type Metadata struct {
	// Name of the stack, a DNS label. It becomes the Fleet bundle's GitRepo
	// name and the value of app.kubernetes.io/part-of.
	Name string `json:"name"`
}

// Spec holds the bases, the overlays over them, and the clusters.
type Spec struct {
	// Bases are the services, each a folder bases/<name>. At least one.
	Bases []Base `json:"bases"`
	// Overlays are variants of bases, each a folder overlays/<name>.
	Overlays []Overlay `json:"overlays,omitzero"`
	// Fleet says which cluster gets which overlay. Without it no fleet.yaml is
	// written.
	Fleet *Fleet `json:"fleet,omitzero"`
	// Substitute is flux where a Kustomization of Flux with postBuild applies the
	// tree. Then expose.host, openWebUI.oidc.providerURL, storageClassName,
	// annotations and env may have its variables: ${NAME}, ${NAME:=default},
	// and $${ for ${ itself. A value in an annotation has to be text, not a number
	// or true. Whoever else applies the tree, and kubectl, puts nothing in: the API
	// server refuses such a host. Default: nobody substitutes.
	Substitute Substitute `json:"substitute,omitzero"`
	// Exceptions are what `hearth vet` may find without failing.
	Exceptions []Exception `json:"exceptions,omitzero"`
	// Catalog asks for files that no cluster gets: service pages, and entries of
	// catalogues and dashboards. Default none.
	Catalog *Catalog `json:"catalog,omitzero"`
}

// Overlay is a variant of one or more bases.
type Overlay struct {
	// Name of the overlay and of its folder, a DNS label. With forEach it names the
	// template alone, and its items have their own.
	Name string `json:"name"`
	// ForEach makes many overlays of this one, each with what its item says. Default:
	// it is one overlay.
	ForEach *ForEach `json:"forEach,omitzero"`
	// Bases names the bases and overrides their fields.
	Bases []Override `json:"bases"`
	// About is what no object says of the service, laid over that of the catalog:
	// maps merge, lists replace, null returns to the default.
	About AboutPatch `json:"about,omitzero"`
	// Resources are complete Kubernetes objects added to this overlay.
	Resources []Object `json:"resources,omitzero"`
	// Patches change the overlay's objects last.
	Patches []Patch `json:"patches,omitzero"`
}

// Short is what somebody means who writes its name alone.
func (*Overlay) Short(name string) (fix string, value any) {
	return "write {name: " + problem.Clip(name) + ", bases: [{name: NAME}]}", nil
}

// Object is a whole Kubernetes object, or a part of one, as written.
type Object map[string]any

// Default fills in what the stack leaves out. It validates nothing, and leaves
// the overlays as they are: what they override is filled in once they are
// merged.
func (s *Stack) Default() {
	s.APIVersion, s.Kind = APIVersion, Kind
	for i := range s.Spec.Bases {
		s.Spec.Bases[i].Default()
	}
	if s.Spec.Fleet != nil {
		s.Spec.Fleet.applyDefaults()
	}
	if s.Spec.Catalog != nil {
		s.Spec.Catalog.applyDefaults()
	}
}

// Validate reports everything that is wrong with the stack as written, before
// its overlays are merged. It changes nothing.
func (s *Stack) Validate() problem.List {
	v := newValidator()
	for i := range s.Spec.Bases {
		v.base(field.NewPath("spec", "bases").Index(i), s.Spec.Bases[i])
	}
	v.stack(s)
	return v.problems.Sorted()
}

// maxRelease is the longest name of a Helm release, which the stack's becomes.
const maxRelease = 53

// stack checks all but the bases: names, references, and the clusters.
func (v validator) stack(s *Stack) {
	name, spec := field.NewPath("metadata", "name"), field.NewPath("spec")
	v.label(name, s.Metadata.Name, "the stack's name")
	if n := len(s.Metadata.Name); n > maxRelease && n <= 63 {
		v.errorf(name, "", "got %q of %d characters, want at most %d: Fleet's Helm release has this name", s.Metadata.Name, n, maxRelease)
	}
	if len(s.Spec.Bases) == 0 {
		v.errorf(spec.Child("bases"), "declare at least one base", "missing: there is nothing to deploy")
	}
	v.unique(spec.Child("bases"), s.baseNames())
	v.unique(spec.Child("overlays"), s.overlayNames())
	for i := range s.Spec.Overlays {
		v.overlay(spec.Child("overlays").Index(i), &s.Spec.Overlays[i], s)
	}
	overlays := namesOf(s.overlayNames())
	if s.Spec.Fleet != nil {
		v.fleet(s, overlays)
	}
	v.catalog(spec.Child("catalog"), s.Spec.Catalog)
	v.variables(s)
	v.exceptions(spec.Child("exceptions"), s.Spec.Exceptions, overlays, spec.Child("overlays"))
}

func (v validator) overlay(at *field.Path, o *Overlay, s *Stack) {
	v.label(at.Child("name"), o.Name, "the overlay's name")
	if len(o.Bases) == 0 {
		v.errorf(at.Child("bases"), "write bases: [{name: NAME}]", "missing: want the bases that the overlay is made of")
	}
	seen := map[string]bool{}
	for i, b := range o.Bases {
		v.override(at.Child("bases").Index(i), b, s)
		if name := b.Name(); seen[name] && name != "" {
			v.errorf(at.Child("bases").Index(i).Child("name"), "declare a second base for the second copy", "got %q a second time", name)
		}
		seen[b.Name()] = true
	}
	v.objects(at.Child("resources"), o.Resources)
	v.overlayNamespaces(at.Child("resources"), o.Resources)
	v.patches(at.Child("patches"), o.Patches)
}

// override checks which base an overlay's entry is for.
func (v validator) override(at *field.Path, o Override, s *Stack) {
	base := s.Base(o.Name())
	switch {
	case base == nil && len(s.Spec.Bases) == 0: // said once, of spec.bases
	case base == nil || o.Name() == "":
		v.reference(at.Child("name"), o.Name(), "base", namesOf(s.baseNames()), field.NewPath("spec", "bases"))
	case !o.keepsNamespace(base) && len(validation.IsDNS1123Label(base.Namespace)) == 0: // else that is to be seen to first
		v.errorf(at.Child("namespace"), "remove it, or declare a second base in that namespace",
			"got %q: an overlay cannot move a base to another namespace, its volumes would stay behind", o["namespace"])
	case o.keepsNamespace(base) && !o.keepsOllama(base) && len(validation.IsDNS1035Label(base.Ollama.ServiceName())) == 0:
		got, _ := o.ollama()["name"].(string)
		v.because(s.ollamaOf(base.Name)).errorf(at.Child("ollama", "name"), "remove it, or declare a second base with that name",
			"got %q: an overlay cannot rename the Ollama %s, its volume would stay behind", got, base.Ollama.ServiceName())
	}
}

// Base returns the base with the given name, or nil.
func (s *Stack) Base(name string) *Base { return baseOf(s.Spec.Bases, name) }

func baseOf(bases []Base, name string) *Base {
	if i := slices.IndexFunc(bases, func(b Base) bool { return b.Name == name }); i >= 0 {
		return &bases[i]
	}
	return nil
}

// ollamaOf is the path of a base's Ollama, as declared.
func (s *Stack) ollamaOf(base string) *field.Path { return ollamaOf(s.Spec.Bases, base) }

func ollamaOf(bases []Base, base string) *field.Path {
	i := slices.IndexFunc(bases, func(b Base) bool { return b.Name == base })
	return field.NewPath("spec", "bases").Index(i).Child("ollama")
}

func (s *Stack) baseNames() []string {
	var names []string
	for _, b := range s.Spec.Bases {
		names = append(names, b.Name)
	}
	return names
}

func (s *Stack) overlayNames() []string {
	var names []string
	for _, o := range s.Spec.Overlays {
		names = append(names, o.Name)
	}
	return names
}
