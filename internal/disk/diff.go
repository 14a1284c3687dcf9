package disk

import (
	"bytes"

	"github.com/rogpeppe/go-internal/diff"
)

// Diff is what Apply would change, as one unified diff that `patch -p1`
// understands. A file that differs only in its line endings is left out: every
// line of it would show, and none would look different.
func (p *Plan) Diff() []byte {
	var out bytes.Buffer
	for _, c := range p.Changes {
		if c.LineEndingsOnly() {
			continue
		}
		before, after := "a/"+c.Path, "b/"+c.Path
		switch c.Op {
		case Create:
			before = "/dev/null"
		case Remove:
			after = "/dev/null"
		}
		out.Write(diff.Diff(before, c.Old, after, c.New))
	}
	return out.Bytes()
}
