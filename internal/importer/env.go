package importer

import (
	"cmp"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/secretscan"
)

// variable is one of a container's, from wherever it is set.
type variable struct {
	name string
	node *Node // all of it: the scalar, or the map with its name
	text string
	// secret is where the value is, in place of text.
	secret *v1alpha1.SecretKeyRef
	// strange is a source that hearth has no form for, such as a field of the pod.
	strange bool
}

// collect reads variables, of a list or of a map; a later one goes before.
func (a *app) collect(n *Node) {
	if n.Empty() {
		n.plain("none, as in hearth")
		return
	}
	for _, c := range n.Items() {
		v := &variable{name: c.key, node: c, text: c.text}
		if n.sequence {
			v.name = c.Text("name")
		}
		if c.mapping {
			v.text = c.Text("value")
			from := cmp.Or(c.At("valueFrom"), c)
			switch ref := from.At("secretKeyRef"); {
			case ref != nil:
				v.secret = &v1alpha1.SecretKeyRef{Name: ref.Text("name"), Key: ref.Text("key")}
			case from.At("configMapKeyRef") != nil:
				text, ok := a.configMap(from.Text("configMapKeyRef", "name"), from.Text("configMapKeyRef", "key"))
				v.text, v.strange = text, !ok
			case c.At("valueFrom") != nil, n.mapping && c.At("value") == nil:
				v.strange = true
			}
		}
		a.variable(v)
	}
}

func (a *app) variable(v *variable) {
	if v.name == "" {
		v.node.lost("a variable without a name", "")
		return
	}
	if old := a.vars[v.name]; old != nil {
		old.node.plain("set again further down, which counts")
	} else {
		a.order = append(a.order, v.name)
	}
	a.vars[v.name] = v
}

// configMap is a value of one that is among the files.
func (a *app) configMap(name, key string) (string, bool) {
	for _, o := range a.objects {
		if o.kind == "ConfigMap" && o.name == name {
			if value := o.node.At("data", key); value != nil {
				value.changed(field(a.at("env")), "the value stands in env itself", "")
				return value.text, true
			}
		}
	}
	return "", false
}

// from reads envFrom: a list of Secrets and ConfigMaps.
func (a *app) from(n *Node) {
	if n.Empty() {
		n.plain("none, as in hearth")
		return
	}
	for _, c := range n.Items() {
		a.envFrom = append(a.envFrom, fromOf(c))
	}
}

// fromOf reads an item of envFrom, in Kubernetes' form and in app-template's.
func fromOf(c *Node) source {
	s := source{node: c, prefix: c.Text("prefix")}
	for _, form := range []struct{ key, kind string }{{"secretRef", "Secret"}, {"secret", "Secret"}, {"configMapRef", "ConfigMap"}, {"configMap", "ConfigMap"}} {
		if ref := c.At(form.key); ref != nil {
			s.kind, s.name, s.optional = form.kind, cmp.Or(ref.Text("name"), ref.text), ref.At("optional").True()
		}
	}
	return s
}

// form is the field that takes the object; "" if none does.
func (s source) form() string {
	if s.name == "" {
		return ""
	}
	return map[string]string{"Secret": "secretName", "ConfigMap": "configMapName"}[s.kind]
}

// whole are the variables that come from objects as a whole. Those of a ConfigMap
// among the files are known one by one.
func (a *app) whole() {
	for _, s := range a.envFrom {
		i := slices.IndexFunc(a.objects, func(o *object) bool { return o.kind == s.kind && s.kind == "ConfigMap" && o.name == s.name })
		if i < 0 {
			a.wholeField(s)
			continue
		}
		found := a.objects[i].node
		for _, k := range found.At("data").Items() {
			name := s.prefix + k.key
			if a.vars[name] != nil {
				k.plain("env has the variable too, which goes before")
				continue
			}
			a.variable(&variable{name: name, node: k, text: k.text})
		}
		for _, key := range []string{"apiVersion", "kind", "metadata"} {
			found.At(key).plain("its variables stand in env one by one")
		}
		s.node.changed(field(a.at("env")), "its variables stand in env one by one", "")
	}
}

