package fakecluster

import (
	"cmp"
	"encoding/json"
	"math"
	"net/http"
	"sync"
	"time"
)

// Ollama is a server that knows its models' names and no language.
type Ollama struct {
	// Version that it says. Default: that of its image's tag.
	Version string
	// Models that it holds, as /api/tags spells them.
	Models []string
	// Digest of each of them, without its algorithm. Default: llama3.2:3b's.
	Digest string
	// Loaded are the models in memory. A question loads its model.
	Loaded []string
	// Context in tokens of what is loaded. Default 4096.
	Context int
	// Rate in tokens per second that it claims.
	Rate float64
	// Silent makes every answer empty.
	Silent bool
	// Key that OpenAI's API asks for; "" is none. Silent leaves that API mute.
	Key string
	// Broken makes every answer a 500 with this text.
	Broken string
	// Hang keeps a question until it is closed, or its asker is gone.
	Hang chan struct{}
	// Cloud is on where somebody has turned it on. NoStatus makes the server one
	// that does not say.
	Cloud, NoStatus bool
	// Questions counts what it was asked.
	Questions int

	mu sync.Mutex
}

func (o *Ollama) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch r.URL.Path {
	case "/api/version":
		answer(w, http.StatusOK, map[string]any{"version": o.Version})
	case "/api/tags":
		answer(w, http.StatusOK, map[string]any{"models": o.tags(o.Models)})
	case "/api/ps":
		answer(w, http.StatusOK, map[string]any{"models": o.tags(o.Loaded, "context_length", cmp.Or(o.Context, 4096))})
	case "/api/status":
		if o.NoStatus {
			http.NotFound(w, r)
			return
		}
		answer(w, http.StatusOK, map[string]any{"cloud": map[string]any{"disabled": !o.Cloud, "source": "env"}})
	case "/v1/models":
		switch {
		case o.Key != "" && r.Header.Get("Authorization") != "Bearer "+o.Key:
			answer(w, http.StatusUnauthorized, map[string]any{"error": "no"})
		case o.Silent:
			answer(w, http.StatusOK, map[string]any{"models": "none"})
		default:
			answer(w, http.StatusOK, map[string]any{"object": "list", "data": o.tags(o.Models)})
		}
	case "/api/generate":
		o.generate(w, r)
	default:
		http.NotFound(w, r)
	}
}

// contexts are the tokens of what is loaded.
func (o *Ollama) contexts() map[string]int {
	o.mu.Lock()
	defer o.mu.Unlock()
	contexts := map[string]int{}
	for _, name := range o.Loaded {
		contexts[name] = cmp.Or(o.Context, 4096)
	}
	return contexts
}

func (o *Ollama) tags(names []string, more ...any) []any {
	rows := []any{}
	for _, n := range names {
		row := map[string]any{"name": n, "digest": cmp.Or(o.Digest, "a80c4f17acd55265feec403c7aef86be0c25983ab279d83f3bcd3abbcb5b8b72"), "size": 2019393189}
		for i := 0; i < len(more); i += 2 {
			row[more[i].(string)] = more[i+1]
		}
		rows = append(rows, row)
	}
	return rows
}

func (o *Ollama) generate(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Model     string `json:"model"`
		Prompt    string `json:"prompt"`
		KeepAlive *int   `json:"keep_alive"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if in.Prompt == "" && in.KeepAlive != nil && *in.KeepAlive == 0 {
		o.Loaded = nil
		answer(w, http.StatusOK, map[string]any{"done_reason": "unload"})
		return
	}
	o.Questions++
	if o.Hang != nil {
		select {
		case <-o.Hang:
		case <-r.Context().Done():
			return
		}
	}
	if o.Broken != "" {
		answer(w, http.StatusInternalServerError, map[string]any{"error": o.Broken})
		return
	}
	load := 10 * time.Millisecond
	if len(o.Loaded) == 0 {
		load = 1900 * time.Millisecond
	}
	o.Loaded = []string{in.Model}
	const tokens = 26
	text := "A system that keeps containers running."
	if o.Silent {
		text = ""
	}
	answer(w, http.StatusOK, map[string]any{
		"response": text, "load_duration": load, "prompt_eval_count": 32, "prompt_eval_duration": time.Second,
		"eval_count": tokens, "eval_duration": int64(math.Round(tokens / o.Rate * 1e9)),
	})
}
