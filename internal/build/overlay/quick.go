package overlay

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// quick makes n the YAML of a string that nobody takes for two things, as nearly
// all in an object are: words, paths, versions, quantities, numbers, scripts. In
// doubt it does nothing and says so; then the library is asked, which writes and
// reads the string and takes a hundred times as long.
func quick(n *yaml.Node, s string) bool {
	text := isText(s)
	if !text && (!isPlain(s) || inDoubt(s)) {
		return false
	}
	n.Kind, n.Value = yaml.ScalarNode, s
	switch {
	case text:
		n.Style = yaml.LiteralStyle
	case s[0] > '9' && len(s) > len("false"):
	case '0' < s[0] && s[0] <= '9' && strings.ContainsAny(s, "GKMims"): // as no number or date does: 10Gi, 500m, 30s
	case s[0] <= '9' && strings.Trim(s, "0123456789") == "" || n.ShortTag() != "!!str":
		n.Style = yaml.DoubleQuotedStyle
	}
	n.Tag = "!!str"
	return true
}

// isPlain tells a string that can stand in YAML without quotes, as a string or
// as something else: no comment, no pair of key and value, no list begins in it.
func isPlain(s string) bool {
	if s == "" || strings.IndexByte("/:-", s[0]) < 0 && !isAlphanumeric(s[0]) || strings.IndexByte("-: ", s[len(s)-1]) >= 0 ||
		s[0] == '-' && !isAlphanumeric(s[1]) {
		return false
	}
	for i := range len(s) {
		switch s[i] {
		case '.', '/', ':', '_', '-', '=', ',':
		case ' ':
			if s[i-1] == ':' || s[i-1] == '-' || s[i-1] == ' ' {
				return false
			}
		default:
			if !isAlphanumeric(s[i]) {
				return false
			}
		}
	}
	return true
}

// inDoubt tells what YAML 1.1 alone may take for a truth value, or for a number
// to base 60: 1:30.
func inDoubt(s string) bool {
	if len(s) <= len("yes") {
		switch strings.ToLower(s) {
		case "y", "yes", "on", "n", "no", "off":
			return true
		}
	}
	whole, _, found := strings.Cut(s, ":")
	return found && whole != "" && strings.Trim(whole, "-0123456789_") == ""
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
