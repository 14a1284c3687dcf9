package v1alpha1

import (
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/versions"
)

// APIKeys are the keys of programs that use Ollama's API. One sends its own with
// each request, Authorization: Bearer KEY; who sends none of them is answered
// 401. A small proxy beside Ollama compares them, since no controller can.
type APIKeys struct {
	// SecretName in the base's namespace, with a key for each name: a text of 32
	// characters or more out of letters, digits and ._~+/=-. `hearth secrets`
	// makes it. A key that is taken out of the Secret is refused as soon as the
	// kubelet has seen it, within two minutes or so.
	SecretName string `json:"secretName"`
	// Names of the programs, 32 at most, each a DNS label and a key of the
	// Secret: [laptop, n8n]. The proxy's log has the name, and never the key.
	Names []string `json:"names"`
	// Image of the proxy, Caddy. Default: docker.io/library/caddy in the version
	// that hearth is tested with.
	Image Image `json:"image,omitzero"`
}

// CaddyVersion is the version of Caddy that the proxy's configuration is tested
// with.
const CaddyVersion = versions.DefaultCaddy

// CaddyImage is the official image of Caddy.
func CaddyImage() Image {
	return Image{Registry: "docker.io", Repository: versions.Caddy.Image, Tag: CaddyVersion, PullPolicy: "IfNotPresent"}
}

// KeysResources are what the proxy asks for and gets at most.
func KeysResources() Resources {
	return Resources{
		Requests: ResourceList{CPU: "10m", Memory: "32Mi"},
		Limits:   ResourceList{CPU: "500m", Memory: "128Mi"},
	}
}

// maxAPIKeys is how many keys there may be: for each request the proxy reads the
// files of all of them.
const maxAPIKeys = 32

func (k *APIKeys) applyDefaults() {
	official := CaddyImage()
	fill(&k.Image.Tag, official.Tag)
	fill(&k.Image.PullPolicy, official.PullPolicy)
}

// apiKeys checks the keys of a route to a program.
func (v validator) apiKeys(at *field.Path, e *Expose, p Program) {
	k, expose := e.APIKeys, at
	if k == nil {
		return
	}
	at = at.Child("apiKeys")
	if p == ProgramOpenWebUI {
		v.errorf(at, problem.Remove, "Open WebUI has API keys of its own, which people make in their settings, and its page sends its own Authorization header")
		return
	}
	member := expose.Child(string(e.Type))
	if e.BasicAuth() != nil {
		v.because(member.Child("basicAuth")).errorf(at, "remove one of them", "got keys and passwords: both are sent as the Authorization header, of which a request has one")
	}
	if e.ForwardAuthAddress() != "" {
		v.because(member.Child("forwardAuth")).errorf(at, "remove one of them", "got keys and a program that decides: a request would have to satisfy both, and one with a key signs in nowhere")
	}
	v.name(at.Child("secretName"), k.SecretName, "a Secret")
	names := at.Child("names")
	switch n := len(k.Names); {
	case n == 0:
		v.errorf(names, "", "missing: want the names of the programs, each a key of the Secret, such as [laptop, n8n]")
	case n > maxAPIKeys:
		v.errorf(names, "", "got %d names, want at most %d", n, maxAPIKeys)
	}
	for i, name := range k.Names {
		v.label(names.Index(i), name, "the name of a program")
		if slices.Contains(k.Names[:i], name) {
			v.errorf(names.Index(i), problem.Remove, "got %s twice", name)
		}
	}
	v.image(at.Child("image"), k.Image)
	v.version(at.Child("image", "tag"), k.Image, &versions.Caddy)
}
