package generator

import (
	"slices"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/workload"
)

// Images lists the images that a stack runs and that are to be locked, as its
// objects name them but for the digest: sorted, each once. Those with a digest
// of their own are not among them, nor those of a base with images.lock: false.
func Images(r *v1alpha1.Resolved) []string {
	var out []string
	eachImage(r, func(ref string, _ *v1alpha1.Image) { out = append(out, ref) })
	slices.Sort(out)
	return slices.Compact(out)
}

// Pin gives every image of Images the digest that it has in the map, and
// returns those that have none there. The stack is changed.
func Pin(r *v1alpha1.Resolved, digests map[string]string) (missing []string) {
	eachImage(r, func(ref string, image *v1alpha1.Image) {
		if digest, ok := digests[ref]; ok {
			image.Digest = digest
		} else {
			missing = append(missing, ref)
		}
	})
	slices.Sort(missing)
	return slices.Compact(missing)
}

func eachImage(r *v1alpha1.Resolved, do func(ref string, image *v1alpha1.Image)) {
	of := func(base *v1alpha1.Base) {
		if base.Images.Lock != nil && !*base.Images.Lock {
			return
		}
		added := func(image *v1alpha1.Image) {
			if image.Digest == "" {
				do(workload.Image(base, v1alpha1.Image{}, *image), image)
			}
		}
		if o := base.Ollama; o != nil {
			if o.Image.Digest == "" {
				do(workload.Image(base, v1alpha1.OllamaImage(), o.Image), &o.Image)
			}
			o.Images(added)
			if i := o.Storage.Image; i != nil {
				added(i)
			}
		}
		if k := base.Expose.APIKeys; k != nil && k.Image.Digest == "" {
			do(workload.Image(base, v1alpha1.CaddyImage(), k.Image), &k.Image)
		}
		if e := base.Engine; e != nil {
			if e.Image.Digest == "" {
				do(workload.Image(base, v1alpha1.VLLMImage(), e.Image), &e.Image)
			}
			e.Images(added)
			if i := e.Storage.Image; i != nil {
				added(i)
			}
		}
		if w := base.OpenWebUI; w != nil {
			if w.Image.Digest == "" {
				do(workload.Image(base, v1alpha1.OpenWebUIImage(), w.Image), &w.Image)
			}
			w.Images(added)
			if c := w.Database.CloudNativePG; c != nil && c.Image.Digest == "" {
				do(workload.Image(base, v1alpha1.CloudNativePGImage(), c.Image), &c.Image)
			}
		}
	}
	eachBase(r, of)
}

func eachBase(r *v1alpha1.Resolved, do func(*v1alpha1.Base)) {
	for i := range r.Bases {
		do(&r.Bases[i])
	}
	for i := range r.Overlays {
		for j := range r.Overlays[i].Bases {
			do(&r.Overlays[i].Bases[j])
		}
	}
}

// Models are the models of the stack that have no digest and can have one, sorted;
// not those of a base that is not locked.
func Models(r *v1alpha1.Resolved) []string {
	var out []string
	eachModel(r, func(_ *v1alpha1.Ollama, name string) { out = append(out, name) })
	slices.Sort(out)
	return slices.Compact(out)
}

// PinModels gives every model of Models the digest that it has in the map, and
// returns those that have none there. The stack is changed.
func PinModels(r *v1alpha1.Resolved, digests map[string]string) (missing []string) {
	eachModel(r, func(o *v1alpha1.Ollama, name string) {
		digest, ok := digests[name]
		if !ok {
			missing = append(missing, name)
			return
		}
		if o.ModelDigests == nil {
			o.ModelDigests = map[string]string{}
		}
		o.ModelDigests[name] = digest
	})
	slices.Sort(missing)
	return slices.Compact(missing)
}

func eachModel(r *v1alpha1.Resolved, do func(o *v1alpha1.Ollama, name string)) {
	eachBase(r, func(b *v1alpha1.Base) {
		if b.Images.Lock != nil && !*b.Images.Lock {
			return
		}
		for _, name := range b.LockedModels() {
			if b.Ollama.ModelDigest(name) == "" {
				do(b.Ollama, name)
			}
		}
	})
}
