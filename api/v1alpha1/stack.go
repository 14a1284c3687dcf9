package v1alpha1

const (
	// APIVersion of a Stack. The group hearth.dev is provisional: nobody owns
	// it yet, and it may change before v1.
	APIVersion = "hearth.dev/v1alpha1"
	// Kind of the one document that hearth reads.
	Kind = "Stack"
)

// Stack is the whole input: private AI services and the clusters they go to.
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

// Base is one deployable service in one namespace: Ollama, Open WebUI, or both.
//
// An overlay lists a base by name and overrides its fields by JSON merge patch
// (RFC 7386) on the base as written: maps merge, lists replace, null returns to
// the default.
type Base struct {
	// Name of the base and of its folder, a DNS label. An overlay cannot change it.
	Name string `json:"name"`
	// Namespace of every object. An overlay cannot change it: a volume cannot
	// move between namespaces.
	Namespace string `json:"namespace"`
	// CreateNamespace adds the Namespace object. Default false: Fleet and
	// `kubectl create namespace` make it, and a Namespace in Git is deleted with
	// all volumes when it leaves Git. An overlay over several namespaces has
	// them always.
	CreateNamespace bool `json:"createNamespace,omitempty"`
	// NamespaceLabels for the namespace, in fleet.yaml and in the Namespace
	// object. Defaults to Pod Security "restricted", enforced.
	NamespaceLabels map[string]string `json:"namespaceLabels,omitempty"`
	// Labels for every object and pod but the volumes. Never part of a
	// selector, so that they can change.
	Labels map[string]string `json:"labels,omitempty"`
	// Annotations for every object and pod but the volumes.
	Annotations map[string]string `json:"annotations,omitempty"`
	// Images says where container images come from.
	Images Images `json:"images,omitempty"`
	// Proxy is the HTTP proxy of the pods. Default none.
	Proxy *Proxy `json:"proxy,omitempty"`
	// CABundle is a ConfigMap with extra certificate authorities that the pods
	// trust: for a private model registry or identity provider.
	CABundle *CABundle `json:"caBundle,omitempty"`
	// DNS is where the pods look up names. Default: the cluster's DNS pods and
	// node-local DNS, where most clusters have them.
	DNS *DNS `json:"dns,omitempty"`
	// Ollama is the inference server. Default none.
	Ollama *Ollama `json:"ollama,omitempty"`
	// OpenWebUI is the chat in front of it. Default none.
	OpenWebUI *OpenWebUI `json:"openWebUI,omitempty"`
	// Expose is the way in from outside the cluster: to Open WebUI where the
	// base has one, else to Ollama. Default internal, no way in.
	Expose *Expose `json:"expose,omitempty"`
	// Resources are complete Kubernetes objects added to the base as they are.
	Resources []Object `json:"resources,omitempty"`
	// Patches change the generated objects last, as kustomize's patches do: the
	// escape hatch for what the Stack has no field for.
	Patches []Patch `json:"patches,omitempty"`
}

// Overlay is a variant of one or more bases.
type Overlay struct {
	// Name of the overlay and of its folder, a DNS label.
	Name string `json:"name"`
	// Bases names the bases and overrides their fields. As written, an entry
	// holds a base's name and the overrides; after Parse it is the merged,
	// defaulted base.
	Bases []Base `json:"bases" strict:"patch"`
	// Resources are complete Kubernetes objects added to this overlay.
	Resources []Object `json:"resources,omitempty"`
	// Patches change the overlay's objects last.
	Patches []Patch `json:"patches,omitempty"`
}

// Base returns the base with the given name, or nil.
func (s *Stack) Base(name string) *Base {
	for i := range s.Spec.Bases {
		if s.Spec.Bases[i].Name == name {
			return &s.Spec.Bases[i]
		}
	}
	return nil
}

// Overlay returns the overlay with the given name, or nil.
func (s *Stack) Overlay(name string) *Overlay {
	for i := range s.Spec.Overlays {
		if s.Spec.Overlays[i].Name == name {
			return &s.Spec.Overlays[i]
		}
	}
	return nil
}

// Object is a whole Kubernetes object, or a part of one, as written.
type Object map[string]any

// Patch is an entry of kustomize's patches, inline.
type Patch struct {
	// Patch is a strategic merge patch or a list of JSON 6902 operations, as
	// YAML text.
	Patch string `json:"patch"`
	// Target selects the objects. Needed by JSON 6902; a strategic merge patch
	// names its object itself.
	Target *PatchTarget `json:"target,omitempty"`
}

// PatchTarget selects objects for a Patch; name and namespace are anchored
// regular expressions, as in kustomize.
type PatchTarget struct {
	Group              string `json:"group,omitempty"`
	Version            string `json:"version,omitempty"`
	Kind               string `json:"kind,omitempty"`
	Name               string `json:"name,omitempty"`
	Namespace          string `json:"namespace,omitempty"`
	LabelSelector      string `json:"labelSelector,omitempty"`
	AnnotationSelector string `json:"annotationSelector,omitempty"`
}
