package page

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/catalog/markdown"
)

func (p *page) metadata() string {
	return markdown.Table([]string{"Field", "Value"}, [][]string{
		{"Service", markdown.Text(p.title())},
		{"Purpose", markdown.Text(p.purpose())},
		{"Criticality", said(p.about.Criticality)},
		{"Owner", said(p.about.Owner)},
		{"Clusters", p.clusterNames()},
		{"Namespace", markdown.Text(strings.Join(p.namespaces(), ", "))},
		{"Exposure", strings.Join(p.each(exposure), ", ")},
		{"Stateful", p.stateful()},
		{"Backup class", p.backupClass()},
		{"RPO / RTO", p.rpo() + ", " + p.rto()},
		{"Last reviewed", said(string(p.about.LastReviewed))},
	})
}

func (p *page) purpose() string {
	switch {
	case p.about.Purpose != "":
		return p.about.Purpose
	case p.any(hasChat) && p.any(hasOllama):
		return "Chat with local language models: Open WebUI in front of Ollama"
	case p.any(hasChat) && p.any(hasEngine):
		return "Chat with a language model: Open WebUI in front of " + strings.Join(p.each(engineTitle), " and ")
	case p.any(hasChat):
		return "Chat with language models: Open WebUI in front of Ollama servers elsewhere"
	}
	if !p.any(hasOllama) {
		return "Answers of a language model by OpenAI's API"
	}
	return "Answers of local language models by Ollama's API"
}

func (p *page) impact() string {
	switch {
	case p.about.Impact != "":
		return p.about.Impact
	case p.any(hasChat) && p.any(hasOllama):
		return "nobody can chat, and what asks Ollama gets no answer. Chats are lost with " + p.keeper() + " only, and models can be pulled again."
	case p.any(hasChat):
		return "nobody can chat. Chats are lost with " + p.keeper() + " only."
	}
	return "what asks its API gets no answer. Models can be pulled again if their volume is lost."
}

// onServer reports whether the base's chat keeps its data on a server.
func onServer(b *v1alpha1.Base) bool { return hasChat(b) && b.OpenWebUI.Database.Server() }

// keeper is what chats are lost with.
func (p *page) keeper() string {
	if p.any(onServer) {
		return "their database"
	}
	return "their volume"
}

// clusterNames are where the overlay is deployed.
func (p *page) clusterNames() string {
	var names []string
	if len(p.about.Clusters) > 0 {
		names = slices.Clone(p.about.Clusters)
	} else if f := p.stack.Fleet; f != nil {
		for _, t := range f.Targets {
			if t.Overlay == p.overlay.Name {
				names = append(names, target(t))
			}
		}
		if f.DefaultOverlay == p.overlay.Name {
			names = append(names, everyOther)
		}
		if len(names) == 0 {
			return "none of Fleet's"
		}
	}
	if len(names) == 0 {
		return notSaid
	}
	return markdown.Text(strings.Join(names, ", "))
}

const everyOther = "every other cluster of the GitRepo"

// target is in words which clusters a target of Fleet's matches.
func target(t v1alpha1.FleetTarget) string {
	var where []string
	if t.ClusterName != "" {
		where = append(where, t.ClusterName)
	}
	if t.ClusterGroup != "" {
		where = append(where, "the cluster group "+t.ClusterGroup)
	}
	if s := t.ClusterSelector; s != nil {
		for _, pair := range pairs(s.MatchLabels) {
			where = append(where, "the label "+pair)
		}
		for _, e := range s.MatchExpressions {
			where = append(where, strings.TrimSpace(fmt.Sprintf("the label %s %s %s", e.Key, e.Operator, strings.Join(e.Values, ","))))
		}
	}
	return strings.Join(where, " and ")
}

// exposure is from where the base's service can be reached at most.
func exposure(b *v1alpha1.Base) string {
	switch {
	case b.Expose.Exposed() && b.Expose.Audience == v1alpha1.AudiencePublic:
		return "internet"
	case b.Expose.Exposed():
		return "private network"
	}
	for _, w := range workloads(b) {
		if w.Service.Type != v1alpha1.ClusterIP {
			return "network of the nodes"
		}
	}
	return "inside the cluster"
}

