package verify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// Ports of the containers; the generator fixes them.
const (
	ollamaPort    = v1alpha1.OllamaPort
	openWebUIPort = 8080
)

// ollama asks one Ollama server, whatever the way to it.
type ollama struct{ http *http.Client }

// ollama is the server of a workload, one of them where there are several, by
// port-forward. Call close after use.
func (v *verifier) ollama(ctx context.Context, w *workload) (ollama, error) {
	pod, err := v.readyPod(ctx, w)
	if err != nil {
		return ollama{}, err
	}
	return v.ollamaOf(w, pod), nil
}

// ollamaOf is the server of a pod.
func (v *verifier) ollamaOf(w *workload, pod string) ollama {
	return ollama{v.forward(w.namespace, pod, ollamaPort)}
}

func (o ollama) close() { o.http.CloseIdleConnections() }

// do sends in, if it is not nil, and decodes the answer into out.
func (o ollama) do(ctx context.Context, path string, in, out any) error {
	method, body := http.MethodGet, io.Reader(nil)
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return err
		}
		method, body = http.MethodPost, bytes.NewReader(data)
	}
	request, err := http.NewRequestWithContext(ctx, method, "http://ollama"+path, body)
	if err != nil {
		return err
	}
	response, err := o.http.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, 16<<20))
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if response.StatusCode != http.StatusOK {
		return statusError{path: path, code: response.StatusCode, text: response.Status + ": " + oneLine(string(answer))}
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("%s: not what Ollama answers: %w", path, err)
	}
	return nil
}

// statusError is any answer but OK.
type statusError struct {
	path string
	code int
	text string
}

func (e statusError) Error() string { return e.path + ": " + e.text }

// tag is a row of /api/tags and /api/ps.
type tag struct {
	Name   string `json:"name"`
	Digest string `json:"digest"`
	Size   int64  `json:"size"`
	// ContextLength in tokens of one request; of /api/ps alone.
	ContextLength int `json:"context_length"`
}

func (o ollama) tags(ctx context.Context) ([]tag, error) { return o.list(ctx, "/api/tags") }

// loaded are the models in memory.
func (o ollama) loaded(ctx context.Context) ([]tag, error) { return o.list(ctx, "/api/ps") }

// cloudOff asks whether the server was told to leave Ollama's cloud alone; known
// is false of an Ollama that does not say.
func (o ollama) cloudOff(ctx context.Context) (off, known bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, requestLimit)
	defer cancel()
	var out struct {
		Cloud *struct {
			Disabled bool `json:"disabled"`
		} `json:"cloud"`
	}
	err = o.do(ctx, "/api/status", nil, &out)
	var status statusError
	if errors.As(err, &status) && status.code == http.StatusNotFound {
		return false, false, nil
	}
	if err != nil || out.Cloud == nil {
		return false, false, err
	}
	return out.Cloud.Disabled, true, nil
}

func (o ollama) list(ctx context.Context, path string) ([]tag, error) {
	ctx, cancel := context.WithTimeout(ctx, requestLimit)
	defer cancel()
	var out struct {
		Models []tag `json:"models"`
	}
	err := o.do(ctx, path, nil, &out)
	return out.Models, err
}

// find is the tag of a model however either name is spelled, or nil.
func find(tags []tag, model string) *tag {
	for i := range tags {
		if fullName(tags[i].Name) == fullName(model) {
			return &tags[i]
		}
	}
	return nil
}

// fullName completes a model's name as Ollama does (types/model/name.go).
func fullName(name string) string {
	rest, tag := name, "latest"
	if i := strings.LastIndex(name, ":"); i > strings.LastIndex(name, "/") { // else it is a registry's port
		rest, tag = name[:i], name[i+1:]
	}
	switch strings.Count(rest, "/") {
	case 0:
		rest = "registry.ollama.ai/library/" + rest
	case 1:
		rest = "registry.ollama.ai/" + rest
	}
	return strings.ToLower(rest + ":" + tag)
}

// unload takes a model out of memory and waits until it is gone.
func (o ollama) unload(ctx context.Context, model string) error {
	ctx, cancel := context.WithTimeout(ctx, requestLimit)
	defer cancel()
	var ignored struct{}
	if err := o.do(ctx, "/api/generate", map[string]any{"model": model, "keep_alive": 0}, &ignored); err != nil {
		return err
	}
	for {
		tags, err := o.loaded(ctx)
		if err != nil || find(tags, model) == nil {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s is still in memory: somebody is using it", model)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// Answer is what a model wrote, and how fast. All but Wall are the server's own
// measurements.
type Answer struct {
	Model string `json:"model"`
	Text  string `json:"text"`
	// WallSeconds from the question to the end of the answer, port-forward
	// included.
	WallSeconds float64 `json:"wallSeconds"`
	// LoadSeconds for bringing the model into memory, PromptEvalSeconds for
	// reading the question, EvalSeconds for writing the answer.
	LoadSeconds       float64 `json:"loadSeconds"`
	PromptEvalSeconds float64 `json:"promptEvalSeconds"`
	EvalSeconds       float64 `json:"evalSeconds"`
	PromptTokens      int     `json:"promptTokens"`
	Tokens            int     `json:"tokens"`
	// TokensPerSecond is Tokens / EvalSeconds.
	TokensPerSecond float64 `json:"tokensPerSecond"`
}

// String has columns of a fixed width, so that two answers below each other
// compare.
func (a Answer) String() string {
	return fmt.Sprintf("wall %5.1fs  load %5.1fs  prompt_eval %5.2fs  eval %5.1fs  %5.1f tokens/s",
		a.WallSeconds, a.LoadSeconds, a.PromptEvalSeconds, a.EvalSeconds, a.TokensPerSecond)
}

// maxTokens ends an answer: without it a model that never stops writes ten
// times its context.
const maxTokens = 256

// generate asks for the whole answer at once. Temperature 0 and a seed make two
// runs do the same work.
func (o ollama) generate(ctx context.Context, model, prompt string) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, AnswerLimit)
	defer cancel()
	var out struct {
		Response           string        `json:"response"`
		LoadDuration       time.Duration `json:"load_duration"`
		PromptEvalCount    int           `json:"prompt_eval_count"`
		PromptEvalDuration time.Duration `json:"prompt_eval_duration"`
		EvalCount          int           `json:"eval_count"`
		EvalDuration       time.Duration `json:"eval_duration"`
	}
	start := time.Now()
	err := o.do(ctx, "/api/generate", map[string]any{
		"model": model, "prompt": prompt, "stream": false,
		"options": map[string]any{"temperature": 0, "seed": 1, "num_predict": maxTokens},
	}, &out)
	a := Answer{
		Model: model, Text: strings.TrimSpace(out.Response),
		WallSeconds:       time.Since(start).Seconds(),
		LoadSeconds:       out.LoadDuration.Seconds(),
		PromptEvalSeconds: out.PromptEvalDuration.Seconds(),
		EvalSeconds:       out.EvalDuration.Seconds(),
		PromptTokens:      out.PromptEvalCount, Tokens: out.EvalCount,
	}
	if a.EvalSeconds > 0 {
		a.TokensPerSecond = float64(a.Tokens) / a.EvalSeconds
	}
	return a, err
}
