package v1alpha1

import "github.com/hearth-dev/hearth/sizing"

// Versions of the software, pinned: what the end-to-end tests run.
const (
	OllamaVersion    = "0.23.2"
	OpenWebUIVersion = "0.9.4"
)

// OllamaImage is the official image of Ollama.
func OllamaImage() Image {
	return Image{Registry: "docker.io", Repository: "ollama/ollama", Tag: OllamaVersion, PullPolicy: "IfNotPresent"}
}

// OpenWebUIImage is the official image of Open WebUI.
func OpenWebUIImage() Image {
	return Image{Registry: "ghcr.io", Repository: "open-webui/open-webui", Tag: OpenWebUIVersion, PullPolicy: "IfNotPresent"}
}

// applyDefaults fills in what the person left out. It validates nothing.
func (b *Base) applyDefaults() {
	if b.NamespaceLabels == nil {
		b.NamespaceLabels = map[string]string{"pod-security.kubernetes.io/enforce": "restricted"}
	}
	if b.CABundle != nil {
		fill(&b.CABundle.Key, "ca.crt")
	}
	fillPointer(&b.DNS, DNS{})
	b.DNS.applyDefaults()
	if w := b.OpenWebUI; w != nil {
		w.Embedding.applyDefaults(b.Ollama != nil)
		w.applyDefaults()
	}
	if o := b.Ollama; o != nil {
		if len(b.PullModels()) > len(o.Models) {
			fill(&o.MaxLoadedModels, 2)
		}
		o.applyDefaults()
		b.applySizes()
	}
	if b.Expose == nil {
		b.Expose = &Expose{}
	}
	service := "ollama"
	if b.OpenWebUI != nil {
		service = "open-webui"
	}
	b.Expose.applyDefaults(service)
}

func (o *Ollama) applyDefaults() {
	if o.Accelerator != nil {
		o.Accelerator.applyDefaults(&o.Image)
	}
	// The reference system's cores: a 3B model at about 13 tokens/s. Memory and
	// volume follow from the models.
	o.Workload.applyDefaults(OllamaImage(), Resources{
		Requests: ResourceList{CPU: "1"},
		Limits:   ResourceList{CPU: "4"},
	}, "")
	fill(&o.Threads, ThreadsAuto)
	if o.PromptCache == Auto {
		o.PromptCache = ""
	}
	if sizing.LlamaServer(o.Image.Tag) {
		fill(&o.PromptCache, "512Mi")
	}
	fill(&o.Pull, PullMissing)
	fill(&o.ContextLength, 4096) // Ollama's own default without a GPU
	fill(&o.NumParallel, 1)
	fill(&o.MaxLoadedModels, 1)
	fill(&o.KeepAlive, "5m") // Ollama's own default
}

func (w *OpenWebUI) applyDefaults() {
	// Figures of the reference system: 825 MiB in use; 512 MiB is OOM-killed
	// while it starts.
	w.Workload.applyDefaults(OpenWebUIImage(), Resources{
		Requests: ResourceList{CPU: "100m", Memory: "512Mi"},
		Limits:   ResourceList{CPU: "1", Memory: "1500Mi"},
	}, "1Gi")
	fill(&w.Name, "Open WebUI")
	fill(&w.SignUp, SignUpOpen)
	fill(&w.SecretName, "open-webui")
	fillPointer(&w.PersistentConfig, w.SignUp == SignUpOpen)
	if w.OIDC != nil {
		w.OIDC.applyDefaults(w.SecretName)
	}
}

func (w *Workload) applyDefaults(image Image, r Resources, size Quantity) {
	for _, q := range []*Quantity{
		&w.Resources.Requests.CPU, &w.Resources.Requests.Memory, &w.Resources.Limits.CPU, &w.Resources.Limits.Memory, &w.Storage.Size,
	} {
		if *q == Auto {
			*q = ""
		}
	}
	fill(&w.Image.Tag, image.Tag)
	fill(&w.Image.PullPolicy, image.PullPolicy)
	fill(&w.Resources.Requests.CPU, r.Requests.CPU)
	fill(&w.Resources.Requests.Memory, r.Requests.Memory)
	fill(&w.Resources.Limits.CPU, r.Limits.CPU)
	fill(&w.Resources.Limits.Memory, r.Limits.Memory)
	if w.Storage.ExistingClaim == "" {
		fill(&w.Storage.Size, size)
		fill(&w.Storage.AccessMode, ReadWriteOnce)
		fillPointer(&w.Storage.Retain, true)
	}
	if w.Storage.Backup != nil {
		w.Storage.Backup.applyDefaults()
	}
	fill(&w.Service.Type, ClusterIP)
	fillPointer(&w.AllowFrom, []Peer{{}})
}

