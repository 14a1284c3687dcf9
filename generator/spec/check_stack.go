package spec

import "fmt"

// stack checks the whole: names, references, and what the bases of an overlay
// have to do with each other.
func (c *checker) stack(s *Stack) {
	c.label("metadata.name", s.Metadata.Name, "the stack's name")
	if len(s.Spec.Bases) == 0 {
		c.errorf("spec.bases", "declare at least one base", "missing: there is nothing to deploy")
	}
	c.unique("spec.bases[%d].name", s.baseNames(), "spec.bases[%d]")
	c.unique("spec.overlays[%d].name", s.overlayNames(), "spec.overlays[%d]")
	for i := range s.Spec.Overlays {
		c.overlay(fmt.Sprintf("spec.overlays[%d]", i), &s.Spec.Overlays[i])
	}
	if s.Spec.Fleet != nil {
		c.fleet(s)
	}
}

func (c *checker) overlay(path string, o *Overlay) {
	c.label(path+".name", o.Name, "the overlay's name")
	if len(o.Bases) == 0 {
		c.errorf(path+".bases", "write bases: [{name: NAME}]", "missing: want the bases that the overlay is made of")
	}
	for i, b := range o.Bases {
		at := fmt.Sprintf("%s.bases[%d]", path, i)
		for j, earlier := range o.Bases[:i] {
			switch {
			case b.Name == "":
			case earlier.Name == b.Name:
				c.errorf(at+".name", "declare a second base for the second copy", "%q is bases[%d] already", b.Name, j)
			case earlier.Namespace != b.Namespace:
			case earlier.Ollama != nil && b.Ollama != nil:
				c.errorf(at, "give one of them another namespace", "it and bases[%d] (%s) both bring an Ollama into the namespace %s", j, earlier.Name, b.Namespace)
			case earlier.OpenWebUI != nil && b.OpenWebUI != nil:
				c.errorf(at, "give one of them another namespace", "it and bases[%d] (%s) both bring an Open WebUI into the namespace %s", j, earlier.Name, b.Namespace)
			case earlier.CreateNamespace && b.CreateNamespace:
				c.errorf(at+".createNamespace", "leave it to one of them", "it and bases[%d] (%s) both create the namespace %s", j, earlier.Name, b.Namespace)
			case earlier.Expose.Type != ExposeInternal && b.Expose.Type != ExposeInternal && earlier.Expose.Name == b.Expose.Name:
				c.errorf(at+".expose.name", "give one of the routes another name", "it and bases[%d] (%s) are both exposed as %q", j, earlier.Name, b.Expose.Name)
			}
		}
	}
	c.objects(path+".resources", o.Resources)
	c.patches(path+".patches", o.Patches)
}
