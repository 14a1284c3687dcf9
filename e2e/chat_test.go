package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/e2e/internal/browser"
	"github.com/hearth-dev/hearth/e2e/internal/cluster"
	"github.com/hearth-dev/hearth/e2e/internal/images"
	"github.com/hearth-dev/hearth/e2e/internal/ollama"
	"github.com/hearth-dev/hearth/e2e/internal/ollama/authority"
	"github.com/hearth-dev/hearth/e2e/internal/report"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/secrets"
)

// The names in testdata/chat.yaml.
const (
	chatHost      = "chat.e2e.internal"
	chatNamespace = "ai"
	chatModel     = "smollm2:135m"
	chatEmbedder  = "all-minilm:22m"
	endlessModel  = "gemma3:270m" // in the overlay two
	chatReports   = "../docs/reports"
	chatImages    = "../docs/images"
)

// chat is the chat behind an ingress controller, and a person in front of it.
type chat struct {
	*exposure
	through controller
	page    *browser.Chat
	admin   browser.Person
	shots   string   // the folder for screenshots
	homes   []string // of the browsers
	report  *report.Report
	asked   int // messages so far
}

// TestChat uses the chat as people do: in a browser, through Traefik; of the documents' versions, and of the newest.
func TestChat(t *testing.T) {
	for _, p := range []pair{documents, newest} {
		t.Run(p.chat.Version, func(t *testing.T) { useChat(t, traefikController(), p) })
	}
}

// TestChatNGINX does the same through F5's controller.
func TestChatNGINX(t *testing.T) {
	if os.Getenv("E2E") == "full" && os.Getenv(cluster.ModeVariable) == string(cluster.Source) {
		t.Skip("F5's controller has to be pulled from a container registry: run this with " + cluster.ModeVariable + "=" + string(cluster.Pull))
	}
	useChat(t, nginxController(), documents)
}

// useChat goes through all parts. Without a person who is signed in nothing else can be
// seen; what comes after that runs whatever became of the part before, so that the report holds all there is to see.
func useChat(t *testing.T, through controller, p pair) {
	models := []ollama.Model{ollama.SmolLM2(), ollama.MiniLM(), ollama.Gemma3()} // what the registry serves
	s := start(t, wants{full: true, chat: true, pairs: []pair{p}, models: models, namespaces: []string{chatNamespace}})
	c := &chat{
		through:  through,
		exposure: &exposure{suite: s, folder: "/hearth/chat"},
		admin:    browser.Person{Name: "Ann", Email: "ann@e2e.internal", Password: "correct horse battery"},
	}
	c.begin(t)
	defer c.finish(t)
	type part struct {
		name string
		run  func(*testing.T)
	}
	const signedIn = 3 // parts that the others cannot do without
	parts := []part{
		{"the chat starts with the rendered limits and context", c.prepare},
		{"only a browser that trusts the authority gets in", c.isTrusted},
		{"the first to sign up becomes administrator", c.signsUp},
		{"the models are listed", c.listsModels},
		{"an answer streams", c.streamsAnswer},
		{"a question about a document is answered from it", c.answersFromDocument},
		{"a document over the limit is refused", c.refusesUpload},
		{"hearth verify is green", c.verifies},
		{"hearth verify turns red", c.turnsRed},
		{"a deleted pod loses nothing and signs nobody out", c.survivesDeletion},
		{"a rollout loses nothing and signs nobody out", c.survivesRollout},
		{"memory after ten chats", c.remembers},
		{"one and four people at once", c.isLoaded},
		{"a full queue is told to people", c.isFull},
		{"polling in place of a WebSocket", c.polls},
		{"an answer of more than five minutes is not cut", c.answersLong},
		{"sign-up is closed and the administrator comes from the Secret", c.isClosed},
	}
	for i, part := range parts {
		end := c.report.Begin(part.name)
		passed := t.Run(part.name, part.run)
		end(passed)
		if !passed && i < signedIn {
			t.FailNow()
		}
	}
}

