package v1alpha1

import (
	"fmt"
	"regexp"
	"time"

	"k8s.io/apimachinery/pkg/util/validation"
)

// traefik checks what Traefik can do by objects, and what only its static
// configuration can.
func (c *checker) traefik(e *Expose) {
	c.noEffect("expose", "type", "Traefik has no limit of its own, and its buffering Middleware would stop answers from streaming", "maxBodySize")
	c.noEffect("expose", "type", "Traefik's timeouts are in its entry point's static configuration, respondingTimeouts", "readTimeout", "sendTimeout", "connectTimeout")
	c.entryPoints(e)
	c.forwardAuth(e)
	if c.read("expose.rateLimit") && e.RateLimit != nil {
		if c.at("expose.rateLimit.average") == nil {
			c.errorf("expose.rateLimit.average", "", "missing: want the number of requests in a period")
		}
		c.intRange("expose.rateLimit.average", 1, 1e6, "requests")
		c.intRange("expose.rateLimit.burst", 1, 1e6, "requests")
		c.timeout("expose.rateLimit.period", e.RateLimit.Period, time.Hour, "nobody waits longer")
	}
	c.intRange("expose.maxInFlight", 1, 1e6, "requests")
}

func (c *checker) forwardAuth(e *Expose) {
	f := e.ForwardAuth
	if f == nil {
		return
	}
	if e.BasicAuth != nil {
		c.errorf("expose.forwardAuth", "keep one of them", "basicAuth would ask the same people once more")
	}
	const at, example = "expose.forwardAuth.address", "http://oauth2-proxy.auth.svc:4180/oauth2/auth"
	if f.Address == "" {
		c.errorf(at, "", "missing: want the URL to ask, such as %s", example)
	}
	if u := c.url(at, f.Address, example, "http", "https"); u != nil && u.Scheme == "http" && reachable(u.Hostname(), "") {
		c.warnf(at, "write https", "%s is asked in clear, and it gets every request's cookies and passwords", u.Host)
	}
	for i, name := range f.AuthResponseHeaders {
		if len(validation.IsHTTPHeaderName(name)) > 0 {
			c.errorf(fmt.Sprintf("expose.forwardAuth.authResponseHeaders[%d]", i), "", "got %q, want the name of a header such as X-Auth-Request-Email", name)
		}
	}
}

// entryPointForm is a name that an annotation can list with others.
var entryPointForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]*$`) // and at most 63 long

func (c *checker) entryPoints(e *Expose) {
	for i, name := range e.EntryPoints {
		if !entryPointForm.MatchString(name) || len(name) > 63 {
			c.errorf(fmt.Sprintf("expose.entryPoints[%d]", i), "write one for each entry", "got %q, want an entry point such as websecure", name)
		}
	}
	if len(e.EntryPoints) == 0 {
		c.errorf("expose.entryPoints", "remove it for [websecure]", "got an empty list: Traefik would use its default entry points, plain http among them")
	}
}
