package importer

import (
	"slices"
	"strings"
)

// ollamaChartKeys are the values' first keys that readOllamaChart knows. Source:
// values.yaml of otwld/ollama-helm.
var ollamaChartKeys = []string{
	"affinity", "autoscaling", "deployment", "dnsConfig", "dnsPolicy", "enabled", "extraArgs", "extraEnv", "extraEnvFrom", "extraObjects",
	"fullnameOverride", "hostAliases", "hostIPC", "hostNetwork", "hostPID", "httpRoute", "gateway", "image", "imagePullSecrets", "ingress", "initContainers", "knative", "lifecycle",
	"livenessProbe", "nameOverride", "namespaceOverride", "nodeSelector", "ollama", "persistentVolume", "podAnnotations", "podLabels",
	"podSecurityContext", "priorityClassName", "readinessProbe", "replicaCount", "resources", "runtimeClassName", "securityContext", "service",
	"serviceAccount", "terminationGracePeriodSeconds", "test", "tests", "tolerations", "topologySpreadConstraints", "updateStrategy", "volumeMounts", "volumes",
}

// readOllamaChart reads the values of otwld/ollama-helm, and the part ollama of
// Open WebUI's chart, which is the same.
func readOllamaChart(a *app) {
	v := a.values
	image := v.At("image")
	a.image(image.At("registry"), image.At("repository"), image.At("tag"), image.At("digest"), image.At("pullPolicy"))
	a.collect(v.At("extraEnv"))
	a.from(v.At("extraEnvFrom"))
	a.resources(v.At("resources"))
	a.gpu(v.At("ollama", "gpu"))
	a.chartModels(v.At("ollama"))
	a.scheduling(v)
	a.security(v.At("securityContext"), v.At("podSecurityContext"))
	a.annotations(v.At("podAnnotations"), "annotations")
	a.annotations(v.At("podLabels"), "labels")
	a.annotations(v.At("deployment", "labels"), "labels")
	a.annotations(v.At("deployment", "annotations"), "annotations")
	probes(v)
	a.replicas = v.At("replicaCount")
	a.persistentVolume(v.At("persistentVolume"))
	a.chartService(v.At("service"))
	a.chartIngress(v.At("ingress"))
	a.initContainers(v.At("initContainers"))
	a.script(v.At("lifecycle"))
	for _, key := range []string{"autoscaling", "knative", "gateway", "httpRoute", "test", "tests"} {
		off(v.At(key), "enabled")
	}
	if v.At("httpRoute", "enabled").True() {
		a.httpRoute(v.At("httpRoute"))
	}
	a.names(v)
	chartRest(v)
	strange(v, ollamaChartKeys)
}

// strange says of values that the chart has none of the name.
func strange(v *Node, keys []string) {
	for _, c := range v.Items() {
		if !slices.Contains(keys, c.key) {
			c.lost("the chart has no value of this name, as far as hearth knows: it may be of another version, or misspelt", "")
		}
	}
}

// names are overrides of names: an Ollama has its own in the stack.
func (a *app) names(v *Node) {
	for _, key := range []string{"nameOverride", "fullnameOverride"} {
		n := v.At(key)
		if n.Empty() {
			n.plain("no name")
			continue
		}
		a.services = append(a.services, n.text)
		if own, _ := a.override(); own == n && a.called != programOllama {
			a.doc.change(a.at("name"), a.called, n, "of the Service, the Deployment and the claim", "")
			continue
		}
		n.plain("hearth names the objects after the program: ollama, open-webui")
	}
	v.At("namespaceOverride").plain("the namespace of the base")
	v.At("enabled").plain("it is in the stack")
}

// chartRest says of what both charts have and hearth needs no field for.
func chartRest(v *Node) {
	account := v.At("serviceAccount")
	for _, key := range []string{"enable", "create", "automount", "automountServiceAccountToken", "name", "annotations"} {
		n := account.At(key)
		if key == "annotations" && !n.Empty() {
			n.lost("a cloud's identity by the account's annotation is not hearth's", "write a patch, in patches")
		}
		n.plain("no pod of hearth's gets a token of the cluster")
	}
	for _, key := range []string{"updateStrategy", "strategy", "workload", "revisionHistoryLimit", "clusterDomain"} {
		v.At(key).plain("follows from the volume, which is one pod's")
	}
	for _, key := range []string{"extraArgs", "volumes", "volumeMounts", "extraObjects", "extraResources", "hostAliases", "command", "args"} {
		if n := v.At(key); n.Empty() || len(n.leaves()) > 0 && !slices.ContainsFunc(n.leaves(), func(l *Node) bool { return l.text != "" }) {
			n.plain("none, as in hearth")
		}
	}
	for _, key := range []string{"extraObjects", "extraResources"} {
		v.At(key).lost("an object beside the stack", "write it into resources, of the base or of an overlay")
	}
}

