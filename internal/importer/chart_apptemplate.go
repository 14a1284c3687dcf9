package importer

import (
	"cmp"
	"slices"
	"strings"
)

// programOf is the program of a container: by its image, else by a name. "" is
// neither.
func programOf(image string, names ...string) string {
	_, repository, _, _ := splitImage(image)
	base := repository[strings.LastIndex(repository, "/")+1:]
	switch {
	case base == "open-webui" || strings.HasPrefix(base, "open-webui-"):
		return programChat
	case base == "ollama" || strings.HasPrefix(base, "ollama-"):
		return programOllama
	case repository != "" && !strings.Contains(repository, "ollama") && !strings.Contains(repository, "ipex") && !strings.Contains(repository, "webui"):
		return ""
	}
	for _, name := range names {
		switch name = strings.ReplaceAll(strings.ToLower(name), "-", ""); {
		case strings.Contains(name, "openwebui"):
			return programChat
		case strings.Contains(name, "ollama"):
			return programOllama
		}
	}
	return ""
}

// imageOf is a container's image as one text, whether it is one or in parts.
func imageOf(n *Node) string {
	if n != nil && !n.mapping {
		return n.text
	}
	text := strings.TrimPrefix(n.Text("registry")+"/"+n.Text("repository"), "/")
	if tag := n.Text("tag"); tag != "" {
		text += ":" + tag
	}
	return text
}

// appTemplate finds the workloads of bjw-s' app-template: a controller whose
// container runs one of the programs.
func (in *importing) appTemplate(r *release) {
	found := 0
	for _, c := range r.values.At("controllers").Items() {
		if off(c, "enabled") {
			continue
		}
		for _, container := range c.At("containers").Items() {
			program := programOf(imageOf(container.At("image")), c.key, r.name)
			if program == "" {
				continue
			}
			found++
			a := in.app(program, chartAppTemplate, r, r.values, func(a *app) { a.controller(c, container) })
			a.services = append(a.services, c.key, r.name+"-"+c.key, r.name+"-app")
			for _, s := range r.values.At("service").Items() {
				a.services = append(a.services, r.name+"-"+s.key)
			}
			break
		}
	}
	if found == 0 {
		r.values.lost("no controller of it runs Ollama or Open WebUI", "deploy it beside the stack")
	}
}

// controller reads one controller of app-template and what leads to it.
func (a *app) controller(c, container *Node) {
	v := a.values
	only := len(v.At("controllers").Items()) == 1
	c.At("type").plain("follows from the volume, which is one pod's")
	c.At("enabled").plain("it is in the stack")
	for _, key := range []string{"strategy", "rollingUpdate", "statefulset", "revisionHistoryLimit"} {
		if key != "statefulset" || c.At(key, "volumeClaimTemplates") == nil {
			c.At(key).plain("follows from the volume, which is one pod's")
		}
	}
	a.replicas = c.At("replicas")
	a.annotations(c.At("annotations"), "annotations")
	a.annotations(c.At("labels"), "labels")
	a.container(container)
	for _, other := range c.At("containers").Items() {
		if other != container {
			a.sidecar(other)
		}
	}
	a.initContainers(c.At("initContainers"))
	for _, pod := range []*Node{c.At("pod"), v.At("defaultPodOptions")} {
		a.annotations(pod.At("annotations"), "annotations")
		a.annotations(pod.At("labels"), "labels")
		a.scheduling(pod)
		a.security(pod.At("securityContext"))
	}
	v.At("defaultPodOptionsStrategy").plain("the options are read together")
	for _, p := range v.At("persistence").Items() {
		a.persistence(p, c.key, container.key, only)
	}
	for _, s := range v.At("service").Items() {
		a.templateService(s, c.key, only)
	}
	mine := func(backend string) bool { return only || backend == "" || a.serves(backend, c.key) }
	for _, n := range v.At("ingress").Items() {
		if off(n, "enabled") || !mine(n.At("hosts").first().At("paths").first().Text("service", "identifier")) {
			continue
		}
		n.At("enabled").say(Carried, "expose", "", "")
		a.ingress(n, n.At("className"), n.At("hosts"), n.At("tls"), n.At("annotations"))
	}
	for _, n := range v.At("route").Items() {
		if off(n, "enabled") || !mine(n.At("rules").first().At("backendRefs").first().Text("identifier")) {
			continue
		}
		a.httpRoute(n)
	}
	v.At("global").plain("hearth names the objects after the program")
	v.At("serviceAccount").plain("no pod of hearth's gets a token of the cluster")
	v.At("secrets").conceal()
}

