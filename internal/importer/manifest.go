package importer

import (
	"cmp"
	"slices"
	"strings"
)

// manifest is a workload as Kubernetes has it.
func (in *importing) manifest(o *object) {
	pod := o.node.At("spec", "template", "spec")
	if o.kind == "Pod" {
		pod = o.node.At("spec")
	}
	for _, c := range pod.At("containers").Items() {
		program := programOf(c.Text("image"), c.Text("name"), o.name)
		if program == "" {
			continue
		}
		r := &release{name: o.name, namespace: o.namespace, values: o.node, object: o}
		a := in.app(program, "", r, o.node, func(a *app) { a.pod(pod, c) })
		for _, s := range in.objects {
			if s.kind == "Service" && a.selected(s) {
				a.services = append(a.services, s.name)
			}
		}
		return
	}
}

// selected reports whether a Service leads to the workload's pods.
func (a *app) selected(s *object) bool {
	selector, labels := s.node.At("spec", "selector"), a.object.node.At("spec", "template", "metadata", "labels")
	if a.object.kind == "Pod" {
		labels = a.object.node.At("metadata", "labels")
	}
	if selector.Empty() || s.namespace != a.object.namespace {
		return false
	}
	return !slices.ContainsFunc(selector.Items(), func(c *Node) bool { return labels.Text(c.key) != c.text })
}

// pod reads a workload, and the objects that belong to it.
func (a *app) pod(pod, container *Node) {
	n := a.object.node
	meta := n.At("metadata")
	n.At("apiVersion").plain(theObject)
	n.At("kind").plain(theObject)
	meta.At("name").plain("hearth names the objects after the program: ollama, open-webui")
	meta.At("namespace").plain("the namespace of the base")
	for _, m := range []*Node{meta, n.At("spec", "template", "metadata")} {
		m.At("name").plain("hearth names the pods")
		a.annotations(m.At("annotations"), "annotations")
		for _, l := range m.At("labels").Items() {
			if slices.Contains([]string{"app", "name", "k8s-app", "component"}, l.key) || strings.HasPrefix(l.key, "app.kubernetes.io/") {
				l.plain("hearth sets the labels that its selectors go by")
			}
		}
		a.annotations(m.At("labels"), "labels")
		m.At("creationTimestamp").plain("of the API server")
	}
	spec := n.At("spec")
	a.replicas = spec.At("replicas")
	for _, key := range []string{"selector", "strategy", "updateStrategy", "serviceName", "revisionHistoryLimit", "podManagementPolicy", "progressDeadlineSeconds", "minReadySeconds"} {
		spec.At(key).plain("hearth's own")
	}
	n.At("status").plain("of the API server")
	a.volumes(pod, container)
	a.container(container)
	for _, c := range pod.At("containers").Items() {
		if c != container {
			a.sidecar(c)
		}
	}
	a.initContainers(pod.At("initContainers"))
	for _, v := range pod.At("volumes").Items() {
		if !v.done() { // of other containers alone
			a.further(further{name: v.Text("name"), claim: v.At("persistentVolumeClaim", "claimName"),
				configMap: v.At("configMap", "name"), secret: v.At("secret", "secretName"), room: v.At("emptyDir")})
			v.At("name").plain("hearth names its volumes")
		}
	}
	a.scheduling(pod)
	a.security(pod.At("securityContext"))
	for _, key := range []string{"serviceAccountName", "serviceAccount", "schedulerName"} {
		pod.At(key).plain("no pod of hearth's gets a token of the cluster")
	}
	a.around()
}

