package e2e

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/e2e/internal/ollama"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/verify"
)

// homes are the Ollamas of testdata/homes.yaml, each in a namespace of its overlay's name.
type homes struct {
	*suite
	stack *v1alpha1.Resolved
	node  string // where the rendered stack lies on the node
}

// ownRef is the image of somebody's own in testdata/homes.yaml: only such a one may have a command.
var ownRef = "hearth.local/own/ollama:" + ollama.Deployed.Version

// TestHomesStack is hermetic: the stack can be rendered, and its images are those that the test has.
func TestHomesStack(t *testing.T) {
	stack := documents.generates(t, "testdata/homes.yaml")
	if got, want := generator.Images(stack), []string{ollama.Deployed.Ref(), ollama.ModelsRef, ownRef}; !slices.Equal(got, want) {
		t.Errorf("the stack has the images %q, the test %q", got, want)
	}
}

// TestHomes runs what people bring from the deployments that they had: an old volume, further containers, variables from elsewhere,
// models made of others, models that somebody pulled, and models in an image.
func TestHomes(t *testing.T) {
	s := start(t, wants{full: true, models: []ollama.Model{ollama.SmolLM2()}, imageVolumes: true, namespaces: []string{"old", "pulled", "imaged"}})
	h := &homes{suite: s, node: "/hearth/homes"}
	h.stack = h.render(t, "testdata/homes.yaml", h.node)
	for _, part := range []struct {
		name string
		run  func(*testing.T)
		need bool // the others cannot do without
	}{
		{"a volume of another user's, with the models at its root", h.takesOverVolume, true},
		{"its models are not pulled again", h.keepsModels, false},
		{"models made of another, and of a file", h.makesModel, false},
		{"containers and volumes beside the program", h.hasContainers, false},
		{"variables of a ConfigMap and a Secret", h.hasVariables, false},
		{"hearth verify of the old volume", func(t *testing.T) { h.isVerified(t, "old") }, false},
		{"a model that somebody pulled survives a restart, under a command of the image's own", h.keepsPulled, false},
		{"hearth verify of pulled models", func(t *testing.T) { h.isVerified(t, "pulled") }, false},
		{"models in an image", h.mountsImage, false},
		{"a second Ollama in the namespace", h.hasSecond, false},
		{"hearth verify of models in an image", func(t *testing.T) { h.isVerified(t, "imaged") }, false},
	} {
		if !t.Run(part.name, part.run) && part.need {
			t.FailNow()
		}
	}
}

// deploys applies an overlay and waits for its pod.
func (h *homes) deploys(t *testing.T, overlay string) {
	t.Helper()
	t.Log(h.kubectl(t, "apply", "-k", h.node+"/overlays/"+overlay))
	h.waitReady(t, overlay, "ollama", nil, 3*time.Minute)
}

// inside runs a shell's line in a container of the overlay's pod.
func (h *homes) inside(t *testing.T, overlay, container, line string) string {
	t.Helper()
	return h.kubectl(t, "-n", overlay, "exec", "deployment/ollama", "-c", container, "--", "/bin/sh", "-c", line)
}

// oldVolume is a folder of the node as a volume: unlike a hostPath it takes an fsGroup.
const oldVolume = `apiVersion: v1
kind: PersistentVolume
metadata: {name: old-models}
spec:
  accessModes: [ReadWriteOnce]
  capacity: {storage: 1Gi}
  storageClassName: by-hand
  persistentVolumeReclaimPolicy: Retain
  local: {path: /old-models}
  nodeAffinity:
    required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/os, operator: Exists}]}]}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: old-models, namespace: old}
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: by-hand
  resources: {requests: {storage: 1Gi}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: words, namespace: old}
data: {PLAIN: "a word", OLLAMA_KEEP_ALIVE: 77m, OLLAMA_ORIGINS: "http://theirs.e2e.internal"}
---
apiVersion: v1
kind: Secret
metadata: {name: words, namespace: old}
stringData: {TOKEN: "s3cret $(HOME)"}
`

// takesOverVolume fills a volume as an Ollama of user and group 1000 did.
func (h *homes) takesOverVolume(t *testing.T) {
	store, err := ollama.Store(h.ctx, h.builder, ollama.SmolLM2())
	must(t, err)
	must(t, h.CopyDir(h.ctx, store, "/old-models"))
	h.docker(t, "exec", h.Node(), "sh", "-euc", "mkdir /old-models/gguf; cp /old-models/blobs/sha256-"+ollama.SmolLM2().SHA256+" /old-models/gguf/house.gguf; chown -R 1000:1000 /old-models; chmod -R u+w,go-rwx /old-models")
	_, err = h.Kubectl(h.ctx, strings.NewReader(oldVolume), "apply", "-f", "-")
	must(t, err)
	h.deploys(t, "old")

	// The user of each file is as it was, the group is the pod's.
	const owners = `find /old-models -printf '%U:%G %y\n' | sort -u`
	if got, want := h.docker(t, "exec", h.Node(), "sh", "-c", owners), "1000:3000 d\n1000:3000 f\n"; got != want {
		t.Errorf("the volume's files belong to\n%swant\n%s", got, want)
	}
	if got, want := h.inside(t, "old", "ollama", "id"), "uid=1000 gid=1500 groups=1500,3000\n"; got != want {
		t.Errorf("Ollama runs as %swant %s", got, want)
	}
}

