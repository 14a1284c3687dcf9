package verify

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// namespace wants the namespace with its labels, which Pod Security goes by.
// fleet.yaml sets them, or the Namespace object, or a person.
func (v *verifier) namespace(n *namespace) check {
	labels := map[string]string{}
	for _, b := range n.bases {
		maps.Copy(labels, b.NamespaceLabels)
	}
	return check{id: "namespace", subject: n.name, title: "the namespace exists and has its labels", look: func(ctx context.Context) (result, error) {
		live, err := v.Namespaces().Get(ctx, n.name, metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			return failed(v.kubectl("create namespace %s", n.name), "no such namespace"), nil
		}
		if err != nil {
			return result{}, err
		}
		var seen, wrong []string
		for _, name := range slices.Sorted(maps.Keys(labels)) {
			want := name + "=" + labels[name]
			got, ok := live.Labels[name]
			switch {
			case !ok:
				wrong = append(wrong, want)
				seen = append(seen, "label "+name+" is missing")
			case got != labels[name]:
				wrong = append(wrong, want)
				seen = append(seen, fmt.Sprintf("label %s is %q", name, got))
			default:
				seen = append(seen, want)
			}
		}
		if len(wrong) > 0 {
			return failed("namespaceLabels, or: "+v.kubectl("label --overwrite namespace %s %s", n.name, strings.Join(wrong, " ")),
				"%s, want %s", strings.Join(seen, ", "), strings.Join(wrong, ", ")), nil
		}
		return passed("%s", strings.Join(seen, ", ")), nil
	}}
}
