package v1alpha1

import (
	"strings"
	"time"

	"github.com/hearth-dev/hearth/internal/annotation"
)

// nginx checks what F5's controller can do, and what it cannot.
func (c *checker) nginx(e *Expose) {
	c.noEffect("expose", "type", "only Traefik has entry points", "entryPoints")
	c.noEffect("expose", "type", "only Traefik has IngressRoutes", "route")
	c.noEffect("expose", "type", "only Traefik has it; F5's controller has basicAuth", "forwardAuth")
	c.noEffect("expose", "type", "only Traefik has it; for F5's controller write expose.annotations with nginx.org/limit-req-rate", "rateLimit")
	c.noEffect("expose", "type", "only Traefik has it", "maxInFlight")
	c.noEffect("expose", "type", "only Traefik has it; for F5's controller write expose.annotations with nginx.org/hsts", "securityHeaders")
	c.timeout("expose.readTimeout", e.ReadTimeout, 24*time.Hour, "a connection that is silent for a day is dead")
	c.timeout("expose.sendTimeout", e.SendTimeout, 24*time.Hour, "a connection that is silent for a day is dead")
	c.timeout("expose.connectTimeout", e.ConnectTimeout, 75*time.Second, "nginx cannot wait longer for a connection")
}

// refusedNginx are the controller's annotations that do not go with what hearth
// makes, by how the key begins.
var refusedNginx = []ownedAnnotation{
	{"nginx.org/server-snippets", "the controller rejects the whole Ingress unless its administrator has allowed snippets", "ask them first, and write a patch"},
	{"nginx.org/location-snippets", "the controller rejects the whole Ingress unless its administrator has allowed snippets", "ask them first, and write a patch"},
	{"nginx.org/rewrite", "the route leads the whole host to one program, which knows its own paths", "remove it"},
	{"nginx.org/app-root", "the route leads the whole host to one program, which knows its own paths", "remove it"},
	{"nginx.org/path-regex", "the route leads the whole host to one program, which knows its own paths", "remove it"},
	{"nginx.org/mergeable-ingress-type", "the Ingress is the host's only one", "remove it"},
	{"nginx.org/grpc-services", "neither program speaks gRPC", "remove it"},
	{"nginx.org/ssl-services", "both programs speak plain HTTP inside the cluster", "remove it"},
	{"nginx.com/", "without NGINX Plus the controller rejects the whole Ingress", "write a patch if yours is NGINX Plus"},
	{"f5.com/", "without NGINX Plus the controller rejects the whole Ingress", "write a patch if yours is NGINX Plus"},
}

// nginxAnnotation checks an annotation of F5's controller.
func (c *checker) nginxAnnotation(at, key, value string, e *Expose) {
	for _, refused := range refusedNginx {
		if strings.HasPrefix(key, refused.prefix) || strings.Contains(key, "."+refused.prefix) {
			c.errorf(at, refused.fix, "%s", refused.why)
			return
		}
	}
	c.known(at, key, value, e, annotation.NGINX(), "it is ignored without a word")
}
