package traefik

import (
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

// ingressRoute leads the whole host to the exposed Service. What it refers to is
// in its own namespace: Traefik looks into no other unless told to
// (providers.kubernetesCRD.allowCrossNamespace).
func (r route) ingressRoute(name string, entryPoints []string, chain []*object.Custom, secure bool) any {
	e := r.expose
	rule := ingressRouteRule{
		Kind:     "Rule",
		Match:    "Host(`" + string(e.Host) + "`)",
		Services: []ingressRouteService{{Name: r.Name, Port: r.Port}},
	}
	for _, m := range chain {
		rule.Middlewares = append(rule.Middlewares, ingressRouteName{m.Name})
	}
	meta := r.RouteMeta(name, e)
	// A Traefik without providers.kubernetesCRD.ingressClass takes an IngressRoute
	// of the class "traefik" as well as one without a class; one with it takes
	// those of its own class only.
	meta.Annotations["kubernetes.io/ingress.class"] = e.Traefik.ClassName
	spec := ingressRouteSpec{EntryPoints: entryPoints, Routes: []ingressRouteRule{rule}}
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
