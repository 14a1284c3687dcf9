package gateway

import (
	"fmt"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/route/controller"
)

// Controller is Gateway API, whoever implements it: it has neither
// authentication nor annotations.
func Controller() controller.Controller { return controller.Controller{Objects: objects} }

const (
	secureListener = "https"
	plainListener  = "http"
)

// objects are an HTTPRoute for the host, a second one for the redirect, and the
// Gateway itself where it is the base's own. What the API would fill in inside of
// lists is spelled out: Fleet reports it as drift.
func objects(t controller.Target, e *v1alpha1.Expose) []any {
	var objects []any
	if e.Gateway.Own() {
		objects = append(objects, ownGateway(t, e))
	}
	whole := duration(e.Gateway.RequestTimeout)
	objects = append(objects, httpRoute(t, e, e.Name, e.Gateway.SectionName, gatewayv1.HTTPRouteRule{
		// Of an answer as a whole: the API has no limit for silence. Without one
		// an implementation has its own, such as Envoy's 15 seconds.
		Timeouts: &gatewayv1.HTTPRouteTimeouts{Request: &whole, BackendRequest: &whole},
		BackendRefs: []gatewayv1.HTTPBackendRef{{BackendRef: gatewayv1.BackendRef{
			BackendObjectReference: gatewayv1.BackendObjectReference{
				Group: new(gatewayv1.Group("")), Kind: new(gatewayv1.Kind("Service")),
				Name: gatewayv1.ObjectName(t.Name), Port: new(t.Port),
			},
			Weight: new(int32(1)),
		}}},
	}))
	if e.TLS.Type != v1alpha1.TLSNone && *e.RedirectHTTP {
		objects = append(objects, httpRoute(t, e, e.Name+"-redirect", e.Gateway.RedirectSectionName, gatewayv1.HTTPRouteRule{
			Filters: []gatewayv1.HTTPRouteFilter{{
				Type:            gatewayv1.HTTPRouteFilterRequestRedirect,
				RequestRedirect: &gatewayv1.HTTPRequestRedirectFilter{Scheme: new("https"), StatusCode: new(301)},
			}},
		}))
	}
	return objects
}

// httpRoute attaches a rule for the whole host to one listener.
func httpRoute(t controller.Target, e *v1alpha1.Expose, name, listener string, rule gatewayv1.HTTPRouteRule) *gatewayv1.HTTPRoute {
	listeners := []string{listener}
	if e.Gateway.Own() { // which has one for each host
		for i := range e.AdditionalHosts {
			listeners = append(listeners, listenerName(listener, i+1))
		}
	}
	var parents []gatewayv1.ParentReference
	for _, l := range listeners {
		parent := gatewayv1.ParentReference{
			Group: new(gatewayv1.Group(gatewayv1.GroupName)), Kind: new(gatewayv1.Kind("Gateway")),
			Name: gatewayv1.ObjectName(e.Gateway.Name), SectionName: new(gatewayv1.SectionName(l)),
		}
		if e.Gateway.Namespace != "" {
			parent.Namespace = new(gatewayv1.Namespace(e.Gateway.Namespace))
		}
		parents = append(parents, parent)
	}
	var hosts []gatewayv1.Hostname
	for _, h := range e.Hosts() {
		hosts = append(hosts, gatewayv1.Hostname(h))
	}
	rule.Matches = []gatewayv1.HTTPRouteMatch{{
		Path: &gatewayv1.HTTPPathMatch{Type: new(gatewayv1.PathMatchPathPrefix), Value: new("/")},
	}}
	return &gatewayv1.HTTPRoute{
		TypeMeta:   metav1.TypeMeta{APIVersion: gatewayv1.GroupVersion.String(), Kind: "HTTPRoute"},
		ObjectMeta: t.RouteMeta(name, e),
		Spec: gatewayv1.HTTPRouteSpec{
			CommonRouteSpec: gatewayv1.CommonRouteSpec{ParentRefs: parents},
			Hostnames:       hosts,
			Rules:           []gatewayv1.HTTPRouteRule{rule},
		},
	}
}

// listenerName is that of the own Gateway's listener for the i-th host.
func listenerName(name string, i int) string {
	if i == 0 {
		return name
	}
	return fmt.Sprintf("%s-%d", name, i+1)
}

// ownGateway listens for the hosts alone, each by a listener, and for routes of
// its namespace.
func ownGateway(t controller.Target, e *v1alpha1.Expose) *gatewayv1.Gateway {
	listen := func(name string, i int, port v1alpha1.Port, protocol gatewayv1.ProtocolType) gatewayv1.Listener {
		return gatewayv1.Listener{
			Name: gatewayv1.SectionName(listenerName(name, i)), Hostname: new(gatewayv1.Hostname(e.Hosts()[i])),
			Port: gatewayv1.PortNumber(port), Protocol: protocol,
			AllowedRoutes: &gatewayv1.AllowedRoutes{Namespaces: &gatewayv1.RouteNamespaces{From: new(gatewayv1.NamespacesFromSame)}},
		}
	}
	g := &gatewayv1.Gateway{
		TypeMeta:   metav1.TypeMeta{APIVersion: gatewayv1.GroupVersion.String(), Kind: "Gateway"},
		ObjectMeta: t.Meta(e.Gateway.Name),
		Spec:       gatewayv1.GatewaySpec{GatewayClassName: gatewayv1.ObjectName(e.Gateway.ClassName)},
	}
	for i := range e.Hosts() {
		if e.TLS.Type != v1alpha1.TLSNone {
			secure := listen(secureListener, i, e.Gateway.HTTPSPort, gatewayv1.HTTPSProtocolType)
			secure.TLS = &gatewayv1.ListenerTLSConfig{
				Mode: new(gatewayv1.TLSModeTerminate),
				CertificateRefs: []gatewayv1.SecretObjectReference{{
					Group: new(gatewayv1.Group("")), Kind: new(gatewayv1.Kind("Secret")), Name: gatewayv1.ObjectName(e.TLS.SecretName),
				}},
			}
			g.Spec.Listeners = append(g.Spec.Listeners, secure)
		}
		if e.TLS.Type == v1alpha1.TLSNone || *e.RedirectHTTP {
			g.Spec.Listeners = append(g.Spec.Listeners, listen(plainListener, i, e.Gateway.HTTPPort, gatewayv1.HTTPProtocolType))
		}
	}
	return g
}

// duration writes a span of time as the API reads it (GEP-2257): whole units from
// hours down, of at most five digits each.
func duration(d v1alpha1.Duration) gatewayv1.Duration {
	var out strings.Builder
	rest := d.Parsed()
	for _, unit := range []struct {
		name string
		size time.Duration
	}{{"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}} {
		if n := rest / unit.size; n > 0 {
			fmt.Fprintf(&out, "%d%s", n, unit.name)
		}
		rest %= unit.size
	}
	return gatewayv1.Duration(out.String())
}
