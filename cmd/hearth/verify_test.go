package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/testing/fakecluster"
)

// startRunning is a script command: running OVERLAY [FAULT]... starts a cluster
// on which an overlay of hearth.yaml runs, and everything is in order but what is
// named: slow (the model), other (Ollama is 0.34.0), pulling (a model, for ever), pulled (once its log was read),
// route (its answer is 502), open (a Service lets everybody in to Ollama). It writes a kubeconfig with the context lab and
// ca.crt, and sets $HTTPS and $HTTP to what --resolve takes.
func startRunning(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: running OVERLAY [FAULT]...")
	}
	stack, problems := generator.Load("hearth.yaml", []byte(ts.ReadFile("hearth.yaml")))
	ts.Check(problems.Err())
	c, err := fakecluster.New(stack, args[0])
	ts.Check(err)
	ts.Defer(c.Close)
	for _, fault := range args[1:] {
		switch fault {
		case "slow":
			c.Ollama.Rate = 2
		case "other":
			c.Ollama.Version = "0.34.0"
		case "pulling":
			c.Pulling("llama3.2:3b: 34% after 15 seconds")
		case "pulled":
			c.Pulling("llama3.2:3b: 34% after 15 seconds")
			c.OnLog = sync.OnceFunc(c.Ready)
		case "route":
			c.Route.Status = 502
		case "open":
			c.Put(&unstructured.Unstructured{Object: map[string]any{
				"apiVersion": "v1", "kind": "Service", "metadata": map[string]any{"name": "outside", "namespace": "ollama"},
				"spec": map[string]any{"type": "LoadBalancer", "selector": map[string]any{"app.kubernetes.io/name": "ollama"}, "ports": []any{map[string]any{"port": int64(80), "targetPort": "http"}}},
			}})
		default:
			ts.Fatalf("running: no fault %q", fault)
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs("kubeconfig"), []byte(kubeconfigOf(c.URL)), 0o600))
	if r := c.Route; r != nil {
		ts.Check(os.WriteFile(ts.MkAbs("ca.crt"), r.CA, 0o600))
		ts.Setenv("HTTPS", r.Host+":443:"+r.Resolve[r.Host+":443"])
		ts.Setenv("HTTP", r.Host+":80:"+r.Resolve[r.Host+":80"])
	}
}

// startPrepared is a script command: prepared OVERLAY [LACK]... starts a cluster
// that has all that an overlay of hearth.yaml needs, but what is named: issuer,
// memory, policies (the network is flannel) or controller (it is in kube-system).
// It writes a kubeconfig with the context lab.
func startPrepared(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: prepared OVERLAY [LACK]...")
	}
	stack, problems := generator.Load("hearth.yaml", []byte(ts.ReadFile("hearth.yaml")))
	ts.Check(problems.Err())
	c, err := fakecluster.NewPrepared(stack, args[0])
	ts.Check(err)
	ts.Defer(c.Close)
	for _, lack := range args[1:] {
		switch lack {
		case "issuer":
			c.Delete("ClusterIssuer", "ca")
		case "memory":
			c.Change("Node", "node-1", func(o *fakecluster.Object) {
				ts.Check(unstructured.SetNestedField(o.Object, "3Gi", "status", "allocatable", "memory"))
			})
		case "device":
			c.Change("Node", "node-1", func(o *fakecluster.Object) {
				ts.Check(unstructured.SetNestedField(o.Object, "1", "status", "allocatable", "nvidia.com/gpu"))
			})
		case "policies":
			c.Change("DaemonSet", "calico-node", func(o *fakecluster.Object) { o.SetName("kube-flannel-ds") })
		case "controller":
			c.Change("Pod", "controller-abc12", func(o *fakecluster.Object) { o.SetNamespace("kube-system") })
		default:
			ts.Fatalf("prepared: no lack %q", lack)
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs("kubeconfig"), []byte(kubeconfigOf(c.URL)), 0o600))
}

