package nginx

import (
	"strconv"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/hearth-dev/hearth/internal/build/route/controller"
)

// Annotations are those that F5's controller reads on an Ingress, but for those
// of NGINX Plus, and what it takes for a value: by the documentation of version
// 5.5 (https://docs.nginx.com/nginx-ingress-controller) and that of nginx's
// directives behind them (https://nginx.org/en/docs).
//
// NGINX Plus takes more for lb-method and server-tokens. Of an annotation with a
// list of Services, of rewrites and of snippets the form takes every text: what
// is right there depends on the Ingress and on how the controller was started.
var Annotations = sync.OnceValue(func() controller.Table {
	boolean := controller.Form{Want: "true or false", Fits: func(s string) bool {
		_, err := strconv.ParseBool(s)
		return err == nil
	}}
	whole := controller.Form{Want: "a whole number", Fits: func(s string) bool {
		_, err := strconv.Atoi(s)
		return err == nil
	}}
	count := controller.Form{Want: "a whole number of 0 or more", Fits: func(s string) bool { return number(s, 0, 1<<63-1) }}
	secret := controller.Form{Want: "the name of a Secret", Fits: func(s string) bool { return len(validation.IsDNS1123Subdomain(s)) == 0 }}
	text := controller.Form{Want: "any text", Fits: func(string) bool { return true }}
	size := controller.Form{Want: "a size such as 16k or 1m", Fits: isSize}
	moment := controller.Form{Want: "a time such as 30s, 10m or 1h 30m", Fits: isTime}
	ports := controller.Form{Want: "port numbers with commas and no spaces between", Fits: func(s string) bool {
		return every(s, ",", func(port string) bool { return number(port, 1, 65535) })
	}}
	headers := controller.Form{Want: "names of headers with commas between", Fits: func(s string) bool { return every(s, ",", isHeader) }}
	table := controller.Table{
		"nginx.org/app-root":                    {Want: "a path such as /chat", Fits: isRoot},
		"nginx.org/basic-auth-realm":            {Want: `a text without '$', in which each '"' has a '\' before it`, Fits: isQuotable},
		"nginx.org/basic-auth-secret":           secret,
		"nginx.org/client-body-buffer-size":     size,
		"nginx.org/client-max-body-size":        {Want: "a size such as 16k, 10m or 1g", Fits: isOffset}, // 0 is no limit
		"nginx.org/fail-timeout":                moment,
		"nginx.org/grpc-services":               text,
		"nginx.org/hsts":                        boolean,
		"nginx.org/hsts-behind-proxy":           boolean,
		"nginx.org/hsts-include-subdomains":     boolean,
		"nginx.org/hsts-max-age":                whole,
		"nginx.org/http-redirect-code":          controller.OneOf("301, 302, 307 or 308", "301", "302", "307", "308"),
		"nginx.org/keepalive":                   whole,
		"nginx.org/lb-method":                   {Want: "round_robin, least_conn, ip_hash, random, or hash with a key", Fits: isMethod},
		"nginx.org/limit-req-burst":             whole,
		"nginx.org/limit-req-delay":             whole,
		"nginx.org/limit-req-dry-run":           boolean,
		"nginx.org/limit-req-key":               {Want: "nginx's variables, such as ${binary_remote_addr}", Fits: hasVariable},
		"nginx.org/limit-req-log-level":         controller.OneOf("info, notice, warn or error", "info", "notice", "warn", "error"),
		"nginx.org/limit-req-no-delay":          boolean,
		"nginx.org/limit-req-rate":              {Want: "a rate such as 10r/s or 30r/m", Fits: isRate},
		"nginx.org/limit-req-reject-code":       {Want: "a status from 400 to 599", Fits: func(s string) bool { return number(s, 400, 599) }},
		"nginx.org/limit-req-scale":             boolean,
		"nginx.org/limit-req-zone-size":         size,
		"nginx.org/listen-ports":                ports,
		"nginx.org/listen-ports-ssl":            ports,
		"nginx.org/location-snippets":           text,
		"nginx.org/max-conns":                   count,
		"nginx.org/max-fails":                   count,
		"nginx.org/mergeable-ingress-type":      controller.OneOf("master or minion", "master", "minion"),
		"nginx.org/path-regex":                  controller.OneOf("case_sensitive, case_insensitive or exact", "case_sensitive", "case_insensitive", "exact"),
		"nginx.org/policies":                    text,
		"nginx.org/proxy-buffer-size":           size,
		"nginx.org/proxy-buffering":             boolean,
		"nginx.org/proxy-buffers":               {Want: "a number and a size, such as 8 16k", Fits: isBuffers},
		"nginx.org/proxy-busy-buffers-size":     size,
		"nginx.org/proxy-connect-timeout":       moment,
		"nginx.org/proxy-hide-headers":          headers,
		"nginx.org/proxy-max-temp-file-size":    size,
		"nginx.org/proxy-next-upstream":         {Want: "off, error, timeout and the like with spaces between", Fits: func(s string) bool { return every(s, " ", isFailure) }},
		"nginx.org/proxy-next-upstream-timeout": moment,
		"nginx.org/proxy-next-upstream-tries":   count,
		"nginx.org/proxy-pass-headers":          headers,
		"nginx.org/proxy-read-timeout":          moment,
		"nginx.org/proxy-send-timeout":          moment,
		"nginx.org/proxy-set-headers":           {Want: "headers as Name or Name: value with commas between, without '$'", Fits: func(s string) bool { return every(s, ",", isHeaderLine) }},
		"nginx.org/redirect-to-https":           boolean,
		"nginx.org/rewrite-target":              text,
		"nginx.org/rewrites":                    text,
		"nginx.org/server-snippets":             text,
		"nginx.org/server-tokens":               boolean,
		"nginx.org/ssl-ciphers":                 {Want: "OpenSSL's names of ciphers with colons between", Fits: func(s string) bool { return only(s, letters+strings.ToUpper(letters)+digits+":+!@_=-") }},
		"nginx.org/ssl-prefer-server-ciphers":   boolean,
		"nginx.org/ssl-redirect":                boolean,
		"nginx.org/ssl-services":                text,
		"nginx.org/upstream-zone-size":          size,
		"nginx.org/use-cluster-ip":              boolean,
		"nginx.org/websocket-services":          text,
	}
	for key, form := range table {
		switch {
		case strings.HasPrefix(key, "nginx.org/limit-req-"):
			form.Otherwise = "nothing is limited, and only the controller's log says so"
		case key == "nginx.org/ssl-ciphers":
			form.Otherwise = "nginx refuses its configuration, and everybody's changes with it"
		default: // 404 on every path
			form.Otherwise = "the controller rejects the whole Ingress"
		}
		switch {
		case strings.HasPrefix(key, "nginx.org/hsts-"):
			form.Needs = "nginx.org/hsts"
		case key == "nginx.org/basic-auth-realm":
			form.Needs = "nginx.org/basic-auth-secret"
		}
		table[key] = form
	}
	return table
})
