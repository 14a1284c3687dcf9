package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/columns"
	"github.com/hearth-dev/hearth/internal/printable"
	"github.com/hearth-dev/hearth/internal/vet"
)

// vetReport is what vet prints, for a person or as JSON.
type vetReport struct {
	// Clean means no errors that nobody accepts.
	Clean    bool         `json:"clean"`
	Errors   int          `json:"errors"`
	Warnings int          `json:"warnings"`
	Accepted int          `json:"accepted"`
	Results  []vet.Result `json:"results"`
}

func newVetReport(results []vet.Result) vetReport {
	r := vetReport{Results: results}
	for _, result := range results {
		errs, warnings, accepted := counts(result)
		r.Errors, r.Warnings, r.Accepted = r.Errors+errs, r.Warnings+warnings, r.Accepted+accepted
	}
	r.Clean = r.Errors == 0
	return r
}

func counts(r vet.Result) (errs, warnings, accepted int) {
	for _, f := range r.Findings {
		switch {
		case f.Counts(problem.Error):
			errs++
		case f.Counts(problem.Warning):
			warnings++
		default:
			accepted++
		}
	}
	return errs, warnings, accepted
}

func (v *vetVerb) print(stdout io.Writer, r vetReport) error {
	if v.format == formatJSON {
		return writeJSON(stdout, r)
	}
	paint := painter(stdout)
	var b strings.Builder
	objects, places := 0, 0
	for _, result := range r.Results {
		objects += result.Objects
		if result.Name == "" && len(result.Findings) == 0 {
			continue
		}
		name := result.Name
		if name == "" {
			name = "the stack"
		} else {
			places++
		}
		errs, warnings, accepted := counts(result)
		fmt.Fprintf(&b, "%s: %s\n", printable.Text(name), tally(result.Objects, errs, warnings, accepted))
		v.findings(&b, paint, result.Findings)
	}
	if places > 1 {
		fmt.Fprintf(&b, "in all: %s\n", tally(objects, r.Errors, r.Warnings, r.Accepted))
	}
	_, err := io.WriteString(stdout, b.String())
	return err
}

func tally(objects, errs, warnings, accepted int) string {
	return fmt.Sprintf("%s, %s, %s, %d accepted", count(objects, "object"), count(errs, "error"), count(warnings, "warning"), accepted)
}

// findings shows them by rule, in the order of the rules, with each fix once
// where it is the same for several.
func (v *vetVerb) findings(b *strings.Builder, paint paint, found []vet.Finding) {
	rule := ""
	for i, f := range found {
		if f.Excepted != "" && !v.accepted {
			continue
		}
		word, colour := string(f.Severity), red
		switch {
		case f.Excepted != "":
			word, colour = "accepted", green
		case f.Severity == problem.Warning:
			colour = yellow
		}
		if head := word + " " + f.Rule; head != rule {
			rule = head
			fmt.Fprintf(b, "  %s %s\n", paint.in(colour, word), f.Rule)
		}
		text := columns.Hang(columns.Width, "      ", spaced(": ", spaced(" ", f.Object.String(), f.Path), f.Message))
		b.WriteString(text[2:]) // so that the next finding does not look like one line more
		switch next := i + 1; {
		case f.Excepted != "":
			b.WriteString(columns.Hang(columns.Width, "      reason: ", f.Excepted))
		case f.Fix != "" && (next == len(found) || found[next].Rule != f.Rule || found[next].Fix != f.Fix):
			b.WriteString(columns.Hang(columns.Width, "      fix: ", f.Fix))
		}
	}
}

// spaced joins what is not empty.
func spaced(sep string, parts ...string) string {
	var some []string
	for _, p := range parts {
		if p != "" {
			some = append(some, p)
		}
	}
	return strings.Join(some, sep)
}

func (v *vetVerb) printRules(stdout io.Writer, rules []vet.Rule) error {
	if v.format == formatJSON {
		return writeJSON(stdout, rules)
	}
	var rows [][]string
	for _, r := range rules {
		rows = append(rows, []string{r.ID, string(r.Severity), r.Reason})
	}
	_, err := io.WriteString(stdout, columns.Table(rows))
	return err
}

func (v *vetVerb) printRule(stdout io.Writer, r vet.Rule) error {
	if v.format == formatJSON {
		return writeJSON(stdout, r)
	}
	rows := [][]string{{"reason:", r.Reason}, {"fix:", r.Fix}, {"source:", r.Source}}
	_, err := fmt.Fprintf(stdout, "%s (%s)\n%s", r.ID, r.Severity, columns.Table(rows))
	return err
}
