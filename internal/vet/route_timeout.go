package vet

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/reach"
)

func routeTimeoutRules() []Rule {
	return []Rule{{
		ID: "route-timeout", Severity: problem.Warning, check: routeTimeout,
		Reason: "a proxy that waits for a minute gives up while a model is loaded, and one with a time for the whole answer cuts a long one in the middle",
		Fix:    "allow 5 minutes, as the chat does, or more",
		Source: "F5 NGINX Ingress Controller 5.5 and ingress-nginx: 60s between two reads; OpenShift's router: 30s; AWS load balancers: 60s idle; Open WebUI's AIOHTTP_CLIENT_TIMEOUT: 300s",
	}}
}

// Times that cut answers. A model of some GB takes up to minutes to load from a
// network volume, and nothing is sent meanwhile.
const (
	silence = time.Minute     // at most between two parts, which is what most proxies allow
	answers = 5 * time.Minute // of the whole
)

func routeTimeout(in *input) []Finding {
	var found []Finding
	for _, r := range in.reach().Routes {
		behind := in.behind(r)
		_, chat := first(behind, openWebUI)
		_, models := first(behind, ollama)
		if !chat && !models {
			continue
		}
		add := func(path, format string, args ...any) {
			found = append(found, Finding{Object: r.Ref, Path: path, Message: fmt.Sprintf(format, args...)})
		}
		o := in.Find(r.Ref.Group(), r.Ref.Kind, r.Ref.Namespace, r.Ref.Name)
		switch r.Ref.Group() + "/" + r.Ref.Kind {
		case "networking.k8s.io/Ingress":
			in.ingressTimeout(r, add)
		case "gateway.networking.k8s.io/HTTPRoute":
			for i, rule := range objects.List(o, "spec", "rules") {
				for _, field := range []string{"backendRequest", "request"} {
					if d, ok := span(objects.Text(rule, "timeouts", field)); ok && d > 0 && d < answers {
						add(fmt.Sprintf("spec.rules[%d].timeouts.%s", i, field), "ends each answer after %v", d)
					}
				}
			}
		case "networking.istio.io/VirtualService":
			for i, rule := range objects.List(o, "spec", "http") {
				if d, ok := span(objects.Text(rule, "timeout")); ok && d > 0 && d < answers {
					add(fmt.Sprintf("spec.http[%d].timeout", i), "ends each answer after %v", d)
				}
			}
		case "route.openshift.io/Route":
			const key = "haproxy.router.openshift.io/timeout"
			if d, ok := span(r.Annotations[key]); r.Annotations[key] == "" || ok && d <= silence {
				add("metadata.annotations["+key+"]", "the router gives up after %s without a byte", said(r.Annotations[key], "30s"))
			}
		case "k8s.nginx.org/VirtualServer":
			for i, up := range objects.List(o, "spec", "upstreams") {
				text := objects.Text(up, "read-timeout")
				if d, ok := span(text); text == "" || ok && d <= silence {
					add(fmt.Sprintf("spec.upstreams[%d].read-timeout", i), "the controller gives up after %s without a byte", said(text, "60s"))
				}
			}
		}
	}
	return found
}

func said(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// ingressTimeout looks at the annotation of the controller that has the route. Both
// of the class nginx wait for as long.
func (in *input) ingressTimeout(r reach.Route, add func(path, format string, args ...any)) {
	keys := map[reach.Family]string{
		reach.F5:           "nginx.org/proxy-read-timeout",
		reach.IngressNGINX: "nginx.ingress.kubernetes.io/proxy-read-timeout",
	}
	own := r.Family(in.Set)
	if own == "" && r.Class == "nginx" {
		for _, family := range slices.Sorted(maps.Keys(keys)) {
			if r.Annotations[keys[family]] != "" {
				return
			}
		}
		add("metadata.annotations", "has no %s: the controller gives up after 60s without a byte", keys[reach.IngressNGINX])
		return
	}
	if key := keys[own]; key != "" {
		if d, ok := span(r.Annotations[key]); r.Annotations[key] == "" || ok && d <= silence {
			add("metadata.annotations["+key+"]", "the controller gives up after %s without a byte", said(r.Annotations[key], "60s"))
		}
	}
	const alb, idle = "alb.ingress.kubernetes.io/load-balancer-attributes", "idle_timeout.timeout_seconds="
	if _, is := r.Annotations["alb.ingress.kubernetes.io/scheme"]; is || r.Class == "alb" {
		_, after, set := strings.Cut(r.Annotations[alb], idle)
		after, _, _ = strings.Cut(after, ",")
		if d, ok := span(after); !set || ok && d <= silence {
			add("metadata.annotations["+alb+"]", "the load balancer gives up after %s without a byte", said(after, "60s"))
		}
	}
}

// span is a duration as proxies write it: a number alone is seconds.
func span(text string) (time.Duration, bool) {
	text = strings.ReplaceAll(strings.TrimSpace(text), " ", "")
	if text == "" {
		return 0, false
	}
	if strings.Trim(text, "0123456789") == "" {
		text += "s"
	}
	d, err := time.ParseDuration(text)
	return d, err == nil
}
