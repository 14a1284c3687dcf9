package ollama_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearth-dev/hearth/e2e/internal/ollama"
)

// stub answers each path with a canned body and remembers what it was sent.
func stub(t *testing.T, answers map[string]string) (*ollama.Client, map[string]any) {
	t.Helper()
	sent := map[string]any{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		var in any
		if len(body) > 0 {
			if err := json.Unmarshal(body, &in); err != nil {
				t.Error(err)
			}
		}
		sent[r.Method+" "+r.URL.Path] = in
		answer, ok := answers[r.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			answer = `{"error":"model 'tiny:1b' not found"}`
		}
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	return &ollama.Client{URL: server.URL}, sent
}

func TestGenerate(t *testing.T) {
	client, sent := stub(t, map[string]string{"/api/generate": `{
		"response": "Paris", "done_reason": "stop", "total_duration": 2500000000, "load_duration": 1000000000,
		"prompt_eval_count": 7, "prompt_eval_duration": 500000000, "eval_count": 30, "eval_duration": 750000000}`})
	got, err := client.Generate(t.Context(), ollama.Question{Model: "tiny:1b", Prompt: "Capital?", Threads: 1, MaxTokens: 30})
	if err != nil {
		t.Fatal(err)
	}
	want := ollama.Answer{
		Response: "Paris", DoneReason: "stop", Total: 2500 * time.Millisecond, Load: time.Second,
		PromptEval: 500 * time.Millisecond, Eval: 750 * time.Millisecond, PromptTokens: 7, Tokens: 30,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
	if got.TokensPerSecond() != 40 {
		t.Errorf("tokens per second: got %v, want 40", got.TokensPerSecond())
	}
	wantSent := map[string]any{"POST /api/generate": map[string]any{
		"model": "tiny:1b", "prompt": "Capital?", "stream": false,
		"options": map[string]any{"temperature": 0.0, "seed": 1.0, "num_predict": 30.0, "num_thread": 1.0},
	}}
	if diff := cmp.Diff(wantSent, sent); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
}

func TestChat(t *testing.T) {
	client, sent := stub(t, map[string]string{
		"/v1/chat/completions": `{"choices": [{"message": {"role": "assistant", "content": "Paris."}}]}`})
	got, err := client.Chat(t.Context(), ollama.Question{Model: "tiny:1b", Prompt: "Capital?", MaxTokens: 9})
	if err != nil || got != "Paris." {
		t.Fatalf("got %q, %v, want Paris.", got, err)
	}
	want := map[string]any{"POST /v1/chat/completions": map[string]any{
		"model": "tiny:1b", "temperature": 0.0, "seed": 1.0, "max_tokens": 9.0,
		"messages": []any{map[string]any{"role": "user", "content": "Capital?"}},
	}}
	if diff := cmp.Diff(want, sent); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
}

func TestTagsAndVersion(t *testing.T) {
	client, _ := stub(t, map[string]string{
		"/api/tags":    `{"models": [{"name": "tiny:1b", "model": "tiny:1b", "digest": "cafe", "size": 12}]}`,
		"/api/version": `{"version": "0.23.2"}`,
	})
	tags, err := client.Tags(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]ollama.Tag{{Name: "tiny:1b", Digest: "cafe", Size: 12}}, tags); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
	if version, err := client.Version(t.Context()); err != nil || version != "0.23.2" {
		t.Errorf("version: got %q, %v, want 0.23.2", version, err)
	}
}

func TestErrorSaysWhatTheServerSaid(t *testing.T) {
	client, _ := stub(t, nil)
	_, err := client.Generate(t.Context(), ollama.Question{Model: "tiny:1b"})
	if err == nil || !strings.Contains(err.Error(), "404") || !strings.Contains(err.Error(), "model 'tiny:1b' not found") {
		t.Errorf("got %v, want the status and the server's words", err)
	}
}
