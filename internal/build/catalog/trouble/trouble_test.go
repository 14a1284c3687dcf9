package trouble_test

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/catalog/trouble"
	"github.com/hearth-dev/hearth/internal/testing/pagetest"
	"github.com/hearth-dev/hearth/internal/versions"
)

var update = flag.Bool("update", false, "rewrite docs/troubleshooting.md")

const intro = "# When something is wrong: symptom, cause, field\n\n" +
	"`hearth verify OVERLAY` --context CONTEXT finds most of these and names the field. Fields are those of\n" +
	"`hearth.yaml`; change one, run `hearth render`, commit. OLLAMA stands for what `ollama.name` says, `ollama` by default.\n"

func TestPageHasTheProblems(t *testing.T) {
	var page strings.Builder
	page.WriteString(intro)
	for _, s := range trouble.Sections() {
		page.WriteString("\n## " + s.Title + "\n\n| symptom | cause | what to do |\n|---|---|---|\n")
		for _, p := range s.Problems {
			page.WriteString("| " + p.Symptom + " | " + p.Cause + " | " + p.Action + " |\n")
		}
	}
	pagetest.Page(t, "../../../../docs/troubleshooting.md", "go test ./internal/build/catalog/trouble -update", *update, page.String())
}

// A problem stands in a cell of a table, and links to pages that are there.
func TestProblemsFitIntoATable(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#]*)`)
	for _, s := range trouble.Sections() {
		for _, p := range s.Problems {
			for _, text := range []string{p.Symptom, p.Cause, p.Action} {
				if text == "" || strings.ContainsAny(text, "|\n") {
					t.Errorf("%s: %q is no cell of a table", s.Title, text)
				}
				for _, to := range link.FindAllStringSubmatch(text, -1) {
					if _, err := os.Stat(filepath.Join("../../../../docs", to[1])); err != nil {
						t.Errorf("%q: %v", p.Symptom, err)
					}
				}
			}
		}
	}
}

// The page of a service names its own Ollamas, each once.
func TestOfNamesTheOllamas(t *testing.T) {
	var bases []v1alpha1.Base
	for _, name := range []string{"", "ollama-b", "ollama-b"} {
		b := v1alpha1.Base{
			Name: "ai", Namespace: "ai", Ollama: &v1alpha1.Ollama{Name: name, Models: []string{"llama3.2:3b"}},
			Expose: &v1alpha1.Expose{Type: v1alpha1.ExposeTraefik, TLS: &v1alpha1.TLS{Type: v1alpha1.TLSNone}, APIKeys: &v1alpha1.APIKeys{}},
		}
		b.Default()
		bases = append(bases, b)
	}
	got := map[string]int{}
	for _, p := range trouble.Of(bases) {
		for _, name := range regexp.MustCompile("deployment/[A-Za-z-]+").FindAllString(p.Action, -1) {
			got[name]++
		}
	}
	if want := map[string]int{"deployment/ollama-keys": 1, "deployment/ollama-b-keys": 1}; !maps.Equal(got, want) {
		t.Errorf("the problems name %v, want %v", got, want)
	}
}

