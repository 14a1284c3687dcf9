package page

import (
	"path"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/catalog/markdown"
	"github.com/hearth-dev/hearth/internal/build/fleet"
)

func (p *page) folder() string { return path.Join("overlays", p.overlay.Name) }

func (p *page) deployment() string {
	var folders, files []string
	for _, b := range p.overlay.Bases {
		folders = append(folders, path.Join("bases", b.Name))
	}
	folders = append(folders, p.folder())
	for _, f := range folders {
		files = append(files, path.Join(f, "kustomization.yaml"))
	}
	model := "Kustomize"
	if p.stack.Fleet != nil {
		model += " plus Fleet bundle"
		files = append(files, fleet.FileOf(p.stack, p.overlay))
	}
	return paragraphs(
		markdown.Table([]string{"Item", "Value"}, [][]string{
			{"Source path", code(folders)},
			{"Deployment model", model},
			{"Namespace", code(p.namespaces())},
			{"Workload kind", p.kinds()},
			{"Image version", p.images()},
			{"Config files", "`hearth.yaml`, from which all others are made; " + code(files)},
		}),
		"### Cluster mapping",
		markdown.Table([]string{"Cluster", "Overlay path", "Notes"}, p.mapping()))
}

func (p *page) kinds() string {
	var kinds []string
	for _, pod := range p.set.Pods {
		kinds = append(kinds, markdown.Text(pod.Ref.Kind)+" "+markdown.Code(pod.Ref.Name))
	}
	return strings.Join(kinds, ", ")
}

// images that the pods run, each once.
func (p *page) images() string {
	var images []string
	for i := range p.set.Pods {
		for _, c := range p.set.Pods[i].Containers() {
			if image := markdown.Code(c.Image); !slices.Contains(images, image) {
				images = append(images, image)
			}
		}
	}
	return strings.Join(images, ", ")
}

func (p *page) mapping() [][]string {
	var rows [][]string
	add := func(cluster, note string) {
		rows = append(rows, []string{markdown.Text(cluster), markdown.Code(p.folder()), note})
	}
	named := slices.Clone(p.about.Clusters)
	if f := p.stack.Fleet; f != nil {
		for _, t := range f.Targets {
			if t.Overlay == p.overlay.Name {
				add(target(t), "Deployed by Fleet")
				named = slices.DeleteFunc(named, func(c string) bool { return c == t.ClusterName })
			}
		}
		if f.DefaultOverlay == p.overlay.Name {
			add(everyOther, "Fleet's default")
		}
	}
	for _, c := range named {
		add(c, "By the stack's word")
	}
	if len(rows) == 0 {
		add(notSaid, "No target of Fleet's has the overlay")
		if p.stack.Fleet == nil {
			rows[0][2] = "Whoever applies the overlay knows"
		}
	}
	return rows
}

// baseOf is the base that made a workload's object, or its Service, and the
// workload; nil for what a person added. The CronJob that asks for speed is one here,
// too.
func (p *page) baseOf(namespace, name string) (*v1alpha1.Base, *workload) {
	for i := range p.overlay.Bases {
		b := &p.overlay.Bases[i]
		made := running(b)
		if b.Ollama != nil && b.Monitoring != nil && b.Monitoring.Speed != nil {
			made = append(made, workload{&v1alpha1.Workload{}, b.Ollama.Title(), "monitoring.speed", b.SpeedName(), "cronjob", 1})
		}
		for _, w := range made {
			if b.Namespace == namespace && (w.name == name || w.field == "engine" && name == v1alpha1.EngineGroup) {
				return b, &w
			}
		}
	}
	return nil, nil
}
