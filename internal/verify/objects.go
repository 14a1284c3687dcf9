package verify

import (
	"context"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// objects wants everything that the overlay builds to be on the cluster: also
// what nothing else would miss, such as a NetworkPolicy.
func (v *verifier) objects() check {
	return check{id: "objects", subject: v.Overlay, title: "every object of the overlay exists", look: func(ctx context.Context) (result, error) {
		var missing, kinds, unseen []string
		for _, o := range v.want.objects {
			gvk := o.GroupVersionKind()
			mapping, err := v.kinds.RESTMapping(ctx, gvk.GroupKind(), gvk.Version)
			if meta.IsNoMatchError(err) {
				kinds = append(kinds, gvk.Kind+" ("+gvk.GroupVersion().String()+")")
				continue
			}
			if err != nil {
				return result{}, err
			}
			resource := v.dynamic.Resource(mapping.Resource)
			if mapping.Scope.Name() == meta.RESTScopeNameNamespace {
				_, err = resource.Namespace(o.GetNamespace()).Get(ctx, o.GetName(), metav1.GetOptions{})
			} else {
				_, err = resource.Get(ctx, o.GetName(), metav1.GetOptions{})
			}
			switch {
			case apierrors.IsNotFound(err):
				missing = append(missing, describe(o))
			case apierrors.IsForbidden(err):
				unseen = append(unseen, describe(o))
			case err != nil:
				return result{}, err
			}
		}
		total := len(v.want.objects)
		switch {
		case len(kinds) > 0:
			return failed("install what defines it: cert-manager, Traefik, the NGINX Ingress Controller or Gateway API; or change expose",
				"the cluster knows no %s", strings.Join(kinds, ", ")), nil
		case len(missing) > 0:
			return failed(v.deploy(), "%d of %d missing: %s", len(missing), total, strings.Join(missing, ", ")), nil
		case len(unseen) > 0:
			return notChecked("%d of %d; this user may not look for %s", total-len(unseen), total, strings.Join(unseen, ", ")), nil
		}
		return passed("%d of %d", total, total), nil
	}}
}

// seeObjects is the hint of rows that miss one object: the row objects says how
// all of them get there.
const seeObjects = "what objects above says"

// deploy is how the overlay gets to the cluster.
func (v *verifier) deploy() string {
	return v.kubectl("apply -k overlays/%s", v.Overlay) + "; with Fleet, look at the bundle: kubectl get bundles -A"
}
