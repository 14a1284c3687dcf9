package overlay

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// quick is the YAML of a string that nobody takes for two things, as nearly all
// in an object are: words, paths, versions, quantities, whole numbers. It is
// nil in doubt; then the library is asked, which writes and reads the string
// and takes a hundred times as long.
func quick(s string) *yaml.Node {
	if s == "" || strings.HasSuffix(s, ":") || s[0] != '/' && !isAlphanumeric(s[0]) {
		return nil
	}
	for i := range len(s) {
		if !isAlphanumeric(s[i]) && !strings.ContainsRune("./:_-=,", rune(s[i])) {
			return nil
		}
	}
	n := &yaml.Node{Kind: yaml.ScalarNode, Value: s}
	if '0' <= s[0] && s[0] <= '9' { // 10Gi and 0.23.2 are strings; 012, 1e3, 2001-01-01 and 1:30 may not be
		switch {
		case strings.Trim(s, "0123456789") == "":
			n.Style = yaml.DoubleQuotedStyle
		case strings.Contains(s, ":") || n.ShortTag() != "!!str":
			return nil
		}
	}
	switch strings.ToLower(s) {
	case "y", "yes", "on", "true", "n", "no", "off", "false", "null":
		return nil
	}
	n.Tag = "!!str"
	return n
}

func isAlphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
