package repository

import (
	"fmt"
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/mattfenwick/cyclonus/pkg/matcher"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/hearth-dev/hearth/internal/testing/pagetest"
)

// networkPage says who reaches whom. It is evaluated by cyclonus' matcher, which
// tests network plugins: np-guard's analyzer, the other library that reads
// policies without a cluster, is not on the module proxy.
const networkPage = "docs/network.md"

const networkHead = `# Who reaches whom

What the committed overlays' NetworkPolicies admit, new connections from a row to a column: **yes**, no, or — where neither end
is a pod of the overlay and hearth has no say. Computed from the built overlays by a test
(` + "`go test ./internal/testing/repository -run Network -update`" + `), so it cannot fall behind them.
It holds where the cluster's network plugin enforces NetworkPolicy; most do, flannel alone does not:
` + "`hearth doctor --probe`" + ` tries it out.

"Private" is an address of a home or company network. The node that a pod runs on always reaches the pod, or probes could not.
"Metadata" are the addresses by which cloud providers hand credentials to whoever asks; the internet is what is left of all
addresses without IANA's special-purpose ones, a private IPv4 address behind NAT64 among them. A cluster with IPv6 alone, whose
translator is at 64:ff9b::/96, lets Ollama out to it: ` + "`allowTo: [{cidrs: [64:ff9b::/96], ports: [443]}]`" + `. Pods of another namespace stay outside
whatever labels they wear. "DNS" and "node-local DNS" are where most clusters have them; for one that has them elsewhere, a
base's field ` + "`dns`" + ` says where.
`

// party is one end of a connection: a pod, or an address outside.
type party struct {
	name string
	matcher.TrafficPeer
}

func pod(name, namespace, ip string, labels map[string]string) party {
	return party{name, matcher.TrafficPeer{IP: ip, Internal: &matcher.InternalPeer{
		Namespace: namespace, PodLabels: labels, NamespaceLabels: map[string]string{corev1.LabelMetadataName: namespace},
	}}}
}

func outside(name, ip string) party { return party{name, matcher.TrafficPeer{IP: ip}} }

// service is a party's port.
type service struct {
	party
	protocol corev1.Protocol
	port     int
	portName string
}

// overlayNetwork is what an overlay has that matters to the network.
type overlayNetwork struct {
	policies  *matcher.Policy
	namespace string
	own       []service // its workloads' ports
}

func readNetwork(t *testing.T, overlay string) overlayNetwork {
	t.Helper()
	var n overlayNetwork
	var policies []*networkingv1.NetworkPolicy
	templates := map[string]corev1.PodTemplateSpec{}
	for id, o := range buildOverlay(t, overlay) {
		kind, name, _ := strings.Cut(id, "/")
		var err error
		switch kind {
		case "NetworkPolicy":
			p := &networkingv1.NetworkPolicy{}
			err = runtime.DefaultUnstructuredConverter.FromUnstructured(o.(map[string]any), p)
			policies = append(policies, p)
		case "Deployment", "StatefulSet":
			var w appsv1.Deployment // of what is read here, a StatefulSet has the same
			err = runtime.DefaultUnstructuredConverter.FromUnstructured(o.(map[string]any), &w)
			templates[name], n.namespace = w.Spec.Template, w.Namespace
		}
		if err != nil {
			t.Fatalf("%s: %s: %v", overlay, id, err)
		}
	}
	for i, name := range []string{"ollama", "open-webui"} {
		if template, ok := templates[name]; ok {
			port := template.Spec.Containers[0].Ports[0]
			n.own = append(n.own, service{pod(name, n.namespace, fmt.Sprintf("10.42.0.%d", i+1), template.Labels), port.Protocol, int(port.ContainerPort), port.Name})
		}
	}
	if len(n.own) != len(templates) || len(n.own) == 0 {
		t.Fatalf("%s has %d workloads, of which this test knows %d", overlay, len(templates), len(n.own))
	}
	n.policies = matcher.BuildNetworkPolicies(false, policies)
	return n
}

// sources are whoever may want something.
func (n overlayNetwork) sources() []party {
	traefik := map[string]string{"app.kubernetes.io/name": "traefik"}
	nginx := map[string]string{"app.kubernetes.io/name": "nginx-ingress"}
	var all []party
	for _, s := range n.own {
		all = append(all, s.party)
	}
	return append(all,
		pod("another pod of the namespace", n.namespace, "10.42.0.9", map[string]string{"app": "other"}),
		pod("Traefik", "traefik", "10.42.1.1", traefik),
		pod("F5 NGINX", "nginx-ingress", "10.42.1.2", nginx),
		pod("a stranger with Traefik's labels", "default", "10.42.1.3", traefik),
		pod("a pod of another namespace", "default", "10.42.1.4", map[string]string{"app": "other"}),
		outside("a private address", "192.168.1.20"),
		outside("the internet", "198.41.0.4"),
	)
}

