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
	Name string `json:"name"`
	// Bases by themselves, as declared.
	Bases []Base `json:"bases"`
	// Overlays with their bases merged.
	Overlays []ResolvedOverlay `json:"overlays,omitzero"`
	// Fleet says which cluster gets which overlay; nil for no bundle.
	Fleet *Fleet `json:"fleet,omitzero"`
	// Exceptions are what `hearth vet` may find without failing.
	Exceptions []Exception `json:"exceptions,omitzero"`
	// Catalog asks for files that no cluster gets; nil for none.
	Catalog *Catalog `json:"catalog,omitzero"`
}

// ResolvedOverlay is an overlay with its overrides merged.
type ResolvedOverlay struct {
	// Name of the overlay and of its folder.
	Name string `json:"name"`
	// Bases with the overlay's overrides, and their defaults.
	Bases []Base `json:"bases"`
	// About is what no object says of the service.
	About About `json:"about,omitzero"`
	// Resources are complete Kubernetes objects added to this overlay.
	Resources []Object `json:"resources,omitzero"`
	// Patches change the overlay's objects last.
	Patches []Patch `json:"patches,omitzero"`
}

// Base returns the base with the given name, or nil.
func (r *Resolved) Base(name string) *Base { return baseOf(r.Bases, name) }

// Base returns the overlay's base with the given name, or nil.
func (o *ResolvedOverlay) Base(name string) *Base { return baseOf(o.Bases, name) }

// Overlay returns the overlay with the given name, or nil.
func (r *Resolved) Overlay(name string) *ResolvedOverlay {
	for i := range r.Overlays {
		if r.Overlays[i].Name == name {
			return &r.Overlays[i]
		}
	}
	return nil
}

// ollamaOf is the path of a base's Ollama, as declared.
func (r *Resolved) ollamaOf(base string) *field.Path { return ollamaOf(r.Bases, base) }

// OverlayNames are the names of the overlays, in order.
func (r *Resolved) OverlayNames() []string {
	var names []string
	for _, o := range r.Overlays {
		names = append(names, o.Name)
	}
	return names
}

// Validate reports what is wrong with the whole that is wrong with none of its
// bases: what they have to do with each other. It changes nothing.
func (r *Resolved) Validate() problem.List {
	v := newValidator()
	for i, o := range r.Overlays {
		at := field.NewPath("spec", "overlays").Index(i).Child("bases")
		for j := range o.Bases {
			for k := range o.Bases[:j] {
				v.beside(at.Index(j), at.Index(k), &o.Bases[k], &o.Bases[j], r)
			}
		}
	}
	if r.Fleet != nil {
		v.clusters(r)
	}
	v.listed(r)
	v.owners(r)
	return v.problems.Sorted()
}

// beside checks two bases of one overlay.
func (v validator) beside(at, first *field.Path, earlier, b *Base, r *Resolved) {
	if b.Name == "" || earlier.Name == "" || b.Name == earlier.Name { // said already
		return
	}
	v = v.because(first, at.Child("ollama"), first.Child("ollama"), r.ollamaOf(b.Name), r.ollamaOf(earlier.Name))
	other := fmt.Sprintf("%s (%s)", first, earlier.Name)
	if c := conflictOf(earlier, b); c != nil {
		at, what := at, c.what
		if c.field != nil {
			at = at.Child(c.field[0], c.field[1:]...)
		}
		v.errorf(at, c.fix, "it and %s %s", other, what)
		return
	}
	// The overlay builds on the bases' folders, which cannot bring one object
	// twice, whatever the overlay does about it.
	if c := conflictOf(r.Base(earlier.Name), r.Base(b.Name)); c != nil {
		v.errorf(at, c.fix+", in spec.bases", "it and %s, as declared, %s", other, c.what)
		return
	}
	for _, program := range slices.Sorted(maps.Keys(b.recurringJobs())) {
		name := b.recurringJobs()[program]
		if slices.Contains(slices.Collect(maps.Values(earlier.recurringJobs())), name) {
			v.errorf(at.Child(program, "storage", "backup", "longhorn", "group"), "give one of them another group", "it and %s both bring the recurring job %q", other, name)
		}
	}
	for i, h := range b.Expose.Hosts() {
		if slices.Contains(earlier.Expose.Hosts(), h) {
			place := at.Child("expose", "host")
			if i > 0 {
				place = at.Child("expose", "additionalHosts").Index(i - 1)
			}
			v.errorf(place, "give one of them another host", "it and %s both have a route for %s", other, h)
		}
	}
	if earlier.Namespace == b.Namespace && !maps.Equal(earlier.NamespaceLabels, b.NamespaceLabels) {
		v.errorf(at.Child("namespaceLabels"), "write the same in both", "it and %s are in the namespace %s and label it differently", other, b.Namespace)
	}
}

