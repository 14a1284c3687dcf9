package v1alpha1

import (
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/api/problem"
)

// Base is one deployable service in one namespace: Ollama, Open WebUI, an engine,
// or several of them.
type Base struct {
	// Name of the base and of its folder, a DNS label. An overlay cannot change it.
	Name string `json:"name"`
	// Namespace of every object. An overlay cannot change it: a volume cannot
	// move between namespaces.
	Namespace string `json:"namespace,omitzero"`
	// CreateNamespace adds the Namespace object. Default false: Fleet and
	// `kubectl create namespace` make it, and a Namespace in Git is deleted with
	// all volumes when it leaves Git. An overlay over several namespaces has
	// them always.
	CreateNamespace bool `json:"createNamespace,omitzero"`
	// NamespaceLabels for the namespace, in fleet.yaml and in the Namespace
	// object. Defaults to Pod Security "restricted", enforced.
	NamespaceLabels map[string]string `json:"namespaceLabels,omitzero"`
	// Labels for every object and pod but the volumes. Never part of a
	// selector, so that they can change.
	Labels map[string]string `json:"labels,omitzero"`
	// Annotations for every object and pod but the volumes.
	Annotations map[string]string `json:"annotations,omitzero"`
	// Images says where container images come from.
	Images Images `json:"images,omitzero"`
	// Proxy is the HTTP proxy of the pods. Default none.
	Proxy *Proxy `json:"proxy,omitzero"`
	// CABundle is a ConfigMap with extra certificate authorities that the pods
	// trust: for a private model registry or identity provider.
	CABundle *CABundle `json:"caBundle,omitzero"`
	// DNS is where the pods look up names. Default: the cluster's DNS pods and
	// node-local DNS, where most clusters have them.
	DNS *DNS `json:"dns,omitzero"`
	// Ollama is the inference server. Default none.
	Ollama *Ollama `json:"ollama,omitzero"`
	// Engine is an inference server for many people, or for a model that no single
	// node holds. Default none.
	Engine *Engine `json:"engine,omitzero"`
	// OpenWebUI is the chat in front of them. Default none.
	OpenWebUI *OpenWebUI `json:"openWebUI,omitzero"`
	// Expose is the way in from outside the cluster: to Open WebUI where the
	// base has one, else to Ollama. Default internal, no way in.
	Expose *Expose `json:"expose,omitzero"`
	// Monitoring is what Prometheus and Grafana watch of the base. Default none.
	Monitoring *Monitoring `json:"monitoring,omitzero"`
	// Resources are complete Kubernetes objects added to the base as they are.
	Resources []Object `json:"resources,omitzero"`
	// Patches change the generated objects last, as kustomize's patches do: the
	// escape hatch for what the Stack has no field for.
	Patches []Patch `json:"patches,omitzero"`
}

// Default fills in what the base leaves out. It validates nothing.
func (b *Base) Default() {
	if b.NamespaceLabels == nil {
		b.NamespaceLabels = map[string]string{"pod-security.kubernetes.io/enforce": "restricted"}
	}
	if b.CABundle != nil {
		fill(&b.CABundle.Key, "ca.crt")
	}
	fillPointer(&b.DNS, DNS{})
	b.DNS.applyDefaults()
	if e := b.Engine; e != nil {
		if b.OpenWebUI == nil {
			fillPointer(&e.AllowFrom, []Peer{{}})
		}
		e.applyDefaults()
		b.asksEngine()
	}
	if w := b.OpenWebUI; w != nil {
		w.Embedding.applyDefaults(b.Ollama != nil)
		if body := b.Expose.BodyLimit(); body > 0 && body < 10<<20 {
			fill(&w.MaxUploadSize, BodySize(mebibytes(max(1<<20, body))))
		}
		w.applyDefaults()
	}
	if o := b.Ollama; o != nil {
		if len(b.PullModels()) > len(o.Models) {
			fill(&o.MaxLoadedModels, 2)
		}
		if b.OpenWebUI == nil && !b.Expose.Exposed() {
			fillPointer(&o.AllowFrom, []Peer{{}})
		}
		o.applyDefaults()
		b.applySizes()
	}
	fillPointer(&b.Expose, Expose{})
	if w := b.OpenWebUI; w != nil {
		switch b.Expose.Type {
		case ExposeNginx:
			fillPointer(&b.Expose.NGINX, NGINX{})
		case ExposeIngressNGINX:
			fillPointer(&b.Expose.IngressNGINX, IngressNGINX{})
		}
		if size := b.Expose.maxBodySize(); size != nil {
			fill(size, BodySize(mebibytes(w.MaxBody())))
		}
	}
	if w, t := b.OpenWebUI, b.Expose.Tile; w != nil && t != nil {
		fill(&t.Title, w.Name)
	}
	b.Expose.Default(b.Service(), b.Program())
	if b.Monitoring != nil {
		b.Monitoring.applyDefaults(b)
	}
}

// Program behind the base's route: the chat where there is one, since it asks
// people to sign in, else Ollama.
func (b *Base) Program() Program {
	switch {
	case b.OpenWebUI != nil:
		return ProgramOpenWebUI
	case b.Ollama != nil:
		return ProgramOllama
	}
	return ProgramOther
}

