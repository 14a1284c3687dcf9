package page

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/catalog/markdown"
	"github.com/hearth-dev/hearth/internal/build/object"
)

func (p *page) access() string {
	rows := p.services()
	for i := range p.overlay.Bases {
		if b := &p.overlay.Bases[i]; b.Expose.Exposed() {
			rows = append(rows, []string{"External", "<" + b.Expose.URL() + ">", markdown.Text(p.users(b)), auth(b), terminates(b.Expose)})
		}
	}
	blocks := []string{markdown.Table([]string{"Path", "URL or endpoint", "Audience", "Auth", "TLS terminates at"}, rows)}
	for i := range p.overlay.Bases {
		if b := &p.overlay.Bases[i]; b.Expose.APIKeys != nil {
			blocks = append(blocks, program(b)...)
		}
	}
	if commands := p.forwards(); len(commands) > 0 {
		blocks = append(blocks, "From a machine with access to the cluster:", fence(commands))
	}
	return paragraphs(blocks...)
}

// services are a row for each way in from inside the cluster.
func (p *page) services() [][]string {
	var rows [][]string
	for _, s := range p.set.Services {
		if s.Spec.ClusterIP == corev1.ClusterIPNone {
			continue
		}
		for _, port := range s.Spec.Ports {
			path, url := "Internal", fmt.Sprintf("%s.%s.svc:%d", s.Name, s.Namespace, port.Port)
			auth := "none of its own: the NetworkPolicy decides"
			if b, w := p.baseOf(s.Namespace, s.Name); w != nil {
				url = "http://" + url
				switch w.field {
				case "openWebUI":
					auth = "sign-in by Open WebUI; the NetworkPolicy decides who gets that far"
				case "engine":
					paths := ", on some of its paths"
					if b.Engine.LlamaCpp() {
						paths = ""
					}
					auth = "the key in the Secret " + markdown.Code(b.Engine.SecretName) + paths + "; the NetworkPolicy decides who gets that far"
				case keysField:
					auth = keysOf(b.Keys())
				}
			}
			if s.Spec.Type != corev1.ServiceTypeClusterIP && s.Spec.Type != "" {
				path = string(s.Spec.Type)
			}
			ways := markdown.Code(strings.TrimSuffix(url, ":80"))
			for _, address := range outside(s) {
				ways += ", " + markdown.Code(strings.TrimSuffix(fmt.Sprintf("http://%s:%d", address, port.Port), ":80"))
			}
			rows = append(rows, []string{markdown.Text(path), ways, p.audience(s), auth, "nowhere: it has none"})
		}
	}
	return rows
}

// keysOf says what a route or a Service asks programs for.
func keysOf(k *v1alpha1.APIKeys) string {
	return "the key of a program, of the Secret " + markdown.Code(k.SecretName) + ": " + code(k.Names)
}

// program is how one uses Ollama by its key.
func program(b *v1alpha1.Base) []string {
	e, name := b.Expose, b.Expose.APIKeys.Names[0]
	return []string{
		"A program sends its key, " + markdown.Code("Authorization: Bearer KEY") + "; for a client of OpenAI's API it is the API key, and " +
			markdown.Code(e.URL()+"/v1") + " the base URL:",
		fence([]string{
			fmt.Sprintf("KEY=$(kubectl -n %s get secret %s -o jsonpath='{.data.%s}' | base64 -d)", b.Namespace, e.APIKeys.SecretName, name),
			fmt.Sprintf(`curl -H "Authorization: Bearer $KEY" %s/v1/models`, e.URL()),
		}),
	}
}

// outside are the addresses that a load balancer is asked for, as a URL has them.
func outside(s corev1.Service) []string {
	if s.Spec.Type != corev1.ServiceTypeLoadBalancer {
		return nil
	}
	of := v1alpha1.Service{LoadBalancerIP: s.Spec.LoadBalancerIP, Annotations: s.Annotations}
	var all []string
	for _, address := range of.Addresses() {
		if strings.Contains(address, ":") && !v1alpha1.HasVariable(address) {
			address = "[" + address + "]"
		}
		all = append(all, address)
	}
	return all
}

// audience is who the NetworkPolicies admit to the Service's pods.
func (p *page) audience(s corev1.Service) string {
	var who []string
	for _, i := range p.set.Selected(s.Namespace, selector(s.Spec.Selector)) {
		peers, all := p.admitted(i)
		if all {
			return "everything in the cluster: no NetworkPolicy closes it"
		}
		for _, peer := range peers {
			if t := markdown.Text(peer); !slices.Contains(who, t) {
				who = append(who, t)
			}
		}
	}
	if len(who) == 0 {
		return "nobody: the NetworkPolicy admits none"
	}
	return strings.Join(who, "; ")
}