// recurringJobs are the names of Longhorn's jobs that the base brings, by the
// field of the program that brings it.
func (b *Base) recurringJobs() map[string]string {
	jobs := map[string]string{}
	if b.Ollama != nil {
		jobs["ollama"] = b.Ollama.Storage.RecurringJob()
	}
	if b.OpenWebUI != nil {
		jobs["openWebUI"] = b.OpenWebUI.Storage.RecurringJob()
	}
	maps.DeleteFunc(jobs, func(_, name string) bool { return name == "" })
	return jobs
}

// conflict is an object that two bases both bring into one namespace: the field
// that decides it, if there is one, what is wrong, and what to do.
type conflict struct {
	field     []string
	what, fix string
}

// conflictOf is the conflict of two bases; nil if there is none.
func conflictOf(a, b *Base) *conflict {
	if a.Namespace != b.Namespace {
		return nil
	}
	routes := a.Expose.Exposed() && b.Expose.Exposed()
	name := func(n string) bool { return slices.Contains(a.programs(), n) }
	program, claim := sharedClaim(a, b)
	switch i := slices.IndexFunc(b.programs(), name); {
	case a.Ollama != nil && b.Ollama != nil && i >= 0 && b.programs()[i] != serviceOpenWebUI && b.programs()[i] != serviceEngine:
		what := "both bring objects called " // those of a speed check
		if a.Ollama.ServiceName() == b.Ollama.ServiceName() {
			what = "both bring an Ollama called "
		}
		return &conflict{[]string{"ollama", "name"}, what + b.programs()[i] + " into the namespace " + b.Namespace, "give one of them another name, or another namespace"}
	case a.OpenWebUI != nil && b.OpenWebUI != nil:
		return &conflict{what: "both bring an Open WebUI into the namespace " + b.Namespace, fix: "give one of them another namespace"}
	case a.Engine != nil && b.Engine != nil:
		return &conflict{what: "both bring an engine into the namespace " + b.Namespace, fix: "give one of them another namespace"}
	case a.CreateNamespace && b.CreateNamespace:
		return &conflict{[]string{"createNamespace"}, "both create the namespace " + b.Namespace, "leave it to one of them"}
	case program != "":
		return &conflict{[]string{program, "storage", "existingClaim"}, fmt.Sprintf("both mount the claim %q", claim), "give each volume a claim of its own"}
	case routes && a.Expose.Name == b.Expose.Name:
		return &conflict{[]string{"expose", "name"}, fmt.Sprintf("are both exposed as %q", b.Expose.Name), "give one of the routes another name"}
	case routes && a.Expose.TLS.Type == TLSCertManager && b.Expose.TLS.Type == TLSCertManager && a.Expose.TLS.SecretName == b.Expose.TLS.SecretName:
		return &conflict{[]string{"expose", "tls", "secretName"}, fmt.Sprintf("both keep their certificate in %q", b.Expose.TLS.SecretName), "give each certificate a Secret of its own"}
	case routes && a.Expose.homerConfigMap() != "" && a.Expose.homerConfigMap() == b.Expose.homerConfigMap():
		return &conflict{[]string{"expose", "tile", "homer", "configMap"}, fmt.Sprintf("both write the ConfigMap %q", b.Expose.homerConfigMap()), "give each tile a ConfigMap of its own"}
	}
	return nil
}

// sharedClaim is the claim of a's that a program of b mounts, with that program's
// field; "" if there is none. An Ollama removes at its start what no model of its own
// needs, and with it what another is pulling.
func sharedClaim(a, b *Base) (program, claim string) {
	taken := slices.Concat(slices.Collect(maps.Values(a.claims()))...)
	for _, program := range slices.Sorted(maps.Keys(b.claims())) {
		for _, claim := range b.claims()[program] {
			if slices.Contains(taken, claim) {
				return program, claim
			}
		}
	}
	return "", ""
}

