package spec

import "fmt"

// maxRelease is the longest name of a Helm release, which the stack's becomes.
const maxRelease = 53

// stack checks the whole: names, references, and what the bases of an overlay
// have to do with each other.
func (c *checker) stack(s *Stack) {
	c.label("metadata.name", s.Metadata.Name, "the stack's name")
	if n := len(s.Metadata.Name); n > maxRelease && n <= 63 {
		c.errorf("metadata.name", "", "got %q of %d characters, want at most %d: Fleet's Helm release has this name", s.Metadata.Name, n, maxRelease)
	}
	if len(s.Spec.Bases) == 0 {
		c.errorf("spec.bases", "declare at least one base", "missing: there is nothing to deploy")
	}
	c.unique("spec.bases[%d].name", s.baseNames(), "spec.bases[%d]")
	c.unique("spec.overlays[%d].name", s.overlayNames(), "spec.overlays[%d]")
	for i := range s.Spec.Overlays {
		c.overlay(fmt.Sprintf("spec.overlays[%d]", i), &s.Spec.Overlays[i], s)
	}
	if s.Spec.Fleet != nil {
		c.fleet(s)
	}
}

func (c *checker) overlay(path string, o *Overlay, s *Stack) {
	c.label(path+".name", o.Name, "the overlay's name")
	if len(o.Bases) == 0 {
		c.errorf(path+".bases", "write bases: [{name: NAME}]", "missing: want the bases that the overlay is made of")
	}
	for i, b := range o.Bases {
		at := fmt.Sprintf("%s.bases[%d]", path, i)
		for j, earlier := range o.Bases[:i] {
			other := fmt.Sprintf("bases[%d] (%s)", j, earlier.Name)
			switch {
			case b.Name == "" || earlier.Name == "": // neither merged nor checked
			case earlier.Name == b.Name:
				c.errorf(at+".name", "declare a second base for the second copy", "%q is bases[%d] already", b.Name, j)
			// As written too: the overlay builds on the bases' folders, which
			// cannot bring the same object twice.
			case c.conflict(at, other, &earlier, &b), c.conflict(at, other, s.Base(earlier.Name), s.Base(b.Name)):
			case earlier.Expose.Host != "" && earlier.Expose.Host == b.Expose.Host:
				c.errorf(at+".expose.host", "give one of them another host", "it and %s both have a route for %s", other, b.Expose.Host)
			}
		}
	}
	c.objects(path+".resources", o.Resources, "")
	c.patches(path+".patches", o.Patches)
}

// conflict reports that two bases bring the same object into one namespace.
func (c *checker) conflict(at, other string, earlier, b *Base) bool {
	if earlier.Namespace != b.Namespace {
		return false
	}
	tls1, tls2 := earlier.Expose.TLS, b.Expose.TLS
	routes := earlier.Expose.Type != ExposeInternal && b.Expose.Type != ExposeInternal
	switch {
	case earlier.Ollama != nil && b.Ollama != nil:
		c.errorf(at, "give one of them another namespace", "it and %s both bring an Ollama into the namespace %s", other, b.Namespace)
	case earlier.OpenWebUI != nil && b.OpenWebUI != nil:
		c.errorf(at, "give one of them another namespace", "it and %s both bring an Open WebUI into the namespace %s", other, b.Namespace)
	case earlier.CreateNamespace && b.CreateNamespace:
		c.errorf(at+".createNamespace", "leave it to one of them", "it and %s both create the namespace %s", other, b.Namespace)
	case routes && earlier.Expose.Name == b.Expose.Name:
		c.errorf(at+".expose.name", "give one of the routes another name", "it and %s are both exposed as %q", other, b.Expose.Name)
	case routes && tls1.Type == TLSCertManager && tls2.Type == TLSCertManager && tls1.SecretName == tls2.SecretName:
		c.errorf(at+".expose.tls.secretName", "give each certificate a Secret of its own", "it and %s both keep their certificate in %q", other, tls2.SecretName)
	default:
		return false
	}
	return true
}
