package e2e

import (
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/e2e/internal/images"
	"github.com/hearth-dev/hearth/e2e/internal/ollama"
	"github.com/hearth-dev/hearth/e2e/internal/report"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/secrets"
	"github.com/hearth-dev/hearth/internal/upgrade"
)

// The names in testdata/upgrade.yaml.
const upgradeStack, upgradeOverlay = "testdata/upgrade.yaml", "home"

// mover is somebody who runs a chat and moves it to other versions in place.
type mover struct {
	*exposure
	ann     account
	report  *report.Report
	chat    string
	digests map[string]string // of the models, by name
}

// TestUpgrade moves a chat that is used and its Ollama from the documents' versions to the newest, while no registry answers;
// then it tries the way back, and goes forward again.
func TestUpgrade(t *testing.T) {
	s := start(t, wants{
		full: true, chat: true, pairs: []pair{documents, newest},
		models: []ollama.Model{ollama.SmolLM2(), ollama.MiniLM()}, namespaces: []string{chatNamespace},
	})
	m := &mover{exposure: &exposure{suite: s}, ann: account{at: s, namespace: chatNamespace}}
	var err error
	m.report, err = report.New(s.ctx, "..", report.Data{
		Title: "Both programs moved to the newest versions, and the way back", Name: "upgrade",
		Command: "HEARTH_E2E_IMAGES=source E2E=full go test -run TestUpgrade ./e2e",
		Versions: []report.Version{
			{Program: "Ollama, before", Version: documents.ollama.Ref()}, {Program: "Open WebUI, before", Version: documents.chat.Ref()},
			{Program: "Ollama, after", Version: newest.ollama.Ref()}, {Program: "Open WebUI, after", Version: newest.chat.Ref()},
			{Program: "Kubernetes", Version: images.KubernetesVersion},
		},
	})
	must(t, err)
	for _, part := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"the documents' versions are used", m.begins},
		{"the newest, in place and without a registry", m.moves},
		{"the way back is refused", m.isRefused},
		{"forward again", m.movesAgain},
	} {
		end := m.report.Begin(part.name)
		passed := t.Run(part.name, part.run)
		end(passed)
		if !passed {
			t.FailNow()
		}
	}
	must(t, m.report.Write(chatReports))
}

func (m *mover) note(note string) {
	m.report.Step(func(s *report.Step) { s.Notes = append(s.Notes, note) })
}

// to applies the stack with the pair's versions.
func (m *mover) to(t *testing.T, p pair) {
	t.Helper()
	m.pair, m.folder = p, "/hearth/"+p.String()
	m.stack = m.render(t, upgradeStack, m.folder)
	t.Log(m.applyOverlay(t, upgradeOverlay))
}

// ready waits until the pods of both programs are others than these, and ready.
func (m *mover) ready(t *testing.T, ollama, chat *corev1.Pod) {
	t.Helper()
	began := time.Now()
	m.waitReady(t, chatNamespace, "ollama", ollama, 10*time.Minute)
	m.waitReady(t, chatNamespace, "open-webui", chat, 15*time.Minute)
	m.report.Figure("from kubectl apply until both are ready", time.Since(began).Seconds(), "s")
	var ran struct{ Version string }
	if status, body := m.ann.ask(t, http.MethodGet, "/api/version", "", nil); status != http.StatusOK || json.Unmarshal(body, &ran) != nil || ran.Version != m.pair.chat.Version {
		t.Errorf("Open WebUI says %d %s, want %s", status, body, m.pair.chat.Version)
	}
	if version, err := m.models().Version(m.ctx); err != nil || version != m.pair.ollama.Version {
		t.Errorf("Ollama says %s, %v; want %s", version, err, m.pair.ollama.Version)
	}
}

func (m *mover) models() *ollama.Client {
	return &ollama.Client{URL: m.Config.Host + "/api/v1/namespaces/" + chatNamespace + "/services/ollama:http/proxy", HTTP: m.http}
}

func (m *mover) pods(t *testing.T) (ollama, chat *corev1.Pod) {
	t.Helper()
	ollama, err := m.pod(chatNamespace, "ollama")
	must(t, err)
	chat, err = m.pod(chatNamespace, "open-webui")
	must(t, err)
	return ollama, chat
}

