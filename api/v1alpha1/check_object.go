package v1alpha1

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	goyaml "go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/kustomize/kyaml/openapi"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/hearth-dev/hearth/internal/document"
)

var (
	kindForm = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*$`)
	// objectForm is a name that is a file's too. Fleet refuses a bundle with
	// other characters in any path.
	objectForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.:-]*$`) // and at most 253 long
)

// objects checks complete Kubernetes objects.
func (c *checker) objects(path string, objects []Object) {
	first := map[string]int{}
	for i, o := range objects {
		at := fmt.Sprintf("%s[%d]", path, i)
		kind, apiVersion, name := c.identity(at, o)
		switch {
		case kind == "Secret":
			c.errorf(at, "make it with kubectl, or with an operator such as External Secrets or Sealed Secrets",
				"a Secret here would be in Git for everybody to read")
		case strings.HasSuffix(kind, "List"):
			c.errorf(at+".kind", "write its items one by one", "got %s, want one object", kind)
		}
		own := namespaceOf(o)
		c.staysText(at+".metadata.namespace", own)
		c.staysText(at+".metadata.name", name)
		c.metadataStrings(at, o, "labels")
		c.metadataStrings(at, o, "annotations")
		id := strings.Join([]string{apiVersion, kind, own, name}, "/")
		if j, again := first[id]; again && name != "" {
			c.errorf(at, "remove one of them", "it is the same %s %s as %s[%d]", kind, name, path, j)
		}
		first[id] = i
	}
}

// baseNamespaces checks where a base's objects go: its kustomization sets one
// namespace for all of them.
func (c *checker) baseNamespaces(objects []Object, namespace string) {
	for i, o := range objects {
		at := fmt.Sprintf("resources[%d]", i)
		own := namespaceOf(o)
		switch {
		case o["kind"] == "Namespace":
			c.errorf(at, "use createNamespace and namespaceLabels, or move it to an overlay's resources",
				"the base's kustomization would rename the Namespace to %s", namespace)
		case own != "" && own != namespace && c.read("namespace"):
			c.errorf(at+".metadata.namespace", "move it to an overlay's resources", "got %q: a base has one namespace, %s", own, namespace)
		}
	}
}

// overlayNamespaces checks where an overlay's objects go: its kustomization sets
// no namespace.
func (c *checker) overlayNamespaces(path string, objects []Object) {
	for i, o := range objects {
		at := fmt.Sprintf("%s[%d].metadata.namespace", path, i)
		own := namespaceOf(o)
		kind, _ := o["kind"].(string)
		apiVersion, _ := o["apiVersion"].(string)
		if own == "" && namespaced(apiVersion, kind) {
			c.errorf(at, "", "missing: want the namespace of the %s, for an overlay sets none", kind)
		}
		c.optionalLabel(at, own)
	}
}

// identity checks what tells an object from others.
func (c *checker) identity(at string, o Object) (kind, apiVersion, name string) {
	kind, _ = o["kind"].(string)
	apiVersion, _ = o["apiVersion"].(string)
	name, _ = metadata(o)["name"].(string)
	group, version, grouped := strings.Cut(apiVersion, "/")
	if !grouped {
		group, version = "", apiVersion
	}
	switch {
	case apiVersion == "":
		c.errorf(at+".apiVersion", "", "missing: want a complete Kubernetes object")
	case grouped && len(validation.IsDNS1123Subdomain(group)) > 0, len(validation.IsDNS1035Label(version)) > 0:
		c.errorf(at+".apiVersion", "", "got %q, want such as v1 or apps/v1", apiVersion)
	}
	switch {
	case kind == "":
		c.errorf(at+".kind", "", "missing: want a complete Kubernetes object")
	case !kindForm.MatchString(kind):
		c.errorf(at+".kind", "", "got %q, want such as ConfigMap", kind)
	}
	switch {
	case name == "":
		c.errorf(at+".metadata.name", "", "missing: want the object's name")
	case !objectForm.MatchString(name) || len(name) > 253:
		c.errorf(at+".metadata.name", "", "got %q, want letters, digits, '-', '_', '.' and ':', a letter or digit first", name)
	}
	return kind, apiVersion, name
}

// metadataStrings checks labels or annotations. Other values than strings fail
// in the cluster, and Fleet would report them as drift.
func (c *checker) metadataStrings(at string, o Object, field string) {
	at += ".metadata." + field
	switch values := metadata(o)[field].(type) {
	case nil:
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(values)) {
			if _, ok := values[key].(string); !ok {
				c.errorf(document.Join(at, key), fmt.Sprintf("quote it: \"%v\"", values[key]), "got %v, want a string", values[key])
			}
			c.labelKey(document.Join(at, key), key)
			if key == localConfig {
				c.errorf(document.Join(at, key), "remove the annotation, or the object", "kustomize drops objects with this annotation")
			}
		}
	default:
		c.errorf(at, "", "want a mapping of names to strings")
	}
}

// staysText refuses an object's name or namespace that YAML reads as a number, a
// date or the like: kustomize writes both without quotes once it has patched the
// object, and the cluster refuses it.
func (c *checker) staysText(path, value string) {
	n := goyaml.Node{Kind: goyaml.ScalarNode, Value: value}
	if value != "" && n.ShortTag() != "!!str" { // no name at all is another mistake
		c.errorf(path, "put a letter in front", "got %q, which kustomize would write without quotes, and then it is no text any more", value)
	}
}

const localConfig = "config.kubernetes.io/local-config"

// namespaced tells a kind that lives in a namespace; false for kinds that only a
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
