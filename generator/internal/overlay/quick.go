package overlay

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// quick is the YAML of a string that nobody takes for two things, as nearly all
// in an object are: words, paths, versions, quantities, whole numbers, scripts.
// It is nil in doubt; then the library is asked, which writes and reads the
// string and takes a hundred times as long.
func quick(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	switch {
	case isWord(s):
	case isText(s):
		n.Style = yaml.LiteralStyle
	case s != "" && strings.Trim(s, "0123456789") == "":
		n.Style = yaml.DoubleQuotedStyle
	default:
		return nil
	}
	return n
}

// isWord tells a string that stands in YAML without quotes and that every
// version of YAML takes for a string.
func isWord(s string) bool {
	if s == "" || s[len(s)-1] == ':' || s[0] != '/' && !isAlphanumeric(s[0]) {
		return false
	}
	for i := range len(s) {
		switch s[i] {
		case '.', '/', ':', '_', '-', '=', ',':
		default:
			if !isAlphanumeric(s[i]) {
				return false
			}
		}
	}
	if '0' <= s[0] && s[0] <= '9' { // 10Gi and 0.23.2 are strings; 012, 1e3, 2001-01-01 and 1:30 may not be
		n := yaml.Node{Kind: yaml.ScalarNode, Value: s}
		return n.ShortTag() == "!!str" && !strings.Contains(s, ":")
	}
	if len(s) > len("false") {
		return true
	}
	switch strings.ToLower(s) {
	case "y", "yes", "on", "true", "n", "no", "off", "false", "null":
		return false
	}
	return true
}

// isText tells several lines that can stand as they are in a block.
func isText(s string) bool {
	if !strings.Contains(s, "\n") || strings.IndexAny(s, " \n") == 0 {
		return false
	}
	for i := range len(s) {
		if s[i] != '\n' && (s[i] < ' ' || s[i] > '~') || s[i] == ' ' && (i == len(s)-1 || s[i+1] == '\n') {
			return false
		}
	}
	return true
}

func isAlphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
