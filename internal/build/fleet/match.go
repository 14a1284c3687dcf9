package fleet

import (
	"fmt"

	"github.com/hearth-dev/hearth/api/problem"
)

// mostComparisons is how many comparisons one look at a Bundle may take without a
// word: a second of a processor where targets name clusters, seven where they select
// them by a label (go test ./internal/build/fleet -run '^$' -bench Matching). Fleet
// looks whenever a file of the Bundle, a cluster of it or what became of it on one
// changes.
const mostComparisons = 100_000_000

// Comparisons is how often Fleet's controller holds a cluster against what a target
// says of clusters, for one look at a Bundle with so many targets, of which each
// matches one of so many clusters of the workspace. Fleet v0.16 goes through the
// targets until one matches, and for each through its targetRestrictions, the same list
// once more, until one matches; of a cluster that is none of the Bundle's, through all
// of both. Then it goes through the targetCustomizations (rancher/fleet,
// internal/cmd/controller/target/builder.go and matcher/bundlematch.go).
func Comparisons(targets, clusters int) int {
	own := targets*(targets+1)*(targets+2)/3 + targets*(targets+1)/2
	return own + max(0, clusters-targets)*targets*targets
}

// matching warns of a Bundle that Fleet's controller looks at for long.
func matching(targets, clusters int) (p problem.Problem, found bool) {
	n := Comparisons(targets, clusters)
	return problem.Problem{
		Severity: problem.Warning, Path: "spec.fleet.bundles",
		Message: fmt.Sprintf("each look of Fleet's controller at the bundle is %s comparisons of a cluster with a target: %d targets, twice, for %d clusters; that takes seconds of a processor, at each change of one of them",
			digits(n), targets, clusters),
		Fix: "write perOverlay: a bundle then has one target, and all of them together take fewer",
	}, n > mostComparisons
}