// kubeconfigOf has the contexts lab, and gone, where nobody listens.
func kubeconfigOf(server string) string {
	return fmt.Sprintf(`apiVersion: v1
kind: Config
clusters:
- {name: lab, cluster: {server: %q}}
- {name: gone, cluster: {server: "http://127.0.0.1:1"}}
contexts:
- {name: lab, context: {cluster: lab, user: ""}}
- {name: gone, context: {cluster: gone, user: ""}}
`, server)
}

// Ctrl-C ends a wait, with what is known by then.
func TestVerifyInterrupted(t *testing.T) {
	c, kubeconfig := homelab(t, fakecluster.New)
	c.Pulling("llama3.2:3b: 34% after 15 seconds")
	var stdout, stderr bytes.Buffer
	interrupt := interruptOn(t, &stderr, "waiting: workload")
	code := run([]string{"verify", "-f", "../../hearth.yaml", "homelab-internal", "--context", "lab", "--kubeconfig", kubeconfig}, nil, &stdout, interrupt)
	if code != exitFailure {
		t.Errorf("got exit code %d, want %d", code, exitFailure)
	}
	for _, want := range []string{
		"waiting      workload   ai/ollama               pull-models is running: llama3.2:3b: 34% after 15 seconds\n",
		" waiting in ", // the sum; how much was seen before the signal arrived varies
	} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("stdout lacks %q:\n%s", want, &stdout)
		}
	}
	if !strings.HasSuffix(stderr.String(), "hearth: interrupted\n") {
		t.Errorf("stderr: %s", &stderr)
	}
}

// Ctrl-C ends a probe, and removes what it has made.
func TestProbeInterrupted(t *testing.T) {
	c, kubeconfig := homelab(t, fakecluster.NewPrepared)
	before, made := c.Named("Namespace"), ""
	c.Writable(fakecluster.Network{Created: func(o *fakecluster.Object) {
		if o.GetKind() == "Namespace" {
			made = o.GetName()
		}
	}})
	var stdout, stderr bytes.Buffer
	interrupt := interruptOn(t, &stderr, "waiting: network homelab-internal: the client reaches the server")
	code := run([]string{"doctor", "-f", "../../hearth.yaml", "homelab-internal", "--context", "lab", "--kubeconfig", kubeconfig, "--probe"}, nil, &stdout, interrupt)
	if code != exitFailure || !strings.HasSuffix(stderr.String(), "hearth: interrupted\n") || !strings.Contains(stdout.String(), " 1 waiting in ") {
		t.Errorf("exit code %d\n%s%s", code, &stdout, &stderr)
	}
	if after := c.Named("Namespace"); made == "" || !slices.Equal(before, after) {
		t.Errorf("made %q; there were the namespaces %v, and are %v", made, before, after)
	}
}

// homelab is a cluster for the committed homelab-internal, and its kubeconfig.
func homelab(t *testing.T, start func(*v1alpha1.Resolved, string) (*fakecluster.Cluster, error)) (c *fakecluster.Cluster, kubeconfig string) {
	t.Helper()
	data, err := os.ReadFile("../../hearth.yaml")
	if err != nil {
		t.Fatal(err)
	}
	stack, problems := generator.Load("hearth.yaml", data)
	if stack == nil {
		t.Fatal(problems)
	}
	if c, err = start(stack, "homelab-internal"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	kubeconfig = filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(kubeconfig, []byte(kubeconfigOf(c.URL)), 0o600); err != nil {
		t.Fatal(err)
	}
	return c, kubeconfig
}

// interruptOn sends a Ctrl-C once a line begins so.
func interruptOn(t *testing.T, w io.Writer, prefix string) *onLine {
	return &onLine{Writer: w, prefix: prefix, do: func() {
		if err := syscall.Kill(os.Getpid(), syscall.SIGINT); err != nil {
			t.Error(err)
		}
	}}
}

// onLine acts once a line has been written.
type onLine struct {
	io.Writer
	prefix string
	do     func()
	once   sync.Once
}

func (w *onLine) Write(p []byte) (int, error) {
	if bytes.HasPrefix(p, []byte(w.prefix)) {
		w.once.Do(w.do)
	}
	return w.Writer.Write(p)
}
