package vet

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/internal/lazyregexp"
	"github.com/hearth-dev/hearth/internal/objects"
)

// Unseen is something that is deployed with what was looked at, and was not
// looked at itself.
type Unseen struct {
	// Object that has it deployed; empty if a file does.
	Object Ref `json:"object,omitzero"`
	// What it is, such as a chart.
	What string `json:"what"`
	// Why it was not looked at.
	Why string `json:"why"`
	// Fix says how to look at it.
	Fix string `json:"fix,omitempty"`
}

const (
	noCharts   = "hearth does not render charts"
	noneOfTree = "it is in no folder of this tree"
)

// chart of Helm, as somebody names it.
type chart struct{ name, repo, version string }

// chartOf reads one of a HelmRelease; sources are where else it may be named.
func chartOf(o Object, sources []Object) chart {
	spec := objects.Child(o, "spec", "chart", "spec")
	if ref := objects.Child(o, "spec", "chartRef"); ref != nil {
		from := sourceNamed(sources, ref)
		if objects.Text(ref, "kind") != "HelmChart" {
			url := objects.Text(from, "spec", "url")
			c := chart{repo: url, version: cmp.Or(objects.Text(from, "spec", "ref", "tag"), objects.Text(from, "spec", "ref", "semver"))}
			c.name = cmp.Or(url[strings.LastIndex(url, "/")+1:], "of "+objects.Text(ref, "kind")+"/"+objects.Text(ref, "name"))
			return c
		}
		spec = objects.Child(from, "spec")
	}
	c := chart{name: objects.Text(spec, "chart"), version: objects.Text(spec, "version")}
	if ref := objects.Child(spec, "sourceRef"); ref != nil {
		c.repo = cmp.Or(objects.Text(sourceNamed(sources, ref), "spec", "url"), objects.Text(ref, "kind")+"/"+objects.Text(ref, "name"))
	}
	if strings.HasPrefix(c.repo, "oci://") {
		c.repo = strings.TrimSuffix(c.repo, "/") + "/" + c.name
	}
	return c
}

// sourceNamed is the source that a reference is to, nil if it is not known.
func sourceNamed(sources []Object, to Object) Object {
	i := slices.IndexFunc(sources, func(o Object) bool {
		return objects.Text(o, "kind") == objects.Text(to, "kind") && objects.Text(o, "metadata", "name") == objects.Text(to, "name")
	})
	if i < 0 {
		return nil
	}
	return sources[i]
}

func (c chart) String() string {
	text := strings.TrimRight("chart "+cmp.Or(c.name, "without a name")+" "+c.version, " ")
	if c.repo != "" {
		text += " of " + c.repo
	}
	return text
}

// plain is what a shell takes as it stands.
var plain = lazyregexp.New(`^[A-Za-z0-9./][A-Za-z0-9@%+:,./_-]*$`)