// wholeField writes the field that takes an object as a whole.
func (a *app) wholeField(s source) {
	form := s.form()
	if form == "" {
		s.node.lost("hearth takes variables from Secrets and ConfigMaps", "")
		return
	}
	at := a.at("envFrom")
	entry := map[string]any{form: s.name}
	if s.prefix != "" {
		entry["prefix"] = s.prefix
	}
	if s.optional {
		entry["optional"] = true
	}
	old, _ := a.doc.get(at)
	list, _ := old.([]any)
	a.doc.add(at, entry)
	a.doc.note(at.with(strconv.Itoa(len(list))), s.node)
	s.node.say(Carried, field(at), "", "")
	a.notef("What the %s %s holds cannot be seen: what hearth sets itself goes before it, and what it names as a server may need %s", s.kind, s.name, field(a.at("allowTo")))
}

// secretOf is the Secret that a variable may come from as a whole: the only one.
func (a *app) secretOf() string {
	name := ""
	for _, s := range a.envFrom {
		if s.kind == "Secret" && s.prefix == "" {
			if name != "" {
				return ""
			}
			name = s.name
		}
	}
	return name
}

// finish carries the variables, once everything else of all workloads is read.
func (a *app) finish() {
	a.whole()
	owned := ollamaVariables
	if a.program == programChat {
		owned = chatVariables
	}
	if a.program == programChat {
		a.backends()
		a.oidc()
	}
	for _, name := range a.order {
		v := a.vars[name]
		if done := owned[name]; done != nil && !v.strange && done(a, v) {
			continue
		}
		a.env(v)
	}
	if a.program == programOllama {
		a.noModels(a.at())
	}
	a.keepReplicas()
}

// env carries a variable that has no field of its own.
func (a *app) env(v *variable) {
	at := a.at("env", v.name)
	switch {
	case v.node.done():
	case v.strange:
		v.node.lost("hearth's variables are values and keys of Secrets", "write the value, or a patch")
	case v.secret != nil:
		a.doc.carry(at, map[string]any{"secretKeyRef": map[string]any{"name": v.secret.Name, "key": v.secret.Key}}, v.node)
	case secretscan.Value(v.name, v.text) != "":
		a.hide(v, at.with("secretKeyRef"))
	case strings.Contains(v.text, "{{"):
		v.node.lost("the chart fills the template in, and hearth has none", "write the value")
	case fluxVariable.MatchString(v.text) && !a.flux():
		v.node.lost("Flux fills "+fluxVariable.FindString(v.text)+" in, and hearth cannot", "give its value: --substitute NAME=VALUE")
	default:
		a.doc.carry(at, v.text, v.node)
		a.reach(v.name, v.text)
	}
}

// hide writes the reference to a Secret, at its place in the stack, for a secret in clear.
func (a *app) hide(v *variable, at path) {
	name := label(a.programName() + "-imported")
	v.node.each(func(n *Node) { n.secret = n.key != "name" })
	a.doc.set(at, map[string]any{"name": name, "key": v.name})
	if at[len(at)-1] == "secretKeyRef" {
		at = at[:len(at)-1]
	}
	a.doc.note(at, v.node)
	v.node.changed(field(at), "it is a secret in clear, which no file in Git should have: a reference stands in its place", fmt.Sprintf("make the Secret %s with the key %s", name, v.name))
	a.notef("The Secret %s in the namespace %s has to be made, with what stood in clear: see the rows that name it", name, a.namespace)
}

func (a *app) programName() string {
	if a.program == programChat {
		return "open-webui"
	}
	return "ollama"
}

// done reports whether all of it is accounted for.
func (n *Node) done() bool {
	return !slices.ContainsFunc(n.leaves(), func(l *Node) bool { return l.row == nil })
}

var anyURL = regexp.MustCompile(`[a-z][a-z0-9+]*://[^\s,;"'<>]+`)

// reach lets a pod out to what a variable names.
func (a *app) reach(name, text string) {
	for _, raw := range anyURL.FindAllString(text, -1) {
		u, err := url.Parse(raw)
		if err != nil || u.Hostname() == "" {
			continue
		}
		a.reachURL(name, u)
	}
}