func (p *page) stateful() string {
	if len(p.volumes) > 0 {
		return "yes"
	}
	return "no"
}

func (p *page) backupClass() string {
	of := func(s v1alpha1.Storage) string {
		switch {
		case s.ExistingClaim != "":
			return "that of the claim " + s.ExistingClaim
		case s.NFS != nil:
			return "that of the NFS server " + s.NFS.Server
		case s.Backup == nil:
			return "none"
		case s.Backup.Longhorn != nil && s.Backup.Longhorn.Task == v1alpha1.BackupTaskBackup:
			return "backup"
		}
		return "snapshot"
	}
	var classes, each []string
	for i := range p.overlay.Bases {
		for _, w := range workloads(&p.overlay.Bases[i]) {
			classes, each = append(classes, of(w.Storage)), append(each, w.program+": "+of(w.Storage))
		}
	}
	if same := slices.Compact(slices.Clone(classes)); len(same) == 1 {
		return markdown.Text(same[0])
	}
	return markdown.Text(strings.Join(each, "; "))
}

// rpo follows from how often earlier states are kept.
func (p *page) rpo() string {
	if p.about.RPO != "" {
		return markdown.Text(p.about.RPO)
	}
	var kept []string
	for i := range p.overlay.Bases {
		for _, w := range workloads(&p.overlay.Bases[i]) {
			if k := w.Storage.Backup; k != nil && k.Schedule != "" && !slices.Contains(kept, k.Schedule) {
				kept = append(kept, k.Schedule)
			}
		}
	}
	if slices.Sort(kept); len(kept) > 0 {
		return "RPO: since the last run of " + code(kept)
	}
	return "RPO " + notSaid
}

func (p *page) rto() string {
	if p.about.RTO != "" {
		return markdown.Text(p.about.RTO)
	}
	return "RTO " + notSaid
}

func (p *page) overview() string {
	what := "Open WebUI is a chat in the browser. It keeps chats, accounts and documents on a persistent volume."
	if p.any(onServer) {
		what = "Open WebUI is a chat in the browser. It keeps chats and accounts in PostgreSQL, and documents on a persistent volume."
	}
	server := "Ollama answers requests to its API with local models, for people and for programs, and stores the models on a persistent volume."
	var text []string
	if p.any(hasChat) {
		text = append(text, what)
	}
	if p.any(hasOllama) {
		text = append(text, server)
	}
	return paragraphs(strings.Join(text, " "),
		"### Summary", "If it fails: "+markdown.Text(p.impact()),
		"### Dependencies", markdown.Table([]string{"Dependency", "Type", "Why it matters"}, p.dependencies()))
}

// dependencies are what the service needs, by the spec and the objects.
func (p *page) dependencies() [][]string {
	var rows [][]string
	add := func(name, kind, why string) {
		row := []string{name, kind, why}
		if !slices.ContainsFunc(rows, func(r []string) bool { return slices.Equal(r, row) }) {
			rows = append(rows, row)
		}
	}
	for i := range p.overlay.Bases {
		b := &p.overlay.Bases[i]
		if w := b.OpenWebUI; w != nil {
			storage(add, w.Storage, w.Database.OnVolume("chats, accounts and documents"))
		}
		if o := b.Ollama; o != nil {
			storage(add, o.Storage, "downloaded models")
			if i := o.Storage.Image; i != nil {
				add("Image "+markdown.Code(i.Registry+"/"+i.Repository+":"+i.Tag), "storage", "Holds the models; the nodes pull and mount it")
			}
		}
		way(add, b)
		nodes(add, b)
		add("Cluster DNS", "network", "Finds Services and hosts by their names")
		peers(add, b)
		groups(add, b)
		models(add, b)
		watchers(add, b)
	}
	for i := range p.set.Pods {
		for _, c := range p.set.Pods[i].Containers() {
			registry, _, _ := strings.Cut(c.Image, "/")
			add("Image registry "+markdown.Code(registry), "registry", "Has the images; needed when a pod starts on a node without them")
		}
	}
	if p.stack.Fleet != nil {
		add("Fleet", "deployment", "Brings each change from Git to the clusters")
	}
	for _, d := range p.about.Dependencies {
		add(markdown.Text(d.Name), markdown.Text(d.Type), markdown.Text(d.Why))
	}
	return rows
}

