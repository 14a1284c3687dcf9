package vet

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/reach"
	"github.com/hearth-dev/hearth/internal/versions"
)

func chatRules() []Rule {
	return []Rule{{
		ID: "chat-reopens", Severity: problem.Error, check: chatReopens,
		Reason: "sign-up closes after the first user by a setting in the database; with settings from the environment alone each restart opens it again",
		Fix:    "set ENABLE_SIGNUP=False, or leave ENABLE_PERSISTENT_CONFIG on",
		Source: "Open WebUI 0.9.4, config.py; docs: Environment Variable Configuration",
	}, {
		ID: "chat-session-key", Severity: problem.Error, check: chatSessionKey,
		Reason: "without a key from outside each start makes a new one, and everybody is signed out",
		Fix:    "set WEBUI_SECRET_KEY by a secretKeyRef",
		Source: "https://github.com/open-webui/open-webui/issues/10761",
	}, {
		ID: "chat-websocket", Severity: problem.Error, check: chatWebSocket,
		Reason: "F5's controller passes a WebSocket on only where the annotation names the Service, and the chat uses nothing else while its support is on: the page loads and never answers",
		Fix:    "set both nginx.org/websocket-services and ENABLE_WEBSOCKET_SUPPORT=True, or neither with =False",
		Source: "docs/decisions/0003-nginx-websocket.md, measured with controller 5.5.4",
	}, {
		ID: "chat-variable", Severity: problem.Error, check: chatVariable,
		Reason: "Open WebUI ignores a variable that it does not know, without a word: sign-up that was to be closed stands open",
		Fix:    "write the name as Open WebUI reads it",
		Source: "Open WebUI 0.9.4, env.py and config.py; docs: Environment Variable Configuration",
	}}
}

// chatVariables decide who gets in, where the chats are and who is asked for an
// answer. Open WebUI reads some hundred others.
const chatVariables = `AIOHTTP_CLIENT_TIMEOUT CORS_ALLOW_ORIGIN DATABASE_URL DATA_DIR DEFAULT_MODELS DEFAULT_MODEL_PARAMS DEFAULT_USER_ROLE ENABLE_LOGIN_FORM ENABLE_OAUTH_SIGNUP
	ENABLE_OLLAMA_API ENABLE_OPENAI_API ENABLE_PERSISTENT_CONFIG ENABLE_SIGNUP ENABLE_VERSION_UPDATE_CHECK ENABLE_WEBSOCKET_SUPPORT
	OAUTH_CLIENT_ID OAUTH_CLIENT_SECRET OAUTH_PROVIDER_NAME OFFLINE_MODE OLLAMA_BASE_URL OLLAMA_BASE_URLS OPENAI_API_BASE_URL
	OPENAI_API_BASE_URLS OPENAI_API_KEY OPENAI_API_KEYS OPENID_PROVIDER_URL OPENID_REDIRECT_URI RAG_EMBEDDING_ENGINE
	RAG_EMBEDDING_MODEL RAG_FILE_MAX_SIZE RAG_OLLAMA_BASE_URL WEBUI_ADMIN_EMAIL WEBUI_ADMIN_PASSWORD WEBUI_AUTH
	WEBUI_AUTH_COOKIE_SECURE WEBUI_NAME WEBUI_SECRET_KEY WEBUI_SESSION_COOKIE_SECURE WEBUI_URL`

// chatRenamed are names that Open WebUI had, or never had and is given all the same,
// with those that 0.9.4 reads.
var chatRenamed = map[string]string{
	"ENABLE_RAG_WEB_SEARCH": "ENABLE_WEB_SEARCH", "RAG_WEB_SEARCH_ENGINE": "WEB_SEARCH_ENGINE",
	"RAG_WEB_SEARCH_RESULT_COUNT": "WEB_SEARCH_RESULT_COUNT", "RAG_WEB_SEARCH_CONCURRENT_REQUESTS": "WEB_SEARCH_CONCURRENT_REQUESTS",
	"RAG_WEB_SEARCH_DOMAIN_FILTER_LIST": "WEB_SEARCH_DOMAIN_FILTER_LIST", "RAG_WEB_SEARCH_TRUST_ENV": "WEB_SEARCH_TRUST_ENV",
	"DEFAULT_MODEL": "DEFAULT_MODELS", "ENABLE_OLLAMA": "ENABLE_OLLAMA_API", "ENABLE_OPENAI": "ENABLE_OPENAI_API",
	"OLLAMA_API_BASE": "OLLAMA_BASE_URL", "OLLAMA_URL": "OLLAMA_BASE_URL",
}

