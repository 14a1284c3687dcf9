package workload

import (
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// openWebUIEnv is the chat's environment: what the exposure decides first, then
// what is the same everywhere. Names and defaults are those of env.py and
// config.py of v0.9.4.
func (b builder) openWebUIEnv() []corev1.EnvVar {
	w := b.base.OpenWebUI
	env := b.exposureEnv()
	if !*w.PersistentConfig {
		env = append(env, corev1.EnvVar{Name: "ENABLE_PERSISTENT_CONFIG", Value: "False"})
	}
	if len(w.EnvFrom) > 0 {
		// What is handed on as a whole cannot turn sign-in off unseen; env may.
		env = append(env, corev1.EnvVar{Name: "WEBUI_AUTH", Value: "True"})
	}
	if w.SignUp == v1alpha1.SignUpClosed {
		env = append(env,
			corev1.EnvVar{Name: "ENABLE_SIGNUP", Value: "False"},
			corev1.EnvVar{Name: "WEBUI_ADMIN_EMAIL", ValueFrom: secretKey(w.SecretName, "admin-email")},
			corev1.EnvVar{Name: "WEBUI_ADMIN_PASSWORD", ValueFrom: secretKey(w.SecretName, "admin-password")})
	}
	env = append(env, b.oidcEnv()...)
	env = append(env, b.embeddingEnv()...)
	if model := b.base.ChatModel(); model != "" && b.base.HoldsEmbedder() {
		// Without it the page chooses the first model by name, which may be the
		// embedder, and that one answers nobody. A person's own value wins.
		env = append(env, corev1.EnvVar{Name: "DEFAULT_MODELS", Value: model})
	}
	if w.HandsTools() {
		// Ollama refuses the whole question where the model takes none. A person's own
		// value wins.
		env = append(env, corev1.EnvVar{Name: "DEFAULT_MODEL_PARAMS", Value: `{"function_calling": "legacy"}`})
	}
	env = append(env, b.openTelemetryEnv()...)
	env = append(env, b.proxyEnv()...)
	if b.base.CABundle != nil {
		// Unlike Go, Python's clients read one bundle in place of their own.
		for _, name := range []string{"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"} {
			env = append(env, corev1.EnvVar{Name: name, Value: caMountPath + "/ca.crt"})
		}
	}
	env = append(append(env, corev1.EnvVar{Name: "WEBUI_NAME", Value: w.Name}), b.ollamaAPIEnv()...)
	// Without a fixed key every restart signs everybody out.
	env = append(env, corev1.EnvVar{Name: "WEBUI_SECRET_KEY", ValueFrom: secretKey(w.SecretName, "secret-key")})
	env = append(append(env, b.backendEnv()...),
		corev1.EnvVar{Name: "OFFLINE_MODE", Value: "True"},                 // no download from model hubs
		corev1.EnvVar{Name: "ENABLE_VERSION_UPDATE_CHECK", Value: "False"}) // no question to GitHub
	return append(append(append(env, databaseEnv(w)...), sharedEnv(w)...),
		corev1.EnvVar{Name: "HOME", Value: "/tmp"},
		// The page itself says then that a file is too large. In MiB.
		corev1.EnvVar{Name: "RAG_FILE_MAX_SIZE", Value: strconv.FormatInt(w.MaxUploadSize.Bytes()>>20, 10)},
		// A form is read whole before anybody asks who sent it (FastAPI), and what
		// is above 1 MiB of it into a file here.
		corev1.EnvVar{Name: "TMPDIR", Value: uploadsMountPath},
	)
}

// exposureEnv is what follows from the way in.
func (b builder) exposureEnv() []corev1.EnvVar {
	var env []corev1.EnvVar
	if e := b.base.Expose; e.Exposed() {
		env = append(env,
			corev1.EnvVar{Name: "WEBUI_URL", Value: e.URL()},
			// The default admits every site. A page whose own origin is left out gets
			// no WebSocket.
			corev1.EnvVar{Name: "CORS_ALLOW_ORIGIN", Value: strings.Join(e.URLs(), ";")})
		if e.TLS.Type != v1alpha1.TLSNone {
			env = append(env,
				corev1.EnvVar{Name: "WEBUI_SESSION_COOKIE_SECURE", Value: "True"},
				corev1.EnvVar{Name: "WEBUI_AUTH_COOKIE_SECURE", Value: "True"})
		}
		// Open WebUI's page opens a WebSocket only while this is true. The route's
		// annotation follows the same field: docs/decisions/0003-nginx-websocket.md.
		upgrade := "False"
		if e.WebSocket == v1alpha1.WebSocketUpgrade {
			upgrade = "True"
		}
		env = append(env, corev1.EnvVar{Name: "ENABLE_WEBSOCKET_SUPPORT", Value: upgrade})
	}
	return append(env, corev1.EnvVar{Name: "AIOHTTP_CLIENT_TIMEOUT", Value: b.answerLimit()})
}

// answerLimit is how many seconds an answer of Ollama may take as a whole: an
// hour, or longer where the route is more patient. Without a limit, the default,
// a request to a server that hangs waits for ever.
func (b builder) answerLimit() string {
	limit := max(time.Hour, b.base.Expose.Patience())
	return strconv.Itoa(int(limit.Seconds()))
}

// oidcEnv is the sign-in at a provider.
func (b builder) oidcEnv() []corev1.EnvVar {
	o := b.base.OpenWebUI.OIDC
	if o == nil {
		return nil
	}
	id := corev1.EnvVar{Name: "OAUTH_CLIENT_ID", Value: o.ClientID.Value}
	if ref := o.ClientID.SecretKeyRef; ref != nil {
		id.ValueFrom = secretKey(ref.Name, ref.Key)
	}
	env := []corev1.EnvVar{
		{Name: "OPENID_PROVIDER_URL", Value: o.Discovery()},
		id,
		{Name: "OAUTH_CLIENT_SECRET", ValueFrom: secretKey(o.ClientSecret.Name, o.ClientSecret.Key)},
		{Name: "OAUTH_PROVIDER_NAME", Value: o.Name},
	}
	if b.base.Expose.Exposed() {
		// Behind a route the pod would make it up as http://.
		env = append(env, corev1.EnvVar{Name: "OPENID_REDIRECT_URI", Value: b.base.RedirectURI()})
	}
	if *o.SignUp {
		env = append(env, corev1.EnvVar{Name: "ENABLE_OAUTH_SIGNUP", Value: "True"})
	}
	return env
}

// embeddingEnv points the search in documents at Ollama. Without it the pod runs
// the image's own model.
func (b builder) embeddingEnv() []corev1.EnvVar {
	e := b.base.OpenWebUI.Embedding
	if e.Engine != v1alpha1.EmbeddingOllama {
		return nil
	}
	server := b.ollamaURLs()[0]
	if b.base.Ollama != nil {
		server = b.base.OllamaURL()
	}
	return []corev1.EnvVar{
		{Name: "RAG_EMBEDDING_ENGINE", Value: "ollama"},
		{Name: "RAG_EMBEDDING_MODEL", Value: e.Model},
		{Name: "RAG_OLLAMA_BASE_URL", Value: server}, // it does not follow OLLAMA_BASE_URLS
	}
}

// ollamaAPIEnv is which Ollamas the chat asks.
func (b builder) ollamaAPIEnv() []corev1.EnvVar {
	if !b.base.AsksOllama() {
		return []corev1.EnvVar{{Name: "ENABLE_OLLAMA_API", Value: "False"}} // it would ask the image's own
	}
	return []corev1.EnvVar{{Name: "OLLAMA_BASE_URLS", Value: strings.Join(b.ollamaURLs(), ";")}}
}

// backendEnv is which servers the chat asks by OpenAI's API. There are as many
// keys as URLs: Open WebUI 0.9.4 fills up a shorter list, and keeps what it has
// then in its database, where it goes before the Secrets from then on
// (routers/openai.py).
func (b builder) backendEnv() []corev1.EnvVar {
	backends := b.base.OpenWebUI.Backends
	if len(backends) == 0 {
		return []corev1.EnvVar{{Name: "ENABLE_OPENAI_API", Value: "False"}} // it would ask api.openai.com for models
	}
	var env []corev1.EnvVar
	var urls, keys []string
	for i := range backends {
		urls, keys = append(urls, backends[i].Address()), append(keys, "")
		if ref := backends[i].APIKey; ref != nil {
			name := v1alpha1.KeyVariable(i)
			env = append(env, corev1.EnvVar{Name: name, ValueFrom: secretKey(ref.Name, ref.Key)})
			keys[i] = "$(" + name + ")" // which Kubernetes puts in, of a variable that stands before
		}
	}
	env = append(env,
		corev1.EnvVar{Name: "ENABLE_OPENAI_API", Value: "True"},
		corev1.EnvVar{Name: "OPENAI_API_BASE_URLS", Value: strings.Join(urls, ";")})
	if all := strings.Join(keys, ";"); all != "" {
		env = append(env, corev1.EnvVar{Name: "OPENAI_API_KEYS", Value: all})
	}
	return env
}

// openTelemetryEnv is where the chat sends what it measures. Over gRPC it asks for
// TLS unless it is told not to, whatever the URL says; over HTTP it adds no path
// to the endpoint (open_webui/utils/telemetry).
func (b builder) openTelemetryEnv() []corev1.EnvVar {
	m := b.base.Monitoring
	if m == nil || m.OpenTelemetry == nil {
		return nil
	}
	t := m.OpenTelemetry
	env := []corev1.EnvVar{{Name: "ENABLE_OTEL", Value: "True"}}
	for _, s := range t.Signals {
		env = append(env, corev1.EnvVar{Name: "ENABLE_OTEL_" + strings.ToUpper(string(s)), Value: "True"})
	}
	endpoint := strings.TrimSuffix(t.Endpoint, "/")
	if t.Protocol == v1alpha1.OTLPHTTP {
		return append(env,
			corev1.EnvVar{Name: "OTEL_OTLP_SPAN_EXPORTER", Value: "http"},
			corev1.EnvVar{Name: "OTEL_EXPORTER_OTLP_ENDPOINT", Value: endpoint + "/v1/traces"},
			corev1.EnvVar{Name: "OTEL_METRICS_EXPORTER_OTLP_ENDPOINT", Value: endpoint + "/v1/metrics"},
			corev1.EnvVar{Name: "OTEL_LOGS_EXPORTER_OTLP_ENDPOINT", Value: endpoint + "/v1/logs"})
	}
	env = append(env, corev1.EnvVar{Name: "OTEL_EXPORTER_OTLP_ENDPOINT", Value: endpoint})
	if strings.HasPrefix(endpoint, "http://") {
		env = append(env, corev1.EnvVar{Name: "OTEL_EXPORTER_OTLP_INSECURE", Value: "True"})
	}
	return env
}

// ollamaURLs are the servers that the chat talks to.
func (b builder) ollamaURLs() []string {
	if urls := b.base.OpenWebUI.OllamaURLs; len(urls) > 0 {
		return urls
	}
	return []string{b.base.OllamaURL()}
}
