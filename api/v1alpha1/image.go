package v1alpha1

import (
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/internal/lazyregexp"
	"github.com/hearth-dev/hearth/internal/versions"
)

// Image overrides parts of a container image's reference.
type Image struct {
	// Registry host, such as docker.io. Default: the registry of the official
	// image. A mirror of that registry applies afterwards.
	Registry string `json:"registry,omitzero"`
	// Repository within the registry, such as ollama/ollama.
	Repository string `json:"repository,omitzero"`
	// Tag of the image. Defaults to the version hearth is tested with; "latest"
	// is refused.
	Tag string `json:"tag,omitzero"`
	// Digest pins the image: sha256: and 64 hexadecimal digits. The tag stays
	// in the reference for people to read.
	Digest string `json:"digest,omitzero"`
	// PullPolicy is IfNotPresent (default), Always or Never.
	PullPolicy PullPolicy `json:"pullPolicy,omitzero"`
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
	Mirrors map[string]string `json:"mirrors,omitzero"`
	// PullSecrets are the names of Secrets of type kubernetes.io/dockerconfigjson.
	PullSecrets []string `json:"pullSecrets,omitzero"`
	// Lock pins the images to the digests of hearth.lock.yaml, which `hearth
	// lock` writes. Default true; false for images that no registry has, such as
	// those of a test.
	Lock *bool `json:"lock,omitzero"`
}

// Proxy is an HTTP proxy for what leaves the cluster.
type Proxy struct {
	// HTTP is the proxy's URL for http:// destinations.
	HTTP string `json:"http,omitzero"`
	// HTTPS is the proxy's URL for https:// destinations: models.
	HTTPS string `json:"https,omitzero"`
	// NoProxy lists hosts, domains and ranges reached directly, besides the
	// cluster's own, which hearth adds.
	NoProxy []string `json:"noProxy,omitzero"`
}

// CABundle names a ConfigMap with PEM certificates.
type CABundle struct {
	// ConfigMap in the base's namespace.
	ConfigMap string `json:"configMap"`
	// Key of the ConfigMap. Default ca.crt.
	Key string `json:"key,omitzero"`
}

var (
	digestForm = lazyregexp.New(`^sha256:[0-9a-f]{64}$`)
	tagForm    = lazyregexp.New(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`) // and at most 128 long
	// repositoryForm is the grammar of the distribution project's references.
	repositoryForm = lazyregexp.New(`^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$`)
)

// maxRepository is the longest name of a repository that registries take.
const maxRepository = 255

// isRegistry reports whether s is a registry's host, with an optional port. A container runtime
// takes a host without dot and port, but localhost, for a folder of Docker Hub.
func isRegistry(s string) bool {
	host, port, hasPort := strings.Cut(s, ":")
	if hasPort && new(Port).UnmarshalText([]byte(port)) != nil {
		return false
	}
	return len(validation.IsDNS1123Subdomain(host)) == 0 && (hasPort || host == "localhost" || strings.Contains(host, "."))
}

func (v validator) image(at *field.Path, i Image) {
	if i.Registry != "" && !isRegistry(i.Registry) {
		v.errorf(at.Child("registry"), "", "got %q, want a host with a dot or a port, such as docker.io or registry:5000", i.Registry)
	}
	first, _, isPath := strings.Cut(i.Repository, "/")
	switch {
	case i.Repository == "":
	case strings.ContainsAny(i.Repository, ":@"):
		v.errorf(at.Child("repository"), "write registry, tag or digest beside it", "got %q, want the repository alone, such as ollama/ollama", i.Repository)
	case isPath && i.Registry == "" && isRegistry(first):
		v.errorf(at.Child("repository"), "write registry: "+first, "got %q, want the repository without the registry's host", i.Repository)
	case !repositoryForm().MatchString(i.Repository) || len(i.Repository) > maxRepository:
		v.errorf(at.Child("repository"), "", "got %q, want lower-case names joined by '/', such as ollama/ollama, at most %d characters", i.Repository, maxRepository)
	}
	switch {
	case i.Tag == "latest":
		v.errorf(at.Child("tag"), "name a version, or remove it for the one that hearth is tested with",
			`"latest" is another program tomorrow, and a restarted pod would run it without anybody having asked`)
	case !tagForm().MatchString(i.Tag) || len(i.Tag) > 128:
		v.errorf(at.Child("tag"), "", "got %q, want a tag such as %s", i.Tag, OllamaVersion)
	}
	if i.Digest != "" && !digestForm().MatchString(i.Digest) {
		v.errorf(at.Child("digest"), "", "got %q, want sha256: and 64 hexadecimal digits", i.Digest)
	}
}

// version warns of a tag that is no version, or one of a version that hearth
// does not know, and of an image that may number them otherwise. It stops
// nothing: the newest is always unknown for a while.
func (v validator) version(at *field.Path, image Image, p *versions.Program) {
	tag := image.Tag
	named := image.Repository != "" && !strings.ContainsAny(image.Repository, ":@") // which is refused
	others := named && !p.Official(image.Repository)
	if !tagForm().MatchString(tag) || tag == "latest" {
		return // refused
	}
	standing := p.Standing(tag)
	if others && standing != versions.None {
		v.warnf(at, "", "%s is an image of somebody else's: hearth takes its tag %s for the version of the %s in it", image.Repository, tag, p.Name)
		return
	}
	if reason, fix := p.Unknown(tag); standing == versions.None {
		v.warnf(at, "write a version, such as "+p.Default,
			"%q is no version of %s: hearth cannot tell which settings it reads, nor whether another one is older", tag, p.Name)
	} else if reason != "" {
		v.warnf(at, fix, "%s", reason)
	}
}

func (v validator) images(at *field.Path, images Images) {
	for _, registry := range slices.Sorted(maps.Keys(images.Mirrors)) {
		at, mirror := at.Child("mirrors").Key(registry), images.Mirrors[registry]
		if !isRegistry(registry) {
			v.errorf(at, "", "got the registry %q, want a host such as docker.io or ghcr.io", registry)
		}
		host, repository, hasPath := strings.Cut(strings.TrimSuffix(mirror, "/"), "/")
		if !isRegistry(host) || hasPath && !repositoryForm().MatchString(repository) || len(repository) > maxRepository {
			v.errorf(at, "", "got %q, want a host with an optional path and no scheme, such as harbor.example.org/dockerhub", mirror)
		}
	}
	first := map[string]int{}
	for i, name := range images.PullSecrets {
		at := at.Child("pullSecrets").Index(i)
		v.name(at, name, "a Secret")
		if j, again := first[name]; again {
			v.errorf(at, "remove one of them", "got %q, which is images.pullSecrets[%d] too", name, j)
		}
		first[name] = i
	}
}
