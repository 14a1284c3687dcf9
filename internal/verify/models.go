package verify

import (
	"context"
	"fmt"
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/sizing"
)

// Model is one on the server's volume.
type Model struct {
	// Name as the stack spells it.
	Name string `json:"name"`
	// Digest of the manifest, which a tag does not pin; sha256 in hexadecimal.
	Digest    string `json:"digest"`
	SizeBytes int64  `json:"sizeBytes"`
}

// models wants every model of the stack on the server, with the digest that it is
// pinned to: on each server that has a volume of its own, all with the same.
func (v *verifier) models(w *workload) []check {
	if len(w.pods) == 0 {
		return []check{v.modelsOf(w, w.subject(), func(ctx context.Context) (tags, first []tag, err error) {
			server, err := v.ollama(ctx, w)
			if err != nil {
				return nil, nil, err
			}
			defer server.close()
			tags, err = server.tags(ctx)
			return tags, nil, err
		})}
	}
	var all []check
	for i, pod := range w.pods {
		all = append(all, v.modelsOf(w, w.namespace+"/"+pod, func(ctx context.Context) (tags, first []tag, err error) {
			server := v.ollamaOf(w, pod)
			defer server.close()
			if tags, err = server.tags(ctx); err != nil || i == 0 {
				return tags, nil, err
			}
			other := v.ollamaOf(w, w.pods[0])
			defer other.close()
			first, err = other.tags(ctx)
			return tags, first, err
		}))
	}
	return all
}

// modelsOf is about one server; first are the models of the one that it has to be
// equal to, if there is one.
func (v *verifier) modelsOf(w *workload, subject string, ask func(context.Context) (tags, first []tag, err error)) check {
	return check{id: "models", subject: subject, title: "Ollama holds every model", needs: []string{w.key()}, hint: v.podLogs(w), look: func(ctx context.Context) (result, error) {
		tags, first, err := ask(ctx)
		if err != nil {
			return result{}, err
		}
		models := []Model{}
		var there, missing, others []string
		describe := func(name string, t *tag) string {
			return fmt.Sprintf("%s (%.12s, %s)", name, t.Digest, sizing.Decimal(t.Size))
		}
		for _, name := range w.models {
			t := find(tags, name)
			if t == nil {
				missing = append(missing, name)
				continue
			}
			models = append(models, Model{Name: name, Digest: t.Digest, SizeBytes: t.Size})
			there = append(there, describe(name, t))
			if want := w.ollama.ModelDigest(name); want != "" && want != "sha256:"+t.Digest {
				others = append(others, fmt.Sprintf("%s has the digest sha256:%s, want %s", name, t.Digest, want))
			} else if f := find(first, name); f != nil && f.Digest != t.Digest {
				others = append(others, fmt.Sprintf("%s has the digest %.12s, and on %s it is %.12s", name, t.Digest, w.pods[0], f.Digest))
			}
		}
		if len(missing) > 0 {
			hint := "the init container pulls when the pod starts: " + v.restart(w)
			if w.ollama.Pull == v1alpha1.PullNever {
				hint = w.field("pull") + " is never: fill the volume, or let the init container pull"
			}
			return failed(hint, "missing: %s", strings.Join(missing, ", ")).with(models), nil
		}
		if len(others) > 0 {
			return failed(w.field("modelDigests")+"; or "+v.restart(w)+", and the init container pulls it again",
				"%s", strings.Join(others, "; ")).with(models), nil
		}
		if len(w.models) == 0 {
			var pulled []string
			for _, t := range tags {
				pulled = append(pulled, describe(t.Name, &t))
			}
			if len(pulled) == 0 {
				return passed("none yet: people pull theirs").with(models), nil
			}
			return passed("pulled by people: %s", strings.Join(pulled, ", ")).with(models), nil
		}
		return passed("%s", strings.Join(there, ", ")).with(models), nil
	}}
}

// restart has the init containers of a workload look again.
func (v *verifier) restart(w *workload) string {
	return v.kubectl("-n %s rollout restart %s %s", w.namespace, strings.ToLower(w.kind), w.name)
}

// modelKeys are the keys of the rows that models fills in.
func (w *workload) modelKeys() []string {
	if len(w.pods) == 0 {
		return []string{key("models", w.subject())}
	}
	var keys []string
	for _, pod := range w.pods {
		keys = append(keys, key("models", w.namespace+"/"+pod))
	}
	return keys
}
