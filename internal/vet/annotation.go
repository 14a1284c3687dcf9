package vet

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/generator/annotation"
	"github.com/hearth-dev/hearth/generator/problem"
	"github.com/hearth-dev/hearth/generator/spec"
)

func annotationRules() []Rule {
	return []Rule{{
		ID: "annotation-foreign", Severity: problem.Error, check: annotationForeign,
		Reason: "a controller ignores another one's annotations without a word: the timeout, the password or the limit is not there",
		Fix:    "write the annotation of the controller that has the class",
		Source: "https://docs.nginx.com/nginx-ingress-controller, https://doc.traefik.io/traefik; ingress-nginx ended in March 2026",
	}, {
		ID: "annotation-misspelt", Severity: problem.Error, check: annotationMisspelt,
		Reason: "a misspelt annotation is ignored without a word",
		Fix:    "look the name up in the controller's documentation",
		Source: "F5 NGINX Ingress Controller 5.5 and Traefik 3.6, their lists of annotations",
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

// families are the annotations that each controller reads.
func families() map[string][]string {
	var nginx []string
	for _, key := range annotation.NGINX().Keys() {
		nginx = append(nginx, strings.TrimPrefix(key, f5))
	}
	return map[string][]string{
		f5: nginx,
		traefik: strings.Fields(`router.entrypoints router.middlewares router.observability.accesslogs router.observability.metrics
			router.observability.tracing router.pathmatcher router.priority router.rulesyntax router.tls router.tls.certresolver
			router.tls.options service.nativelb service.nodeportlb service.passhostheader service.serversscheme
			service.serverstransport service.sticky.cookie service.sticky.cookie.domain service.sticky.cookie.httponly
			service.sticky.cookie.maxage service.sticky.cookie.name service.sticky.cookie.path service.sticky.cookie.samesite
			service.sticky.cookie.secure`),
		certManager: strings.Fields(`cluster-issuer common-name duration issuer issuer-group issuer-kind private-key-algorithm
			private-key-encoding private-key-rotation-policy private-key-size renew-before renew-before-percentage
			revision-history-limit secret-template usages`),
	}
}

func annotationMisspelt(in *input) []Finding {
	known := families()
	var found []Finding
	for _, r := range in.routes {
		for _, key := range slices.Sorted(maps.Keys(r.annotations)) {
			prefix, name, _ := strings.Cut(key, "/")
			names := known[prefix+"/"]
			if names == nil || slices.Contains(names, name) || strings.HasPrefix(name, "router.tls.domains.") {
				continue
			}
			f := r.annotated(key, "is none of %s's annotations", prefix)
			if f.Fix = spec.Suggest(name, names); f.Fix == "" {
				f.Severity = problem.Warning // newer than the list, maybe
			}
			found = append(found, f)
		}
	}
	return found
}