// first is the first item; nil if there is none.
func (n *Node) first() *Node {
	if items := n.Items(); len(items) > 0 {
		return items[0]
	}
	return nil
}

// serves reports whether a Service of app-template leads to the controller.
func (a *app) serves(service, controller string) bool {
	s := a.values.At("service", service)
	return s != nil && cmp.Or(s.Text("controller"), service) == controller
}

// container reads the one that runs the program, of app-template and of a pod.
func (a *app) container(c *Node) {
	if image := c.At("image"); image != nil && image.mapping {
		a.image(image.At("registry"), image.At("repository"), image.At("tag"), image.At("digest"), image.At("pullPolicy"))
	} else {
		a.image(nil, image, nil, nil, c.At("imagePullPolicy"))
	}
	a.collect(c.At("env"))
	a.from(c.At("envFrom"))
	a.resources(c.At("resources"))
	a.security(c.At("securityContext"))
	probes(c)
	c.At("name").plain("hearth names the container after the program")
	c.At("ports").plain("the program's own port")
	for _, key := range []string{"command", "args", "lifecycle", "workingDir"} {
		n := c.At(key)
		if n.Empty() {
			n.plain("none, as in hearth")
		}
		if a.script(n) {
			continue
		}
		if leaves := n.leaves(); len(leaves) > 0 && leaves[len(leaves)-1].text == "serve" && a.program == programOllama && len(leaves) < 3 {
			n.plain("as the image starts")
		}
		if key == "command" || key == "args" {
			a.words(key, n)
		}
	}
	c.At("terminationMessagePath").plain("Kubernetes' default")
	c.At("terminationMessagePolicy").plain("Kubernetes' default")
}

// words carries a command or its arguments. A text is split by nobody.
func (a *app) words(key string, n *Node) {
	if n != nil && !n.done() {
		a.wordsAt(a.at(key), n)
	}
}

func (a *app) wordsAt(at path, n *Node) {
	var list []any
	for _, leaf := range n.leaves() {
		list = append(list, leaf.text)
	}
	a.doc.carry(at, list, n)
}

// sidecar is another container of the pod.
func (a *app) sidecar(c *Node) {
	if a.extra("sidecars", cmp.Or(c.Text("name"), c.key), c) {
		return
	}
	c.lost("the pod of hearth's has one container", "deploy it as a pod of its own, and name it in allowTo; or write a patch, in patches")
}

// initContainers are those that pull models, which hearth does itself, and others.
func (a *app) initContainers(n *Node) {
	if n.Empty() {
		n.plain("none, as in hearth")
		return
	}
	for _, c := range n.Items() {
		if !a.script(c) && !a.extra("initContainers", cmp.Or(c.Text("name"), c.key), c) {
			c.lost("hearth has no init containers of others", "make what it prepares before the first deploy, or write a patch, in patches")
		}
	}
}