func storage(add func(name, kind, why string), s v1alpha1.Storage, holds string) {
	switch {
	case s.ExistingClaim != "":
		add("PersistentVolumeClaim "+markdown.Code(s.ExistingClaim), "storage", "Stores "+holds+"; made by somebody else")
	case s.NFS != nil:
		add("NFS export "+markdown.Code(s.NFS.Server+":"+s.NFS.Path), "storage", "Stores "+holds+"; the nodes mount it")
	case s.Image != nil: // its registry is among those of images
	case s.StorageClassName != "":
		add("PVC-backed storage, StorageClass "+markdown.Code(s.StorageClassName), "storage", "Stores "+holds)
	default:
		add("PVC-backed storage, the cluster's default StorageClass", "storage", "Stores "+holds)
	}
	switch k := s.Backup; {
	case k == nil:
	case k.Type == v1alpha1.BackupLonghorn:
		add("Longhorn, recurring jobs of the group "+markdown.Code(k.Longhorn.Group), "backup", "Keeps earlier states of "+holds)
	default:
		add("snapscheduler", "backup", "Keeps earlier states of "+holds)
	}
}

// way is what the way in needs.
func way(add func(name, kind, why string), b *v1alpha1.Base) {
	e := b.Expose
	if !e.Exposed() {
		return
	}
	add(controller(e), "ingress", "Exposes "+markdown.Code(e.URL()))
	for _, h := range e.Hosts() {
		add("DNS record of "+markdown.Code(string(h)), "network", "Leads clients to "+controller(e))
	}
	switch e.TLS.Type {
	case v1alpha1.TLSCertManager:
		i := e.TLS.CertManager.Issuer
		add("cert-manager, "+markdown.Code(string(i.Kind)+" "+i.Name), "certificate", "Makes and renews the certificate of the host")
	case v1alpha1.TLSCertResolver:
		add("Traefik's certificate resolver "+markdown.Code(e.TLS.CertResolver), "certificate", "Makes and renews the certificate of the host")
	}
	if address := e.ForwardAuthAddress(); address != "" {
		add("The program at "+markdown.Code(address), "identity", "Decides about each request")
	}
}

// controller is the program that a route is for.
func controller(e *v1alpha1.Expose) string {
	switch e.Type {
	case v1alpha1.ExposeNginx:
		return "F5 NGINX Ingress Controller"
	case v1alpha1.ExposeIngressNGINX:
		return "ingress-nginx"
	case v1alpha1.ExposeTraefik:
		return "Traefik"
	}
	return "Gateway API"
}

func nodes(add func(name, kind, why string), b *v1alpha1.Base) {
	for _, w := range running(b) {
		needs := fmt.Sprintf("a node with %s CPU and %s of memory free", markdown.Code(string(w.Resources.Requests.CPU)), markdown.Code(string(w.Resources.Requests.Memory)))
		if w.pods > 1 {
			needs = fmt.Sprintf("for each of %d pods ", w.pods) + needs
		}
		var devices *v1alpha1.Accelerator
		switch w.field {
		case "ollama":
			devices = b.Ollama.Accelerator
		case "engine":
			devices = b.Engine.Accelerator
		}
		if devices != nil {
			needs += fmt.Sprintf(", and %d %s", devices.Count, markdown.Code(devices.ResourceName))
			if devices.Memory != "" {
				needs += " of " + markdown.Code(string(devices.Memory)) + " of memory each"
			}
		}
		if len(w.NodeSelector) > 0 {
			needs += ", of the labels " + code(pairs(w.NodeSelector))
		}
		why := "Determines where the chat runs"
		switch w.field {
		case "ollama", "engine":
			why = "Determines where model execution occurs"
		case keysField:
			why = "Determines where the keys of programs are compared"
		}
		add("Node scheduling: "+needs, "runtime", why)
	}
}

