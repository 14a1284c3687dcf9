package reach

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hearth-dev/hearth/internal/objects"
)

// sorted are the values of a map, by key.
func sorted(m map[string]any) []any {
	var out []any
	for _, key := range slices.Sorted(maps.Keys(m)) {
		out = append(out, m[key])
	}
	return out
}

// opened is a Service that is a way in itself.
func (a *analysis) opened(s *corev1.Service) {
	ref := objects.ServiceRef(*s)
	path, before, opens := entrance(s)
	if !opens {
		return
	}
	ends := a.service(s, "")
	for i := range ends {
		ends[i].via = ends[i].via[1:] // the Service itself is the entry
	}
	if s.Spec.ExternalTrafficPolicy == corev1.ServiceExternalTrafficPolicyLocal {
		for i := range ends {
			if c := ends[i].container; c != nil && len(ends[i].via) == 0 { // clients come to the pod itself
				ends[i].passage = ends[i].passage.then(a.admission(c))
			}
		}
	}
	a.way(ref, path, nil, before, ends)
}

// entrance is how a Service opens itself to the outside, if it does, and who can
// come by it. An annotation of a controller's counts as the field that it stands
// for.
func entrance(s *corev1.Service) (path string, p passage, opens bool) {
	note := s.Annotations
	on := func(key string) bool { return strings.EqualFold(note[key], "true") }
	ranges := s.Spec.LoadBalancerSourceRanges
	if text := note["service.beta.kubernetes.io/load-balancer-source-ranges"]; len(ranges) == 0 && text != "" {
		ranges = strings.Split(text, ",")
	}
	var addresses []string
	if s.Spec.LoadBalancerIP != "" {
		addresses = append(addresses, s.Spec.LoadBalancerIP)
	}
	for _, key := range []string{"lbipam.cilium.io/ips", "io.cilium/lb-ipam-ips", "metallb.io/loadBalancerIPs", "metallb.universe.tf/loadBalancerIPs", "kube-vip.io/loadbalancerIPs"} {
		if note[key] != "" {
			addresses = append(addresses, strings.Split(note[key], ",")...)
		}
	}
	tailnet := s.Spec.LoadBalancerClass != nil && *s.Spec.LoadBalancerClass == "tailscale"
	internal := on("service.beta.kubernetes.io/azure-load-balancer-internal") || on("service.beta.kubernetes.io/aws-load-balancer-internal") ||
		note["service.beta.kubernetes.io/aws-load-balancer-scheme"] == "internal" ||
		strings.EqualFold(note["networking.gke.io/load-balancer-type"], "internal") || strings.EqualFold(note["cloud.google.com/load-balancer-type"], "internal")
	switch {
	case on("tailscale.com/funnel"):
		return "metadata.annotations[tailscale.com/funnel]", passage{}, true
	case on("tailscale.com/expose"):
		return "metadata.annotations[tailscale.com/expose]", passage{private: true}, true
	case s.Spec.Type == corev1.ServiceTypeLoadBalancer:
		return "spec.type", passage{private: tailnet || internal || privateRanges(ranges) || privateRanges(addresses)}, true
	case s.Spec.Type == corev1.ServiceTypeNodePort:
		return "spec.type", passage{}, true
	case len(s.Spec.ExternalIPs) > 0:
		return "spec.externalIPs", passage{private: privateRanges(s.Spec.ExternalIPs)}, true
	}
	for _, key := range slices.Sorted(maps.Keys(note)) {
		for _, prefix := range []string{"k8s.ngrok.com/", "cloudflare-operator.io/", "cfargotunnel.com/", "getambassador.io/config", "skupper.io/proxy", "netbird.io/expose", "zrok"} {
			if strings.HasPrefix(key, prefix) {
				return "metadata.annotations[" + key + "]", passage{guard: Unseen, blind: objects.ServiceRef(*s), why: "is opened by " + key + ": who may come is decided elsewhere"}, true
			}
		}
	}
	return "", passage{}, false
}

// onNode is a pod that listens at an address of its node.
func (a *analysis) onNode(p *objects.Pod) {
	for _, c := range p.Containers() {
		for _, port := range c.Ports {
			if port.HostPort == 0 || p.Spec.HostNetwork || port.Protocol == corev1.ProtocolUDP || local(port.HostIP) {
				continue
			}
			path := fmt.Sprintf("%s.ports[%d].hostPort", c.Path, port.ContainerPort)
			a.way(p.Ref, path, nil, passage{private: privateRanges(words(port.HostIP, " ")) && port.HostIP != ""}, a.pod(p, fmt.Sprint(port.ContainerPort)))
		}
		if runsOneOf(c, tunnels) {
			a.tunnel(p, c)
		}
	}
	if p.Spec.HostNetwork {
		a.way(p.Ref, p.Path+".hostNetwork", nil, passage{}, a.pod(p, ""))
	}
}

// tunnel is a pod that fetches requests from outside.
func (a *analysis) tunnel(p *objects.Pod, c objects.Container) {
	ends := a.forward(c)
	quick := slices.Contains(runs(c), "--url") && !slices.Contains(runs(c), "--token")
	for i := range ends {
		if end := &ends[i]; quick && end.passage.blind == p.Ref {
			end.passage = passage{} // without an account there is nobody to ask
		}
		ends[i].via = ends[i].via[1:]
	}
	if len(ends) == 0 && a.sensitive[objects.Namespace(p.Ref.Namespace)] {
		a.blind(Blind{Object: p.Ref, Path: c.Path, Message: "runs " + name(c) + ", a tunnel from outside: what it leads to is decided elsewhere"})
	}
	a.way(p.Ref, c.Path, nil, passage{}, ends)
}