func (a *app) reachURL(name string, u *url.URL) {
	if entry := a.place(name, u); len(entry) > 0 {
		a.allow(entry, name)
	}
}

// place is where a URL leads to, as a NetworkPolicy has to name it; empty where it
// needs to name nothing, or nobody can say.
func (a *app) place(name string, u *url.URL) map[string]any {
	host := strings.ToLower(u.Hostname())
	addr, err := netip.ParseAddr(host)
	entry := map[string]any{}
	_, namespace, service := v1alpha1.ServiceOf(host, a.namespace)
	labels := strings.Split(host, ".")
	if !service && len(labels) == 2 && u.Port() != "" {
		namespace, service = labels[1], true
	}
	switch {
	case host == "localhost" || err == nil && (addr.IsLoopback() || addr.IsUnspecified()):
	case err == nil:
		entry["cidrs"] = []any{netip.PrefixFrom(addr, addr.BitLen()).String()}
		if p, ok := port(u); ok {
			entry["ports"] = []any{p}
		}
	case service:
		entry["namespace"] = namespace
	case v1alpha1.Host(host).Private():
		a.notef("%s of %s leads to %s, a private name: name its address in %s.allowTo, or the NetworkPolicy stops it", name, a.where(), host, a.program)
	}
	return entry
}

// allow adds a destination, once.
func (a *app) allow(entry map[string]any, why string) {
	at := a.at("allowTo")
	old, _ := a.doc.get(at)
	list, _ := old.([]any)
	key := fmt.Sprint(entry)
	if !slices.ContainsFunc(list, func(other any) bool { return fmt.Sprint(other) == key }) {
		a.doc.add(at, entry)
	}
	if c := a.doc.comments[at.id()]; c == "" {
		a.doc.comments[at.id()] = "The NetworkPolicy lets the pod out to: " + why + "."
	} else if !strings.Contains(c, why) {
		a.doc.comments[at.id()] = strings.TrimSuffix(c, ".") + ", " + why + "."
	}
}

func port(u *url.URL) (int64, bool) {
	if n, err := strconv.ParseInt(u.Port(), 10, 32); err == nil {
		return n, true
	}
	n, ok := map[string]int64{"http": 80, "https": 443, "redis": 6379, "postgres": 5432, "postgresql": 5432}[u.Scheme]
	return n, ok
}

// handler puts a variable where hearth has a field for it; false leaves it to env.
type handler func(*app, *variable) bool

// to carries a variable into a field.
func to(keys ...string) handler {
	return func(a *app, v *variable) bool {
		if v.secret != nil {
			return false
		}
		if v.text == "" {
			v.node.plain("empty: hearth's default")
			return true
		}
		a.doc.change(a.at(keys...), scalar(v.text), v.node, "hearth has a field for it", "")
		return true
	}
}

// moot needs no field.
func moot(why string) handler {
	return func(_ *app, v *variable) bool {
		v.node.plain(why)
		return true
	}
}

// ollamaVariables are Ollama's that hearth has a field for, or that it decides.
var ollamaVariables = map[string]handler{
	"OLLAMA_CONTEXT_LENGTH":    to("contextLength"),
	"OLLAMA_NUM_PARALLEL":      to("numParallel"),
	"OLLAMA_MAX_LOADED_MODELS": to("maxLoadedModels"),
	"OLLAMA_KV_CACHE_TYPE":     to("kvCacheType"),
	"OLLAMA_LOAD_TIMEOUT":      to("loadTimeout"),
	"OLLAMA_KEEP_ALIVE":        keepAlive,
	"OLLAMA_HOST":              moot("hearth sets the address, which Service, probes and policy lean on"),
	"OLLAMA_NO_CLOUD":          moot("hearth sets it: prompts do not leave the cluster"),
	"OLLAMA_FLASH_ATTENTION":   flashAttention,
	"OLLAMA_MODELS":            modelFolder,
	"HTTP_PROXY":               proxy("http"),
	"HTTPS_PROXY":              proxy("https"),
	"http_proxy":               proxy("http"),
	"https_proxy":              proxy("https"),
	"HOME":                     moot("hearth sets it"),
	"OLLAMA_ORIGINS":           origins,
}

