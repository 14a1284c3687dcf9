package spec

import (
	"fmt"
	"strings"
)

// openWebUIOwned are the variables that hearth sets for Open WebUI, and where
// to set them instead.
var openWebUIOwned = map[string]string{
	"CORS_ALLOW_ORIGIN":           "remove it: it follows from expose",
	"ENABLE_OPENAI_API":           "remove it: the page would ask api.openai.com for models",
	"ENABLE_SIGNUP":               "use openWebUI.signUp",
	"ENABLE_WEBSOCKET_SUPPORT":    "remove it: it follows from expose",
	"HOME":                        "remove it",
	"HTTP_PROXY":                  "use proxy.http",
	"HTTPS_PROXY":                 "use proxy.https",
	"NO_PROXY":                    "use proxy.noProxy",
	"OFFLINE_MODE":                "remove it: nothing is to be looked up outside",
	"OLLAMA_BASE_URL":             "use openWebUI.ollamaURLs",
	"OLLAMA_BASE_URLS":            "use openWebUI.ollamaURLs",
	"PORT":                        "remove it: Service, probes and policy lean on the port",
	"REQUESTS_CA_BUNDLE":          "use caBundle",
	"SSL_CERT_FILE":               "use caBundle",
	"WEBUI_ADMIN_EMAIL":           "use openWebUI.signUp: closed",
	"WEBUI_ADMIN_PASSWORD":        "use openWebUI.signUp: closed",
	"WEBUI_AUTH_COOKIE_SECURE":    "remove it: it follows from expose.tls",
	"WEBUI_NAME":                  "use openWebUI.name",
	"WEBUI_SECRET_KEY":            "use openWebUI.secretName",
	"WEBUI_SESSION_COOKIE_SECURE": "remove it: it follows from expose.tls",
	"WEBUI_URL":                   "remove it: it follows from expose",
}

func (c *checker) openWebUI(b *Base) {
	w := b.OpenWebUI
	c.workload("openWebUI", &w.Workload, openWebUIOwned)
	limit, floor, comfortable := w.Resources.Limits.Memory.Parsed(), Quantity("1Gi").Parsed(), Quantity("2Gi").Parsed()
	switch {
	case limit.Cmp(floor) < 0:
		c.errorf("openWebUI.resources.limits.memory", "raise it to 1500Mi or more",
			"got %s, want at least 1Gi: it needs 700 to 900 MiB before it serves anybody and is OOM-killed at 512Mi", w.Resources.Limits.Memory)
	case limit.Cmp(comfortable) < 0:
		c.warnf("openWebUI.resources.limits.memory", "2Gi is comfortable",
			"%s is tight: 825 MiB are in use at rest, and each document that people upload adds to it", w.Resources.Limits.Memory)
	}
	if w.Name == "" || strings.ContainsAny(w.Name, "\n\t") || len(w.Name) > 100 {
		c.errorf("openWebUI.name", "", "got %q, want a name of one line and at most 100 characters", w.Name)
	}
	if len(w.OllamaURLs) == 0 && b.Ollama == nil {
		c.errorf("openWebUI.ollamaURLs", "write the servers' URLs, or ollama to have one in this base", "missing: the base has no Ollama of its own")
	}
	for i, u := range w.OllamaURLs {
		at := fmt.Sprintf("openWebUI.ollamaURLs[%d]", i)
		if u == "" {
			c.errorf(at, "", "got an empty URL, want such as http://ollama.ai.svc:11434")
		}
		c.url(at, u, "http", "https")
	}
	if len(w.OllamaURLs) > 0 && len(w.AllowTo) == 0 {
		c.warnf("openWebUI.ollamaURLs", "name the servers in openWebUI.allowTo", "the NetworkPolicy lets the chat out to the base's own Ollama only")
	}
	c.name("openWebUI.secretName", w.SecretName, "a Secret")
	if w.SignUp == SignUpOpen && b.Expose.Type != ExposeInternal && b.Expose.Audience == AudiencePublic {
		c.errorf("openWebUI.signUp", "write signUp: closed, which takes the admin from the Secret",
			"sign-up is open at the public host %s: the first stranger to come becomes admin", b.Expose.Host)
	}
}
