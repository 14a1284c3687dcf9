package fleet

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/internal/build/file"
)

// ignoreFile is the .fleetignore. Fleet compares its patterns with the base
// name of every file and folder at any depth, and has no pattern for "all but
// these". So they spell out every name but those of what a cluster can get: the
// file follows from the stack alone, and whatever else lies in the folder is
// not packed. See docs/decisions/0007-fleetignore-is-a-complement.md.
func ignoreFile(stack string, used map[string]bool, tree map[string][]byte) []byte {
	ours := map[string]bool{}
	for name := range tree {
		if used[path.Dir(name)] {
			for part := range strings.SplitSeq(name, "/") {
				ours[part] = true
			}
		}
	}
	const why = `# Fleet packs what no line here matches. Together they match every name but
# those of the overlays that fleet.yaml names and of the bases that these use, so
# a file of your own needs no line: for each beginning of such a name there is
# one for what goes on otherwise (ba[^s]*), and one for what ends there (ba).
`
	return []byte(file.FirstLine(stack) + why + strings.Join(allBut(slices.Sorted(maps.Keys(ours))), "\n") + "\n")
}

// allBut returns globs that match every name but the sorted ones given. Those
// are names of Kubernetes objects and of kustomize's files: a dash is the only
// letter of theirs that means something in a glob.
func allBut(names []string) []string {
	next := map[string]string{} // the letters that follow a beginning
	for _, name := range names {
		next[name] = ""
		for i, letter := range name {
			if start := name[:i]; !strings.ContainsRune(next[start], letter) {
				next[start] += string(letter)
			}
		}
	}
	var globs []string
	for _, start := range slices.Sorted(maps.Keys(next)) {
		if _, isName := slices.BinarySearch(names, start); !isName && start != "" {
			globs = append(globs, start)
		}
		if letters := next[start]; letters == "" {
			globs = append(globs, start+"?*")
		} else {
			globs = append(globs, start+"[^"+strings.ReplaceAll(letters, "-", `\-`)+"]*")
		}
	}
	return globs
}
