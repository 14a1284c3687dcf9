package randomstack

// redisURL is a URL as it stands, in its long form, or in a Secret.
func redisURL(d *drawing) any {
	switch d.IntN(3) {
	case 0:
		return "redis://redis:6379/0"
	case 1:
		return object{"value": "redis://redis.cache.svc:6379/1"}
	default:
		return object{"secretKeyRef": object{"name": pick(d, "chat-redis", "open-webui"), "key": pick(d, "url", "on")}}
	}
}

// repairServers keeps the member of the vectors' type, and says of each server where
// it is.
func (d *drawing) repairServers(w object) {
	if r := child(w, "redis"); r != nil {
		url := child(r, "url")
		switch {
		case url["secretKeyRef"] != nil:
			delete(url, "value")
			ref := child(url, "secretKeyRef")
			if isBlank(ref["name"]) || isBlank(ref["key"]) {
				r["url"] = "redis://redis:6379/0"
			}
		case url != nil && isBlank(url["value"]), url == nil && isBlank(r["url"]):
			r["url"] = "redis://redis:6379/0"
		}
		d.repairWay(r)
	}
	x := child(w, "vectors")
	if x == nil {
		return
	}
	for _, kind := range []string{"chroma", "qdrant"} {
		if d.focused("base.openWebUI.vectors." + kind) {
			x["type"] = kind
		}
	}
	for kind, url := range map[string]string{"chroma": "http://chroma:8000", "qdrant": "http://qdrant.vectors.svc:6333"} {
		if x["type"] != kind {
			remove(x, kind)
			continue
		}
		if x[kind] == nil {
			x[kind] = object{}
		}
		s := child(x, kind)
		if isBlank(s["url"]) {
			s["url"] = url
		}
		if k := child(s, "apiKey"); k != nil && (isBlank(k["name"]) || isBlank(k["key"])) {
			s["apiKey"] = object{"name": "qdrant", "key": "key"}
		}
		d.repairWay(s)
	}
	if x["type"] == "pgvector" {
		if kind := child(w, "database")["type"]; kind != "postgres" && kind != "cloudNativePG" {
			remove(x, "type")
		}
	}
}

// repairWay keeps a destination in private ranges, where a URL without TLS may lead.
func (d *drawing) repairWay(s object) {
	to := child(s, "to")
	if to == nil {
		return
	}
	d.repairPeer(to)
	repairPlace(to)
	if !isEmpty(to["cidrs"]) {
		to["cidrs"] = []any{pick(d, "10.0.0.9/32", "192.168.1.9/32")}
	}
}

// repairChats gives a chat of several pods what they need; few stacks have them, for
// little else of the chat's is free then.
func (d *drawing) repairChats(base, w object, own bool) {
	if !d.focused("base.openWebUI.replicas") || !own && isEmpty(w["ollamaURLs"]) {
		remove(w, "replicas")
	}
	if !replicated(w) {
		return
	}
	w["database"] = object{"type": "cloudNativePG", "maxConnections": 500}
	w["vectors"] = object{"type": pick(d, "pgvector", "chroma")}
	if w["redis"] == nil {
		w["redis"] = object{}
	}
	w["storage"] = object{"accessMode": "ReadWriteMany"}
	w["embedding"] = object{"engine": "ollama"}
	remove(child(base, "expose"), "webSocket")
	d.repairServers(w)
}
