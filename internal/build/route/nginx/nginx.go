package nginx

import (
	"fmt"
	"strconv"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/object"
	"github.com/hearth-dev/hearth/internal/build/route/controller"
)

// policySpec is that of F5's Policy. The controller's module is not to be had.
type policySpec struct {
	AccessControl accessControl `json:"accessControl"`
}

type accessControl struct {
	Allow []v1alpha1.CIDR `json:"allow"`
}

// Controller is F5's.
func Controller() controller.Controller {
	return controller.Controller{
		Objects:     objects,
		Passwords:   controller.Passwords{Type: "nginx.org/htpasswd", Key: "htpasswd"},
		Refused:     refused,
		Annotations: Annotations,
		Unknown:     "it is ignored without a word",
	}
}

// balance is the annotation that says which pod gets a request.
const balance = "nginx.org/lb-method"

// objects are an Ingress, and the Policy that it names. A value that the
// controller does not understand rejects the whole Ingress, so every one is
// written in the controller's own form.
func objects(t controller.Target, e *v1alpha1.Expose) []any {
	n := e.NGINX
	ingress := t.Ingress(e.Name, n.ClassName, e)
	ingress.Spec.TLS = controller.TLS(e)
	a := ingress.Annotations
	a["nginx.org/client-max-body-size"] = size(n.MaxBodySize)
	a["nginx.org/proxy-read-timeout"] = seconds(n.ReadTimeout)
	a["nginx.org/proxy-send-timeout"] = seconds(n.SendTimeout)
	if n.ConnectTimeout != "" {
		a["nginx.org/proxy-connect-timeout"] = seconds(n.ConnectTimeout)
	}
	a["nginx.org/redirect-to-https"] = strconv.FormatBool(*e.RedirectHTTP)
	if e.TLS.Type != v1alpha1.TLSNone && !*e.RedirectHTTP {
		a["ingress.kubernetes.io/ssl-redirect"] = "false" // on by default for a host with TLS
	}
	if e.WebSocket == v1alpha1.WebSocketUpgrade && t.Upgrades() {
		// Without it the controller drops the Upgrade header, and the page that
		// tries gets 426: docs/decisions/0003-nginx-websocket.md.
		a["nginx.org/websocket-services"] = t.Name
	}
	if n.BasicAuth != nil {
		a["nginx.org/basic-auth-secret"] = n.BasicAuth.SecretName
		a["nginx.org/basic-auth-realm"] = e.Name
	}
	if _, chosen := a[balance]; t.Replicas > 1 && !chosen {
		// An answer takes minutes: whoever has fewest under way has a slot first. The
		// controller's own, random two least_conn, asks two of all.
		a[balance] = "least_conn"
	}
	controller.KeepVariables(a, "nginx.org/")
	if len(n.AllowList) == 0 {
		return []any{ingress}
	}
	p := &object.Custom{
		TypeMeta:   metav1.TypeMeta{APIVersion: "k8s.nginx.org/v1", Kind: "Policy"},
		ObjectMeta: t.Meta(e.Name + "-allow-list"),
		Spec:       policySpec{accessControl{n.AllowList}},
	}
	a["nginx.org/policies"] = p.Name
	return []any{ingress, p}
}

// size writes a size as the controller reads it: digits with k, m or g.
func size(s v1alpha1.BodySize) string {
	n := s.Bytes()
	switch {
	case n == 0:
		return "0"
	case n%(1<<30) == 0:
		return fmt.Sprintf("%dg", n>>30)
	case n%(1<<20) == 0:
		return fmt.Sprintf("%dm", n>>20)
	default:
		return fmt.Sprintf("%dk", n>>10)
	}
}

func seconds(d v1alpha1.Duration) string {
	return fmt.Sprintf("%ds", int64(d.Parsed().Seconds()))
}
