package verify

import (
	"context"
	"fmt"

	"github.com/hearth-dev/hearth/internal/versions"
)

// check is a row to fill in.
type check struct {
	id      string
	subject string
	title   string
	// needs are the keys of rows without which this one says nothing. They
	// stand earlier in the list.
	needs []string
	// once is set where looking costs something or its failure is an answer: the
	// first result counts.
	once bool
	// hint is for when looking itself goes wrong. Default: to ask the cluster.
	hint string
	look func(context.Context) (result, error)
}

func (c check) key() string { return key(c.id, c.subject) }

func key(id, subject string) string { return id + " " + subject }

// result is what a look gave. Failed is what is wrong now, Waiting what will
// come right by itself as far as the cluster says.
type result struct {
	status   Status
	detail   string
	hint     string
	measured any
}

func passed(format string, args ...any) result {
	return result{status: Passed, detail: fmt.Sprintf(format, args...)}
}

func failed(hint, format string, args ...any) result {
	return result{status: Failed, detail: fmt.Sprintf(format, args...), hint: hint}
}

func waiting(hint, format string, args ...any) result {
	return result{status: Waiting, detail: fmt.Sprintf(format, args...), hint: hint}
}

func notChecked(format string, args ...any) result {
	return result{status: NotChecked, detail: fmt.Sprintf(format, args...)}
}

// with adds the figures.
func (r result) with(measured any) result {
	r.measured = measured
	return r
}

// checks are the rows of this overlay, what others depend on first.
func (v *verifier) checks() []check {
	var all []check
	for _, n := range v.want.namespaces {
		all = append(all, v.namespace(n))
	}
	all = append(all, v.objects())
	for _, n := range v.want.namespaces {
		all = append(all, v.secrets(n)...)
		all = append(all, v.configMaps(n)...)
		for _, w := range n.workloads {
			all = append(all, v.volumes(w)...)
		}
		for _, w := range n.workloads {
			all = append(all, v.workload(w), v.restarts(w))
		}
		all = append(all, v.services(n)...)
		for _, w := range n.workloads {
			switch {
			case w.ollama != nil:
				all = append(append(all, v.version(w, &versions.Ollama, w.ollama.Image.Tag, ollamaPort)), v.models(w)...)
				all = append(all, v.cloud(w), v.cold(w), v.prompt(w), v.memory(w), v.footprint(w))
			case w.chat != nil:
				all = append(all, v.version(w, &versions.OpenWebUI, w.chat.Image.Tag, openWebUIPort), v.health(w))
				all = append(all, v.backends(w)...)
				all = append(all, v.memory(w))
			default:
				all = append(all, v.memory(w))
			}
		}
		for _, b := range n.bases {
			all = append(all, v.exposure(b)...)
		}
	}
	return all
}
