package generator

import (
	"slices"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// Images lists the images that a stack runs and that are to be locked, as its
// objects name them but for the digest: sorted, each once. Those with a digest
// of their own are not among them, nor those of a base with images.lock: false.
func Images(stack *Stack) []string {
	var out []string
	eachImage(stack, func(ref string, _ *v1alpha1.Image) { out = append(out, ref) })
	slices.Sort(out)
	return slices.Compact(out)
}

// Pin gives every image of Images the digest that it has in the map, and
// returns those that have none there. The stack is changed.
func Pin(stack *Stack, digests map[string]string) (missing []string) {
	eachImage(stack, func(ref string, image *v1alpha1.Image) {
		if digest, ok := digests[ref]; ok {
			image.Digest = digest
		} else {
			missing = append(missing, ref)
		}
	})
	slices.Sort(missing)
	return slices.Compact(missing)
}

func eachImage(stack *Stack, do func(ref string, image *v1alpha1.Image)) {
	of := func(base *v1alpha1.Base) {
		if base.Images.Lock != nil && !*base.Images.Lock {
			return
		}
		b := builder{stack: stack.Metadata.Name, base: base}
		if o := base.Ollama; o != nil && o.Image.Digest == "" {
			do(b.image(v1alpha1.OllamaImage(), o.Image), &o.Image)
		}
		if w := base.OpenWebUI; w != nil && w.Image.Digest == "" {
			do(b.image(v1alpha1.OpenWebUIImage(), w.Image), &w.Image)
		}
	}
	for i := range stack.Spec.Bases {
		of(&stack.Spec.Bases[i])
	}
	for i := range stack.Spec.Overlays {
		for j := range stack.Spec.Overlays[i].Bases {
			of(&stack.Spec.Overlays[i].Bases[j])
		}
	}
}
