package reach

import (
	"fmt"
	"net/netip"
	"path"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hearth-dev/hearth/internal/build/keys"
	"github.com/hearth-dev/hearth/internal/lazyregexp"
	"github.com/hearth-dev/hearth/internal/objects"
)

// Programs that pass requests on, by the name of their image or command.
var (
	// watchmen let nobody through whom they do not know.
	watchmen = []string{"oauth2-proxy", "kube-rbac-proxy", "gatekeeper", "pomerium", "vouch-proxy"}
	// relayPrograms pass on what comes to the address on their command line.
	relayPrograms = []string{"socat", "simpleproxy", "ncat", "nc", "redir", "rinetd", "tcpproxy"}
	// proxies lead where a file of their own says.
	proxies = []string{"nginx", "haproxy", "caddy", "envoy", "traefik", "httpd"}
	// tunnels fetch requests from outside: they need no Service to be a way in.
	tunnels = []string{
		"cloudflared", "ngrok", "frpc", "inlets", "bore", "localtunnel", "lt", "tailscale", "tailscaled", "newt", "zrok", "rathole", "chisel",
		"autossh", "pagekite", "telebit", "netbird",
	}
)

// runsOneOf reports whether a container is one of some programs.
func runsOneOf(c objects.Container, programs []string) bool {
	if slices.Contains(programs, name(c)) {
		return true
	}
	return slices.ContainsFunc(runs(c), func(word string) bool { return slices.Contains(programs, path.Base(word)) })
}

// relays reports whether a container passes on, to an address on its command
// line, what anybody sends.
func relays(c objects.Container) bool {
	return runsOneOf(c, relayPrograms) || runsOneOf(c, []string{"caddy"}) && slices.Contains(runs(c), "reverse-proxy")
}

// guards is how a container that passes requests on asks who comes, as far as
// that can be seen; Open for one that is no known proxy at all.
func guards(c objects.Container) Guard {
	if !runsOneOf(c, watchmen) {
		return Open
	}
	if slices.ContainsFunc(runs(c), func(word string) bool {
		return strings.Contains(word, "skip-auth") || strings.Contains(word, "ignore-paths")
	}) {
		return Unseen
	}
	return Asked
}

// asksForKeys reports whether a container is the proxy of a stack's apiKeys, as
// hearth writes it.
func asksForKeys(c objects.Container) bool {
	return slices.Equal(c.Command, keys.Command()) && len(c.Args) == 1 && keys.Guards(c.Args[0])
}

// forward is where a container leads that is none of the programs: to those whose
// address it is given.
func (a *analysis) forward(c objects.Container) []stop {
	key := target{kind: "container", namespace: c.Pod.Ref.String(), name: c.Path}
	return a.once(key, func() []stop { return through(c.Pod.Ref, a.passesOn(c)) })
}

// passesOn is forward, without the container on the way.
func (a *analysis) passesOn(c objects.Container) []stop {
	ends := a.addressed(c)
	pass := passage{guard: guards(c)}
	if asksForKeys(c) {
		pass.guard = Asked
	}
	switch {
	case pass.guard == Unseen:
		pass.blind, pass.why = c.Pod.Ref, fmt.Sprintf("lets some requests past the sign-in of its container %s", c.Name)
	case pass.guard == Open && !relays(c):
		pass.guard, pass.blind = Unseen, c.Pod.Ref
		pass.why = fmt.Sprintf("has the address in its container %s, which may pass requests on", c.Name)
	}
	if len(ends) == 0 {
		if beside := a.beside(c, ""); len(beside) > 0 && pass.guard != Asked {
			ends = beside
			pass = passage{guard: Unseen, blind: c.Pod.Ref, why: fmt.Sprintf("runs the container %s in the same pod, which may pass requests on", c.Name)}
		}
	}
	if len(ends) == 0 && a.untold(c) {
		ends = []stop{{}}
		pass = passage{guard: Unseen, blind: c.Pod.Ref, why: fmt.Sprintf("has what its container %s leads to where it cannot be read", c.Name)}
	}
	out := slices.Clone(ends)
	for i := range out {
		out[i].passage = pass.then(out[i].passage)
	}
	return out
}

