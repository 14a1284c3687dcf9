package knock

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// byService is a request to an address of a Service. kube-proxy opens none for
// one that is headless or a name.
func (c *cluster) byService(s Object, q request) arrival {
	if text(s, "spec", "type") == "ExternalName" || text(s, "spec", "clusterIP") == "None" {
		return c.byTailscale(s, q)
	}
	stranger, open := !q.addr.IsPrivate(), false
	switch text(s, "spec", "type") {
	case "LoadBalancer":
		internal := annotation(s, "service.beta.kubernetes.io/aws-load-balancer-scheme") == "internal" ||
			annotation(s, "service.beta.kubernetes.io/azure-load-balancer-internal") == "true" ||
			annotation(s, "networking.gke.io/load-balancer-type") == "Internal" ||
			text(s, "spec", "loadBalancerClass") == "tailscale"
		ranges := texts(s, "spec", "loadBalancerSourceRanges")
		open = !(internal && stranger) && (len(ranges) == 0 || in(q.addr, ranges))
		open = open || q.may // its port on every node, too
	case "NodePort":
		open = true
	}
	for _, ip := range texts(s, "spec", "externalIPs") {
		addr, err := netip.ParseAddr(ip)
		open = open || !stranger || err == nil && !addr.IsPrivate()
	}
	open = open || annotation(s, "tailscale.com/expose") == "true" && !stranger
	if !open {
		return 0
	}
	var a arrival
	for _, port := range list(s, "spec", "ports") {
		a |= c.through(s, port, q)
	}
	return a
}

// byTailscale is a request to a name in a tailnet that stands for a Service
// without an address: versions of the operator differ in what they pass on.
func (c *cluster) byTailscale(s Object, q request) arrival {
	var a arrival
	if !q.may || annotation(s, "tailscale.com/expose") != "true" || !q.addr.IsPrivate() {
		return 0
	}
	if text(s, "spec", "type") == "ExternalName" {
		return c.dial("", text(s, "spec", "externalName"), 0, q)
	}
	for _, port := range list(s, "spec", "ports") {
		a |= c.backend(namespaceOf(s), text(s, "metadata", "name"), at(port, "port"), q)
	}
	return a
}

// through is a request to a port of a Service, which goes to the endpoints.
func (c *cluster) through(s Object, port any, q request) arrival {
	if q.hops++; q.hops > maxHops || text(port, "protocol") == "UDP" && !q.may {
		return 0
	}
	var a arrival
	found := false
	selector, _ := at(s, "spec", "selector").(Object)
	pods := c.selected(namespaceOf(s), selector)
	for _, p := range pods {
		switch target := at(port, "targetPort").(type) {
		case nil:
			a |= c.pod(p, number(port, "port"), q)
		case string:
			if n := named(p, target); n != 0 || q.may { // a sidecar's, maybe
				a |= c.pod(p, n, q)
			}
		default:
			a |= c.pod(p, number(target), q)
		}
	}
	for _, e := range c.written(s, q) {
		found = true
		if text(e.port, "name") == text(port, "name") {
			a |= c.endpoint(e, number(e.port, "port"), q)
		}
	}
	switch {
	case len(pods) > 0:
	case len(selector) == 0 && !found: // somebody writes its endpoints, who knows which
		a |= unknown
	case q.may: // its pods may stand in another list
		a |= unknown
	}
	return a
}

// endpoint is one that a person wrote.
type endpoint struct {
	object Object
	target any // targetRef
	port   any
}

// written are the endpoints of a Service that a person wrote.
func (c *cluster) written(s Object, q request) []endpoint {
	var all []endpoint
	for _, slice := range c.all("discovery.k8s.io", "EndpointSlice") {
		if namespaceOf(slice) != namespaceOf(s) || text(slice, "metadata", "labels", "kubernetes.io/service-name") != text(s, "metadata", "name") {
			continue
		}
		for _, e := range list(slice, "endpoints") {
			for _, port := range list(slice, "ports") {
				all = append(all, endpoint{slice, at(e, "targetRef"), port})
			}
		}
	}
	if selector, _ := at(s, "spec", "selector").(Object); len(selector) > 0 && !q.may {
		return all // Endpoints are the controller's, which writes over a person's
	}
	if o := c.find("", "Endpoints", namespaceOf(s), text(s, "metadata", "name")); o != nil {
		for _, subset := range list(o, "subsets") {
			for _, address := range list(subset, "addresses") {
				for _, port := range list(subset, "ports") {
					all = append(all, endpoint{o, at(address, "targetRef"), port})
				}
			}
		}
	}
	return all
}

