package verify

import (
	"context"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// httpRoutes is Gateway API's resource.
func httpRoutes() schema.GroupVersionResource {
	return schema.GroupVersionResource{Group: "gateway.networking.k8s.io", Version: "v1", Resource: "httproutes"}
}

// accepted wants the Gateway to have taken the HTTPRoute of the given name: an
// implementation says so in the route's status, and so does nobody where the
// Gateway does not exist.
func (r route) accepted(name string) check {
	namespace := r.base.Namespace
	return check{id: "route", subject: namespace + "/" + name, title: "the Gateway has accepted the HTTPRoute", look: func(ctx context.Context) (result, error) {
		live, err := r.dynamic.Resource(httpRoutes()).Namespace(namespace).Get(ctx, name, metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			return failed(seeObjects, "no such HTTPRoute, or no Gateway API"), nil
		}
		if err != nil {
			return result{}, err
		}
		hint := r.field("gateway") + "; " + r.kubectl("-n %s describe httproute %s", namespace, name)
		parents, _, err := unstructured.NestedSlice(live.Object, "status", "parents")
		if err != nil {
			return result{}, err
		}
		for _, p := range parents {
			parent, _ := p.(map[string]any)
			conditions, _, err := unstructured.NestedSlice(parent, "conditions")
			if err != nil {
				return result{}, err
			}
			for _, c := range conditions {
				condition, _ := c.(map[string]any)
				kind, _ := condition["type"].(string)
				if (kind == "Accepted" || kind == "ResolvedRefs") && condition["status"] != "True" {
					message, _ := condition["message"].(string)
					return waiting(hint, "not %s: %s", kind, oneLine(message)), nil
				}
			}
		}
		if len(parents) == 0 {
			return waiting(hint, "no Gateway has looked at it yet"), nil
		}
		return passed("accepted by %s", r.base.Expose.Gateway.Name), nil
	}}
}
