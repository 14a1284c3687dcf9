package e2e

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/rest"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/e2e/internal/browser"
	"github.com/hearth-dev/hearth/e2e/internal/cluster"
	"github.com/hearth-dev/hearth/e2e/internal/images"
	"github.com/hearth-dev/hearth/e2e/internal/needs"
	"github.com/hearth-dev/hearth/e2e/internal/ollama"
)

const (
	stackFile = "../hearth.yaml"
	// overlay is what the tests deploy, as rendered and committed.
	overlay = "e2e-kind"
)

// suite is one cluster and what the tests need around it.
type suite struct {
	*cluster.Cluster
	ctx     context.Context
	mode    cluster.Mode
	builder *images.Builder
	http    *http.Client // to the API server, which proxies to Services
	pair    pair
	model   string // as the stack names it
	// stands is the committed stack with the versions of pair, and standsIn the folder of what it describes: as it is committed,
	// where these are the documents'.
	stands   *v1alpha1.Resolved
	standsIn string
}

// wants is what a test needs in its cluster, besides Ollama and Traefik.
type wants struct {
	// full says that the test is none of the gate's: it runs with E2E=full only.
	full bool
	// pairs whose images the node has; the first is what is deployed. Default: the documents'.
	pairs []pair
	// models that the registry in the cluster serves.
	models []ollama.Model
	// namespaces that trust the registry. They are made before anything else, and enforce Pod Security restricted.
	namespaces []string
	// chat asks for Open WebUI's image, and a browser to see it with.
	chat bool
	// snapshots asks for what takes snapshots of volumes, and for a CSI driver.
	snapshots bool
	// imageVolumes asks for an image of the models, and for a node that mounts it.
	imageVolumes bool
	// relay asks for an image of socat.
	relay bool
	// llamaCpp asks for an image of llama.cpp with its RPC backend, which nobody publishes.
	llamaCpp bool
	// caddy asks for its image.
	caddy bool
	// postgresql is whose image is asked for; nil for none.
	postgresql *images.PostgreSQL
	// redis asks for its image.
	redis bool
	// policies asks for the image of what enforces NetworkPolicies.
	policies bool
	// twoNodes has pods run on a second node as well.
	twoNodes bool
	// addons besides Traefik and the metrics server.
	addons []images.Addon
}

// programs that a test with these wants runs on this machine.
func (w wants) programs(mode cluster.Mode) []string {
	programs := mode.Programs()
	if w.chat {
		programs = append(programs, browser.Programs()...)
	}
	return programs
}

// full reports whether this is the run of what the gate has no time for.
func full() bool { return os.Getenv("E2E") == "full" }

