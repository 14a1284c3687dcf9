package vet

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/reach"
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
		Source: "the lists of F5 NGINX Ingress Controller 5.5, ingress-nginx 1.13 and Traefik 3.6; the documentation of cert-manager, Helm, Longhorn and Kubernetes",
	}, {
		ID: "annotation-value", Severity: problem.Error, check: annotationValue,
		Reason: "F5's controller rejects the whole Ingress for one bad value: every path answers 404; ingress-nginx does so too, or takes its default",
		Fix:    "write the value in the controller's form",
		Source: "measured with F5 NGINX Ingress Controller 5.5.4; its validation of annotations; ingress-nginx's own parser",
	}}
}

// Prefixes of annotations besides those of a controller's family.
const (
	f5Plus      = "nginx.com/"
	certManager = "cert-manager.io/"
)

// annotated is a finding about a route's annotation.
func annotated(r reach.Route, key, format string, args ...any) Finding {
	return Finding{Object: r.Ref, Path: "metadata.annotations[" + key + "]", Message: fmt.Sprintf(format, args...)}
}

// knowingly reports whether a stack leads a route through ingress-nginx as one that it knows.
func knowingly(r reach.Route, facts Facts) bool {
	return len(r.Branches) > 0 && !slices.ContainsFunc(r.Branches, func(b reach.Branch) bool {
		return slices.ContainsFunc(b.Hosts, func(host string) bool { return !facts.IngressNGINX[host] })
	})
}

func annotationForeign(in *input) []Finding {
	names := map[reach.Family]string{reach.F5: "F5's NGINX controller", reach.IngressNGINX: "ingress-nginx", reach.Traefik: "Traefik"}
	var found []Finding
	for _, r := range in.reach().Routes {
		own, told := r.Family(in.Set), false
		for _, key := range slices.Sorted(maps.Keys(r.Annotations)) {
			prefix := reach.Family(key[:strings.Index(key, "/")+1])
			if prefix == f5Plus {
				prefix = reach.F5
			}
			switch {
			case names[prefix] == "":
			case own != "" && prefix != own:
				found = append(found, annotated(r, key, "is %s's; the route is for %s, which ignores it", names[prefix], names[own]))
			case own == "" && strings.Contains(r.Class, "nginx") && prefix == reach.Traefik:
				found = append(found, annotated(r, key, "is Traefik's; the route has the class %s", r.Class))
			case own == reach.IngressNGINX && !told && !knowingly(r, in.facts):
				f := annotated(r, key, "is ingress-nginx's, which ended in March 2026: nobody mends a hole in it; any other controller of the class %q ignores it", r.Class)
				f.Severity, f.Fix = problem.Warning, "move to another controller"
				found, told = append(found, f), true // once for a route
			}
		}
	}
	return found
}