// addressed is where the addresses lead that a container is told.
func (a *analysis) addressed(c objects.Container) []stop {
	var ends []stop
	here, relay := c.Pod.Ref.Namespace, relays(c)
	follow := func(scheme, host, port string) {
		for _, alias := range c.Pod.Spec.HostAliases {
			if slices.Contains(alias.Hostnames, host) {
				host = alias.IP
			}
		}
		if addr, err := netip.ParseAddr(host); err == nil {
			if !addr.IsUnspecified() && (port == strconv.Itoa(ollamaPort) || a.at(addr) != nil) {
				ends = append(ends, a.address(addr, port, c.Pod.Ref, c.Path)...)
			}
			return
		}
		service, in, inside := a.inCluster(host, here)
		if relay && !inside && scheme != "" && !strings.Contains(host, ".") {
			service, in, inside = host, here, true // a Service that is not in the list
		}
		if inside && (relay || len(a.ServicesNamed(in, service)) > 0) {
			ends = append(ends, a.dial(in, service, port, c.Pod.Ref, c.Path)...)
		}
	}
	text := a.text(c)
	for _, m := range addressForm().FindAllStringSubmatch(text, -1) {
		scheme, host, port := m[1], strings.ToLower(m[2]), m[3]
		switch {
		case local(host):
			if port != "" {
				ends = append(ends, a.beside(c, port)...)
			}
		case !relay && !strings.Contains(host, ".") && scheme == "" && port == "": // any word
		default:
			follow(scheme, host, port)
		}
	}
	if runsOneOf(c, proxies) {
		for _, m := range hostField().FindAllStringSubmatch(text, -1) {
			follow("", strings.ToLower(m[1]), "")
		}
	}
	for _, v := range c.Env { // a host in a variable of its own
		if (relay || hostVariable().MatchString(v.Name)) && !strings.ContainsAny(v.Value, " :/.") {
			follow("", strings.ToLower(v.Value), "")
		}
	}
	for _, m := range serviceVariable().FindAllStringSubmatch(text, -1) {
		follow("", strings.ReplaceAll(strings.ToLower(m[1]), "_", "-"), "")
	}
	return ends
}

// at is the Service that has an address, nil if none has fixed it.
func (a *analysis) at(addr netip.Addr) *corev1.Service {
	if a.fixed == nil {
		a.fixed = map[string]*corev1.Service{}
		for i := range a.Services {
			s := &a.Services[i]
			for _, ip := range append(slices.Clone(s.Spec.ClusterIPs), s.Spec.ClusterIP) {
				if a.fixed[ip] == nil { // the first of two counts
					a.fixed[ip] = s
				}
			}
		}
	}
	return a.fixed[addr.String()]
}

// untold reports whether a program that leads where it is told is told so in
// nothing that the list has: in a Secret, or in a ConfigMap that is elsewhere. A
// proxy may lead to files of its own as well, and counts beside one of the
// programs alone.
func (a *analysis) untold(c objects.Container) bool {
	here, relay := c.Pod.Ref.Namespace, relays(c)
	if !relay && !(runsOneOf(c, proxies) && a.sensitive[objects.Namespace(here)]) {
		return false
	}
	hidden, read := false, false
	config := func(name string) {
		has := a.Find("", "ConfigMap", here, name) != nil
		hidden, read = hidden || !has, read || has
	}
	for _, v := range c.Env {
		switch from := v.ValueFrom; {
		case from == nil:
		case from.SecretKeyRef != nil:
			hidden = true
		case from.ConfigMapKeyRef != nil:
			config(from.ConfigMapKeyRef.Name)
		}
	}
	for _, from := range c.EnvFrom {
		hidden = hidden || from.SecretRef != nil
		if from.ConfigMapRef != nil {
			config(from.ConfigMapRef.Name)
		}
	}
	for _, v := range mounted(c) {
		hidden = hidden || v.Secret != nil
		if v.ConfigMap != nil {
			config(v.ConfigMap.Name)
		}
	}
	return hidden && (relay || !read)
}

