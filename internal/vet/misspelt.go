package vet

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/build/route/ingressnginx"
	"github.com/hearth-dev/hearth/internal/build/route/nginx"
	traefikroute "github.com/hearth-dev/hearth/internal/build/route/traefik"
	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/reach"
	"github.com/hearth-dev/hearth/internal/spelling"
)

// family is what somebody reads of an object's annotations or labels: the names
// after a prefix.
type family struct {
	prefix string
	field  string // of metadata: annotations, labels, or both if ""
	kinds  []string
	names  []string
	// open ones have names that are not listed, such as a person's own.
	open bool
}

// families are those that can be told.
func families() []family {
	routes := []string{"Ingress", "HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "IngressRoute", "IngressRouteTCP", "VirtualServer", "TransportServer"}
	after := func(prefix string, keys []string) []string {
		var names []string
		for _, key := range keys {
			names = append(names, strings.TrimPrefix(key, prefix))
		}
		return names
	}
	return []family{
		{prefix: string(reach.F5), field: "annotations", kinds: routes, names: after(string(reach.F5), nginx.Annotations().Keys())},
		{prefix: f5Plus, open: true},
		{prefix: string(reach.IngressNGINX), field: "annotations", kinds: routes, names: after(string(reach.IngressNGINX), ingressnginx.Annotations().Keys())},
		{prefix: string(reach.Traefik), field: "annotations", kinds: append(routes, "Service"), names: append(after(string(reach.Traefik), traefikroute.Annotations().Keys()), strings.Fields(`
			router.entrypoints router.middlewares router.pathmatcher router.rulesyntax router.tls router.tls.certresolver
			router.tls.options service.nativelb service.nodeportlb service.passhostheader service.serversscheme
			service.serverstransport service.sticky.cookie service.sticky.cookie.domain service.sticky.cookie.httponly
			service.sticky.cookie.maxage service.sticky.cookie.name service.sticky.cookie.path service.sticky.cookie.samesite
			service.sticky.cookie.secure`)...)},
		{prefix: certManager, field: "annotations", kinds: append(routes, "Gateway"), names: strings.Fields(`
			alt-names cluster-issuer common-name duration email-sans ip-sans issue-temporary-certificate issuer issuer-group issuer-kind
			literal-subject private-key-algorithm private-key-encoding private-key-rotation-policy private-key-size renew-before
			renew-before-percentage revision-history-limit secret-template subject-countries subject-localities
			subject-organizationalunits subject-organizations subject-postalcodes subject-provinces subject-serialnumber
			subject-streetaddresses uri-sans usages`)},
		{prefix: "acme.cert-manager.io/", open: true},
		{prefix: "helm.sh/", open: true, names: strings.Fields("chart hook hook-delete-policy hook-output-log-policy hook-weight resource-policy")},
		{prefix: "pod-security.kubernetes.io/", field: "labels", kinds: []string{"Namespace"}, names: strings.Fields(`
			audit audit-version enforce enforce-version warn warn-version`)},
		{prefix: "app.kubernetes.io/", field: "labels", open: true, names: strings.Fields("component created-by instance managed-by name part-of version")},
		{prefix: "recurring-job.longhorn.io/", open: true},
		{prefix: "recurring-job-group.longhorn.io/", open: true},
	}
}

func annotationMisspelt(in *input) []Finding {
	known := families()
	var found []Finding
	for i, o := range in.All {
		for _, field := range []string{"annotations", "labels"} {
			for _, key := range slices.Sorted(maps.Keys(objects.Child(o, "metadata", field))) {
				if f := misspelt(known, in.Refs[i], field, key); f.Message != "" {
					f.Object, f.Path = in.Refs[i], "metadata."+field+"["+key+"]"
					found = append(found, f)
				}
			}
		}
	}
	return found
}

// misspelt judges one key; a finding without a message is none.
func misspelt(known []family, ref Ref, field, key string) Finding {
	prefix, name, has := strings.Cut(key, "/")
	if !has {
		return Finding{}
	}
	for _, of := range known {
		switch {
		case mistyped(prefix+"/", of.prefix):
			return Finding{Message: "nobody reads " + prefix, Fix: fmt.Sprintf("did you mean %q?", of.prefix+name)}
		case of.prefix != prefix+"/" || of.field != "" && of.field != field || len(of.kinds) > 0 && !slices.Contains(of.kinds, ref.Kind):
		case slices.Contains(of.names, name) || strings.HasPrefix(name, "router.tls.domains."):
		case of.open:
			for _, option := range of.names {
				if mistyped(name, option) {
					return Finding{Message: fmt.Sprintf("is none of %s's %s", prefix, field), Fix: fmt.Sprintf("did you mean %q?", option)}
				}
			}
		default:
			f := Finding{Message: fmt.Sprintf("is none of %s's %s", prefix, field), Fix: spelling.Suggest(name, of.names)}
			if f.Fix == "" {
				f.Severity = problem.Warning // newer than the list, maybe
			}
			return f
		}
	}
	return Finding{}
}

// mistyped reports whether one letter makes the difference, or two that stand
// the other way round: nearer than what two people would name alike.
func mistyped(a, b string) bool { return spelling.Distance(a, b) == 1 }

// meant is the first of the names that is one letter away from another, or only
// its case.
func meant(name string, names []string) (string, bool) {
	i := slices.IndexFunc(names, func(known string) bool { return strings.EqualFold(known, name) || mistyped(name, known) })
	if i < 0 {
		return "", false
	}
	return names[i], true
}
