package v1alpha1

import (
	"fmt"
	"maps"
	"slices"
)

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
	c.exceptions("spec.exceptions", s.Spec.Exceptions, s.overlayNames())
}

func (c *checker) overlay(path string, o *Overlay, s *Stack) {
	c.label(path+".name", o.Name, "the overlay's name")
	if len(o.Bases) == 0 {
		c.errorf(path+".bases", "write bases: [{name: NAME}]", "missing: want the bases that the overlay is made of")
	}
	for i, b := range o.Bases {
		at := fmt.Sprintf("%s.bases[%d]", path, i)
		for j, earlier := range o.Bases[:i] {
			c.beside(at, fmt.Sprintf("bases[%d] (%s)", j, earlier.Name), &earlier, &b, s)
		}
	}
	c.objects(path+".resources", o.Resources)
	c.overlayNamespaces(path+".resources", o.Resources)
	c.patches(path+".patches", o.Patches)
}

// beside checks two bases of one overlay; at is the second one's place, and
// other names the first.
func (c *checker) beside(at, other string, earlier, b *Base, s *Stack) {
	if b.Name == "" || earlier.Name == "" { // neither merged nor checked
		return
	}
	if earlier.Name == b.Name {
		c.errorf(at+".name", "declare a second base for the second copy", "got %q a second time", b.Name)
		return
	}
	if field, what, fix := conflict(earlier, b); what != "" {
		c.errorf(at+field, fix, "it and %s %s", other, what)
		return
	}
	// The overlay builds on the bases' folders, which cannot bring one object
	// twice, whatever the overlay does about it.
	if _, what, fix := conflict(s.Base(earlier.Name), s.Base(b.Name)); what != "" {
		c.errorf(at, fix+", in spec.bases", "it and %s, as declared, %s", other, what)
		return
	}
	for field, name := range b.jobs() {
		if slices.Contains(slices.Collect(maps.Values(earlier.jobs())), name) {
			c.errorf(at+"."+field, "give one of them another group", "it and %s both bring the recurring job %q", other, name)
		}
	}
	if earlier.Expose.Host != "" && earlier.Expose.Host == b.Expose.Host {
		c.errorf(at+".expose.host", "give one of them another host", "it and %s both have a route for %s", other, b.Expose.Host)
	}
	if earlier.Namespace == b.Namespace && !maps.Equal(earlier.NamespaceLabels, b.NamespaceLabels) {
		c.errorf(at+".namespaceLabels", "write the same in both", "it and %s are in the namespace %s and label it differently", other, b.Namespace)
	}
}

// conflict says which object two bases both bring into one namespace: the field
// that decides it, what is wrong, and what to do. Nothing if there is none.
func conflict(a, b *Base) (field, what, fix string) {
	routes := a.Expose.Type != ExposeInternal && b.Expose.Type != ExposeInternal
	switch {
	case a.Namespace != b.Namespace:
		return "", "", ""
	case a.Ollama != nil && b.Ollama != nil:
		return "", "both bring an Ollama into the namespace " + b.Namespace, "give one of them another namespace"
	case a.OpenWebUI != nil && b.OpenWebUI != nil:
		return "", "both bring an Open WebUI into the namespace " + b.Namespace, "give one of them another namespace"
	case a.CreateNamespace && b.CreateNamespace:
		return ".createNamespace", "both create the namespace " + b.Namespace, "leave it to one of them"
	case routes && a.Expose.Name == b.Expose.Name:
		return ".expose.name", fmt.Sprintf("are both exposed as %q", b.Expose.Name), "give one of the routes another name"
	case routes && a.Expose.TLS.Type == TLSCertManager && b.Expose.TLS.Type == TLSCertManager && a.Expose.TLS.SecretName == b.Expose.TLS.SecretName:
		return ".expose.tls.secretName", fmt.Sprintf("both keep their certificate in %q", b.Expose.TLS.SecretName), "give each certificate a Secret of its own"
	}
	return "", "", ""
}
