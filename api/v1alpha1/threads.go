package v1alpha1

import (
	"errors"
	"slices"
	"strconv"

	"github.com/hearth-dev/hearth/sizing"
)

// Threads is auto, or a number of threads.
type Threads string

// ThreadsAuto follows the CPU limit.
const ThreadsAuto Threads = "auto"

// UnmarshalText accepts auto, or 1 to 1024.
func (t *Threads) UnmarshalText(text []byte) error {
	n, err := strconv.Atoi(string(text))
	if Threads(text) != ThreadsAuto && (err != nil || n < 1 || n > 1024) {
		return errors.New("want auto, or a number of threads from 1 to 1024")
	}
	*t = Threads(text)
	return nil
}

// number is the number of threads; 0 for auto.
func (t Threads) number() int {
	n, err := strconv.Atoi(string(t))
	if err != nil { // auto
		return 0
	}
	return n
}

// ServerThreads is LLAMA_ARG_THREADS: how many threads a server that ignores the
// CPU limit is told to start. 0 where it needs no telling, or there is no limit
// to tell it.
func (o *Ollama) ServerThreads() int {
	if !sizing.LlamaServer(o.Image.Tag) {
		return 0
	}
	if n := o.Threads.number(); n > 0 {
		return n
	}
	limit := o.Resources.Limits.CPU
	if limit == None && o.Node != nil {
		limit = o.Node.CPU
	}
	v := limit.Parsed()
	return sizing.Threads(v.MilliValue())
}

// StoredModels are all that the base's Ollama holds once its init container has
// ended: those that it pulls, the copies that it makes of them, and the custom ones.
func (b *Base) StoredModels() []string {
	stored := slices.Clone(b.PullModels())
	for _, c := range b.Copies() {
		stored = append(stored, c[1])
	}
	for _, c := range b.Ollama.CustomModels {
		stored = append(stored, c.Name)
	}
	return stored
}

// CopyThreads is the number of threads that a model has to say, since the server
// can be told none; 0 where it need not.
func (b *Base) CopyThreads() int {
	if sizing.LlamaServer(b.Ollama.Image.Tag) {
		return 0
	}
	return b.Ollama.Threads.number()
}

// Copies are the models that the init container makes besides those it pulls:
// from the pulled name to the copy's, which has the number of threads in it. The
// pulled one is left as it is, so that its digest stays that of the registry.
func (b *Base) Copies() [][2]string {
	o, n := b.Ollama, b.CopyThreads()
	if n == 0 {
		return nil
	}
	var copies [][2]string
	for _, name := range o.Models {
		tag := ""
		if parts := parseModel(name); parts != nil && parts[4] == "" {
			tag = ":latest"
		}
		if m, ok := o.size(name); !ok || !m.Embedder {
			copies = append(copies, [2]string{name, name + tag + "-t" + strconv.Itoa(n)})
		}
	}
	return copies
}
