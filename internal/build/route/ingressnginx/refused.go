package ingressnginx

import "github.com/hearth-dev/hearth/internal/build/route/controller"

const (
	ours     = "hearth sets this annotation"
	snippets = "a snippet is configuration of nginx's for whoever may write an Ingress, and the controller refuses it unless its administrator has allowed it"
	whole    = "the route leads the whole host to one program, which knows its own paths"
	plain    = "both programs speak plain HTTP inside the cluster"
	remove   = "remove it"
)

var refused = []controller.Refused{
	{Prefix: prefix + "proxy-body-size", Why: ours, Fix: "use expose.ingressNGINX.maxBodySize"},
	{Prefix: prefix + "proxy-read-timeout", Why: ours, Fix: "use expose.ingressNGINX.readTimeout"},
	{Prefix: prefix + "proxy-send-timeout", Why: ours, Fix: "use expose.ingressNGINX.sendTimeout"},
	{Prefix: prefix + "proxy-connect-timeout", Why: ours, Fix: "use expose.ingressNGINX.connectTimeout"},
	{Prefix: prefix + "proxy-buffering", Why: ours + ", for with it on an answer comes in pieces, or at its end", Fix: remove},
	{Prefix: prefix + "ssl-redirect", Why: ours, Fix: "use expose.redirectHTTP"},
	{Prefix: prefix + "force-ssl-redirect", Why: ours, Fix: "use expose.redirectHTTP"},
	{Prefix: prefix + "auth-snippet", Why: snippets, Fix: "ask them first, and write a patch"},
	{Prefix: prefix + "configuration-snippet", Why: snippets, Fix: "ask them first, and write a patch"},
	{Prefix: prefix + "modsecurity-snippet", Why: snippets, Fix: "ask them first, and write a patch"},
	{Prefix: prefix + "server-snippet", Why: snippets, Fix: "ask them first, and write a patch"},
	{Prefix: prefix + "stream-snippet", Why: snippets, Fix: "ask them first, and write a patch"},
	{Prefix: prefix + "auth-tls-", Why: "the programs that call it would all need certificates", Fix: "write a patch if yours have them"},
	{Prefix: prefix + "auth-", Why: ours, Fix: "use basicAuth or forwardAuth of expose.ingressNGINX; for what they leave out write a patch"},
	{Prefix: prefix + "satisfy", Why: "with any, whoever has one of the addresses needs no password", Fix: remove},
	{Prefix: prefix + "whitelist-source-range", Why: ours, Fix: "use expose.ingressNGINX.allowList"},
	{Prefix: prefix + "allowlist-source-range", Why: ours, Fix: "use expose.ingressNGINX.allowList"},
	{Prefix: prefix + "rewrite-target", Why: whole, Fix: remove},
	{Prefix: prefix + "app-root", Why: whole, Fix: remove},
	{Prefix: prefix + "use-regex", Why: whole, Fix: remove},
	{Prefix: prefix + "default-backend", Why: whole, Fix: remove},
	{Prefix: prefix + "permanent-redirect", Why: whole, Fix: remove},
	{Prefix: prefix + "temporal-redirect", Why: whole, Fix: remove},
	{Prefix: prefix + "server-alias", Why: "no certificate and no check would be for the other host", Fix: "write a patch"},
	{Prefix: prefix + "from-to-www-redirect", Why: "no certificate would be for the other host", Fix: remove},
	{Prefix: prefix + "canary", Why: "the Ingress is the host's only one", Fix: remove},
	{Prefix: prefix + "mirror-", Why: "every question would go to somebody else too", Fix: "write a patch if that is meant"},
	{Prefix: prefix + "backend-protocol", Why: plain, Fix: remove},
	{Prefix: prefix + "ssl-passthrough", Why: plain, Fix: remove},
	{Prefix: prefix + "proxy-ssl-", Why: plain, Fix: remove},
	{Prefix: prefix + "fastcgi-", Why: plain, Fix: remove},
	{Prefix: prefix + "global-rate-limit", Why: "version 1.12 of the controller took it away", Fix: "use " + prefix + "limit-rps or limit-rpm"},
}
