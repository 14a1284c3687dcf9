package v1alpha1

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var (
	ruleForm     = regexp.MustCompile(`^[a-z][a-z0-9-]*(/[a-z0-9-]+)?$`)
	exceptedForm = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*(/[^/\s]+){1,2}$`)
)

// exceptions checks the form alone: what the rules are is vet's to know.
func (c *checker) exceptions(path string, all []Exception, overlays []string) {
	for i, e := range all {
		at := fmt.Sprintf("%s[%d]", path, i)
		switch {
		case e.Rule == "":
			c.errorf(at+".rule", "", "missing: want the id of the rule, as hearth vet prints it")
		case !ruleForm.MatchString(e.Rule):
			c.errorf(at+".rule", "see hearth vet --list", "got %q, want the id of a rule, such as image-tag or fleet/size", e.Rule)
		}
		if e.Overlay != "" {
			c.reference(at+".overlay", e.Overlay, "overlay", overlays)
		}
		if e.Object != "" && !exceptedForm.MatchString(e.Object) {
			c.errorf(at+".object", "", "got %q, want KIND/NAME or KIND/NAMESPACE/NAME, such as Deployment/ollama", e.Object)
		}
		if strings.TrimSpace(e.Reason) == "" {
			c.errorf(at+".reason", "", "missing: want why this may be, for a reader a year from now")
		}
		if j := slices.IndexFunc(all[:i], func(other Exception) bool {
			return other.Rule == e.Rule && other.Overlay == e.Overlay && other.Object == e.Object
		}); j >= 0 && e.Rule != "" {
			c.errorf(at, "remove one of them", "accepts the same as exceptions[%d]", j)
		}
	}
}