// endpoint is a request to an address: that of the pod which it is said to be
// of. Nothing checks that it is.
func (c *cluster) endpoint(e endpoint, port int, q request) arrival {
	if text(e.target, "kind") == "Pod" && (q.may || or(text(e.target, "namespace"), namespaceOf(e.object)) == namespaceOf(e.object)) {
		if p := c.find("", "Pod", or(text(e.target, "namespace"), namespaceOf(e.object)), text(e.target, "name")); p != nil {
			a := c.pod(p, port, q)
			if q.may {
				a |= unknown
			}
			return a
		}
	}
	if port != 11434 && !q.may {
		return 0 // no Ollama, by its port
	}
	return unknown
}

// selected are the objects whose pods have all labels.
func (c *cluster) selected(namespace string, selector Object) []Object {
	var found []Object
	for _, o := range c.objects {
		if podOf(o) == nil || namespaceOf(o) != namespace || len(selector) == 0 {
			continue
		}
		labels := at(o, "metadata", "labels")
		if o["kind"] != "Pod" {
			labels = at(o, "spec", "template", "metadata", "labels")
		}
		all := true
		for key, value := range selector {
			all = all && at(labels, key) == value
		}
		if all {
			found = append(found, o)
		}
	}
	return found
}

// podOf is the spec of an object's pod, nil if it has none.
func podOf(o Object) any {
	switch o["kind"] {
	case "Pod":
		return o["spec"]
	case "Deployment", "StatefulSet", "DaemonSet":
		return at(o, "spec", "template", "spec")
	}
	return nil
}

// named is the number of a container's port, 0 if there is none.
func named(o Object, port string) int {
	for _, container := range list(podOf(o), "containers") {
		for _, p := range list(container, "ports") {
			if text(p, "name") == port && text(p, "protocol") != "UDP" {
				return number(p, "containerPort")
			}
		}
	}
	return 0
}

// byNode is a request to an address of the node that a pod runs on.
func (c *cluster) byNode(o Object, q request) arrival {
	var a arrival
	if at(podOf(o), "hostNetwork") == true {
		for port := range c.listening(o) {
			a |= c.pod(o, port, q)
		}
	}
	for _, container := range list(podOf(o), "containers") {
		for _, p := range list(container, "ports") {
			if number(p, "hostPort") != 0 && text(p, "hostIP") != "127.0.0.1" {
				a |= c.pod(o, number(p, "containerPort"), q)
			}
		}
	}
	return a
}

// pod is a request to a port of a pod. What a container declares is for people
// to read: anything may listen at another port.
func (c *cluster) pod(o Object, port int, q request) arrival {
	listening := c.listening(o)
	if answer := listening[port]; answer != nil {
		return answer(q)
	}
	var a arrival
	if q.may {
		for _, answer := range listening {
			a |= answer(q)
		}
	}
	return a
}

// serves reports whether a pod is Ollama's or the chat's.
func serves(o Object) bool {
	return slices.ContainsFunc(list(podOf(o), "containers"), func(c any) bool {
		image := text(c, "image")
		return strings.HasPrefix(image, "ollama/ollama:") || strings.HasPrefix(image, "ghcr.io/open-webui/open-webui:")
	})
}

// listening are the ports at which something answers in a pod, loopback not
// among them.
func (c *cluster) listening(o Object) map[int]func(q request) arrival {
	ports := map[int]func(q request) arrival{}
	for _, container := range list(podOf(o), "containers") {
		env := map[string]string{}
		for _, e := range list(container, "env") {
			env[text(e, "name")] = text(e, "value")
		}
		image, _, _ := strings.Cut(text(container, "image"), ":")
		to := func(upstream string, g guard) func(q request) arrival {
			return func(q request) arrival {
				host, port, _ := strings.Cut(strings.TrimPrefix(upstream, "http://"), ":")
				n, _ := strconv.Atoi(port)
				if s, _ := c.service(namespaceOf(o), host); s == nil && image != "alpine/socat" && !q.may {
					return 0 // a word with a number, maybe
				}
				return g.then(func() arrival { return c.dial(namespaceOf(o), host, n, q) })
			}
		}
		args := append(texts(container, "command"), texts(container, "args")...)
		last := args[max(0, len(args)-1):]
		switch image {
		case "ollama/ollama":
			host, port, _ := strings.Cut(env["OLLAMA_HOST"], ":")
			n, err := strconv.Atoi(port)
			if err != nil {
				n = 11434
			}
			if host != "127.0.0.1" {
				ports[n] = func(request) arrival { return ollama }
			}
		case "ghcr.io/open-webui/open-webui":
			ports[8080] = func(q request) arrival {
				if lets(env, q.public) {
					return chat
				}
				return 0
			}
		case "alpine/socat":
			ports[9000] = to(strings.TrimPrefix(last[0], "TCP:"), pass)
		case "caddy":
			ports[9000] = to(last[0], pass)
		case "quay.io/oauth2-proxy/oauth2-proxy":
			ports[9000] = to(strings.TrimPrefix(last[0], "--upstream="), deny)
		case "example.com/gateway": // nobody knows what it asks
			ports[9000] = to(env["UPSTREAM"], unsure)
		}
	}
	return ports
}

