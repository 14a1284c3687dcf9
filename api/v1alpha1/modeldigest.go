package v1alpha1

import (
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// ModelDigest is the digest that a model that is pulled has to have; "" where any
// will do.
func (o *Ollama) ModelDigest(model string) string {
	for name, digest := range o.ModelDigests {
		if sameModelAsOneOf(name, []string{model}) {
			return digest
		}
	}
	return ""
}

// LockedModels are the models of the base that `hearth lock --models` asks
// registries for: those that are pulled, and whose registry keeps a manifest.
func (b *Base) LockedModels() []string {
	if b.Ollama == nil || b.Ollama.Pull == PullNever {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(b.PullModels()), huggingFace)
}

// ModelFile is the file of a model's manifest, below the folder manifests of the
// models' (types/model/name.go, Filepath); "" for what is no model's name.
func ModelFile(name string) string {
	m := parseModel(name)
	if m == nil {
		return ""
	}
	host, namespace, tag := modelDefaults(m)
	return host + "/" + namespace + "/" + m[3] + "/" + tag
}

// huggingFace reports whether a model is pulled from Hugging Face, which keeps no
// manifests: it makes one of a repository's files as it is asked.
func huggingFace(name string) bool {
	m := parseModel(name)
	return m != nil && (m[1] == "hf.co" || m[1] == "huggingface.co")
}

// DropDigests forgets the digests of models that the base holds as it is declared,
// and not with an overlay's fields: a digest belongs to a name.
func (b *Base) DropDigests(declared *Base) {
	if b.Ollama == nil || declared.Ollama == nil || len(b.Ollama.ModelDigests) == 0 {
		return
	}
	before, after := clone(*declared), clone(*b)
	before.Default()
	after.Default()
	maps.DeleteFunc(b.Ollama.ModelDigests, func(name, digest string) bool {
		return declared.Ollama.ModelDigests[name] == digest && sameModelAsOneOf(name, before.PullModels()) && !sameModelAsOneOf(name, after.PullModels())
	})
}

func (v validator) modelDigests(server *field.Path, b *Base) {
	o, all := b.Ollama, server.Child("modelDigests")
	if len(o.ModelDigests) > 0 && o.Pull == PullNever {
		v.because(server.Child("pull"), server.Child("storage")).errorf(all, "write pull: missing, or remove them",
			"has no effect: the init container compares them, and pull is never")
		return
	}
	first := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(o.ModelDigests)) {
		at, models := all.Key(name), b.PullModels()
		switch digest := o.ModelDigests[name]; {
		case slices.ContainsFunc(o.CustomModels, func(c CustomModel) bool { return c.Name == name }):
			v.because(server.Child("customModels")).errorf(at, "pin the model that it is made of",
				"%q is made here, and no registry has a digest of it", name)
		case !sameModelAsOneOf(name, models):
			v.because(server.Child("models")).errorf(at, "write the name as in ollama.models", "%q is none of the models", name)
		case huggingFace(name):
			v.errorf(at, "copy the model into a registry of your own, and pin it there",
				"%q is Hugging Face's, which keeps no manifest: it makes one as it is asked", name)
		case !digestForm().MatchString(digest):
			v.errorf(at, "`hearth lock --models` writes it", "got %q, want sha256: and 64 hexadecimal digits", digest)
		case first[ModelFile(name)] != "":
			v.errorf(at, "remove one of them", "%q is the same model as %q", name, first[ModelFile(name)])
		default:
			first[ModelFile(name)] = name
		}
	}
}
