package annotation

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/util/validation"
)

// NGINX are the annotations that F5's NGINX Ingress Controller reads on an
// Ingress, but for those of NGINX Plus, and what it takes for a value: as in its
// own internal/k8s/validation.go and internal/configs/parsing_helpers.go, of 5.5.
//
// NGINX Plus takes more for lb-method and server-tokens. Of an annotation with a list of Services, of rewrites and of snippets the form
// takes every text: what is right there depends on the Ingress and on how the
// controller was started.
var NGINX = sync.OnceValue(func() *Table {
	boolean := Form{Want: "true or false", fits: func(s string) bool {
		_, err := strconv.ParseBool(s)
		return err == nil
	}}
	whole := Form{Want: "a whole number", fits: func(s string) bool {
		_, err := strconv.Atoi(s)
		return err == nil
	}}
	count := Form{Want: "a whole number of 0 or more", fits: func(s string) bool {
		_, err := strconv.ParseUint(s, 10, 63)
		return err == nil
	}}
	secret := Form{Want: "the name of a Secret", fits: func(s string) bool { return len(validation.IsDNS1123Subdomain(s)) == 0 }}
	text := Form{Want: "any text", fits: func(string) bool { return true }}
	size := matching("a size such as 16k or 1m", "[0-9]+[kKmM]?")
	offset := matching("a size such as 16k, 10m or 1g", "[0-9]+[kKmMgG]?") // 0 is no limit
	span := matching("", `([0-9]+y)?\s*([0-9]+M)?\s*([0-9]+w)?\s*([0-9]+d)?\s*([0-9]+h)?\s*([0-9]+m)?\s*([0-9]+s?)?\s*([0-9]+ms)?`)
	moment := Form{Want: "a time such as 30s, 10m or 1h 30m", fits: func(s string) bool { // a number alone is seconds
		return strings.TrimSpace(s) != "" && span.fits(s)
	}}
	ports := matching("port numbers with commas and no spaces between", "[1-9][0-9]{0,4}(,[1-9][0-9]{0,4})*")
	headers := Form{Want: "names of headers with commas between", fits: headerNames}
	const upstreamCase = "(error|timeout|invalid_header|http_50[0234]|http_403|http_404|http_429|non_idempotent|off)"
	forms := map[string]Form{
		"nginx.org/app-root":                    matching("a path such as /chat", "/[^/~]([^~]*[^/~])?"),
		"nginx.org/basic-auth-realm":            matching(`a text without '$', in which each '"' has a '\' before it`, `([^"$\\]|\\[^$])*`),
		"nginx.org/basic-auth-secret":           secret,
		"nginx.org/client-body-buffer-size":     size,
		"nginx.org/client-max-body-size":        offset,
		"nginx.org/fail-timeout":                moment,
		"nginx.org/grpc-services":               text,
		"nginx.org/hsts":                        boolean,
		"nginx.org/hsts-behind-proxy":           boolean,
		"nginx.org/hsts-include-subdomains":     boolean,
		"nginx.org/hsts-max-age":                whole,
		"nginx.org/http-redirect-code":          matching("301, 302, 307 or 308", "30[1278]"),
		"nginx.org/keepalive":                   whole,
		"nginx.org/lb-method":                   matching("round_robin, least_conn, ip_hash, random, or hash with a key", "round_robin|least_conn|ip_hash|random|random two|random two least_conn|hash [^ ]+( consistent)?"),
		"nginx.org/limit-req-burst":             whole,
		"nginx.org/limit-req-delay":             whole,
		"nginx.org/limit-req-dry-run":           boolean,
		"nginx.org/limit-req-key":               matching("nginx's variables, such as ${binary_remote_addr}", "[^;{}\"]*(\\$\\{[a-z0-9_]+\\}[^;{}\"]*)+"),
		"nginx.org/limit-req-log-level":         matching("info, notice, warn or error", "info|notice|warn|error"),
		"nginx.org/limit-req-no-delay":          boolean,
		"nginx.org/limit-req-rate":              matching("a rate such as 10r/s or 30r/m", "0*[1-9][0-9]{0,8}(r/s|r/m)"),
		"nginx.org/limit-req-reject-code":       matching("a status from 400 to 599", "[45][0-9][0-9]"),
		"nginx.org/limit-req-scale":             boolean,
		"nginx.org/limit-req-zone-size":         size,
		"nginx.org/listen-ports":                ports,
		"nginx.org/listen-ports-ssl":            ports,
		"nginx.org/location-snippets":           text,
		"nginx.org/max-conns":                   count,
		"nginx.org/max-fails":                   count,
		"nginx.org/mergeable-ingress-type":      matching("master or minion", "master|minion"),
		"nginx.org/path-regex":                  matching("case_sensitive, case_insensitive or exact", "case_sensitive|case_insensitive|exact"),
		"nginx.org/policies":                    text,
		"nginx.org/proxy-buffer-size":           size,
		"nginx.org/proxy-buffering":             boolean,
		"nginx.org/proxy-buffers":               matching("a number and a size, such as 8 16k", "[0-9]+ [0-9]+[kKmM]?"),
		"nginx.org/proxy-busy-buffers-size":     size,
		"nginx.org/proxy-connect-timeout":       moment,
		"nginx.org/proxy-hide-headers":          headers,
		"nginx.org/proxy-max-temp-file-size":    size,
		"nginx.org/proxy-next-upstream":         matching("off, error, timeout and the like with spaces between", upstreamCase+"( "+upstreamCase+")*"),
		"nginx.org/proxy-next-upstream-timeout": moment,
		"nginx.org/proxy-next-upstream-tries":   count,
		"nginx.org/proxy-pass-headers":          headers,
		"nginx.org/proxy-read-timeout":          moment,
		"nginx.org/proxy-send-timeout":          moment,
		"nginx.org/proxy-set-headers":           {Want: "headers as Name or Name: value with commas between, without '$'", fits: headerLines},
		"nginx.org/redirect-to-https":           boolean,
		"nginx.org/rewrite-target":              text,
		"nginx.org/rewrites":                    text,
		"nginx.org/server-snippets":             text,
		"nginx.org/server-tokens":               boolean,
		"nginx.org/ssl-ciphers":                 matching("OpenSSL's names of ciphers with colons between", "[A-Za-z0-9:+!@_=-]+"),
		"nginx.org/ssl-prefer-server-ciphers":   boolean,
		"nginx.org/ssl-redirect":                boolean,
		"nginx.org/ssl-services":                text,
		"nginx.org/upstream-zone-size":          size,
		"nginx.org/use-cluster-ip":              boolean,
		"nginx.org/websocket-services":          text,
	}
	for key, f := range forms {
		switch {
		case strings.HasPrefix(key, "nginx.org/limit-req-"):
			f.Otherwise = "nothing is limited, and only the controller's log says so"
		case key == "nginx.org/ssl-ciphers":
			f.Otherwise = "nginx refuses its configuration, and everybody's changes with it"
		default: // 404 on every path
			f.Otherwise = "the controller rejects the whole Ingress"
		}
		switch {
		case strings.HasPrefix(key, "nginx.org/hsts-"):
			f.Needs = "nginx.org/hsts"
		case key == "nginx.org/basic-auth-realm":
			f.Needs = "nginx.org/basic-auth-secret"
		}
		forms[key] = f
	}
	return &Table{forms}
})

func headerNames(s string) bool {
	return !slices.ContainsFunc(strings.Split(s, ","), func(name string) bool {
		return len(validation.IsHTTPHeaderName(strings.TrimSpace(name))) > 0
	})
}

func headerLines(s string) bool {
	return !slices.ContainsFunc(strings.Split(s, ","), func(header string) bool {
		name, value, _ := strings.Cut(header, ":")
		return len(validation.IsHTTPHeaderName(strings.TrimSpace(name))) > 0 || strings.Contains(value, "$")
	})
}
