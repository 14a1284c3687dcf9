package generator

import (
	"fmt"
	"strconv"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// nginxPolicy is the Policy of F5's NGINX Ingress Controller, as far as hearth
// writes it: the controller's module is not to be had.
type nginxPolicy struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		AccessControl struct {
			Allow []string `json:"allow"`
		} `json:"accessControl"`
	} `json:"spec"`
}

// nginx is the route through F5's NGINX Ingress Controller. A value that the
// controller does not understand rejects the whole Ingress, so every one is
// written in the controller's own form.
func (b builder) nginx() []any {
	e := b.base.Expose
	ingress := b.ingress(e.Name)
	withTLS(ingress, e)
	a := ingress.Annotations
	a["nginx.org/client-max-body-size"] = nginxSize(e.MaxBodySize)
	a["nginx.org/proxy-read-timeout"] = nginxSeconds(e.ReadTimeout)
	a["nginx.org/proxy-send-timeout"] = nginxSeconds(e.SendTimeout)
	if e.ConnectTimeout != "" {
		a["nginx.org/proxy-connect-timeout"] = nginxSeconds(e.ConnectTimeout)
	}
	a["nginx.org/redirect-to-https"] = strconv.FormatBool(*e.RedirectHTTP)
	if e.TLS.Type != v1alpha1.TLSNone && !*e.RedirectHTTP {
		a["ingress.kubernetes.io/ssl-redirect"] = "false" // on by default for a host with TLS
	}
	if e.WebSocket == v1alpha1.WebSocketUpgrade && b.upgrades() {
		// Without it the controller drops the Upgrade header, and the page that
		// tries gets 426: docs/decisions/0003-nginx-websocket.md.
		a["nginx.org/websocket-services"] = b.exposed().name
	}
	if e.BasicAuth != nil {
		a["nginx.org/basic-auth-secret"] = e.BasicAuth.SecretName
		a["nginx.org/basic-auth-realm"] = e.Name
	}
	objects := []any{ingress}
	if len(e.AllowList) > 0 {
		p := &nginxPolicy{
			TypeMeta:   metav1.TypeMeta{APIVersion: "k8s.nginx.org/v1", Kind: "Policy"},
			ObjectMeta: b.meta(b.exposed(), e.Name+"-allow-list"),
		}
		for _, c := range e.AllowList {
			p.Spec.AccessControl.Allow = append(p.Spec.AccessControl.Allow, string(c))
		}
		a["nginx.org/policies"] = p.Name
		objects = append(objects, p)
	}
	return objects
}

// upgrades tells a program that may open a WebSocket: any but Ollama.
func (b builder) upgrades() bool {
	if b.backend != nil {
		return b.backend.Program != v1alpha1.ProgramOllama
	}
	return b.base.OpenWebUI != nil
}

// nginxSize writes a size as the controller reads it: digits with k, m or g.
func nginxSize(s v1alpha1.BodySize) string {
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

func nginxSeconds(d v1alpha1.Duration) string {
	return fmt.Sprintf("%ds", int64(d.Parsed().Seconds()))
}
