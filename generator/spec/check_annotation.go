package spec

import (
	"regexp"
	"strings"
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

// annotationForm is what a controller makes of an annotation's value.
type annotationForm struct {
	want string
	fits func(string) bool
}

// form is what matches an expression.
func form(want, expression string) annotationForm {
	return annotationForm{want, regexp.MustCompile("^(?:" + expression + ")$").MatchString}
}

// known refuses a key that is none of the controller's, and a value that the
// controller does not understand, and says what it would do.
func (c *checker) known(at, key, value, unknown, wrong string, forms map[string]annotationForm) {
	f, found := forms[key]
	switch {
	case !found:
		c.errorf(at, suggest(key, keys(forms)), "got the key %q, which the controller does not know: %s", key, unknown)
	case !f.fits(value):
		c.errorf(at, "", "got %q, want %s: with another value %s", value, f.want, wrong)
	}
}

// traefikAnnotation checks an annotation that Traefik reads on an Ingress.
func (c *checker) traefikAnnotation(at, key, value string, e *Expose) {
	const router = "traefik.ingress.kubernetes.io/router."
	if e.Route == TraefikIngressRoute {
		c.errorf(at, "remove it, or write route: ingress", "Traefik reads this annotation on an Ingress, not on an IngressRoute")
		return
	}
	if strings.HasPrefix(key, "traefik.ingress.kubernetes.io/service.") {
		c.errorf(at, "write a patch of the Service", "Traefik reads this annotation on the Service, not on the route")
		return
	}
	boolean := form("true or false", "true|false")
	const left = "Traefik leaves the whole route out" // the provider's parser knows no half measures
	c.known(at, key, value, left, left, map[string]annotationForm{
		router + "priority":                     form("a whole number", "-?[0-9]{1,18}"),
		router + "observability.accesslogs":     boolean,
		router + "observability.metrics":        boolean,
		router + "observability.tracing":        boolean,
		router + "observability.traceverbosity": form("minimal or detailed", "minimal|detailed"),
	})
}