// Service is the name of the Service that the base's route leads to.
func (b *Base) Service() string {
	if b.OpenWebUI != nil {
		return serviceOpenWebUI
	}
	return b.Ollama.ServiceName()
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

// Validate reports everything that is wrong with the base as written; paths
// count from it. It changes nothing.
func (b *Base) Validate() problem.List {
	v := newValidator()
	v.base(nil, *b)
	return v.problems.Sorted()
}

// base checks a base as written, with the defaults that it would have.
func (v validator) base(at *field.Path, written Base) {
	given, full := &written, clone(written)
	b := &full
	b.Default()
	v.label(at.Child("name"), b.Name, "the base's name")
	v.namespace(at.Child("namespace"), b.Namespace)
	if b.Ollama == nil && b.OpenWebUI == nil && b.Engine == nil {
		v.because(at.Child("ollama"), at.Child("openWebUI"), at.Child("engine")).errorf(at, "write ollama, engine or openWebUI", "the base deploys nothing")
	}
	v.namespaceLabels(at.Child("namespaceLabels"), b.NamespaceLabels)
	v.labels(at.Child("labels"), b.Labels)
	v.reservedLabels(at.Child("labels"), b.Labels)
	v.baseAnnotations(at.Child("annotations"), b.Annotations)
	v.images(at.Child("images"), b.Images)
	v.proxy(at, b)
	if b.CABundle != nil {
		v.caBundle(at.Child("caBundle"), b.CABundle)
	}
	v.dns(at.Child("dns"), b.DNS)
	if b.Ollama != nil {
		v.ollama(at, given, b)
	}
	if b.Engine != nil {
		v.engine(at, given, b)
	}
	if b.OpenWebUI != nil {
		v.openWebUI(at, given, b)
	}
	if b.Ollama != nil {
		v.sizing(at, given, b)
	}
	route := v
	if b.Program() == ProgramOllama { // a chat that could not be read would be behind the route
		route = v.because(at.Child("openWebUI"))
	}
	route.expose(at.Child("expose"), given.Expose, b.Expose, b.Program(), true)
	v.pastRoute(at, b)
	v.monitoring(at, given.Monitoring, b)
	v.signIn(at, b)
	v.shared(at, b)
	v.objects(at.Child("resources"), b.Resources)
	v.baseNamespaces(at, b.Resources, b.Namespace)
	v.patches(at.Child("patches"), b.Patches)
}

// namespace refuses those that are not the service's own: hearth labels the
// namespace for Pod Security, and Fleet removes every other label.
func (v validator) namespace(at *field.Path, name string) {
	v.label(at, name, "the namespace")
	v.staysText(at, name)
	if name == "default" || strings.HasPrefix(name, "kube-") {
		v.errorf(at, "write a namespace of the service's own, such as ollama",
			"got %q, which others use: hearth's labels for Pod Security would stop their pods", name)
	}
}

func (v validator) caBundle(at *field.Path, c *CABundle) {
	v.name(at.Child("configMap"), c.ConfigMap, "a ConfigMap")
	if len(validation.IsConfigMapKey(c.Key)) > 0 {
		v.errorf(at.Child("key"), "", "got %q, want a key such as ca.crt", c.Key)
	}
}

// shared refuses one Secret, one volume or one job for two things.
func (v validator) shared(at *field.Path, b *Base) {
	claims, secrets, jobs := map[string]*field.Path{}, map[string]*field.Path{}, map[string]*field.Path{}
	use := func(seen map[string]*field.Path, path *field.Path, name, kind string) {
		if other, taken := seen[name]; taken && name != "" {
			v.because(other).errorf(path, "give each a "+kind+" of its own", "got %q, which is the %s of %s too", name, kind, relative(at, other))
		}
		seen[name] = path
	}
	if o := b.Ollama; o != nil {
		storage := at.Child("ollama", "storage")
		for _, claim := range b.claims()["ollama"] {
			use(claims, storage.Child("existingClaim"), claim, "claim")
		}
		use(jobs, storage.Child("backup", "longhorn", "group"), o.Storage.RecurringJob(), "recurring job")
	}
	if w := b.OpenWebUI; w != nil {
		storage := at.Child("openWebUI", "storage")
		for _, claim := range b.claims()["openWebUI"] {
			use(claims, storage.Child("existingClaim"), claim, "claim")
		}
		use(jobs, storage.Child("backup", "longhorn", "group"), w.Storage.RecurringJob(), "recurring job")
		use(secrets, at.Child("openWebUI", "secretName"), w.SecretName, "Secret")
	}
	if e := b.Engine; e != nil {
		for _, claim := range b.claims()["engine"] {
			use(claims, at.Child("engine", "storage", "existingClaim"), claim, "claim")
		}
		use(secrets, at.Child("engine", "secretName"), e.SecretName, "Secret")
	}
	if b.Expose.TLS != nil {
		use(secrets, at.Child("expose", "tls", "secretName"), b.Expose.TLS.SecretName, "Secret")
	}
	if auth := b.Expose.BasicAuth(); auth != nil {
		use(secrets, at.Child("expose", string(b.Expose.Type), "basicAuth", "secretName"), auth.SecretName, "Secret")
	}
	if keys := b.Expose.APIKeys; keys != nil {
		use(secrets, at.Child("expose", "apiKeys", "secretName"), keys.SecretName, "Secret")
	}
	if c := b.CABundle; c != nil && c.ConfigMap != "" && c.ConfigMap == b.Expose.homerConfigMap() {
		use(map[string]*field.Path{c.ConfigMap: at.Child("caBundle", "configMap")}, at.Child("expose", "tile", "homer", "configMap"), c.ConfigMap, "ConfigMap")
	}
	for i, name := range b.Images.PullSecrets {
		if _, taken := secrets[name]; taken {
			use(secrets, at.Child("images", "pullSecrets").Index(i), name, "Secret")
		}
	}
}

// relative is a path as counted from another one, for a sentence.
func relative(from, to *field.Path) string {
	if from == nil {
		return to.String()
	}
	return strings.TrimPrefix(strings.TrimPrefix(to.String(), from.String()), ".")
}
