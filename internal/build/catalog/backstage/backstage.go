// Package backstage writes a catalog-info.yaml: what Backstage's catalog should
// know of the stack. The stack is a System, each program of an overlay is a
// Component with its API, and each volume a Resource.
//
// No entity says where it comes from: Backstage adds backstage.io/source-location
// by itself, from where the file is registered.
package backstage

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/file"
	"github.com/hearth-dev/hearth/internal/build/workload"
)

const notes = `# For Backstage's catalog; no cluster gets it. Register its URL there: by default
# Backstage takes no System and no Resource, see catalog.rules of its app-config.
`

// Write returns the file.
func Write(r *v1alpha1.Resolved) ([]byte, error) {
	w := writer{stack: r, asked: r.Catalog.Backstage}
	w.add("System", w.system(), metadata{
		Title: r.Catalog.About.Title, Description: cmp.Or(r.Catalog.About.Purpose, "Private AI: Ollama, and the chat in front of it."),
	}, spec{Domain: w.asked.Domain, Owner: cmp.Or(w.asked.Owner, r.Catalog.About.Owner)})
	for i := range r.Overlays {
		if err := w.overlay(&r.Overlays[i]); err != nil {
			return nil, fmt.Errorf("the overlay %s: %w", r.Overlays[i].Name, err)
		}
	}
	return file.Documents(r.Name, w.entities, notes)
}

type writer struct {
	stack    *v1alpha1.Resolved
	asked    *v1alpha1.Backstage
	entities []any
}

func (w *writer) system() string { return cmp.Or(w.asked.System, w.stack.Name) }

// add adds an entity, with what all have in common.
func (w *writer) add(kind, name string, m metadata, s spec) {
	m.Name, m.Namespace, m.Tags = name, w.asked.Namespace, w.asked.Tags
	if kind != "System" {
		s.System = w.system()
	}
	w.entities = append(w.entities, entity{APIVersion: "backstage.io/v1alpha1", Kind: kind, Metadata: m, Spec: s})
}

// overlay adds the entities of one overlay.
func (w *writer) overlay(o *v1alpha1.ResolvedOverlay) error {
	owner := cmp.Or(w.asked.Owner, o.About.Owner)
	for i := range o.Bases {
		b := &o.Bases[i]
		for _, p := range workload.Programs(w.stack.Name, b) {
			name := nameOf(o.Name, b.Name, p.Name)
			title := string(p.Is)
			if p.Is == v1alpha1.ProgramOllama {
				title = b.Ollama.Title()
			}
			of := fmt.Sprintf("%s (%s)", title, o.Name)
			m := metadata{
				Title:       of,
				Description: describe(b, p),
				Annotations: map[string]string{
					"backstage.io/kubernetes-namespace":      p.Namespace,
					"backstage.io/kubernetes-label-selector": "app.kubernetes.io/name=" + p.Name + ",app.kubernetes.io/part-of=" + p.Stack,
				},
			}
			if w.asked.TechDocs != "" {
				m.Annotations["backstage.io/techdocs-ref"] = w.asked.TechDocs
			}
			s := spec{Type: "service", Lifecycle: w.asked.Lifecycle, Owner: owner, ProvidesAPIs: []string{name}}
			if p.Is == v1alpha1.ProgramOpenWebUI {
				s.Type = "website"
				for _, server := range servers(o, b) {
					s.ConsumesAPIs = append(s.ConsumesAPIs, server)
					s.DependsOn = append(s.DependsOn, "component:"+server)
				}
			}
			volume := nameOf(o.Name, b.Name, p.Name, "volume")
			s.DependsOn = append(s.DependsOn, "resource:"+volume)
			if front := p.Is == b.Program(); front {
				if o.About.Title != "" {
					m.Title = fmt.Sprintf("%s (%s)", o.About.Title, o.Name)
				}
				m.Description = cmp.Or(o.About.Purpose, m.Description)
				if b.Expose.Exposed() {
					m.Links = append(m.Links, link{URL: b.Expose.URL(), Title: "Open " + string(p.Is), Type: "website"})
				}
			}
			for _, l := range o.About.Links {
				m.Links = append(m.Links, link{URL: l.URL, Title: l.Title, Type: string(l.Type)})
			}
			w.add("Component", name, m, s)
			definition, err := define(b, p)
			if err != nil {
				return err
			}
			w.add("API", name, metadata{Title: "API of " + of, Description: "What of its API is in use: by hearth, by the chat, and by most clients."},
				spec{Type: "openapi", Lifecycle: w.asked.Lifecycle, Owner: owner, Definition: definition})
			w.add("Resource", volume, metadata{Title: "Volume of " + of, Description: describeVolume(p)}, spec{Type: "volume", Owner: owner})
		}
	}
	return nil
}

// describe is what a component is, where nobody says it.
func describe(b *v1alpha1.Base, p workload.Program) string {
	what := "The chat"
	if b.AsksOllama() {
		what = "The chat, in front of Ollama"
	}
	if p.Is == v1alpha1.ProgramOllama {
		what = "Language models: " + strings.Join(b.Ollama.Models, ", ")
		if len(b.Ollama.Models) == 0 {
			what = "Language models"
		}
	}
	return fmt.Sprintf("%s. %s, in the namespace %s.", what, strings.TrimSpace(string(p.Is)+" "+p.Version), p.Namespace)
}

func describeVolume(p workload.Program) string {
	data := "The chats, users and documents"
	if p.Is == v1alpha1.ProgramOllama {
		data = "The models"
	}
	claim, size := "the claim ", string(p.Storage.Size)
	if len(p.Claims) > 1 {
		claim, size = "the claims ", size+" each"
	}
	switch {
	case p.Storage.Image != nil:
		return data + ": an image, which the nodes pull and mount."
	case p.Storage.NFS != nil:
		size = "the NFS export " + p.Storage.NFS.Server + ":" + p.Storage.NFS.Path
	case p.Storage.ExistingClaim != "":
		size = "of a size that hearth does not set"
	}
	return fmt.Sprintf("%s: %s%s in the namespace %s, %s.", data, claim, strings.Join(p.Claims, ", "), p.Namespace, size)
}

// servers are the entities of the overlay's Ollamas that the base's chat asks.
func servers(o *v1alpha1.ResolvedOverlay, b *v1alpha1.Base) []string {
	var names []string
	urls := slices.Clone(b.OpenWebUI.OllamaURLs)
	if b.Ollama != nil && len(urls) == 0 {
		names = append(names, nameOf(o.Name, b.Name, b.Ollama.ServiceName()))
	}
	for _, k := range b.OpenWebUI.Backends {
		urls = append(urls, k.URL)
	}
	for i := range o.Bases {
		other := &o.Bases[i]
		server := other.Ollama.ServiceName()
		leads := func(text string) bool { return v1alpha1.LeadsTo(text, b.Namespace, server, other.Namespace) }
		if name := nameOf(o.Name, other.Name, server); other.Ollama != nil && slices.ContainsFunc(urls, leads) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// nameOf is a name from the names of an overlay, a base, a program, and what it
// has. A dot is in none of them, so that no two give the same. A base that is
// called as its program is left out. What is too long for Backstage ends in a
// checksum of the whole.
func nameOf(overlay, base, program string, more ...string) string {
	parts := []string{overlay, base, program}
	if base == program {
		parts = []string{overlay, program}
	}
	name := strings.Join(append(parts, more...), ".")
	if len(name) <= v1alpha1.MaxEntityName {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return name[:v1alpha1.MaxEntityName-11] + "-" + hex.EncodeToString(sum[:5])
}
