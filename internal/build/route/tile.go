package route

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/catalog/homer"
)

// routeKinds are those that a dashboard looks for a tile on.
var routeKinds = []string{"Ingress", "IngressRoute", "HTTPRoute"}

// tile is the objects of a route with its link on dashboards: annotations of the
// route of the whole host, and of none of its companions, or there would be a
// link for each; and the page of Homer's.
func tile(t Target, e *v1alpha1.Expose, objects []any) []any {
	if e.Tile == nil {
		return objects
	}
	for _, o := range objects {
		if r, ok := o.(interface {
			metav1.Object
			GetObjectKind() schema.ObjectKind
		}); ok && r.GetName() == e.Name && slices.Contains(routeKinds, r.GetObjectKind().GroupVersionKind().Kind) {
			annotations := r.GetAnnotations()
			maps.Copy(annotations, tileAnnotations(labels.FormatLabels(t.Selector()), e))
			r.SetAnnotations(annotations)
		}
	}
	if name := e.Tile.Homer.ConfigMap; name != "" {
		objects = append(objects, &corev1.ConfigMap{
			TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"},
			ObjectMeta: t.Meta(name),
			Data:       map[string]string{name + ".yml": homer.One(e)},
		})
	}
	return objects
}

// tileAnnotations are what dashboards read on the route of a host; pods are
// picked by the selector. The address is spelled out: Homepage and Hajimari both
// take a route for plain http whose certificate is its controller's own affair,
// and Homepage leaves an IngressRoute out that does not say it.
func tileAnnotations(selector string, e *v1alpha1.Expose) map[string]string {
	t, a := e.Tile, map[string]string{}
	if t == nil {
		return a
	}
	if h := t.Homepage; h != nil {
		const prefix = "gethomepage.dev/"
		a[prefix+"enabled"] = "true"
		a[prefix+"name"] = t.Title
		a[prefix+"group"] = t.Group
		a[prefix+"icon"] = h.Icon
		a[prefix+"href"] = e.URL()
		a[prefix+"pod-selector"] = selector
		if t.Description != "" {
			a[prefix+"description"] = t.Description
		}
	}
	if h := t.Hajimari; h != nil {
		const prefix = "hajimari.io/"
		a[prefix+"enable"] = "true"
		a[prefix+"appName"] = t.Title
		a[prefix+"group"] = t.Group
		a[prefix+"icon"] = h.Icon
		a[prefix+"url"] = e.URL()
		if t.Description != "" {
			a[prefix+"info"] = t.Description
		}
	}
	return a
}
