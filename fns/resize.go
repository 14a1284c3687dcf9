package fns

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/workload"
)

// resize writes the sizes into the container. What is right already keeps its
// spelling, and comments stay. Each changed value is an information.
func (c container) resize(s workload.Sized) (framework.Results, error) {
	var results framework.Results
	note := func(path, format string, args ...any) {
		r := itemResult(c.item, c.path+path, fmt.Sprintf(format, args...))
		r.Severity = framework.Info
		results = append(results, r)
	}
	for _, part := range []struct {
		name string
		list corev1.ResourceList
	}{{"requests", s.Resources.Requests}, {"limits", s.Resources.Limits}} {
		amounts, err := ensure(c.node, yaml.MappingNode, "resources", part.name)
		if err != nil {
			return nil, err
		}
		for _, what := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory} {
			at := ".resources." + part.name + "." + string(what)
			have := scalar(amounts, string(what))
			want, wanted := part.list[what]
			switch {
			case !wanted && have == "":
			case !wanted:
				err = amounts.PipeE(yaml.Clear(string(what)))
				note(at, "was %s, and is removed", have)
			case !equal(have, want):
				err = setScalar(amounts, string(what), want.String(), 0)
				note(at, "is %s, was %s", want.String(), cmp.Or(have, "not set"))
			}
			if err != nil {
				return nil, err
			}
		}
	}
	env, err := ensure(c.node, yaml.SequenceNode, "env")
	if err != nil {
		return nil, err
	}
	for _, name := range workload.SizedVariables() {
		want := slices.IndexFunc(s.Env, func(v corev1.EnvVar) bool { return v.Name == name })
		at := slices.IndexFunc(elements(env), func(v *yaml.RNode) bool { return scalar(v, "name") == name })
		switch {
		case want < 0 && at < 0:
		case want < 0:
			env.YNode().Content = slices.Delete(env.YNode().Content, at, at+1)
			note(".env", "%s is removed", name)
		case at < 0:
			v := yaml.NewMapRNode(&map[string]string{"name": name})
			err = errors.Join(setScalar(v, "value", s.Env[want].Value, yaml.DoubleQuotedStyle), env.PipeE(yaml.Append(v.YNode())))
			note(".env", "%s is %s", name, s.Env[want].Value)
		case scalar(elements(env)[at], "value") != s.Env[want].Value:
			have := elements(env)[at]
			was := scalar(have, "value")
			err = errors.Join(have.PipeE(yaml.Clear("valueFrom")), setScalar(have, "value", s.Env[want].Value, yaml.DoubleQuotedStyle))
			note(".env", "%s is %s, was %s", name, s.Env[want].Value, cmp.Or(was, "not set"))
		}
		if err != nil {
			return nil, err
		}
	}
	return results, nil
}

// growClaim makes a claim as large as it should be, and never smaller: a volume
// cannot shrink.
func growClaim(item *yaml.RNode, bytes int64) (framework.Results, error) {
	requests, err := ensure(item, yaml.MappingNode, "spec", "resources", "requests")
	if err != nil {
		return nil, err
	}
	have := scalar(requests, "storage")
	want := resource.NewQuantity(bytes, resource.BinarySI)
	if q, err := v1alpha1.ParseQuantity(have); err == nil && q.Cmp(*want) >= 0 {
		return nil, nil
	}
	r := itemResult(item, "spec.resources.requests.storage", fmt.Sprintf("is %s, was %s", want.String(), cmp.Or(have, "not set")))
	r.Severity = framework.Info
	return framework.Results{r}, setScalar(requests, "storage", want.String(), 0)
}

// equal reports whether an amount means the same as the one that is wanted.
func equal(have string, want resource.Quantity) bool {
	q, err := v1alpha1.ParseQuantity(have)
	return err == nil && q.Cmp(want) == 0
}
