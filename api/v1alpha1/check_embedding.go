package v1alpha1

func (c *checker) embedding(b *Base) {
	const at = "openWebUI.embedding"
	e := b.OpenWebUI.Embedding
	if !c.read(at + ".engine") {
		return
	}
	if e.Engine == EmbeddingInPod {
		c.noEffect(at, "engine", "in the pod runs the one model that the image carries", "model")
		return
	}
	own := b.Ollama
	if own == nil {
		own = &Ollama{Pull: PullNever}
	}
	c.modelName(at+".model", e.Model, own)
	if b.Ollama == nil {
		return
	}
	if !c.written(at+".model") && own.Pull == PullMissing && noneIsPublic(own.Models) {
		c.warnf(at+".model", "write the embedding model with its registry's host, or engine: inPod",
			"missing: %s comes from Ollama's own registry, and every model of ollama.models from another", EmbeddingModel)
	}
	if own.MaxLoadedModels == 1 && c.read("ollama.maxLoadedModels") && !sameModelAsOneOf(e.Model, own.Models) {
		c.warnf("ollama.maxLoadedModels", "write 2, or remove it",
			"1 and an embedding model: each question about a document throws the chat's model out of memory and loads it again")
	}
}

// noneIsPublic tells models that all name a registry: likely there is no way to
// another.
func noneIsPublic(models []string) bool {
	for _, name := range models {
		if m := parseModel(name); m == nil || m[1] == "" {
			return false
		}
	}
	return len(models) > 0
}
