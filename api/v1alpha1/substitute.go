package v1alpha1

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/internal/lazyregexp"
)

// Substitute is who puts values in for the variables in what is rendered.
type Substitute string

// SubstituteFlux is a Kustomization of Flux with postBuild.
const SubstituteFlux Substitute = "flux"

// Values lists the allowed programs.
func (Substitute) Values() []string { return texts(SubstituteFlux) }

// variableForm is a variable in a text, and its default: of the forms that Flux
// knows those that put in a value as it is. What it does with them:
// github.com/fluxcd/pkg/envsubst v1.8.0.
var variableForm = lazyregexp.New(`\$\{[A-Za-z_][A-Za-z0-9_]*(?::[=-]([A-Za-z0-9._:/@-]*))?\}`)

// HasVariable reports whether a text has a variable, whose value nobody knows
// before it is applied.
func HasVariable(text string) bool { return variableForm().MatchString(text) }

// filled is a text with each variable's default in its place, or else this.
func filled(text, unknown string) string {
	return variableForm().ReplaceAllStringFunc(text, func(v string) string {
		if value := variableForm().FindStringSubmatch(v)[1]; value != "" {
			return value
		}
		return unknown
	})
}

// substituted is a field of a base in which a variable may stand.
type substituted struct {
	path []string // with * for any key
	// checked is one whose value hearth checks for its form. Others are anybody's
	// text, in which ${ stands for itself where nobody substitutes.
	checked bool
}

// substitutedFields are those that hearth need not understand. What it computes
// with, what names an object, and what a program beside the cluster reads, is
// not among them.
var substitutedFields = []substituted{
	{[]string{"expose", "host"}, true},
	{[]string{"expose", "additionalHosts", "*"}, true},
	{[]string{"openWebUI", "oidc", "providerURL"}, true},
	{[]string{"ollama", "storage", "storageClassName"}, true},
	{[]string{"openWebUI", "storage", "storageClassName"}, true},
	{[]string{"annotations", "*"}, false},
	{[]string{"expose", "annotations", "*"}, false},
	{[]string{"ollama", "service", "annotations", "*"}, false},
	{[]string{"openWebUI", "service", "annotations", "*"}, false},
	{[]string{"ollama", "service", "loadBalancerIP"}, true},
	{[]string{"openWebUI", "service", "loadBalancerIP"}, true},
	{[]string{"ollama", "env", "*"}, false},
	{[]string{"openWebUI", "env", "*"}, false},
}

const substitutedNames = "expose.host, expose.additionalHosts, openWebUI.oidc.providerURL, storageClassName, loadBalancerIP, annotations and env"

// substituteKey is the annotation or label by which Flux, at the value disabled,
// leaves an object's variables as they are.
const substituteKey = "kustomize.toolkit.fluxcd.io/substitute"

// variables checks the variables of a stack: where they stand, and whether what
// substitutes them would rewrite more than them.
func (v validator) variables(s *Stack) {
	at, hosts, used := field.NewPath("spec"), false, false
	check := func(at *field.Path, written any) {
		data, err := json.Marshal(written)
		base := map[string]any{}
		if err != nil || bytes.IndexByte(data, '$') < 0 && !bytes.Contains(data, []byte(substituteKey)) || json.Unmarshal(data, &base) != nil { // an error is said of the value
			return
		}
		// Whole objects are their author's, and `hearth vet` looks at them.
		delete(base, "resources")
		delete(base, "patches")
		expose, _ := base["expose"].(map[string]any)
		host, _ := expose["host"].(string)
		hosts = hosts || HasVariable(host)
		if data, err = json.Marshal(base); err == nil {
			used = used || HasVariable(string(data))
		}
		v.because(field.NewPath("spec", "substitute")).variablesOf(at, nil, base, s.Spec.Substitute == SubstituteFlux)
	}
	for i, b := range s.Spec.Bases {
		check(at.Child("bases").Index(i), b)
	}
	for i, o := range s.Spec.Overlays {
		for j, b := range o.Bases {
			check(at.Child("overlays").Index(i).Child("bases").Index(j), b)
		}
	}
	if s.Spec.Substitute != SubstituteFlux {
		return
	}
	v = v.because(at.Child("substitute"))
	if s.Spec.Fleet != nil && used {
		v.errorf(at.Child("fleet"), "remove it, or write the values out", "Fleet puts in no value for a variable, such as one in expose.host")
	}
	if c := s.Spec.Catalog; c != nil && hosts {
		for name, asked := range map[string]bool{"homer": c.Homer != nil, "gatus": c.Gatus != nil, "backstage": c.Backstage != nil} {
			if asked {
				v.errorf(at.Child("catalog", name), "remove it, or write the hosts out", "no cluster gets the file, so that nobody substitutes the variable in expose.host, and its link leads nowhere")
			}
		}
	}
}

