package diff

import "slices"

// RuleIDs are all rules, each with what becomes of the objects that it looks at.
func RuleIDs() []string {
	all := []string{"in-place changed", "in-place created"}
	for _, r := range rules() {
		all = append(all, r.id+" "+string(r.op))
	}
	slices.Sort(all)
	return all
}
