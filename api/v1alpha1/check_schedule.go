package v1alpha1

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/hearth-dev/hearth/internal/document"
)

func (c *checker) tolerations(path string, tolerations []Toleration) {
	for i, t := range tolerations {
		at := fmt.Sprintf("%s[%d]", path, i)
		if t.Key != "" {
			c.labelKey(at+".key", t.Key)
		} else if t.Operator != "Exists" && c.read(at+".operator") {
			c.errorf(at+".key", "name the taint's key, or write operator: Exists to tolerate every taint", "missing")
		}
		switch {
		case t.Operator == "Exists" && t.Value != "":
			c.errorf(at+".value", "remove it, or write operator: Equal", "got %q, but operator Exists has no value", t.Value)
		case len(validation.IsValidLabelValue(t.Value)) > 0:
			c.errorf(at+".value", "", "got %q, want a taint's value: at most 63 letters, digits, '-', '_' and '.'", t.Value)
		}
		if t.TolerationSeconds != nil && t.Effect != "NoExecute" && c.read(at+".effect") {
			c.errorf(at+".tolerationSeconds", "write effect: NoExecute, or remove it", "only the effect NoExecute has seconds")
		}
	}
}

// affinity checks a Kubernetes Affinity as the API server would.
func (c *checker) affinity(path string) {
	if !c.read(path) {
		return
	}
	a := corev1.Affinity{}
	unread := document.Decode(c.at(path), &a)
	c.problems = append(c.problems, unread...)
	outer := c.unread
	c.unread = append(slices.Clip(outer), unread...)
	defer func() { c.unread = outer }()

	if n := a.NodeAffinity; n != nil {
		if r := n.RequiredDuringSchedulingIgnoredDuringExecution; r != nil {
			at := path + ".nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"
			if len(r.NodeSelectorTerms) == 0 {
				c.errorf(at, "", "missing: want at least one term")
			}
			for i, term := range r.NodeSelectorTerms {
				c.nodeTerm(fmt.Sprintf("%s[%d]", at, i), term)
			}
		}
		for i, p := range n.PreferredDuringSchedulingIgnoredDuringExecution {
			at := fmt.Sprintf("%s.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[%d]", path, i)
			c.weight(at, p.Weight)
			c.nodeTerm(at+".preference", p.Preference)
		}
	}
	if p := a.PodAffinity; p != nil {
		c.podTerms(path+".podAffinity", p.RequiredDuringSchedulingIgnoredDuringExecution, p.PreferredDuringSchedulingIgnoredDuringExecution)
	}
	if p := a.PodAntiAffinity; p != nil {
		c.podTerms(path+".podAntiAffinity", p.RequiredDuringSchedulingIgnoredDuringExecution, p.PreferredDuringSchedulingIgnoredDuringExecution)
	}
}

func (c *checker) weight(at string, weight int32) {
	if weight < 1 || weight > 100 {
		c.errorf(at+".weight", "", "got %d, want 1 to 100", weight)
	}
}

func (c *checker) nodeTerm(at string, term corev1.NodeSelectorTerm) {
	if len(term.MatchExpressions)+len(term.MatchFields) == 0 {
		c.errorf(at, "write matchExpressions", "the term is empty")
	}
	for i, e := range term.MatchExpressions {
		c.expression(fmt.Sprintf("%s.matchExpressions[%d]", at, i), e.Key, string(e.Operator), e.Values, "Gt", "Lt")
	}
}

func (c *checker) podTerms(at string, required []corev1.PodAffinityTerm, preferred []corev1.WeightedPodAffinityTerm) {
	for i, term := range required {
		c.podTerm(fmt.Sprintf("%s.requiredDuringSchedulingIgnoredDuringExecution[%d]", at, i), term)
	}
	for i, p := range preferred {
		here := fmt.Sprintf("%s.preferredDuringSchedulingIgnoredDuringExecution[%d]", at, i)
		c.weight(here, p.Weight)
		c.podTerm(here+".podAffinityTerm", p.PodAffinityTerm)
	}
}

func (c *checker) podTerm(at string, term corev1.PodAffinityTerm) {
	if term.TopologyKey == "" {
		c.errorf(at+".topologyKey", "", "missing: want a node's label such as kubernetes.io/hostname")
	} else {
		c.labelKey(at+".topologyKey", term.TopologyKey)
	}
	c.podSelector(at+".labelSelector", term.LabelSelector)
	c.podSelector(at+".namespaceSelector", term.NamespaceSelector)
}

func (c *checker) podSelector(at string, s *metav1.LabelSelector) {
	if s == nil {
		return
	}
	c.labels(at+".matchLabels", s.MatchLabels)
	for i, e := range s.MatchExpressions {
		c.expression(fmt.Sprintf("%s.matchExpressions[%d]", at, i), e.Key, string(e.Operator), e.Values)
	}
}

// expression checks one condition on a label. more are operators besides those
// of every selector; they compare with a single number.
func (c *checker) expression(at, key, operator string, values []string, more ...string) {
	c.labelKey(at+".key", key)
	operators := append(LabelOperator("").Values(), more...)
	switch {
	case operator == "":
		c.errorf(at+".operator", "", "missing: choose %s", strings.Join(operators, ", "))
	case !slices.Contains(operators, operator):
		c.errorf(at+".operator", suggest(operator, operators), "got %q, want one of %s", operator, strings.Join(operators, ", "))
	case operator == "Exists" || operator == "DoesNotExist":
		if len(values) > 0 {
			c.errorf(at+".values", "remove them, or use In or NotIn", "operator %s has no values", operator)
		}
	case len(values) == 0:
		c.errorf(at+".values", "", "missing: operator %s compares with values", operator)
	case operator == "Gt" || operator == "Lt":
		if _, err := strconv.Atoi(values[0]); err != nil || len(values) > 1 {
			c.errorf(at+".values", "", "got %q, want a single whole number for operator %s", values, operator)
		}
	}
	for i, v := range values {
		if len(validation.IsValidLabelValue(v)) > 0 {
			c.errorf(fmt.Sprintf("%s.values[%d]", at, i), "", "got %q, want a label's value: at most 63 letters, digits, '-', '_' and '.'", v)
		}
	}
}
