package v1alpha1

// NGINX is a route through F5 NGINX Ingress Controller.
type NGINX struct {
	// ClassName of the Ingress. Default nginx.
	ClassName string `json:"className,omitempty"`
	// MaxBodySize of a request, such as an uploaded document. Default 10Mi; 0 is
	// no limit. The controller's own default of 1 MiB is too small for documents.
	MaxBodySize BodySize `json:"maxBodySize,omitempty"`
	// ReadTimeout between two chunks of an answer. Default 1h: nginx's own, 60s,
	// cuts a model that thinks for longer.
	ReadTimeout Duration `json:"readTimeout,omitempty"`
	// SendTimeout between two chunks of a request. Default 1h.
	SendTimeout Duration `json:"sendTimeout,omitempty"`
	// ConnectTimeout to the pod. Default: the controller's 60s.
	ConnectTimeout Duration `json:"connectTimeout,omitempty"`
	// BasicAuth asks for a user name and password. For Ollama only: Open WebUI
	// signs people in itself and needs the Authorization header.
	BasicAuth *BasicAuth `json:"basicAuth,omitempty"`
	// AllowList admits only these client addresses. Not an authentication.
	AllowList []CIDR `json:"allowList,omitempty"`
}

func (n *NGINX) applyDefaults(e *Expose) {
	fill(&n.ClassName, "nginx")
	fill(&n.MaxBodySize, "10Mi")
	fill(&n.ReadTimeout, "1h")
	fill(&n.SendTimeout, "1h")
	// The namespace and label of the controller's own manifests and chart.
	fillPointer(&e.From, Peer{
		Namespace: "nginx-ingress",
		PodLabels: map[string]string{"app.kubernetes.io/name": "nginx-ingress"},
	})
}
