package ingressnginx

import (
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/hearth-dev/hearth/internal/build/route/controller"
)

// Annotations are those that ingress-nginx reads on an Ingress, and what it takes
// for a value: by its documentation
// (https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/).
// Of those that no route of hearth's may have, the form takes every text where
// the controller's own check says little.
var Annotations = sync.OnceValue(func() controller.Table {
	table := controller.Table{}
	add := func(f controller.Form, names string) {
		for name := range strings.FieldsSeq(names) {
			f.Otherwise = otherwise(name)
			table[prefix+name] = f
		}
	}
	add(controller.Form{Want: "true or false", Fits: func(s string) bool {
		_, err := strconv.ParseBool(s)
		return err == nil
	}}, `auth-always-set-cookie auth-keepalive-share-vars auth-tls-pass-certificate-to-upstream canary cors-allow-credentials
		disable-proxy-intercept-errors enable-access-log enable-cors enable-global-auth enable-modsecurity enable-opentelemetry
		enable-owasp-core-rules enable-rewrite-log force-ssl-redirect from-to-www-redirect http2-push-preload
		opentelemetry-trust-incoming-span preserve-trailing-slash relative-redirects service-upstream session-cookie-change-on-failure
		session-cookie-conditional-samesite-none session-cookie-secure ssl-passthrough ssl-prefer-server-ciphers ssl-redirect
		upstream-hash-by-subset use-port-in-redirects use-regex`)
	add(controller.Form{Want: "a whole number", Fits: func(s string) bool {
		_, err := strconv.Atoi(s)
		return err == nil
	}}, `auth-keepalive auth-keepalive-requests auth-keepalive-timeout auth-tls-verify-depth canary-weight canary-weight-total
		cors-max-age global-rate-limit limit-burst-multiplier limit-connections limit-rate limit-rate-after limit-rpm limit-rps
		permanent-redirect-code proxy-buffers-number proxy-connect-timeout proxy-next-upstream-timeout proxy-next-upstream-tries
		proxy-read-timeout proxy-send-timeout proxy-ssl-verify-depth upstream-hash-by-subset-size`)
	add(matching("a size such as 16k, 10m or 1g", `^[0-9]+[bkmgBKMG]?$`),
		`client-body-buffer-size proxy-body-size proxy-buffer-size proxy-busy-buffers-size proxy-max-temp-file-size`)
	add(controller.Form{Want: "addresses or ranges such as 10.0.0.0/8 with commas between", Fits: func(s string) bool {
		for part := range strings.SplitSeq(s, ",") {
			if _, err := netip.ParsePrefix(part); err != nil {
				if _, err := netip.ParseAddr(part); err != nil {
					return false
				}
			}
		}
		return true
	}}, `allowlist-source-range denylist-source-range global-rate-limit-ignored-cidrs limit-allowlist limit-whitelist whitelist-source-range`)
	add(controller.OneOf("on or off", "on", "off"), `proxy-buffering proxy-request-buffering proxy-ssl-server-name proxy-ssl-verify`)
	add(controller.OneOf("1.0 or 1.1", "1.0", "1.1"), `proxy-http-version`)
	add(controller.OneOf("any or all", "any", "all"), `satisfy`)
	add(controller.OneOf("basic or digest", "basic", "digest"), `auth-type`)
	add(controller.OneOf("auth-file or auth-map", "auth-file", "auth-map"), `auth-secret-type`)
	add(controller.OneOf("balanced or persistent", "balanced", "persistent"), `affinity-mode`)
	add(controller.OneOf("cookie", "cookie"), `affinity`)
	add(controller.OneOf("sticky or legacy", "sticky", "legacy"), `affinity-canary-behavior`)
	add(controller.OneOf("None, Lax or Strict", "None", "Lax", "Strict"), `session-cookie-samesite`)
	add(controller.OneOf("round_robin or ewma", "round_robin", "ewma", "chash", "chashsubset", "sticky_balanced", "sticky_persistent"), `load-balance`)
	add(controller.OneOf("HTTP, HTTPS, AUTO_HTTP, GRPC, GRPCS or FCGI", "HTTP", "HTTPS", "AUTO_HTTP", "GRPC", "GRPCS", "FCGI"), `backend-protocol`)
	add(matching("statuses such as 404,503", `^[0-9]{3}(,[0-9]{3})*$`), `custom-http-errors`)
	add(matching("keep-alive or close", `^(close|keep-alive)$`), `connection-proxy-header`)
	add(matching("names of headers with commas between", `^[A-Za-z0-9_, -]+$`), `auth-response-headers cors-allow-headers`)
	add(matching("a URL of letters, digits and -._~/:?&=", `^[A-Za-z0-9._~/:?&=, $-]+$`), `auth-url auth-signin`)
	add(matching("text of letters, digits, spaces and -._~/:", `^[A-Za-z0-9._~/: -]+$`), `auth-realm`)
	add(controller.Form{Want: "the name of a Secret", Fits: func(s string) bool {
		namespace, name, found := strings.Cut(s, "/")
		if !found {
			name = s
		}
		return len(validation.IsDNS1123Subdomain(name)) == 0 && (!found || len(validation.IsDNS1123Label(namespace)) == 0)
	}}, `auth-secret`)
	add(controller.Form{Want: "any text", Fits: func(string) bool { return true }}, `app-root auth-cache-duration auth-cache-key auth-method
		auth-proxy-set-headers auth-request-redirect auth-signin-redirect-param auth-snippet auth-tls-error-page auth-tls-match-cn
		auth-tls-secret auth-tls-verify-client canary-by-cookie canary-by-header canary-by-header-pattern canary-by-header-value
		configuration-snippet cors-allow-methods cors-allow-origin cors-expose-headers custom-headers default-backend fastcgi-index
		fastcgi-params-configmap global-rate-limit-key global-rate-limit-window mirror-host mirror-request-body mirror-target
		modsecurity-snippet modsecurity-transaction-id opentelemetry-operation-name permanent-redirect proxy-cookie-domain
		proxy-cookie-path proxy-next-upstream proxy-redirect-from proxy-redirect-to proxy-ssl-ciphers proxy-ssl-name proxy-ssl-protocols
		proxy-ssl-secret rewrite-target server-alias server-snippet session-cookie-domain session-cookie-expires
		session-cookie-max-age session-cookie-name session-cookie-path ssl-ciphers stream-snippet temporal-redirect
		upstream-hash-by upstream-vhost x-forwarded-prefix`)
	return table
})

func matching(want, form string) controller.Form {
	return controller.Form{Want: want, Fits: regexp.MustCompile(form).MatchString}
}

// otherwise is what the controller does with any other value. Before version
// 1.12 it took its default in most places.
func otherwise(name string) string {
	if strings.HasSuffix(name, "-source-range") {
		return "the controller answers 503, or refuses the whole Ingress"
	}
	return "the controller takes its default, or refuses the whole Ingress"
}
