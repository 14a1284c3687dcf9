package document

// Regroup is a mapping in n's place whose fields may stand anywhere in the
// file: for a reader that looks for values where another form of the document
// has them. Fields that are nil are left out; the others keep the place where
// they were written. What is missing counts as missing in n.
func (n *Node) Regroup(fields map[string]*Node) *Node {
	if n == nil {
		return nil
	}
	regrouped := *n
	regrouped.kind, regrouped.text, regrouped.items = mapKind, "", nil
	regrouped.fields = map[string]*Node{}
	for name, field := range fields {
		if field != nil {
			regrouped.fields[name] = field
		}
	}
	return &regrouped
}
