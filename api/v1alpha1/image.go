package v1alpha1

// Image overrides parts of a container image's reference.
type Image struct {
	// Registry host, such as docker.io. Default: the registry of the official
	// image. A mirror of that registry applies afterwards.
	Registry string `json:"registry,omitempty"`
	// Repository within the registry, such as ollama/ollama.
	Repository string `json:"repository,omitempty"`
	// Tag of the image. Defaults to the version hearth is tested with; "latest"
	// is refused.
	Tag string `json:"tag,omitempty"`
	// Digest pins the image: sha256: and 64 hexadecimal digits. The tag stays
	// in the reference for people to read.
	Digest string `json:"digest,omitempty"`
	// PullPolicy is IfNotPresent (default), Always or Never.
	PullPolicy PullPolicy `json:"pullPolicy,omitempty"`
}

// PullPolicy of a container image.
type PullPolicy string

// Values lists the allowed policies.
func (PullPolicy) Values() []string { return []string{"IfNotPresent", "Always", "Never"} }

// Images says how every image of a base is pulled.
type Images struct {
	// Mirrors maps a registry to the place to pull from instead, a host with an
	// optional path: {docker.io: harbor.example.org/dockerhub}. Names of models
	// are never rewritten: Ollama's registry is no container registry.
	Mirrors map[string]string `json:"mirrors,omitempty"`
	// PullSecrets are the names of Secrets of type kubernetes.io/dockerconfigjson.
	PullSecrets []string `json:"pullSecrets,omitempty"`
	// Lock pins the images to the digests of hearth.lock.yaml, which `hearth
	// lock` writes. Default true; false for images that no registry has, such as
	// those of a test.
	Lock *bool `json:"lock,omitempty"`
}

// Proxy is an HTTP proxy for what leaves the cluster.
type Proxy struct {
	// HTTP is the proxy's URL for http:// destinations.
	HTTP string `json:"http,omitempty"`
	// HTTPS is the proxy's URL for https:// destinations: models.
	HTTPS string `json:"https,omitempty"`
	// NoProxy lists hosts, domains and ranges reached directly, besides the
	// cluster's own, which hearth adds.
	NoProxy []string `json:"noProxy,omitempty"`
}

// CABundle names a ConfigMap with PEM certificates.
type CABundle struct {
	// ConfigMap in the base's namespace.
	ConfigMap string `json:"configMap"`
	// Key of the ConfigMap. Default ca.crt.
	Key string `json:"key,omitempty"`
}