// begin makes the report and the folder for screenshots.
func (c *chat) begin(t *testing.T) {
	dir, err := os.MkdirTemp("", "hearth-e2e-chat-")
	must(t, err)
	c.shots = dir
	title, name := "The chat in a real browser, through "+c.through.name, c.through.report
	if c.pair == newest {
		title, name = title+", of the newest versions", name+"-newest"
	}
	c.report, err = report.New(c.ctx, "..", report.Data{
		Title: title, Name: name, Command: c.mode.FullRun(),
		Versions: []report.Version{
			{Program: "Open WebUI", Version: c.pair.chat.Ref()}, {Program: "Ollama", Version: c.pair.ollama.Ref()},
			{Program: c.through.name, Version: c.through.ref}, {Program: "Kubernetes", Version: images.KubernetesVersion},
		},
	})
	must(t, err)
	c.report.Note(func(d *report.Data) {
		if c.mode == cluster.Source {
			d.Missing = append(d.Missing, "The same through F5's NGINX: TestChatNGINX needs "+cluster.ModeVariable+"="+string(cluster.Pull)+", and no container registry was reachable.",
				"Embeddings inside the pod: the image from PyPI has no torch. What they need of memory stands in docs/calibration.md.")
		}
	})
}

// finish writes the report beside the screenshots, and into the checkout when everything passed.
func (c *chat) finish(t *testing.T) {
	if c.page != nil {
		c.page.Close()
	}
	for _, dir := range c.homes {
		_ = os.RemoveAll(dir) // Chromium may still write its last words
	}
	must(t, c.report.Write(c.shots))
	t.Logf("report and screenshots: %s", c.shots)
	if t.Failed() {
		return
	}
	c.report.Note(func(d *report.Data) {
		for i := range d.Steps {
			for j := range d.Steps[i].Images {
				image := &d.Steps[i].Images[j]
				name, kept := keptShots()[image.Caption]
				if !kept || !c.through.pictures || c.pair != documents {
					continue
				}
				data, err := os.ReadFile(filepath.Join(c.shots, image.File))
				must(t, err)
				must(t, os.MkdirAll(chatImages, 0o755))
				must(t, os.WriteFile(filepath.Join(chatImages, name), data, 0o644))
				image.File, image.Kept = "../images/"+name, true
			}
		}
	})
	must(t, c.report.Write(chatReports))
}

// keptShots are the screenshots that stay in the checkout, by caption.
func keptShots() map[string]string {
	return map[string]string{
		"an answer from a document": "chat-document.png",
		"an answer":                 "chat-answer.png",
	}
}

// prepare deploys the overlay open and waits for the chat.
func (c *chat) prepare(t *testing.T) {
	c.through.start(c.exposure, t)
	c.stack = c.render(t, c.stackFile(t), c.folder)
	var err error
	c.authority, err = authority.New("hearth e2e")
	must(t, err)
	pair, err := c.authority.Issue(chatHost)
	must(t, err)
	manifest, err := json.Marshal(&corev1.Secret{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"},
		ObjectMeta: metav1.ObjectMeta{Name: "chat-tls", Namespace: chatNamespace}, Type: corev1.SecretTypeTLS,
		Data: map[string][]byte{corev1.TLSCertKey: pair.Certificate, corev1.TLSPrivateKeyKey: pair.Key},
	})
	must(t, err)
	c.applyText(t, string(manifest))
	c.secrets(t, "open")
	c.resolve(t, chatHost, "open")

	started := time.Now()
	t.Log(c.applyOverlay(t, "open"))
	pod := c.waitReady(t, chatNamespace, "open-webui", nil, 15*time.Minute)
	c.waitReady(t, chatNamespace, "ollama", nil, 10*time.Minute)
	c.report.Figure("from kubectl apply to a ready chat", time.Since(started).Seconds(), "s")
	for _, condition := range pod.Status.ContainerStatuses {
		if condition.RestartCount != 0 {
			t.Errorf("%s was restarted %d times while it started", condition.Name, condition.RestartCount)
		}
	}
	own := pod.Spec.Containers[0].SecurityContext
	c.note("runs as user %d, root file system read-only: %v, limits %s of CPU and %s of memory", *pod.Spec.SecurityContext.RunAsUser,
		*own.ReadOnlyRootFilesystem, pod.Spec.Containers[0].Resources.Limits.Cpu(), pod.Spec.Containers[0].Resources.Limits.Memory())
	c.memory(t, "at start")

	c.page = c.browse(t, c.authority.Certificate)
	c.report.Note(func(d *report.Data) {
		d.Versions = append(d.Versions, report.Version{Program: "Chromium", Version: c.page.Version})
	})
}

