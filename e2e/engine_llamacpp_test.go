package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/e2e/internal/images"
	"github.com/hearth-dev/hearth/e2e/internal/shape"
)

const llamaCppStack = "testdata/engine-llamacpp.yaml"

// lent is the model of testdata/engine-llamacpp.yaml: the layers of llama3.2:1b, with a smaller vocabulary.
var lent = shape.Shape{
	Name: "lent", Architecture: "llama", Pre: "llama-bpe", Layers: 16, Embedding: 2048, FeedForward: 8192, Heads: 32, KVHeads: 8, Head: 64,
	Vocabulary: 32768, Merges: 32000, Context: 4096, Tied: true, Quantisation: shape.Q80,
}

// TestEngineLlamaCppStack is hermetic: what a cluster is given later can be rendered.
func TestEngineLlamaCppStack(t *testing.T) {
	documents.generates(t, llamaCppStack)
}

// TestEngineLlamaCpp has two pods of llama.cpp answer with a model that neither has the memory for.
func TestEngineLlamaCpp(t *testing.T) {
	s := start(t, wants{full: true, twoNodes: true, relay: true, policies: true, llamaCpp: true, addons: []images.Addon{images.LeaderWorkerSet()}, namespaces: []string{engineNamespace}})
	g := &groups{suite: s}
	inOrder(t, []part{
		{"the network enforces policies", g.enforcePolicies},
		{"LeaderWorkerSet's controller runs", g.startController},
		{"a model that is larger than the memory of each pod is loaded", g.lends},
		{"who has the key is answered, and nobody else", g.asksForKey},
		{"the port of the worker is closed to others", g.workerIsClosed},
		{"a killed worker restarts the group", g.restartsTogether},
		{"it answers again", g.answers},
	})
}

// modelVolume is a folder of one node, so that the server runs there; its worker needs no volume.
const modelVolume = `apiVersion: v1
kind: PersistentVolume
metadata: {name: models}
spec:
  accessModes: [ReadWriteOnce]
  capacity: {storage: 2Gi}
  storageClassName: by-hand
  persistentVolumeReclaimPolicy: Retain
  local: {path: /models}
  nodeAffinity:
    required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [NODE]}]}]}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: models, namespace: engine}
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: by-hand
  resources: {requests: {storage: 2Gi}}
`

func (g *groups) lends(t *testing.T) {
	dir := t.TempDir()
	must(t, lent.Write(filepath.Join(dir, "shape.gguf")))
	info, err := os.Stat(filepath.Join(dir, "shape.gguf"))
	must(t, err)
	must(t, g.CopyDir(g.ctx, dir, "/models"))
	must(t, os.Remove(filepath.Join(dir, "shape.gguf")))
	g.docker(t, "exec", g.Node(), "chmod", "-R", "a+rX", "/models")
	g.applyText(t, strings.Replace(modelVolume, "NODE", g.Node(), 1))
	// Else its worker may be first on the node that has the volume.
	g.kubectl(t, "-n", engineNamespace, "wait", "--for=jsonpath={.status.phase}=Bound", "persistentvolumeclaim/models", "--timeout=2m")

	const folder = "/hearth/llamacpp"
	g.stack = g.render(t, llamaCppStack, folder)
	e := g.stack.Overlay(engineNamespace).Bases[0].Engine
	disk := e.ModelSize.Disk.Parsed()
	if disk.Value() != info.Size() {
		t.Errorf("%s says that the model has %d bytes, it has %d", llamaCppStack, disk.Value(), info.Size())
	}
	g.deploys(t, folder, 2)
	for _, p := range g.pods(t) {
		limit := p.Spec.Containers[0].Resources.Limits.Memory().Value()
		if limit >= info.Size() {
			t.Errorf("%s may have %d bytes of memory, and the model has %d: one pod would hold it", p.Name, limit, info.Size())
		}
		if restarts := p.Status.ContainerStatuses[0].RestartCount; restarts > 0 {
			t.Errorf("%s was started %d times again", p.Name, restarts)
		}
	}
	if pods := g.pods(t); pods[0].Spec.NodeName == pods[1].Spec.NodeName {
		t.Errorf("both pods are on %s, want a node for each", pods[0].Spec.NodeName)
	}
	g.answers(t)
	g.tellMemory(t)
}