// volumes finds the one that the program keeps its files on.
func (a *app) volumes(pod, container *Node) {
	templates := a.object.node.At("spec", "volumeClaimTemplates")
	for _, e := range container.At("env").Items() { // home asks for it
		if e.Text("name") == "OLLAMA_MODELS" {
			a.vars["OLLAMA_MODELS"] = &variable{name: "OLLAMA_MODELS", node: e, text: e.Text("value")}
		}
	}
	defer delete(a.vars, "OLLAMA_MODELS") // collect reads it in its place
	for _, m := range container.At("volumeMounts").Items() {
		name, where := m.Text("name"), m.Text("mountPath")
		v := named(pod.At("volumes"), name)
		if a.home(where) && a.mount == "" {
			a.data = name
		}
		t := slices.IndexFunc(templates.Items(), func(t *Node) bool { return t.Text("metadata", "name") == name })
		switch home := a.home(where); {
		case home && a.mount == "" && t >= 0:
			template := templates.Items()[t]
			a.mount = where
			s := template.At("spec")
			a.storage(volume{size: s.At("resources", "requests", "storage"), class: s.At("storageClassName"), modes: s.At("accessModes"),
				made: name + "-" + a.object.name + "-0", subPath: m.At("subPath")})
			template.At("metadata", "name").plain("hearth names the claim after the program")
			for _, key := range []string{"apiVersion", "kind"} {
				template.At(key).plain(theObject)
			}
			s.At("volumeMode").plain("Kubernetes' default")
			template.At("status").plain("of the API server")
		case home && a.mount == "" && v.At("persistentVolumeClaim") != nil:
			a.mount = where
			a.storage(volume{claim: v.At("persistentVolumeClaim", "claimName"), subPath: m.At("subPath")})
		case home && a.mount == "" && v.At("emptyDir") != nil:
			a.mount = where
			v.changed(field(a.at("storage")), "the files were in the pod, and hearth has a volume for them", "")
		case home && a.mount == "" && v.At("nfs") != nil:
			a.mount = where
			a.nfs(v, v.At("nfs", "server"), v.At("nfs", "path"))
		case !home && v.At("emptyDir") != nil && (strings.HasPrefix(where, "/tmp") || strings.Contains(where, "cache") || where == "/dev/shm"):
			v.plain("hearth has room for what is written by the way")
		case a.further(further{name: name, mount: m, path: m.At("mountPath"), claim: v.At("persistentVolumeClaim", "claimName"),
			configMap: v.At("configMap", "name"), secret: v.At("secret", "secretName"), room: v.At("emptyDir")}):
			m.At("name").say(Carried, field(a.at("volumes")), "", "")
		default:
			m.lost("hearth has one volume for each program", "write a patch, in patches")
			v.lost("hearth has one volume for each program", "write a patch, in patches")
			if t >= 0 {
				templates.Items()[t].lost("hearth has one volume for each program", "write a patch, in patches")
			}
		}
		v.At("name").plain("hearth names its volumes")
		m.plain("hearth mounts the volume where the program looks")
	}
}

// named is the item of a list with a name.
func named(list *Node, name string) *Node {
	for _, n := range list.Items() {
		if n.Text("name") == name {
			return n
		}
	}
	return nil
}

// around reads the Services of the workload, and the routes to them.
func (a *app) around() {
	for _, o := range a.objects {
		if o.kind == "Service" && a.selected(o) {
			a.manifestService(o)
		}
	}
	for _, o := range a.objects {
		spec := o.node.At("spec")
		switch o.kind {
		case "Ingress":
			b := spec.At("rules").first().At("http", "paths").first().At("backend")
			name := cmp.Or(b.Text("service", "name"), b.Text("serviceName"), spec.Text("defaultBackend", "service", "name"))
			if a.leads(o, name) {
				a.ingress(o.node, spec.At("ingressClassName"), spec.At("rules"), spec.At("tls"), o.node.At("metadata", "annotations"))
				a.routeObject(o)
			}
		case "HTTPRoute":
			if a.leads(o, spec.At("rules").first().At("backendRefs").first().Text("name")) {
				a.httpRoute(spec)
				if a.route.node == spec {
					a.route.annotations = o.node.At("metadata", "annotations")
				}
				a.routeObject(o)
			}
		case "IngressRoute":
			if a.leads(o, spec.At("routes").first().At("services").first().Text("name")) {
				a.ingressRoute(o)
				a.routeObject(o)
			}
		}
	}
}

