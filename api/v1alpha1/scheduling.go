package v1alpha1

import (
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/internal/spelling"
)

func (v validator) tolerations(at *field.Path, tolerations []Toleration) {
	for i, t := range tolerations {
		at := at.Index(i)
		if t.Key != "" {
			v.labelKey(at.Child("key"), t.Key)
		} else if t.Operator != "Exists" {
			v.because(at.Child("operator")).errorf(at.Child("key"), "name the taint's key, or write operator: Exists to tolerate every taint", "missing")
		}
		switch {
		case t.Operator == "Exists" && t.Value != "":
			v.errorf(at.Child("value"), "remove it, or write operator: Equal", "got %q, but operator Exists has no value", t.Value)
		case len(validation.IsValidLabelValue(t.Value)) > 0:
			v.errorf(at.Child("value"), "", "got %q, want a taint's value: at most 63 letters, digits, '-', '_' and '.'", t.Value)
		}
		if t.TolerationSeconds != nil && t.Effect != "NoExecute" {
			v.because(at.Child("effect")).errorf(at.Child("tolerationSeconds"), "write effect: NoExecute, or remove it", "only the effect NoExecute has seconds")
		}
	}
}

const (
	required  = "requiredDuringSchedulingIgnoredDuringExecution"
	preferred = "preferredDuringSchedulingIgnoredDuringExecution"
)

// affinity checks a Kubernetes Affinity as the API server would.
func (v validator) affinity(at *field.Path, a *corev1.Affinity) {
	if a == nil {
		return
	}
	if n := a.NodeAffinity; n != nil {
		at := at.Child("nodeAffinity")
		if r := n.RequiredDuringSchedulingIgnoredDuringExecution; r != nil {
			terms := at.Child(required, "nodeSelectorTerms")
			if len(r.NodeSelectorTerms) == 0 {
				v.errorf(terms, "", "missing: want at least one term")
			}
			for i, term := range r.NodeSelectorTerms {
				v.nodeTerm(terms.Index(i), term)
			}
		}
		for i, p := range n.PreferredDuringSchedulingIgnoredDuringExecution {
			v.weight(at.Child(preferred).Index(i), p.Weight)
			v.nodeTerm(at.Child(preferred).Index(i).Child("preference"), p.Preference)
		}
	}
	if p := a.PodAffinity; p != nil {
		v.podTerms(at.Child("podAffinity"), *p)
	}
	if p := a.PodAntiAffinity; p != nil {
		v.podTerms(at.Child("podAntiAffinity"), corev1.PodAffinity(*p))
	}
}

func (v validator) weight(at *field.Path, weight int32) {
	if weight < 1 || weight > 100 {
		v.errorf(at.Child("weight"), "", "got %d, want 1 to 100", weight)
	}
}

func (v validator) nodeTerm(at *field.Path, term corev1.NodeSelectorTerm) {
	if len(term.MatchExpressions)+len(term.MatchFields) == 0 {
		v.errorf(at, "write matchExpressions", "the term is empty")
	}
	for i, e := range term.MatchExpressions {
		v.expression(at.Child("matchExpressions").Index(i), e.Key, string(e.Operator), e.Values, "Gt", "Lt")
	}
}

func (v validator) podTerms(at *field.Path, p corev1.PodAffinity) {
	for i, term := range p.RequiredDuringSchedulingIgnoredDuringExecution {
		v.podTerm(at.Child(required).Index(i), term)
	}
	for i, p := range p.PreferredDuringSchedulingIgnoredDuringExecution {
		here := at.Child(preferred).Index(i)
		v.weight(here, p.Weight)
		v.podTerm(here.Child("podAffinityTerm"), p.PodAffinityTerm)
	}
}

func (v validator) podTerm(at *field.Path, term corev1.PodAffinityTerm) {
	if term.TopologyKey == "" {
		v.errorf(at.Child("topologyKey"), "", "missing: want a node's label such as kubernetes.io/hostname")
	} else {
		v.labelKey(at.Child("topologyKey"), term.TopologyKey)
	}
	v.podSelector(at.Child("labelSelector"), term.LabelSelector)
	v.podSelector(at.Child("namespaceSelector"), term.NamespaceSelector)
}

func (v validator) podSelector(at *field.Path, s *metav1.LabelSelector) {
	if s == nil {
		return
	}
	v.labels(at.Child("matchLabels"), s.MatchLabels)
	for i, e := range s.MatchExpressions {
		v.expression(at.Child("matchExpressions").Index(i), e.Key, string(e.Operator), e.Values)
	}
}

// expression checks one condition on a label. more are operators besides those
// of every selector; they compare with a single number.
func (v validator) expression(at *field.Path, key, operator string, values []string, more ...string) {
	v.labelKey(at.Child("key"), key)
	operators := append(LabelOperator("").Values(), more...)
	switch {
	case operator == "":
		v.errorf(at.Child("operator"), "", "missing: choose %s", strings.Join(operators, ", "))
	case !slices.Contains(operators, operator):
		v.errorf(at.Child("operator"), spelling.Suggest(operator, operators), "got %q, want one of %s", operator, strings.Join(operators, ", "))
	case operator == "Exists" || operator == "DoesNotExist":
		if len(values) > 0 {
			v.errorf(at.Child("values"), "remove them, or use In or NotIn", "operator %s has no values", operator)
		}
	case len(values) == 0:
		v.errorf(at.Child("values"), "", "missing: operator %s compares with values", operator)
	case operator == "Gt" || operator == "Lt":
		if _, err := strconv.Atoi(values[0]); err != nil || len(values) > 1 {
			v.errorf(at.Child("values"), "", "got %q, want a single whole number for operator %s", values, operator)
		}
	}
	for i, value := range values {
		if len(validation.IsValidLabelValue(value)) > 0 {
			v.errorf(at.Child("values").Index(i), "", "got %q, want a label's value: at most 63 letters, digits, '-', '_' and '.'", value)
		}
	}
}
