package importer

// openWebUIChartKeys are the values' first keys that readOpenWebUIChart knows.
// Source: charts/open-webui/values.yaml of open-webui/helm-charts.
var openWebUIChartKeys = []string{
	"affinity", "annotations", "args", "clusterDomain", "command", "commonEnvVars", "containerSecurityContext", "copyAppData", "databaseUrl",
	"enableOpenaiApi", "extraEnvFrom", "extraEnvVars", "extraInitContainers", "extraLabels", "extraResources", "fullnameOverride", "hostAliases", "image", "imagePullSecrets",
	"ingress", "livenessProbe", "logging", "managedCertificate", "nameOverride", "namespaceOverride", "nodeSelector", "ollama", "ollamaUrls",
	"ollamaUrlsFromExtraEnv", "openaiApiKey", "openaiApiKeys", "openaiBaseApiUrl", "openaiBaseApiUrls", "persistence", "pipelines", "podAnnotations",
	"podLabels", "podSecurityContext", "postgresql", "priorityClassName", "readinessProbe", "replicaCount", "resources", "revisionHistoryLimit", "route", "runtimeClassName",
	"service", "serviceAccount", "sso", "startupProbe", "strategy", "terminals", "tika", "tolerations", "topologySpreadConstraints", "volumeMounts", "volumes", "websocket", "workload",
}

// openWebUIChart finds the workloads of Open WebUI's chart: the chat, and the
// Ollama that it installs unless told otherwise.
func (in *importing) openWebUIChart(r *release) {
	in.app(programChat, chartOpenWebUI, r, r.values, readOpenWebUIChart)
	o := r.values.At("ollama")
	if o.At("enabled").False() {
		o.plain("turned off")
		return
	}
	if o == nil { // the chart's default
		in.notef("The chart of %s installs an Ollama unless ollama.enabled is false: the stack has one", r.name)
		o = &Node{mapping: true, file: "(the chart's default)"}
	}
	inner := *r
	inner.name = "open-webui-ollama"
	a := in.app(programOllama, chartOllama, &inner, o, readOllamaChart)
	a.services = append(a.services, r.name+"-ollama")
}

// readOpenWebUIChart reads the values of open-webui/open-webui.
func readOpenWebUIChart(a *app) {
	v := a.values
	image := v.At("image")
	a.image(nil, image.At("repository"), image.At("tag"), image.At("digest"), image.At("pullPolicy"))
	if image.At("useSlim").True() {
		image.At("useSlim").lost("the slim image has no embedder in it: hearth takes the whole one", "write image.tag with -slim at its end")
	}
	image.At("useSlim").plain("hearth's default")
	a.collect(v.At("commonEnvVars"))
	a.collect(v.At("extraEnvVars"))
	a.from(v.At("extraEnvFrom"))
	a.chartServers(v)
	a.sso(v.At("sso"))
	a.logging(v.At("logging"))
	a.database(v.At("databaseUrl"))
	a.webSocketChart(v.At("websocket"))
	a.installed(v)
	a.resources(v.At("resources"))
	a.scheduling(v)
	a.security(v.At("containerSecurityContext"), v.At("podSecurityContext"))
	a.annotations(v.At("annotations"), "annotations")
	a.annotations(v.At("podAnnotations"), "annotations")
	a.annotations(v.At("podLabels"), "labels")
	a.annotations(v.At("extraLabels"), "labels")
	probes(v)
	a.replicas = v.At("replicaCount")
	a.chartPersistence(v.At("persistence"))
	a.chartService(v.At("service"))
	a.openWebUIIngress(v.At("ingress"))
	if v.At("route", "enabled").True() {
		a.httpRoute(v.At("route"))
	} else {
		v.At("route").plain("turned off")
	}
	off(v.At("managedCertificate"), "enabled")
	a.initContainers(v.At("extraInitContainers"))
	for _, key := range []string{"command", "args"} {
		if !v.At(key).Empty() {
			a.words(key, v.At(key))
		}
	}
	if c := v.At("copyAppData"); c != nil {
		c.plain("of the chart's own init container, which hearth has none of")
	}
	a.names(v)
	chartRest(v)
	strange(v, openWebUIChartKeys)
}

