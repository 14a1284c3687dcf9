package e2e

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

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
	documents.generates(t, "testdata/pool.yaml")
}

// pool is a chat with two Ollamas.
type pool struct{ *asker }

// TestPool has a chat ask two Ollamas of its namespace, in a network that enforces NetworkPolicies.
func TestPool(t *testing.T) {
	s := start(t, wants{
		full: true, chat: true, policies: true, models: []ollama.Model{ollama.SmolLM2()}, namespaces: []string{poolNamespace, "elsewhere"},
	})
	p := &pool{&asker{exposure: &exposure{suite: s, folder: "/hearth/pool"}, namespace: poolNamespace}}
	inOrder(t, []part{
		{"hearth doctor sees a policy enforced", p.proves},
		{"a chat and two Ollamas start behind their policies", p.deploys},
		{"the models of both are listed", p.listsBoth},
		{"each answers what it alone has, and both what they share", p.bothAnswer},
		{"hearth verify is green", p.isVerified},
		{"the policies admit the chat alone, and let it out to no other", p.isClosed},
		{"without one, the chat has the other's models", p.losesOne},
	})
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

// answered counts the chats in the log of an Ollama.
func (p *pool) answered(t *testing.T, name string) int {
	t.Helper()
	pod, err := p.pod(poolNamespace, name)
	must(t, err)
	return strings.Count(p.podLog(t, pod, name), `"/api/chat"`)
}

func (p *pool) bothAnswer(t *testing.T) {
	for i, name := range []string{"ollama-a", "ollama-b"} {
		other := []string{"ollama-b", "ollama-a"}[i]
		before, beside := p.answered(t, name), p.answered(t, other)
		p.isAnsweredBy(t, []string{"of-a:latest", "of-b:latest"}[i])
		if p.answered(t, name) == before || p.answered(t, other) != beside {
			t.Errorf("what %s alone has was not answered by it alone", name)
		}
	}
	// Open WebUI draws one of the two by chance: that the same comes twenty times is one run in a million.
	a, b := p.answered(t, "ollama-a"), p.answered(t, "ollama-b")
	for asked := 1; asked <= 20; asked++ {
		p.isAnsweredBy(t, poolModel)
		if p.answered(t, "ollama-a") > a && p.answered(t, "ollama-b") > b {
			t.Logf("both have answered after %d questions", asked)
			return
		}
	}
	t.Error("one of the two has answered nothing that both can")
}

func (p *pool) isVerified(t *testing.T) {
	p.passes(t, p.stack, "pool")
}

// stranger is a pod that no policy selects, with Ollama's own client.
const stranger = `apiVersion: v1
kind: Pod
metadata: {name: stranger, namespace: NAMESPACE}
spec:
  terminationGracePeriodSeconds: 0
  securityContext: {runAsNonRoot: true, runAsUser: 65534, runAsGroup: 65534, seccompProfile: {type: RuntimeDefault}}
  containers:
  - name: stranger
    image: IMAGE
    command: [sleep, infinity]
    env: [{name: HOME, value: /tmp}]
    securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
`

// knocks tries to connect from a container, and says open or closed.
func (s *suite) knocks(t *testing.T, namespace, pod, address string) string {
	t.Helper()
	host, port, _ := strings.Cut(address, ":")
	return strings.TrimSpace(s.kubectl(t, "-n", namespace, "exec", pod, "--", "bash", "-c",
		"if timeout 5 bash -c ': </dev/tcp/"+host+"/"+port+"' 2>/dev/null; then echo open; else echo closed; fi"))
}

func (p *pool) isClosed(t *testing.T) {
	for _, namespace := range []string{poolNamespace, "elsewhere"} {
		p.applyText(t, strings.NewReplacer("NAMESPACE", namespace, "IMAGE", ollama.Deployed.Ref()).Replace(stranger))
		p.kubectl(t, "-n", namespace, "wait", "--for=condition=Ready", "pod/stranger", "--timeout=1m")
	}
	chat, err := p.pod(poolNamespace, "open-webui")
	must(t, err)
	a, err := p.pod(poolNamespace, "ollama-a")
	must(t, err)
	const first, second = "ollama-a.pool.svc:11434", "ollama-b.pool.svc:11434"
	registry := fmt.Sprintf("%s.%s.svc:%d", registryName, registryNamespace, ollama.RegistryPort)
	for _, c := range []struct{ namespace, pod, address, want string }{
		{poolNamespace, chat.Name, first, "open"},
		{poolNamespace, chat.Name, second, "open"},
		{poolNamespace, chat.Name, registry, "closed"},
		{poolNamespace, a.Name, registry, "open"},
		{poolNamespace, a.Name, second, "closed"},
		{poolNamespace, "stranger", registry, "open"}, // it can ask
		{poolNamespace, "stranger", first, "closed"},
		{poolNamespace, "stranger", second, "closed"},
		{"elsewhere", "stranger", first, "closed"},
		{"elsewhere", "stranger", second, "closed"},
	} {
		got := p.knocks(t, c.namespace, c.pod, c.address)
		if t.Logf("%s/%s to %s: %s", c.namespace, c.pod, c.address, got); got != c.want {
			t.Errorf("%s/%s to %s: %s, want %s", c.namespace, c.pod, c.address, got, c.want)
		}
	}
	must(t, p.Client.NetworkingV1().NetworkPolicies(poolNamespace).Delete(p.ctx, "ollama-b", metav1.DeleteOptions{}))
	wait := func(what, want string) {
		t.Helper()
		p.eventually(t, time.Minute, what, func() (string, error) {
			if got := p.knocks(t, "elsewhere", "stranger", second); got != want {
				return got, nil
			}
			return "", nil
		})
	}
	wait("without its policy the second is open to a stranger", "open")
	p.kubectl(t, "apply", "-k", p.folder+"/overlays/pool")
	wait("with it, closed", "closed")
}

// losesOne has the second Ollama go away and come back.
func (p *pool) losesOne(t *testing.T) {
	p.kubectl(t, "-n", poolNamespace, "scale", "deployment/ollama-b", "--replicas=0")
	p.lists(t, map[string][]int{"of-a:latest": {0}, poolModel: {0}})
	p.isAnsweredBy(t, poolModel)
	p.kubectl(t, "-n", poolNamespace, "scale", "deployment/ollama-b", "--replicas=1")
	p.waitReady(t, poolNamespace, "ollama-b", nil, 5*time.Minute)
	p.listsBoth(t)
}