// keepsModels looks at what the puller said, whose registry is out of reach, and asks the model.
func (h *homes) keepsModels(t *testing.T) {
	p, err := h.pod("old", "ollama")
	must(t, err)
	log := h.podLog(t, p, "pull-models")
	t.Log(log)
	if !strings.Contains(log, "smollm2:135m: already on the volume") {
		t.Error("the puller did not find the model")
	}
	entries, err := h.registryLog()
	must(t, err)
	if len(entries) > 0 {
		t.Errorf("the registry was asked: %+v", entries)
	}
	h.answers(t, "old", "smollm2:135m")
}

// answers asks the overlay's server through the API server.
func (h *homes) answers(t *testing.T, overlay, model string) {
	t.Helper()
	client := &ollama.Client{URL: h.Config.Host + "/api/v1/namespaces/" + overlay + "/services/ollama:http/proxy", HTTP: h.http}
	answer, err := client.Generate(h.ctx, ollama.Question{Model: model, Prompt: "What is the capital of France?", MaxTokens: 12})
	must(t, err)
	if answer.Tokens < 3 {
		t.Errorf("%s answered %q", model, answer.Response)
	}
	t.Logf("%s: %q", model, answer.Response)
}

// makesModel asks Ollama's own client what the model is.
func (h *homes) makesModel(t *testing.T) {
	system := h.inside(t, "old", "ollama", "ollama show --system pirate:v1")
	if want := "You are a pirate's \"parrot\".\nIt's $5 a word."; system != want {
		t.Errorf("ollama show --system has %q, want %q", system, want)
	}
	parameters := h.inside(t, "old", "ollama", "ollama show --parameters pirate:v1")
	for _, want := range []string{`num_ctx +1024`, `temperature +0\.3`, `stop +"Ahoy, \\?"you\\?""`} {
		if !regexp.MustCompile(`(?m)^` + want + `$`).MatchString(parameters) {
			t.Errorf("ollama show --parameters lacks %s:\n%s", want, parameters)
		}
	}
	h.answers(t, "old", "pirate:v1")
	if got, want := h.inside(t, "old", "ollama", "ollama show --template house"), "Q: {{ .Prompt }} A:"; got != want {
		t.Errorf("ollama show --template of the file's model has %q, want %q", got, want)
	}
	h.answers(t, "old", "house")
}

// hasContainers holds the order in which containers ran, and what they find of each other.
func (h *homes) hasContainers(t *testing.T) {
	for _, c := range []struct{ container, line, want string }{
		{"ollama", "cat /shared/prepared", "uid=1000 gid=1500 groups=1500,3000\n"},
		{"ollama", "cat /shared/before", "smollm2\n"}, // before models were made of it
		{"beside", "id", "uid=2000 gid=2000 groups=2000,3000\n"},
		{"beside", "cmp /shared/prepared /shared/found", ""},
		{"beside", "until [ -s /shared/list ]; do sleep 1; done; awk '{print $1}' /shared/list | sort", "NAME\nhouse:latest\npirate:v1\nsmollm2:135m\n"},
		{"ollama", "echo asked >/shared/question; until [ -e /shared/answer ]; do sleep 1; done; cat /shared/answer", "asked\n"},
		{"ollama", "cat /words/plain /words/secret/TOKEN", "a words3cret $(HOME)"},
		{"ollama", "touch /words/secret/x /x 2>/dev/null || echo closed", "closed\n"},
		{"beside", "touch /x 2>/dev/null || echo closed", "closed\n"},
	} {
		got := h.inside(t, "old", c.container, c.line)
		if got != c.want {
			t.Errorf("%s: %s: got %q, want %q", c.container, c.line, got, c.want)
		}
	}
	p, err := h.pod("old", "ollama")
	must(t, err)
	prepare, pull, beside := p.Status.InitContainerStatuses[0], p.Status.InitContainerStatuses[1], p.Status.InitContainerStatuses[2]
	times := []metav1.Time{
		prepare.State.Terminated.FinishedAt, pull.State.Terminated.StartedAt, pull.State.Terminated.FinishedAt,
		beside.State.Running.StartedAt, p.Status.ContainerStatuses[0].State.Running.StartedAt,
	}
	if !slices.IsSortedFunc(times, func(a, b metav1.Time) int { return a.Compare(b.Time) }) {
		t.Errorf("%s ended, %s began and ended, %s began, the program began: at %v", prepare.Name, pull.Name, beside.Name, times)
	}
	// All that ran in a namespace that takes no other pods.
	loose := `{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "loose", "namespace": "old"}, "spec": {"containers": [{"name": "a", "image": "a:1"}]}}`
	if _, err := h.Kubectl(h.ctx, strings.NewReader(loose), "apply", "--dry-run=server", "-f", "-"); err == nil || !strings.Contains(err.Error(), `violates PodSecurity "restricted`) {
		t.Errorf("a pod that is not confined: %v, want it refused", err)
	}
}

