package backstage

import (
	_ "embed" // the paths
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/workload"
)

// Paths of the two APIs: what hearth itself asks, in probes, hearth verify and
// the end-to-end tests, and the way in that most clients take.
var (
	//go:embed ollama.yaml
	ollamaPaths string
	//go:embed open-webui.yaml
	openWebUIPaths string
)

// head is what of a definition in OpenAPI follows from the stack.
type head struct {
	OpenAPI  string                `yaml:"openapi"`
	Info     info                  `yaml:"info"`
	Servers  []server              `yaml:"servers"`
	Security []map[string][]string `yaml:"security,omitempty"`
}

type info struct {
	Title       string `yaml:"title"`
	Version     string `yaml:"version"`
	Description string `yaml:"description"`
}

type server struct {
	URL         string `yaml:"url"`
	Description string `yaml:"description"`
}

// define is the definition of a program's API.
func define(b *v1alpha1.Base, p workload.Program) (string, error) {
	h := head{
		OpenAPI: "3.0.3",
		Info:    info{Title: string(p.Is), Version: p.Version, Description: "A part of it, written by hearth. All of it: https://docs.ollama.com/api"},
	}
	paths := ollamaPaths
	if p.Is == v1alpha1.ProgramOpenWebUI {
		paths = openWebUIPaths
		h.Info.Description = "A part of it, written by hearth. All of it: https://docs.openwebui.com"
	}
	if h.Info.Version == "" {
		h.Info.Version = "unknown"
	}
	if p.Is == b.Program() && b.Expose.Exposed() {
		h.Servers = append(h.Servers, server{b.Expose.URL(), "from outside the cluster"})
		if p.Is == v1alpha1.ProgramOllama && b.Expose.Refuses() {
			asks := "password"
			if b.Expose.APIKeys != nil {
				asks = "key"
			}
			h.Security = []map[string][]string{{asks: {}}, {}} // the route's; none inside the cluster
		}
	}
	h.Servers = append(h.Servers, server{fmt.Sprintf("http://%s.%s.svc:%d", p.Name, p.Namespace, p.Port), "in the cluster"})
	var text strings.Builder
	e := yaml.NewEncoder(&text)
	e.SetIndent(2)
	e.CompactSeqIndent()
	if err := e.Encode(h); err != nil {
		return "", fmt.Errorf("encoding the API of %s: %w", p.Is, err)
	}
	return text.String() + paths, nil
}