// isWhole wants the session, the person, her chat and the models as they were.
func (m *mover) isWhole(t *testing.T) {
	t.Helper()
	m.ann.isKnown(t, m.chat)
	tags, err := m.models().Tags(m.ctx)
	must(t, err)
	if len(tags) != len(m.digests) {
		t.Errorf("there are the models %v, want %v", tags, m.digests)
	}
	for _, tag := range tags {
		if m.digests[tag.Name] != tag.Digest {
			t.Errorf("%s is %s, was %q", tag.Name, tag.Digest, m.digests[tag.Name])
		}
	}
	m.ann.isAnswered(t)
}

func (m *mover) begins(t *testing.T) {
	m.stack = documents.load(t, upgradeStack)
	needs, err := generator.Secrets(m.stack, upgradeOverlay)
	must(t, err)
	m.makeSecrets(t, needs, secrets.Known{})
	m.to(t, documents)
	m.ready(t, nil, nil)
	m.ann.session = m.ann.token(t, "signup", map[string]string{"name": "Ann", "email": restoredEmail, "password": restoredPassword})
	m.chat = m.ann.newChat(t, restoredText)
	tags, err := m.models().Tags(m.ctx)
	must(t, err)
	m.digests = map[string]string{}
	for _, tag := range tags {
		m.digests[tag.Name] = tag.Digest
	}
	m.isWhole(t)
}

func (m *mover) moves(t *testing.T) {
	m.scaleRegistry(t, 0)
	ollamas, chat := m.pods(t)
	m.to(t, newest)
	m.ready(t, ollamas, chat)
	ollamas, chat = m.pods(t)
	if log := m.podLog(t, ollamas, "pull-models"); strings.Count(log, "already on the volume") != len(m.digests) {
		t.Errorf("the puller said, of %d models:\n%s", len(m.digests), log)
	}
	if n := strings.Count(m.podLog(t, chat, "open-webui"), "Running upgrade"); n > 0 {
		m.report.Figure("migrations of the database", float64(n), "")
	}
	m.isWhole(t)
	m.note("the person's session, chat and password count as before; the models have the digests that they had, the puller found each on the volume, and no registry was there to ask; the model answers through the chat")
}

// isRefused is told by hearth before, and by Open WebUI after.
func (m *mover) isRefused(t *testing.T) {
	files := func(stack *v1alpha1.Resolved) []generator.File {
		t.Helper()
		files, problems := generator.Generate(stack)
		must(t, problems.Err())
		return files
	}
	deployed, err := upgrade.Load(os.DirFS(tree(t, newest.load(t, upgradeStack))))
	must(t, err)
	found, err := upgrade.Compare(deployed, files(documents.load(t, upgradeStack)), upgrade.Accepted{})
	must(t, err)
	said := slices.IndexFunc(found, func(p problem.Problem) bool { return strings.Contains(p.Message, "the older version does not start") })
	if found.Err() == nil || said < 0 {
		t.Fatalf("hearth render over the newest says %v, want it refused", found)
	}
	_, chat := m.pods(t)
	m.to(t, documents)
	const reason = "Can't locate revision"
	m.eventually(t, 5*time.Minute, "the older chat dies of the newer database", func() (string, error) {
		p, err := m.pod(chatNamespace, "open-webui")
		if err != nil || p == nil || p.UID == chat.UID || len(p.Status.ContainerStatuses) == 0 {
			return "no new pod yet", err
		}
		if p.Status.ContainerStatuses[0].RestartCount == 0 {
			return describe(p), nil
		}
		log, err := m.Client.CoreV1().Pods(chatNamespace).GetLogs(p.Name, &corev1.PodLogOptions{Container: "open-webui", Previous: true}).DoRaw(m.ctx)
		if err == nil && !strings.Contains(string(log), reason) {
			t.Fatalf("it died, and not of %q:\n%s", reason, log)
		}
		return "", err
	})
	m.waitReady(t, chatNamespace, "ollama", nil, 5*time.Minute)
	m.note("hearth render refuses it before: " + found[said].Message)
	m.note("applied all the same, Open WebUI " + documents.chat.Version + " ends as it starts: " + reason + "; Ollama " + documents.ollama.Version + " starts on the volume of the newest")
}

// movesAgain stops the pod that never gets ready, which the StatefulSet does not replace by itself.
func (m *mover) movesAgain(t *testing.T) {
	ollamas, chat := m.pods(t)
	m.to(t, newest)
	must(t, m.Client.CoreV1().Pods(chatNamespace).Delete(m.ctx, chat.Name, metav1.DeleteOptions{}))
	m.ready(t, ollamas, chat)
	m.isWhole(t)
	m.note("after the newest was applied again and the pod deleted, which its StatefulSet does not do by itself, everything is there")
}
