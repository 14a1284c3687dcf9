// Package homer writes links in the form of Homer's configuration: groups of
// items under services, as docs/configuration.md of bastienwirtz/homer has it.
// What it writes is a page of Homer's as it is, and can be pasted into
// config.yml.
package homer

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// Notes stand above the links of a stack.
const Notes = "# Links for Homer: put the groups into config.yml, or serve this file from its assets as a page.\n"

// Page is a configuration that has links alone: the rest of it is the person's.
type Page struct {
	// Services are the groups, in the order of the page.
	Services []Group `yaml:"services"`
}

// Group is links below a title.
type Group struct {
	Name  string `yaml:"name"`
	Items []Item `yaml:"items"`
}

// Item is one link.
type Item struct {
	Name string `yaml:"name"`
	// Icon is CSS classes, Logo a path or a URL: an item has one of them.
	Icon     string `yaml:"icon,omitempty"`
	Logo     string `yaml:"logo,omitempty"`
	Subtitle string `yaml:"subtitle,omitempty"`
	// Tag is a word in the item's corner.
	Tag string `yaml:"tag,omitempty"`
	URL string `yaml:"url"`
}

// Of is the page of a stack: the tiles of every overlay in the stack's order.
// Where several overlays have tiles, each is tagged with its overlay.
func Of(r *v1alpha1.Resolved) Page {
	page := Page{Services: []Group{}}
	tagged := make(map[string]bool)
	for _, o := range r.Overlays {
		for _, b := range o.Bases {
			if b.Expose.Exposed() && b.Expose.Tile != nil {
				page.add(b.Expose, o.Name)
				tagged[o.Name] = true
			}
		}
	}
	if len(tagged) == 1 {
		for _, g := range page.Services {
			for i := range g.Items {
				g.Items[i].Tag = ""
			}
		}
	}
	return page
}

// One is the page of a single route with a tile, as YAML.
func One(e *v1alpha1.Expose) string {
	var page Page
	page.add(e, "")
	var out strings.Builder
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	encoder.CompactSeqIndent()
	if err := encoder.Encode(page); err != nil {
		panic(err) // strings and lists of them
	}
	return out.String()
}

func (p *Page) add(e *v1alpha1.Expose, tag string) {
	t := e.Tile
	i := slices.IndexFunc(p.Services, func(g Group) bool { return g.Name == t.Group })
	if i < 0 {
		i = len(p.Services)
		p.Services = append(p.Services, Group{Name: t.Group})
	}
	item := Item{Name: t.Title, Subtitle: t.Description, Tag: tag, URL: e.URL()}
	if strings.Contains(t.Homer.Icon, " ") {
		item.Icon = t.Homer.Icon
	} else {
		item.Logo = t.Homer.Icon
	}
	p.Services[i].Items = append(p.Services[i].Items, item)
}