// gpu is the chart's accelerator.
func (a *app) gpu(n *Node) {
	if n == nil {
		return
	}
	if !n.At("enabled").True() {
		n.plain("turned off")
		return
	}
	at := a.at("accelerator")
	kind := n.Text("type")
	if kind == "" {
		kind = "nvidia"
	}
	a.doc.set(at.with("type"), kind)
	a.doc.note(at.with("type"), n.At("type"))
	n.At("enabled").say(Carried, field(at), "", "")
	n.At("type").say(Carried, field(at.with("type")), "", "")
	if number := n.At("number"); number != nil && number.text != "1" {
		a.doc.carry(at.with("count"), scalar(number.text), number)
	}
	n.At("number").plain("hearth's default")
	if name := n.At("nvidiaResource"); name != nil && name.text != "nvidia.com/gpu" && kind == "nvidia" {
		a.doc.carry(at.with("resourceName"), name.text, name)
	}
	n.At("nvidiaResource").plain("hearth's default")
	off(n.At("mig"), "enabled")
	n.At("draEnabled").plain("turned off")
	for _, key := range []string{"mig", "draDriverClass", "draExistingClaimTemplate"} {
		if n.At(key).Empty() {
			n.At(key).plain("none, as in hearth")
		}
	}
}

// chartModels are those that the chart pulls, and what it does with them.
func (a *app) chartModels(o *Node) {
	models := o.At("models")
	lists := []*Node{models.At("pull"), models.At("run")}
	if models != nil && models.sequence { // the chart before 1.0
		lists = []*Node{models}
	}
	for _, list := range lists {
		if list.Empty() {
			list.plain("none")
		}
		for _, m := range list.Items() {
			a.model(m.text, m)
		}
	}
	if m := o.At("defaultModel"); m != nil { // the first versions of the chart
		a.model(m.text, m)
	}
	if c := models.At("create"); c != nil {
		if c.Empty() {
			c.plain("none")
		}
		a.customModels(c)
	}
	models.At("clean").plain("hearth removes no model by itself")
	if models.At("clean").True() {
		models.At("clean").resay(NotExpressible, "", "hearth removes no model by itself", "ollama rm")
	}
	if n := o.At("insecure"); n.True() {
		n.lost("hearth pulls by https alone", "write caBundle for a registry with a private certificate")
	}
	o.At("insecure").plain("hearth's default")
	switch mount := o.At("mountPath"); {
	case mount.Empty():
		mount.plain("hearth mounts the volume where Ollama looks")
	default:
		a.mount = mount.text
		mount.plain("hearth mounts the volume where Ollama looks")
	}
	if p := o.At("port"); p != nil && p.text != "11434" {
		p.changed("", "Ollama of hearth's listens on 11434", "")
	}
	o.At("port").plain("hearth's own, 11434")
	if models.Empty() {
		models.plain("none")
	}
}

// customModels are made from others by a Modelfile.
func (a *app) customModels(c *Node) {
	for _, m := range c.Items() {
		template := m.At("template")
		if a.custom(m.At("name"), template) {
			continue
		}
		for line := range strings.Lines(template.String()) {
			if from, ok := strings.CutPrefix(strings.TrimSpace(line), "FROM "); ok && !strings.HasPrefix(strings.TrimSpace(from), "/") {
				a.model(strings.TrimSpace(from), nil)
			}
		}
		m.lost("a model made by a Modelfile is not read; what it is made from is in models", "write it as ollama.customModels, or make it by ollama create")
	}
}

