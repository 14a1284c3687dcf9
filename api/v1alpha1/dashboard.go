package v1alpha1

import (
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// HomerPage is the links of a stack: to include in Homer's config.yml, or to
// serve from its assets as a page of its own.
type HomerPage struct {
	// Path of the file, below the stack's folder. Default catalog/homer.yaml.
	Path string `json:"path,omitzero"`
}

// GatusChecks is what Gatus asks: each route's status, the time of its answer, and
// how long its certificate is still valid. Gatus merges all files of its folder.
type GatusChecks struct {
	// Path of the file, below the stack's folder. Default catalog/gatus.yaml.
	Path string `json:"path,omitzero"`
}

func (h *HomerPage) applyDefaults() {
	if h != nil {
		fill(&h.Path, "catalog/homer.yaml")
	}
}

func (g *GatusChecks) applyDefaults() {
	if g != nil {
		fill(&g.Path, "catalog/gatus.yaml")
	}
}

// dashboards checks where the lists of routes are written.
func (v validator) dashboards(at *field.Path, c *Catalog) {
	if c.Homer != nil {
		v.yamlPath(at.Child("homer", "path"), c.Homer.Path, "catalog/homer.yaml")
	}
	if c.Gatus != nil {
		v.yamlPath(at.Child("gatus", "path"), c.Gatus.Path, "catalog/gatus.yaml")
	}
}

// yamlPath checks the path of a YAML file beside the tree.
func (v validator) yamlPath(at *field.Path, value, example string) {
	v.treePath(at, value, "a file such as "+example+" below the stack's folder")
	if !strings.HasSuffix(value, ".yaml") && !strings.HasSuffix(value, ".yml") {
		v.errorf(at, "", "got %q, want a name that ends in .yaml or .yml", value)
	}
}

// listed warns of lists of nothing, and of tiles that nothing lists.
func (v validator) listed(r *Resolved) {
	routes, tiles := false, false
	var lonely *field.Path // the first tile that no dashboard shows
	for i, o := range r.Overlays {
		for j := range o.Bases {
			e := o.Bases[j].Expose
			routes = routes || e.Exposed()
			if !e.Exposed() || e.Tile == nil {
				continue
			}
			tiles = true
			if t := e.Tile; lonely == nil && t.Homepage == nil && t.Hajimari == nil && t.Homer.ConfigMap == "" {
				lonely = field.NewPath("spec", "overlays").Index(i).Child("bases").Index(j).Child("expose", "tile")
			}
		}
	}
	homer, gatus := field.NewPath("spec", "catalog", "homer"), field.NewPath("spec", "catalog", "gatus")
	if c := r.Catalog; c != nil && c.Homer != nil {
		lonely = nil
		if !tiles {
			v.warnf(homer, "write expose.tile where a base has a route", "lists nothing: no overlay has a tile")
		}
	}
	if c := r.Catalog; c != nil && c.Gatus != nil && !routes {
		v.warnf(gatus, "remove it, or expose a base", "lists nothing, which Gatus refuses where it is all that there is: no overlay has a route")
	}
	if lonely != nil {
		v.because(homer).warnf(lonely, "write homepage: {}, hajimari: {} or homer: {configMap: NAME} into it, or spec.catalog: {homer: {}}", "has no effect: no dashboard shows it")
	}
}
