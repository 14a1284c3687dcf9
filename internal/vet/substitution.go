package vet

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/fluxcd/pkg/envsubst"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/lazyregexp"
	"github.com/hearth-dev/hearth/internal/objects"
)

func substitutionRules() []Rule {
	return []Rule{{
		ID: "substitution", Severity: problem.Error, check: substitution,
		Reason: "Flux with postBuild takes ${...} for its own wherever it stands: a variable of a script or of nginx becomes nothing without a word, and from Flux 2.9 on nothing of the folder is applied",
		Fix:    "annotate the object kustomize.toolkit.fluxcd.io/substitute: disabled, or write $name without braces, or $${name}",
		Source: "https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution; github.com/fluxcd/pkg/envsubst v1.8.0, which the rule asks",
	}}
}

// substitution finds texts that Flux rewrites and whose author did not mean it:
// what a script sets itself, what no variable of Flux can be named, what nginx
// has a variable of, and what Flux cannot read.
func substitution(in *input) []Finding {
	var found []Finding
	for _, s := range in.facts.Syncers {
		if !s.Substitutes {
			continue
		}
		for i, o := range in.All {
			const key = fluxGroup + "/substitute"
			if objects.Annotations(o)[key] == "disabled" || objects.Text(o, "metadata", "labels", key) == "disabled" {
				continue
			}
			eachText(o, "", func(field, text string) {
				if message := s.rewrites(text, o, field); message != "" {
					found = append(found, Finding{Object: in.Refs[i], Path: field, Message: fmt.Sprintf("%s: %s", s.Ref, message)})
				}
			})
		}
	}
	return found
}

// eachText calls f with each text of an object, and the path to it.
func eachText(v any, field string, f func(field, text string)) {
	switch v := v.(type) {
	case string:
		f(field, v)
	case []any:
		for i, e := range v {
			eachText(e, fmt.Sprintf("%s[%d]", field, i), f)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			at := field + "." + key
			if strings.Contains(key, ".") || strings.Contains(key, "/") {
				at = field + "[" + key + "]"
			}
			eachText(v[key], strings.TrimPrefix(at, "."), f)
		}
	}
}

var (
	// reference is one that Flux would replace, and the name in it.
	reference = lazyregexp.New(`(\$*)\$\{#?([A-Za-z_0-9]*)`)
	// processID is the shell's $$, of which Flux leaves one; $${ is Flux's own.
	processID = lazyregexp.New(`(^|[^$])\$\$([^{$]|$)`)
	// scripting is what a shell's script looks like, and command where one stands.
	scripting = lazyregexp.New(`(?m)^#!.*sh\b|^\s*(set -[a-z]|if \[|for \w+ in |while |case |exec |export )|; (then|do)\b`)
	command   = lazyregexp.New(`\.(command|args)\[\d+\]$`)
)

// rewrites says what Flux makes of a text that is not meant for it; "" if
// nothing, or what may be meant.
func (s *Syncer) rewrites(text string, o Object, field string) string {
	if !strings.Contains(text, "${") && !strings.Contains(text, "$$") {
		return ""
	}
	// Variables that nobody knows of are said to be there: from elsewhere.
	if _, err := envsubst.Eval(text, func(name string) (string, bool) { return s.Variables[name], true }); err != nil {
		return fmt.Sprintf("Flux cannot read it, and refuses all of the folder: %v", err)
	}
	script := scripting().MatchString(text) || command().MatchString(field)
	for _, at := range reference().FindAllStringSubmatchIndex(text, -1) {
		dollars, name := text[at[2]:at[3]], text[at[4]:at[5]]
		if _, set := s.Variables[name]; set || len(dollars)%2 == 1 { // $${ is left as ${
			continue
		}
		switch {
		case name == "":
		case name[0] >= '0' && name[0] <= '9':
			return s.becomes(text, at[0], "no variable of Flux has a number for a name")
		case script && assigns(text, name):
			return s.becomes(text, at[0], "the script sets "+name+" itself")
		case script && slices.Contains(variablesOf(o), name):
			return s.becomes(text, at[0], "the container has "+name+" in its environment")
		case strings.HasPrefix(field, "metadata.annotations[nginx.") && nginxVariable().MatchString(name):
			return s.becomes(text, at[0], name+" is nginx's")
		}
	}
	if at := processID().FindStringIndex(text); script && at != nil {
		return s.becomes(text, at[0], "of $$, the shell's process, one is left")
	}
	return ""
}

// nginxVariable is the name of one of nginx's that annotations are written with.
var nginxVariable = lazyregexp.New(`^(binary_remote_addr|remote_(addr|user|port)|request(_id|_uri|_method|_length)?|uri|host|hostname|scheme|args|is_args|query_string|server_(name|port|addr)|document_uri|(http|arg|cookie|jwt_claim|upstream|ssl)_\w+|proxy_add_x_forwarded_for)$`)

// becomes shows the line at an offset before and after.
func (s *Syncer) becomes(text string, at int, why string) string {
	start := strings.LastIndexByte(text[:at], '\n') + 1
	line, _, _ := strings.Cut(text[start:], "\n")
	line = strings.TrimSpace(line)
	after, err := envsubst.Eval(line, func(name string) (string, bool) { return s.Variables[name], true })
	if err != nil { // it goes on in the next one
		return fmt.Sprintf("%s: %s", why, problem.Clip(line))
	}
	return fmt.Sprintf("%s: %s is applied as %s", why, problem.Clip(line), cmp.Or(problem.Clip(after), "nothing"))
}

// assigns reports whether a shell script gives a variable its value, and not one
// that Flux puts in: X="${X}".
func assigns(script, name string) bool {
	quoted := regexp.QuoteMeta(name)
	set := regexp.MustCompile(`(?m)(?:^|[;&|(]|\b(?:local|export|readonly|declare|then|do|else)\b)[ \t]*(?:-\w+[ \t]+)*(?:\w+=\S*[ \t]+)*` + quoted + `\+?="?(.*)$`)
	for _, m := range set.FindAllStringSubmatch(script, -1) {
		if !strings.HasPrefix(m[1], "${"+name) {
			return true
		}
	}
	return regexp.MustCompile(`\bfor ` + quoted + ` in\b|\bread (-\w+ )*(\w+ )*` + quoted + `\b`).MatchString(script)
}

// variablesOf are the names in the environment of an object's containers, but for
// those whose value Flux puts in.
func variablesOf(o Object) []string {
	var names []string
	spec := objects.Child(o, append(objects.TemplatePath(RefOf(o)), "spec")...)
	for _, list := range []string{"initContainers", "containers"} {
		for _, c := range objects.List(spec, list) {
			for _, v := range objects.List(c, "env") {
				if name := objects.Text(v, "name"); !strings.Contains(objects.Text(v, "value"), "${"+name) {
					names = append(names, name)
				}
			}
		}
	}
	return names
}