// variablesOf checks a value of a base and all below it.
func (v validator) variablesOf(at *field.Path, path []string, value any, flux bool) {
	switch value := value.(type) {
	case map[string]any:
		last := ""
		if len(path) > 0 {
			last = strings.ToLower(path[len(path)-1])
		}
		for _, key := range slices.Sorted(maps.Keys(value)) {
			below := at.Child(key)
			if last == "env" || strings.HasSuffix(last, "annotations") {
				below = at.Key(key)
			}
			if flux && key == substituteKey && value[key] == "disabled" && (strings.HasSuffix(last, "annotations") || strings.HasSuffix(last, "labels")) {
				v.errorf(at.Key(key), "remove it; or leave spec.substitute out, and write the values", "Flux then puts in no value on the object, and a variable reaches the cluster as it stands")
			}
			v.variablesOf(below, append(slices.Clone(path), key), value[key], flux)
		}
	case []any:
		for i, e := range value {
			v.variablesOf(at.Index(i), append(slices.Clone(path), "*"), e, flux)
		}
	case string:
		v.variable(at, path, value, flux)
	}
}

func (v validator) variable(at *field.Path, path []string, text string, flux bool) {
	if !strings.Contains(text, "${") && !strings.Contains(text, "$$") {
		return
	}
	i := slices.IndexFunc(substitutedFields, func(f substituted) bool {
		return slices.EqualFunc(f.path, path, func(want, got string) bool { return want == "*" || want == got })
	})
	controllers := len(path) > 2 && path[0] == "expose" && AnnotationController(path[2]) != ""
	switch {
	case !flux && i >= 0 && substitutedFields[i].checked && HasVariable(text):
		v.errorf(at, "write substitute: flux in spec, if a Kustomization of Flux with postBuild applies this", "got %q: nobody is said to put in a value", text)
	case !flux:
	case controllers: // nginx's variables look the same, and no value is checked that hearth does not see
		v.errorf(at, "write the value out; for nginx's own variables leave spec.substitute out, and have Flux apply this without postBuild",
			"got %q: a controller reads the annotation, and Flux would put in a value of its own", text)
	case v.failed(at): // said with the field's own form
	case i < 0:
		v.errorf(at, "write $ before something else than $ and {, or the value itself", "got %q: Flux takes ${...} and $$ for its own, and a variable may stand in %s only", text, substitutedNames)
	default:
		v.forms(at, path, text)
	}
}

// forms checks what Flux makes of a text that may have variables.
func (v validator) forms(at *field.Path, path []string, text string) {
	rest := variableForm().ReplaceAllString(strings.ReplaceAll(text, "$${", ""), "")
	switch {
	case strings.Contains(rest, "${"):
		v.errorf(at, "write $${ for ${ itself", "got %q, want ${NAME}, ${NAME:=default} or ${NAME:-default}, with a default of letters, digits and ._:/@-", text)
	case strings.Contains(rest, "$$"):
		v.errorf(at, "put the value into a Secret or ConfigMap", "got %q: of $$ Flux leaves one", text)
	case slices.Contains(path, "env") && path[len(path)-1] != "TZ" && !staysString(text): // no time zone is a number
		v.errorf(at, "hand the variable over from a ConfigMap, by envFrom; or write text beside it, as in https://${NAME}",
			"got %q: with a number or true as its value it is no text any more, which Kubernetes refuses; and hearth cannot see what it turns off", text)
	}
}

// staysString reports whether a text is read as one, and as no switch, whatever
// its variables are.
func staysString(text string) bool {
	if !HasVariable(text) {
		return true
	}
	for _, value := range []string{"", "1", "e", "true", "x"} {
		replaced := variableForm().ReplaceAllString(text, value)
		var read any
		if err := yaml.Unmarshal([]byte(replaced), &read); err != nil {
			return false
		}
		if _, ok := read.(string); !ok {
			return false
		}
		if _, err := strconv.ParseBool(strings.ToLower(replaced)); err == nil {
			return false
		}
	}
	return strings.TrimSpace(variableForm().ReplaceAllString(text, "")) != ""
}
