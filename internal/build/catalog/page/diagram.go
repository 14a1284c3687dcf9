package page

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/catalog/markdown"
	"github.com/hearth-dev/hearth/internal/objects"
)

// graph is a flowchart of Mermaid's.
type graph struct {
	ids          map[string]string
	nodes, edges []string
}

// node is the identifier of what the key names, once it is drawn; its lines stand
// below each other in the shape, such as [( and )].
func (g *graph) node(key, left, right string, lines ...string) string {
	if id, known := g.ids[key]; known {
		return id
	}
	id := fmt.Sprintf("n%d", len(g.ids)+1)
	g.ids[key] = id
	for i := range lines {
		lines[i] = markdown.Mermaid(lines[i])
	}
	g.nodes = append(g.nodes, "  "+id+left+`"`+strings.Join(lines, "<br>")+`"`+right)
	return id
}

// edge leads from one to the other, if both are drawn.
func (g *graph) edge(from, arrow, label, to string) {
	if from == "" || to == "" || from == to {
		return
	}
	if label != "" {
		label = `|"` + markdown.Mermaid(label) + `"|`
	}
	if line := "  " + from + " " + arrow + label + " " + to; !slices.Contains(g.edges, line) {
		g.edges = append(g.edges, line)
	}
}

func (g *graph) String() string {
	return "```mermaid\nflowchart LR\n" + strings.Join(append(g.nodes, g.edges...), "\n") + "\n```"
}

// diagram leads from the clients to the volumes.
func (p *page) diagram() string {
	g := &graph{ids: map[string]string{}}
	routes := p.routes()
	for _, r := range routes {
		from := g.node("client "+r.users, "([", "])", r.users)
		way := g.node("route "+r.ref.String(), "[", "]", r.by, r.ref.Kind+" "+r.ref.Name)
		g.edge(from, "-->", r.host, way)
		for _, s := range r.services {
			for _, i := range p.set.ServicesNamed(r.ref.Namespace, s) {
				g.edge(way, "-->", "", p.serviceNode(g, p.set.Services[i]))
			}
		}
	}
	for _, s := range p.set.Services {
		if s.Spec.ClusterIP != corev1.ClusterIPNone {
			p.serviceNode(g, s)
		}
	}
	for i := range p.set.Pods {
		pod := p.podNode(g, i)
		p.volumeNodes(g, i, pod)
		p.inside(g, i, pod)
	}
	for i := range p.overlay.Bases {
		p.outside(g, &p.overlay.Bases[i])
	}
	return paragraphs(g.String(), "Solid arrows are requests on their way to an answer, and volumes; dotted ones are who else may connect, by the NetworkPolicies, and what the pods themselves ask.")
}

func (p *page) serviceNode(g *graph, s corev1.Service) string {
	key := "service " + s.Namespace + "/" + s.Name
	_, known := g.ids[key]
	id := g.node(key, "{{", "}}", "Service "+s.Name, ports(s))
	if !known {
		for _, i := range p.set.Selected(s.Namespace, selector(s.Spec.Selector)) {
			g.edge(id, "-->", "", p.podNode(g, i))
		}
	}
	return id
}

func ports(s corev1.Service) string {
	var all []string
	for _, p := range s.Spec.Ports {
		all = append(all, fmt.Sprint(p.Port))
	}
	return "port " + strings.Join(all, ", ")
}

func (p *page) podNode(g *graph, i int) string {
	r := p.set.Pods[i].Ref
	return g.node("pod "+r.String(), "[", "]", r.Kind+" "+r.Name, "namespace "+objects.Namespace(r.Namespace))
}

func (p *page) volumeNodes(g *graph, i int, pod string) {
	r := p.set.Pods[i].Ref
	for _, v := range p.set.Pods[i].Spec.Volumes {
		if v.PersistentVolumeClaim == nil {
			continue
		}
		name := v.PersistentVolumeClaim.ClaimName
		lines := []string{"PVC " + name}
		if claim := p.set.Find("", "PersistentVolumeClaim", r.Namespace, name); claim != nil {
			lines = append(lines, objects.Text(claim, "spec", "resources", "requests", "storage"))
		}
		g.edge(pod, "-->", "", g.node("claim "+r.Namespace+"/"+name, "[(", ")]", lines...))
	}
	for _, t := range objects.List(p.set.Pods[i].Whole, "spec", "volumeClaimTemplates") {
		name := objects.Text(t, "metadata", "name") + "-" + r.Name + "-N"
		g.edge(pod, "-->", "", g.node("claim "+r.Namespace+"/"+name, "[(", ")]", "PVC "+name+" of each pod", objects.Text(t, "spec", "resources", "requests", "storage")))
	}
}

