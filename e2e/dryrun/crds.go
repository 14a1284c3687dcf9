package dryrun

import (
	"context"
	_ "embed" // for the stand-ins below
	"os"
	"path/filepath"
	"strings"

	"github.com/hearth-dev/hearth/e2e/internal/cluster"
	"github.com/hearth-dev/hearth/e2e/internal/images"
)

//go:embed testdata/crds.yaml
var standIns string

// gatewayAPI is here for its custom resources: nothing of it runs.
func gatewayAPI() images.Module {
	return images.Module{Path: "sigs.k8s.io/gateway-api", Version: "v1.6.0", Sum: "h1:735YBRj5NXFrOGX0GoSjwzUIzbz8kiEOfADsqHFmHgE="}
}

// prometheusOperator is here for its custom resources as well.
func prometheusOperator() images.Module {
	return images.Module{Path: "github.com/prometheus-operator/prometheus-operator", Version: "v0.85.0", Sum: "h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s="}
}

// definitions are the custom resource definitions of the projects whose kinds hearth writes, as they publish them.
func definitions() map[string]images.Module {
	return map[string]images.Module{
		"deploy/crds/cert-manager.io_certificates.yaml":                                 images.CertManager(),
		"docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml": images.Traefik().Module,
		"config/crd/standard/gateway.networking.k8s.io_gateways.yaml":                   gatewayAPI(),
		"config/crd/standard/gateway.networking.k8s.io_httproutes.yaml":                 gatewayAPI(),
		"example/prometheus-operator-crd/monitoring.coreos.com_probes.yaml":             prometheusOperator(),
		"example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml":    prometheusOperator(),
	}
}

// installDefinitions teaches the server every kind that a render may hold.
func installDefinitions(ctx context.Context, c *cluster.Cluster) error {
	manifests := []string{standIns}
	for file, module := range definitions() {
		dir, err := module.Dir(ctx)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(file)))
		if err != nil {
			return err
		}
		manifests = append(manifests, string(data))
	}
	// By the server: those of Gateway API do not fit into the annotation of a client's apply.
	if _, err := c.Kubectl(ctx, strings.NewReader(strings.Join(manifests, "\n---\n")), "apply", "--server-side", "-f", "-"); err != nil {
		return err
	}
	_, err := c.Kubectl(ctx, nil, "wait", "--for=condition=Established", "crd", "--all", "--timeout=2m")
	return err
}
