package reach

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/objects"
)

// target is what a route leads to.
type target struct {
	kind      string // Service, or TraefikService
	namespace string
	name      string
	port      string // number or name; "" is any
}

// follow is where a target leads; entry is who leads there, for what cannot be
// followed.
func (a *analysis) follow(t target, entry Ref, path string) []stop {
	t.namespace = objects.Namespace(t.namespace)
	if t.kind == traefikService {
		return a.traefikService(t, entry, path)
	}
	at := a.ServicesNamed(t.namespace, t.name)
	if len(at) == 0 && a.sensitive[t.namespace] { // a Service selects pods of its own namespace
		a.blind(Blind{Object: entry, Path: path,
			Message: fmt.Sprintf("leads to the Service %s of the namespace %s, which is not in the list", t.name, t.namespace)})
	}
	return a.once(t, func() []stop {
		var ends []stop
		for _, i := range at {
			ends = append(ends, a.service(&a.Services[i], t.port)...)
		}
		return ends
	})
}

// service is where a Service leads by one of its ports; "" is any of them.
func (a *analysis) service(s *corev1.Service, port string) []stop {
	ref := objects.ServiceRef(*s)
	var ends []stop
	switch {
	case s.Spec.Type == corev1.ServiceTypeExternalName:
		number := port
		for _, p := range s.Spec.Ports {
			if p.Name == port {
				number = strconv.Itoa(int(p.Port))
			}
		}
		ends = a.host(s.Spec.ExternalName, number, s.Namespace, ref, "spec.externalName")
	case len(s.Spec.Selector) == 0:
		var found bool
		if ends, found = a.slices(s, port); !found {
			ends = []stop{{passage: passage{guard: Unseen, blind: ref, why: "selects no pods: somebody else names its addresses"}}}
		}
	default:
		for _, p := range s.Spec.Ports {
			if !speaks(p.Protocol) || port != "" && port != p.Name && port != strconv.Itoa(int(p.Port)) {
				continue
			}
			to := p.TargetPort.String()
			if to == "0" {
				to = strconv.Itoa(int(p.Port))
			}
			ends = append(ends, a.selected(s, to)...)
			if to == strconv.Itoa(ollamaPort) && len(a.Selected(s.Namespace, objects.ServiceSelector(*s))) == 0 {
				ends = append(ends, a.madeElsewhere(s))
			}
		}
		if len(s.Spec.Ports) == 0 { // a headless one gives the pods' addresses
			ends = append(ends, a.selected(s, port)...)
		}
		written, _ := a.slices(s, port) // they count beside those of the pods
		ends = append(ends, written...)
	}
	return through(ref, ends)
}

// madeElsewhere is a Service for Ollama's port whose pods are not in the list. In
// a namespace of which the list has other pods it may as well be for none.
func (a *analysis) madeElsewhere(s *corev1.Service) stop {
	if len(a.PodsIn(s.Namespace)) == 0 {
		return stop{program: Ollama}
	}
	return stop{passage: passage{guard: Unseen, blind: objects.ServiceRef(*s), why: "is for Ollama's port, and selects no pods of the list"}}
}

// speaks reports whether a port is for TCP, which the programs speak.
func speaks(p corev1.Protocol) bool { return p == "" || p == corev1.ProtocolTCP }

// selected is what a port of the pods that a Service selects leads to. Many
// Services may have one selector.
func (a *analysis) selected(s *corev1.Service, port string) []stop {
	by := target{kind: "pods", namespace: objects.Namespace(s.Namespace), name: labels.Set(s.Spec.Selector).String(), port: port}
	return a.once(by, func() []stop {
		var ends []stop
		for _, i := range a.Selected(s.Namespace, objects.ServiceSelector(*s)) {
			ends = append(ends, a.pod(&a.Pods[i], port)...)
		}
		return ends
	})
}

// through puts an object in front of where a way goes on.
func through(ref Ref, ends []stop) []stop {
	out := make([]stop, len(ends))
	for i, end := range ends {
		out[i] = end
		out[i].via = end.via.before(ref)
	}
	return out
}

