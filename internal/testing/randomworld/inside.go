package randomworld

import "fmt"

// Draw is the list that a seed makes.
func Draw(seed []byte) []Object {
	w := &world{seed: seed, taken: map[string]bool{}}
	w.spaces = [][]string{{"ai"}, {""}, {"ai", "edge"}, {"", "edge"}, {"ai", "edge", "default"}, {"", "default"}}[w.n(6)]
	w.ollama()
	if w.in(2) {
		w.chat()
	}
	if w.in(3) {
		w.pod("Deployment", "bystander", 6379, Object{"image": "docker.io/library/redis:7", "ports": list{Object{"containerPort": 6379, "name": "http"}}}, nil)
	}
	for range 1 + w.n(4) {
		w.service()
	}
	if w.in(3) {
		w.relay()
	}
	for range 1 + w.n(2) {
		pick(w, w.ingress, w.ingressRoute, w.ingressRoute, w.ingressRouteTCP, w.gatewayRoute, w.gatewayRoute,
			w.virtualServer, w.virtualServer, w.transportServer, w.virtualService, w.openShiftRoute, w.entrance)()
	}
	return w.plain()
}

func (w *world) space() string { return pick(w, w.spaces...) }

// names of Services: few, so that a reference mostly finds one.
var services = []string{"ollama", "chat", "a", "b"}

// pod adds an object with one pod of one container.
func (w *world) pod(kind, app string, port int, container, more Object) {
	namespace := w.space()
	w.pods = append(w.pods, pod{app, namespace, port})
	container["name"] = app
	spec := Object{"containers": list{container}}
	for key, value := range more {
		spec[key] = value
	}
	labels := Object{"app": app}
	if kind == "Pod" {
		w.add("v1", kind, namespace, app, Object{"metadata": Object{"labels": labels}, "spec": spec})
		return
	}
	w.add("apps/v1", kind, namespace, app, Object{"spec": Object{
		"selector": Object{"matchLabels": labels},
		"template": Object{"metadata": Object{"labels": labels}, "spec": spec},
	}})
}

func (w *world) ollama() {
	port := Object{"containerPort": 11434, "name": "http"}
	c := Object{"image": "ollama/ollama:0.12.0", "ports": list{port}}
	if w.in(8) {
		listen := pick(w, "0.0.0.0", "0.0.0.0:8000", ":8000", "127.0.0.1", "127.0.0.1:11434")
		c["env"] = list{Object{"name": "OLLAMA_HOST", "value": listen}}
		if listen == "0.0.0.0:8000" || listen == ":8000" {
			port["containerPort"] = 8000
		}
	}
	more := Object{}
	switch w.n(16) {
	case 15:
		port["hostPort"] = 11434
		if w.in(3) {
			port["hostIP"] = "127.0.0.1"
		}
	case 14:
		more["hostNetwork"] = true
	}
	w.pod(pick(w, "Pod", "Deployment", "StatefulSet", "DaemonSet"), "ollama", port["containerPort"].(int), c, more)
}

func (w *world) chat() {
	env := list{Object{"name": "WEBUI_AUTH", "value": pick(w, "true", "True", "false", "no", "0", "")}}
	env = append(env, Object{"name": "ENABLE_SIGNUP", "value": pick(w, "false", "0", "true", "False")},
		Object{"name": "DEFAULT_USER_ROLE", "value": "user"},
		Object{"name": "OLLAMA_BASE_URL", "value": "http://ollama:11434"})
	w.pod(pick(w, "Deployment", "StatefulSet", "Pod"), "chat", 8080, Object{"image": "ghcr.io/open-webui/open-webui:0.9.4", "env": env,
		"ports": list{Object{"containerPort": 8080, "name": "http"}}}, nil)
}

// relay adds a pod that passes requests on, and mostly a Service of it.
func (w *world) relay() {
	namespace, host, port := w.numbered()
	if len(w.spaces) > 1 || w.in(2) {
		host += "." + in(namespace) + pick(w, "", ".svc", ".svc.cluster.local")
	}
	to := fmt.Sprintf("%s:%d", host, port)
	c := pick(w,
		Object{"image": "alpine/socat:1.8.0.0", "args": list{"TCP-LISTEN:9000,fork,reuseaddr", "TCP:" + to}},
		Object{"image": "caddy:2", "command": list{"caddy", "reverse-proxy", "--from", ":9000", "--to", to}},
		Object{"image": "quay.io/oauth2-proxy/oauth2-proxy:v7.6.0", "args": list{"--http-address=0.0.0.0:9000", "--upstream=http://" + to}},
		Object{"image": "example.com/gateway:1", "env": list{Object{"name": "UPSTREAM", "value": "http://" + to}}},
	)
	c["ports"] = list{Object{"containerPort": 9000, "name": "http"}}
	w.pod("Deployment", "relay", 9000, c, nil)
	if o := w.objects[len(w.objects)-1]; w.n(4) > 0 {
		ns, _ := o["metadata"].(Object)["namespace"].(string)
		spec := Object{"selector": Object{"app": "relay"}, "ports": list{Object{"port": pick(w, 80, 11434, 8080), "targetPort": pick[any](w, 9000, "http")}}}
		w.opened(spec, w.in(2))
		w.add("v1", "Service", ns, pick(w, "relay", "a", "b"), Object{"spec": spec})
	}
}

// entrance adds a Service that opens one of its own.
func (w *world) entrance() { w.serviceOf(true) }

func (w *world) service() { w.serviceOf(w.in(8)) }

