package ingressnginx

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/route/controller"
)

const prefix = "nginx.ingress.kubernetes.io/"

// Controller is ingress-nginx.
func Controller() controller.Controller {
	return controller.Controller{
		Objects:     objects,
		Passwords:   controller.Passwords{Type: "Opaque", Key: "auth"},
		Refused:     refused,
		Annotations: Annotations,
		Unknown:     "it is ignored without a word",
	}
}

// objects are one Ingress. What an administrator can set for all routes, in the
// controller's ConfigMap, is spelled out where an answer depends on it.
func objects(t controller.Target, e *v1alpha1.Expose) []any {
	n := e.IngressNGINX
	ingress := t.Ingress(e.Name, n.ClassName, e)
	ingress.Spec.TLS = controller.TLS(e)
	set := func(name, value string) { ingress.Annotations[prefix+name] = value }
	set("proxy-body-size", size(n.MaxBodySize))
	set("proxy-read-timeout", seconds(n.ReadTimeout))
	set("proxy-send-timeout", seconds(n.SendTimeout))
	if n.ConnectTimeout != "" {
		set("proxy-connect-timeout", seconds(n.ConnectTimeout))
	}
	set("proxy-buffering", "off") // an answer is seen as it grows
	set("ssl-redirect", strconv.FormatBool(*e.RedirectHTTP))
	if n.BasicAuth != nil {
		set("auth-type", "basic")
		set("auth-secret", n.BasicAuth.SecretName)
		set("auth-realm", e.Name)
	}
	if f := n.ForwardAuth; f != nil {
		set("auth-url", f.Address)
		if f.SignInURL != "" {
			set("auth-signin", f.SignInURL)
		}
		if len(f.AuthResponseHeaders) > 0 {
			set("auth-response-headers", strings.Join(f.AuthResponseHeaders, ","))
		}
	}
	if len(n.AllowList) > 0 {
		set("whitelist-source-range", join(n.AllowList)) // every version reads this name
	}
	controller.KeepVariables(ingress.Annotations, prefix)
	return []any{ingress}
}

func join(list []v1alpha1.CIDR) string {
	all := make([]string, len(list))
	for i, r := range list {
		all[i] = string(r)
	}
	return strings.Join(all, ",")
}

// size writes a size as nginx reads it; 0 is no limit.
func size(s v1alpha1.BodySize) string {
	switch n := s.Bytes(); {
	case n == 0:
		return "0"
	case n%(1<<20) == 0:
		return fmt.Sprintf("%dm", n>>20)
	default:
		return fmt.Sprintf("%dk", n>>10)
	}
}

// seconds writes a time as the controller reads it: a number without a unit.
func seconds(d v1alpha1.Duration) string {
	return strconv.FormatInt(int64(d.Parsed().Seconds()), 10)
}
