package disk

import "strings"

// Conflict is a path that hearth has to write and must not.
type Conflict struct {
	Path string
	// Reason says what stands there and what to do about it.
	Reason string
}

// Conflicts is every Conflict of one Compare; nothing was written.
type Conflicts []Conflict

func (c Conflicts) Error() string {
	lines := make([]string, len(c))
	for i, one := range c {
		lines[i] = one.Path + ": " + one.Reason
	}
	return strings.Join(lines, "\n")
}