func (w *world) serviceOf(opened bool) {
	namespace, name := w.space(), pick(w, services...)
	port := Object{"port": pick(w, 80, 11434, 8080)}
	spec := Object{"ports": list{port}}
	o := Object{"spec": spec}
	if w.in(2) {
		port["name"] = "http"
	}
	if w.in(16) {
		port["protocol"] = "UDP"
	}
	switch w.n(8) {
	case 7:
		spec["type"] = "ExternalName"
		spec["externalName"] = pick(w, w.other(), "api.example.net")
		if w.in(3) {
			delete(spec, "ports")
		}
	case 6:
		w.endpoints(namespace, name, port)
		w.opened(spec, opened)
	case 5:
		spec["clusterIP"] = "None"
		fallthrough
	default:
		p := pick(w, w.pods...)
		switch {
		case w.in(12):
			p.app = "nothing"
		case !w.in(6):
			namespace = p.namespace
		}
		spec["selector"] = Object{"app": p.app}
		if target := pick[any](w, p.port, p.port, p.port, "http", "http", "http", 11434, 8080, "metrics", nil); target != nil {
			port["targetPort"] = target
		}
		if spec["clusterIP"] == nil {
			w.opened(spec, opened)
		}
		if w.in(16) {
			w.endpoints(namespace, name, port)
		}
		if w.in(4) {
			spec["ports"] = append(list{Object{"port": 9090, "name": "metrics", "targetPort": 9090}}, port)
			port["name"] = "http"
		}
	}
	if opened {
		switch w.n(8) {
		case 5:
			o["metadata"] = Object{"annotations": pick(w, Object{"service.beta.kubernetes.io/aws-load-balancer-scheme": "internal"},
				Object{"service.beta.kubernetes.io/azure-load-balancer-internal": "true"},
				Object{"networking.gke.io/load-balancer-type": "Internal"})}
		case 6:
			o["metadata"] = Object{"annotations": Object{"tailscale.com/expose": "true"}}
		}
	}
	w.add("v1", "Service", namespace, name, o)
}

// other is a Service by its name in DNS.
func (w *world) other() string {
	namespace, name, _ := w.somewhere()
	return fmt.Sprintf("%s.%s.svc.cluster.local", name, in(namespace))
}

// opened opens a Service to the outside, or not.
func (w *world) opened(spec Object, do bool) {
	if !do {
		return
	}
	switch w.n(4) {
	case 0:
		spec["type"] = "LoadBalancer"
		if w.in(3) {
			spec["loadBalancerSourceRanges"] = pick(w, list{"10.0.0.0/8"}, list{"0.0.0.0/0"}, list{"0.0.0.0/1", "128.0.0.0/1"}, list{"192.168.0.0/16", "10.0.0.0/8"})
		}
		if w.in(8) {
			spec["loadBalancerClass"] = "tailscale"
		}
	case 1:
		spec["type"] = "NodePort"
	case 2:
		spec["externalIPs"] = pick(w, list{"203.0.113.7"}, list{"192.168.1.20"}, list{"10.0.0.9", "203.0.113.7"})
	}
}

// endpoints adds what a person writes for a Service without a selector.
func (w *world) endpoints(namespace, name string, port Object) {
	p := pick(w, w.pods...)
	target := Object{"kind": "Pod", "name": p.app, "namespace": in(pick(w, p.namespace, p.namespace, namespace))}
	to := Object{"port": pick(w, p.port, p.port, 11434, 8080)}
	if port["name"] != nil && !w.in(8) {
		to["name"] = port["name"]
	}
	address := "10.42.0.7"
	known := !w.in(4)
	switch w.n(4) {
	case 3:
		a := Object{"ip": address}
		if known {
			a["targetRef"] = target
		}
		w.add("v1", "Endpoints", namespace, name, Object{"subsets": list{Object{"addresses": list{a}, "ports": list{to}}}})
	case 2: // none
	default:
		e := Object{"addresses": list{address}}
		if known {
			e["targetRef"] = target
		}
		w.add("discovery.k8s.io/v1", "EndpointSlice", namespace, name+"-1", Object{
			"metadata":    Object{"labels": Object{"kubernetes.io/service-name": name}},
			"addressType": "IPv4", "endpoints": list{e}, "ports": list{to},
		})
	}
}

// somewhere is a Service, one of those that are there if it can be: its
// namespace, name and a port of it, mostly.
func (w *world) somewhere() (namespace, name string, port any) {
	var there []Object
	for _, o := range w.objects {
		if o["kind"] == "Service" {
			there = append(there, o)
		}
	}
	if len(there) == 0 || w.in(16) {
		return w.space(), pick(w, services...), pick(w, 80, 11434, 8080)
	}
	o := pick(w, there...)
	meta := o["metadata"].(Object)
	namespace, _ = meta["namespace"].(string)
	ports, _ := o["spec"].(Object)["ports"].(list)
	if len(ports) == 0 || w.in(16) {
		return namespace, meta["name"].(string), pick(w, 80, 11434, 8080)
	}
	p := pick(w, ports...).(Object)
	if p["name"] != nil && w.in(3) {
		return namespace, meta["name"].(string), p["name"]
	}
	return namespace, meta["name"].(string), p["port"]
}

// numbered is somewhere with a port's number.
func (w *world) numbered() (namespace, name string, port int) {
	for range 4 {
		namespace, name, p := w.somewhere()
		if n, ok := p.(int); ok {
			return namespace, name, n
		}
	}
	return w.space(), "ollama", 11434
}
