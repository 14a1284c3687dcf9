package document

import "maps"

// Merge lays patch over base, by JSON merge patch (RFC 7386): mappings merge,
// everything else replaces, null removes. Neither argument changes, and every
// value keeps the place where it was written. A nil base is an empty one: that
// leaves of a patch what it sets, without its nulls.
func Merge(base, patch *Node) *Node {
	if patch == nil {
		return base
	}
	if patch.kind != mapKind {
		return patch
	}
	merged := *patch
	if merged.under = base; base != nil && base.under != nil {
		merged.under = base.under
	}
	merged.fields = map[string]*Node{}
	if base != nil {
		maps.Copy(merged.fields, base.fields)
	}
	for name, value := range patch.fields {
		if value.kind == nullKind {
			removed := *value
			removed.kind = removedKind
			merged.fields[name] = &removed
			continue
		}
		merged.fields[name] = Merge(merged.fields[name], value)
	}
	return &merged
}