// persistentVolume is the chart's.
func (a *app) persistentVolume(p *Node) {
	if p == nil || !p.At("enabled").True() {
		p.plain("turned off: the chart kept the models in the pod, and hearth has a volume for them")
		return
	}
	p.At("enabled").say(Carried, field(a.at("storage")), "", "")
	made := ""
	if p.At("existingClaim").Empty() {
		made = a.services[len(a.services)-1]
	}
	a.storage(volume{claim: p.At("existingClaim"), size: p.At("size"), class: p.At("storageClass"), modes: p.At("accessModes"), made: made, subPath: p.At("subPath")})
	for _, key := range []string{"annotations", "volumeMode", "volumeName", "selector"} {
		if p.At(key).Empty() {
			p.At(key).plain("none, as in hearth")
		}
	}
	p.lost("hearth has no field for it", "make the claim by hand, and write storage.existingClaim")
}

// chartService is the Service of either chart.
func (a *app) chartService(s *Node) {
	if s == nil {
		return
	}
	a.service(s.At("type"), s.At("annotations"), s.At("loadBalancerIP"), s.At("loadBalancerClass"), s.At("externalTrafficPolicy"))
	a.servicePort(s.At("port"))
	s.At("containerPort").plain("the program's own")
	if kind := s.Text("type"); kind == "NodePort" {
		s.At("nodePort").lost("the cluster chooses the node's port", "write a patch, in patches")
	}
	s.At("nodePort").plain("of a NodePort alone")
	if s.At("labels").Empty() {
		s.At("labels").plain("none, as in hearth")
	}
}

// chartIngress is the Ingress of Ollama's chart.
func (a *app) chartIngress(n *Node) {
	if n == nil || !n.At("enabled").True() {
		n.plain("turned off")
		return
	}
	n.At("enabled").say(Carried, "expose", "", "")
	a.ingress(n, n.At("className"), n.At("hosts"), n.At("tls"), n.At("annotations"))
}

// ingress is one in the form of charts' values and of Kubernetes.
func (a *app) ingress(n, class, hosts, tls, annotations *Node) {
	r := &route{node: n, kind: "ingress", class: class, annotations: annotations, tls: tls}
	for _, h := range hosts.Items() {
		if h.mapping {
			r.hosts = append(r.hosts, h.At("host"))
			for _, p := range h.At("paths").Items() {
				r.paths(p)
			}
			for _, p := range h.At("http", "paths").Items() {
				r.paths(p)
			}
			continue
		}
		r.hosts = append(r.hosts, h)
	}
	r.hosts = slices.DeleteFunc(r.hosts, func(h *Node) bool { return h == nil })
	for _, t := range tls.Items() {
		r.tlsOn = true
		if s := t.At("secretName"); !s.Empty() && r.secret == nil {
			r.secret = s
		}
		t.At("hosts").plain("the hosts of the route")
	}
	a.way(r)
}

// paths are the whole host, as hearth's.
func (r *route) paths(p *Node) {
	if text := p.Text("path"); p.mapping && text != "" && text != "/" {
		p.At("path").lost("a route of hearth's is for the whole host", "write a route into resources")
	}
	p.plain("the whole host, as in hearth")
}

// httpRoute is one of Gateway API, in the form of charts' values and of the API.
func (a *app) httpRoute(n *Node) {
	r := &route{node: n, kind: "gateway", annotations: n.At("annotations"), labels: n.At("labels"), parents: n.At("parentRefs").Items()}
	r.hosts = append(r.hosts, n.At("hostnames").Items()...)
	for _, key := range []string{"enabled", "apiVersion", "kind"} {
		n.At(key).plain("a route, as hearth writes it")
	}
	if n.At("labels").Empty() {
		n.At("labels").plain("none, as in hearth")
		r.labels = nil
	}
	for _, rule := range n.At("rules").Items() {
		rule.At("backendRefs").plain("the Service of the program")
		for _, m := range rule.At("matches").Items() {
			if m.Text("path", "value") == "/" && len(m.Items()) == 1 {
				m.plain("the whole host, as in hearth")
			}
		}
		if t := rule.At("timeouts", "request"); t != nil && known("expose", "gateway", "requestTimeout") && t.text != "0s" {
			a.doc.carry(a.of("expose", "gateway", "requestTimeout"), t.text, t)
		}
		rule.At("timeouts").plain("hearth's default is an hour")
	}
	for _, m := range n.At("matches").Items() {
		if m.Text("path", "value") == "/" {
			m.plain("the whole host, as in hearth")
		}
	}
	for _, key := range []string{"filters", "additionalRules"} {
		if n.At(key).Empty() {
			n.At(key).plain("none, as in hearth")
		}
	}
	n.At("httpsRedirect").plain("hearth's default where there is TLS")
	a.way(r)
}