// peers are the other programs that the base talks to.
func peers(add func(name, kind, why string), b *v1alpha1.Base) {
	if w := b.OpenWebUI; w != nil {
		for _, u := range w.OllamaURLs {
			add("Ollama at "+markdown.Code(u), "inference", "Answers the chat")
		}
		for _, k := range w.Backends {
			if b.Engine != nil && v1alpha1.LeadsTo(k.URL, b.Namespace, v1alpha1.EngineName(), b.Namespace) {
				continue // the base's own
			}
			add("Server of OpenAI's API at "+markdown.Code(k.URL), "inference", "Answers the chat")
		}
		switch d := &w.Database; d.Type {
		case v1alpha1.DatabasePostgres:
			add("PostgreSQL, by the URL in the Secret "+markdown.Code(d.URL().Name), "storage", "Holds chats, accounts and settings")
		case v1alpha1.DatabaseCloudNativePG:
			add("CloudNativePG, which keeps the database "+markdown.Code(d.CloudNativePG.Name), "storage", "Holds chats, accounts and settings")
		}
		if r := w.Redis; r != nil {
			at := ", by the URL in a Secret"
			if r.URL.SecretKeyRef == nil {
				at = " at " + markdown.Code(r.URL.Value)
			}
			add("Redis"+at, "storage", "Keeps sign-outs, and what the pages have to hear, together")
		}
		switch x := &w.Vectors; x.Type {
		case v1alpha1.VectorsPGVector:
			add("pgvector, in the same PostgreSQL", "storage", "Finds passages of documents")
		case v1alpha1.VectorsChroma:
			add("Chroma at "+markdown.Code(x.Chroma.URL), "storage", "Finds passages of documents")
		case v1alpha1.VectorsQdrant:
			add("Qdrant at "+markdown.Code(x.Qdrant.URL), "storage", "Finds passages of documents")
		}
		if w.OIDC != nil {
			add("OpenID Connect provider "+markdown.Code(w.OIDC.ProviderURL), "identity", "Signs people in")
		}
	}
	if x := b.Proxy; x != nil {
		for _, u := range []string{x.HTTP, x.HTTPS} {
			if u != "" {
				add("HTTP proxy "+markdown.Code(u), "network", "Leads to what is outside the cluster")
			}
		}
	}
	if c := b.CABundle; c != nil {
		add("ConfigMap "+markdown.Code(c.ConfigMap), "certificate", "Holds the authorities that the pods trust")
	}
}

// models are where Ollama's models come from.
func models(add func(name, kind, why string), b *v1alpha1.Base) {
	if o := b.Ollama; o != nil && o.Pull == v1alpha1.PullMissing {
		if o.LargestModel != "" {
			add("Model registries, of people's choice", "registry", "Have the models that people pull")
		}
		for _, m := range b.PullModels() {
			add("Model registry "+markdown.Code(modelRegistry(m)), "registry", "Has the models that the volume lacks; not needed once they are there")
		}
	}
}

// groups are what an engine needs in the cluster, and outside.
func groups(add func(name, kind, why string), b *v1alpha1.Base) {
	if e := b.Engine; e != nil {
		add("LeaderWorkerSet's controller", "runtime", "Makes the engine's pods, and restarts those of a group together")
		if e.Pull == v1alpha1.PullMissing {
			add("Hugging Face, "+markdown.Code(e.Model), "registry", "Has the model that a volume lacks; not needed once it is there")
		}
	}
}

// watchers are what monitoring needs in the cluster.
func watchers(add func(name, kind, why string), b *v1alpha1.Base) {
	m := b.Monitoring
	if m == nil {
		return
	}
	if m.Prober != nil || m.Alerts != nil {
		add("Prometheus operator", "monitoring", "Reads the Probes and the alert rules")
	}
	if m.Prober != nil {
		add("Blackbox exporter", "monitoring", "Asks whether all of it answers")
	}
	if m.Dashboard != nil {
		add("Grafana with its sidecar", "monitoring", "Shows the dashboard")
	}
	if t := m.OpenTelemetry; t != nil {
		add("OpenTelemetry collector "+markdown.Code(t.Endpoint), "monitoring", "Takes what the chat measures")
	}
}

// modelRegistry is the host that Ollama pulls a model from.
func modelRegistry(model string) string {
	if u, err := url.Parse(model); err == nil && u.Host != "" {
		return u.Host
	}
	if parts := strings.Split(model, "/"); len(parts) > 2 || len(parts) == 2 && strings.ContainsAny(parts[0], ".:") {
		return parts[0]
	}
	return "registry.ollama.ai"
}