// selector of labels; nil, which selects nothing, for none.
func selector(labels map[string]string) *metav1.LabelSelector {
	if len(labels) == 0 {
		return nil
	}
	return &metav1.LabelSelector{MatchLabels: labels}
}

// admitted are the peers that may connect to the i-th pod; all where nothing
// closes it.
func (p *page) admitted(i int) (peers []string, all bool) {
	all = true
	pod := &p.set.Pods[i]
	for _, policy := range p.set.PoliciesOf(pod) {
		if len(policy.Spec.PolicyTypes) > 0 && !slices.Contains(policy.Spec.PolicyTypes, networkingv1.PolicyTypeIngress) {
			continue
		}
		all = false
		for _, rule := range policy.Spec.Ingress {
			if len(rule.From) == 0 {
				return nil, true
			}
			for _, peer := range rule.From {
				if name := p.peer(policy.Namespace, peer); !slices.Contains(peers, name) {
					peers = append(peers, name)
				}
			}
		}
	}
	return peers, all
}

// peer is a NetworkPolicy's in words.
func (p *page) peer(namespace string, peer networkingv1.NetworkPolicyPeer) string {
	if b := peer.IPBlock; b != nil {
		return "addresses of " + b.CIDR
	}
	pods := "pods"
	if s := peer.PodSelector; s != nil && len(s.MatchLabels)+len(s.MatchExpressions) > 0 {
		pods = "pods " + metav1.FormatLabelSelector(s)
		if name := s.MatchLabels["app.kubernetes.io/name"]; name != "" && len(s.MatchExpressions) == 0 {
			pods = "pods of " + name
		}
	}
	switch s := peer.NamespaceSelector; {
	case s == nil:
		return pods + " in the namespace " + namespace
	case len(s.MatchExpressions) == 0 && len(s.MatchLabels) == 1 && s.MatchLabels[corev1.LabelMetadataName] != "":
		return pods + " in the namespace " + s.MatchLabels[corev1.LabelMetadataName]
	case len(s.MatchLabels)+len(s.MatchExpressions) == 0:
		return pods + " in every namespace"
	default:
		return pods + " in namespaces with " + metav1.FormatLabelSelector(s)
	}
}

// users of the route.
func (p *page) users(b *v1alpha1.Base) string {
	switch {
	case p.about.Users != "":
		return p.about.Users
	case b.OpenWebUI != nil:
		return "People with an account"
	}
	return "Programs and people with access to the API"
}

// auth is what the route asks for.
func auth(b *v1alpha1.Base) string {
	var asks []string
	if a := b.Expose.BasicAuth(); a != nil {
		asks = append(asks, controller(b.Expose)+" asks for a user and password, of the Secret "+markdown.Code(a.SecretName))
	}
	if k := b.Expose.APIKeys; k != nil {
		asks = append(asks, keysOf(k))
	}
	if address := b.Expose.ForwardAuthAddress(); address != "" {
		asks = append(asks, controller(b.Expose)+" asks the program at "+markdown.Code(address))
	}
	if w := b.OpenWebUI; w != nil {
		in := "sign-in by Open WebUI"
		if w.OIDC != nil {
			in += ", or at " + markdown.Code(w.OIDC.ProviderURL)
		}
		asks = append(asks, in)
	}
	if len(asks) == 0 {
		return "none: whoever reaches the host may use it and delete its models"
	}
	if len(b.Expose.AllowList()) > 0 {
		asks = append(asks, "some addresses alone")
	}
	return strings.Join(asks, "; ")
}

func terminates(e *v1alpha1.Expose) string {
	switch {
	case e.TLS.Type == v1alpha1.TLSNone:
		return "nowhere: it has none"
	case e.Type == v1alpha1.ExposeGateway:
		return "Gateway " + markdown.Code(e.Gateway.Name)
	case e.Type == v1alpha1.ExposeNginx:
		return "F5 NGINX"
	}
	return controller(e)
}

// forwards reach each program past its route.
func (p *page) forwards() []string {
	var commands []string
	for i := range p.overlay.Bases {
		b := &p.overlay.Bases[i]
		for _, w := range workloads(b) {
			local := 11434
			switch w.field {
			case "openWebUI":
				local = 8080
			case "engine":
				local = v1alpha1.EnginePort
			}
			ports := fmt.Sprintf("%d:%d", local, w.Service.Port)
			commands = append(commands, fmt.Sprintf("kubectl -n %s port-forward service/%s %s", b.Namespace, w.name, ports))
		}
	}
	return commands
}

// peers are a Peer of the stack in the words of peer.
func (p *page) peers(namespace string, from v1alpha1.Peer) []string {
	var all []string
	for _, peer := range object.Peers(namespace, from) {
		all = append(all, p.peer(namespace, peer))
	}
	return all
}
