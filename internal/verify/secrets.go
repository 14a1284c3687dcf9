package verify

import (
	"context"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/generator"
)

// secrets wants the Secrets that Git does not hold. It names them and their keys,
// never values.
func (v *verifier) secrets(n *namespace) []check {
	if len(n.secrets) == 0 {
		return nil
	}
	return []check{{id: "secrets", subject: n.name, title: "the Secrets exist and have their keys", look: func(ctx context.Context) (result, error) {
		var names, wrong []string
		for _, need := range n.secrets {
			names = append(names, need.Name)
			live, err := v.Secrets(n.name).Get(ctx, need.Name, metav1.GetOptions{})
			if apierrors.IsNotFound(err) {
				wrong = append(wrong, fmt.Sprintf("%s (%s) is missing: %s", need.Name, keys(need), need.Purpose))
				continue
			}
			if err != nil {
				return result{}, err
			}
			if lack := lacks(need, live); lack != "" {
				wrong = append(wrong, need.Name+" "+lack)
			}
		}
		if len(wrong) > 0 {
			return failed(generator.SecretsCommand(v.Stack, v.Overlay, v.Context), "%s", strings.Join(wrong, "; ")), nil
		}
		return passed("%s", strings.Join(names, ", ")), nil
	}}}
}

func keys(need generator.Secret) string {
	var names []string
	for _, k := range need.Keys {
		names = append(names, k.Name)
	}
	return strings.Join(names, ", ")
}

// lacks says why a Secret cannot do its work; "" if nothing is wrong. Opaque
// stands for any type: nothing that reads single keys looks at it, while F5
// NGINX and the kubelet do look.
func lacks(need generator.Secret, live *corev1.Secret) string {
	if need.Type != string(corev1.SecretTypeOpaque) && string(live.Type) != need.Type {
		return fmt.Sprintf("has the type %s, want %s", live.Type, need.Type)
	}
	var missing []string
	for _, k := range need.Keys {
		if k.Form == generator.SecretVariables { // whichever keys there are
			if len(live.Data) == 0 {
				return "is empty, and each key that it has is used"
			}
			continue
		}
		if len(live.Data[k.Name]) == 0 {
			missing = append(missing, k.Name)
		}
	}
	if len(missing) > 0 {
		return "has nothing in the key " + strings.Join(missing, ", ")
	}
	return ""
}

// configMaps wants the extra certificate authorities, which a person provides.
func (v *verifier) configMaps(n *namespace) []check {
	var all []check
	seen := map[string]bool{}
	for _, b := range n.bases {
		ca := b.CABundle
		if ca == nil || seen[ca.ConfigMap] {
			continue
		}
		seen[ca.ConfigMap] = true
		hint := "caBundle (base " + b.Name + "), or: " + v.kubectl("-n %s create configmap %s --from-file=%s=FILE", n.name, ca.ConfigMap, ca.Key)
		all = append(all, check{id: "configmap", subject: n.name + "/" + ca.ConfigMap, title: "the extra certificate authorities are there", look: func(ctx context.Context) (result, error) {
			live, err := v.ConfigMaps(n.name).Get(ctx, ca.ConfigMap, metav1.GetOptions{})
			if apierrors.IsNotFound(err) {
				return failed(hint, "is missing"), nil
			}
			if err != nil {
				return result{}, err
			}
			if live.Data[ca.Key] == "" && len(live.BinaryData[ca.Key]) == 0 {
				return failed(hint, "has nothing in the key %s", ca.Key), nil
			}
			return passed("key %s", ca.Key), nil
		}})
	}
	return all
}
