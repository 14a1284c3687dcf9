package modelregistry

import (
	"fmt"
	"regexp"
	"strings"
)

// Default is where Ollama pulls names without a host from.
const Default = "registry.ollama.ai"

// Name is a model's name in its parts, as `ollama pull` takes it.
type Name struct {
	// Scheme is https, or http where the name says so, or its host is this machine.
	Scheme string
	// Host with its port, Repository with its namespace, and Tag.
	Host, Repository, Tag string
}

var (
	hostForm = regexp.MustCompile(`^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9][A-Za-z0-9.-]*)(:[0-9]+)?$`)
	partForm = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`)
)

// ParseName reads [http://][HOST/][NAMESPACE/]MODEL[:TAG].
func ParseName(text string) (Name, error) {
	n := Name{Scheme: "https", Host: Default, Tag: "latest"}
	rest := text
	if scheme, after, ok := strings.Cut(text, "://"); ok {
		if n.Scheme, rest = scheme, after; scheme != "http" && scheme != "https" {
			return Name{}, fmt.Errorf("%q is no model's name: want https:// or http:// before the host, or neither", text)
		}
	}
	parts := strings.Split(rest, "/")
	if first := parts[0]; len(parts) > 1 && (rest != text || strings.ContainsAny(first, ".:") || first == "localhost") {
		n.Host, parts = first, parts[1:]
		if bare := strings.TrimPrefix(first, "["); rest == text && (first == "localhost" || strings.HasPrefix(first, "localhost:") ||
			strings.HasPrefix(bare, "127.") || strings.HasPrefix(bare, "::1]")) {
			n.Scheme = "http"
		}
	}
	last := len(parts) - 1
	if model, tag, ok := strings.Cut(parts[last], ":"); ok {
		parts[last], n.Tag = model, tag
	}
	for _, part := range append(parts, n.Tag) {
		if !partForm.MatchString(part) || len(part) > 128 || !hostForm.MatchString(n.Host) || len(parts) > 8 {
			return Name{}, fmt.Errorf("%q is no model's name: want [HOST/][NAMESPACE/]MODEL[:TAG], of letters, digits, _, . and -", text)
		}
	}
	if len(parts) == 1 {
		parts = append([]string{"library"}, parts...)
	}
	n.Repository = strings.Join(parts, "/")
	return n, nil
}

// Manifest is the address of the list of the model's blobs.
func (n Name) Manifest() string { return n.repository() + "/manifests/" + n.Tag }

func (n Name) blob(digest string) string { return n.repository() + "/blobs/" + digest }

func (n Name) repository() string { return n.Scheme + "://" + n.Host + "/v2/" + n.Repository }
