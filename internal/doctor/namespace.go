package doctor

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
	psa "k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/secrets"
)

// namespaces wants each with its labels, and admitting the overlay's pods.
func (d *doctor) namespaces() []check {
	labels, made := map[string]map[string]string{}, map[string]bool{}
	var order []string
	for i := range d.bases {
		b := &d.bases[i]
		if labels[b.Namespace] == nil {
			labels[b.Namespace] = map[string]string{}
			order = append(order, b.Namespace)
		}
		maps.Copy(labels[b.Namespace], b.NamespaceLabels)
		made[b.Namespace] = made[b.Namespace] || b.CreateNamespace
	}
	var all []check
	for _, name := range order {
		all = append(all, check{id: "namespace", subject: name, title: "the namespace exists, with its labels of Pod Security", look: func(ctx context.Context) (result, error) {
			return d.namespace(ctx, name, labels[name], made[name])
		}})
	}
	return all
}

func (d *doctor) namespace(ctx context.Context, name string, labels map[string]string, made bool) (result, error) {
	live, err := d.get(ctx, schema.GroupKind{Kind: "Namespace"}, "", name)
	if err != nil {
		return result{}, err
	}
	if made {
		return passed("the overlay makes it"), nil
	}
	if live == nil {
		hint := d.kubectl("create namespace %s", name)
		if len(labels) > 0 {
			hint += " && " + d.kubectl("label namespace %s %s", name, pairs(labels))
		}
		return failed(hint+"; Fleet makes it by itself", "no such namespace"), nil
	}
	has := live.GetLabels()
	lacks := maps.Clone(labels)
	maps.DeleteFunc(lacks, func(key, value string) bool { return has[key] == value })
	if len(lacks) > 0 {
		return failed(d.kubectl("label --overwrite namespace %s %s", name, pairs(lacks))+"; Fleet does it by itself", "lacks %s", pairs(lacks)), nil
	}
	return d.admitted(name, has)
}

func pairs(labels map[string]string) string {
	var all []string
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		all = append(all, key+"="+labels[key])
	}
	return strings.Join(all, " ")
}

// admitted asks Kubernetes' own evaluator whether the namespace's Pod Security
// lets the overlay's pods in.
func (d *doctor) admitted(namespace string, labels map[string]string) (result, error) {
	const key = "pod-security.kubernetes.io/enforce"
	level, err := psa.ParseLevel(labels[key])
	if labels[key] == "" || err != nil {
		return passed("enforces no Pod Security"), nil
	}
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		return result{}, err
	}
	for _, i := range d.set.PodsIn(namespace) {
		p := &d.set.Pods[i]
		for _, r := range evaluator.EvaluatePod(psa.LevelVersion{Level: level, Version: psa.LatestVersion()}, &p.Meta, &p.Spec) {
			if !r.Allowed {
				return failed("the patch or resource that asks for it; or namespaceLabels: {"+key+": "+string(psa.LevelBaseline)+"}",
					"enforces %s, which refuses the pods of %s: %s", level, p.Ref, strings.TrimSpace(r.ForbiddenReason+" "+r.ForbiddenDetail)), nil
			}
		}
	}
	return passed("enforces %s, which the overlay's pods meet", level), nil
}

// needed wants the Secrets that Git does not hold, and the ConfigMaps of extra
// authorities.
func (d *doctor) needed() []check {
	var all []check
	for _, need := range d.secrets {
		all = append(all, check{id: "secret", subject: need.Namespace + "/" + need.Name, title: "the Secret exists and has its keys", look: func(ctx context.Context) (result, error) {
			absent, there, err := secrets.Look(ctx, d.Clientset, []generator.Secret{need})
			if err != nil {
				return result{}, err
			}
			command := generator.SecretsCommand(d.Stack, d.Overlay, d.Context)
			switch {
			case len(absent) > 0 && generator.CopiesSecrets(d.Stack, d.Overlay):
				return notChecked("comes with the deployment: Fleet copies it from %s of its management cluster", d.Stack.Fleet.GitRepo.Namespace), nil
			case len(absent) > 0:
				return failed(command, "is missing: %s", need.Purpose), nil
			case there[0].Wrong != "":
				return failed(command, "%s", there[0].Wrong), nil
			}
			var keys []string
			for _, key := range need.Keys {
				if key.Form == generator.SecretVariables {
					keys = append(keys, "keys that were not looked at")
					continue
				}
				keys = append(keys, key.Name)
			}
			return passed("%s", strings.Join(keys, ", ")), nil
		}})
	}
	for i := range d.bases {
		b := &d.bases[i]
		if ca := b.CABundle; ca != nil {
			all = append(all, check{id: "configmap", subject: b.Namespace + "/" + ca.ConfigMap, title: "the extra certificate authorities are there", look: func(ctx context.Context) (result, error) {
				found, err := d.get(ctx, schema.GroupKind{Kind: "ConfigMap"}, b.Namespace, ca.ConfigMap)
				if err != nil {
					return result{}, err
				}
				if found == nil {
					return failed("caBundle (base "+b.Name+"), or: "+d.kubectl("-n %s create configmap %s --from-file=%s=FILE", b.Namespace, ca.ConfigMap, ca.Key), "is missing"), nil
				}
				if data, ok := found.Object["data"].(map[string]any); !ok || data[ca.Key] == nil {
					return failed(fmt.Sprintf("caBundle.key (base %s)", b.Name), "has no key %s", ca.Key), nil
				}
				return passed("key %s", ca.Key), nil
			}})
		}
	}
	return all
}
