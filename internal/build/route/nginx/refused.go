package nginx

import "github.com/hearth-dev/hearth/internal/build/route/controller"

const (
	ours     = "hearth sets this annotation"
	snippets = "the controller rejects the whole Ingress unless its administrator has allowed snippets"
	whole    = "the route leads the whole host to one program, which knows its own paths"
	plus     = "without NGINX Plus the controller rejects the whole Ingress"
)

var refused = []controller.Refused{
	{Prefix: "nginx.org/client-max-body-size", Why: ours, Fix: "use expose.nginx.maxBodySize"},
	{Prefix: "nginx.org/proxy-read-timeout", Why: ours, Fix: "use expose.nginx.readTimeout"},
	{Prefix: "nginx.org/proxy-send-timeout", Why: ours, Fix: "use expose.nginx.sendTimeout"},
	{Prefix: "nginx.org/proxy-connect-timeout", Why: ours, Fix: "use expose.nginx.connectTimeout"},
	{Prefix: "nginx.org/redirect-to-https", Why: ours, Fix: "use expose.redirectHTTP"},
	{Prefix: "nginx.org/ssl-redirect", Why: ours, Fix: "use expose.redirectHTTP"},
	{Prefix: "ingress.kubernetes.io/ssl-redirect", Why: ours, Fix: "use expose.redirectHTTP"},
	{Prefix: "nginx.org/basic-auth", Why: ours, Fix: "use expose.nginx.basicAuth"},
	{Prefix: "nginx.org/policies", Why: ours, Fix: "use expose.nginx.allowList; for another Policy write a patch"},
	{Prefix: "nginx.org/websocket-services", Why: ours + ", for the page and the route have to agree", Fix: "use expose.webSocket"},
	{Prefix: "nginx.org/server-snippets", Why: snippets, Fix: "ask them first, and write a patch"},
	{Prefix: "nginx.org/location-snippets", Why: snippets, Fix: "ask them first, and write a patch"},
	{Prefix: "nginx.org/rewrite", Why: whole, Fix: "remove it"},
	{Prefix: "nginx.org/app-root", Why: whole, Fix: "remove it"},
	{Prefix: "nginx.org/path-regex", Why: whole, Fix: "remove it"},
	{Prefix: "nginx.org/mergeable-ingress-type", Why: "the Ingress is the host's only one", Fix: "remove it"},
	{Prefix: "nginx.org/grpc-services", Why: "neither program speaks gRPC", Fix: "remove it"},
	{Prefix: "nginx.org/ssl-services", Why: "both programs speak plain HTTP inside the cluster", Fix: "remove it"},
	{Prefix: "nginx.com/", Why: plus, Fix: "write a patch if yours is NGINX Plus"},
	{Prefix: "f5.com/", Why: plus, Fix: "write a patch if yours is NGINX Plus"},
}
