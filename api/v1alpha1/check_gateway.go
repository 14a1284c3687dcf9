package v1alpha1

import (
	"fmt"
	"time"
)

// gateway checks what Gateway API has, and what it leaves to implementations.
func (c *checker) gateway(e *Expose) {
	const none = "Gateway API has none; implementations have policies of their own, which go into resources"
	c.noEffect("expose", "type", "a route of type gateway has no IngressClass; the Gateway's is gateway.className", "className")
	c.noEffect("expose", "type", none, "maxBodySize", "sendTimeout", "connectTimeout", "basicAuth", "allowList")
	c.noEffect("expose", "type", "only Traefik has it", "entryPoints", "route", "forwardAuth", "rateLimit", "maxInFlight", "securityHeaders")
	c.timeout("expose.readTimeout", e.ReadTimeout, 24*time.Hour, "nobody waits for a whole day for an answer")
	if !c.read("expose.gateway") {
		return
	}
	g := e.Gateway
	switch {
	case g == nil, g.Name == "" && g.ClassName == "":
		c.errorf("expose.gateway", "write gateway: {name: NAME, namespace: NAMESPACE} for one that is there, or gateway: {className: CLASS} for one of the base's own",
			"missing: want the Gateway that the route attaches to")
	case g.ClassName == "":
		c.attached(e)
	default:
		c.ownGateway(e)
	}
}

// attached checks a route to a Gateway that is there.
func (c *checker) attached(e *Expose) {
	g := e.Gateway
	c.name("expose.gateway.name", g.Name, "a Gateway")
	c.optionalLabel("expose.gateway.namespace", g.Namespace)
	c.name("expose.gateway.sectionName", g.SectionName, "a listener of the Gateway")
	c.name("expose.gateway.redirectSectionName", g.RedirectSectionName, "a listener of the Gateway")
	c.noEffect("expose.gateway", "name", "the ports are those of the Gateway that is there", "httpsPort", "httpPort")
	if t := e.TLS.Type; t == TLSCertManager || t == TLSSecret {
		c.errorf("expose.tls.type", "write type: gateway; or gateway: {className: CLASS} for a Gateway of the base's own",
			"got %s, but the certificate is that of the Gateway's listener", t)
	}
}

// ownGateway checks a Gateway of the base's own.
func (c *checker) ownGateway(e *Expose) {
	g := e.Gateway
	c.label("expose.gateway.name", g.Name, "the Gateway's name")
	c.staysText("expose.gateway.name", g.Name)
	c.name("expose.gateway.className", g.ClassName, "a GatewayClass")
	c.noEffect("expose.gateway", "className", "with className the Gateway and its listeners are the base's own", "namespace", "sectionName", "redirectSectionName")
	if e.TLS.Type == TLSGateway {
		c.errorf("expose.tls.type", "write certManager or secret", "got gateway, but the Gateway is the base's own and has no certificate yet")
	}
	if g.HTTPPort == g.HTTPSPort {
		c.errorf("expose.gateway.httpPort", "", "got %d, which is the port for https too", g.HTTPPort)
	}
}

// from checks where the controller's traffic comes from.
func (c *checker) from(e *Expose, policed bool) {
	if e.From != nil {
		c.peer("expose.from", *e.From)
		return
	}
	if policed {
		where := "such as {namespace: envoy-gateway-system} for Envoy Gateway or {namespace: traefik} for Traefik"
		if g := e.Gateway; g != nil && g.Namespace != "" {
			where = fmt.Sprintf("such as {namespace: %s} if they run beside the Gateway", g.Namespace)
		}
		c.errorf("expose.from", "", "missing: want where the Gateway's proxies run, which each implementation decides: %s", where)
	}
}
