package v1alpha1

import (
	"net/netip"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/signin"
)

// Service is the workload's Service.
type Service struct {
	// Type is ClusterIP (default), NodePort or LoadBalancer. The last two reach
	// outside the cluster, and who comes by them is whom allowFrom.cidrs names.
	// Ollama, which has no password, takes LoadBalancer alone, and in allowFrom
	// private ranges alone.
	Type ServiceType `json:"type,omitzero"`
	// Port of the Service; the pod's stays as it is, and what hearth derives
	// follows: the chat's address of Ollama, routes, probes. Default 11434 for
	// Ollama, 80 for Open WebUI.
	Port Port `json:"port,omitzero"`
	// Annotations of the Service alone, beside those of the base: such as
	// external-dns's, or those that MetalLB, Cilium and kube-vip read an address
	// from. One that opens the Service by itself is refused.
	Annotations map[string]string `json:"annotations,omitzero"`
	// LoadBalancerClass is who is to hand out the address, where there are several
	// who could: io.cilium/l2-announcer, kube-vip.io/kube-vip-class, tailscale. It
	// cannot change while type is LoadBalancer. Default: the cluster's.
	LoadBalancerClass string `json:"loadBalancerClass,omitzero"`
	// LoadBalancerIP asks for an address: MetalLB, Cilium and kube-vip give it, and
	// some clouds do. For one of IPv4 and one of IPv6 each has an annotation.
	// Default: any free one.
	LoadBalancerIP string `json:"loadBalancerIP,omitzero"`
	// AllocateLoadBalancerNodePorts opens a port of every node besides, which the
	// load balancers of clouds and k3s' own lead to, and MetalLB, Cilium and
	// kube-vip need not. Default: Kubernetes' own, true.
	AllocateLoadBalancerNodePorts *bool `json:"allocateLoadBalancerNodePorts,omitzero"`
	// ExternalTrafficPolicy of NodePort and LoadBalancer. Local (default) keeps
	// the client's address, which allowFrom.cidrs is compared with; then only
	// the node that the pod runs on answers, and a load balancer has to ask the
	// nodes, as those of the clouds, MetalLB and Cilium's BGP do, and Cilium's L2
	// announcements do not. Cluster answers on every node, and the NetworkPolicy
	// sees the node's address in place of the client's: allowFrom.cidrs has to name
	// the nodes too, and whoever reaches one by a node's port is admitted. A
	// LoadBalancer's own address is kept to allowFrom.cidrs either way, by
	// loadBalancerSourceRanges.
	ExternalTrafficPolicy TrafficPolicy `json:"externalTrafficPolicy,omitzero"`
	// DangerouslyUnauthenticated lets people at public addresses, those of
	// ollama.allowFrom, use Ollama and delete its models by a LoadBalancer. The
	// Service carries the annotation hearth.dev/allows: unauthenticated.
	DangerouslyUnauthenticated bool `json:"dangerouslyUnauthenticated,omitzero"`
}

// OllamaPort is where Ollama listens, and its Service too by default.
const OllamaPort = 11434

// TrafficPolicy says which nodes answer for a Service.
type TrafficPolicy string

// The traffic policies.
const (
	TrafficLocal   TrafficPolicy = "Local"
	TrafficCluster TrafficPolicy = "Cluster"
)

// Values lists the allowed policies.
func (TrafficPolicy) Values() []string { return texts(TrafficLocal, TrafficCluster) }

// ServiceType of a Service.
type ServiceType string

// The types of a Service.
const (
	ClusterIP    ServiceType = "ClusterIP"
	NodePort     ServiceType = "NodePort"
	LoadBalancer ServiceType = "LoadBalancer"
)

// Values lists the allowed types.
func (ServiceType) Values() []string { return texts(ClusterIP, NodePort, LoadBalancer) }

// tailscale is the class of Tailscale's load balancer: only devices of the
// tailnet reach it, and they come by a pod of its own in the cluster.
const tailscale = "tailscale"

