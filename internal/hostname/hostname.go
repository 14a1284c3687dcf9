// Package hostname compares the names of hosts.
package hostname

import (
	"regexp"
	"strings"
)

// variable is one that Flux puts a value in for, with what it is by default.
var variable = regexp.MustCompile(`\$\{[^}]*\}`)

// Fold is a host as hosts are compared, in lower case; but for its variables, whose
// names have capitals.
func Fold(host string) string {
	out, end := "", 0
	for _, at := range variable.FindAllStringIndex(host, -1) {
		out += strings.ToLower(host[end:at[0]]) + host[at[0]:at[1]]
		end = at[1]
	}
	return out + strings.ToLower(host[end:])
}
