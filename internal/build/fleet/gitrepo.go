package fleet

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/file"
)

type gitRepo struct {
	APIVersion string          `yaml:"apiVersion"`
	Kind       string          `yaml:"kind"`
	Metadata   gitRepoMetadata `yaml:"metadata"`
	Spec       gitRepoSpec     `yaml:"spec"`
}

type gitRepoMetadata struct {
	Name      string `yaml:"name"`
	Namespace string `yaml:"namespace"`
}

type gitRepoSpec struct {
	Repo    string                 `yaml:"repo"`
	Branch  string                 `yaml:"branch"`
	Paths   []string               `yaml:"paths"`
	Targets []v1alpha1.FleetTarget `yaml:"targets,omitempty"`
}

// gitRepoOf is the example of the object that a person applies once: it names
// the clusters that get the bundle at all. Without targets Fleet would send it to
// the cluster group "default" only; several bundles each name their own.
func gitRepoOf(r *v1alpha1.Resolved) ([]byte, error) {
	f := r.Fleet
	out := gitRepo{
		APIVersion: "fleet.cattle.io/v1alpha1",
		Kind:       "GitRepo",
		Metadata:   gitRepoMetadata{Name: r.Name, Namespace: f.GitRepo.Namespace},
		Spec:       gitRepoSpec{Repo: f.GitRepo.Repo, Branch: f.GitRepo.Branch, Paths: []string{f.GitRepo.Path}},
	}
	several := f.Bundles != v1alpha1.FleetOne && f.Bundles != ""
	if several {
		out.Spec.Paths[0] = path.Join(f.GitRepo.Path, Folder)
	}
	var notes strings.Builder
	note := func(format string, args ...any) { fmt.Fprintf(&notes, "# "+format+"\n", args...) }
	note("Apply this once to Fleet's management cluster, with your repository in it.")
	note("Which cluster gets which overlay:")
	for _, t := range f.Targets {
		out.Spec.Targets = append(out.Spec.Targets, clusters(t))
		var where []string
		if t.ClusterName != "" {
			where = append(where, "the cluster "+t.ClusterName)
		}
		if t.ClusterGroup != "" {
			where = append(where, "the cluster group "+t.ClusterGroup)
		}
		if s := t.ClusterSelector; s != nil {
			for _, key := range slices.Sorted(maps.Keys(s.MatchLabels)) {
				where = append(where, fmt.Sprintf("the label %s=%s", key, s.MatchLabels[key]))
			}
			for _, e := range s.MatchExpressions {
				where = append(where, strings.TrimSpace(fmt.Sprintf("the label %s %s %s", e.Key, e.Operator, strings.Join(e.Values, ","))))
			}
		}
		note("  %s: %s", t.Overlay, strings.Join(where, " and "))
	}
	if f.DefaultOverlay != "" {
		out.Spec.Targets = append(out.Spec.Targets, everyCluster())
		note("  %s: every other cluster of the workspace", f.DefaultOverlay)
	} else {
		note("  every other cluster: nothing")
	}
	if slices.ContainsFunc(f.Targets, func(t v1alpha1.FleetTarget) bool { return t.ClusterSelector != nil }) {
		note("Label a cluster with:")
		note("  kubectl --namespace %s label clusters.fleet.cattle.io NAME KEY=VALUE", f.GitRepo.Namespace)
	}
	if several {
		out.Spec.Targets = nil
		note("Each folder below %s is a bundle, and says by overrideTargets which clusters get it.", out.Spec.Paths[0])
	}
	return file.YAML(r.Name, out, notes.String())
}