// destinations are what there is to want.
func (n overlayNetwork) destinations() []service {
	const tcp, udp = corev1.ProtocolTCP, corev1.ProtocolUDP
	internet := outside("internet", "198.41.0.4")
	return append(n.own,
		service{pod("DNS", "kube-system", "10.42.1.5", map[string]string{"k8s-app": "kube-dns"}), udp, 53, "dns"},
		service{outside("node-local DNS", "169.254.20.10"), udp, 53, ""},
		service{pod("model-registry", "models", "10.42.1.6", map[string]string{"app.kubernetes.io/name": "model-registry"}), tcp, 5000, ""},
		service{pod("other pod", "default", "10.42.1.4", map[string]string{"app": "other"}), tcp, 443, ""},
		service{internet, tcp, 443, ""}, service{internet, tcp, 22, ""},
		service{outside("internet, IPv6", "2001:4860::7"), tcp, 443, ""},
		service{outside("private", "192.168.1.1"), tcp, 443, ""},
		service{outside("private, IPv6", "fd00::1"), tcp, 443, ""},
		service{outside("metadata", "169.254.169.254"), tcp, 80, ""},
		service{outside("Azure's metadata", "168.63.129.16"), tcp, 80, ""},
	)
}

// special are addresses of every block that IANA's registries call not globally
// reachable, and the metadata services of the clouds.
func special(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile("api/v1alpha1/testdata/special-purpose.csv")
	if err != nil {
		t.Fatal(err)
	}
	addresses := []string{"168.63.129.16", "169.254.169.254", "169.254.170.2", "100.100.100.200", "192.0.0.192",
		"fd00:ec2::254", "fd20:ce::254", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a9fe:a9fe", "224.0.0.1", "ff02::1"}
	for line := range strings.Lines(string(data)) {
		block, rest, _ := strings.Cut(line, ",")
		if !strings.HasPrefix(line, "#") && !strings.HasSuffix(strings.TrimSpace(rest), ",True") {
			addresses = append(addresses, netip.MustParsePrefix(block).Addr().String())
		}
	}
	return addresses
}

// No workload of an overlay gets to an address that is no host of the internet's.
// node-local DNS is one, at its own port.
func TestNetworkLeavesSpecialPurposesOut(t *testing.T) {
	atRoot(t)
	addresses, looked, out := special(t), 0, 0
	for _, overlay := range networkOverlays(t) {
		n := readNetwork(t, overlay)
		for _, from := range n.own {
			for _, port := range []int{80, 443} {
				for _, a := range addresses {
					looked++
					if reached, _ := n.reaches(from.party, service{outside(a, a), corev1.ProtocolTCP, port, ""}); reached {
						t.Errorf("%s: %s reaches %s on port %d", overlay, from.name, a, port)
					}
				}
				if reached, _ := n.reaches(from.party, service{outside("the internet", "198.41.0.4"), corev1.ProtocolTCP, port, ""}); reached {
					out++
				}
			}
		}
	}
	if out == 0 || looked < 200 {
		t.Errorf("%d connections were looked at, and of the internet %d were let through: the test sees nothing", looked, out)
	}
}

// reaches reports whether the policies let the source connect; concerned is false where no policy of the overlay has a say.
func (n overlayNetwork) reaches(from party, to service) (reached, concerned bool) {
	for _, end := range []party{from, to.party} {
		for _, s := range n.own {
			concerned = concerned || s.name == end.name
		}
	}
	if !concerned || from.name == to.name {
		return false, false
	}
	return n.policies.IsTrafficAllowed(&matcher.Traffic{
		Source: &from.TrafficPeer, Destination: &to.TrafficPeer, Protocol: to.protocol, ResolvedPort: to.port, ResolvedPortName: to.portName,
	}).IsAllowed(), true
}

// table is the overlay's section of the page.
func (n overlayNetwork) table(overlay string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n## %s\n\n| from |", overlay)
	for _, to := range n.destinations() {
		fmt.Fprintf(&b, " %s %d |", to.name, to.port)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(n.destinations())) + "\n")
	for _, from := range n.sources() {
		fmt.Fprintf(&b, "| %s |", from.name)
		for _, to := range n.destinations() {
			switch reached, concerned := n.reaches(from, to); {
			case !concerned:
				b.WriteString(" — |")
			case reached:
				b.WriteString(" **yes** |")
			default:
				b.WriteString(" no |")
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

func networkOverlays(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir("overlays")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestNetworkPage(t *testing.T) {
	atRoot(t)
	want := networkHead
	for _, overlay := range networkOverlays(t) {
		want += readNetwork(t, overlay).table(overlay)
	}
	pagetest.Page(t, networkPage, "go test ./internal/testing/repository -run Network -update", *update, want)
}

// What no overlay may ever admit, whatever the page says.
func TestNetworkHoldsTheLine(t *testing.T) {
	atRoot(t)
	never := map[string][]string{ // by source: destinations, "*" for every one
		"the internet": {"*"}, "a private address": {"*"}, "a pod of another namespace": {"*"}, "a stranger with Traefik's labels": {"*"},
		"ollama":     {"private", "private, IPv6", "metadata", "Azure's metadata", "other pod", "open-webui"},
		"open-webui": {"private", "private, IPv6", "metadata", "Azure's metadata", "other pod", "internet", "internet, IPv6", "model-registry"},
	}
	checked := 0
	for _, overlay := range networkOverlays(t) {
		n := readNetwork(t, overlay)
		for _, from := range n.sources() {
			for _, to := range n.destinations() {
				for _, name := range never[from.name] {
					reached, concerned := n.reaches(from, to)
					if !concerned || name != "*" && name != to.name {
						continue
					}
					checked++
					if reached {
						t.Errorf("%s: %s reaches %s on port %d", overlay, from.name, to.name, to.port)
					}
				}
			}
		}
	}
	if checked < 50 {
		t.Errorf("%d connections were looked at, there were 50 and more", checked)
	}
	t.Logf("%d connections that must not be", checked)
}
