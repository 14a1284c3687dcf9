package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/e2e/internal/ollama"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/secrets"
	"github.com/hearth-dev/hearth/internal/verify"
)

// asker is the administrator of a chat.
type asker struct {
	*exposure
	namespace string // of the chat
	session   string
}

// TestBackends deploys a chat that asks servers by OpenAI's API alone, and asks one, an Ollama of another namespace.
func TestBackends(t *testing.T) {
	s := start(t, wants{full: true, chat: true, models: []ollama.Model{ollama.SmolLM2()}, namespaces: []string{"ollama"}})
	a := &asker{exposure: &exposure{suite: s, folder: "/hearth/backends"}, namespace: chatAlone}
	inOrder(t, []part{
		{"a chat without an Ollama starts", a.deploys},
		{"each URL has its own key", a.hasKeys},
		{"the models are listed", a.listsModels},
		{"a question is answered", a.isAnswered},
		{"hearth verify has a row for each", a.isVerified},
	})
}

func (a *asker) deploys(t *testing.T) {
	a.stack = a.render(t, "testdata/backends.yaml", a.folder)
	registry, err := a.Client.CoreV1().Services(registryNamespace).Get(a.ctx, registryName, metav1.GetOptions{})
	must(t, err)
	tree := t.TempDir()
	must(t, os.WriteFile(filepath.Join(tree, "kustomization.yaml"), fmt.Appendf(nil, `resources: [../../overlays/backends]
patches:
- target: {kind: Deployment, name: ollama}
  patch: '[{"op": "add", "path": "/spec/template/spec/hostAliases", "value": [{"ip": "%s", "hostnames": ["%s"]}]}]'
`, registry.Spec.ClusterIP, publicRegistry), 0o644))
	must(t, a.CopyDir(a.ctx, tree, a.folder+"/aliased/backends"))
	a.kubectl(t, "create", "namespace", chatAlone)
	needs, err := generator.Secrets(a.stack, "backends")
	must(t, err)
	a.makeSecrets(t, needs, secrets.Known{AdminEmail: "ann@e2e.internal", Given: map[string]string{
		chatAlone + "/provider/first": "sk-$(HOME)-1\n", chatAlone + "/provider/third": "sk-3",
	}})
	t.Log(a.kubectl(t, "apply", "-k", a.folder+"/aliased/backends"))
	a.waitReady(t, "ollama", "ollama", nil, 10*time.Minute)
	a.waitReady(t, chatAlone, "open-webui", nil, 15*time.Minute)
}

// chatAlone is the namespace of the chat in testdata/backends.yaml.
const chatAlone = "chat"

// ask sends a request to the chat, through the API server, which takes no header of another's sign-in and passes on a cookie.
func (a *asker) ask(t *testing.T, method, path string, in, out any) {
	t.Helper()
	data, err := json.Marshal(in)
	must(t, err)
	request, err := http.NewRequestWithContext(a.ctx, method, a.Config.Host+"/api/v1/namespaces/"+a.namespace+"/services/open-webui:http/proxy"+path, bytes.NewReader(data))
	must(t, err)
	request.Header.Set("Content-Type", "application/json")
	if a.session != "" {
		request.AddCookie(&http.Cookie{Name: "token", Value: a.session})
	}
	response, err := a.http.Do(request)
	must(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	must(t, err)
	if response.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s: %s", method, path, response.Status, body)
	}
	must(t, json.Unmarshal(body, out))
}

func (a *asker) signsIn(t *testing.T) {
	t.Helper()
	var session struct{ Token string }
	a.ask(t, http.MethodPost, "/api/v1/auths/signin", map[string]string{"email": "ann@e2e.internal", "password": a.credential.Password}, &session)
	a.session = session.Token
}

// hasKeys asks the chat what it has made of its variables.
func (a *asker) hasKeys(t *testing.T) {
	a.signsIn(t)
	var openAI struct {
		On   bool     `json:"ENABLE_OPENAI_API"`
		URLs []string `json:"OPENAI_API_BASE_URLS"`
		Keys []string `json:"OPENAI_API_KEYS"`
	}
	a.ask(t, http.MethodGet, "/openai/config", nil, &openAI)
	urls := []string{"http://nobody.ollama.svc:8000/v1", "http://ollama.ollama.svc:11434/v1", "http://ollama.ollama.svc.cluster.local:11434/v1"}
	// A secret is put in as it is, and Open WebUI takes the end of the line off.
	if keys := []string{"sk-$(HOME)-1", "", "sk-3"}; !openAI.On || !slices.Equal(openAI.URLs, urls) || !slices.Equal(openAI.Keys, keys) {
		t.Errorf("/openai/config has %+v, want %q with the keys %q", openAI, urls, keys)
	}
	var own struct {
		On bool `json:"ENABLE_OLLAMA_API"`
	}
	a.ask(t, http.MethodGet, "/ollama/config", nil, &own)
	if own.On {
		t.Error("the chat asks an Ollama, and has none")
	}
}

func (a *asker) listsModels(t *testing.T) {
	var models struct {
		Data []struct {
			ID       string
			Place    int    `json:"urlIdx"`
			Provider string `json:"owned_by"`
		}
	}
	a.ask(t, http.MethodGet, "/api/models", nil, &models)
	t.Logf("models: %+v", models.Data)
	for _, m := range models.Data {
		if m.ID == "smollm2:135m" && m.Place == 1 && m.Provider == "openai" {
			return
		}
	}
	t.Errorf("/api/models has %+v, want smollm2:135m of the second URL", models.Data)
}

func (a *asker) isAnswered(t *testing.T) { a.isAnsweredBy(t, "smollm2:135m") }

// isAnsweredBy asks a model a question in the chat.
func (a *asker) isAnsweredBy(t *testing.T, model string) {
	t.Helper()
	var answer struct {
		Choices []struct{ Message struct{ Content string } }
	}
	a.ask(t, http.MethodPost, "/api/chat/completions", map[string]any{
		"model": model, "stream": false, "max_tokens": 40, "temperature": 0,
		"messages": []map[string]string{{"role": "user", "content": "What is the capital of France?"}},
	}, &answer)
	if len(answer.Choices) != 1 || len(strings.Fields(answer.Choices[0].Message.Content)) < 3 {
		t.Fatalf("got %+v, want one answer of some words", answer)
	}
	t.Logf("%s answered: %q", model, answer.Choices[0].Message.Content)
}

func (a *asker) isVerified(t *testing.T) {
	report := a.looks(t, a.stack, "backends", 0)
	for url, want := range map[string]verify.Status{
		"http://nobody.ollama.svc:8000/v1":                verify.Failed,
		"http://ollama.ollama.svc:11434/v1/":              verify.Passed,
		"http://ollama.ollama.svc.cluster.local:11434/v1": verify.Passed,
	} {
		if row, ok := report.Row("backend", url); !ok || row.Status != want {
			t.Errorf("the row of %s is %+v, want it %s", url, row, want)
		}
	}
}
