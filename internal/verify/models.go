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
// pinned to.
func (v *verifier) models(w *workload) check {
	return check{id: "models", subject: w.subject(), title: "Ollama holds every model", needs: []string{w.key()}, hint: v.podLogs(w), look: func(ctx context.Context) (result, error) {
		server, err := v.ollama(ctx, w)
		if err != nil {
			return result{}, err
		}
		defer server.close()
		tags, err := server.tags(ctx)
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
			}
		}
		if len(missing) > 0 {
			hint := "the init container pulls when the pod starts: " + v.kubectl("-n %s rollout restart deployment %s", w.namespace, w.name)
			if w.ollama.Pull == v1alpha1.PullNever {
				hint = w.field("pull") + " is never: fill the volume, or let the init container pull"
			}
			return failed(hint, "missing: %s", strings.Join(missing, ", ")).with(models), nil
		}
		if len(others) > 0 {
			return failed(w.field("modelDigests")+"; or "+v.kubectl("-n %s rollout restart deployment %s", w.namespace, w.name)+", and the init container pulls it again",
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