func keepAlive(a *app, v *variable) bool {
	if v.secret != nil {
		return false
	}
	text := v.text
	if n, err := strconv.Atoi(text); err == nil && n > 0 {
		text += "s"
	} else if err == nil && n < 0 || strings.HasPrefix(text, "-") {
		text = "-1"
	}
	a.doc.change(a.at("keepAlive"), text, v.node, "hearth has a field for it", "")
	return true
}

func flashAttention(a *app, v *variable) bool {
	_, there := a.vars["OLLAMA_KV_CACHE_TYPE"]
	switch {
	case !(&Node{text: v.text}).True():
		v.node.plain("off, as in hearth")
	case there:
		v.node.plain("kvCacheType turns it on")
	default:
		v.node.lost("hearth turns flash attention on with kvCacheType alone, and Ollama itself does where a model gains by it", "write ollama.kvCacheType: q8_0, which needs half the memory too")
	}
	return true
}

func origins(_ *app, v *variable) bool {
	if !strings.Contains(v.text, "*") || v.secret != nil {
		return false
	}
	v.node.lost(fmt.Sprintf("%q lets every web page that people open use this server; Open WebUI asks from the cluster and needs none", v.text),
		"name the origins of the pages that ask by themselves, in ollama.env: OLLAMA_ORIGINS")
	return true
}

func proxy(key string) handler {
	return func(a *app, v *variable) bool {
		if v.secret != nil || v.text == "" {
			return false
		}
		a.doc.change(a.of("proxy", key), v.text, v.node, "a base has one proxy for its pods", "")
		return true
	}
}

// chatVariables are Open WebUI's.
var chatVariables = map[string]handler{
	"WEBUI_NAME":                  to("name"),
	"DATABASE_URL":                databaseURL,
	"WEBUI_URL":                   address,
	"ENABLE_SIGNUP":               signUp,
	"ENABLE_PERSISTENT_CONFIG":    boolean("persistentConfig"),
	"WEBUI_SECRET_KEY":            sessionKey,
	"ENABLE_WEBSOCKET_SUPPORT":    webSocket,
	"ENABLE_OLLAMA_API":           moot("follows from the Ollama servers that the chat has"),
	"ENABLE_OPENAI_API":           moot("follows from openWebUI.backends"),
	"OLLAMA_BASE_URL":             ollamaURLs,
	"OLLAMA_BASE_URLS":            ollamaURLs,
	"OLLAMA_API_BASE_URL":         ollamaURLs,
	"OPENID_REDIRECT_URI":         moot("follows from expose"),
	"WEBUI_SESSION_COOKIE_SECURE": moot("follows from expose.tls"),
	"WEBUI_AUTH_COOKIE_SECURE":    moot("follows from expose.tls"),
	"CORS_ALLOW_ORIGIN":           moot("follows from expose"),
	"PORT":                        moot("hearth sets the port, which Service, probes and policy lean on"),
	"DATA_DIR":                    moot("hearth mounts the volume there"),
	"RAG_EMBEDDING_ENGINE":        embeddingEngine,
	"RAG_EMBEDDING_MODEL":         embeddingModel,
	"RAG_FILE_MAX_SIZE":           fileSize,
	"HTTP_PROXY":                  proxy("http"),
	"HTTPS_PROXY":                 proxy("https"),
	"http_proxy":                  proxy("http"),
	"https_proxy":                 proxy("https"),
	"OFFLINE_MODE":                moot("hearth sets it: nothing is looked up outside"),
	"ENABLE_VERSION_UPDATE_CHECK": moot("hearth turns it off"),
}

func boolean(keys ...string) handler {
	return func(a *app, v *variable) bool {
		n := &Node{text: v.text}
		if v.secret != nil || !n.True() && !n.False() {
			return false
		}
		a.doc.change(a.at(keys...), n.True(), v.node, "hearth has a field for it", "")
		return true
	}
}

