package v1alpha1

import "k8s.io/apimachinery/pkg/util/validation/field"

// NGINX is a route through F5 NGINX Ingress Controller.
type NGINX struct {
	// ClassName of the Ingress. Default nginx.
	ClassName string `json:"className,omitzero"`
	// MaxBodySize of a request, such as an uploaded document. Default: 1Mi above
	// openWebUI.maxUploadSize where the base has a chat, else 10Mi; 0 is no limit.
	// The controller's own default of 1 MiB is too small for documents.
	MaxBodySize BodySize `json:"maxBodySize,omitzero"`
	// ReadTimeout between two chunks of an answer. Default 1h: nginx's own, 60s,
	// cuts a model that thinks for longer.
	ReadTimeout Duration `json:"readTimeout,omitzero"`
	// SendTimeout between two chunks of a request. Default 1h.
	SendTimeout Duration `json:"sendTimeout,omitzero"`
	// ConnectTimeout to the pod. Default: the controller's 60s.
	ConnectTimeout Duration `json:"connectTimeout,omitzero"`
	// BasicAuth asks for a user name and password. For Ollama only: Open WebUI
	// signs people in itself and needs the Authorization header.
	BasicAuth *BasicAuth `json:"basicAuth,omitzero"`
	// AllowList admits only these client addresses. Not an authentication.
	AllowList []CIDR `json:"allowList,omitzero"`
}

func (n *NGINX) applyDefaults(e *Expose) {
	fill(&n.ClassName, "nginx")
	fill(&n.MaxBodySize, "10Mi")
	fill(&n.ReadTimeout, "1h")
	fill(&n.SendTimeout, "1h")
	fillPointer(&e.From, ControllerPods(ExposeNginx))
}

// nginx checks what F5's controller can do.
func (v validator) nginx(at *field.Path, n *NGINX) {
	v.name(at.Child("className"), n.ClassName, "an IngressClass")
	v.nginxTimeouts(at, n.ReadTimeout, n.SendTimeout, n.ConnectTimeout)
	v.allowList(at.Child("allowList"), n.AllowList)
}
