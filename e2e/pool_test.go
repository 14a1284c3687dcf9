package e2e

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/hearth-dev/hearth/e2e/internal/ollama"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/doctor"
	"github.com/hearth-dev/hearth/internal/secrets"
	"github.com/hearth-dev/hearth/internal/verify"
)

// The names in testdata/pool.yaml: the namespace, and the model that both of its Ollamas have.
const poolNamespace = "pool"

var poolModel = fmt.Sprintf("%s.%s.svc:%d/library/smollm2:135m", registryName, registryNamespace, ollama.RegistryPort)

// TestPoolStack is hermetic: what a cluster is given later can be rendered.
func TestPoolStack(t *testing.T) {
	data, err := os.ReadFile("testdata/pool.yaml")
	must(t, err)
	stack, problems := generator.Load("pool.yaml", data)
	must(t, problems.Err())
	_, problems = generator.Generate(stack)
	must(t, problems.Err())
}

// pool is a chat with two Ollamas.
type pool struct{ *asker }

// TestPool has a chat list the models of two Ollamas of its namespace, in a network that enforces NetworkPolicies.
func TestPool(t *testing.T) {
	s := start(t, wants{
		full: true, chat: true, policies: true, models: []ollama.Model{ollama.SmolLM2()}, namespaces: []string{poolNamespace, "elsewhere"},
	})
	p := &pool{&asker{exposure: &exposure{suite: s, folder: "/hearth/pool"}, namespace: poolNamespace}}
	for _, part := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"hearth doctor sees a policy enforced", p.proves},
		{"a chat and two Ollamas start behind their policies", p.deploys},
		{"the models of both are listed", p.listsBoth},
	} {
		if !t.Run(part.name, part.run) {
			t.FailNow()
		}
	}
}

func (p *pool) proves(t *testing.T) {
	p.enforcePolicies(t)
	p.stack = p.render(t, "testdata/pool.yaml", p.folder)
	found, err := doctor.Run(p.ctx, doctor.Options{Config: p.Config, Context: p.Context(), Stack: p.stack, Overlay: "pool", Probe: &doctor.Probe{}}, nil)
	must(t, err)
	row, ok := found.Row("network", "pool")
	if t.Logf("%+v", row); !ok || row.Status != verify.Passed {
		t.Errorf("hearth doctor --probe: %+v, want it passed", row)
	}
}

func (p *pool) deploys(t *testing.T) {
	needs, err := generator.Secrets(p.stack, "pool")
	must(t, err)
	p.makeSecrets(t, needs, secrets.Known{AdminEmail: "ann@e2e.internal"})
	t.Log(p.kubectl(t, "apply", "-k", p.folder+"/overlays/pool"))
	p.waitReady(t, poolNamespace, "ollama-a", nil, 5*time.Minute)
	p.waitReady(t, poolNamespace, "ollama-b", nil, 5*time.Minute)
	p.waitReady(t, poolNamespace, "open-webui", nil, 15*time.Minute)
	p.signsIn(t)
}

// lists waits until the chat has the models, each at its servers, by their place in ollamaURLs.
func (p *pool) lists(t *testing.T, want map[string][]int) {
	t.Helper()
	p.eventually(t, time.Minute, "the chat's list of models", func() (string, error) {
		var models struct {
			Data []struct {
				ID     string
				Ollama struct{ URLs []int }
			}
		}
		p.ask(t, http.MethodGet, "/api/models?refresh=true", nil, &models)
		got := map[string][]int{}
		for _, m := range models.Data {
			if m.ID != "arena-model" { // Open WebUI's own, to compare models by
				got[m.ID] = slices.Sorted(slices.Values(m.Ollama.URLs))
			}
		}
		if !maps.EqualFunc(got, want, slices.Equal) {
			return fmt.Sprintf("it has %v, want %v", got, want), nil
		}
		return "", nil
	})
}

func (p *pool) listsBoth(t *testing.T) {
	p.lists(t, map[string][]int{"of-a:latest": {0}, "of-b:latest": {1}, poolModel: {0, 1}})
}
