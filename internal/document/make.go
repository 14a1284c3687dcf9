package document

// With functions below, a tree is made of the nodes of others: each keeps the place
// where it was written.

// PutField is n, a mapping, with a field of another value; nil removes it. n does
// not change.
func (n *Node) PutField(name string, value *Node) *Node {
	put := *n
	put.fields = make(map[string]*Node, len(n.fields)+1)
	for key, child := range n.fields {
		put.fields[key] = child
	}
	if put.fields[name] = value; value == nil {
		delete(put.fields, name)
	}
	return &put
}

// Mapping is n with these fields alone, without those that are nil.
func (n *Node) Mapping(fields map[string]*Node) *Node {
	put := *n
	put.kind, put.text, put.items, put.fields = mapKind, "", nil, fields
	for key, child := range fields {
		if child == nil {
			delete(fields, key)
		}
	}
	return &put
}

// List is n with these items alone.
func (n *Node) List(items []*Node) *Node {
	put := *n
	put.kind, put.text, put.fields, put.items = listKind, "", nil, items
	return &put
}

// Move is the tree n in the place of another node: its paths begin there, and its
// lines are those of its own file. n changes, and is to be used no more.
func (n *Node) Move(parent *Node, key string) *Node {
	n.parent, n.key = parent, key
	return n
}

// IsMapping reports whether n is a mapping.
func (n *Node) IsMapping() bool { return n != nil && n.kind == mapKind }

// IsList reports whether n is a list.
func (n *Node) IsList() bool { return n != nil && n.kind == listKind }