// leads reports whether a route to a Service leads to the workload.
func (a *app) leads(o *object, service string) bool {
	return o.namespace == a.object.namespace && slices.Contains(a.services, service)
}

func (a *app) routeObject(o *object) {
	o.node.At("apiVersion").plain(theObject)
	o.node.At("kind").plain(theObject)
	meta := o.node.At("metadata")
	meta.At("name").plain("hearth names the route; expose.name gives another")
	meta.At("namespace").plain("the namespace of the base")
	for _, l := range meta.At("labels").Items() {
		if l.key == "app" || strings.HasPrefix(l.key, "app.kubernetes.io/") {
			l.plain("hearth sets the labels that its selectors go by")
		}
	}
	meta.At("labels").lost("hearth's route has the labels of the base", "write labels of the base")
}

func (a *app) manifestService(o *object) {
	n, spec := o.node, o.node.At("spec")
	n.At("apiVersion").plain(theObject)
	n.At("kind").plain(theObject)
	meta := n.At("metadata")
	if name := meta.At("name"); name.String() != a.programName() {
		name.changed("", "the Service of hearth's is "+a.programName(), "clients in the cluster have to ask there")
	}
	meta.At("name").plain("hearth's own, " + a.programName())
	meta.At("namespace").plain("the namespace of the base")
	for _, l := range meta.At("labels").Items() {
		l.plain("hearth sets the labels that its selectors go by")
	}
	a.service(spec.At("type"), meta.At("annotations"), spec.At("loadBalancerIP"), spec.At("loadBalancerClass"), spec.At("externalTrafficPolicy"))
	for _, p := range spec.At("ports").Items() {
		a.servicePort(p.At("port"))
		if spec.Text("type") == "NodePort" {
			p.At("nodePort").lost("the cluster chooses the node's port", "write a patch, in patches")
		}
		p.plain("the program's own port")
	}
	spec.At("selector").plain("hearth's own")
	for _, key := range []string{"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy", "sessionAffinity"} {
		spec.At(key).plain("the cluster's to choose")
	}
	n.At("status").plain("of the API server")
}

// ingressRoute is Traefik's own route.
func (a *app) ingressRoute(o *object) {
	spec := o.node.At("spec")
	r := &route{node: o.node, kind: "ingressRoute", annotations: o.node.At("metadata", "annotations"), entries: spec.At("entryPoints"), tls: spec.At("tls")}
	for i, way := range spec.At("routes").Items() {
		match := way.At("match")
		way.At("kind").plain("a rule")
		for _, s := range way.At("services").Items() {
			s.plain("the Service of the program")
		}
		host, ok := hostOf(match.String())
		if i > 0 || !ok {
			match.lost("hearth's route is for one host, and nothing else", "write the IngressRoute into resources")
			continue
		}
		r.hosts = append(r.hosts, &Node{file: match.file, line: match.line, path: match.path, key: match.key, text: host})
		match.say(Carried, field(a.of("expose", "host")), "", "")
		way.At("middlewares").lost("a Middleware decides who gets in, and hearth writes its own", "write expose.traefik.basicAuth, forwardAuth, allowList or rateLimit")
	}
	if r.tls != nil {
		r.tlsOn = true
		r.secret, r.resolver = r.tls.At("secretName"), r.tls.At("certResolver")
	}
	a.way(r)
	if a.route == r {
		a.doc.set(a.of("expose", "traefik", "route"), "ingressRoute")
		if e := r.entries; !e.Empty() {
			if leaves := e.leaves(); len(leaves) == 1 && leaves[0].text == "websecure" && r.tls != nil {
				e.plain("hearth's default")
			} else {
				a.doc.carry(a.of("expose", "traefik", "entryPoints"), e.Value(), e)
			}
		}
	}
}

// hostOf is the host of a rule that is one host and nothing else.
func hostOf(match string) (string, bool) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(match), "Host(")
	host, ok2 := strings.CutSuffix(rest, ")")
	host = strings.Trim(host, "`\"'")
	return host, ok && ok2 && !strings.ContainsAny(host, "`()|&, ")
}