// Each problem can happen to some base, and none of a controller's to a base of
// another.
func TestOfIsAboutTheBase(t *testing.T) {
	base := func(change func(b *v1alpha1.Base)) v1alpha1.Base {
		b := v1alpha1.Base{Name: "ai", Namespace: "ai", Ollama: &v1alpha1.Ollama{Models: []string{"llama3.2:3b"}}}
		change(&b)
		b.Default()
		return b
	}
	auth := &v1alpha1.BasicAuth{SecretName: "users"}
	bases := map[string]v1alpha1.Base{
		"ollama":  base(func(*v1alpha1.Base) {}),
		"address": base(func(b *v1alpha1.Base) { b.Ollama.Service.Type = v1alpha1.LoadBalancer }),
		"nginx: chat": base(func(b *v1alpha1.Base) {
			b.OpenWebUI = &v1alpha1.OpenWebUI{OllamaURLs: []string{"http://ollama.other.svc:11434"}}
			b.Expose = &v1alpha1.Expose{Type: v1alpha1.ExposeNginx, TLS: &v1alpha1.TLS{Type: v1alpha1.TLSCertManager}, NGINX: &v1alpha1.NGINX{AllowList: []v1alpha1.CIDR{"10.0.0.0/8"}}}
		}),
		"ingress-nginx": base(func(b *v1alpha1.Base) {
			b.Expose = &v1alpha1.Expose{Type: v1alpha1.ExposeIngressNGINX, TLS: &v1alpha1.TLS{Type: v1alpha1.TLSNone}, IngressNGINX: &v1alpha1.IngressNGINX{BasicAuth: auth}}
		}),
		"traefik": base(func(b *v1alpha1.Base) {
			b.Expose = &v1alpha1.Expose{Type: v1alpha1.ExposeTraefik, TLS: &v1alpha1.TLS{Type: v1alpha1.TLSNone}, Traefik: &v1alpha1.Traefik{BasicAuth: auth}}
		}),
		"traefik: keys": base(func(b *v1alpha1.Base) {
			b.Expose = &v1alpha1.Expose{Type: v1alpha1.ExposeTraefik, TLS: &v1alpha1.TLS{Type: v1alpha1.TLSNone}, APIKeys: &v1alpha1.APIKeys{SecretName: "keys"}}
		}),
		"traefik: chat": base(func(b *v1alpha1.Base) {
			b.OpenWebUI = &v1alpha1.OpenWebUI{}
			b.Expose = &v1alpha1.Expose{Type: v1alpha1.ExposeTraefik, TLS: &v1alpha1.TLS{Type: v1alpha1.TLSNone}}
		}),
		"newest": base(func(b *v1alpha1.Base) {
			b.OpenWebUI = &v1alpha1.OpenWebUI{}
			b.OpenWebUI.Image.Tag = versions.OpenWebUI.Measured
		}),
		"vectors": base(func(b *v1alpha1.Base) {
			b.OpenWebUI = &v1alpha1.OpenWebUI{Database: v1alpha1.Database{Type: v1alpha1.DatabasePostgres}, Vectors: v1alpha1.Vectors{Type: v1alpha1.VectorsPGVector}}
		}),
		"engine": base(func(b *v1alpha1.Base) {
			b.Ollama, b.Engine = nil, &v1alpha1.Engine{Model: "Qwen/Qwen3-4B"}
		}),
		"llama.cpp": base(func(b *v1alpha1.Base) {
			b.Ollama, b.Engine = nil, &v1alpha1.Engine{Type: v1alpha1.EngineLlamaCpp, Model: "house.gguf"}
		}),
		"gateway": base(func(b *v1alpha1.Base) {
			b.Expose = &v1alpha1.Expose{Type: v1alpha1.ExposeGateway, TLS: &v1alpha1.TLS{Type: v1alpha1.TLSGateway}, Gateway: &v1alpha1.Gateway{Name: "public"}}
		}),
	}
	happens := map[string]bool{}
	for name, b := range bases {
		problems := trouble.Of([]v1alpha1.Base{b})
		for _, p := range problems {
			happens[p.Symptom] = true
			for _, other := range []string{"nginx", "ingress-nginx", "Traefik", "gateway"} {
				if strings.HasPrefix(p.Symptom, other+":") && !strings.HasPrefix(name, strings.ToLower(other)) {
					t.Errorf("%s has %q", name, p.Symptom)
				}
			}
		}
		signedOut := slices.ContainsFunc(problems, func(p trouble.Problem) bool { return strings.Contains(p.Symptom, "signed out") })
		if signedOut != (b.OpenWebUI != nil) {
			t.Errorf("%s: signed out is %v", name, signedOut)
		}
	}
	for _, s := range trouble.Sections() {
		for _, p := range s.Problems {
			if !happens[p.Symptom] {
				t.Errorf("nothing has %q", p.Symptom)
			}
		}
	}
}
