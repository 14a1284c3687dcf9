package fleetsim

import (
	"io/fs"

	"github.com/hearth-dev/hearth/api/problem"
)

// Finding is a thing that Fleet accepts and a person would not want.
type Finding struct {
	// Rule is the id of the rule that found it.
	Rule string
	// Why is the rule's reason, in a line.
	Why string
	problem.Problem
}

// Lint checks every bundle of a repository's folder. The error is Fleet's own:
// a folder that it refuses, too.
func Lint(fsys fs.FS) ([]Finding, error) {
	bundles, err := Open(fsys)
	if err != nil {
		return nil, err
	}
	var found []Finding
	for _, r := range rules() {
		var list problem.List
		for _, b := range bundles {
			list = append(list, r.check(b, bundles)...)
		}
		for _, p := range list.Sorted() {
			found = append(found, Finding{Rule: r.id, Why: r.why, Problem: p})
		}
	}
	return found, nil
}

// Reason is why a rule is there.
type Reason struct{ Rule, Why string }

// Reasons are those of all rules, in the order of their findings.
func Reasons() []Reason {
	var all []Reason
	for _, r := range rules() {
		all = append(all, Reason{r.id, r.why})
	}
	return all
}

// rule is one thing to look for.
type rule struct {
	id    string
	why   string
	check func(b Bundle, all []Bundle) problem.List
}

// rules are all there is, in the order of their findings.
func rules() []rule {
	return []rule{
		{"schema", "Fleet drops unknown keys without a word", checkSchema},
		{"nested-bundle", "every folder with a fleet.yaml is a bundle, ignored or not", checkNested},
		{"target-condition", "a target that can match no cluster is never used", checkConditions},
		{"no-default", "a cluster that no target matches would get every file raw", checkDefault},
		{"wrong-dir", "without kustomization.yaml in kustomize.dir every file is deployed raw", checkDirs},
		{"kustomization-name", "Fleet looks for kustomization.yaml and nothing else", checkNames},
		{"not-packed", "the cluster only has the bundle's files", checkPacked},
		{"file-name", "one odd name fails the build for every cluster", checkFileNames},
		{"dead-pattern", ".fleetignore compares base names, a longer path matches nothing", checkPatterns},
		{"namespace-labels", "some releases of Fleet mix the labels of targets, or drop one that asks for less than restricted", checkNamespaceLabels},
		{"downstream-resources", "Fleet copies Secrets and ConfigMaps to the clusters, and stops at another kind", checkCopied},
		{"size", "the store of the management cluster takes 1.5 MiB in one request, and a bundle is one", checkSize},
		{"build", "what does not build here does not build on the cluster", checkBuild},
	}
}