// chartServers are the servers that the chat asks.
func (a *app) chartServers(v *Node) {
	v.At("ollamaUrlsFromExtraEnv").plain("hearth reads the variables anyway")
	if urls := v.At("ollamaUrls"); !urls.Empty() {
		var list []string
		for _, u := range urls.Items() {
			list = append(list, u.text)
		}
		if o := a.beside(programOllama); o != nil {
			list = append([]string{"http://" + o.services[0] + ":11434"}, list...)
		}
		a.servers(list, urls)
	} else {
		urls.plain("the Ollama of the same base")
	}
	on := v.At("enableOpenaiApi")
	urls, url, keys, key := v.At("openaiBaseApiUrls"), v.At("openaiBaseApiUrl"), v.At("openaiApiKeys"), v.At("openaiApiKey")
	keys.conceal()
	key.conceal()
	defer func() {
		on.plain("follows from openWebUI.backends")
		for _, n := range []*Node{urls, url, keys, key} {
			n.plain("the variables in extraEnvVars go before it, or nothing is said")
		}
	}()
	if on.False() || a.vars["OPENAI_API_BASE_URLS"] != nil || a.vars["OPENAI_API_BASE_URL"] != nil {
		return
	}
	join := func(n *Node) *variable {
		if n.Empty() {
			return nil
		}
		text := n.text
		for i, c := range n.Items() {
			if i > 0 {
				text += ";"
			}
			text += c.text
		}
		return &variable{node: n, text: text}
	}
	set := func(name string, v *variable) {
		if v != nil && a.vars[name] == nil {
			v.name = name
			a.variable(v)
		}
	}
	switch {
	case !urls.Empty():
		set("OPENAI_API_BASE_URLS", join(urls))
		set("OPENAI_API_KEYS", join(keys))
	case !url.Empty() && (url.text != "https://api.openai.com/v1" || !key.Empty() && key.text != "0p3n-w3bu!"):
		set("OPENAI_API_BASE_URL", join(url))
		set("OPENAI_API_KEY", join(key))
	case url != nil:
		url.lost("the chart's default has no key of a provider's", "write openWebUI.backends for a server with a key")
	}
}

// sso is the sign-in at providers.
func (a *app) sso(s *Node) {
	if s == nil || !s.At("enabled").True() {
		s.plain("turned off")
		return
	}
	s.At("enabled").plain("follows from openWebUI.oidc")
	variable := func(name string, n *Node) {
		if n.Empty() {
			n.plain("nothing is said")
			return
		}
		a.variable(&variable{name: name, node: n, text: n.text})
	}
	variable("ENABLE_OAUTH_SIGNUP", s.At("enableSignup"))
	variable("OAUTH_MERGE_ACCOUNTS_BY_EMAIL", s.At("mergeAccountsByEmail"))
	variable("ENABLE_OAUTH_ROLE_MANAGEMENT", s.At("enableRoleManagement"))
	variable("ENABLE_OAUTH_GROUP_MANAGEMENT", s.At("enableGroupManagement"))
	if o := s.At("oidc"); o.At("enabled").True() {
		o.At("enabled").say(Carried, field(a.at("oidc")), "", "")
		variable("OAUTH_CLIENT_ID", o.At("clientId"))
		variable("OPENID_PROVIDER_URL", o.At("providerUrl"))
		variable("OAUTH_PROVIDER_NAME", o.At("providerName"))
		variable("OAUTH_SCOPES", o.At("scopes"))
		a.clientSecret("OAUTH_CLIENT_SECRET", o)
	} else {
		o.plain("turned off")
	}
	for _, p := range []struct{ key, name string }{{"google", "GOOGLE"}, {"microsoft", "MICROSOFT"}, {"github", "GITHUB"}} {
		o := s.At(p.key)
		if !o.At("enabled").True() {
			o.plain("turned off")
			continue
		}
		o.At("enabled").plain("follows from its variables")
		variable(p.name+"_CLIENT_ID", o.At("clientId"))
		if p.key == "microsoft" {
			variable("MICROSOFT_CLIENT_TENANT_ID", o.At("tenantId"))
		}
		a.clientSecret(p.name+"_CLIENT_SECRET", o)
	}
	variable("OAUTH_ROLES_CLAIM", s.At("roleManagement", "rolesClaim"))
	variable("OAUTH_ALLOWED_ROLES", s.At("roleManagement", "allowedRoles"))
	variable("OAUTH_ADMIN_ROLES", s.At("roleManagement", "adminRoles"))
	variable("OAUTH_GROUP_CLAIM", s.At("groupManagement", "groupsClaim"))
	if h := s.At("trustedHeader"); h.At("enabled").True() {
		h.At("enabled").plain("follows from its variables")
		variable("WEBUI_AUTH_TRUSTED_EMAIL_HEADER", h.At("emailHeader"))
		variable("WEBUI_AUTH_TRUSTED_NAME_HEADER", h.At("nameHeader"))
	} else {
		h.plain("turned off")
	}
}

