package verify

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// cold asks the first question while the model is not in memory: what somebody
// waits for who comes back after OLLAMA_KEEP_ALIVE.
func (v *verifier) cold(w *workload) check {
	return check{id: "cold", subject: w.subject(), title: "the model loads and answers", needs: w.modelKeys(), once: true, hint: v.podLogs(w), look: func(ctx context.Context) (result, error) {
		server, err := v.ollama(ctx, w)
		if err != nil {
			return result{}, err
		}
		defer server.close()
		model := w.answers
		if model == "" {
			return notChecked("%s", w.silent()), nil
		}
		tags, err := server.loaded(ctx)
		if err != nil {
			return result{}, err
		}
		if find(tags, model) != nil {
			if !v.Cold {
				return notChecked("%s is in memory; --cold unloads it first", model), nil
			}
			if err := server.unload(ctx, model); err != nil {
				return result{}, err
			}
		}
		return v.ask(ctx, w, server, 0)
	}}
}

// prompt asks a model that is in memory, and wants the promised speed.
func (v *verifier) prompt(w *workload) check {
	return check{id: "prompt", subject: w.subject(), title: "the model answers at the promised speed", needs: w.modelKeys(), once: true, hint: v.podLogs(w), look: func(ctx context.Context) (result, error) {
		server, err := v.ollama(ctx, w)
		if err != nil {
			return result{}, err
		}
		defer server.close()
		if w.answers == "" {
			return notChecked("%s", w.silent()), nil
		}
		return v.ask(ctx, w, server, v.MinTPS)
	}}
}

// silent says why no model of the stack can be asked.
func (w *workload) silent() string {
	if len(w.models) == 0 {
		return "the stack names no model: people pull theirs"
	}
	return "embedding models alone: none answers"
}

// ask puts the question to the first model that answers, which has to write at least so many
// tokens per second.
func (v *verifier) ask(ctx context.Context, w *workload, server ollama, atLeast float64) (result, error) {
	model := w.answers
	a, err := server.generate(ctx, model, v.Prompt)
	w.answered = time.Now()
	switch {
	case ctx.Err() != nil:
		return result{}, ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		return failed(w.field("resources.limits.cpu")+", or a smaller model", "%s gave no answer within %s", model, AnswerLimit).with(a), nil
	case err != nil:
		return failed(v.podLogs(w), "%s gave no answer: %v", model, err), nil
	case a.Text == "":
		return failed(w.field("models")+": an embedding model has no answers; put one that has first", "%s gave an empty answer", model).with(a), nil
	case a.TokensPerSecond < atLeast:
		return failed(w.field("resources.limits.cpu")+", or a smaller model; a busy node is slow, too", "%s, want at least %g", a, atLeast).with(a), nil
	}
	detail := a.String()
	if atLeast > 0 {
		detail += fmt.Sprintf(" (at least %g)", atLeast)
	}
	return passed("%s", detail).with(a), nil
}