func address(a *app, v *variable) bool {
	host, _ := a.doc.get(a.of("expose", "host"))
	if text, _ := host.(string); a.route != nil && a.route.app == a && text != "" && strings.Contains(v.text, text) {
		v.node.plain("follows from expose.host")
		return true
	}
	if a.route == nil {
		v.node.lost("hearth sets it to the host of the route, and no route is among the files", "write expose with this host")
		return true
	}
	v.node.changed(field(a.of("expose", "host")), "hearth sets it to the host of the route", "")
	return true
}

func signUp(a *app, v *variable) bool {
	n := &Node{text: v.text}
	switch {
	case v.secret != nil:
		return false
	case n.False():
		a.doc.change(a.at("signUp"), "closed", v.node, "hearth has a field for it; the admin comes from the Secret open-webui", "see: hearth secrets")
	default:
		a.doc.change(a.at("signUp"), "open", v.node, "hearth has a field for it", "")
	}
	return true
}

func sessionKey(a *app, v *variable) bool {
	v.node.each(func(n *Node) { n.secret = n.secret || n.key == "value" || !v.node.mapping })
	v.node.changed(field(a.at("secretName")), "hearth reads it from the key secret-key of the Secret open-webui", "copy the value there, or everybody is signed out once")
	return true
}

func webSocket(a *app, v *variable) bool {
	if !(&Node{text: v.text}).False() || v.secret != nil {
		v.node.plain("hearth's default")
		return true
	}
	if a.route == nil || a.route.app != a {
		v.node.lost("hearth turns it off with a route alone", "write expose.webSocket: polling")
		return true
	}
	a.doc.change(a.of("expose", "webSocket"), "polling", v.node, "hearth has a field for it", "")
	return true
}

func embeddingEngine(a *app, v *variable) bool {
	switch v.text {
	case "ollama":
		a.doc.change(a.at("embedding", "engine"), "ollama", v.node, "hearth has a field for it", "")
	case "":
		a.doc.change(a.at("embedding", "engine"), "inPod", v.node, "hearth has a field for it", "")
	default:
		v.node.lost("hearth embeds with Ollama or in the pod", "write openWebUI.embedding")
	}
	return true
}

func embeddingModel(a *app, v *variable) bool {
	if e := a.vars["RAG_EMBEDDING_ENGINE"]; e == nil || e.text != "ollama" || v.secret != nil {
		v.node.lost("in the pod the model is the one that the image carries", "write openWebUI.embedding: {engine: ollama, model: MODEL}")
		return true
	}
	a.doc.change(a.at("embedding", "model"), v.text, v.node, "hearth has a field for it", "")
	return true
}

func fileSize(a *app, v *variable) bool {
	if _, err := strconv.Atoi(v.text); err != nil {
		return false
	}
	a.doc.change(a.at("maxUploadSize"), v.text+"Mi", v.node, "hearth has a field for it", "")
	return true
}

// ollamaURLs are the servers that the chat asks. The one of its own base needs no
// field.
func ollamaURLs(a *app, v *variable) bool {
	if v.secret != nil {
		v.node.lost("hearth writes the servers themselves, and a Secret cannot be seen", "write openWebUI.ollamaURLs")
		return true
	}
	if v.name != "OLLAMA_BASE_URLS" && a.vars["OLLAMA_BASE_URLS"] != nil {
		v.node.plain("OLLAMA_BASE_URLS goes before it")
		return true
	}
	var urls []string
	for _, text := range strings.Split(v.text, ";") {
		if text = strings.TrimSpace(text); text != "" {
			urls = append(urls, strings.TrimSuffix(text, "/"))
		}
	}
	a.servers(urls, v.node)
	return true
}

// servers writes the Ollama servers of the chat.
func (a *app) servers(urls []string, n *Node) {
	var list []any
	own := false
	seen := map[any]bool{}
	for _, text := range urls {
		u, err := url.Parse(text)
		if err != nil {
			list = append(list, text)
			continue
		}
		target := a.serverAt(u)
		switch {
		case target != nil && target.base.id() == a.base.id():
			own = true
			list = append(list, "http://"+target.called+":11434")
		case target != nil: // in the same overlay, so that the policies follow
			list = append(list, "http://"+target.called+"."+target.namespace+".svc:11434")
		default:
			list = append(list, text)
			a.reach("OLLAMA_BASE_URLS", text)
		}
	}
	list = slices.DeleteFunc(list, func(u any) bool {
		twice := seen[u]
		seen[u] = true
		return twice
	})
	switch {
	case len(list) == 0:
		n.plain("no server")
	case own && len(list) == 1:
		n.plain("the Ollama of the same base")
	default:
		a.doc.change(a.at("ollamaURLs"), list, n, "hearth has a field for it", "")
	}
}

