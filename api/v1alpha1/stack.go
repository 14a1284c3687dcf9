package v1alpha1

import (
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
	Overlays []Overlay `json:"overlays,omitempty"`
	// Fleet says which cluster gets which overlay. Without it no fleet.yaml is
	// written.
	Fleet *Fleet `json:"fleet,omitempty"`
	// Exceptions are what `hearth vet` may find without failing.
	Exceptions []Exception `json:"exceptions,omitempty"`
}

// Overlay is a variant of one or more bases.
type Overlay struct {
	// Name of the overlay and of its folder, a DNS label.
	Name string `json:"name"`
	// Bases names the bases and overrides their fields.
	Bases []Override `json:"bases"`
	// Resources are complete Kubernetes objects added to this overlay.
	Resources []Object `json:"resources,omitempty"`
	// Patches change the overlay's objects last.
	Patches []Patch `json:"patches,omitempty"`
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