// start makes the cluster with the images in it, or skips without E2E=1, or E2E=full.
func start(t *testing.T, w wants) *suite {
	t.Helper()
	need := "1"
	if w.full {
		need = "full"
	}
	if os.Getenv("E2E") != need {
		t.Skipf("needs Docker and minutes: set E2E=%s to run it", need)
	}
	mode, err := cluster.ModeFromEnvironment()
	must(t, err)
	must(t, needs.Missing(w.programs(mode)...))
	ctx, stop := cluster.Interruptible(t.Context())
	t.Cleanup(stop)
	if len(w.pairs) == 0 {
		w.pairs = []pair{documents}
	}
	s := &suite{ctx: ctx, mode: mode, pair: w.pairs[0], standsIn: ".."}
	s.stands = s.pair.load(t, stackFile)
	if s.pair != documents {
		s.standsIn = tree(t, s.stands)
	}
	s.builder, err = images.NewBuilder(os.Stderr)
	must(t, err)

	// Built before there is a cluster to slow the compiler down.
	load := []images.Image{}
	if mode == cluster.Source {
		for _, p := range w.pairs {
			image, err := p.ollama.Image(ctx, s.builder)
			must(t, err)
			load = append(load, image)
		}
		for _, a := range append([]images.Addon{images.Traefik(), images.MetricsServer()}, w.addons...) {
			image, err := s.builder.AddonImage(ctx, a)
			must(t, err)
			load = append(load, image)
		}
	}
	if mode == cluster.Source && w.relay {
		image, err := s.builder.Socat(ctx)
		must(t, err)
		load = append(load, image)
	}
	if w.llamaCpp {
		image, err := ollama.LlamaCpp(ctx, s.builder)
		must(t, err)
		load = append(load, image)
	}
	if mode == cluster.Source && w.chat {
		for _, p := range w.pairs {
			image, err := p.chat.Image(ctx, s.builder)
			must(t, err)
			load = append(load, image)
		}
	}
	if mode == cluster.Source && w.caddy {
		image, err := s.builder.Caddy(ctx)
		must(t, err)
		load = append(load, image)
	}
	if mode == cluster.Source && w.postgresql != nil {
		image, err := w.postgresql.Image(ctx, s.builder)
		must(t, err)
		load = append(load, image)
	}
	if mode == cluster.Source && w.redis {
		image, err := s.builder.Redis(ctx)
		must(t, err)
		load = append(load, image)
	}
	if mode == cluster.Source && w.policies {
		image, err := s.builder.KubeRouter(ctx)
		must(t, err)
		load = append(load, image)
	}
	if w.snapshots {
		image, err := s.builder.CSIDriver(ctx)
		must(t, err)
		load = append(load, image)
	}
	if mode == cluster.Source && w.snapshots {
		for _, a := range images.SnapshotAddons() {
			image, err := s.builder.AddonImage(ctx, a)
			must(t, err)
			load = append(load, image)
		}
	}
	if w.imageVolumes {
		image, err := ollama.ModelsImage(ctx, s.builder, w.models...)
		must(t, err)
		load = append(load, image)
	}
	registry, err := ollama.RegistryImage(ctx, s.builder, w.models...)
	must(t, err)

	logs, err := os.MkdirTemp("", "hearth-e2e-logs-")
	must(t, err)
	s.Cluster, err = cluster.Create(ctx, cluster.Options{Mode: mode, Out: os.Stderr, Logs: logs, ImageVolumes: w.imageVolumes, TwoNodes: w.twoNodes})
	must(t, err)
	t.Cleanup(func() {
		if t.Failed() {
			if err := s.Logs(ctx, logs); err != nil {
				t.Log(err)
			}
			t.Logf("logs, events and descriptions: %s", logs)
		} else if err := os.RemoveAll(logs); err != nil {
			t.Error(err)
		}
		if err := s.Delete(); err != nil {
			t.Error(err)
		}
	})
	for _, image := range append(load, registry) {
		must(t, s.LoadImage(image))
	}
	s.http, err = rest.HTTPClientFor(s.Config)
	must(t, err)
	s.model = s.stands.Overlay(overlay).Bases[0].Ollama.Models[0]
	s.startRegistry(t, registry.Ref, w.namespaces...)
	return s
}

// kubectl runs the node's own kubectl and returns what it printed.
func (s *suite) kubectl(t *testing.T, args ...string) string {
	t.Helper()
	out, err := s.Kubectl(s.ctx, nil, args...)
	must(t, err)
	return out
}

// apply does what a person does with the overlay: kubectl apply -k.
func (s *suite) apply(t *testing.T) string {
	t.Helper()
	for _, folder := range []string{"bases", "overlays"} {
		must(t, s.CopyDir(s.ctx, filepath.Join(s.standsIn, folder), "/hearth/"+folder))
	}
	return s.kubectl(t, "apply", "-k", "/hearth/overlays/"+overlay)
}

func (s *suite) docker(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(s.ctx, "docker", args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("docker %s: %v: %s", strings.Join(args, " "), err, stderr.String())
	}
	return string(out)
}

// ollamaClient reaches Ollama's Service through the API server.
func (s *suite) ollamaClient() *ollama.Client {
	return &ollama.Client{URL: s.Config.Host + "/api/v1/namespaces/ollama/services/ollama:http/proxy", HTTP: s.http}
}

// pod is the newest pod of the app in the namespace that is not going away; nil if there is none.
func (s *suite) pod(namespace, app string) (*corev1.Pod, error) {
	list, err := s.Client.CoreV1().Pods(namespace).List(s.ctx, metav1.ListOptions{LabelSelector: "app.kubernetes.io/name=" + app})
	if err != nil {
		return nil, err
	}
	for i := range list.Items {
		if p := &list.Items[i]; p.DeletionTimestamp == nil {
			return p, nil
		}
	}
	return nil, nil
}