// tellMemory notes what the pods took at most, their files' pages included.
func (g *groups) tellMemory(t *testing.T) {
	t.Helper()
	for _, p := range g.pods(t) {
		peak := g.kubectl(t, "-n", engineNamespace, "exec", p.Name, "--", "sh", "-c",
			"cd /sys/fs/cgroup; cat memory.peak memory.stat 2>/dev/null | head -3; cat memory/memory.max_usage_in_bytes memory/memory.stat 2>/dev/null | grep -v hier | head -4; grep -E 'VmHWM|RssAnon' /proc/1/status")
		t.Logf("%s, of %s: %s", p.Name, p.Spec.Containers[0].Resources.Limits.Memory(), strings.Join(strings.Fields(peak), " "))
	}
}

// ask has a client in the cluster ask the engine's Service, with a key or without, and returns the answer's status line and body.
func (g *groups) ask(t *testing.T, key, path, body string) (status, answer string) {
	t.Helper()
	address := g.kubectl(t, "-n", engineNamespace, "get", "service", "engine", "-o", "jsonpath={.spec.clusterIP}")
	request := fmt.Sprintf("POST %s HTTP/1.0\r\nHost: engine\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: %d\r\n", path, len(body))
	if key != "" {
		request += "Authorization: Bearer " + key + "\r\n"
	}
	// The server stops computing for a client that has closed its side.
	out, err := g.Kubectl(g.ctx, strings.NewReader(request+"\r\n"+body), "-n", engineNamespace, "exec", "-i", "friend", "--",
		"socat", "-T240", "STDIO,ignoreeof", fmt.Sprintf("TCP:%s:%d", address, v1alpha1.EnginePort))
	must(t, err)
	head, answer, _ := strings.Cut(out, "\r\n\r\n")
	status, _, _ = strings.Cut(head, "\r\n")
	return status, answer
}

const (
	completions = "/v1/chat/completions"
	// Noise is not always text: the grammar leaves letters to choose from.
	threeTokens = `{"model": "shape.gguf", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 3, "grammar": "root ::= [a-z]+"}`
)

func (g *groups) answers(t *testing.T) {
	if _, err := g.Client.CoreV1().Pods(engineNamespace).Get(g.ctx, "friend", metav1.GetOptions{}); err != nil {
		g.startClients(t)
	}
	status, body := g.ask(t, engineKey, completions, threeTokens)
	var answer struct {
		Usage struct {
			Tokens int `json:"completion_tokens"`
		} `json:"usage"`
	}
	err := json.Unmarshal([]byte(body), &answer)
	if t.Logf("%s: %s", status, body); err != nil || answer.Usage.Tokens != 3 {
		t.Fatalf("the answer has %d tokens, want 3: %s %s", answer.Usage.Tokens, status, body)
	}
}

func (g *groups) asksForKey(t *testing.T) {
	for _, key := range []string{"", "another"} {
		if status, body := g.ask(t, key, completions, threeTokens); !strings.Contains(status, " 401 ") {
			t.Errorf("with the key %q the answer is %s %s, want 401", key, status, body)
		}
	}
}

func (g *groups) workerIsClosed(t *testing.T) {
	address := g.addresses(t)
	for _, c := range []reached{
		{"friend", address["engine-group-0"] + ":8000", "open"},
		{"stranger", address["engine-group-0"] + ":8000", "closed"},
		{"friend", fmt.Sprintf("%s:%d", address["engine-group-0-1"], v1alpha1.EngineRPCPort), "closed"},
		{"stranger", fmt.Sprintf("%s:%d", address["engine-group-0-1"], v1alpha1.EngineRPCPort), "closed"},
	} {
		g.reaches(t, c)
	}
}
