package v1alpha1

import (
	"path"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/internal/lazyregexp"
)

// Catalog asks for files that say to people, and to the programs in which they
// look for a service, what runs here. None of them goes into a cluster.
type Catalog struct {
	// About is what is true of the service of every overlay, unless the overlay's
	// own field about says otherwise.
	About About `json:"about,omitzero"`
	// Pages asks for a service page of each overlay, in Markdown. Default none.
	Pages *Pages `json:"pages,omitzero"`
	// Homer asks for one page of Homer's with every expose.tile of every overlay.
	// Default none.
	Homer *HomerPage `json:"homer,omitzero"`
	// Gatus asks for one file of Gatus' that has it ask every route of every
	// overlay. Default none.
	Gatus *GatusChecks `json:"gatus,omitzero"`
	// Backstage asks for the stack's entities in Backstage. Default none.
	Backstage *Backstage `json:"backstage,omitzero"`
}

// Pages are the service pages: FOLDER/OVERLAY.md.
type Pages struct {
	// Folder of the pages, below the stack's. Default docs/services.
	Folder string `json:"folder,omitzero"`
}

func (c *Catalog) applyDefaults() {
	c.Homer.applyDefaults()
	c.Gatus.applyDefaults()
	if c.Pages != nil {
		fill(&c.Pages.Folder, "docs/services")
	}
	if c.Backstage != nil {
		c.Backstage.applyDefaults()
	}
}

func (v validator) catalog(at *field.Path, written *Catalog) {
	if written == nil {
		return
	}
	c := clone(*written)
	c.applyDefaults()
	v.about(at.Child("about"), &c.About)
	if c.Pages != nil {
		v.treePath(at.Child("pages", "folder"), c.Pages.Folder, "a folder below the stack's, such as docs/services")
	}
	v.dashboards(at, &c)
	if c.Backstage != nil {
		v.backstage(at.Child("backstage"), &c)
	}
	v.ownPaths(at, &c)
}

// ownPaths refuses one path for two files. A page's ends in .md, which no other does.
func (v validator) ownPaths(at *field.Path, c *Catalog) {
	first := map[string]string{} // the field that has a path
	own := func(name, path string) {
		if other, taken := first[path]; taken {
			v.because(at.Child(other, "path")).errorf(at.Child(name, "path"), "give each file a path of its own", "got %q, which is the path of %s too", path, other)
			return
		}
		first[path] = name
	}
	if c.Homer != nil {
		own("homer", c.Homer.Path)
	}
	if c.Gatus != nil {
		own("gatus", c.Gatus.Path)
	}
	if c.Backstage != nil {
		own("backstage", c.Backstage.Path)
	}
}

// pathForm is a path that reads the same to git, kpt and a shell.
var pathForm = lazyregexp.New(`^[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*$`)

// othersFiles are names by which kustomize, kpt, Helm, Fleet and hearth know their
// files in any folder, in lower case: some file systems know no other.
var othersFiles = []string{"kustomization.yaml", "kustomization.yml", "kustomization", "kptfile", "chart.yaml", "fleet.yaml", "gitrepo.example.yaml", "hearth.yaml"}

// treePath checks the path of what is written beside bases/ and overlays/.
func (v validator) treePath(at *field.Path, value, want string) {
	first, _, _ := strings.Cut(value, "/")
	switch {
	case path.IsAbs(value), slices.Contains(strings.Split(value, "/"), ".."):
		v.errorf(at, "", "got %q, which leaves the repository: want %s", value, want)
	case !pathForm().MatchString(value):
		v.errorf(at, "", "got %q, want %s: names of letters, digits, '-', '_' and '.', with '/' between", value, want)
	case first == "bases" || first == "overlays":
		v.errorf(at, "", "got %q, want %s: %s/ is what clusters get", value, want, first)
	case slices.Contains(othersFiles, strings.ToLower(path.Base(value))):
		v.errorf(at, "", "got %q, want %s: a file of that name is for another program", value, want)
	case len(value) > 200:
		v.errorf(at, "", "got %q, a path of %d characters, want at most 200", value, len(value))
	}
}