// applyDefaults fills in a route to the named Service.
func (e *Expose) applyDefaults(service string) {
	fill(&e.Type, ExposeInternal)
	if e.Type == ExposeInternal {
		return
	}
	fill(&e.Path, "/")
	fill(&e.Name, service)
	if e.Type != ExposeGateway {
		fill(&e.ClassName, string(e.Type))
	}
	fill(&e.WebSocket, WebSocketUpgrade)
	if e.Audience == "" {
		e.Audience = AudiencePublic
		if e.Host.private() {
			e.Audience = AudiencePrivate
		}
	}
	if e.TLS == nil {
		e.TLS = &TLS{} // refused later: its type has no default
	}
	e.TLS.applyDefaults(e.Name)
	fillPointer(&e.RedirectHTTP, e.TLS.Type != TLSNone)
	switch e.Type {
	case ExposeNginx:
		fill(&e.MaxBodySize, "10Mi")
		fill(&e.ReadTimeout, "1h")
		fill(&e.SendTimeout, "1h")
		// The namespace and label of the controller's own manifests and chart.
		fillPointer(&e.From, Peer{
			Namespace: "nginx-ingress",
			PodLabels: map[string]string{"app.kubernetes.io/name": "nginx-ingress"},
		})
	case ExposeTraefik:
		fill(&e.Route, TraefikIngress)
		if r := e.RateLimit; r != nil {
			fill(&r.Period, "1s")
			fill(&r.Burst, r.Average)
		}
		if e.EntryPoints == nil {
			e.EntryPoints = []string{"websecure"}
			if e.TLS.Type == TLSNone {
				e.EntryPoints = []string{"web"}
			}
		}
		// The namespace and label of the controller's Helm chart; k3s runs it
		// in kube-system.
		fillPointer(&e.From, Peer{
			Namespace: "traefik",
			PodLabels: map[string]string{"app.kubernetes.io/name": "traefik"},
		})
	case ExposeGateway:
		fill(&e.ReadTimeout, "1h")
		if e.Gateway != nil {
			e.Gateway.applyDefaults(e.Name, e.TLS.Type)
		}
	}
}

func (g *Gateway) applyDefaults(name string, tls TLSType) {
	fill(&g.RedirectSectionName, "http")
	if tls == TLSNone {
		fill(&g.SectionName, "http")
	}
	fill(&g.SectionName, "https")
	if g.ClassName != "" {
		fill(&g.Name, name)
		fill(&g.HTTPSPort, 443)
		fill(&g.HTTPPort, 80)
	}
}

func (t *TLS) applyDefaults(name string) {
	if t.Type != TLSCertManager {
		return
	}
	fill(&t.SecretName, name+"-tls")
	if t.Issuer != nil {
		fill(&t.Issuer.Kind, "ClusterIssuer")
	}
	fillPointer(&t.PrivateKey, PrivateKey{})
	fill(&t.PrivateKey.Algorithm, "ECDSA")
	switch t.PrivateKey.Algorithm {
	case "ECDSA":
		fill(&t.PrivateKey.Size, 256)
	case "RSA":
		fill(&t.PrivateKey.Size, 2048)
	}
	fill(&t.Duration, "2160h")
	fill(&t.RenewBefore, "720h")
}

func (f *Fleet) applyDefaults() {
	fill(&f.GitRepo.Namespace, "fleet-default")
	fill(&f.GitRepo.Repo, "https://git.example.org/you/your-repository")
	fill(&f.GitRepo.Branch, "main")
	fill(&f.GitRepo.Path, ".")
}

func fill[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

func fillPointer[T any](field **T, value T) {
	if *field == nil {
		*field = &value
	}
}
