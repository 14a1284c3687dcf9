// Package page writes the service page of an overlay: what a person on call, or
// one who reviews the service, wants to know of it. Everything follows from the
// spec and the objects; what does not is a field of About, and stands there as
// not said where that is empty.
package page

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/catalog/markdown"
	"github.com/hearth-dev/hearth/internal/build/catalog/restore"
	"github.com/hearth-dev/hearth/internal/build/file"
	"github.com/hearth-dev/hearth/internal/build/object"
	"github.com/hearth-dev/hearth/internal/objects"
)

// notSaid stands where nothing follows from the stack, and nobody wrote it.
const notSaid = "not said"

// page is what the page is written from.
type page struct {
	stack   *v1alpha1.Resolved
	overlay *v1alpha1.ResolvedOverlay
	about   *v1alpha1.About
	set     *objects.Set
	volumes []restore.Volume
}

// Write returns the page as Markdown.
func Write(r *v1alpha1.Resolved, o *v1alpha1.ResolvedOverlay, made []object.Object) ([]byte, error) {
	volumes, err := restore.Of(r.Name, o)
	if err != nil {
		return nil, err
	}
	p := page{stack: r, overlay: o, about: &o.About, set: objects.New(made), volumes: volumes}
	parts := []string{
		"# " + markdown.Text(p.title()),
		"## Metadata", p.metadata(),
		"## 1. Service Overview", p.overview(),
		"## 2. Architecture Diagram", p.diagram(),
		"## 3. Deployment Specifications", p.deployment(),
		"## 4. Configuration Guide", p.configuration(),
		"## 5. Access Protocols", p.access(),
		"## 6. Operations and Observability", p.operations(),
		"## 7. Backup and Recovery Notes", p.recovery(),
		"## 8. Release and Change Notes", p.release(),
		"## 9. Sizing", p.sizing(),
	}
	for i := range parts {
		parts[i] = strings.Trim(parts[i], "\n")
	}
	return []byte(file.MarkdownFirstLine(r.Name) + strings.Join(parts, "\n\n") + "\n"), nil
}

// paragraphs are blocks with a line between them; empty ones are left out.
func paragraphs(blocks ...string) string {
	blocks = slices.DeleteFunc(blocks, func(b string) bool { return b == "" })
	for i := range blocks {
		blocks[i] = strings.Trim(blocks[i], "\n")
	}
	return strings.Join(blocks, "\n\n")
}

// title of the page, and the name of the service.
func (p *page) title() string {
	if p.about.Title != "" {
		return p.about.Title
	}
	for _, b := range p.overlay.Bases {
		if b.OpenWebUI != nil {
			return b.OpenWebUI.Name
		}
	}
	return p.overlay.Name
}

// said is a text of About, or that there is none.
func said(text string) string { return markdown.Text(cmp.Or(text, notSaid)) }

// code lists names as code.
func code(names []string) string {
	var all []string
	for _, n := range names {
		all = append(all, markdown.Code(n))
	}
	return strings.Join(all, ", ")
}

// each is what f says of each base, each text once, in order.
func (p *page) each(f func(b *v1alpha1.Base) string) []string {
	var all []string
	for i := range p.overlay.Bases {
		if s := f(&p.overlay.Bases[i]); s != "" && !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

func (p *page) any(f func(b *v1alpha1.Base) bool) bool {
	return slices.ContainsFunc(p.overlay.Bases, func(b v1alpha1.Base) bool { return f(&b) })
}

func hasOllama(b *v1alpha1.Base) bool { return b.Ollama != nil }

func hasEngine(b *v1alpha1.Base) bool { return b.Engine != nil }

// engineTitle is what people call the base's engine; "" without one.
func engineTitle(b *v1alpha1.Base) string {
	if b.Engine == nil {
		return ""
	}
	return b.Engine.Title()
}

func hasChat(b *v1alpha1.Base) bool { return b.OpenWebUI != nil }

func (p *page) namespaces() []string {
	return p.each(func(b *v1alpha1.Base) string { return b.Namespace })
}

// workload is one of a base's.
type workload struct {
	*v1alpha1.Workload
	// program that it runs; field of the base; name of its objects; kind of what keeps
	// its pods, as kubectl takes it.
	program, field, name, kind string
	// pods that there should be.
	pods int
}

// workloads of a base, people's first.
func workloads(b *v1alpha1.Base) []workload {
	var all []workload
	if w := b.OpenWebUI; w != nil {
		all = append(all, workload{&w.Workload, "Open WebUI", "openWebUI", "open-webui", strings.ToLower(w.Kind()), w.Replicas})
	}
	if e := b.Engine; e != nil {
		all = append(all, workload{&e.Workload, e.Title(), "engine", v1alpha1.EngineName(), "leaderworkerset", e.Pods()})
	}
	if o := b.Ollama; o != nil {
		all = append(all, workload{&o.Workload, o.Title(), "ollama", o.ServiceName(), strings.ToLower(o.Kind()), o.Replicas})
	}
	return all
}

// running are the workloads, and what asks programs for keys, which has no volume
// and no fields of a workload's.
func running(b *v1alpha1.Base) []workload {
	all := workloads(b)
	if k := b.Keys(); k != nil {
		proxy := &v1alpha1.Workload{Image: k.Image, Resources: v1alpha1.KeysResources(), NodeSelector: b.Ollama.NodeSelector}
		all = append(all, workload{proxy, "Caddy", keysField, b.KeysName(), "deployment", 1})
	}
	return all
}

const keysField = "expose.apiKeys"

// pairs are the entries of a map, sorted.
func pairs(m map[string]string) []string {
	var all []string
	for _, key := range slices.Sorted(maps.Keys(m)) {
		all = append(all, key+"="+m[key])
	}
	return all
}
