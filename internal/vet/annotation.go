package vet

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
)

func annotationRules() []Rule {
	return []Rule{{
		ID: "annotation-foreign", Severity: problem.Error, check: annotationForeign,
		Reason: "a controller ignores another one's annotations without a word: the timeout, the password or the limit is not there",
		Fix:    "write the annotation of the controller that has the class",
		Source: "https://docs.nginx.com/nginx-ingress-controller, https://doc.traefik.io/traefik; ingress-nginx ended in March 2026",
	}, {
		ID: "annotation-misspelt", Severity: problem.Error, check: annotationMisspelt,
		Reason: "a misspelt annotation or label is ignored without a word",
		Fix:    "look the name up in the documentation of whoever reads it",
		Source: "the lists of F5 NGINX Ingress Controller 5.5 and Traefik 3.6; the documentation of cert-manager, Helm, Longhorn and Kubernetes",
	}, {
		ID: "annotation-value", Severity: problem.Error, check: annotationValue,
		Reason: "F5's controller rejects the whole Ingress for one bad value: every path answers 404",
		Fix:    "write the value in the controller's form",
		Source: "measured with F5 NGINX Ingress Controller 5.5.4; its validation of annotations",
	}}
}

// The families of annotations, by prefix.
const (
	f5           = "nginx.org/"
	f5Plus       = "nginx.com/"
	ingressNginx = "nginx.ingress.kubernetes.io/"
	traefik      = "traefik.ingress.kubernetes.io/"
	certManager  = "cert-manager.io/"
)

// controller is the family that a route is for, "" if that cannot be told: F5's
// controller and ingress-nginx have the same class.
func (r route) controller() string {
	has := func(prefix string) bool {
		for key := range r.annotations {
			if strings.HasPrefix(key, prefix) {
				return true
			}
		}
		return false
	}
	switch {
	case strings.Contains(r.class, "traefik"):
		return traefik
	case has(f5) || has(f5Plus):
		return f5
	case has(ingressNginx):
		return ingressNginx
	case has(traefik) && !strings.Contains(r.class, "nginx"):
		return traefik
	}
	return ""
}

// annotated is a finding about a route's annotation.
func (r route) annotated(key, format string, args ...any) Finding {
	return Finding{Object: r.ref, Path: "metadata.annotations[" + key + "]", Message: fmt.Sprintf(format, args...)}
}

func annotationForeign(in *input) []Finding {
	names := map[string]string{f5: "F5's NGINX controller", ingressNginx: "ingress-nginx", traefik: "Traefik"}
	var found []Finding
	for _, r := range in.routes {
		own := r.controller()
		for _, key := range slices.Sorted(maps.Keys(r.annotations)) {
			prefix := key[:strings.Index(key, "/")+1]
			if prefix == f5Plus {
				prefix = f5
			}
			switch {
			case names[prefix] == "":
			case own != "" && prefix != own:
				found = append(found, r.annotated(key, "is %s's; the route is for %s, which ignores it", names[prefix], names[own]))
			case own == "" && strings.Contains(r.class, "nginx") && prefix == traefik:
				found = append(found, r.annotated(key, "is Traefik's; the route has the class %s", r.class))
			case own == ingressNginx:
				f := r.annotated(key, "is ingress-nginx's, which ended in March 2026; F5's controller, of the same class, ignores it")
				f.Severity = problem.Warning
				found = append(found, f)
			}
		}
	}
	return found
}