// addressAnnotations are those by which load balancers are asked for addresses,
// with commas between.
var addressAnnotations = []string{
	"lbipam.cilium.io/ips", "io.cilium/lb-ipam-ips", "metallb.io/loadBalancerIPs", "metallb.universe.tf/loadBalancerIPs", "kube-vip.io/loadbalancerIPs",
}

// ServiceAddresses are the addresses that a Service asks for by its annotations.
func ServiceAddresses(annotations map[string]string) []string {
	var all []string
	for _, key := range addressAnnotations {
		for address := range strings.SplitSeq(annotations[key], ",") {
			if address = strings.TrimSpace(address); address != "" {
				all = append(all, address)
			}
		}
	}
	return all
}

// openers are prefixes of annotations by which programs of others open a Service,
// whatever its type.
var openers = []string{"k8s.ngrok.com/", "cloudflare-operator.io/", "cfargotunnel.com/", "getambassador.io/config", "skupper.io/proxy", "netbird.io/expose"}

// OpensService reports whether an annotation has a program of somebody else's
// open the Service that it stands on, to whom it sees fit.
func OpensService(key string) bool {
	return slices.ContainsFunc(openers, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
}

// Addresses are those that the Service is asked to have; none where somebody else
// chooses.
func (s Service) Addresses() []string {
	if s.LoadBalancerIP != "" {
		return []string{s.LoadBalancerIP}
	}
	return ServiceAddresses(s.Annotations)
}

// SourceRanges are the clients that a load balancer's address is kept to: those
// of allowFrom.
func (w *Workload) SourceRanges() []string {
	var all []string
	if w.Service.Type == LoadBalancer {
		for _, p := range *w.AllowFrom {
			for _, c := range p.CIDRs {
				if !slices.Contains(all, string(c)) {
					all = append(all, string(c))
				}
			}
		}
	}
	return all
}

func (s *Service) applyDefaults() {
	fill(&s.Type, ClusterIP)
	if s.Type == ClusterIP {
		s.ExternalTrafficPolicy = ""
		return
	}
	fill(&s.ExternalTrafficPolicy, TrafficLocal)
}

// addressed is who reaches a program by an address of its Service: nobody whom
// allowFrom does not name.
func (w *Workload) addressed() signin.Audience {
	audience := signin.Cluster
	if w.Service.Type == ClusterIP {
		return audience
	}
	for _, p := range *w.AllowFrom {
		if w.Service.LoadBalancerClass == tailscale && len(p.CIDRs) == 0 {
			audience = signin.Private
		}
		for _, c := range p.CIDRs {
			prefix, err := netip.ParsePrefix(string(c))
			switch {
			case err == nil && !PrivateRange(prefix):
				return signin.Public
			case err == nil:
				audience = signin.Private
			}
		}
	}
	return audience
}

// service checks how a Service reaches a program, and who comes by it.
func (v validator) service(of *field.Path, p Program, given Service, w *Workload) {
	at, kind := of.Child("service"), of.Child("service", "type")
	outside := v.because(kind)
	if given.Type == "" || given.Type == ClusterIP {
		if given.ExternalTrafficPolicy != "" {
			outside.warnf(at.Child("externalTrafficPolicy"), problem.Remove, "has no effect: no traffic comes from outside to a ClusterIP")
		}
		if given.DangerouslyUnauthenticated {
			outside.errorf(at.Child("dangerouslyUnauthenticated"), problem.Remove, "has no effect: nobody comes from outside to a ClusterIP")
		}
	}
	if w.Service.Type != LoadBalancer {
		for name, set := range map[string]bool{
			"loadBalancerClass": given.LoadBalancerClass != "", "loadBalancerIP": given.LoadBalancerIP != "",
			"allocateLoadBalancerNodePorts": given.AllocateLoadBalancerNodePorts != nil,
		} {
			if set {
				outside.errorf(at.Child(name), "remove it, or write type: LoadBalancer", "has no effect: type is %s", w.Service.Type)
			}
		}
	}
	if class := given.LoadBalancerClass; class != "" && len(validation.IsQualifiedName(class)) > 0 {
		v.errorf(at.Child("loadBalancerClass"), "", "got %q, want a name such as tailscale or io.cilium/l2-announcer", class)
	}
	if ip := given.LoadBalancerIP; ip != "" && !isAddress(ip) && !HasVariable(ip) {
		v.errorf(at.Child("loadBalancerIP"), "", "got %q, want one address such as 192.168.1.20", ip)
	}
	v.serviceAnnotations(at, given)
	if w.Service.Type == ClusterIP {
		return
	}
	cidrs := slices.ContainsFunc(*w.AllowFrom, func(p Peer) bool { return len(p.CIDRs) > 0 })
	if given.ExternalTrafficPolicy == TrafficCluster && cidrs && p != ProgramOllama {
		v.because(of.Child("allowFrom")).warnf(at.Child("externalTrafficPolicy"), "remove it: Local keeps the clients' addresses",
			"got Cluster: the NetworkPolicy compares allowFrom.cidrs with a node's address, for whoever came by it")
	}
	if !cidrs && w.addressed() == signin.Cluster {
		program, name := "openWebUI", "the chat"
		if p == ProgramOllama {
			program, name = "ollama", "Ollama"
		}
		fix := "name the addresses of its clients in " + program + ".allowFrom, by cidrs"
		if given.LoadBalancerClass == tailscale {
			fix = "name its pods in " + program + ".allowFrom, such as {namespace: tailscale}"
		}
		v.because(of.Child("allowFrom")).warnf(kind, fix, "%s opens %s outside the cluster, and the NetworkPolicy lets nobody in from there", w.Service.Type, name)
	}
	v.openService(of, p, w)
}

// openService checks who comes to a program by its Service's own address: the
// rules of access, where nothing can ask for a password. Those of a chat are
// signIn's.
func (v validator) openService(of *field.Path, p Program, w *Workload) {
	kind, allowFrom := of.Child("service", "type"), of.Child("allowFrom")
	danger, s := of.Child("service", "dangerouslyUnauthenticated"), w.Service
	const can = "can use Ollama, which has no password, and delete its models"
	switch audience := w.addressed(); {
	case p != ProgramOllama:
		if s.DangerouslyUnauthenticated {
			v.errorf(danger, problem.Remove, "has no effect: Open WebUI signs people in itself")
		}
	case s.Type == NodePort:
		v.errorf(kind, "write LoadBalancer, with private ranges in ollama.allowFrom; or use expose with basicAuth",
			"got NodePort, by which everybody who reaches a node %s", can)
	case s.ExternalTrafficPolicy == TrafficCluster && (s.AllocateLoadBalancerNodePorts == nil || *s.AllocateLoadBalancerNodePorts):
		ports := of.Child("service", "allocateLoadBalancerNodePorts")
		v.because(kind, of.Child("service", "externalTrafficPolicy")).errorf(ports, "write false, with MetalLB, Cilium or kube-vip; or externalTrafficPolicy: Local",
			"got true, and with externalTrafficPolicy Cluster the NetworkPolicy sees a node's address: everybody who reaches one %s", can)
	case s.ExternalTrafficPolicy == TrafficCluster && s.LoadBalancerClass != tailscale && len(w.SourceRanges()) == 0:
		v.because(kind, allowFrom).errorf(of.Child("service", "externalTrafficPolicy"), "name the clients in ollama.allowFrom, by cidrs, or remove it",
			"got Cluster, and allowFrom names no addresses: everybody who reaches its address %s, past a network that lets a node's own traffic in", can)
	case audience == signin.Public && !s.DangerouslyUnauthenticated:
		v.because(kind, danger).errorf(allowFrom, "name private ranges alone, such as 192.168.0.0/16; or use expose with basicAuth",
			"has public addresses: by the Service's own everybody there %s", can)
	case audience == signin.Public:
		v.warnf(danger, "", "everybody at the public addresses in ollama.allowFrom %s", can)
	case s.DangerouslyUnauthenticated:
		v.because(allowFrom).warnf(danger, problem.Remove, "has no effect: ollama.allowFrom names no public address")
	case audience == signin.Private:
		v.because(allowFrom).warnf(kind, "", "everybody whom ollama.allowFrom admits %s", can)
	}
}

// pastRoute refuses public addresses that the NetworkPolicy lets in for the route
// of Ollama, where its load balancer has an address of Ollama's own that is kept to
// nobody: they come by it past the route, and its password.
func (v validator) pastRoute(base *field.Path, b *Base) {
	o := b.Ollama
	if b.Program() != ProgramOllama || !b.Expose.Exposed() || b.Keys() != nil || b.Expose.From == nil ||
		o.Service.Type != LoadBalancer || len(o.SourceRanges()) > 0 {
		return
	}
	for i, c := range b.Expose.From.CIDRs {
		if r, err := netip.ParsePrefix(string(c)); err == nil && !PrivateRange(r) {
			v.because(base.Child("ollama", "service", "type"), base.Child("ollama", "allowFrom")).errorf(base.Child("expose", "from", "cidrs").Index(i),
				"write private ranges alone, or ollama.service.type: ClusterIP; or name the clients of the load balancer's address in ollama.allowFrom, by cidrs",
				"got %s, which is public: its clients come by the address of ollama.service too, past the route, and Ollama has no password", c)
		}
	}
}

// serviceAnnotations checks what goes to a Service: who opens it is allowFrom's to
// say.
func (v validator) serviceAnnotations(at *field.Path, s Service) {
	in := at.Child("annotations")
	for _, key := range v.annotations(in, s.Annotations) {
		value := s.Annotations[key]
		listed := slices.Contains(addressAnnotations, key)
		misspelt := slices.IndexFunc(addressAnnotations, func(known string) bool { return strings.EqualFold(known, key) })
		switch {
		case AnnotationController(key) != "":
			v.errorf(in.Key(key), "move it to expose.annotations", "an ingress controller reads this annotation, and on its route alone")
		case key == "tailscale.com/expose":
			v.errorf(in.Key(key), "write type: LoadBalancer and loadBalancerClass: tailscale, which is the same", "it opens the Service past its type")
		case key == "tailscale.com/funnel", OpensService(key):
			v.errorf(in.Key(key), "use expose", "it has another program open the Service, and hearth cannot see to whom")
		case key == "service.beta.kubernetes.io/load-balancer-source-ranges", key == "service.cilium.io/src-ranges-policy":
			v.errorf(in.Key(key), "name the clients in allowFrom, by cidrs", "who may come follows from allowFrom")
		case listed && s.Type != LoadBalancer:
			v.because(at.Child("type")).errorf(in.Key(key), "remove it, or write type: LoadBalancer", "has no effect: no load balancer gives this Service an address")
		case listed && s.LoadBalancerIP != "":
			v.because(at.Child("loadBalancerIP")).errorf(in.Key(key), "write one of them", "loadBalancerIP asks for an address too")
		case listed && !HasVariable(value) && !addressList(value):
			v.errorf(in.Key(key), "", "got %q, want addresses such as 192.168.1.20, with commas between", problem.Clip(value))
		case misspelt >= 0 && !listed:
			v.errorf(in.Key(key), "write "+addressAnnotations[misspelt], "no load balancer reads this annotation")
		}
	}
}

// isAddress reports whether a text is an address as Kubernetes takes it.
func isAddress(text string) bool {
	a, err := netip.ParseAddr(text)
	return err == nil && a.Zone() == "" && !a.Is4In6()
}

func addressList(text string) bool {
	return !slices.ContainsFunc(strings.Split(text, ","), func(one string) bool { return !isAddress(strings.TrimSpace(one)) })
}
