package vet

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/objects"
)

// chatServerRules are about the servers that the chat asks for answers.
func chatServerRules() []Rule {
	return []Rule{{
		ID: "chat-servers", Severity: problem.Error, check: chatServers,
		Reason: "the chat asks no server whose switch is off, whatever addresses it has: nobody finds a model there",
		Fix:    "write ENABLE_OPENAI_API=True for OPENAI_API_BASE_URLS, ENABLE_OLLAMA_API=True for OLLAMA_BASE_URLS",
		Source: "Open WebUI 0.9.4, routers/openai.py and routers/ollama.py",
	}, {
		ID: "chat-keys", Severity: problem.Error, check: chatKeys,
		Reason: "keys go to the URLs in their order; Open WebUI fills up a shorter list, and keeps it in its database, where it goes before the variable from then on",
		Fix:    "write as many keys as URLs, with ; between them and nothing for a server without one",
		Source: "Open WebUI 0.9.4, routers/openai.py, get_all_models_responses",
	}, {
		ID: "chat-reach", Severity: problem.Warning, check: chatReach,
		Reason: "what no rule of the pod's NetworkPolicies admits is dropped: the chat waits for the server in vain, and lists no models of it",
		Fix:    "admit the server's pods or address, at the pods' own port, in a rule for what goes out",
		Source: "https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation",
	}, {
		ID: "variable-order", Severity: problem.Error, check: variableOrder,
		Reason: "$(NAME) stands for a variable that is defined before it; of one that comes later the text itself stays",
		Fix:    "move the variable in front",
		Source: "https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/",
	}}
}

// The chat's two kinds of servers: the switch, and the variables with URLs, the
// one that goes before the other first.
var chatAPIs = []struct {
	on   string
	urls []string
}{
	{"ENABLE_OLLAMA_API", []string{"OLLAMA_BASE_URLS", "OLLAMA_BASE_URL"}},
	{"ENABLE_OPENAI_API", []string{"OPENAI_API_BASE_URLS", "OPENAI_API_BASE_URL"}},
}

func chatServers(in *input) []Finding {
	var found []Finding
	for _, c := range in.containers(openWebUI) {
		off := 0
		for _, api := range chatAPIs {
			if !c.off(api.on) {
				continue
			}
			off++
			for _, name := range api.urls {
				if value, _ := c.env(name); value != "" {
					found = append(found, c.finding("env["+name+"]", "is not asked, for %s is off", api.on))
				}
			}
		}
		if off == len(chatAPIs) {
			found = append(found, c.finding("env[ENABLE_OPENAI_API]", "is off, and so is ENABLE_OLLAMA_API: the chat has no models"))
		}
	}
	return found
}

func chatKeys(in *input) []Finding {
	var found []Finding
	for _, c := range in.containers(openWebUI) {
		urls, _ := c.env("OPENAI_API_BASE_URLS")
		keys, _ := c.env("OPENAI_API_KEYS")
		if urls == "" || keys == "" || c.off("ENABLE_OPENAI_API") {
			continue
		}
		if u, k := strings.Count(urls, ";")+1, strings.Count(keys, ";")+1; u != k {
			found = append(found, c.finding("env[OPENAI_API_KEYS]", "has %d keys for %d URLs", k, u))
		}
	}
	return found
}

func variableOrder(in *input) []Finding {
	return in.eachContainer(func(c container) []Finding {
		var found []Finding
		for i, v := range c.Env {
			for _, later := range c.Env[i+1:] {
				if later.Name != v.Name && strings.Contains(strings.ReplaceAll(v.Value, "$$", ""), "$("+later.Name+")") && !defined(c.Env[:i], later.Name) {
					found = append(found, c.finding("env["+v.Name+"]", "has $(%s), which is defined after it", later.Name))
				}
			}
		}
		return found
	})
}

func defined(env []corev1.EnvVar, name string) bool {
	return slices.ContainsFunc(env, func(v corev1.EnvVar) bool { return v.Name == name })
}

