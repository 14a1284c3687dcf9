package v1alpha1

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/internal/lazyregexp"
	"github.com/hearth-dev/hearth/internal/spelling"
)

// label checks a name that becomes a DNS label: of a folder, a namespace.
func (v validator) label(at *field.Path, value, what string) {
	if value == "" {
		v.errorf(at, "", "missing: want %s, a DNS label such as homelab", what)
	} else if len(validation.IsDNS1123Label(value)) > 0 {
		fix := ""
		if label := nearestLabel(value); label != "" {
			fix, v = "write "+label, v.offering(at, label)
		}
		v.errorf(at, fix, "got %q, want %s: at most 63 lower-case letters, digits and '-', the last not '-'", value, what)
	}
}

// nearestLabel is a DNS label made of a name; "" if too little of it remains.
func nearestLabel(name string) string {
	label := strings.Trim(notInLabel().ReplaceAllString(strings.ToLower(name), "-"), "-")
	if len(validation.IsDNS1123Label(label)) > 0 {
		return ""
	}
	return label
}

var notInLabel = lazyregexp.New(`[^a-z0-9]+`)

// optionalLabel is label for a namespace that may be absent.
func (v validator) optionalLabel(at *field.Path, value string) {
	if value != "" {
		v.label(at, value, "a namespace")
	}
}

// name checks a reference to a Kubernetes object; required unless empty is fine.
func (v validator) name(at *field.Path, value, kind string) {
	if value == "" {
		v.errorf(at, "", "missing: want the name of %s", kind)
	} else if len(validation.IsDNS1123Subdomain(value)) > 0 {
		v.errorf(at, "", "got %q, want the name of %s: lower-case letters, digits, '-' and '.'", value, kind)
	}
}

// optionalName is name for a field that may be absent.
func (v validator) optionalName(at *field.Path, value, kind string) {
	if value != "" {
		v.name(at, value, kind)
	}
}

// names are those of the bases, or of the overlays, that a stack declares.
type names struct {
	all []string
	has map[string]bool
}

func namesOf(all []string) names {
	n := names{all, make(map[string]bool, len(all))}
	for _, name := range all {
		n.has[name] = true
	}
	return n
}

// mostSuggestions is how many problems may be there for one more to get a
// suggestion, which looks at every name.
const mostSuggestions = 100

// reference checks the name of one of the bases or overlays; where are those
// that are declared.
func (v validator) reference(at *field.Path, name, kind string, declared names, where *field.Path) {
	if name != "" && declared.has[name] {
		return
	}
	names := declared.all
	if len(*v.problems) >= mostSuggestions && len(names) > 0 {
		v.errorf(at, "", "got %q, want the name of one of the %d %ss", name, len(names), kind)
		return
	}
	known := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return len(validation.IsDNS1123Label(n)) > 0 })
	if len(names) == 0 {
		v = v.because(where)
	}
	switch {
	case name == "" && len(known) > 0:
		v.errorf(at, "name one of "+list(known), "missing: want the name of the %s", kind)
	case len(known) < len(names): // it may be the one whose name is wrong or missing
	case len(names) == 0:
		v.errorf(at, "declare it", "got %q, but the stack has no %ss", name, kind)
	default:
		if near := spelling.Nearest(name, names); near != "" {
			v = v.offering(at, near)
		}
		v.errorf(at, spelling.Suggest(name, names), "got %q, want one of the %ss: %s", name, kind, list(names))
	}
}

// unique checks that no two of the names of a list's elements are equal.
func (v validator) unique(at *field.Path, names []string) {
	first := map[string]int{}
	for i, name := range names {
		if j, again := first[name]; again && name != "" {
			v.errorf(at.Index(i).Child("name"), "rename one of them", "%q is the name of %s already", name, at.Index(j))
			continue
		}
		first[name] = i
	}
}

// mostNamed is how many names a sentence lists.
const mostNamed = 50

// list is the names for a sentence.
func list(names []string) string {
	if more := len(names) - mostNamed; more > 0 {
		return list(names[:mostNamed]) + fmt.Sprintf(" and %d more", more)
	}
	quoted := strings.Trim(fmt.Sprintf("%q", names), "[]")
	return strings.NewReplacer(`" "`, ", ", `"`, "").Replace(quoted)
}