// inside are those that a NetworkPolicy admits, but for the controllers of the
// routes and the chat, which have arrows of their own.
func (p *page) inside(g *graph, i int, pod string) {
	peers, all := p.admitted(i)
	if all {
		peers = []string{"everything in the cluster"}
	}
	for _, peer := range peers {
		own := strings.HasPrefix(peer, "pods of open-webui in ")
		for j := range p.overlay.Bases {
			b := &p.overlay.Bases[j]
			if b.Expose.Exposed() && b.Namespace == p.set.Pods[i].Ref.Namespace {
				own = own || slices.Contains(p.peers(b.Namespace, *b.Expose.From), peer)
			}
		}
		if !own {
			g.edge(g.node("peer "+peer, "([", "])", peer), "-.->", "", pod)
		}
	}
}

// outside is what the pods of a base ask.
func (p *page) outside(g *graph, b *v1alpha1.Base) {
	pod := func(name string) string {
		for i := range p.set.Pods {
			if r := p.set.Pods[i].Ref; r.Namespace == b.Namespace && r.Name == name {
				return p.podNode(g, i)
			}
		}
		return ""
	}
	if w := b.OpenWebUI; w != nil {
		chat := pod("open-webui")
		if b.Ollama != nil && len(w.OllamaURLs) == 0 {
			for _, i := range p.set.ServicesNamed(b.Namespace, b.Ollama.ServiceName()) {
				g.edge(chat, "-->", "", p.serviceNode(g, p.set.Services[i]))
			}
		}
		for _, u := range w.OllamaURLs {
			g.edge(chat, "-->", "", g.node("ollama "+u, "[", "]", "Ollama", u))
		}
		for _, k := range w.Backends {
			g.edge(chat, "-->", "", g.node("backend "+k.URL, "[", "]", "OpenAI's API", k.URL))
		}
		if w.Database.Server() {
			g.edge(chat, "-->", "", g.node("database "+w.Database.URL().Name, "[(", ")]", "PostgreSQL", w.Database.URL().Name))
		}
		if w.Redis != nil {
			g.edge(chat, "-->", "", g.node("redis", "[(", ")]", "Redis", ""))
		}
		switch x := &w.Vectors; x.Type {
		case v1alpha1.VectorsChroma:
			g.edge(chat, "-->", "", g.node("vectors", "[(", ")]", "Chroma", x.Chroma.URL))
		case v1alpha1.VectorsQdrant:
			g.edge(chat, "-->", "", g.node("vectors", "[(", ")]", "Qdrant", x.Qdrant.URL))
		}
		if w.OIDC != nil {
			g.edge(chat, "-.->", "sign-in", g.node("oidc "+w.OIDC.ProviderURL, "[", "]", "OpenID Connect", w.OIDC.ProviderURL))
		}
	}
	if o := b.Ollama; o != nil && o.Pull == v1alpha1.PullMissing {
		for _, m := range b.PullModels() {
			host := modelRegistry(m)
			g.edge(pod(o.ServiceName()), "-.->", "pulls models", g.node("registry "+host, "[", "]", "Model registry", host))
		}
	}
}

// route is an object that leads a host to Services of its namespace.
type route struct {
	ref             objects.Ref
	by, users, host string
	services        []string
}

// routes are all of the overlay's, a person's own too.
func (p *page) routes() []route {
	var all []route
	for i, ref := range p.set.Refs {
		o := p.set.All[i]
		if p.redirects(ref) {
			continue
		}
		r := route{ref: ref, users: "Clients"}
		switch {
		case ref.Is("networking.k8s.io", "Ingress"):
			r.by = "Ingress controller"
			r.services = append(r.services, objects.Text(o, "spec", "defaultBackend", "service", "name"))
			for _, rule := range objects.List(o, "spec", "rules") {
				for _, path := range objects.List(rule, "http", "paths") {
					r.services = append(r.services, objects.Text(path, "backend", "service", "name"))
				}
			}
		case ref.Kind == "IngressRoute":
			r.by = "Traefik"
			for _, rule := range objects.List(o, "spec", "routes") {
				for _, s := range objects.List(rule, "services") {
					r.services = append(r.services, objects.Text(s, "name"))
				}
			}
		case ref.Is("gateway.networking.k8s.io", "HTTPRoute"):
			r.by = "Gateway"
			for _, rule := range objects.List(o, "spec", "rules") {
				for _, s := range objects.List(rule, "backendRefs") {
					r.services = append(r.services, objects.Text(s, "name"))
				}
			}
		default:
			continue
		}
		for j := range p.overlay.Bases {
			if b := &p.overlay.Bases[j]; b.Expose.Exposed() && b.Namespace == ref.Namespace && b.Expose.Name == ref.Name {
				r.by, r.users, r.host = controller(b.Expose), p.users(b), b.Expose.URL()
			}
		}
		if r.services = slices.DeleteFunc(r.services, func(s string) bool { return s == "" }); len(r.services) > 0 {
			all = append(all, r)
		}
	}
	return all
}

// redirects reports whether the object answers http:// alone, for a route of the
// stack.
func (p *page) redirects(r objects.Ref) bool {
	return p.any(func(b *v1alpha1.Base) bool {
		return b.Expose.Exposed() && b.Namespace == r.Namespace && r.Name == b.Expose.Name+"-redirect"
	})
}
