package overlay

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// plain tells the strings, nearly all there are in an object, that stand in
// YAML without quotes and that every version of YAML takes for strings. It says
// no in doubt; then the library is asked, which writes and reads the string and
// takes a hundred times as long.
func plain(s string) bool {
	if s == "" || strings.HasSuffix(s, ":") || !isAlphanumeric(s[0]) {
		return false
	}
	for i := range len(s) {
		if !isAlphanumeric(s[i]) && !strings.ContainsRune("./:_-", rune(s[i])) {
			return false
		}
	}
	if s[0] <= '9' { // 10Gi and 0.23.2 are strings, 012, 1e3, 2001-01-01 and 1:30 may not be
		n := yaml.Node{Kind: yaml.ScalarNode, Value: s}
		return n.ShortTag() == "!!str" && !strings.Contains(s, ":")
	}
	switch strings.ToLower(s) {
	case "y", "yes", "on", "true", "n", "no", "off", "false", "null":
		return false
	}
	return true
}

func isAlphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
