package problem_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hearth-dev/hearth/api/problem"
)

func TestString(t *testing.T) {
	for want, p := range map[string]problem.Problem{
		`hearth.yaml:12:9: spec.expose.type: unsupported value "ngnix": supported values: nginx, traefik; did you mean "nginx"?`: {
			Severity: problem.Error, File: "hearth.yaml", Line: 12, Column: 9, Path: "spec.expose.type",
			Message: `unsupported value "ngnix": supported values: nginx, traefik`, Fix: `did you mean "nginx"?`,
		},
		"hearth.yaml:12:9: warning: spec: odd": {
			Severity: problem.Warning, File: "hearth.yaml", Line: 12, Column: 9, Path: "spec", Message: "odd",
		},
		"hearth.yaml:12: not valid YAML":   {File: "hearth.yaml", Line: 12, Message: "not valid YAML"},
		"hearth.yaml: the file is empty":   {File: "hearth.yaml", Message: "the file is empty"},
		"spec.bases: missing":              {Path: "spec.bases", Message: "missing"},
		"warning: missing; add it":         {Severity: problem.Warning, Message: "missing", Fix: "add it"},
		"12:9: from a source with no name": {Line: 12, Column: 9, Message: "from a source with no name"},
	} {
		if got := p.String(); got != want {
			t.Errorf("String\nwant %s\n got %s", want, got)
		}
	}
}

func TestList(t *testing.T) {
	wrong := problem.Problem{Severity: problem.Error, File: "a", Line: 2, Message: "wrong"}
	odd := problem.Problem{Severity: problem.Warning, File: "a", Line: 1, Message: "odd"}
	l := problem.List{wrong, odd}
	if diff := cmp.Diff(problem.List{wrong}, l.Errors()); diff != "" {
		t.Errorf("Errors (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(problem.List{odd}, l.Warnings()); diff != "" {
		t.Errorf("Warnings (-want +got):\n%s", diff)
	}
	if got, want := l.String(), "a:2: wrong\na:1: warning: odd"; got != want {
		t.Errorf("String is %q, want %q", got, want)
	}

	var failure *problem.Failure
	if err := l.Err(); !errors.As(err, &failure) || err.Error() != "a:2: wrong" {
		t.Errorf("Err is %v", err)
	}
	for _, fine := range []problem.List{nil, {}, {odd}} {
		if err := fine.Err(); err != nil {
			t.Errorf("Err of %v is %v", fine, err)
		}
	}
	// A severity that somebody forgot must not let a problem pass.
	if (problem.List{{Message: "wrong"}}).Err() == nil {
		t.Error("a problem without a severity is no error")
	}
}

func TestSorted(t *testing.T) {
	at := func(file string, line, column int, path string) problem.Problem {
		return problem.Problem{File: file, Line: line, Column: column, Path: path, Message: "wrong"}
	}
	want := problem.List{
		at("a", 0, 0, ""), at("a", 2, 9, "x"), at("a", 10, 1, "x"), at("a", 10, 2, "a"), at("a", 10, 2, "b"), at("b", 1, 1, ""),
	}
	given := problem.List{want[5], want[4], want[2], want[3], want[1], want[4], want[0], want[1]}
	before := append(problem.List{}, given...)
	if diff := cmp.Diff(want, given.Sorted()); diff != "" {
		t.Errorf("Sorted (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(before, given); diff != "" {
		t.Errorf("Sorted changed the list (-before +after):\n%s", diff)
	}
}

func TestJSON(t *testing.T) {
	got, err := json.Marshal(problem.List{
		{Severity: problem.Error, File: "a", Line: 1, Column: 2, Path: "b", Message: "c", Fix: "d"},
		{Severity: problem.Warning, Message: "c"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"severity":"error","file":"a","line":1,"column":2,"path":"b","message":"c","fix":"d"},{"severity":"warning","message":"c"}]`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
}
