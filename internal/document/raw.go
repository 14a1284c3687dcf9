package document

import (
	"strconv"
	"strings"
)

// raw is n as encoding/json would have it, but with whole numbers as int64.
func (d *decoder) raw(n *Node) any {
	switch n.kind {
	case boolKind:
		return strings.EqualFold(n.text, "true")
	case intKind:
		i, ok := parseInt(n.text)
		if !ok {
			d.add(n, "quote it: "+strconv.Quote(clip(n.text)), "%s does not fit into 64 bits", clip(n.text))
		}
		return i
	case floatKind:
		f, err := strconv.ParseFloat(strings.ReplaceAll(n.text, "_", ""), 64)
		if err != nil { // .inf and .nan
			d.add(n, "quote it: "+strconv.Quote(clip(n.text)), "got %s, want a number that JSON has", clip(n.text))
		}
		return f
	case stringKind:
		return n.text
	case listKind:
		list := make([]any, len(n.items))
		for i, item := range n.items {
			list[i] = d.raw(item)
		}
		return list
	case mapKind:
		object := make(map[string]any, len(n.fields))
		for name, child := range n.fields {
			if child.kind != removedKind {
				object[name] = d.raw(child)
			}
		}
		return object
	}
	return nil
}
