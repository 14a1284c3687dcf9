package fleetsim

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/kustomize/kyaml/openapi"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// setNamespaces gives the objects their namespaces, in place. forced is fleet.yaml's
// `namespace`, release the namespace of the Helm release. The first object that
// the cluster would refuse is an error.
func setNamespaces(objects []map[string]any, forced, release string) error {
	for _, fields := range objects {
		o := unstructured.Unstructured{Object: fields}
		id := fmt.Sprintf("%s %q (%s)", o.GetKind(), o.GetName(), o.GetAPIVersion())
		group, _, _ := strings.Cut(o.GetAPIVersion(), "/")
		if group == "kustomize.config.k8s.io" {
			// Helm asks the API server for every kind before it applies anything.
			// A kustomization that says what it is so stops a raw deployment.
			return fmt.Errorf("%s is not a kind of any API server, so Helm refuses the release: "+
				"there is no kustomization.yaml in kustomize.dir, and Fleet deploys every file raw", id)
		}
		switch {
		case isClusterScoped(o.GetAPIVersion(), o.GetKind()):
			if forced != "" {
				return fmt.Errorf("%s is cluster-scoped, which fleet.yaml's namespace: %s forbids; "+
					"use defaultNamespace", id, forced)
			}
		case forced != "":
			o.SetNamespace(forced)
		case o.GetNamespace() == "":
			o.SetNamespace(release)
		}
	}
	return nil
}

// isClusterScoped asks kustomize's built-in schema, and knows the custom kinds
// that hearth's exposures touch.
func isClusterScoped(apiVersion, kind string) bool {
	switch kind {
	case "ClusterIssuer", "GatewayClass":
		return true
	}
	return openapi.IsCertainlyClusterScoped(yaml.TypeMeta{APIVersion: apiVersion, Kind: kind})
}
