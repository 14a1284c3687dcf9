package v1alpha1

import (
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/internal/lazyregexp"
)

// labels checks label keys and values.
func (v validator) labels(at *field.Path, labels map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		at := at.Key(key)
		v.labelKey(at, key)
		if value := labels[key]; len(validation.IsValidLabelValue(value)) > 0 {
			v.errorf(at, "", "got %q, want a label's value: at most 63 letters, digits, '-', '_' and '.', a letter or digit at both ends", value)
		}
	}
}

func (v validator) labelKey(at *field.Path, key string) {
	if key == "" {
		v.errorf(at, "", "missing: want a label's name such as team or example.org/team")
	} else if len(validation.IsQualifiedName(key)) > 0 {
		v.errorf(at, "", "got the key %q, want a name such as team or example.org/team", key)
	}
}

// reservedLabels refuses the labels that hearth or the deploying tool sets.
func (v validator) reservedLabels(at *field.Path, labels map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		switch key {
		case "app.kubernetes.io/managed-by":
			v.errorf(at.Key(key), "remove it",
				"Helm sets this label on every object that Fleet deploys, so another value would be reported as drift for ever")
		case "app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component",
			"app.kubernetes.io/part-of", "app.kubernetes.io/version":
			v.errorf(at.Key(key), "remove it", "hearth sets this label, and selectors lean on it")
		}
	}
}

// podSecurityVersion is a version of the Pod Security Standards.
var podSecurityVersion = lazyregexp.New(`^(latest|v1\.[0-9]+)$`)

// namespaceLabels checks the labels that a namespace alone has.
func (v validator) namespaceLabels(at *field.Path, labels map[string]string) {
	v.labels(at, labels)
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		at, value := at.Key(key), labels[key]
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
			if !podSecurityVersion().MatchString(value) {
				v.errorf(at, "", "got %q, want latest or a version such as v1.33", value)
			}
		default:
			v.errorf(at, "", "got the key %q, want enforce, audit or warn, or one of them with -version, behind the slash", key)
		}
	}
}