// persistence is one volume of app-template.
func (a *app) persistence(p *Node, controller, container string, only bool) {
	if off(p, "enabled") {
		return
	}
	mounts := p.At("globalMounts").Items()
	advanced := p.At("advancedMounts", controller)
	if advanced != nil {
		mounts = append(slices.Clone(mounts), advanced.At(container).Items()...)
		if len(mounts) == 0 {
			mounts = advanced.leafMounts()
		}
	} else if p.At("advancedMounts") != nil {
		if !only {
			return // of another controller
		}
		for _, c := range p.At("advancedMounts").Items() {
			mounts = append(slices.Clone(mounts), c.leafMounts()...)
		}
	}
	where := "/" + p.key
	var sub, mount *Node
	for _, m := range mounts {
		if path := m.Text("path"); path != "" && (len(mounts) == 1 || a.home(path)) {
			where, sub, mount = path, m.At("subPath"), m
		}
	}
	defer func() { a.templateMounts(p, controller, p.key == a.data) }()
	kind := cmp.Or(p.Text("type"), "persistentVolumeClaim")
	switch {
	case kind == "emptyDir" && (strings.HasPrefix(where, "/tmp") || strings.Contains(where, "cache")):
		p.plain("hearth has room for what is written by the way")
	case kind == "hostPath" && strings.HasPrefix(p.Text("hostPath"), "/dev/"):
		p.lost("a device of the node is a device plugin's to give", "write ollama.accelerator: {type: intel}, and groups for the device files")
	case (!a.home(where) || a.mount != "") && a.template(p, kind, mount):
	case !a.home(where):
		p.lost("hearth has one volume for each program", "write a patch, in patches")
	case a.mount != "":
		p.lost("a second volume for the same files: "+a.mount+" is taken", "write a patch, in patches")
	case kind == "emptyDir":
		a.mount, a.data = where, p.key
		p.changed(field(a.at("storage")), "the files were in the pod, and hearth has a volume for them", "")
	case kind == "nfs":
		a.mount, a.data = where, p.key
		a.nfs(p, p.At("server"), p.At("path"))
	case kind != "persistentVolumeClaim":
		p.lost("hearth keeps the files of a program on a claim", "make a volume and a claim by hand, and write storage.existingClaim")
	default:
		a.mount, a.data = where, p.key
		made := ""
		if p.At("existingClaim").Empty() {
			made = a.release
			if len(a.values.At("persistence").Items()) > 1 {
				made += "-" + p.key
			}
		}
		a.storage(volume{claim: p.At("existingClaim"), size: p.At("size"), class: p.At("storageClass"), modes: p.At("accessMode"), made: made, subPath: sub})
	}
	for _, key := range []string{"enabled", "type", "globalMounts", "advancedMounts", "retain"} {
		p.At(key).plain("hearth mounts the volume where the program looks")
	}
	for _, key := range []string{"annotations", "labels"} {
		if p.At(key).Empty() {
			p.At(key).plain("none, as in hearth")
		}
	}
}

// leafMounts are the mounts of all containers of a controller.
func (n *Node) leafMounts() []*Node {
	var all []*Node
	for _, c := range n.Items() {
		all = append(all, c.Items()...)
	}
	return all
}

// nfs is a share, which has a field for models alone.
func (a *app) nfs(p, server, share *Node) {
	if known(a.program, "storage", "nfs") && a.program == programOllama {
		a.doc.carry(a.at("storage", "nfs", "server"), server.String(), server)
		a.doc.carry(a.at("storage", "nfs", "path"), share.String(), share)
		return
	}
	a.notef("%s keeps its files on NFS, %s:%s: make a PersistentVolume and a claim of it, and write %s", a.where(), server.String(), share.String(), field(a.at("storage", "existingClaim")))
	p.lost("hearth keeps the files of a program on a claim", "write the PersistentVolume of the share and its claim into an overlay's resources, and name it in storage.existingClaim")
}

// templateService is one Service of app-template.
func (a *app) templateService(s *Node, controller string, only bool) {
	if off(s, "enabled") || !only && cmp.Or(s.Text("controller"), s.key) != controller {
		return
	}
	s.At("controller").plain("the program's")
	s.At("enabled").plain("hearth has a Service for each program")
	s.At("primary").plain("hearth has a Service for each program")
	a.service(s.At("type"), s.At("annotations"), s.At("loadBalancerIP"), s.At("loadBalancerClass"), s.At("externalTrafficPolicy"))
	for _, p := range s.At("ports").Items() {
		if off(p, "enabled") {
			continue
		}
		a.servicePort(p.At("port"))
		for _, key := range []string{"targetPort", "protocol", "primary", "enabled", "appProtocol"} {
			p.At(key).plain("the program's own port")
		}
	}
}
