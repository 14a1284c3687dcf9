package v1alpha1_test

import (
	"fmt"
	"github.com/hearth-dev/hearth/generator"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hearth-dev/hearth/api/problem"
)

// wrong are values that most fields cannot have.
var wrong = []string{
	"null", `""`, "-1", "0", "1.5", "1000000000000", "true", "no", "maybe", "two words", "Ünïcode", `"line\nbreak"`,
	strings.Repeat("x", 300), "[]", "{}", "[null]", "[maybe]", "{maybe: 1}",
}

// wrongInOverlay are those of them that an overlay is tried with.
var wrongInOverlay = []string{"null", `""`, "-1", "two words", "[maybe]"}

// TestEveryField puts every wrong value into every field of a stack: where a
// base has it, and where an overlay overrides it. Each is refused once, at its
// own line, by the field's path and with the value seen; or it stands in
// testdata/accepted.txt, among those that only look wrong.
func TestEveryField(t *testing.T) {
	fields := everyField(t)
	accepted := make([]string, len(fields))
	t.Run("fields", func(t *testing.T) {
		for i, f := range fields {
			t.Run(f.pattern, func(t *testing.T) {
				t.Parallel()
				accepted[i] = f.accepts(t)
			})
		}
	})
	got := "# Values that look wrong and are not: null is the default, and some text may be anything.\n" + strings.Join(accepted, "")
	const golden = "testdata/accepted.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("accepted values (-want +got):\n%s", diff)
	}
}

// accepts tries the wrong values, and lists those that are not refused.
func (f field) accepts(t *testing.T) string {
	var fine []string
	for _, value := range wrong {
		refused := f.with(t, value).judge(t, value)
		if !refused {
			fine = append(fine, strings.ReplaceAll(value, strings.Repeat("x", 300), "xxx..."))
		}
		if !slices.Contains(wrongInOverlay, value) || value == "null" && strings.HasSuffix(f.pattern, "{}") {
			continue // in an overlay's map null removes the entry
		}
		if d := f.overridden(t, value); d != nil && d.judge(t, value) != refused {
			t.Errorf("%s: refused in a base: %t, in an overlay: %t", value, refused, !refused)
		}
	}
	if fine == nil {
		return ""
	}
	return f.pattern + ": " + strings.Join(fine, " | ") + "\n"
}

// TestEveryFieldMisspelt writes a field that there is not beside every field
// that there is.
func TestEveryFieldMisspelt(t *testing.T) {
	for _, f := range everyField(t) {
		name, isField := f.steps[len(f.steps)-1].(string)
		if !isField || strings.HasSuffix(f.pattern, "{}") {
			continue // an item of a list, an entry of a map
		}
		d := f.beside(t, name+"x")
		problems := d.parse(t)
		want := fmt.Sprintf("unknown field %q", name+"x")
		i := slices.IndexFunc(problems, func(p problem.Problem) bool {
			return p.Path == d.path && p.Line == d.first && strings.Contains(p.Message, want)
		})
		if i < 0 {
			t.Errorf("%s in line %d: got\n%s\nwant %s", d.path, d.first, problems, want)
		} else if problems[i].Fix != fmt.Sprintf("%q is there too: keep one of them", name) {
			t.Errorf("%s: does not name the field beside it", problems[i])
		}
	}
}

// wrongStack is a stack with one wrong value at path, in the lines from first to
// last.
type wrongStack struct {
	text, path  string
	first, last int
}

func (d *wrongStack) parse(t *testing.T) problem.List {
	t.Helper()
	stack, problems := generator.Load("hearth.yaml", []byte(d.text))
	if (stack == nil) != (problems.Err() != nil) {
		t.Errorf("%s: a Stack: %t, and errors: %t; want one or the other", d.path, stack != nil, problems.Err() != nil)
	}
	return problems
}

// internal is the language of the program instead of the person's.
var internal = regexp.MustCompile(`reflect|%!|strconv|yaml: |json: |unmarshal|\bnil\b|interface|runtime error|panic|int64|map\[|\[\]string|struct\b|regexp|<nil>|0x[0-9a-f]{6}`)

// judge checks what is said about the value at d.path, and reports whether it is
// refused.
func (d *wrongStack) judge(t *testing.T, value string) (refused bool) {
	t.Helper()
	problems := d.parse(t)
	about := 0
	for _, p := range problems {
		long := p.Path+".value" == d.path // what url: {value: URL} says, as url: URL does
		switch {
		case p.File != "hearth.yaml" || p.Line < 1 || p.Column < 1:
			t.Errorf("%s: names no place", p)
		case internal.MatchString(p.Message + p.Fix):
			t.Errorf("%s: speaks Go", p)
		case p.Severity == problem.Warning:
		case takesAway(value):
			about++ // what is missing may be missed anywhere
		case !long && (!below(p.Path, d.path) || p.Line < d.first || p.Line > d.last):
			t.Errorf("%s: is said of %s: %s, which is at %s in line %d", p, d.path, value, d.path, d.first)
		case shows(p, value), strings.HasPrefix(p.Message, "got a text"): // which may be a secret
			about++
		default:
			t.Errorf("%s: does not show the value %s", p, value)
		}
	}
	if refused = problems.Err() != nil; refused && about == 0 {
		t.Errorf("%s: nothing is said of %s", d.path, value)
	}
	return refused
}

// takesAway reports whether a value leaves nothing in its place.
func takesAway(value string) bool { return slices.Contains([]string{"null", "[]", "{}"}, value) }

func below(path, outer string) bool {
	rest, ok := strings.CutPrefix(path, outer)
	return ok && (rest == "" || outer == "" || rest[0] == '.' || rest[0] == '[')
}

// shows reports whether a problem shows the value that is wrong.
func shows(p problem.Problem, value string) bool {
	seen := map[string][]string{
		`""`:                     {`""`, "missing"},
		"[null]":                 {"a list", "null"},
		"[maybe]":                {"a list", "maybe"},
		"{maybe: 1}":             {"a mapping", "maybe", "the number 1", "missing", "has no"},
		`"line\nbreak"`:          {`line\nbreak`},
		strings.Repeat("x", 300): {strings.Repeat("x", 100)},
	}[value]
	if seen == nil {
		seen = []string{value}
	}
	secret := strings.Contains(p.Message, "a secret's value") // is not repeated
	return secret || slices.ContainsFunc(seen, func(s string) bool { return strings.Contains(p.Message, s) })
}
