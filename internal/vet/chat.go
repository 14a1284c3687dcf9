package vet

import (
	"strings"

	"github.com/hearth-dev/hearth/generator/problem"
)

func chatRules() []Rule {
	return []Rule{{
		ID: "chat-signup", Severity: problem.Error, check: chatSignUp,
		Reason: "the first who signs up becomes admin, at a public host a stranger",
		Fix:    "set ENABLE_SIGNUP=False, and WEBUI_ADMIN_EMAIL and WEBUI_ADMIN_PASSWORD from a Secret",
		Source: "Open WebUI 0.9.4, routers/auths.py; docs: Environment Variable Configuration",
	}, {
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
	}}
}

func chatSignUp(in *input) []Finding {
	var found []Finding
	for _, r := range in.routes {
		c, leads := in.leadsTo(r, openWebUI)
		if !leads || in.private(r) {
			continue
		}
		switch value, _ := c.env("WEBUI_AUTH"); {
		case c.off("WEBUI_AUTH"):
			f := c.finding("env[WEBUI_AUTH]", "%q: everybody who reaches %s is signed in as admin", value, hosts(r))
			f.Fix = "remove it"
			found = append(found, f)
		case !c.off("ENABLE_SIGNUP"):
			found = append(found, c.finding("env[ENABLE_SIGNUP]", "sign-up is open at the public host %s", hosts(r)))
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
		for _, v := range c.Env {
			if v.Name == "WEBUI_SECRET_KEY" {
				from = "a literal" // which secret-literal has
				if v.ValueFrom != nil && v.ValueFrom.SecretKeyRef != nil {
					from = "a Secret"
				}
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
	for _, r := range in.routes {
		if r.controller() != f5 {
			continue
		}
		c, leads := in.leadsTo(r, openWebUI)
		if !leads {
			continue
		}
		annotated := strings.TrimSpace(r.annotations["nginx.org/websocket-services"]) != ""
		switch support := !c.off("ENABLE_WEBSOCKET_SUPPORT"); {
		case annotated && !support:
			found = append(found, c.finding("env[ENABLE_WEBSOCKET_SUPPORT]", "is False, while %s has nginx.org/websocket-services", r.ref))
		case support && !annotated:
			found = append(found, Finding{Object: r.ref, Path: "metadata.annotations[nginx.org/websocket-services]",
				Message: "is missing, while the chat behind it uses WebSocket alone"})
		}
	}
	return found
}
