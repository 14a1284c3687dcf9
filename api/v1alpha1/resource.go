package v1alpha1

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	goyaml "go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/kustomize/kyaml/openapi"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/hearth-dev/hearth/internal/lazyregexp"
)

var (
	kindForm = lazyregexp.New(`^[A-Z][A-Za-z0-9]*$`)
	// objectForm is a name that is a file's too. Fleet refuses a bundle with
	// other characters in any path.
	objectForm = lazyregexp.New(`^[A-Za-z0-9][A-Za-z0-9_.:-]*$`) // and at most 253 long
)

// objects checks complete Kubernetes objects.
func (v validator) objects(list *field.Path, objects []Object) {
	first := map[string]int{}
	for i, o := range objects {
		at := list.Index(i)
		kind, apiVersion, name := v.identity(at, o)
		switch {
		case kind == "Secret":
			v.errorf(at, "make it with kubectl, or with an operator such as External Secrets or Sealed Secrets",
				"a Secret here would be in Git for everybody to read")
		case strings.HasSuffix(kind, "List"):
			v.errorf(at.Child("kind"), "write its items one by one", "got %s, want one object", kind)
		}
		if text := HugeExponent(map[string]any(o)); text != "" {
			v.errorf(at, "write the number out", "has %s in it: tools that read the object compute its power of ten for hours", text)
		}
		own := namespaceOf(o)
		v.staysText(at.Child("metadata", "namespace"), own)
		v.staysText(at.Child("metadata", "name"), name)
		v.metadataStrings(at, o, "labels")
		v.metadataStrings(at, o, "annotations")
		id := strings.Join([]string{apiVersion, kind, own, name}, "/")
		if j, again := first[id]; again && name != "" {
			v.errorf(at, "remove one of them", "it is the same %s %s as %s", kind, name, list.Index(j))
		}
		first[id] = i
	}
}

// baseNamespaces checks where a base's objects go: its kustomization sets one
// namespace for all of them.
func (v validator) baseNamespaces(base *field.Path, objects []Object, namespace string) {
	for i, o := range objects {
		at := base.Child("resources").Index(i)
		own := namespaceOf(o)
		switch {
		case o["kind"] == "Namespace":
			v.errorf(at, "use createNamespace and namespaceLabels, or move it to an overlay's resources",
				"the base's kustomization would rename the Namespace to %s", namespace)
		case own != "" && own != namespace:
			v.because(base.Child("namespace")).errorf(at.Child("metadata", "namespace"), "move it to an overlay's resources", "got %q: a base has one namespace, %s", own, namespace)
		}
	}
}

// overlayNamespaces checks where an overlay's objects go: its kustomization sets
// no namespace.
func (v validator) overlayNamespaces(at *field.Path, objects []Object) {
	for i, o := range objects {
		at := at.Index(i).Child("metadata", "namespace")
		own := namespaceOf(o)
		kind, _ := o["kind"].(string)
		apiVersion, _ := o["apiVersion"].(string)
		if own == "" && namespaced(apiVersion, kind) {
			v.errorf(at, "", "missing: want the namespace of the %s, for an overlay sets none", kind)
		}
		v.optionalLabel(at, own)
	}
}

// identity checks what tells an object from others.
func (v validator) identity(at *field.Path, o Object) (kind, apiVersion, name string) {
	kind, _ = o["kind"].(string)
	apiVersion, _ = o["apiVersion"].(string)
	name, _ = metadata(o)["name"].(string)
	group, version, grouped := strings.Cut(apiVersion, "/")
	if !grouped {
		group, version = "", apiVersion
	}
	switch {
	case apiVersion == "":
		v.errorf(at.Child("apiVersion"), "", "missing: want a complete Kubernetes object")
	case grouped && len(validation.IsDNS1123Subdomain(group)) > 0, len(validation.IsDNS1035Label(version)) > 0:
		v.errorf(at.Child("apiVersion"), "", "got %q, want such as v1 or apps/v1", apiVersion)
	}
	switch {
	case kind == "":
		v.errorf(at.Child("kind"), "", "missing: want a complete Kubernetes object")
	case !kindForm().MatchString(kind):
		v.errorf(at.Child("kind"), "", "got %q, want such as ConfigMap", kind)
	}
	switch {
	case name == "":
		v.errorf(at.Child("metadata", "name"), "", "missing: want the object's name")
	case !objectForm().MatchString(name) || len(name) > 253:
		v.errorf(at.Child("metadata", "name"), "", "got %q, want letters, digits, '-', '_', '.' and ':', a letter or digit first", name)
	}
	return kind, apiVersion, name
}

// metadataStrings checks labels or annotations. Other values than strings fail
// in the cluster, and Fleet would report them as drift.
func (v validator) metadataStrings(at *field.Path, o Object, name string) {
	at = at.Child("metadata", name)
	switch values := metadata(o)[name].(type) {
	case nil:
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(values)) {
			if _, ok := values[key].(string); !ok {
				v.errorf(at.Key(key), fmt.Sprintf("quote it: \"%v\"", values[key]), "got %v, want a string", values[key])
			}
			v.labelKey(at.Key(key), key)
			if key == localConfig {
				v.errorf(at.Key(key), "remove the annotation, or the object", "kustomize drops objects with this annotation")
			}
		}
	default:
		v.errorf(at, "", "want a mapping of names to strings")
	}
}

// staysText refuses an object's name or namespace that YAML reads as a number, a
// date or the like: kustomize writes both without quotes once it has patched the
// object, and the cluster refuses it.
func (v validator) staysText(at *field.Path, value string) {
	n := goyaml.Node{Kind: goyaml.ScalarNode, Value: value}
	if value != "" && n.ShortTag() != "!!str" { // no name at all is another mistake
		v.errorf(at, "put a letter in front", "got %q, which kustomize would write without quotes, and then it is no text any more", value)
	}
}

// namespaced reports whether a kind lives in a namespace; false for kinds that only a
// cluster knows.
func namespaced(apiVersion, kind string) bool {
	in, known := openapi.IsNamespaceScoped(yaml.TypeMeta{APIVersion: apiVersion, Kind: kind})
	return in && known
}

func namespaceOf(o Object) string {
	namespace, _ := metadata(o)["namespace"].(string)
	return namespace
}

func metadata(o Object) map[string]any {
	m, _ := o["metadata"].(map[string]any)
	return m
}
