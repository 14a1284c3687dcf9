package ollama_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/e2e/internal/images"
	"github.com/hearth-dev/hearth/e2e/internal/ollama"
	"github.com/hearth-dev/hearth/internal/build/workload"
)

// runPuller runs the puller of a stack with a real Ollama.
func runPuller(t *testing.T, release ollama.Release, binary string, s source, home string, o v1alpha1.Ollama) (string, error) {
	t.Helper()
	o.Image.Tag = release.Version
	base := v1alpha1.Base{Name: "ai", Namespace: "ai", Ollama: &o}
	base.Default()
	for _, object := range workload.Objects("home", &base) {
		d, is := object.(*appsv1.Deployment)
		if !is {
			continue
		}
		c := d.Spec.Template.Spec.InitContainers[0]
		cmd := exec.CommandContext(t.Context(), c.Command[0], append(c.Command[1:], c.Args...)...) //nolint:gosec // what hearth makes
		cmd.Env = []string{
			"PATH=" + filepath.Dir(binary) + string(os.PathListSeparator) + os.Getenv("PATH"), "TMPDIR=" + filepath.Dir(home),
			"PULL_ATTEMPTS=1", "SSL_CERT_DIR=" + s.trust,
		}
		for _, v := range c.Env {
			cmd.Env = append(cmd.Env, v.Name+"="+strings.ReplaceAll(v.Value, "/home/ollama", home))
		}
		out, err := cmd.CombinedOutput()
		t.Logf("%s", out)
		return string(out), err
	}
	t.Fatal("no Deployment")
	return "", nil
}

// eachRelease runs a test with the real Ollama of each version.
func eachRelease(t *testing.T, test func(t *testing.T, b *images.Builder, release ollama.Release, binary string)) {
	t.Helper()
	for _, release := range []ollama.Release{ollama.Deployed, ollama.Newest} {
		t.Run(release.Version, func(t *testing.T) {
			b := builder(t)
			binary, err := release.Binary(t.Context(), b)
			if err != nil {
				t.Fatal(err)
			}
			test(t, b, release, binary)
		})
	}
}

// TestRealPullerSays reads how far a pull has come, and why it fails, out of what the real clients draw.
func TestRealPullerSays(t *testing.T) {
	eachRelease(t, func(t *testing.T, b *images.Builder, release ollama.Release, binary string) {
		s, home := serveModels(t, b), filepath.Join(t.TempDir(), "home")
		s.rate.Set(5 << 20) // twenty seconds
		out, err := runPuller(t, release, binary, s, home, v1alpha1.Ollama{Models: []string{s.host + "/library/smollm2:135m"}})
		if err != nil || !regexp.MustCompile(`: [1-9][0-9]?% after 15 seconds`).MatchString(out) {
			t.Errorf("a slow pull: %v\n%s", err, out)
		}
		for model, want := range map[string]string{
			"/library/none:1": "not complete: pull model manifest: file does not exist\n",
			"/none":           "want MODEL[:TAG], NAMESPACE/MODEL[:TAG] or HOST/NAMESPACE/MODEL[:TAG]",
		} {
			out, err := runPuller(t, release, binary, s, home, v1alpha1.Ollama{Models: []string{s.host + model}})
			if err == nil || !strings.Contains(out, want) {
				t.Errorf("%s: %v, want %q\n%s", model, err, want, out)
			}
		}
	})
}

// TestRealPullerComparesDigests runs the puller with the real Ollamas before a registry whose tag moves: a model's digest is
// that of the registry's manifest, byte for byte, and the puller ends well with no other.
func TestRealPullerComparesDigests(t *testing.T) {
	eachRelease(t, func(t *testing.T, b *images.Builder, release ollama.Release, binary string) {
		cached, err := ollama.Store(t.Context(), b, ollama.SmolLM2())
		if err != nil {
			t.Fatal(err)
		}
		s := serveStore(t, t.TempDir()) // a copy: other tests have the cache
		if err := os.CopyFS(s.store, os.DirFS(cached)); err != nil {
			t.Fatal(err)
		}
		manifest := filepath.Join(s.store, "manifests", "registry.ollama.ai", "library", "smollm2", "135m")
		first, err := os.ReadFile(manifest)
		if err != nil {
			t.Fatal(err)
		}
		digest := fmt.Sprintf("sha256:%x", sha256.Sum256(first))
		model, home := s.host+"/library/smollm2:135m", filepath.Join(t.TempDir(), "home")
		volume := filepath.Join(home, ".ollama")
		pull := func(digest string) (string, error) {
			return runPuller(t, release, binary, s, home, v1alpha1.Ollama{Models: []string{model}, ModelDigests: map[string]string{model: digest}})
		}
		if out, err := pull(digest); err != nil || !strings.Contains(out, "complete after") {
			t.Fatalf("pulling the one that it should be: %v\n%s", err, out)
		}
		server, err := ollama.Start(t.Context(), ollama.ServerOptions{Binary: binary, Dir: filepath.Dir(home), Models: filepath.Join(volume, "models")})
		if err != nil {
			t.Fatal(err)
		}
		tags, err := server.Tags(t.Context())
		stop(t, server)
		if err != nil || len(tags) != 1 || "sha256:"+tags[0].Digest != digest {
			t.Errorf("Ollama says %+v, %v; the manifest of the registry has the digest %s", tags, err, digest)
		}

		// The tag moves: nobody asks, until the other one is wanted.
		second := append([]byte(" "), first...)
		if err := os.WriteFile(manifest, second, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := pull(digest); err != nil || !strings.Contains(out, "already on the volume") {
			t.Errorf("the model is there: %v\n%s", err, out)
		}
		if out, err := pull(fmt.Sprintf("sha256:%x", sha256.Sum256(second))); err != nil || !strings.Contains(out, "got "+digest) || !strings.Contains(out, "complete after") {
			t.Errorf("an older one is there: %v\n%s", err, out)
		}
		if out, err := pull(digest); err == nil || !strings.Contains(out, "not served: its registry has another one by now") {
			t.Errorf("the registry has another by now: %v\n%s", err, out)
		}
		s.stop()
		if out, err := pull(digest); err == nil || !strings.Contains(out, "not pulled: "+model) {
			t.Errorf("another is there, and no registry: %v\n%s", err, out)
		}
	})
}
