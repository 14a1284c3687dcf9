package v1alpha1

import (
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// maxAnnotations is what Kubernetes accepts on one object, in bytes.
const maxAnnotations = 256 << 10

// localConfig marks objects that kustomize leaves out of its output.
const localConfig = "config.kubernetes.io/local-config"

// reservedAnnotation is an annotation that something else acts on.
type reservedAnnotation struct {
	prefix   string // of the key
	why, fix string // it cannot be written, and what to do instead
}

// reservedAnnotations are those that do not go on any object of a stack's. Which
// ones hearth writes on a route, each controller's package knows.
var reservedAnnotations = []reservedAnnotation{
	{"cert-manager.io/", "cert-manager would make a second certificate", "use expose.tls"},
	{"kubernetes.io/ingress.class", "it contradicts the Ingress's ingressClassName", "use className of expose.nginx and the like"},
	{localConfig, "kustomize would drop every object", "remove it"},
	{"config.kubernetes.io/", "kustomize keeps annotations of this name for itself", "remove it"},
	{"internal.config.kubernetes.io/", "kustomize keeps annotations of this name for itself", "remove it"},
	{AcceleratorMemory, "hearth writes it on the pods that have devices", "use ollama.accelerator.memory"},
	{"helm.sh/hook", "Fleet deploys by Helm, which would take every object for a hook", "remove it"},
	{"meta.helm.sh/", "Helm keeps annotations of this name for itself", "remove it"},
}

// reserved is the row of an annotation that goes on no object; nil if there is
// none.
func reserved(key string) *reservedAnnotation {
	i := slices.IndexFunc(reservedAnnotations, func(r reservedAnnotation) bool { return strings.HasPrefix(key, r.prefix) })
	if i < 0 {
		return nil
	}
	return &reservedAnnotations[i]
}

// ReservedAnnotation reports whether an annotation is refused on every object.
func ReservedAnnotation(key string) bool { return reserved(key) != nil }

// annotations checks the keys and the size of what goes to an object, and
// reports those that nothing else has an eye on.
func (v validator) annotations(at *field.Path, annotations map[string]string) (free []string) {
	size := 0
	for _, key := range slices.Sorted(maps.Keys(annotations)) {
		size += len(key) + len(annotations[key])
		v.labelKey(at.Key(key), key)
		if r := reserved(key); r != nil {
			v.errorf(at.Key(key), r.fix, "%s", r.why)
		} else {
			free = append(free, key)
		}
	}
	if size > maxAnnotations {
		v.errorf(at, "put long texts into a ConfigMap", "got %d bytes, want at most %d", size, maxAnnotations)
	}
	return free
}

// baseAnnotations refuses, besides, what a controller reads on a route: on every
// object of a base it would stand for nothing, or for what nobody has checked.
func (v validator) baseAnnotations(at *field.Path, annotations map[string]string) {
	for _, key := range v.annotations(at, annotations) {
		if AnnotationController(key) != "" {
			v.errorf(at.Key(key), "move it to expose.annotations", "an ingress controller reads this annotation, and on its route alone")
		}
	}
}

// AnnotationController is the type of route whose controller reads an
// annotation: "" if none does, "another" if it is one that hearth has no type
// for.
func AnnotationController(key string) ExposeType {
	domain, _, _ := strings.Cut(key, "/")
	switch {
	case domain == "nginx.org", domain == "nginx.com", domain == "nsm.nginx.com", domain == "f5.com", strings.HasSuffix(domain, ".f5.com"):
		return ExposeNginx
	case domain == "nginx.ingress.kubernetes.io":
		return ExposeIngressNGINX
	case domain == "traefik.ingress.kubernetes.io":
		return ExposeTraefik
	case domain == "ingress.kubernetes.io", strings.HasSuffix(domain, ".ingress.kubernetes.io"):
		return "another"
	}
	return ""
}