// stackFile is testdata/chat.yaml, exposed through the controller.
func (c *chat) stackFile(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("testdata/chat.yaml")
	must(t, err)
	path := filepath.Join(t.TempDir(), "chat.yaml")
	must(t, os.WriteFile(path, []byte(strings.Replace(string(data), "type: traefik", "type: "+c.through.kind, 1)), 0o644))
	return path
}

// secrets makes those of the overlay that are not there yet.
func (c *chat) secrets(t *testing.T, overlay string) {
	t.Helper()
	needs, err := generator.Secrets(c.stack, overlay)
	must(t, err)
	c.makeSecrets(t, needs, secrets.Known{AdminEmail: c.admin.Email})
}

// rollOut applies an overlay and waits until it is what runs.
func (c *chat) rollOut(t *testing.T, overlay string) {
	t.Helper()
	c.applyOverlay(t, overlay)
	c.rolledOut(t)
}

func (c *chat) rolledOut(t *testing.T) {
	t.Helper()
	for _, workload := range []string{"deployment/ollama", "statefulset/open-webui"} {
		c.kubectl(t, "-n", chatNamespace, "rollout", "status", workload, "--timeout=10m")
	}
}

// browse opens a browser of a person who trusts the authority, or nobody.
func (c *chat) browse(t *testing.T, trusted []byte) *browser.Chat {
	t.Helper()
	dir, err := os.MkdirTemp("", "hearth-e2e-browser-")
	must(t, err)
	b, err := browser.Start(c.ctx, browser.Options{Dir: dir, Authority: trusted, Resolve: c.options.Resolve})
	must(t, err)
	c.homes = append(c.homes, dir) // not t.Cleanup: the part that opens the browser ends long before it
	return &browser.Chat{Browser: b, URL: "https://" + chatHost, Patience: 3 * time.Minute}
}

// see does what a person does and takes a picture afterwards, of what went wrong if something did.
func (c *chat) see(t *testing.T, page *browser.Chat, caption string, do func(context.Context) error) {
	t.Helper()
	failed := do(c.ctx)
	name := fmt.Sprintf("%02d-%s.png", c.pictures()+1, strings.NewReplacer(" ", "-", ",", "", "'", "").Replace(caption))
	if err := page.Screenshot(c.ctx, filepath.Join(c.shots, name)); err != nil {
		t.Error(err)
	}
	c.report.Step(func(s *report.Step) { s.Images = append(s.Images, report.Image{File: name, Caption: caption}) })
	if failed != nil {
		t.Fatalf("%s: %v (%s)", caption, failed, filepath.Join(c.shots, name))
	}
}

func (c *chat) pictures() (n int) {
	c.report.Note(func(d *report.Data) {
		for _, s := range d.Steps {
			n += len(s.Images)
		}
	})
	return n
}

func (c *chat) note(format string, args ...any) {
	c.report.Step(func(s *report.Step) { s.Notes = append(s.Notes, fmt.Sprintf(format, args...)) })
}