// clusters checks what the clusters get.
func (v validator) clusters(r *Resolved) {
	fleet := field.NewPath("spec", "fleet")
	if o := r.Overlay(r.Fleet.DefaultOverlay); o != nil && o.exposed() {
		v.because(o.opens(r)...).errorf(fleet.Child("defaultOverlay"), "name an overlay without a route, or leave it out: then such clusters get nothing",
			"%q is exposed, and Fleet gives the default to every cluster that no target matches", r.Fleet.DefaultOverlay)
	}
	var deployed []*ResolvedOverlay // each once
	var places []*field.Path        // that name them
	left := map[string]*ResolvedOverlay{}
	for i := range r.Overlays {
		if o := &r.Overlays[i]; left[o.Name] == nil {
			left[o.Name] = o
		}
	}
	add := func(name string, place *field.Path) {
		if o := left[name]; o != nil && len(o.Bases) > 0 {
			deployed, places = append(deployed, o), append(places, place)
			delete(left, name)
		}
	}
	for i, t := range r.Fleet.Targets {
		add(t.Overlay, fleet.Child("targets").Index(i).Child("overlay"))
	}
	add(r.Fleet.DefaultOverlay, fleet.Child("defaultOverlay"))
	if r.Fleet.CopySecrets {
		v.copiedSecrets(r.Name, deployed)
	}
	v.sameLabels(deployed, places)
	v.sameHosts(deployed, places)
}

// exposed reports whether the overlay opens something outside the cluster.
func (o *ResolvedOverlay) exposed() bool {
	return slices.ContainsFunc(o.Bases, func(b Base) bool {
		return b.Expose.Exposed() || b.Ollama != nil && b.Ollama.Service.Type != ClusterIP || b.OpenWebUI != nil && b.OpenWebUI.Service.Type != ClusterIP
	})
}

// opens are the fields that can open something outside the cluster.
func (o *ResolvedOverlay) opens(r *Resolved) []*field.Path {
	var paths []*field.Path
	for i := range r.Overlays {
		for j := range o.Bases {
			if &r.Overlays[i] == o {
				base := field.NewPath("spec", "overlays").Index(i).Child("bases").Index(j)
				paths = append(paths, base.Child("expose"), base.Child("ollama", "service"), base.Child("openWebUI", "service"))
			}
		}
	}
	return paths
}

// BringsNamespaces reports whether the overlay has Namespace objects: where a base asks
// for one, and where there are several namespaces, of which Helm makes one alone.
func (o *ResolvedOverlay) BringsNamespaces() bool {
	return slices.ContainsFunc(o.Bases, func(b Base) bool { return b.CreateNamespace || b.Namespace != o.Bases[0].Namespace })
}

// copiedSecrets refuses to have Secrets copied where no pod looks for them: next to the
// Helm release, which has a namespace to itself where the overlay has Namespace objects.
func (v validator) copiedSecrets(name string, deployed []*ResolvedOverlay) {
	for _, o := range deployed {
		if o.BringsNamespaces() {
			v.errorf(field.NewPath("spec", "fleet", "copySecrets"), "leave it out, or deploy overlays of one namespace without createNamespace alone",
				"Fleet copies Secrets into the namespace of the Helm release, and that of %s is %s-release: the overlay has Namespace objects", o.Name, name)
		}
	}
}

// sameLabels warns of a defect of Fleet: the labels of all targets land on
// every cluster (rancher/fleet#4210).
func (v validator) sameLabels(deployed []*ResolvedOverlay, places []*field.Path) {
	for i, o := range deployed {
		if first := deployed[0]; !maps.Equal(first.Bases[0].NamespaceLabels, o.Bases[0].NamespaceLabels) {
			v.warnf(places[i], "give all overlays the same namespaceLabels",
				"the namespaceLabels of %s and %s differ, and some versions of Fleet put those of all targets on every cluster (rancher/fleet#4210)", first.Name, o.Name)
			return
		}
	}
}

// sameHosts warns of one name for routes of several clusters: it leads to one
// of them only.
func (v validator) sameHosts(deployed []*ResolvedOverlay, places []*field.Path) {
	first := map[Host]string{}
	for i, o := range deployed {
		for _, b := range o.Bases {
			if b.Expose == nil {
				continue
			}
			for _, h := range b.Expose.Hosts() {
				if other, taken := first[h]; taken && other != o.Name {
					v.warnf(places[i], "give one of them another host", "%s and %s both have a route for %s", other, o.Name, h)
					continue
				}
				first[h] = o.Name
			}
		}
	}
}