// lets reports whether a chat lets in who has no account. An account is there
// for whoever asks while sign-up is open: in a private network that is meant.
func lets(env map[string]string, public bool) bool {
	auth, set := env["WEBUI_AUTH"]
	signUp, written := env["ENABLE_SIGNUP"]
	return set && !strings.EqualFold(auth, "true") || public && (!written || strings.EqualFold(signUp, "true"))
}

// dial is a connection of a pod to a host and port, by the cluster's DNS.
func (c *cluster) dial(namespace, host string, port int, q request) arrival {
	if q.hops++; q.hops > maxHops {
		return 0
	}
	s, in := c.service(namespace, host)
	switch {
	case s != nil:
	case in != "":
		return c.missing(in, q)
	case q.may:
		return unknown
	default:
		return 0 // a host outside
	}
	switch {
	case text(s, "spec", "type") == "ExternalName":
		return c.dial("", text(s, "spec", "externalName"), port, q)
	case text(s, "spec", "clusterIP") == "None": // the name is the pods'
		return c.headless(s, port, q)
	}
	var a arrival
	for _, p := range list(s, "spec", "ports") {
		if number(p, "port") == port || q.may {
			a |= c.through(s, p, q)
		}
	}
	return a
}

// service is the one that a host names in DNS, as a pod of a namespace looks it
// up; its namespace if it names one that is not in the list.
func (c *cluster) service(namespace, host string) (s Object, in string) {
	short := strings.TrimSuffix(strings.TrimSuffix(host, ".cluster.local"), ".svc")
	name, in, qualified := strings.Cut(short, ".")
	if !qualified {
		in = or(namespace, "default")
	}
	s = c.find("", "Service", in, name)
	if s == nil && short == host && (qualified || namespace == "") {
		return nil, ""
	}
	return s, in
}

// missing is a request to a Service that is not in the list. It selects pods of
// its own namespace, unless it is a name or somebody writes its endpoints.
func (c *cluster) missing(namespace string, q request) arrival {
	if q.may || slices.ContainsFunc(c.objects, func(o Object) bool {
		return podOf(o) != nil && namespaceOf(o) == or(namespace, "default") && serves(o)
	}) {
		return unknown
	}
	return 0
}

// headless is a connection to the addresses of a Service's endpoints.
func (c *cluster) headless(s Object, port int, q request) arrival {
	var a arrival
	selector, _ := at(s, "spec", "selector").(Object)
	pods, written := c.selected(namespaceOf(s), selector), c.written(s, q)
	for _, p := range pods {
		a |= c.pod(p, port, q)
	}
	for _, e := range written {
		a |= c.endpoint(e, port, q)
	}
	if len(pods)+len(written) == 0 && (len(selector) == 0 || q.may) {
		a |= unknown
	}
	return a
}

// backend is a request that a controller passes to a Service's port, a number
// or a name, by its endpoints.
func (c *cluster) backend(namespace, service string, port any, q request) arrival {
	s := c.find("", "Service", namespace, service)
	if s == nil {
		return c.missing(namespace, q)
	}
	name, _ := port.(string)
	i := slices.IndexFunc(list(s, "spec", "ports"), func(p any) bool {
		return name != "" && text(p, "name") == name || name == "" && number(p, "port") == number(port)
	})
	if text(s, "spec", "type") == "ExternalName" {
		n := number(port)
		if i >= 0 {
			n = number(list(s, "spec", "ports")[i], "port")
		}
		return c.dial("", text(s, "spec", "externalName"), n, q)
	}
	if i < 0 {
		return 0
	}
	return c.through(s, list(s, "spec", "ports")[i], q)
}