// beside are the programs in a container's pod that it reaches as localhost.
func (a *analysis) beside(c objects.Container, port string) []stop {
	var ends []stop
	for _, other := range c.Pod.Containers() {
		for _, program := range ProgramsOf(other) {
			at := fmt.Sprint(append(listens(other, program), defaultPort(program)))
			if port == "" || slices.Contains(words(at, "[ ]"), port) {
				ends = append(ends, stop{program: program, container: &other})
			}
		}
	}
	return ends
}

func defaultPort(p Program) int32 {
	if p == OpenWebUI {
		return chatPort
	}
	return ollamaPort
}

var (
	// addressForm is a host in a text, with what makes it one.
	addressForm = lazyregexp.New(`(//|@|(?i:tcp[46]?:|udp[46]?:))?([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::([0-9]{1,5}))?`)
	// hostVariable names a variable that has a host as its value.
	hostVariable = lazyregexp.New(`HOST|ADDR|UPSTREAM|BACKEND|TARGET|SERVER|ENDPOINT`)
	// hostField is one in a file of a proxy that has the port in another.
	hostField = lazyregexp.New(`(?i)(?:address|host|hostname|upstream|target)["']?[ \t]*[:=][ \t]*["']?([a-z0-9][a-z0-9.-]*)`)
	// serviceVariable is how the kubelet names the address of a Service.
	serviceVariable = lazyregexp.New(`([A-Z0-9_]+)_SERVICE_HOST`)
)

// maxText is how much of a container's configuration is looked at, in bytes: a
// ConfigMap has at most a megabyte.
const maxText = 4 << 20

// text is everything that a container is told in the list: its command line, its
// variables and the ConfigMaps that it reads.
func (a *analysis) text(c objects.Container) string {
	var b strings.Builder
	add := func(s string) {
		if b.Len()+len(s) < maxText {
			b.WriteString(s)
			b.WriteByte('\n')
		}
	}
	for _, s := range slices.Concat(c.Command, c.Args) {
		add(s)
	}
	config := func(name string) {
		data := objects.Child(a.Find("", "ConfigMap", c.Pod.Ref.Namespace, name), "data")
		for _, value := range sorted(data) {
			add(fmt.Sprint(value))
		}
	}
	for _, v := range c.Env {
		add(v.Value)
		if v.ValueFrom != nil && v.ValueFrom.ConfigMapKeyRef != nil {
			r := v.ValueFrom.ConfigMapKeyRef
			add(objects.Text(a.Find("", "ConfigMap", c.Pod.Ref.Namespace, r.Name), "data", r.Key))
		}
	}
	for _, from := range c.EnvFrom {
		if from.ConfigMapRef != nil {
			config(from.ConfigMapRef.Name)
		}
	}
	for _, v := range mounted(c) {
		if v.ConfigMap != nil {
			config(v.ConfigMap.Name)
		}
		if v.Projected != nil {
			for _, source := range v.Projected.Sources {
				if source.ConfigMap != nil {
					config(source.ConfigMap.Name)
				}
			}
		}
	}
	return b.String()
}

// mounted are a pod's volumes that a container has, once for each time that it
// mounts one.
func mounted(c objects.Container) []corev1.Volume {
	var all []corev1.Volume
	for _, m := range c.VolumeMounts {
		for _, v := range c.Pod.Spec.Volumes {
			if v.Name == m.Name {
				all = append(all, v)
			}
		}
	}
	return all
}
