package v1alpha1

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

func (c *checker) fleet(s *Stack) {
	f := s.Spec.Fleet
	if len(f.Targets) == 0 && f.DefaultOverlay == "" {
		c.errorf("spec.fleet.targets", "write targets, or defaultOverlay for every cluster", "missing: no cluster would get anything")
	}
	for i, t := range f.Targets {
		at := fmt.Sprintf("spec.fleet.targets[%d]", i)
		c.reference(at+".overlay", t.Overlay, "overlay", s.overlayNames())
		c.target(at, t)
		for j, earlier := range f.Targets[:i] {
			c.overlap(at, t, j, earlier)
		}
	}
	if f.DefaultOverlay != "" {
		c.reference("spec.fleet.defaultOverlay", f.DefaultOverlay, "overlay", s.overlayNames())
		if o := s.Overlay(f.DefaultOverlay); o != nil && o.exposed() {
			c.errorf("spec.fleet.defaultOverlay", "name an overlay without a route, or leave it out: then such clusters get nothing",
				"%q is exposed, and Fleet gives the default to every cluster that no target matches", f.DefaultOverlay)
		}
	}
	c.sameLabels(s)
	c.sameHosts(s)
	c.releaseNamespace(s)
	for i, d := range f.DependsOn {
		c.dependency(fmt.Sprintf("spec.fleet.dependsOn[%d]", i), d, s.Metadata.Name)
	}
	if d := f.CorrectDrift; d != nil {
		c.correctDrift(d)
	}
	c.gitRepo(f.GitRepo)
}

// exposed tells an overlay that opens something outside the cluster.
func (o *Overlay) exposed() bool {
	return slices.ContainsFunc(o.Bases, func(b Base) bool {
		return b.Expose != nil && b.Expose.Type != ExposeInternal || b.OpenWebUI != nil && b.OpenWebUI.Service.Type != ClusterIP
	})
}

// releaseNamespace keeps the bases away from the namespace of the Helm release,
// which an overlay with Namespace objects has to itself.
func (c *checker) releaseNamespace(s *Stack) {
	for i, b := range s.Spec.Bases {
		if b.Namespace == s.Metadata.Name+"-release" {
			c.errorf(fmt.Sprintf("spec.bases[%d].namespace", i), "choose another", "got %q, which is the namespace of the stack's Helm release", b.Namespace)
		}
	}
}

func (c *checker) dependency(at string, d FleetDependency, self string) {
	switch {
	case d.Name == "" && d.Selector == nil:
		c.errorf(at, "write the name of a bundle, or a selector of its labels", "the dependency is empty")
	case d.Name == self:
		c.errorf(at+".name", "remove it", "%q is this bundle itself: it would wait for ever", d.Name)
	}
	if d.Selector.empty() {
		c.errorf(at+".selector", "write matchLabels, or the name of a bundle", "an empty selector matches every bundle, this one too")
	}
	c.optionalName(at+".name", d.Name, "a bundle")
	c.selector(at+".selector", d.Selector)
}

func (c *checker) correctDrift(d *CorrectDrift) {
	switch {
	case !d.Enabled && (d.Force || d.KeepFailHistory || !c.written("spec.fleet.correctDrift.enabled")):
		c.errorf("spec.fleet.correctDrift.enabled", "write enabled: true, or remove correctDrift", "missing or false: without it nothing is corrected")
	case d.Force:
		c.warnf("spec.fleet.correctDrift.force", "remove it", "Fleet deletes and makes anew what it cannot change, a volume with its data too")
	}
}

var (
	// scpForm is the short form of an ssh URL.
	scpForm = regexp.MustCompile(`^[A-Za-z0-9_.-]+@[A-Za-z0-9_.-]+:[^ ]+$`)
	// branchForm leaves out what git check-ref-format refuses.
	branchForm = regexp.MustCompile(`^[^-./ ~^:?*\[\\\x00-\x1f\x7f][^ ~^:?*\[\\\x00-\x1f\x7f]*$`)
)

func (c *checker) gitRepo(g GitRepo) {
	c.label("spec.fleet.gitRepo.namespace", g.Namespace, "the GitRepo's namespace")
	u, err := url.Parse(g.Repo)
	switch {
	case scpForm.MatchString(g.Repo):
	case err != nil || u.Host == "" || !slices.Contains([]string{"https", "http", "ssh"}, u.Scheme):
		c.errorf("spec.fleet.gitRepo.repo", "", "got %q, want a Git URL such as https://git.example.org/you/repository or git@git.example.org:you/repository", g.Repo)
	case u.Scheme != "ssh" && u.User != nil:
		c.errorf("spec.fleet.gitRepo.repo", "put them into a Secret and name it in the GitRepo's clientSecretName", "the URL of %s holds a user or password, which would be in Git for everybody to read", u.Host)
	}
	b := g.Branch
	if !branchForm.MatchString(b) || strings.Contains(b, "..") || strings.Contains(b, "@{") || strings.HasSuffix(b, "/") || strings.HasSuffix(b, ".lock") {
		c.errorf("spec.fleet.gitRepo.branch", "", "got %q, want a branch such as main", b)
	}
	if path.IsAbs(g.Path) || g.Path != "." && path.Clean(g.Path) != strings.TrimSuffix(g.Path, "/") || strings.HasPrefix(g.Path, "..") || strings.ContainsFunc(g.Path, unicode.IsControl) {
		c.errorf("spec.fleet.gitRepo.path", "", "got %q, want the folder of fleet.yaml below the repository's top, such as clusters/ai", g.Path)
	}
}
