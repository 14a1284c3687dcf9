package v1alpha1

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/document"
)

// The kinds of a function's config besides Stack, each of APIVersion.
const (
	KindOllama          = "Ollama"
	KindOllamaResources = "OllamaResources"
	KindOpenWebUI       = "OpenWebUI"
	KindExpose          = "Expose"
	KindStackCheck      = "StackCheck"
)

// Suggest is the fix for a name that is none of the options: the nearest one,
// "" if none is near.
func Suggest(name string, options []string) string { return suggest(name, options) }

// FunctionMetadata is the metadata of a KRM function's config. It is wider than
// a Stack's: the tools that run functions keep their own annotations there.
type FunctionMetadata struct {
	// Name of the config, a DNS label: the value of app.kubernetes.io/part-of,
	// and the folder of what is generated from it.
	Name string `json:"name"`
	// Namespace of the objects. A Stack has its bases' own, and ignores it.
	Namespace string `json:"namespace,omitempty"`
	// Labels are somebody else's: hearth reads none.
	Labels map[string]string `json:"labels,omitempty"`
	// Annotations are somebody else's: hearth reads none.
	Annotations map[string]string `json:"annotations,omitempty"`
}

// stackFunction is a Stack as a function's config.
type stackFunction struct {
	APIVersion string           `json:"apiVersion"`
	Kind       string           `json:"kind"`
	Metadata   FunctionMetadata `json:"metadata"`
	Spec       struct {
		Spec
		// Overlay to emit. Default: the only one there is.
		Overlay string `json:"overlay,omitempty"`
	} `json:"spec"`
}

// ParseStackFunction reads a Stack that is a function's config: as Parse does,
// but it may have any annotations and a field spec.overlay, which names the
// overlay to emit and is returned as written. The Stack is nil if there is an
// error among the problems.
func ParseStackFunction(config *yaml.Node) (*Stack, string, problem.List) {
	root, problems := document.FromNode("", config)
	if root == nil {
		return nil, "", problems
	}
	if wrong := typeMeta(root, Kind); wrong != nil {
		return nil, "", append(problems, wrong...).Sorted()
	}
	var d document.Decoder
	var f stackFunction
	unread := d.Decode(root, &f)
	s := &Stack{APIVersion: f.APIVersion, Kind: f.Kind, Metadata: Metadata{Name: f.Metadata.Name}, Spec: f.Spec.Spec}
	problems = append(problems, s.complete(root, &d, unread)...).Sorted()
	if problems.Err() != nil {
		return nil, "", problems
	}
	return s, f.Spec.Overlay, problems
}

// ChooseOverlay is the overlay of the given name; for "" the only one there is.
// path is where the name stands, or would.
func (s *Stack) ChooseOverlay(path, name string) (*Overlay, *problem.Problem) {
	wrong := &problem.Problem{Severity: problem.Error, Path: path}
	names := s.overlayNames()
	switch {
	case len(names) == 0:
		wrong.Path = "spec.overlays"
		wrong.Message = "missing: a function emits an overlay, and the stack has none"
		wrong.Fix = "write overlays: [{name: NAME, bases: [{name: " + s.Spec.Bases[0].Name + "}]}]"
	case name == "" && len(names) == 1:
		return &s.Spec.Overlays[0], nil
	case name == "":
		wrong.Message = "missing: want the overlay to emit, one of " + strings.Join(names, ", ")
	case s.Overlay(name) != nil:
		return s.Overlay(name), nil
	default:
		wrong.Message = "no overlay \"" + name + "\": the overlays are " + strings.Join(names, ", ")
		wrong.Fix = suggest(name, names)
	}
	return nil, wrong
}

// OverlayChoice is a function's config that names an overlay of a Stack which
// stands elsewhere: the ConfigMap that kpt makes of a configMap.
type OverlayChoice struct {
	// Overlay to emit. Default: the only one there is.
	Overlay string `json:"overlay,omitempty"`
	// Stack is the name of the Stack, where there are several.
	Stack string `json:"stack,omitempty"`
}

// ParseOverlayChoice reads a ConfigMap with an OverlayChoice for its data.
func ParseOverlayChoice(config *yaml.Node) (OverlayChoice, problem.List) {
	var f struct {
		APIVersion string           `json:"apiVersion"`
		Kind       string           `json:"kind"`
		Metadata   FunctionMetadata `json:"metadata"`
		Data       OverlayChoice    `json:"data"`
	}
	root, problems := document.FromNode("", config)
	if root != nil {
		problems = append(problems, document.Decode(root, &f)...).Sorted()
	}
	return f.Data, problems
}