// chatReach looks at what stands in the list alone: what another policy, or one
// of the network's own kinds, may let out, is let out.
func chatReach(in *input) []Finding {
	var found []Finding
	for _, c := range in.containers(openWebUI) {
		rules, closed := in.outOf(c.pod)
		if !closed {
			continue
		}
		for _, api := range chatAPIs {
			for _, name := range api.urls {
				value, _ := c.env(name)
				if value == "" || c.off(api.on) {
					continue
				}
				for _, address := range strings.Split(value, ";") {
					u, err := url.Parse(strings.TrimSpace(address))
					if err == nil && !c.reachesElse(u) && !in.admitted(rules, c.pod.Ref.Namespace, u) {
						found = append(found, c.finding("env["+name+"]", "no NetworkPolicy of the pod's lets it out to %s", u.Redacted()))
					}
				}
				break // the other one is not read
			}
		}
	}
	return found
}

// reachesElse reports whether a URL is the pod itself, may be a proxy's to reach,
// or is none.
func (c container) reachesElse(u *url.URL) bool {
	host := u.Hostname()
	addr, err := netip.ParseAddr(host)
	if host == "" || host == "localhost" || addr.IsLoopback() {
		return true
	}
	_, _, service := v1alpha1.ServiceOf(host, "")
	return err != nil && !service && slices.ContainsFunc(c.Env, func(v corev1.EnvVar) bool {
		return strings.HasSuffix(strings.ToUpper(v.Name), "_PROXY") && !strings.EqualFold(v.Name, "NO_PROXY")
	})
}

// outOf are the rules for what goes out of a pod; false where it is not closed, as
// far as that can be seen.
func (in *input) outOf(p *pod) (rules []networkingv1.NetworkPolicyEgressRule, closed bool) {
	for _, ref := range in.Refs {
		g := ref.Group()
		if (g == "cilium.io" || strings.HasSuffix(g, "projectcalico.org")) && strings.HasSuffix(ref.Kind, "NetworkPolicy") {
			return nil, false
		}
	}
	for _, policy := range in.PoliciesOf(p.Pod) {
		if slices.Contains(directions(*policy), networkingv1.PolicyTypeEgress) {
			closed, rules = true, append(rules, policy.Spec.Egress...)
		}
	}
	return rules, closed
}

// server is where a URL leads, as far as the list says.
type server struct {
	namespace string // of a Service's pods; "" for an address or a name elsewhere
	pods      []int  // of the Service; none where the list has not got it
	ports     []int32
	named     []string // of the pods' ports
	addr      netip.Addr
	unknown   bool // a name of the cluster's or of the internet's
}

// admitted reports whether a rule lets the pod of a namespace out to a URL.
func (in *input) admitted(rules []networkingv1.NetworkPolicyEgressRule, own string, u *url.URL) bool {
	to := in.serverOf(own, u)
	return slices.ContainsFunc(rules, func(r networkingv1.NetworkPolicyEgressRule) bool {
		return to.byPort(r.Ports) && (len(r.To) == 0 || slices.ContainsFunc(r.To, func(p networkingv1.NetworkPolicyPeer) bool { return in.byPeer(to, own, p) }))
	})
}

