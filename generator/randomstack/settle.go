package randomstack

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/generator/spec"
)

// settle makes a drawn base one that package spec accepts: it goes through what
// spec's check_*.go demand of fields together, and removes or adds one.
func (d *drawing) settle(base object) object {
	base = clone(base).(object)
	ollama, webUI := child(base, "ollama"), child(base, "openWebUI")
	if ollama == nil && webUI == nil {
		ollama = d.value("base.ollama", reflect.TypeFor[spec.Ollama]()).(object)
		base["ollama"] = ollama
	}
	if p := child(base, "proxy"); p != nil && p["http"] == nil && p["https"] == nil {
		p["https"] = d.value("proxy.https", nil)
	}
	labels := child(base, "namespaceLabels")
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		if strings.HasPrefix(key, "pod-security") {
			labels[key] = pick(d, "restricted", "baseline", "privileged")
		}
	}
	if ollama != nil {
		d.settleWorkload("ollama", ollama)
		d.settleOllama(ollama, child(base, "proxy"))
	}
	if webUI != nil {
		d.settleWorkload("openWebUI", webUI)
		if isEmpty(webUI["ollamaURLs"]) && ollama == nil {
			webUI["ollamaURLs"] = []any{"http://ollama.ollama.svc:11434"}
		}
	}
	if e := child(base, "expose"); e != nil {
		d.settleExpose(e, webUI)
	}
	for _, r := range list(base["resources"]) {
		if m := child(r.(object), "metadata"); d.chance(0.3) && r.(object)["kind"] != "ClusterRole" {
			m["namespace"] = base["namespace"]
		}
	}
	d.settlePatches(base, func(kind, name string) bool { return has(base, kind, name) }, base["namespace"].(string))
	return base
}

func (d *drawing) settleWorkload(path string, w object) {
	if s := child(w, "storage"); s != nil && s["existingClaim"] != nil {
		remove(s, "size", "storageClassName", "accessMode", "retain")
	}
	env := child(w, "env")
	for _, name := range slices.Sorted(maps.Keys(env)) {
		if v, _ := env[name].(object); strings.HasSuffix(name, "_KEY") || strings.HasSuffix(name, "_TOKEN") {
			env[name] = object{"secretKeyRef": object{"name": "keys", "key": name}}
		} else if v != nil && v["secretKeyRef"] != nil && v["value"] != "" {
			delete(v, "value")
		} else if name == "OLLAMA_ORIGINS" {
			env[name] = pick(d, "https://chat.example.org", "app://x")
		}
	}
	for _, t := range list(w["tolerations"]) {
		t := t.(object)
		if t["key"] == nil {
			t["operator"] = "Exists"
		}
		if t["operator"] == "Exists" {
			remove(t, "value")
		}
		if t["tolerationSeconds"] != nil {
			t["effect"] = "NoExecute"
		}
	}
	for _, p := range slices.Concat(list(w["allowFrom"]), list(w["allowTo"])) {
		d.settlePeer(p.(object))
	}
	for _, p := range list(w["allowTo"]) {
		if p := p.(object); isEmpty(p["cidrs"]) && len(child(p, "podLabels")) == 0 && p["namespace"] == nil {
			p["namespace"] = "models"
		}
	}
	if path == "ollama" {
		if s := child(w, "service"); s != nil && s["type"] != nil {
			s["type"] = "ClusterIP"
		}
	}
}

func (d *drawing) settlePeer(p object) {
	if !isEmpty(p["cidrs"]) {
		remove(p, pick(d, [][]string{{"cidrs"}, {"namespace", "podLabels"}}...)...)
		if p["cidrs"] == nil {
			return
		}
		remove(p, "namespace", "podLabels")
	}
}

func (d *drawing) settleOllama(o, proxy object) {
	if isEmpty(o["models"]) {
		o["models"] = []any{"llama3.2:3b"}
	}
	private := slices.ContainsFunc(append(list(o["models"]), proxy["http"], proxy["https"]), func(name any) bool {
		s, _ := name.(string)
		return strings.Contains(s, ".svc:") || strings.Contains(s, "10.0.0.") || strings.Contains(s, ".lan")
	})
	if private && o["pull"] != "never" && isEmpty(o["allowTo"]) {
		o["allowTo"] = []any{object{"namespace": "models", "ports": []any{5000}}}
	}
}

func (d *drawing) settleExpose(e, webUI object) {
	kind, _ := e["type"].(string)
	if kind == "" || kind == "internal" {
		for name := range e {
			if name != "type" {
				delete(e, name)
			}
		}
		return
	}
	if e["host"] == nil {
		e["host"] = d.value("expose.host", reflect.TypeFor[spec.Host]())
	}
	if kind == "nginx" {
		remove(e, "entryPoints")
	} else {
		remove(e, "maxBodySize", "readTimeout", "sendTimeout", "connectTimeout")
		if isEmpty(e["entryPoints"]) {
			remove(e, "entryPoints")
		}
	}
	if isEmpty(e["allowList"]) {
		remove(e, "allowList")
	}
	if from := child(e, "from"); from != nil {
		d.settlePeer(from)
	}
	host := e["host"].(string)
	public := e["audience"] != "private" &&
		(e["audience"] == "public" || strings.HasSuffix(host, ".org") || strings.Contains(host, "8.8.8.8"))
	d.settleTLS(e, kind, public)
	switch {
	case webUI == nil && public && e["basicAuth"] == nil:
		e["basicAuth"] = object{"secretName": "ollama-users"}
	case webUI != nil:
		remove(e, "basicAuth")
		if public {
			webUI["signUp"] = "closed"
		}
	}
}