// command renders the chart, for a person to run; release is a name for it.
func (c chart) command(release string) string {
	words := []string{"helm", "template", release}
	switch {
	case strings.HasPrefix(c.repo, "oci://"):
		words = append(words, c.repo)
	case strings.Contains(c.repo, "://"):
		words = append(words, c.name, "--repo", c.repo)
	default:
		words = append(words, cmp.Or(c.name, "CHART"))
	}
	if c.version != "" {
		words = append(words, "--version", c.version)
	}
	for i, w := range words {
		if !plain().MatchString(w) && !strings.HasPrefix(w, "--") {
			words[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	return strings.Join(words, " ")
}

func (c chart) unseen(by Ref, release, values string) Unseen {
	fix := "render it: " + c.command(cmp.Or(release, "NAME"))
	if values != "" {
		fix += " -f values.yaml"
	}
	if fix += " | hearth vet -"; values != "" {
		fix += ", with " + values + " in values.yaml"
	}
	return Unseen{Object: by, What: c.String(), Why: noCharts, Fix: fix}
}

// unseen are the charts, and what else it is that an object has deployed and that
// no folder of the tree has.
func (t *tree) unseen(o Object, list []Object) []Unseen {
	ref := RefOf(o)
	switch {
	case ref.Is(helmGroup, "HelmRelease"):
		values := "its spec.values"
		if len(objects.List(o, "spec", "valuesFrom")) > 0 {
			values = "its spec.values and what spec.valuesFrom names"
		}
		return []Unseen{chartOf(o, slices.Concat(list, t.sources)).unseen(ref, cmp.Or(objects.Text(o, "spec", "releaseName"), ref.Name), values)}
	case ref.Is("helm.cattle.io", "HelmChart"): // k3s and RKE2
		c := chart{objects.Text(o, "spec", "chart"), objects.Text(o, "spec", "repo"), objects.Text(o, "spec", "version")}
		return []Unseen{c.unseen(ref, ref.Name, "its spec.valuesContent")}
	case ref.Is(fleetGroup, "HelmOp"):
		c := chart{objects.Text(o, "spec", "helm", "chart"), objects.Text(o, "spec", "helm", "repo"), objects.Text(o, "spec", "helm", "version")}
		return []Unseen{c.unseen(ref, ref.Name, "its spec.helm.values")}
	}
	return nil
}

// unseenOf are what objects that no tree is around have deployed elsewhere.
func unseenOf(all []Object) []Unseen {
	var unseen []Unseen
	for _, o := range all {
		unseen = append(unseen, (&tree{}).unseen(o, all)...)
		for _, s := range sourcesOf(o, all) {
			unseen = append(unseen, s.unseen("only what is given is looked at"))
		}
	}
	return unseen
}

// unseen says that nothing of a source was.
func (s source) unseen(why string) Unseen {
	if s.chart.name != "" && s.generator == "" {
		return s.chart.unseen(s.by, s.by.Name, "its values")
	}
	u := Unseen{Object: s.by, What: "the folder " + s.folder, Why: cmp.Or(s.not, why), Fix: "look at what it applies: kustomize build FOLDER | hearth vet -"}
	if s.repo != "" {
		u.What += " of " + s.repo
	}
	if s.generator != "" {
		u.What, u.Why = s.generator, "it is filled in on the cluster"
	}
	return u
}

// source is a folder of a repository that an object has applied, or a chart.
type source struct {
	by        Ref
	repo      string // URL; "" if it is not known
	folder    string
	chart     chart
	flat      bool   // not the folders below it
	generator string // that fills in the folder on the cluster; "" if it stands here
	not       string // why nothing of it can be looked at; "" if it can
	changed   string // the fields that change what is built; "" if none
}

// sourcesOf are what an object has applied: one of Flux, Argo CD or Fleet.
func sourcesOf(o Object, known []Object) []source {
	ref := RefOf(o)
	switch {
	case ref.Is(fluxGroup, "Kustomization"):
		return []source{fluxSource(o, known)}
	case ref.Is(argoGroup, "Application"):
		return argoSources(ref, objects.Child(o, "spec"))
	case ref.Is(argoGroup, "ApplicationSet"):
		return generated(objects.List(o, "spec", "generators"), argoSources(ref, objects.Child(o, "spec", "template", "spec")))
	case ref.Is(fleetGroup, "GitRepo"):
		paths, _ := objects.At(o, "spec", "paths").([]any)
		if len(paths) == 0 {
			paths = []any{"."}
		}
		var all []source
		for _, p := range paths {
			folder, _ := p.(string)
			all = append(all, source{by: ref, repo: objects.Text(o, "spec", "repo"), folder: folder})
		}
		return all
	}
	return nil
}

func fluxSource(o Object, known []Object) source {
	s := source{by: RefOf(o), folder: cmp.Or(objects.Text(o, "spec", "path"), ".")}
	from := objects.Child(o, "spec", "sourceRef")
	s.repo = objects.Text(sourceNamed(known, from), "spec", "url")
	if kind := objects.Text(from, "kind"); kind != "GitRepository" {
		s.not = fmt.Sprintf("%s/%s is not a git repository", kind, objects.Text(from, "name"))
	}
	var changed []string
	for _, field := range []string{"patches", "images", "components"} {
		if objects.At(o, "spec", field) != nil {
			changed = append(changed, "spec."+field)
		}
	}
	s.changed = strings.Join(changed, ", ")
	return s
}

// argoSources are those of an Application's spec. One that a chart takes values
// from has neither a path nor a chart.
func argoSources(by Ref, spec Object) []source {
	list := objects.List(spec, "sources")
	if one := objects.Child(spec, "source"); len(list) == 0 && one != nil {
		list = []Object{one}
	}
	var all []source
	for _, o := range list {
		s := source{by: by, repo: objects.Text(o, "repoURL"), folder: objects.Text(o, "path")}
		recurse, _ := objects.At(o, "directory", "recurse").(bool)
		s.flat = !recurse
		if objects.Child(o, "plugin") != nil {
			s.not = "a plugin of Argo CD builds it"
		}
		if objects.Child(o, "kustomize") != nil {
			s.changed = "kustomize"
		}
		switch name := objects.Text(o, "chart"); {
		case name != "":
			s.chart = chart{name, s.repo, objects.Text(o, "targetRevision")}
			if !strings.Contains(s.repo, "://") && s.repo != "" {
				s.chart.repo = "oci://" + s.repo + "/" + name
			}
		case s.folder == "":
			continue
		}
		all = append(all, s)
	}
	return all
}

// generated are the sources of an ApplicationSet: with a folder for each that its
// git generators name, and of others without one.
func generated(generators []Object, template []source) []source {
	var all []source
	for _, s := range template {
		if !strings.Contains(s.folder+s.chart.name, "{{") {
			all = append(all, s)
			continue
		}
		whole := regexp.MustCompile(`^\{\{-?\s*\.?path(\.path)?\s*-?\}\}$`).MatchString(s.folder)
		for _, g := range generators {
			folders := objects.List(g, "git", "directories")
			if !whole || len(folders) == 0 {
				s.generator = "what its generators make of " + cmp.Or(s.folder, s.chart.name)
				all = append(all, s)
				break
			}
			for _, f := range folders {
				if exclude, _ := f["exclude"].(bool); !exclude {
					each := s
					each.folder, each.repo = objects.Text(f, "path"), objects.Text(g, "git", "repoURL")
					all = append(all, each)
				}
			}
		}
	}
	return all
}
