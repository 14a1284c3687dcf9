package v1alpha1

import (
	"fmt"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/api/problem"
)

// Resolved is a Stack with every overlay merged into its bases, and every
// default filled in: what is generated. Package generator makes it of a Stack.
type Resolved struct {
	// Name of the stack.
	Name string
	// Bases by themselves, as declared.
	Bases []Base
	// Overlays with their bases merged.
	Overlays []ResolvedOverlay
	// Fleet says which cluster gets which overlay; nil for no bundle.
	Fleet *Fleet
	// Exceptions are what `hearth vet` may find without failing.
	Exceptions []Exception
}

// ResolvedOverlay is an overlay with its overrides merged.
type ResolvedOverlay struct {
	// Name of the overlay and of its folder.
	Name string
	// Bases with the overlay's overrides, and their defaults.
	Bases []Base
	// Resources are complete Kubernetes objects added to this overlay.
	Resources []Object
	// Patches change the overlay's objects last.
	Patches []Patch
}

// Base returns the base with the given name, or nil.
func (r *Resolved) Base(name string) *Base {
	for i := range r.Bases {
		if r.Bases[i].Name == name {
			return &r.Bases[i]
		}
	}
	return nil
}

// Overlay returns the overlay with the given name, or nil.
func (r *Resolved) Overlay(name string) *ResolvedOverlay {
	for i := range r.Overlays {
		if r.Overlays[i].Name == name {
			return &r.Overlays[i]
		}
	}
	return nil
}

// OverlayNames are the names of the overlays, in order.
func (r *Resolved) OverlayNames() []string {
	var names []string
	for _, o := range r.Overlays {
		names = append(names, o.Name)
	}
	return names
}
