package e2e

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hearth-dev/hearth/e2e/internal/ollama"
)

const (
	// pairs of measurements, in turn inside and outside the cluster.
	pairs = 11
	// minRatio of the pod's tokens per second to those of the same binary outside. 0.99 was measured on a quiet machine.
	minRatio = 0.80
	// minTPS is what the reference system demands of its 3B model; here it is only reported.
	minTPS = 10.0
)

// compare measures the pod against the same binary and model on this machine, one thread each.
func (s *suite) compare(t *testing.T, pairs int) ollama.Comparison {
	t.Helper()
	binary, err := s.pair.ollama.Binary(s.ctx, s.builder)
	must(t, err)
	outside, err := ollama.Start(s.ctx, ollama.ServerOptions{Binary: binary, Dir: t.TempDir(), Models: s.sameModel(t)})
	must(t, err)
	defer func() {
		if err := outside.Stop(); err != nil {
			t.Error(err)
		}
	}()
	q := ollama.Question{Model: s.model, Prompt: "Tell me a long story about a lighthouse.", Threads: 1, MaxTokens: 32}
	c, err := ollama.Compare(s.ctx, s.ollamaClient(), &outside.Client, q, pairs)
	must(t, err)
	for i, p := range c.Pairs {
		t.Logf("pair %d: %.1f tokens/s in the pod, %.1f outside, ratio %.2f", i+1, p.First, p.Second, p.First/p.Second)
	}
	t.Logf("tokens/s, median and range: pod %s, outside %s, ratio %s", c.First, c.Second, c.Ratio)
	return c
}

// sameModel is a store that holds the model under the name that the cluster knows it by.
func (s *suite) sameModel(t *testing.T) string {
	t.Helper()
	store, err := ollama.Store(s.ctx, s.builder, ollama.SmolLM2())
	must(t, err)
	manifest, err := os.ReadFile(filepath.Join(store, "manifests", "registry.ollama.ai", "library", "smollm2", "135m"))
	must(t, err)
	dir := t.TempDir()
	must(t, os.Symlink(filepath.Join(store, "blobs"), filepath.Join(dir, "blobs")))
	folder := filepath.Join(dir, "manifests", "model-registry.models.svc:5000", "library", "smollm2")
	must(t, os.MkdirAll(folder, 0o755))
	must(t, os.WriteFile(filepath.Join(folder, "135m"), manifest, 0o644))
	return dir
}

func (s *suite) isFast(t *testing.T) {
	c := s.compare(t, pairs)
	if c.Ratio.Median < minRatio {
		t.Errorf("the pod has %.2f of the speed outside the cluster, want %.2f or more", c.Ratio.Median, minRatio)
	}
	t.Logf("%.1f tokens/s; the reference demands %.0f of a 3B model on four cores", c.First.Median, minTPS)
}

// throttledIsSlow takes most of the pod's CPU away and expects the same check to notice.
func (s *suite) throttledIsSlow(t *testing.T) {
	old, err := s.pod("ollama", "ollama")
	must(t, err)
	s.kubectl(t, "-n", "ollama", "set", "resources", "deployment/ollama", "--containers=ollama", "--limits=cpu=300m", "--requests=cpu=100m")
	s.waitReady(t, "ollama", "ollama", old, 5*time.Minute)
	if c := s.compare(t, 5); c.Ratio.Median >= minRatio {
		t.Errorf("a pod throttled to 300m has %.2f of the speed outside, so the check would not notice", c.Ratio.Median)
	}
}