func (in *input) serverOf(own string, u *url.URL) server {
	port := int32(443)
	if u.Scheme == "http" {
		port = 80
	}
	if n, err := strconv.ParseInt(u.Port(), 10, 32); err == nil {
		port = int32(n)
	}
	to := server{ports: []int32{port}}
	if addr, err := netip.ParseAddr(u.Hostname()); err == nil {
		to.addr = addr.Unmap()
		return to
	}
	name, namespace, ok := v1alpha1.ServiceOf(u.Hostname(), objects.Namespace(own))
	if parts := strings.Split(u.Hostname(), "."); !ok && len(parts) == 2 {
		name, namespace, ok = parts[0], parts[1], len(in.ServicesNamed(parts[1], parts[0])) > 0
		to.unknown = !ok
	}
	if !ok {
		return to
	}
	to.namespace, to.ports = namespace, nil // a Service's port says nothing of its pods'
	for _, i := range in.ServicesNamed(namespace, name) {
		s := in.Services[i]
		to.pods = append(to.pods, in.Selected(namespace, objects.ServiceSelector(s))...)
		for _, p := range s.Spec.Ports {
			switch {
			case p.Port != port:
			case p.TargetPort.StrVal != "":
				to.named = append(to.named, p.TargetPort.StrVal)
			case p.TargetPort.IntVal != 0:
				to.ports = append(to.ports, p.TargetPort.IntVal)
			default:
				to.ports = append(to.ports, p.Port)
			}
		}
	}
	for _, name := range slices.Clone(to.named) {
		for _, i := range to.pods {
			for _, c := range in.pods[i].Spec.Containers {
				for _, p := range c.Ports {
					if p.Name == name {
						to.ports = append(to.ports, p.ContainerPort)
					}
				}
			}
		}
	}
	return to
}

// byPort reports whether a rule's ports have the server's. What is not known is
// taken for it.
func (to server) byPort(rule []networkingv1.NetworkPolicyPort) bool {
	if len(rule) == 0 || len(to.ports) == 0 && len(to.named) == 0 {
		return true
	}
	return slices.ContainsFunc(rule, func(r networkingv1.NetworkPolicyPort) bool {
		switch {
		case r.Protocol != nil && *r.Protocol != corev1.ProtocolTCP:
			return false
		case r.Port == nil:
			return true
		case r.Port.StrVal != "":
			return len(to.named) == 0 && to.namespace != "" || slices.Contains(to.named, r.Port.StrVal)
		}
		last := r.Port.IntVal
		if r.EndPort != nil {
			last = *r.EndPort
		}
		return slices.ContainsFunc(to.ports, func(p int32) bool { return r.Port.IntVal <= p && p <= last })
	})
}

// byPeer reports whether a peer of a rule may be the server.
func (in *input) byPeer(to server, own string, p networkingv1.NetworkPolicyPeer) bool {
	switch {
	case to.unknown:
		return true
	case p.IPBlock != nil:
		if !to.addr.IsValid() {
			return to.namespace == "" || len(to.pods) == 0 // behind a name, or a Service of addresses
		}
		return holds(p.IPBlock, to.addr)
	case to.namespace == "":
		return to.addr.IsValid() || p.NamespaceSelector == nil && p.PodSelector == nil // a Service's address may be written
	case p.NamespaceSelector == nil:
		if objects.Namespace(own) != objects.Namespace(to.namespace) {
			return false
		}
	case !in.namespaceMatches(to.namespace, p.NamespaceSelector):
		return false
	}
	if p.PodSelector == nil || len(to.pods) == 0 {
		return true
	}
	selector, err := metav1.LabelSelectorAsSelector(p.PodSelector)
	return err != nil || slices.ContainsFunc(to.pods, func(i int) bool { return selector.Matches(labels.Set(in.pods[i].Meta.Labels)) })
}

// namespaceMatches reports whether a selector may select a namespace. Labels of
// one that the list has not got are not known, but for its name.
func (in *input) namespaceMatches(name string, by *metav1.LabelSelector) bool {
	selector, err := metav1.LabelSelectorAsSelector(by)
	if err != nil {
		return true
	}
	known := labels.Set{corev1.LabelMetadataName: name}
	o := in.Find("", "Namespace", "", name)
	if o != nil {
		for key, value := range objects.Child(o, "metadata", "labels") {
			known[key] = fmt.Sprint(value)
		}
	}
	requirements, _ := selector.Requirements()
	for _, r := range requirements {
		if _, has := known[r.Key()]; (has || o != nil) && !r.Matches(known) {
			return false
		}
	}
	return true
}

func holds(block *networkingv1.IPBlock, addr netip.Addr) bool {
	within := func(text string) bool {
		p, err := netip.ParsePrefix(text)
		return err == nil && p.Contains(addr)
	}
	return within(block.CIDR) && !slices.ContainsFunc(block.Except, within)
}