// chatVariable finds what is one letter, or only its case, away from a variable.
func chatVariable(in *input) []Finding {
	names := strings.Fields(chatVariables)
	var found []Finding
	for _, c := range in.containers(openWebUI) {
		for _, v := range c.Env {
			if now, was := chatRenamed[v.Name]; was && !versions.Older(objects.Tag(c.Image), "0.9.0") {
				f := c.finding("env["+v.Name+"]", "Open WebUI 0.9 reads no variable of this name")
				f.Severity, f.Fix = problem.Warning, "write "+now
				found = append(found, f)
				continue
			}
			if reason, fix := versions.OpenWebUI.Unread(v.Name, objects.Tag(c.Image)); reason != "" {
				f := c.finding("env["+v.Name+"]", "%s", reason)
				f.Severity, f.Fix = problem.Warning, fix
				found = append(found, f)
				continue
			}
			name, near := meant(v.Name, names)
			if !near || slices.Contains(names, v.Name) {
				continue
			}
			f := c.finding("env["+v.Name+"]", "Open WebUI reads no variable of this name")
			f.Fix = fmt.Sprintf("did you mean %q?", name)
			found = append(found, f)
		}
	}
	return found
}

func chatReopens(in *input) []Finding {
	var found []Finding
	for _, c := range in.containers(openWebUI) {
		if c.off("ENABLE_PERSISTENT_CONFIG") && !c.off("ENABLE_SIGNUP") {
			found = append(found, c.finding("env[ENABLE_PERSISTENT_CONFIG]", "False, while sign-up is open"))
		}
	}
	return found
}

func chatSessionKey(in *input) []Finding {
	var found []Finding
	for _, c := range in.containers(openWebUI) {
		from := ""
		if v, set := c.Variable("WEBUI_SECRET_KEY"); set {
			from = "a literal" // which secret-literal has
			if v.ValueFrom != nil && v.ValueFrom.SecretKeyRef != nil {
				from = "a Secret"
			}
		}
		for _, all := range c.EnvFrom {
			if all.SecretRef != nil && from == "" {
				from = "a Secret, maybe"
			}
		}
		switch from {
		case "":
			found = append(found, c.finding("env[WEBUI_SECRET_KEY]", "is not set"))
		case "a literal":
			found = append(found, c.finding("env[WEBUI_SECRET_KEY].value", "is not from a Secret"))
		}
	}
	return found
}

func chatWebSocket(in *input) []Finding {
	var found []Finding
	for _, r := range in.reach().Routes {
		if r.Family(in.Set) != reach.F5 {
			continue
		}
		c, leads := first(in.behind(r), openWebUI)
		if !leads {
			continue
		}
		annotated := strings.TrimSpace(r.Annotations["nginx.org/websocket-services"]) != ""
		switch support := !c.off("ENABLE_WEBSOCKET_SUPPORT"); {
		case annotated && !support:
			found = append(found, c.finding("env[ENABLE_WEBSOCKET_SUPPORT]", "is False, while %s has nginx.org/websocket-services", r.Ref))
		case support && !annotated:
			found = append(found, Finding{Object: r.Ref, Path: "metadata.annotations[nginx.org/websocket-services]",
				Message: "is missing, while the chat behind it uses WebSocket alone"})
		}
	}
	return found
}

// first is the first container of some pods that satisfies a condition.
func first(pods []pod, want func(container) bool) (container, bool) {
	for i := range pods {
		for _, c := range pods[i].containers() {
			if want(c) {
				return c, true
			}
		}
	}
	return container{}, false
}
