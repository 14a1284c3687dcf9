package v1alpha1

import (
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/api/problem"
)

// Embedding turns documents and questions into vectors, so that the chat finds
// the passages of a document that a question is about.
type Embedding struct {
	// Engine is ollama (default where the base has its own Ollama): the
	// embedding model is one more model there, and a document adds a third as
	// much to the memory of the chat's pod (docs/calibration.md). inPod (default
	// elsewhere): the chat runs the model that its image carries. Documents that
	// were uploaded before a change have to be uploaded again.
	Engine EmbeddingEngine `json:"engine,omitzero"`
	// Model to embed with (ollama only), as for `ollama pull`. Default
	// all-minilm:22m, 46 MB: the same network as the image's own. The base's
	// Ollama pulls it; a server of ollamaURLs has to hold it already.
	Model string `json:"model,omitzero"`
}

// EmbeddingEngine says where the embedding model runs.
type EmbeddingEngine string

// The places where an embedding model runs.
const (
	EmbeddingOllama EmbeddingEngine = "ollama"
	EmbeddingInPod  EmbeddingEngine = "inPod"
)

// Values lists the allowed places.
func (EmbeddingEngine) Values() []string { return texts(EmbeddingOllama, EmbeddingInPod) }

// EmbeddingModel is the default of Embedding's Model.
const EmbeddingModel = "all-minilm:22m"

// Embedder is the chat's embedding model where the base's own Ollama runs it,
// else "".
func (b *Base) Embedder() string {
	if w := b.OpenWebUI; w != nil && b.Ollama != nil && w.Embedding.Engine == EmbeddingOllama {
		return w.Embedding.Model
	}
	return ""
}

// PullModels are all models that the base's own Ollama holds: those of its
// list, and the chat's embedder after them.
func (b *Base) PullModels() []string {
	if b.Ollama == nil {
		return nil
	}
	models, embedder := b.Ollama.Models, b.Embedder()
	if embedder == "" || sameModelAsOneOf(embedder, models) {
		return models
	}
	return append(models[:len(models):len(models)], embedder)
}

// weighed are the models that have weights of their own: those that are pulled,
// and those that are made of files of the volume.
func (b *Base) weighed() []string {
	if b.Ollama == nil {
		return nil
	}
	return append(slices.Clone(b.PullModels()), b.Ollama.fileModels()...)
}

// ChatModel is the first of the models of the base's own Ollama that answers
// questions, "" if there is none: an embedding model does not.
func (b *Base) ChatModel() string {
	for _, name := range b.weighed() {
		if !b.embeds(name) {
			return name
		}
	}
	return ""
}

// HoldsEmbedder reports whether the base's own Ollama holds an embedding model.
func (b *Base) HoldsEmbedder() bool { return slices.ContainsFunc(b.PullModels(), b.embeds) }

// embeds reports whether a model of the base's own Ollama is one to embed with.
// One that nothing is known of is, where the chat embeds with it.
func (b *Base) embeds(name string) bool {
	if m, known := b.Ollama.size(name); known {
		return m.Embedder
	}
	return b.Embedder() != "" && sameModelAsOneOf(name, []string{b.Embedder()})
}

// sameModelAsOneOf reports whether a model is in the list, perhaps spelled
// otherwise.
func sameModelAsOneOf(name string, models []string) bool {
	want := parseModel(name)
	for _, other := range models {
		if have := parseModel(other); want != nil && have != nil && fullModelName(want) == fullModelName(have) {
			return true
		}
	}
	return false
}

// applyDefaults fills in where the model runs; own says that the base has its
// own Ollama.
func (e *Embedding) applyDefaults(own bool) {
	if own {
		fill(&e.Engine, EmbeddingOllama)
	}
	fill(&e.Engine, EmbeddingInPod)
	if e.Engine == EmbeddingOllama {
		fill(&e.Model, EmbeddingModel)
	}
}

func (v validator) embedding(base *field.Path, given Embedding, b *Base) {
	at, server := base.Child("openWebUI", "embedding"), base.Child("ollama")
	e := b.OpenWebUI.Embedding
	v = v.because(at.Child("engine"))
	if b.Ollama == nil { // which the engine follows from
		v = v.because(server)
	}
	if e.Engine == EmbeddingInPod {
		if given.Model != "" {
			v.errorf(at.Child("model"), problem.Remove, "has no effect: in the pod runs the one model that the image carries")
		}
		return
	}
	if !b.AsksOllama() {
		v.because(base.Child("openWebUI", "ollamaURLs")).errorf(at.Child("engine"), "write inPod, or name an Ollama in openWebUI.ollamaURLs", "got ollama, and the chat has none to ask")
		return
	}
	own := b.Ollama
	if own == nil {
		own = &Ollama{Pull: PullNever}
	}
	v.modelName(at.Child("model"), e.Model, server, own)
	if b.Ollama == nil {
		return
	}
	if given.Model == "" && own.Pull == PullMissing && noneIsPublic(own.Models) {
		v.warnf(at.Child("model"), "write the embedding model with its registry's host, or engine: inPod",
			"missing: %s comes from Ollama's own registry, and every model of ollama.models from another", EmbeddingModel)
	}
	if own.MaxLoadedModels == 1 && !sameModelAsOneOf(e.Model, own.Models) {
		v.warnf(server.Child("maxLoadedModels"), "write 2, or remove it",
			"1 and an embedding model: each question about a document throws the chat's model out of memory and loads it again")
	}
}

// noneIsPublic reports whether all models name a registry: likely there is no way to
// another.
func noneIsPublic(models []string) bool {
	for _, name := range models {
		if m := parseModel(name); m == nil || m[1] == "" {
			return false
		}
	}
	return len(models) > 0
}
