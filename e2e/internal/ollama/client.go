package ollama

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"
)

// Client asks one Ollama.
type Client struct {
	// URL of the server without a trailing slash: http://127.0.0.1:11434.
	URL string
	// HTTP defaults to http.DefaultClient. Give it a transport where the way to the server is unusual, such as a
	// certificate authority of the test's own.
	HTTP *http.Client
}

// Tag is one row of `ollama list`.
type Tag struct {
	// Name in its shortest form, always with a tag: smollm2:135m, or registry.models.svc:5000/library/smollm2:135m.
	Name string `json:"name"`
	// Digest is the sha256 of the manifest, in hex without a prefix.
	Digest string `json:"digest"`
	// Size of all layers, in bytes.
	Size int64 `json:"size"`
}

// Version returns the server's version; it is also what a readiness probe asks.
func (c *Client) Version(ctx context.Context) (string, error) {
	var out struct{ Version string }
	return out.Version, c.do(ctx, http.MethodGet, "/api/version", nil, &out)
}

// Tags returns the models that the server has, the latest first.
func (c *Client) Tags(ctx context.Context) ([]Tag, error) {
	var out struct{ Models []Tag }
	err := c.do(ctx, http.MethodGet, "/api/tags", nil, &out)
	return out.Models, err
}

// Loaded returns the names of the models in memory, sorted.
func (c *Client) Loaded(ctx context.Context) ([]string, error) {
	var out struct{ Models []Tag }
	err := c.do(ctx, http.MethodGet, "/api/ps", nil, &out)
	names := make([]string, 0, len(out.Models))
	for _, m := range out.Models {
		names = append(names, m.Name)
	}
	slices.Sort(names)
	return names, err
}

// Pull fetches a model and returns when it is complete. What was fetched until ctx ends is kept and resumed.
func (c *Client) Pull(ctx context.Context, model string) error {
	return c.do(ctx, http.MethodPost, "/api/pull", map[string]any{"model": model, "stream": false}, nil)
}

// Delete removes a model.
func (c *Client) Delete(ctx context.Context, model string) error {
	return c.do(ctx, http.MethodDelete, "/api/delete", map[string]any{"model": model}, nil)
}

// Question is one prompt and how to answer it.
type Question struct {
	Model  string
	Prompt string
	// Images that the model should see, each a PNG or JPEG file.
	Images [][]byte
	// Threads of the answer. 0 leaves it to Ollama, which takes every core it sees.
	Threads int
	// MaxTokens ends the answer. Always set it: without a limit a model that never ends runs to ten times its context.
	MaxTokens int
}

// Answer is what came back, with the server's own measurements.
type Answer struct {
	Response string `json:"response"`
	// DoneReason is "stop" when the model ended by itself, "length" when MaxTokens did.
	DoneReason string `json:"done_reason"`
	// Total, Load, PromptEval and Eval are durations: of all, of loading the model, of reading the prompt, of writing
	// the answer.
	Total      time.Duration `json:"total_duration"`
	Load       time.Duration `json:"load_duration"`
	PromptEval time.Duration `json:"prompt_eval_duration"`
	Eval       time.Duration `json:"eval_duration"`
	// PromptTokens and Tokens count what was read and written.
	PromptTokens int `json:"prompt_eval_count"`
	Tokens       int `json:"eval_count"`
}

// TokensPerSecond is the speed of writing the answer, loading and reading the prompt left out.
func (a Answer) TokensPerSecond() float64 {
	if a.Eval <= 0 {
		return 0
	}
	return float64(a.Tokens) / a.Eval.Seconds()
}

// seed makes equal questions get equal answers, together with temperature 0.
const seed = 1

// body is what /api/generate takes.
func (q Question) body(stream bool) map[string]any {
	options := map[string]any{"temperature": 0, "seed": seed, "num_predict": q.MaxTokens}
	if q.Threads > 0 {
		options["num_thread"] = q.Threads
	}
	body := map[string]any{"model": q.Model, "prompt": q.Prompt, "stream": stream, "options": options}
	if len(q.Images) > 0 {
		body["images"] = q.Images // base64, as encoding/json writes bytes
	}
	return body
}