// slices are the addresses that somebody wrote for a port of a Service, and
// whether the list has any.
func (a *analysis) slices(s *corev1.Service, port string) (ends []stop, found bool) {
	ports := map[string]bool{} // the Service's, by name
	for _, p := range s.Spec.Ports {
		if port == "" || port == p.Name || port == strconv.Itoa(int(p.Port)) {
			ports[p.Name] = true
		}
	}
	return a.written(s, func(all []Object) []string {
		var out []string
		for _, p := range all {
			if ports[objects.Text(p, "name")] && speaks(corev1.Protocol(objects.Text(p, "protocol"))) {
				out = append(out, fmt.Sprint(p["port"]))
			}
		}
		return out
	})
}

// written are the addresses that somebody wrote for a Service, at those numbers
// that are chosen from their ports, and whether the list has any.
func (a *analysis) written(s *corev1.Service, numbers func(ports []Object) []string) (ends []stop, found bool) {
	add := func(of Ref, path string, numbers []string, addresses []any, pod string) {
		found = true
		for _, number := range numbers {
			ends = append(ends, through(of, a.endpoint(of, path, number, addresses, pod))...)
		}
	}
	slices := a.Index("slices", func(o Object, ref Ref) []any {
		if !ref.Is("discovery.k8s.io", "EndpointSlice") {
			return nil
		}
		return []any{target{namespace: objects.Namespace(ref.Namespace), name: objects.Text(o, "metadata", "labels", "kubernetes.io/service-name")}}
	})
	for _, i := range slices[target{namespace: objects.Namespace(s.Namespace), name: s.Name}] {
		o := a.All[i]
		for i, e := range objects.List(o, "endpoints") {
			addresses, _ := e["addresses"].([]any)
			add(objects.RefOf(o), fmt.Sprintf("endpoints[%d]", i), numbers(objects.List(o, "ports")), addresses, podNamed(e))
		}
	}
	if o := a.Find("", "Endpoints", s.Namespace, s.Name); o != nil {
		for i, subset := range objects.List(o, "subsets") {
			for _, e := range objects.List(subset, "addresses") {
				add(objects.RefOf(o), fmt.Sprintf("subsets[%d]", i), numbers(objects.List(subset, "ports")), []any{e["ip"]}, podNamed(e))
			}
		}
	}
	return ends, found
}

func podNamed(endpoint Object) string {
	if objects.Text(endpoint, "targetRef", "kind") != "Pod" {
		return ""
	}
	return objects.Text(endpoint, "targetRef", "name")
}

// endpoint is what addresses that somebody wrote lead to.
func (a *analysis) endpoint(of Ref, path, port string, addresses []any, pod string) []stop {
	var ends []stop
	if pod != "" {
		for _, i := range a.PodsIn(of.Namespace) {
			// A workload's pods have its name in front.
			if p := &a.Pods[i]; p.Ref.Name == pod || p.Ref.Kind != "Pod" && strings.HasPrefix(pod, p.Ref.Name+"-") {
				ends = append(ends, a.pod(p, port)...)
			}
		}
		if len(ends) > 0 {
			return ends
		}
	}
	for _, address := range addresses {
		text := fmt.Sprint(address)
		addr, err := netip.ParseAddr(text)
		if err != nil || objects.Text(a.Find(of.Group(), of.Kind, of.Namespace, of.Name), "addressType") == "FQDN" {
			ends = append(ends, a.host(text, port, of.Namespace, of, path)...)
			continue
		}
		ends = append(ends, a.address(addr, port, of, path)...)
	}
	return ends
}

