package fns

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/hearth-dev/hearth/internal/build/workload"
)

// resize writes the sizes into the container. What is right already keeps its
// spelling, and comments stay. Each changed value is an information.
func (c container) resize(s workload.Sized) framework.Results {
	var results framework.Results
	told := func(path, format string, args ...any) {
		r := itemResult(c.item, c.path+path, fmt.Sprintf(format, args...))
		r.Severity = framework.Info
		results = append(results, r)
	}
	for _, part := range []struct {
		name string
		list corev1.ResourceList
	}{{"requests", s.Resources.Requests}, {"limits", s.Resources.Limits}} {
		amounts := ensure(ensure(c.node, "resources"), part.name)
		for _, what := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory} {
			at := ".resources." + part.name + "." + string(what)
			have := scalar(amounts, string(what))
			want, wanted := part.list[what]
			switch {
			case !wanted && have == "":
			case !wanted:
				remove(amounts, string(what))
				told(at, "was %s, and is removed", have)
			case !equal(have, want):
				setScalar(amounts, string(what), want.String(), 0)
				told(at, "is %s, was %s", want.String(), orNothing(have))
			}
		}
	}
	env := field(c.node, "env")
	if env == nil || env.Kind != yaml.SequenceNode {
		remove(c.node, "env") // null
		env = &yaml.Node{Kind: yaml.SequenceNode}
		c.node.Content = append(c.node.Content, text("env"), env)
	}
	for _, name := range workload.SizedVariables() {
		i := slices.IndexFunc(s.Env, func(v corev1.EnvVar) bool { return v.Name == name })
		at := slices.IndexFunc(env.Content, func(v *yaml.Node) bool { return scalar(v, "name") == name })
		switch {
		case i < 0 && at < 0:
		case i < 0:
			env.Content = slices.Delete(env.Content, at, at+1)
			told(".env", "%s is removed", name)
		case at < 0:
			env.Content = append(env.Content, variable(name, s.Env[i].Value))
			told(".env", "%s is %s", name, s.Env[i].Value)
		case scalar(env.Content[at], "value") != s.Env[i].Value:
			was := scalar(env.Content[at], "value")
			setScalar(env.Content[at], "value", s.Env[i].Value, yaml.DoubleQuotedStyle)
			remove(env.Content[at], "valueFrom")
			told(".env", "%s is %s, was %s", name, s.Env[i].Value, orNothing(was))
		}
	}
	return results
}

// growClaim makes a claim as large as it should be, and never smaller: a volume
// cannot shrink.
func growClaim(item *yaml.RNode, bytes int64) framework.Results {
	requests := ensure(ensure(ensure(item.YNode(), "spec"), "resources"), "requests")
	have := scalar(requests, "storage")
	want := resource.NewQuantity(bytes, resource.BinarySI)
	if q, err := resource.ParseQuantity(have); err == nil && q.Cmp(*want) >= 0 {
		return nil
	}
	setScalar(requests, "storage", want.String(), 0)
	r := itemResult(item, "spec.resources.requests.storage", fmt.Sprintf("is %s, was %s", want.String(), orNothing(have)))
	r.Severity = framework.Info
	return framework.Results{r}
}

// equal tells whether an amount means the same as the one that is wanted.
func equal(have string, want resource.Quantity) bool {
	q, err := resource.ParseQuantity(have)
	return err == nil && q.Cmp(want) == 0
}

func orNothing(s string) string {
	if s == "" {
		return "not set"
	}
	return s
}

// variable is an entry of a container's environment.
func variable(name, value string) *yaml.Node {
	v := text(value)
	v.Style = yaml.DoubleQuotedStyle // mostly numbers, which would not be text
	return &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{text("name"), text(name), text("value"), v}}
}
