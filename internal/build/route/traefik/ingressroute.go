package traefik

import (
	"maps"
	"strconv"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/object"
)

// ingressRouteSpec is that of Traefik's own kind of route.
type ingressRouteSpec struct {
	EntryPoints []string           `json:"entryPoints"`
	Routes      []ingressRouteRule `json:"routes"`
	TLS         *ingressRouteTLS   `json:"tls,omitempty"`
}

type ingressRouteRule struct {
	Kind        string                `json:"kind"`
	Match       string                `json:"match"`
	Priority    int64                 `json:"priority,omitempty"`
	Middlewares []ingressRouteName    `json:"middlewares,omitempty"`
	Services    []ingressRouteService `json:"services"`
}

type ingressRouteName struct {
	Name string `json:"name"`
}

type ingressRouteService struct {
	Name string `json:"name"`
	Port int32  `json:"port"`
}

type ingressRouteTLS struct {
	SecretName   string `json:"secretName,omitempty"`
	CertResolver string `json:"certResolver,omitempty"`
}

// hosts is the rule for each name.
func hosts(e *v1alpha1.Expose) string {
	var all []string
	for _, h := range e.Hosts() {
		all = append(all, "Host(`"+string(h)+"`)")
	}
	return strings.Join(all, " || ")
}

// ingressRoute leads the whole host to the exposed Service, or the requests that
// fit one of the conditions. What it refers to is
// in its own namespace: Traefik looks into no other unless told to
// (providers.kubernetesCRD.allowCrossNamespace).
func (r route) ingressRoute(name string, entryPoints []string, chain []*object.Custom, secure bool, conditions ...string) any {
	e := r.expose
	rule := ingressRouteRule{
		Kind:     "Rule",
		Match:    hosts(e),
		Services: []ingressRouteService{{Name: r.Name, Port: r.Port}},
	}
	for _, m := range chain {
		rule.Middlewares = append(rule.Middlewares, ingressRouteName{m.Name})
	}
	meta := r.RouteMeta(name, e)
	if n, err := strconv.ParseInt(meta.Annotations[router+"priority"], 10, 64); err == nil && len(conditions) > 0 {
		rule.Priority = n + 1 // a person's for the Ingress: the conditions come first still
	}
	maps.DeleteFunc(meta.Annotations, func(key, _ string) bool { return strings.HasPrefix(key, router) }) // of an Ingress
	// A Traefik without providers.kubernetesCRD.ingressClass takes an IngressRoute
	// of the class "traefik" as well as one without a class; one with it takes
	// those of its own class only.
	meta.Annotations["kubernetes.io/ingress.class"] = e.Traefik.ClassName
	spec := ingressRouteSpec{EntryPoints: entryPoints}
	whole := rule.Match
	if len(e.AdditionalHosts) > 0 && len(conditions) > 0 {
		whole = "(" + whole + ")"
	}
	if len(conditions) == 0 {
		conditions = []string{""}
	}
	for _, c := range conditions {
		rule.Match = whole + c
		spec.Routes = append(spec.Routes, rule)
	}
	switch {
	case !secure:
	case e.TLS.Type == v1alpha1.TLSCertResolver:
		spec.TLS = &ingressRouteTLS{CertResolver: e.TLS.CertResolver}
	default:
		spec.TLS = &ingressRouteTLS{SecretName: e.TLS.SecretName}
	}
	return &object.Custom{
		TypeMeta:   metav1.TypeMeta{APIVersion: "traefik.io/v1alpha1", Kind: "IngressRoute"},
		ObjectMeta: meta,
		Spec:       spec,
	}
}