// ports has the chats ask each Ollama at the port of its Service, which may be
// read after them.
func (in *importing) ports() {
	for _, chat := range in.apps {
		urls, _ := in.doc.get(chat.at("ollamaURLs"))
		list, _ := urls.([]any)
		for _, o := range in.apps {
			port, written := in.doc.get(o.at("service", "port"))
			if chat.program == programOllama || o.program != programOllama || !written {
				continue
			}
			for i, u := range list {
				host, ours := strings.CutSuffix(fmt.Sprint(u), ":11434")
				if ours && (host == "http://ollama" && o.base.id() == chat.base.id() || host == "http://ollama."+o.namespace+".svc") {
					list[i] = fmt.Sprintf("%s:%v", host, port)
				}
			}
		}
	}
}

// serverAt is the Ollama of the source that a URL leads to; nil for another one.
func (a *app) serverAt(u *url.URL) *app {
	name, namespace, ok := v1alpha1.ServiceOf(u.Hostname(), a.namespace)
	if !ok {
		var rest string
		if name, rest, ok = strings.Cut(u.Hostname(), "."); !ok || strings.Contains(rest, ".") {
			return nil
		}
		namespace = rest
	}
	for _, b := range a.apps {
		if b.program == programOllama && b.was == namespace && slices.Contains(b.services, name) {
			return b
		}
	}
	return nil
}

// backends are the servers by OpenAI's API, with a key for each.
func (a *app) backends() {
	urls := a.vars["OPENAI_API_BASE_URLS"]
	single := a.vars["OPENAI_API_BASE_URL"]
	keys, key := a.vars["OPENAI_API_KEYS"], a.vars["OPENAI_API_KEY"]
	if urls == nil {
		urls = single
	} else if single != nil {
		single.node.plain("OPENAI_API_BASE_URLS goes before it")
	}
	if keys == nil {
		keys = key
	} else if key != nil {
		key.node.each(func(n *Node) { n.secret = n.secret || n.key != "name" })
		key.node.plain("OPENAI_API_KEYS goes before it")
	}
	if keys != nil && keys.secret == nil && keys.text != "" {
		keys.node.each(func(n *Node) { n.secret = n.secret || n.key != "name" })
	}
	on := a.vars["ENABLE_OPENAI_API"]
	switch {
	case urls == nil && keys == nil:
		return
	case on != nil && (&Node{text: on.text}).False():
		for _, v := range []*variable{urls, keys} {
			if v != nil {
				v.node.plain("ENABLE_OPENAI_API is off: nobody reads it")
			}
		}
		return
	case urls != nil && (urls.secret != nil || urls.strange):
		urls.node.lost("hearth writes the servers themselves, and a Secret cannot be seen", "write openWebUI.backends")
		if keys != nil {
			keys.node.lost("a key stands beside its server, in openWebUI.backends", "write openWebUI.backends: [{url: URL, apiKey: {name: SECRET, key: KEY}}]")
		}
		return
	}
	list := []string{"https://api.openai.com/v1"} // Open WebUI's own default
	if urls != nil {
		list = strings.Split(urls.text, ";")
	}
	a.backendList(list, keys)
	if urls != nil {
		urls.node.changed(field(a.at("backends")), "hearth has a field for it, which opens the NetworkPolicy too", "")
	}
}

func (a *app) backendList(urls []string, keys *variable) {
	at := a.at("backends")
	for i, text := range urls {
		text = strings.TrimSpace(text)
		if text == "" {
			continue
		}
		entry := map[string]any{"url": text}
		if ref := a.backendKey(keys, i, len(urls)); ref != nil {
			entry["apiKey"] = ref
		}
		a.doc.add(at, entry)
	}
}

