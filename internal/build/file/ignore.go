package file

import "strings"

// IgnoreName is the file in which kpt, and what else reads a folder of objects,
// finds the names of those that are none. kpt refuses a YAML file without
// apiVersion and kind.
const IgnoreName = ".krmignore"

// Ignore is that file for a tree of these paths, sorted: it names all that no
// cluster gets. nil if there is nothing to name.
func Ignore(stack string, paths []string) []byte {
	var lines strings.Builder
	for _, path := range paths {
		first, _, _ := strings.Cut(path, "/")
		if first != "bases" && first != "overlays" && !strings.HasPrefix(path, ".") {
			lines.WriteString(path + "\n")
		}
	}
	if lines.Len() == 0 {
		return nil
	}
	return []byte(FirstLine(stack) + lines.String())
}

// Ignored are the paths in such a file.
func Ignored(data []byte) []string {
	var paths []string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			paths = append(paths, line)
		}
	}
	return paths
}
