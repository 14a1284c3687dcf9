package ollama_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/e2e/internal/ollama"
)

// TestRealPullerMakesModels runs the puller of a stack with the real Ollama, on a volume that has the model.
func TestRealPullerMakesModels(t *testing.T) {
	b := builder(t)
	store, err := ollama.Store(t.Context(), b, ollama.SmolLM2())
	if err != nil {
		t.Fatal(err)
	}
	binary, err := ollama.Deployed.Binary(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	home := filepath.Join(dir, "home")
	data := filepath.Join(home, ".ollama")
	if err := os.CopyFS(data, os.DirFS(store)); err != nil { // at its root: modelsFolder is "."
		t.Fatal(err)
	}
	run := func(o v1alpha1.Ollama) (string, error) {
		return runPuller(t, ollama.Deployed, binary, source{}, home, o)
	}
	// The volume is of somebody else's: its folder has to be said.
	if out, err := run(v1alpha1.Ollama{Models: []string{"smollm2:135m"}}); err == nil || !strings.Contains(out, `write ollama.modelsFolder: "."`) {
		t.Fatalf("the models are in another folder: %v\n%s", err, out)
	}
	made := v1alpha1.Ollama{
		Models: []string{"smollm2:135m"}, ModelsFolder: ".", Threads: "1",
		CustomModels: []v1alpha1.CustomModel{{
			Name: "me/support:v2", From: "smollm2:135m", System: "Two lines,\n  and \"quotes\" of $1 both 'kinds'.",
			Template:   "{{- range $i, $m := .Messages }}<|im_start|>{{ $m.Role }}\n{{ $m.Content }}<|im_end|>\n{{ end }}<|im_start|>assistant\n",
			Parameters: &v1alpha1.ModelParameters{NumCtx: 512, Temperature: "0", NumPredict: "24", Seed: "1", Stop: []string{"<|im_end|>", " a b "}},
		}},
	}
	digest := func() (digest string) {
		t.Helper()
		if out, err := run(made); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		s, err := ollama.Start(t.Context(), ollama.ServerOptions{Binary: binary, Dir: dir, Models: data})
		if err != nil {
			t.Fatal(err)
		}
		defer stop(t, s)
		tags, err := s.Tags(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, tag := range tags {
			if tag.Name == "me/support:v2" {
				digest = tag.Digest
			}
		}
		show := exec.CommandContext(t.Context(), binary, "show", "--modelfile", "me/support:v2") //nolint:gosec // the real one
		show.Env = []string{"HOME=" + dir, "OLLAMA_HOST=" + s.URL}
		said, err := show.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
		for _, want := range []string{
			"SYSTEM \"\"\"" + made.CustomModels[0].System, "PARAMETER num_ctx 512\n", "PARAMETER num_thread 1\n", "PARAMETER stop <|im_end|>\n",
			"range $i, $m := .Messages",
		} {
			if !strings.Contains(string(said), want) {
				t.Errorf("the model lacks %q:\n%s", want, said)
			}
		}
		answer, err := s.Chat(t.Context(), ollama.Question{Model: "me/support:v2", Prompt: "What is the capital of France?", MaxTokens: 24})
		if err != nil || answer == "" {
			t.Errorf("answer %q, %v", answer, err)
		}
		return digest
	}
	first := digest()
	if again := digest(); first == "" || again != first {
		t.Errorf("made again it is %s, want %s: nothing has changed", again, first)
	}
	made.CustomModels[0].Parameters.TopK = "7"
	if other := digest(); other == first {
		t.Errorf("with another parameter it is still %s", other)
	}
}
