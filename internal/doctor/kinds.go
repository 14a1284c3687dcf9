package doctor

import (
	"context"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// providers define the groups of APIs that Kubernetes has not by itself.
var providers = map[string]string{
	"cert-manager.io":           "install cert-manager: https://cert-manager.io/docs/installation/; or another expose.tls.type",
	"traefik.io":                "install Traefik with its CRDs (traefik.io/v1alpha1; Traefik 2 before 2.10 has others); or another expose.type",
	"k8s.nginx.org":             "install F5's NGINX Ingress Controller with its CRDs (ingress-nginx has none); or another expose.type",
	"gateway.networking.k8s.io": "install Gateway API's CRDs and an implementation: https://gateway-api.sigs.k8s.io/guides/; or another expose.type",
	"postgresql.cnpg.io":        "install CloudNativePG's operator: https://cloudnative-pg.io/docs/current/installation_upgrade/; or another openWebUI.database.type",
	"leaderworkerset.x-k8s.io":  "install LeaderWorkerSet's controller: kubectl apply --server-side -f https://github.com/kubernetes-sigs/lws/releases/download/v0.9.0/manifests.yaml; or ollama in the place of engine",
	"monitoring.coreos.com":     "install the Prometheus operator's CRDs",
}

// kinds wants the cluster to know every kind that the overlay renders.
func (d *doctor) kinds() []check {
	groups := map[schema.GroupVersion][]string{}
	var order []schema.GroupVersion
	for _, ref := range d.set.Refs {
		gv, err := schema.ParseGroupVersion(ref.APIVersion)
		if err != nil {
			continue
		}
		if groups[gv] == nil {
			order = append(order, gv)
		}
		if !slices.Contains(groups[gv], ref.Kind) {
			groups[gv] = append(groups[gv], ref.Kind)
		}
	}
	slices.SortFunc(order, func(a, b schema.GroupVersion) int { return strings.Compare(a.String(), b.String()) })
	var all []check
	for _, gv := range order {
		kinds := groups[gv]
		slices.Sort(kinds)
		all = append(all, check{id: "api", subject: gv.String(), title: "the cluster knows the overlay's kinds", look: func(ctx context.Context) (result, error) {
			var unknown []string
			for _, kind := range kinds {
				_, err := d.Kinds().RESTMapping(ctx, gv.WithKind(kind).GroupKind(), gv.Version)
				if meta.IsNoMatchError(err) {
					unknown = append(unknown, kind)
				} else if err != nil {
					return result{}, err
				}
			}
			if len(unknown) > 0 {
				hint := providers[gv.Group]
				if hint == "" {
					hint = "install what defines it, or take it out of resources; " + d.kubectl("api-resources --api-group %s", gv.Group)
				}
				return failed(hint, "the cluster knows no %s", strings.Join(unknown, ", ")), nil
			}
			return passed("%s", strings.Join(kinds, ", ")), nil
		}})
	}
	return all
}