func (d *drawing) settleTLS(e object, kind string, public bool) {
	tls := child(e, "tls")
	if tls == nil {
		tls = object{"type": d.value("tls.type", reflect.TypeFor[spec.TLSType]())}
		e["tls"] = tls
	}
	if tls["type"] == "none" && public || tls["type"] == "certResolver" && kind == "nginx" {
		tls["type"] = "certManager"
	}
	switch tls["type"] {
	case "certManager":
		remove(tls, "certResolver")
		if tls["issuer"] == nil {
			tls["issuer"] = object{"name": "minicloud-ca"}
		}
		if key := child(tls, "privateKey"); key != nil {
			d.settleKey(key)
		}
	case "secret":
		remove(tls, "certResolver", "issuer", "privateKey", "duration", "renewBefore")
		if tls["secretName"] == nil {
			tls["secretName"] = "wildcard"
		}
	case "certResolver":
		remove(tls, "secretName", "issuer", "privateKey", "duration", "renewBefore")
		if tls["certResolver"] == nil {
			tls["certResolver"] = "letsencrypt"
		}
	default:
		remove(tls, "secretName", "certResolver", "issuer", "privateKey", "duration", "renewBefore")
		if e["redirectHTTP"] == true {
			e["redirectHTTP"] = false
		}
	}
}

func (d *drawing) settleKey(key object) {
	switch algorithm := key["algorithm"]; {
	case key["size"] == nil:
	case algorithm == "Ed25519":
		remove(key, "size")
	case algorithm == "RSA":
		key["size"] = pick(d, 2048, 4096, 8192)
	default:
		key["size"] = pick(d, 256, 384, 521)
	}
}

// settleFleet gives the targets overlays, and clusters that no earlier one has.
func (d *drawing) settleFleet(fleet object, overlays []string, unexposed []string) {
	for i, t := range list(fleet["targets"]) {
		t := t.(object)
		t["overlay"] = pick(d, overlays...)
		number := string(rune('a' + i))
		for _, name := range []string{"clusterName", "clusterGroup"} {
			if t[name] != nil {
				t[name] = t[name].(string) + "-" + number
			}
		}
		if s := child(t, "clusterSelector"); s != nil {
			d.settleSelector(s)
			if s["matchLabels"] == nil && i+1 < len(list(fleet["targets"])) {
				s["matchLabels"] = object{}
			}
			if s["matchLabels"] != nil {
				child(s, "matchLabels")["number"] = number
			}
		}
		if t["clusterName"] == nil && t["clusterGroup"] == nil && t["clusterSelector"] == nil {
			t["clusterName"] = "c-m-" + number
		}
	}
	if drift := child(fleet, "correctDrift"); drift != nil && (drift["force"] == true || drift["keepFailHistory"] == true) {
		drift["enabled"] = true
	}
	for _, dep := range list(fleet["dependsOn"]) {
		dep := dep.(object)
		if s := child(dep, "selector"); s != nil {
			d.settleSelector(s)
		} else if dep["name"] == nil {
			dep["name"] = "longhorn"
		}
	}
	delete(fleet, "defaultOverlay")
	if len(unexposed) > 0 && (d.chance(0.7) || isEmpty(fleet["targets"])) {
		fleet["defaultOverlay"] = pick(d, unexposed...)
	} else if isEmpty(fleet["targets"]) {
		fleet["targets"] = []any{object{"overlay": overlays[0], "clusterName": "homelab"}}
	}
}

func (d *drawing) settleSelector(s object) {
	for _, e := range list(s["matchExpressions"]) {
		e := e.(object)
		if e["operator"] == "Exists" || e["operator"] == "DoesNotExist" {
			remove(e, "values")
		} else if isEmpty(e["values"]) {
			e["values"] = []any{"prod", "1"}
		}
	}
	if isEmpty(s["matchExpressions"]) && (s["matchLabels"] == nil || len(child(s, "matchLabels")) == 0) {
		s["matchLabels"] = object{"env": labelValue(d)}
	}
}

// child is the mapping in a field, nil if there is none.
func child(o object, name string) object {
	c, _ := o[name].(object)
	return c
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

func isEmpty(v any) bool { return len(list(v)) == 0 }

func remove(o object, names ...string) {
	for _, name := range names {
		delete(o, name)
	}
}

func clone(v any) any {
	switch v := v.(type) {
	case object:
		out := object{}
		for key, value := range v {
			out[key] = clone(value)
		}
		return out
	case []any:
		out := []any{}
		for _, value := range v {
			out = append(out, clone(value))
		}
		return out
	}
	return v
}
