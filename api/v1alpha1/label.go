package v1alpha1

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// labels checks label keys and values.
func (v validator) labels(at *field.Path, labels map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		at := path.Key(key)
		v.labelKey(at, key)
		if value := labels[key]; len(validation.IsValidLabelValue(value)) > 0 {
			v.errorf(at, "", "got %q, want a label's value: at most 63 letters, digits, '-', '_' and '.', a letter or digit at both ends", value)
		}
	}
}

func (v validator) labelKey(path, key string) {
	if key == "" {
		v.errorf(path, "", "missing: want a label's name such as team or example.org/team")
	} else if len(validation.IsQualifiedName(key)) > 0 {
		v.errorf(path, "", "got the key %q, want a name such as team or example.org/team", key)
	}
}

// reservedLabels refuses the labels that hearth or the deploying tool sets.
func (v validator) reservedLabels(labels map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		switch key {
		case "app.kubernetes.io/managed-by":
			v.errorf(document.Join("labels", key), "remove it",
				"Helm sets this label on every object that Fleet deploys, so another value would be reported as drift for ever")
		case "app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component",
			"app.kubernetes.io/part-of", "app.kubernetes.io/version":
			v.errorf(document.Join("labels", key), "remove it", "hearth sets this label, and selectors lean on it")
		}
	}
}

// podSecurityVersion is a version of the Pod Security Standards.
var podSecurityVersion = regexp.MustCompile(`^(latest|v1\.[0-9]+)$`)

// namespaceLabels checks the labels that a namespace alone has.
func (v validator) namespaceLabels(labels map[string]string) {
	v.labels("namespaceLabels", labels)
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		at, value := document.Join("namespaceLabels", key), labels[key]
		mode, security := strings.CutPrefix(key, "pod-security.kubernetes.io/")
		switch {
		case len(validation.IsValidLabelValue(value)) > 0: // said already
		case key == "kubernetes.io/metadata.name":
			v.errorf(at, "remove it", "the cluster sets this label")
		case !security:
		case mode == "enforce" || mode == "audit" || mode == "warn":
			if value != "restricted" && value != "baseline" && value != "privileged" {
				v.errorf(at, "", "got %q, want restricted, baseline or privileged", value)
			}
		case mode == "enforce-version" || mode == "audit-version" || mode == "warn-version":
			if !podSecurityVersion.MatchString(value) {
				v.errorf(at, "", "got %q, want latest or a version such as v1.33", value)
			}
		default:
			v.errorf(at, "", "got the key %q, want enforce, audit or warn, or one of them with -version, behind the slash", key)
		}
	}
}

// maxAnnotations is what Kubernetes accepts on one object, in bytes.
const maxAnnotations = 256 << 10

// ownedAnnotations are those that something else acts on, by how the key
// begins, and what to do instead.
var ownedAnnotations = []ownedAnnotation{
	{"nginx.org/client-max-body-size", "hearth sets this annotation", "use expose.maxBodySize"},
	{"nginx.org/proxy-read-timeout", "hearth sets this annotation", "use expose.readTimeout"},
	{"nginx.org/proxy-send-timeout", "hearth sets this annotation", "use expose.sendTimeout"},
	{"nginx.org/proxy-connect-timeout", "hearth sets this annotation", "use expose.connectTimeout"},
	{"nginx.org/redirect-to-https", "hearth sets this annotation", "use expose.redirectHTTP"},
	{"nginx.org/ssl-redirect", "hearth sets this annotation", "use expose.redirectHTTP"},
	{"ingress.kubernetes.io/ssl-redirect", "hearth sets this annotation", "use expose.redirectHTTP"},
	{"nginx.org/basic-auth", "hearth sets this annotation", "use expose.basicAuth"},
	{"nginx.org/policies", "hearth sets this annotation", "use expose.allowList; for another Policy write a patch"},
	{"nginx.org/websocket-services", "hearth sets this annotation, for the page and the route have to agree", "use expose.webSocket"},
	{"traefik.ingress.kubernetes.io/router.entrypoints", "hearth sets this annotation", "use expose.entryPoints"},
	{"traefik.ingress.kubernetes.io/router.middlewares", "hearth sets this annotation", "use expose.basicAuth, expose.forwardAuth and the like; for another Middleware write a patch"},
	{"traefik.ingress.kubernetes.io/router.tls", "hearth sets this annotation", "use expose.tls"},
	{"cert-manager.io/", "cert-manager would make a second certificate", "use expose.tls"},
	{"kubernetes.io/ingress.class", "it contradicts the Ingress's ingressClassName", "use expose.className"},
	// ingress-nginx ended in March 2026. F5's controller ignores its annotations
	// without a word.
	{"nginx.ingress.kubernetes.io/", "the annotation is ingress-nginx's, and F5's controller ignores it", "see the fields of expose, or use nginx.org/"},
	{localConfig, "kustomize would drop every object", "remove it"},
	{"config.kubernetes.io/", "kustomize keeps annotations of this name for itself", "remove it"},
	{"internal.config.kubernetes.io/", "kustomize keeps annotations of this name for itself", "remove it"},
	{"helm.sh/hook", "Fleet deploys by Helm, which would take every object for a hook", "remove it"},
	{"meta.helm.sh/", "Helm keeps annotations of this name for itself", "remove it"},
}

type ownedAnnotation struct{ prefix, why, fix string }

// annotations checks what goes to the objects at path, and hands those that
// nothing else acts on to judge.
func (v validator) annotations(at *field.Path, annotations map[string]string, judge func(at, key, value string)) {
	size := 0
	for _, key := range slices.Sorted(maps.Keys(annotations)) {
		size += len(key) + len(annotations[key])
		at := path.Key(key)
		v.labelKey(at, key)
		if i := slices.IndexFunc(ownedAnnotations, func(o ownedAnnotation) bool { return strings.HasPrefix(key, o.prefix) }); i >= 0 {
			v.errorf(at, ownedAnnotations[i].fix, "%s", ownedAnnotations[i].why)
		} else {
			judge(at, key, annotations[key])
		}
	}
	if size > maxAnnotations {
		v.errorf(path, "put long texts into a ConfigMap", "got %d bytes, want at most %d", size, maxAnnotations)
	}
}