// clientSecret is a client's secret: in a Secret, or in clear.
func (a *app) clientSecret(name string, o *Node) {
	clear, secret, key := o.At("clientSecret"), o.At("clientExistingSecret"), o.At("clientExistingSecretKey")
	clear.conceal()
	if !secret.Empty() {
		v := &variable{name: name, node: secret, secret: secretRef(secret.text, key.String())}
		a.variable(v)
		key.say(Carried, "the key of "+secret.text, "", "")
		clear.plain("the Secret goes before it")
		return
	}
	secret.plain("none")
	key.plain("none")
	if clear.Empty() {
		clear.plain("nothing is said")
		return
	}
	a.variable(&variable{name: name, node: clear, text: clear.text})
}

// database is the URL of a database, which has a password in it as a rule.
func (a *app) database(n *Node) {
	if n.Empty() {
		n.plain("SQLite on the volume, as in hearth")
		return
	}
	a.variable(&variable{name: "DATABASE_URL", node: n, text: n.text})
}

// logging are levels, each a variable.
func (a *app) logging(n *Node) {
	level := func(name string, n *Node) {
		if n.Empty() {
			n.plain("nothing is said")
			return
		}
		a.variable(&variable{name: name, node: n, text: n.text})
	}
	level("GLOBAL_LOG_LEVEL", n.At("level"))
	for _, c := range n.At("components").Items() {
		if c.Empty() {
			c.plain("nothing is said")
			continue
		}
		c.changed("", "Open WebUI has one level since 0.6.19", "write openWebUI.env: GLOBAL_LOG_LEVEL")
	}
}

// webSocketChart is the chart's Redis for several pods, which one needs none of.
func (a *app) webSocketChart(w *Node) {
	if w == nil {
		return
	}
	if w.At("enabled").False() {
		a.variable(&variable{name: "ENABLE_WEBSOCKET_SUPPORT", node: w.At("enabled"), text: "false"})
	}
	w.At("enabled").plain("hearth's default")
	own := w.Text("redis", "enabled") != "false"
	if u := w.At("url"); !u.Empty() && !own {
		a.variable(&variable{name: "WEBSOCKET_REDIS_URL", node: u, text: u.text})
		if m := w.At("manager"); m != nil {
			a.variable(&variable{name: "WEBSOCKET_MANAGER", node: m, text: m.text})
		}
	}
	w.plain("a Redis is for several pods: openWebUI.redis")
}

