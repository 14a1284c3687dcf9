package v1alpha1

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/internal/lazyregexp"
)

// Exception accepts what `hearth vet` finds, with a reason: a person decided.
type Exception struct {
	// Rule that may be broken, as vet prints it: ollama-cpu, or fleet/size. A
	// family's name, fleet, is all of its rules.
	Rule string `json:"rule"`
	// Overlay in which it may be. Default: all.
	Overlay string `json:"overlay,omitzero"`
	// Object that may break it: KIND/NAME, or KIND/NAMESPACE/NAME. Default: all.
	Object string `json:"object,omitzero"`
	// Reason that a reader a year from now can judge.
	Reason string `json:"reason"`
}

// Accepts reports whether the exception is for a finding of a rule in an object
// of an overlay, "" for none. A family's name is for all of its members.
func (e Exception) Accepts(rule, overlay, kind, namespace, name string) bool {
	family, _, _ := strings.Cut(rule, "/")
	return (e.Rule == rule || e.Rule == family) &&
		(e.Overlay == "" || e.Overlay == overlay) &&
		(e.Object == "" || e.Object == kind+"/"+name || e.Object == kind+"/"+namespace+"/"+name)
}

var (
	ruleForm     = lazyregexp.New(`^[a-z][a-z0-9-]*(/[a-z0-9-]+)?$`)
	exceptedForm = lazyregexp.New(`^[A-Z][A-Za-z0-9]*(/[^/\s]+){1,2}$`)
)

// exceptions checks the form alone: what the rules are is vet's to know.
func (v validator) exceptions(at *field.Path, all []Exception, overlays names, declared *field.Path) {
	for i, e := range all {
		at := at.Index(i)
		switch {
		case e.Rule == "":
			v.errorf(at.Child("rule"), "", "missing: want the id of the rule, as hearth vet prints it")
		case !ruleForm().MatchString(e.Rule):
			v.errorf(at.Child("rule"), "see hearth vet --list", "got %q, want the id of a rule, such as image-tag or fleet/size", e.Rule)
		}
		if e.Overlay != "" {
			v.reference(at.Child("overlay"), e.Overlay, "overlay", overlays, declared)
		}
		if e.Object != "" && !exceptedForm().MatchString(e.Object) {
			v.errorf(at.Child("object"), "", "got %q, want KIND/NAME or KIND/NAMESPACE/NAME, such as Deployment/ollama", e.Object)
		}
		if strings.TrimSpace(e.Reason) == "" {
			v.errorf(at.Child("reason"), "", "missing: want why this may be, for a reader a year from now")
		}
		if j := slices.IndexFunc(all[:i], func(other Exception) bool {
			return other.Rule == e.Rule && other.Overlay == e.Overlay && other.Object == e.Object
		}); j >= 0 && e.Rule != "" {
			v.errorf(at, "remove one of them", "accepts the same as exceptions[%d]", j)
		}
	}
}
