package e2e

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/hearth-dev/hearth/e2e/internal/browser"
	"github.com/hearth-dev/hearth/e2e/internal/cluster"
	"github.com/hearth-dev/hearth/e2e/internal/ollama"
	"github.com/hearth-dev/hearth/internal/versions"
)

const (
	tutorialPage    = "../docs/tutorial.md"
	tutorialContext = "kind-hearth"
	tutorialURL     = "http://localhost:8080"
	// The window for the picture is as wide as a page shows one, in pixels: its text stays legible.
	tutorialPicture             = "../docs/images/tutorial.png"
	pictureWidth, pictureHeight = 860, 760
)

var (
	shellBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")
	enforced   = regexp.MustCompile(`(?m)^passed +network +homelab +a policy was enforced after [0-9.]+ s, on `)
	unenforced = regexp.MustCompile(`(?m)^failed +network +homelab +a policy was not enforced within 30 s, on [^\n]*\n +try: [^\n]*\nhomelab: [0-9]+ passed, 1 failed in `)
)

// TestTutorial does what docs/tutorial.md says, each command by bash, in a folder of its own, and uses the chat in a browser.
// It differs from a reader's run where no public registry is asked: the cluster is made by kind's library, with the images in
// it, and the stack is told of the registry of models that stands in the cluster. Its network enforces no policy where the node
// is built from source.
func TestTutorial(t *testing.T) {
	s := start(t, wants{full: true, chat: true, models: []ollama.Model{ollama.SmolLM2(), ollama.MiniLM()}})
	page, err := os.ReadFile(tutorialPage)
	must(t, err)
	r := &reader{suite: s, folder: t.TempDir(), bin: t.TempDir()}
	r.install(t)
	ran := 0
	for _, block := range shellBlock.FindAllStringSubmatch(string(page), -1) {
		for command := range strings.Lines(block[1]) {
			command = strings.TrimSpace(command)
			ran++
			switch {
			case strings.HasPrefix(command, "kind create cluster "), strings.HasPrefix(command, "kind delete cluster "):
				// The harness has made it, and removes it.
			case strings.Contains(command, " port-forward "):
				r.chats(t, command)
			case strings.HasPrefix(command, "hearth doctor "):
				r.proves(t, command)
			default:
				r.run(t, command)
			}
			switch {
			case strings.HasPrefix(command, "hearth init "):
				r.findRegistry(t)
			case strings.Contains(command, " create namespace "):
				r.trustRegistry(t)
			}
		}
	}
	if ran < 10 {
		t.Errorf("%d commands were found in %s, there were 10 and more", ran, tutorialPage)
	}
}

// reader is somebody who follows the page.
type reader struct {
	*suite
	folder, bin string
	environment []string
}

// install puts hearth and kubectl where a shell finds them, and the cluster where they do.
func (r *reader) install(t *testing.T) {
	t.Helper()
	out, err := exec.CommandContext(r.ctx, "go", "build", "-o", r.bin, "../cmd/hearth").CombinedOutput()
	if err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	where := strings.TrimSpace(r.docker(t, "exec", r.Node(), "sh", "-c", "command -v kubectl"))
	program := r.docker(t, "exec", r.Node(), "cat", where)
	must(t, os.WriteFile(filepath.Join(r.bin, "kubectl"), []byte(program), 0o755))

	config, err := clientcmd.LoadFromFile(r.Kubeconfig)
	must(t, err)
	config.Contexts[tutorialContext] = config.Contexts[r.Context()]
	config.CurrentContext = ""
	kubeconfig := filepath.Join(r.bin, "kubeconfig")
	must(t, clientcmd.WriteToFile(*config, kubeconfig))
	r.environment = append(os.Environ(), "PATH="+r.bin+":"+os.Getenv("PATH"), "KUBECONFIG="+kubeconfig, "HOME="+r.bin)
}

func (r *reader) command(ctx context.Context, line string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "bash", "-c", "exec "+line)
	cmd.Dir, cmd.Env = r.folder, r.environment
	return cmd
}

func (r *reader) run(t *testing.T, line string) {
	t.Helper()
	began := time.Now()
	out, err := r.command(r.ctx, line).CombinedOutput()
	t.Logf("$ %s (%.1f s)\n%s", line, time.Since(began).Seconds(), out)
	must(t, err)
}

// proves wants doctor to say what the cluster's network does with a policy, and nothing left of how it was tried. kind's own
// network enforces it; that of a node built from source does not, which is all that doctor then has against the cluster.
func (r *reader) proves(t *testing.T, line string) {
	t.Helper()
	began := time.Now()
	out, err := r.command(r.ctx, line).CombinedOutput()
	t.Logf("$ %s (%.1f s)\n%s", line, time.Since(began).Seconds(), out)
	want := enforced
	if r.mode == cluster.Source {
		want = unenforced
	}
	if exit := new(exec.ExitError); (r.mode == cluster.Source) != errors.As(err, &exit) || !want.Match(out) {
		t.Errorf("%v, and no line is of %s", err, want)
	}
	r.eventually(t, time.Minute, "the probe's namespace to go", func() (string, error) {
		list, err := r.Client.CoreV1().Namespaces().List(r.ctx, metav1.ListOptions{LabelSelector: "hearth.dev/probe"})
		if err != nil || len(list.Items) == 0 {
			return "", err
		}
		return list.Items[0].Name + ": " + string(list.Items[0].Status.Phase), nil
	})
}

