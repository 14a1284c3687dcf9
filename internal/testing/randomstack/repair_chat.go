package randomstack

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// repairChat is what the chat's fields demand of each other; own says that the
// base has its own Ollama.
func (d *drawing) repairChat(w object, own bool, proxy object) {
	if e := child(w, "embedding"); e["engine"] == "inPod" || e["engine"] == nil && !own {
		delete(e, "model")
	}
	d.repairBackends(w)
	d.repairDatabase(w)
	d.repairServers(w)
	if kind := child(w, "service")["type"]; kind == "NodePort" || kind == "LoadBalancer" {
		w["signUp"] = "closed" // strangers may come
	}
	if w["signUp"] != "closed" && w["persistentConfig"] == false {
		delete(w, "persistentConfig")
	}
	behindProxy := slices.ContainsFunc([]any{proxy["http"], proxy["https"]}, func(url any) bool {
		text, _ := url.(string)
		return strings.Contains(text, ".lan")
	})
	o := child(w, "oidc")
	if o == nil {
		if behindProxy && isEmpty(w["allowTo"]) && (!isEmpty(w["backends"]) || !isEmpty(w["ollamaURLs"])) {
			w["allowTo"] = []any{object{"namespace": "proxy", "ports": []any{3128}}}
		}
		return
	}
	id := child(o, "clientID")
	switch {
	case id["secretKeyRef"] != nil:
		delete(id, "value")
	case id != nil && isBlank(id["value"]):
		id["value"] = "hearth"
	case isBlank(o["clientID"]):
		o["clientID"] = "hearth"
	}
	provider, _ := o["providerURL"].(string)
	if isEmpty(w["allowTo"]) && (strings.Contains(provider, ".svc:") || behindProxy) {
		w["allowTo"] = []any{object{"namespace": "auth", "ports": []any{8080}}}
	}
}

// repairDatabase keeps the member of the database's type.
func (d *drawing) repairDatabase(w object) {
	db := child(w, "database")
	if db == nil {
		return
	}
	for _, kind := range []string{"postgres", "cloudNativePG"} {
		if strings.Contains(d.focus, "openWebUI.database."+kind) {
			db["type"] = kind
		}
	}
	switch db["type"] {
	case "postgres":
		remove(db, "cloudNativePG")
		if db["postgres"] == nil {
			db["postgres"] = object{"url": object{"name": "chat-database", "key": "uri"}}
		}
		p := child(db, "postgres")
		if url := child(p, "url"); url == nil || isBlank(url["name"]) || isBlank(url["key"]) {
			p["url"] = object{"name": "chat-database", "key": "uri"}
		}
		if to := child(p, "to"); to != nil {
			if to["namespace"] == nil && d.focus == "base.openWebUI.database.postgres.to.namespace" {
				to["podLabels"] = object{"app": "postgres"} // its own namespace, once the other is nulled
				remove(to, "cidrs")
			}
			d.repairPeer(to)
			repairPlace(to)
		}
	case "cloudNativePG":
		remove(db, "postgres")
	default:
		remove(db, "postgres", "cloudNativePG", "maxConnections")
	}
}

// repairBackends leaves each server once, and each "to" with a place.
func (d *drawing) repairBackends(w object) {
	seen := map[string]bool{}
	var kept []any
	for _, b := range list(w["backends"]) {
		b := b.(object)
		url := strings.TrimRight(b["url"].(string), "/")
		if seen[url] {
			continue
		}
		seen[url] = true
		kept = append(kept, b)
		if to := child(b, "to"); to != nil {
			d.repairPeer(to)
			repairPlace(to)
			if !isEmpty(to["cidrs"]) && strings.HasPrefix(url, "http:") {
				to["cidrs"] = []any{"10.0.0.0/8"}
			}
		}
	}
	if w["backends"] != nil {
		w["backends"] = append([]any{}, kept...)
	}
}

// askThere removes from the servers of a base's chat those Ollamas of the bases that
// are deployed with it, and of their namespaces, that do not answer there.
func askThere(base object, all []object) {
	chat, own := child(base, "openWebUI"), base["namespace"].(string)
	if isEmpty(chat["ollamaURLs"]) {
		return
	}
	vain := func(text any) bool {
		u, err := url.Parse(fmt.Sprint(text))
		if err != nil || v1alpha1.HasVariable(fmt.Sprint(text)) {
			return false
		}
		_, namespace, service := v1alpha1.ServiceOf(u.Hostname(), own)
		there := false
		for _, other := range all {
			if child(other, "ollama") == nil {
				continue
			}
			if in := other["namespace"].(string); v1alpha1.LeadsTo(u.String(), own, nameOf(other), in) {
				port := child(child(other, "ollama"), "service")["port"]
				return port != nil && fmt.Sprint(port) != u.Port()
			} else if in == namespace {
				there = true
			}
		}
		return service && there
	}
	left := slices.DeleteFunc(slices.Clone(list(chat["ollamaURLs"])), vain)
	if len(left) == 0 {
		left = []any{"https://gpu.example.org"}
	}
	chat["ollamaURLs"] = left
}
