package reach

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
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
	for _, e := range entrances(s) {
		ends := slices.Clone(a.follow(target{namespace: s.Namespace, name: s.Name}, Ref{}, ""))
		for i := range ends {
			end := &ends[i]
			end.via = end.via.next // the Service itself is the entry
			// Clients come to the pod by their own addresses, and policies see them.
			if !e.byPod && end.via == nil && s.Spec.ExternalTrafficPolicy == corev1.ServiceExternalTrafficPolicyLocal {
				end.passage = end.passage.then(end.admits)
			}
		}
		a.way(objects.ServiceRef(*s), e.path, nil, e.passage, ends)
	}
}

// entrance is a field of a Service that opens it to the outside, and who can come
// by it.
type entrance struct {
	path    string
	passage passage
	byPod   bool // clients come by a pod of somebody's, whose address policies see
}

// entrances are how a Service opens itself. An annotation of a controller's
// counts as the field that it stands for.
func entrances(s *corev1.Service) []entrance {
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
	addresses = append(addresses, v1alpha1.ServiceAddresses(note)...)
	tailnet := s.Spec.LoadBalancerClass != nil && *s.Spec.LoadBalancerClass == "tailscale"
	internal := on("service.beta.kubernetes.io/azure-load-balancer-internal") || on("service.beta.kubernetes.io/aws-load-balancer-internal") ||
		note["service.beta.kubernetes.io/aws-load-balancer-scheme"] == "internal" ||
		strings.EqualFold(note["networking.gke.io/load-balancer-type"], "internal") || strings.EqualFold(note["cloud.google.com/load-balancer-type"], "internal")
	var all []entrance
	add := func(path string, p passage) { all = append(all, entrance{path: path, passage: p}) }
	if on("tailscale.com/funnel") {
		add("metadata.annotations[tailscale.com/funnel]", passage{})
	}
	if on("tailscale.com/expose") {
		add("metadata.annotations[tailscale.com/expose]", passage{private: true})
	}
	switch s.Spec.Type {
	case corev1.ServiceTypeLoadBalancer:
		add("spec.type", passage{private: tailnet || internal || privateRanges(ranges) || privateRanges(addresses)})
	case corev1.ServiceTypeNodePort:
		add("spec.type", passage{})
	}
	for i := range all {
		all[i].byPod = tailnet || all[i].path != "spec.type" // Tailscale's are all so far
	}
	if len(s.Spec.ExternalIPs) > 0 {
		add("spec.externalIPs", passage{private: privateRanges(s.Spec.ExternalIPs)})
	}
	for _, key := range slices.Sorted(maps.Keys(note)) {
		if v1alpha1.OpensService(key) {
			add("metadata.annotations["+key+"]", passage{guard: Unseen, blind: objects.ServiceRef(*s), why: "is opened by " + key + ": who may come is decided elsewhere"})
		}
	}
	return all
}

// onNode is a pod that listens at an address of its node.
func (a *analysis) onNode(p *objects.Pod) {
	for _, c := range p.Containers() {
		for _, port := range c.Ports {
			if port.HostPort == 0 || p.Spec.HostNetwork || !speaks(port.Protocol) || local(port.HostIP) {
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
	ends := slices.Clone(a.forward(c))
	quick := slices.Contains(runs(c), "--url") && !slices.Contains(runs(c), "--token")
	for i := range ends {
		if end := &ends[i]; quick && end.passage.blind == p.Ref {
			end.passage = passage{} // without an account there is nobody to ask
		}
		ends[i].via = ends[i].via.next
	}
	if len(ends) == 0 && a.sensitive[objects.Namespace(p.Ref.Namespace)] {
		a.blind(Blind{Object: p.Ref, Path: c.Path, Message: "runs " + name(c) + ", a tunnel from outside: what it leads to is decided elsewhere"})
	}
	a.way(p.Ref, c.Path, nil, passage{}, ends)
}
