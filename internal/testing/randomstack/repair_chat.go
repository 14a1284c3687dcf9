package randomstack

import "strings"

// repairChat is what the chat's fields demand of each other; own says that the
// base has its own Ollama.
func (d *drawing) repairChat(w object, own bool, proxy object) {
	if e := child(w, "embedding"); e["engine"] == "inPod" || e["engine"] == nil && !own {
		delete(e, "model")
	}
	if kind := child(w, "service")["type"]; kind == "NodePort" || kind == "LoadBalancer" {
		w["signUp"] = "closed" // strangers may come
	}
	if w["signUp"] != "closed" && w["persistentConfig"] == false {
		delete(w, "persistentConfig")
	}
	o := child(w, "oidc")
	if o == nil {
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
	https, _ := proxy["https"].(string)
	if isEmpty(w["allowTo"]) && (strings.Contains(provider, ".svc:") || strings.Contains(https, ".lan")) {
		w["allowTo"] = []any{object{"namespace": "auth", "ports": []any{8080}}}
	}
}