// findRegistry adds to the stack where the models are: in the cluster, under the name of the public registry.
func (r *reader) findRegistry(t *testing.T) {
	t.Helper()
	registry, err := r.Client.CoreV1().Services(registryNamespace).Get(r.ctx, registryName, metav1.GetOptions{})
	must(t, err)
	path := filepath.Join(r.folder, "hearth.yaml")
	data, err := os.ReadFile(path)
	must(t, err)
	const before = "          expose:\n"
	text := strings.Replace(string(data), before, fmt.Sprintf(`          caBundle: {configMap: %s}
          ollama:
            allowTo: [{namespace: %s, podLabels: {app.kubernetes.io/name: %s}, ports: [%d]}]
          patches:
            - target: {kind: Deployment, name: ollama}
              patch: '[{"op": "add", "path": "/spec/template/spec/hostAliases", "value": [{"ip": "%s", "hostnames": ["%s"]}]}]'
`, registryCA, registryNamespace, registryName, ollama.RegistryPort, registry.Spec.ClusterIP, publicRegistry)+before, 1)
	if text == string(data) {
		t.Fatalf("hearth.yaml has no %q:\n%s", before, data)
	}
	for _, p := range []*versions.Program{&versions.Ollama, &versions.OpenWebUI} { // those whose images are in the cluster
		text = strings.Replace(text, "image: {tag: "+p.Measured+"}", "image: {tag: "+p.Default+"}", 1)
	}
	must(t, os.WriteFile(path, []byte(text), 0o644))
}

// trustRegistry gives the new namespace the authority of the registry's certificate.
func (r *reader) trustRegistry(t *testing.T) {
	t.Helper()
	ca, err := r.Client.CoreV1().ConfigMaps(registryNamespace).Get(r.ctx, registryCA, metav1.GetOptions{})
	must(t, err)
	ca.ObjectMeta = metav1.ObjectMeta{Name: registryCA}
	_, err = r.Client.CoreV1().ConfigMaps("ai").Create(r.ctx, ca, metav1.CreateOptions{})
	must(t, err)
}

// chats runs the port-forward, and signs up and asks in a browser.
func (r *reader) chats(t *testing.T, line string) {
	t.Helper()
	ctx, stop := context.WithCancel(r.ctx)
	forward := r.command(ctx, line)
	forward.Stdout, forward.Stderr = os.Stderr, os.Stderr
	must(t, forward.Start())
	defer func() {
		stop()
		_ = forward.Wait() // it was stopped
	}()
	r.eventually(t, time.Minute, "the page at "+tutorialURL, func() (string, error) {
		response, err := http.Get(tutorialURL)
		if err != nil {
			return "", err
		}
		defer response.Body.Close()
		_, err = io.Copy(io.Discard, response.Body)
		if response.StatusCode != http.StatusOK {
			return response.Status, err
		}
		return "", err
	})
	home, err := os.MkdirTemp("", "hearth-e2e-browser-")
	must(t, err)
	defer os.RemoveAll(home) // Chromium may still write its last words
	b, err := browser.Start(r.ctx, browser.Options{Dir: home, Width: pictureWidth, Height: pictureHeight})
	must(t, err)
	defer b.Close()
	chat := &browser.Chat{Browser: b, URL: tutorialURL, Patience: 3 * time.Minute}
	ask := func() error {
		if err := chat.SignUp(r.ctx, browser.Person{Name: "Ann", Email: "ann@e2e.internal", Password: "correct horse battery"}); err != nil {
			return err
		}
		reply, err := chat.Ask(r.ctx, "Give me three tips for a good night's sleep.", 3*time.Minute)
		if err == nil && (!reply.Ended || strings.TrimSpace(reply.Text) == "") {
			err = fmt.Errorf("the answer did not end, or is empty: %+v", reply)
		}
		t.Logf("asked in the browser: %+v", reply)
		return err
	}
	if err := ask(); err != nil {
		picture := filepath.Join(os.TempDir(), "hearth-e2e-tutorial.png")
		t.Fatalf("%v (%s, %v)", err, picture, chat.Screenshot(r.ctx, picture))
	}
	must(t, chat.Until(r.ctx, chat.Patience, "the notice of the sign-in to go", "!document.querySelector('[data-sonner-toast]')"))
	must(t, chat.Screenshot(r.ctx, tutorialPicture))
}
