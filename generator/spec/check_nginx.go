package spec

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/validation"
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

// nginxForms are the annotations that F5's controller reads on an Ingress, but
// for those that hearth writes, and what it takes for a value: as in its own
// internal/k8s/validation.go and internal/configs/parsing_helpers.go, of 5.5.
func nginxForms() map[string]annotationForm {
	boolean := annotationForm{"true or false", func(s string) bool {
		_, err := strconv.ParseBool(s)
		return err == nil
	}}
	whole := annotationForm{"a whole number", func(s string) bool {
		_, err := strconv.Atoi(s)
		return err == nil
	}}
	count := annotationForm{"a whole number of 0 or more", func(s string) bool {
		_, err := strconv.ParseUint(s, 10, 63)
		return err == nil
	}}
	size := form("a size such as 16k or 1m", "[0-9]+[kKmM]?")
	moment := annotationForm{"a time such as 30s, 10m or 1h 30m", nginxTime}
	ports := form("port numbers with commas and no spaces between", "[1-9][0-9]{0,4}(,[1-9][0-9]{0,4})*")
	headers := annotationForm{"names of headers with commas between", nginxHeaders}
	return map[string]annotationForm{
		"nginx.org/client-body-buffer-size":     size,
		"nginx.org/fail-timeout":                moment,
		"nginx.org/hsts":                        boolean,
		"nginx.org/hsts-behind-proxy":           boolean,
		"nginx.org/hsts-include-subdomains":     boolean,
		"nginx.org/hsts-max-age":                whole,
		"nginx.org/http-redirect-code":          form("301, 302, 307 or 308", "30[1278]"),
		"nginx.org/keepalive":                   whole,
		"nginx.org/lb-method":                   form("round_robin, least_conn, ip_hash, random, or hash with a key", "round_robin|least_conn|ip_hash|random|random two|random two least_conn|hash [^ ]+( consistent)?"),
		"nginx.org/limit-req-burst":             whole,
		"nginx.org/limit-req-delay":             whole,
		"nginx.org/limit-req-dry-run":           boolean,
		"nginx.org/limit-req-key":               form("nginx's variables, such as ${binary_remote_addr}", "[^;{}\"]*(\\$\\{[a-z0-9_]+\\}[^;{}\"]*)+"),
		"nginx.org/limit-req-log-level":         form("info, notice, warn or error", "info|notice|warn|error"),
		"nginx.org/limit-req-no-delay":          boolean,
		"nginx.org/limit-req-rate":              form("a rate such as 10r/s or 30r/m", "0*[1-9][0-9]{0,8}(r/s|r/m)"),
		"nginx.org/limit-req-reject-code":       form("a status from 400 to 599", "[45][0-9][0-9]"),
		"nginx.org/limit-req-scale":             boolean,
		"nginx.org/limit-req-zone-size":         size,
		"nginx.org/listen-ports":                ports,
		"nginx.org/listen-ports-ssl":            ports,
		"nginx.org/max-conns":                   count,
		"nginx.org/max-fails":                   count,
		"nginx.org/proxy-buffer-size":           size,
		"nginx.org/proxy-buffering":             boolean,
		"nginx.org/proxy-buffers":               form("a number and a size, such as 8 16k", "[0-9]+ [0-9]+[kKmM]?"),
		"nginx.org/proxy-busy-buffers-size":     size,
		"nginx.org/proxy-hide-headers":          headers,
		"nginx.org/proxy-max-temp-file-size":    size,
		"nginx.org/proxy-next-upstream":         form("off, error, timeout and the like with spaces between", upstreamCases+"( "+upstreamCases+")*"),
		"nginx.org/proxy-next-upstream-timeout": moment,
		"nginx.org/proxy-next-upstream-tries":   count,
		"nginx.org/proxy-pass-headers":          headers,
		"nginx.org/proxy-set-headers":           {"headers as Name or Name: value with commas between, without '$'", nginxSetHeaders},
		"nginx.org/server-tokens":               boolean,
		"nginx.org/ssl-ciphers":                 form("OpenSSL's names of ciphers with colons between", "[A-Za-z0-9:+!@_=-]+"),
		"nginx.org/ssl-prefer-server-ciphers":   boolean,
		"nginx.org/upstream-zone-size":          size,
		"nginx.org/use-cluster-ip":              boolean,
	}
}

const upstreamCases = "(error|timeout|invalid_header|http_50[0234]|http_403|http_404|http_429|non_idempotent|off)"

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

// nginxAnnotation checks an annotation of F5's controller. A value that it does
// not understand rejects the whole Ingress: 404 on every path.
func (c *checker) nginxAnnotation(at, key, value string, e *Expose) {
	for _, refused := range refusedNginx {
		if strings.HasPrefix(key, refused.prefix) || strings.Contains(key, "."+refused.prefix) {
			c.errorf(at, refused.fix, "%s", refused.why)
			return
		}
	}
	wrong := "the controller rejects the whole Ingress"
	switch {
	case strings.HasPrefix(key, "nginx.org/limit-req-"):
		wrong = "nothing is limited, and only the controller's log says so"
	case key == "nginx.org/ssl-ciphers":
		wrong = "nginx refuses its configuration, and everybody's changes with it"
	}
	c.known(at, key, value, "it is ignored without a word", wrong, nginxForms())
	if _, on := e.Annotations["nginx.org/hsts"]; strings.HasPrefix(key, "nginx.org/hsts-") && !on {
		c.errorf(at, `write nginx.org/hsts: "true" too`, "without nginx.org/hsts the controller rejects the whole Ingress")
	}
}

// nginxTime tells nginx's own form of a span of time; a number is seconds.
func nginxTime(s string) bool {
	return strings.TrimSpace(s) != "" && form("", `([0-9]+y)?\s*([0-9]+M)?\s*([0-9]+w)?\s*([0-9]+d)?\s*([0-9]+h)?\s*([0-9]+m)?\s*([0-9]+s?)?\s*([0-9]+ms)?`).fits(s)
}

func nginxHeaders(s string) bool {
	return !slices.ContainsFunc(strings.Split(s, ","), func(name string) bool {
		return len(validation.IsHTTPHeaderName(strings.TrimSpace(name))) > 0
	})
}

func nginxSetHeaders(s string) bool {
	return !slices.ContainsFunc(strings.Split(s, ","), func(header string) bool {
		name, value, _ := strings.Cut(header, ":")
		return len(validation.IsHTTPHeaderName(strings.TrimSpace(name))) > 0 || strings.Contains(value, "$")
	})
}

// keys are the keys of a map, in order.
func keys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