// hasVariables reads the program's own.
func (h *homes) hasVariables(t *testing.T) {
	got := strings.Split(h.inside(t, "old", "ollama", `tr '\0' '\n' </proc/1/environ`), "\n")
	for _, want := range []string{
		"PLAIN=a word", "KEY_TOKEN=s3cret $(HOME)", "OLLAMA_ORIGINS=http://own.e2e.internal", "OLLAMA_KEEP_ALIVE=5m",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("the program lacks %s; it has\n%s", want, strings.Join(got, "\n"))
		}
	}
}

// keepsPulled pulls a model as a person does, and deletes the pod.
func (h *homes) keepsPulled(t *testing.T) {
	name := fmt.Sprintf("%s.%s.svc:%d/library/smollm2:135m", registryName, registryNamespace, ollama.RegistryPort)
	h.docker(t, "exec", h.Node(), "ctr", "--namespace=k8s.io", "images", "tag", ollama.Deployed.Ref(), ownRef)
	h.deploys(t, "pulled")
	before, err := h.pod("pulled", "ollama")
	must(t, err)
	if log := h.podLog(t, before, "pull-models"); !strings.Contains(log, "no model is to be pulled: people do") {
		t.Errorf("the init container said\n%s", log)
	}
	if got := h.inside(t, "pulled", "ollama", "cat /tmp/began; ollama list | wc -l"); got != "/home/ollama\n1\n" {
		t.Errorf("before anybody pulled: %q, want what the command wrote and an empty list", got)
	}
	h.inside(t, "pulled", "ollama", "ollama pull "+name)
	must(t, h.Client.CoreV1().Pods("pulled").Delete(h.ctx, before.Name, metav1.DeleteOptions{GracePeriodSeconds: new(int64(1))}))
	h.waitReady(t, "pulled", "ollama", before, 2*time.Minute)
	asked, err := h.registryLog()
	must(t, err)
	h.answers(t, "pulled", name)
	if after, err := h.registryLog(); err != nil || len(after) != len(asked) {
		t.Errorf("the registry was asked again: %+v %v", after[len(asked):], err)
	}
}

// mountsImage asks a model that no claim holds.
func (h *homes) mountsImage(t *testing.T) {
	h.deploys(t, "imaged")
	if got, want := h.inside(t, "imaged", "ollama", "ollama list | tail -n +2 | cut -d' ' -f1; touch /home/ollama/.ollama/models/x 2>/dev/null || echo closed"), "smollm2:135m\nclosed\n"; got != want {
		t.Errorf("the image's models, and whether they can be written to: %q, want %q", got, want)
	}
	h.answers(t, "imaged", "smollm2:135m")
}

// hasSecond asks each of two Ollamas of a namespace by its own Service.
func (h *homes) hasSecond(t *testing.T) {
	h.waitReady(t, "imaged", "ollama-b", nil, 3*time.Minute)
	for name, keep := range map[string]string{"ollama": "5m", "ollama-b": "1m"} {
		list, err := h.Client.DiscoveryV1().EndpointSlices("imaged").List(h.ctx, metav1.ListOptions{LabelSelector: "kubernetes.io/service-name=" + name})
		must(t, err)
		p, err := h.pod("imaged", name)
		must(t, err)
		if len(list.Items) != 1 || len(list.Items[0].Endpoints) != 1 || !slices.Equal(list.Items[0].Endpoints[0].Addresses, []string{p.Status.PodIP}) {
			t.Errorf("the Service %s leads to %+v, want %s at %s alone", name, list.Items, p.Name, p.Status.PodIP)
		}
		if got := h.kubectl(t, "-n", "imaged", "exec", "deployment/"+name, "--", "printenv", "OLLAMA_KEEP_ALIVE"); got != keep+"\n" {
			t.Errorf("%s has OLLAMA_KEEP_ALIVE=%s, want %s", name, got, keep)
		}
		client := &ollama.Client{URL: h.Config.Host + "/api/v1/namespaces/imaged/services/" + name + ":http/proxy", HTTP: h.http}
		answer, err := client.Generate(h.ctx, ollama.Question{Model: "smollm2:135m", Prompt: "What is the capital of France?", MaxTokens: 12})
		must(t, err)
		t.Logf("%s: %q", name, answer.Response)
	}
}

// isVerified holds that nothing is found wrong with what runs.
func (h *homes) isVerified(t *testing.T, overlay string) {
	report := h.passes(t, h.stack, overlay)
	if row, ok := report.Row("namespace", overlay); !ok || row.Status != verify.Passed || !strings.HasSuffix(row.Detail, "restricted") {
		t.Errorf("the namespace's row is %+v", row)
	}
}