// waitReady waits for a ready pod of the app, other than the one with the given UID, and until its Services lead to it.
func (s *suite) waitReady(t *testing.T, namespace, app string, not *corev1.Pod, timeout time.Duration) *corev1.Pod {
	t.Helper()
	var found *corev1.Pod
	s.eventually(t, timeout, fmt.Sprintf("a ready pod of %s/%s", namespace, app), func() (string, error) {
		p, err := s.pod(namespace, app)
		switch {
		case err != nil:
			return "", err
		case p == nil || not != nil && p.UID == not.UID:
			return "no new pod yet", nil
		}
		if !ready(p) {
			return describe(p), nil
		}
		found = p
		return s.unserved(p)
	})
	return found
}

// ready reports whether a pod is.
func ready(p *corev1.Pod) bool {
	return slices.ContainsFunc(p.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
	})
}

// unserved is a Service that selects the pod and does not lead to it yet, which comes a moment after it is ready.
func (s *suite) unserved(p *corev1.Pod) (string, error) {
	services, err := s.Client.CoreV1().Services(p.Namespace).List(s.ctx, metav1.ListOptions{})
	if err != nil {
		return "", err
	}
	for _, service := range services.Items {
		if len(service.Spec.Selector) == 0 || !labels.SelectorFromSet(service.Spec.Selector).Matches(labels.Set(p.Labels)) {
			continue
		}
		list, err := s.Client.DiscoveryV1().EndpointSlices(p.Namespace).List(s.ctx, metav1.ListOptions{LabelSelector: discoveryv1.LabelServiceName + "=" + service.Name})
		if err != nil {
			return "", err
		}
		if !slices.ContainsFunc(list.Items, func(slice discoveryv1.EndpointSlice) bool {
			return slices.ContainsFunc(slice.Endpoints, func(e discoveryv1.Endpoint) bool {
				return slices.Contains(e.Addresses, p.Status.PodIP) && (e.Conditions.Ready == nil || *e.Conditions.Ready)
			})
		}) {
			return fmt.Sprintf("the Service %s does not lead to %s yet", service.Name, p.Name), nil
		}
	}
	return "", nil
}

// describe says in a few words where a pod stands.
func describe(p *corev1.Pod) string {
	words := []string{p.Name, string(p.Status.Phase)}
	for _, c := range append(p.Status.InitContainerStatuses, p.Status.ContainerStatuses...) {
		switch {
		case c.State.Waiting != nil:
			words = append(words, c.Name+" waits: "+c.State.Waiting.Reason+" "+c.State.Waiting.Message)
		case c.State.Terminated != nil && c.State.Terminated.ExitCode != 0:
			words = append(words, fmt.Sprintf("%s ended with %d", c.Name, c.State.Terminated.ExitCode))
		}
	}
	return strings.Join(words, ", ")
}

// eventually asks each second until the answer is empty; errors are asked about again, an API server can be busy.
func (s *suite) eventually(t *testing.T, timeout time.Duration, what string, ask func() (string, error)) {
	t.Helper()
	started, deadline := time.Now(), time.Now().Add(timeout)
	for {
		waiting, err := ask()
		if err == nil && waiting == "" {
			t.Logf("%s: after %s", what, time.Since(started).Round(100*time.Millisecond))
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %s: %s %v", what, timeout, waiting, err)
		}
		select {
		case <-s.ctx.Done():
			t.Fatalf("%s: %v", what, context.Cause(s.ctx))
		case <-time.After(time.Second):
		}
	}
}

// podLog is the whole log of a container.
func (s *suite) podLog(t *testing.T, p *corev1.Pod, container string) string {
	t.Helper()
	out, err := s.Client.CoreV1().Pods(p.Namespace).GetLogs(p.Name, &corev1.PodLogOptions{Container: container}).DoRaw(s.ctx)
	must(t, err)
	return string(out)
}

// part is one of a test's that builds on those before it.
type part struct {
	name string
	run  func(*testing.T)
}

// inOrder runs parts until one fails.
func inOrder(t *testing.T, parts []part) {
	t.Helper()
	for _, p := range parts {
		if !t.Run(p.name, p.run) {
			t.FailNow()
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