// Generate asks /api/generate, whole answer at once, temperature 0 and a fixed seed.
func (c *Client) Generate(ctx context.Context, q Question) (Answer, error) {
	var out Answer
	err := c.do(ctx, http.MethodPost, "/api/generate", q.body(false), &out)
	return out, err
}

// Stream asks as Generate does, and calls token for each token as it comes. When ctx ends, so does the answer, and the error
// is ctx's.
func (c *Client) Stream(ctx context.Context, q Question, token func()) error {
	data, err := json.Marshal(q.body(true))
	if err != nil {
		return err
	}
	body, err := c.open(ctx, http.MethodPost, "/api/generate", bytes.NewReader(data))
	if err != nil {
		return err
	}
	defer body.Close()
	for lines := json.NewDecoder(body); ; {
		var line struct {
			Error string
			Done  bool
		}
		if err := lines.Decode(&line); err != nil {
			return err
		}
		if line.Error != "" {
			return errors.New(line.Error)
		}
		if line.Done {
			return nil
		}
		token()
	}
}

// EmbedTokens asks for the embedding of the question's prompt and returns how many tokens were read. An empty prompt only loads the
// model.
func (c *Client) EmbedTokens(ctx context.Context, q Question) (int, error) {
	input := []string{}
	if q.Prompt != "" {
		input = append(input, q.Prompt)
	}
	var out struct {
		Tokens int `json:"prompt_eval_count"`
	}
	in := map[string]any{"model": q.Model, "input": input}
	if q.Threads > 0 {
		in["options"] = map[string]any{"num_thread": q.Threads}
	}
	return out.Tokens, c.do(ctx, http.MethodPost, "/api/embed", in, &out)
}

// Chat asks the OpenAI route with the question as the user's one message, temperature 0 and a fixed seed. The route has no
// field for threads.
func (c *Client) Chat(ctx context.Context, q Question) (string, error) {
	var out struct {
		Choices []struct{ Message struct{ Content string } }
	}
	if err := c.do(ctx, http.MethodPost, "/v1/chat/completions", map[string]any{
		"model": q.Model, "temperature": 0, "seed": seed, "max_tokens": q.MaxTokens,
		"messages": []map[string]string{{"role": "user", "content": q.Prompt}},
	}, &out); err != nil {
		return "", err
	}
	if len(out.Choices) != 1 {
		return "", fmt.Errorf("/v1/chat/completions gave %d choices, want 1", len(out.Choices))
	}
	return out.Choices[0].Message.Content, nil
}

// Embed returns the vector of each text.
func (c *Client) Embed(ctx context.Context, model string, texts ...string) ([][]float64, error) {
	var out struct{ Embeddings [][]float64 }
	err := c.do(ctx, http.MethodPost, "/api/embed", map[string]any{"model": model, "input": texts}, &out)
	if err == nil && len(out.Embeddings) != len(texts) {
		err = fmt.Errorf("/api/embed gave %d vectors for %d texts", len(out.Embeddings), len(texts))
	}
	return out.Embeddings, err
}

// do sends in as JSON, if there is any, and decodes the answer into out, if it is wanted.
func (c *Client) do(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(data)
	}
	answer, err := c.send(ctx, method, path, body)
	if err != nil {
		return err
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("%s %s%s: %w", method, c.URL, path, err)
	}
	return nil
}

// send returns the body of a 2xx answer, and any other answer as an error with what the server said.
func (c *Client) send(ctx context.Context, method, path string, body io.Reader) ([]byte, error) {
	answer, err := c.open(ctx, method, path, body)
	if err != nil {
		return nil, err
	}
	defer answer.Close()
	all, err := io.ReadAll(answer)
	if err != nil {
		return nil, fmt.Errorf("%s %s%s: %w", method, c.URL, path, err)
	}
	return all, nil
}

// open returns the body of a 2xx answer while it still comes.
func (c *Client) open(ctx context.Context, method, path string, body io.Reader) (io.ReadCloser, error) {
	request, err := http.NewRequestWithContext(ctx, method, c.URL+path, body)
	if err != nil {
		return nil, err
	}
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode/100 == 2 {
		return response.Body, nil
	}
	defer response.Body.Close()
	said, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, fmt.Errorf("%s %s%s: %w", method, c.URL, path, err)
	}
	return nil, fmt.Errorf("%s %s%s: %s: %s", method, c.URL, path, response.Status, bytes.TrimSpace(said))
}
