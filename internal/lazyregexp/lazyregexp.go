// Package lazyregexp keeps regular expressions that are compiled when they are
// first asked for: a call of hearth-fn needs a few of dozens, and to compile
// them all took it as long as its work.
package lazyregexp

import (
	"regexp"
	"sync"
)

// New is an expression for a package's variable. The first call of what it
// returns panics if the expression does not compile.
func New(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
