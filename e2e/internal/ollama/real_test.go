package ollama_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/hearth-dev/hearth/e2e/internal/images"
	"github.com/hearth-dev/hearth/e2e/internal/ollama"
	"github.com/hearth-dev/hearth/e2e/internal/ollama/authority"
	"github.com/hearth-dev/hearth/e2e/internal/ollama/registry"
)

// builder skips the test unless the real Ollama is wanted. The first run builds it, which takes a quarter of an hour.
func builder(t *testing.T) *images.Builder {
	t.Helper()
	if os.Getenv("E2E") != "1" {
		t.Skip("set E2E=1 to build and run a real Ollama")
	}
	b, err := images.NewBuilder(t.Output())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// source is a registry with the model, and the folder in which its authority's certificate lies.
type source struct {
	host  string
	store string
	trust string
	log   *registry.Log
	rate  *registry.Rate
	stop  func()
}

func serveModels(t *testing.T, b *images.Builder) source {
	t.Helper()
	store, err := ollama.Store(t.Context(), b, ollama.SmolLM2())
	if err != nil {
		t.Fatal(err)
	}
	return serveStore(t, store)
}

func serveStore(t *testing.T, store string) source {
	t.Helper()
	ca, err := authority.New("model registry")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := ca.Issue("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := tls.X509KeyPair(pair.Certificate, pair.Key)
	if err != nil {
		t.Fatal(err)
	}
	s := source{store: store, trust: t.TempDir(), log: registry.NewLog(t.Output()), rate: &registry.Rate{}}
	if err := os.WriteFile(filepath.Join(s.trust, "ca.crt"), ca.Certificate, 0o644); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(registry.New(store, s.log, s.rate))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	server.EnableHTTP2 = true // as the command does
	server.StartTLS()
	s.host = server.Listener.Addr().String()
	s.stop = func() {
		server.CloseClientConnections()
		server.Close()
	}
	t.Cleanup(s.stop)
	return s
}

// start runs an Ollama whose models lie in dir.
func start(t *testing.T, b *images.Builder, dir string, env ...string) *ollama.Server {
	t.Helper()
	binary, err := ollama.Deployed.Binary(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ollama.Start(t.Context(), ollama.ServerOptions{Binary: binary, Dir: dir, Env: env})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func stop(t *testing.T, s *ollama.Server) {
	t.Helper()
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
}

// TestRealOllamaPullsResumesAndAnswers follows a model from the registry to an answer, with everything going wrong that
// the puller has to live with.
func TestRealOllamaPullsResumesAndAnswers(t *testing.T) {
	b := builder(t)
	src, dir := serveModels(t, b), t.TempDir()
	name := src.host + "/library/" + ollama.SmolLM2().Name

	server := start(t, b, dir)
	if err := server.Pull(t.Context(), name); err == nil || !strings.Contains(err.Error(), "x509") {
		t.Fatalf("pulling without the authority's certificate: got %v, want an x509 error", err)
	}
	stop(t, server)

	trust := "SSL_CERT_DIR=" + src.trust
	server = start(t, b, dir, trust)
	src.rate.Set(20e6)
	half, cancel := context.WithCancel(t.Context())
	go func() {
		defer cancel()
		for half.Err() == nil && ranged(src.log).Bytes < 30e6 {
			time.Sleep(20 * time.Millisecond)
		}
	}()
	if err := server.Pull(half, name); err == nil {
		t.Fatal("the pull was not stopped half-way")
	}
	time.Sleep(time.Second) // Ollama notes how far it came only after its client hung up
	stop(t, server)
	src.rate.Set(0)

	server = start(t, b, dir, trust)
	if err := server.Pull(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	var from, to int64
	if _, err := fmt.Sscanf(ranged(src.log).Range, "bytes=%d-%d", &from, &to); err != nil {
		t.Fatal(err)
	}
	if from < 10e6 || to != 98362431 {
		t.Errorf("the second pull asked for bytes %d to %d, want the rest of a download stopped after 30 MB", from, to)
	}

	digest, err := ollama.Digest(src.store, ollama.SmolLM2())
	if err != nil {
		t.Fatal(err)
	}
	tags, err := server.Tags(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []ollama.Tag{{Name: name, Digest: digest}}
	if diff := cmp.Diff(want, tags, cmpopts.IgnoreFields(ollama.Tag{}, "Size")); diff != "" {
		t.Errorf("models (-want +got):\n%s", diff)
	}

	stop(t, server)
	src.stop()
	server = start(t, b, dir, trust)
	ask := func(ctx context.Context, prompt string) (string, error) {
		answer, err := server.Generate(ctx, ollama.Question{Model: name, Prompt: prompt, Threads: 1, MaxTokens: 24})
		return answer.Response, err
	}
	if err := ollama.CheckFacts(t.Context(), ollama.Facts(), 2, ask); err != nil {
		t.Errorf("with the registry gone, /api/generate: %v", err)
	}
	chat := func(ctx context.Context, prompt string) (string, error) {
		return server.Chat(ctx, ollama.Question{Model: name, Prompt: prompt, MaxTokens: 24})
	}
	if err := ollama.CheckFacts(t.Context(), ollama.Facts(), 2, chat); err != nil {
		t.Errorf("with the registry gone, /v1/chat/completions: %v", err)
	}
}

// ranged is the latest request for a part of the weights, the only blob of more than a kilobyte.
func ranged(log *registry.Log) registry.Entry {
	var last registry.Entry
	for _, e := range log.Entries() {
		if strings.Contains(e.Path, ollama.SmolLM2().SHA256) && e.Range != "" {
			last = e
		}
	}
	return last
}

// TestRealOllamaIsAsFastAsItself measures one server against another of the same kind. It asserts nothing about speed: it
// shows how far apart two equal servers are measured on this machine, which every other ratio has to be read against.
func TestRealOllamaIsAsFastAsItself(t *testing.T) {
	b := builder(t)
	store, err := ollama.Store(t.Context(), b, ollama.SmolLM2())
	if err != nil {
		t.Fatal(err)
	}
	binary, err := ollama.Deployed.Binary(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	var servers []*ollama.Client
	for range 2 {
		s, err := ollama.Start(t.Context(), ollama.ServerOptions{Binary: binary, Dir: t.TempDir(), Models: store})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Stop() })
		servers = append(servers, &s.Client)
	}
	got, err := ollama.Compare(t.Context(), servers[0], servers[1], ollama.Question{
		Model: ollama.SmolLM2().Name, Prompt: "Tell me a story about a lighthouse.", Threads: 1, MaxTokens: 24,
	}, 15)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("tokens per second with one thread: %s and %s, ratio %s, spread %.2f", got.First, got.Second, got.Ratio, got.Ratio.Spread())
	if len(got.Pairs) != 15 || got.Ratio.Min <= 0 {
		t.Errorf("got %+v, want fifteen pairs of two speeds", got.Pairs)
	}
}

// TestRealOllamaEmbeds holds the converted model to what a search needs of it: what means the same lies nearer.
func TestRealOllamaEmbeds(t *testing.T) {
	b := builder(t)
	store, err := ollama.Store(t.Context(), b, ollama.SmolLM2(), ollama.MiniLM())
	if err != nil {
		t.Fatal(err)
	}
	binary, err := ollama.Deployed.Binary(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	server, err := ollama.Start(t.Context(), ollama.ServerOptions{Binary: binary, Dir: t.TempDir(), Models: store})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop() })
	v, err := server.Embed(t.Context(), ollama.MiniLM().Name,
		"Who keeps the light on the island?", "The lighthouse keeper is called Ingrid.", "The cake takes three eggs.")
	if err != nil {
		t.Fatal(err)
	}
	dot := func(a, b []float64) (sum float64) { // the vectors have length 1
		for i := range a {
			sum += a[i] * b[i]
		}
		return sum
	}
	near, far := dot(v[0], v[1]), dot(v[0], v[2])
	t.Logf("%d numbers a vector; nearness %.2f and %.2f", len(v[0]), near, far)
	if len(v[0]) != 384 || near < far+0.2 {
		t.Errorf("got vectors of %d numbers, nearness %.2f to the answer and %.2f to something else", len(v[0]), near, far)
	}
}

// TestRealImages builds both images, so that a change to a recipe is found here and not in a cluster.
func TestRealImages(t *testing.T) {
	b := builder(t)
	server, err := ollama.Deployed.Image(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	if server.Ref != "docker.io/ollama/ollama:0.23.2" {
		t.Errorf("got %s, want the reference of the public image", server.Ref)
	}
	models, err := ollama.RegistryImage(t.Context(), b, ollama.SmolLM2(), ollama.Gemma3())
	if err != nil {
		t.Fatal(err)
	}
	for _, image := range []images.Image{server, models} {
		info, err := os.Stat(image.Tar)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d MB", image.Ref, info.Size()>>20)
	}
}
