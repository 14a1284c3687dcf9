package v1alpha1

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/hearth-dev/hearth/internal/document"
)

var (
	digestForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
	tagForm    = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`) // and at most 128 long
	// repositoryForm is the grammar of the distribution project's references.
	repositoryForm = regexp.MustCompile(`^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$`)
)

// maxRepository is the longest name of a repository that registries take.
const maxRepository = 255

// isRegistry tells a registry's host, with an optional port. A container runtime
// takes a host without dot and port, but localhost, for a folder of Docker Hub.
func isRegistry(s string) bool {
	host, port, hasPort := strings.Cut(s, ":")
	if hasPort && new(Port).UnmarshalText([]byte(port)) != nil {
		return false
	}
	return len(validation.IsDNS1123Subdomain(host)) == 0 && (hasPort || host == "localhost" || strings.Contains(host, "."))
}

func (c *checker) image(path string, i Image) {
	if i.Registry != "" && !isRegistry(i.Registry) {
		c.errorf(path+".registry", "", "got %q, want a host with a dot or a port, such as docker.io or registry:5000", i.Registry)
	}
	first, _, isPath := strings.Cut(i.Repository, "/")
	switch {
	case i.Repository == "":
	case strings.ContainsAny(i.Repository, ":@"):
		c.errorf(path+".repository", "write registry, tag or digest beside it", "got %q, want the repository alone, such as ollama/ollama", i.Repository)
	case isPath && i.Registry == "" && isRegistry(first):
		c.errorf(path+".repository", "write registry: "+first, "got %q, want the repository without the registry's host", i.Repository)
	case !repositoryForm.MatchString(i.Repository) || len(i.Repository) > maxRepository:
		c.errorf(path+".repository", "", "got %q, want lower-case names joined by '/', such as ollama/ollama, at most %d characters", i.Repository, maxRepository)
	}
	switch {
	case i.Tag == "latest":
		c.errorf(path+".tag", "name a version, or remove it for the one that hearth is tested with",
			`"latest" is another program tomorrow, and a restarted pod would run it without anybody having asked`)
	case !tagForm.MatchString(i.Tag) || len(i.Tag) > 128:
		c.errorf(path+".tag", "", "got %q, want a tag such as %s", i.Tag, OllamaVersion)
	}
	if i.Digest != "" && !digestForm.MatchString(i.Digest) {
		c.errorf(path+".digest", "", "got %q, want sha256: and 64 hexadecimal digits", i.Digest)
	}
}

func (c *checker) images(images Images) {
	for _, registry := range slices.Sorted(maps.Keys(images.Mirrors)) {
		at, mirror := document.Join("images.mirrors", registry), images.Mirrors[registry]
		if !isRegistry(registry) {
			c.errorf(at, "", "got the registry %q, want a host such as docker.io or ghcr.io", registry)
		}
		host, repository, hasPath := strings.Cut(strings.TrimSuffix(mirror, "/"), "/")
		if !isRegistry(host) || hasPath && !repositoryForm.MatchString(repository) || len(repository) > maxRepository {
			c.errorf(at, "", "got %q, want a host with an optional path and no scheme, such as harbor.example.org/dockerhub", mirror)
		}
	}
	first := map[string]int{}
	for i, name := range images.PullSecrets {
		at := fmt.Sprintf("images.pullSecrets[%d]", i)
		c.name(at, name, "a Secret")
		if j, again := first[name]; again {
			c.errorf(at, "remove one of them", "got %q, which is images.pullSecrets[%d] too", name, j)
		}
		first[name] = i
	}
}