// backendKey is where the key of a server is. A list of keys in one Secret is cut
// by nobody: each server has a key of its own.
func (a *app) backendKey(keys *variable, i, n int) map[string]any {
	if keys == nil {
		if name := a.secretOf(); name != "" {
			a.notef("Whether the Secret %s has OPENAI_API_KEYS cannot be seen: where a server of openWebUI.backends wants a key, write apiKey", name)
		}
		return nil
	}
	to := field(a.at("backends"))
	switch {
	case keys.secret != nil && n == 1:
		keys.node.say(Carried, to, "", "")
		return map[string]any{"name": keys.secret.Name, "key": keys.secret.Key}
	case keys.secret != nil:
		keys.node.changed(to, "hearth has a key for each server, where this one value holds all of them",
			fmt.Sprintf("cut the value at each ; into the keys %s-1 to %s-%d of the Secret %s", label(keys.secret.Key), label(keys.secret.Key), n, keys.secret.Name))
		return map[string]any{"name": keys.secret.Name, "key": fmt.Sprintf("%s-%d", label(keys.secret.Key), i+1)}
	case keys.text == "":
		keys.node.plain("no key")
		return nil
	}
	name := "open-webui-imported"
	keys.node.changed(to, "it is a secret in clear, which no file in Git should have: a reference stands in its place",
		fmt.Sprintf("make the Secret %s with the keys openai-api-key-1 and on, one for each server", name))
	a.notef("The Secret %s in the namespace %s has to be made, with what stood in clear: see the rows that name it", name, a.namespace)
	return map[string]any{"name": name, "key": fmt.Sprintf("openai-api-key-%d", i+1)}
}

// oidc is the sign-in at a provider.
func (a *app) oidc() {
	provider := a.vars["OPENID_PROVIDER_URL"]
	if provider == nil {
		return
	}
	at := a.at("oidc")
	if provider.secret != nil || provider.strange {
		provider.node.lost("hearth writes the provider's URL itself", "write openWebUI.oidc.providerURL")
		return
	}
	a.doc.change(at.with("providerURL"), provider.text, provider.node, "hearth has a field for it", "")
	a.reach("OPENID_PROVIDER_URL", provider.text)
	from := a.secretOf()
	if id := a.vars["OAUTH_CLIENT_ID"]; id != nil {
		var value any = id.text
		if id.secret != nil {
			value = map[string]any{"secretKeyRef": map[string]any{"name": id.secret.Name, "key": id.secret.Key}}
		}
		a.doc.change(at.with("clientID"), value, id.node, "hearth has a field for it", "")
	} else if from != "" {
		a.doc.set(at.with("clientID"), map[string]any{"secretKeyRef": map[string]any{"name": from, "key": "OAUTH_CLIENT_ID"}})
	} else {
		a.doc.set(at.with("clientID"), "open-webui")
		a.notef("The client's ID for %s is not in what was read: write openWebUI.oidc.clientID", provider.text)
	}
	secret := a.vars["OAUTH_CLIENT_SECRET"]
	switch {
	case secret != nil && secret.secret != nil:
		a.doc.change(at.with("clientSecret"), map[string]any{"name": secret.secret.Name, "key": secret.secret.Key}, secret.node, "hearth has a field for it", "")
	case secret != nil:
		secret.node.each(func(n *Node) { n.secret = n.secret || n.key != "name" })
		secret.node.changed(field(at.with("clientSecret")), "it is a secret in clear: hearth reads the key oidc-client-secret of the Secret open-webui", "put it there")
	case from != "":
		a.doc.set(at.with("clientSecret"), map[string]any{"name": from, "key": "OAUTH_CLIENT_SECRET"})
		a.doc.comment(at, "The Secret "+from+" came as a whole: its keys are named as the variables.")
	}
	if v := a.vars["OAUTH_PROVIDER_NAME"]; v != nil && v.secret == nil && v.text != "" {
		a.doc.change(at.with("name"), v.text, v.node, "hearth has a field for it", "")
	}
	if v := a.vars["ENABLE_OAUTH_SIGNUP"]; v != nil && v.secret == nil {
		a.doc.change(at.with("signUp"), (&Node{text: v.text}).True(), v.node, "hearth has a field for it", "")
	}
}
