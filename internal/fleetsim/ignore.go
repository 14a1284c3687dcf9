package fleetsim

import (
	"bufio"
	"bytes"
	"path"
	"slices"
	"strings"
)

// ignoreFile is the name of the file that keeps others out of a bundle.
const ignoreFile = ".fleetignore"

// ignoreRules are the patterns of one folder's .fleetignore, and of those in
// the folders below it.
type ignoreRules struct {
	dir      string // in the bundle; "" is its root
	patterns []string
	// starting are the indexes of the patterns that names can match which begin
	// so: a generated file has a pattern for each letter of each name. Those of any
	// name, and malformed ones, which fail every name, stand at "".
	starting map[string][]int
	below    []*ignoreRules
}

func newIgnoreRules(dir string, patterns []string) *ignoreRules {
	r := &ignoreRules{dir: dir, patterns: patterns, starting: map[string][]int{}}
	for i, p := range patterns {
		start := p
		if at := strings.IndexAny(p, `*?[\`); at >= 0 {
			start = p[:at]
		}
		if _, err := path.Match(p, ""); err != nil || isFolderPattern(p) {
			start = ""
		}
		r.starting[start] = append(r.starting[start], i)
	}
	return r
}

// parseIgnore reads the patterns of a .fleetignore, one a line. There is no
// negation: a pattern that starts with "!" stands for a file of that name.
func parseIgnore(content []byte) []string {
	var patterns []string
	// Fleet reads by bufio.Scanner and never asks for its error: a line above
	// 64 KiB ends the file without a word.
	lines := bufio.NewScanner(bytes.NewReader(content))
	for lines.Scan() {
		p := trimSpaceRight(lines.Text())
		if p != "" && !strings.HasPrefix(p, "#") {
			patterns = append(patterns, p)
		}
	}
	return patterns
}

// trimSpaceRight cuts trailing white space, but for the first of it after a
// backslash. White space at the start belongs to the pattern.
func trimSpaceRight(line string) string {
	trimmed := strings.TrimRight(line, " \t\f\r\n")
	if len(trimmed) < len(line) && (trimmed == "" || strings.HasSuffix(trimmed, `\`)) {
		return line[:len(trimmed)+1]
	}
	return trimmed
}

// add puts a folder's patterns where find will see them.
func (r *ignoreRules) add(dir string, patterns []string) {
	if len(patterns) == 0 {
		return
	}
	if dir == "" {
		*r = *newIgnoreRules("", patterns)
		return
	}
	at := r
	for next := at.child(dir); next != nil; next = at.child(dir) {
		at = next
	}
	at.below = append(at.below, newIgnoreRules(dir, patterns))
}

// child is the first folder below whose name starts the path. It compares
// strings, as Fleet does: the patterns of "bases/ai" hold in "bases/ai-2" too.
func (r *ignoreRules) child(name string) *ignoreRules {
	for _, c := range r.below {
		if strings.HasPrefix(name, c.dir) {
			return c
		}
	}
	return nil
}

// find returns the pattern that keeps the file or folder out, "" if none does.
// A malformed pattern is an error: it fails the whole bundle.
func (r *ignoreRules) find(name string, isDir bool) (string, error) {
	base := path.Base(name)
	for at := r; at != nil; at = at.child(name) {
		var candidates []int
		for end := range len(base) + 1 {
			candidates = append(candidates, at.starting[base[:end]]...)
		}
		slices.Sort(candidates)
		for _, i := range candidates {
			hit, err := matchIgnore(at.patterns[i], base, isDir)
			if hit || err != nil {
				return at.patterns[i], err
			}
		}
	}
	return "", nil
}

// matchIgnore matches one pattern with one base name. Longer paths are never
// looked at, so a pattern with a slash matches nothing, except the form
// "name/*": every folder of that very name, with all that is in it.
func matchIgnore(pattern, base string, isDir bool) (bool, error) {
	if isFolderPattern(pattern) {
		return isDir && strings.TrimSuffix(pattern, "/*") == base, nil
	}
	return path.Match(pattern, base)
}

// isFolderPattern reports whether "/*" stands anywhere but at the start. So
// "cmd/*.go" is one as well, and matches no folder.
func isFolderPattern(pattern string) bool {
	return len(pattern) > 1 && strings.Contains(pattern[1:], "/*")
}