// address is what an address leads to: a Service that has it, an Ollama that is
// known by its port, or what nobody can see from here.
func (a *analysis) address(addr netip.Addr, port string, of Ref, path string) []stop {
	if addr.IsLoopback() {
		return nil
	}
	if s := a.at(addr); s != nil {
		return a.follow(target{namespace: s.Namespace, name: s.Name, port: port}, of, path)
	}
	if port == strconv.Itoa(ollamaPort) {
		return []stop{{program: Ollama}}
	}
	if v1alpha1.PrivateRange(netip.PrefixFrom(addr, addr.BitLen())) {
		return []stop{{passage: passage{guard: Unseen, blind: of, why: fmt.Sprintf("leads to %s at port %s, which may be a pod's", addr, port)}}}
	}
	return nil // out of the cluster
}

// host is where a DNS name leads, as somebody in a namespace looks it up.
func (a *analysis) host(name, port, namespace string, of Ref, path string) []stop {
	if addr, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil {
		return a.address(addr, port, of, path)
	}
	service, in, inside := a.inCluster(name, namespace)
	switch {
	case inside:
		return a.dial(in, service, port, of, path)
	case port == strconv.Itoa(ollamaPort):
		return []stop{{program: Ollama}}
	}
	return nil // out of the cluster
}

// dial is where the DNS name of a Service leads. That of a headless one is its
// pods' own addresses, where its ports mean nothing.
func (a *analysis) dial(namespace, service, port string, of Ref, path string) []stop {
	var ends []stop
	for _, i := range a.ServicesNamed(namespace, service) {
		s := &a.Services[i]
		if s.Spec.ClusterIP != corev1.ClusterIPNone {
			continue
		}
		own, _ := a.written(s, func(ports []Object) []string {
			var all []string
			for _, p := range ports {
				all = append(all, cmp.Or(port, fmt.Sprint(p["port"])))
			}
			return all
		})
		if len(s.Spec.Selector) > 0 {
			own = append(own, a.selected(s, port)...)
		}
		ends = append(ends, through(objects.ServiceRef(*s), own)...)
	}
	if len(ends) > 0 {
		return ends
	}
	return a.follow(target{namespace: namespace, name: service, port: port}, of, path)
}

// inCluster is the Service that a DNS name is for, and whether it is for one:
// NAME, NAME.NAMESPACE, or either with .svc and the cluster's domain, or a pod of
// a headless one in front.
func (a *analysis) inCluster(name, namespace string) (service, in string, inside bool) {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	labels := strings.Split(name, ".")
	if i := slices.Index(labels, "svc"); i >= 2 {
		return labels[i-2], labels[i-1], true
	}
	switch len(labels) {
	case 1:
		return name, namespace, len(a.ServicesNamed(namespace, name)) > 0
	case 2:
		return labels[0], labels[1], len(a.ServicesNamed(labels[1], labels[0])) > 0
	case 3: // a pod of a headless Service
		return labels[1], labels[2], len(a.ServicesNamed(labels[2], labels[1])) > 0
	}
	return "", "", false
}

// pod is what a port of a pod leads to: a program, or what passes requests on to
// one.
func (a *analysis) pod(p *objects.Pod, port string) []stop {
	ends, others := serving(p, port)
	for i := range ends {
		if !p.Spec.HostNetwork { // which no NetworkPolicy is for
			ends[i].admits = a.admission(p)
		}
	}
	if len(ends) == 0 && port == strconv.Itoa(ollamaPort) {
		ends = a.behindPort(p, others)
	}
	for _, c := range others {
		ends = append(ends, a.forward(c)...)
	}
	return ends
}

// behindPort is what is at Ollama's port of a pod of which no container says that
// it listens there.
func (a *analysis) behindPort(p *objects.Pod, all []objects.Container) []stop {
	for _, c := range all {
		switch {
		case len(c.Ports) > 0, guards(c) != Open, relays(c), runsOneOf(c, proxies), client(c):
		case called(c):
			return []stop{{program: Ollama, container: &c, admits: a.admission(p)}}
		default:
			return []stop{{passage: passage{guard: Unseen, blind: p.Ref, why: fmt.Sprintf("is behind Ollama's port: what its container %s runs is not known", c.Name)}}}
		}
	}
	return nil
}