// installed are the further programs that the chart installs.
func (a *app) installed(v *Node) {
	for _, p := range []struct{ key, what, fix string }{
		{"pipelines", "Pipelines run what people put into them, and the stack has none", "deploy it beside, and name it in openWebUI.backends: [{url: http://NAME.NAMESPACE.svc:9099}]"},
		{"tika", "the stack has no Tika", "deploy it beside, and write openWebUI.env: {CONTENT_EXTRACTION_ENGINE: tika, TIKA_SERVER_URL: URL} and its namespace in openWebUI.allowTo"},
		{"terminals", "the stack has no terminals", "deploy it beside"},
		{"postgresql", "the stack has no database of its own beside SQLite", "write openWebUI.database: {type: cloudNativePG}, or {type: postgres, postgres: {url: {name: SECRET, key: KEY}}}"},
	} {
		n := v.At(p.key)
		if n == nil {
			if p.key == "pipelines" {
				a.notef("The chart of %s installs Pipelines unless pipelines.enabled is false: %s", a.release, p.what)
			}
			continue
		}
		if !off(n, "enabled") {
			if p.key == "tika" && n.At("enabled").Empty() {
				n.plain("turned off")
			}
			n.lost(p.what, p.fix)
		}
	}
}

// chartPersistence is the volume of the chat.
func (a *app) chartPersistence(p *Node) {
	if p == nil {
		return
	}
	if off(p, "enabled") {
		p.At("enabled").resay(Changed, field(a.at("storage")), "the chart kept chats in the pod, and hearth has a volume for them", "")
		return
	}
	p.At("enabled").plain("hearth has a volume")
	if provider := p.Text("provider"); provider != "" && provider != "local" {
		p.At("provider").lost("uploads in an object store are set by variables", "write openWebUI.env: STORAGE_PROVIDER and the variables of the store, with secretKeyRef for the keys")
	}
	p.At("provider").plain("the volume, as in hearth")
	for _, key := range []string{"s3", "gcs", "azure"} {
		store := p.At(key)
		for _, secret := range []string{"accessKey", "secretKey", "appCredentialsJson", "key"} {
			store.At(secret).conceal()
		}
		if p.Text("provider") != key {
			store.plain("not the provider")
		}
		store.lost("uploads in an object store are set by variables", "write openWebUI.env: STORAGE_PROVIDER and the variables of the store, with secretKeyRef for the keys")
	}
	made := ""
	if p.At("existingClaim").Empty() {
		made = a.release
	}
	a.storage(volume{claim: p.At("existingClaim"), size: p.At("size"), class: p.At("storageClass"), modes: p.At("accessModes"), made: made, subPath: p.At("subPath")})
	for _, key := range []string{"annotations", "selector"} {
		if p.At(key).Empty() {
			p.At(key).plain("none, as in hearth")
		}
	}
	p.lost("hearth has no field for it", "make the claim by hand, and write storage.existingClaim")
}

// openWebUIIngress is the Ingress of the chat's chart.
func (a *app) openWebUIIngress(n *Node) {
	if n == nil || !n.At("enabled").True() {
		n.plain("turned off")
		return
	}
	n.At("enabled").say(Carried, "expose", "", "")
	r := &route{node: n, kind: "ingress", class: n.At("class"), annotations: n.At("annotations"), tls: n.At("tls"), tlsOn: n.At("tls").True(), secret: n.At("existingSecret")}
	if !r.tlsOn {
		r.secret.plain("no certificate")
		r.secret = nil
	}
	if h := n.At("host"); !h.Empty() {
		r.hosts = append(r.hosts, h)
	}
	r.hosts = append(r.hosts, n.At("additionalHosts").Items()...)
	if n.At("additionalHosts").Empty() {
		n.At("additionalHosts").plain("none, as in hearth")
	}
	if n.At("extraLabels").Empty() {
		n.At("extraLabels").plain("none, as in hearth")
	}
	a.way(r)
}
