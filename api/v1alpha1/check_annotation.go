package v1alpha1

import (
	"strings"

	"github.com/hearth-dev/hearth/internal/annotation"
)

// noRoutes refuses what a controller reads on a route: on every object of a
// base it would stand for nothing, or for what nobody has checked.
func (c *checker) noRoutes(at, key, _ string) {
	if controllerOf(key) != "" {
		c.errorf(at, "move it to expose.annotations", "an ingress controller reads this annotation, and on its route alone")
	}
}

// controllerOf is the type of route whose controller reads an annotation; "" if
// none does, and "another" if it is one that hearth has no type for.
func controllerOf(key string) ExposeType {
	domain, _, _ := strings.Cut(key, "/")
	switch {
	case domain == "nginx.org", domain == "nginx.com", domain == "nsm.nginx.com", domain == "f5.com", strings.HasSuffix(domain, ".f5.com"):
		return ExposeNginx
	case domain == "traefik.ingress.kubernetes.io":
		return ExposeTraefik
	case domain == "ingress.kubernetes.io", strings.HasSuffix(domain, ".ingress.kubernetes.io"):
		return "another"
	}
	return ""
}

// routeAnnotations checks what a person adds to a route.
func (c *checker) routeAnnotations(e *Expose) {
	c.annotations("expose.annotations", e.Annotations, func(at, key, value string) {
		switch controller := controllerOf(key); {
		case controller == "":
		case controller != e.Type:
			c.errorf(at, "remove it", "%s is another controller's, and a route of type %s ignores it", key, e.Type)
		case controller == ExposeNginx:
			c.nginxAnnotation(at, key, value, e)
		default:
			c.traefikAnnotation(at, key, value, e)
		}
	})
}

// known refuses a key that is none of the controller's, a value that the
// controller does not understand, and an annotation that another one has to
// stand beside, and says what the controller would do.
func (c *checker) known(at, key, value string, e *Expose, table *annotation.Table, unknown string) {
	f, found := table.Form(key)
	switch {
	case !found:
		c.errorf(at, suggest(key, table.Keys()), "got the key %q, which the controller does not know: %s", key, unknown)
		return
	case !f.Fits(value):
		c.errorf(at, "", "got %q, want %s: with another value %s", value, f.Want, f.Otherwise)
	}
	if _, on := e.Annotations[f.Needs]; f.Needs != "" && !on {
		c.errorf(at, "write "+f.Needs+" too", "without %s %s", f.Needs, f.Otherwise)
	}
}

// traefikAnnotation checks an annotation that Traefik reads on an Ingress.
func (c *checker) traefikAnnotation(at, key, value string, e *Expose) {
	if e.Route == TraefikIngressRoute {
		c.errorf(at, "remove it, or write route: ingress", "Traefik reads this annotation on an Ingress, not on an IngressRoute")
		return
	}
	if strings.HasPrefix(key, "traefik.ingress.kubernetes.io/service.") {
		c.errorf(at, "write a patch of the Service", "Traefik reads this annotation on the Service, not on the route")
		return
	}
	c.known(at, key, value, e, annotation.Traefik(), "Traefik leaves the whole route out")
}
