package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/columns"
	"github.com/hearth-dev/hearth/internal/vet"
)

// vetReport is what vet prints, for a person or as JSON.
type vetReport struct {
	// Clean means no errors that nobody accepts, in something that was looked at.
	Clean    bool `json:"clean"`
	Errors   int  `json:"errors"`
	Warnings int  `json:"warnings"`
	Accepted int  `json:"accepted"`
	// NotSeen is how much is deployed with it, and was not looked at.
	NotSeen int          `json:"notSeen"`
	Results []vet.Result `json:"results"`

	unjudged []string // what was given, and of which no workload was looked at
}

func newVetReport(results []vet.Result) vetReport {
	r := vetReport{Results: results}
	for _, result := range results {
		errs, warnings, accepted := counts(result)
		r.Errors, r.Warnings, r.Accepted, r.NotSeen = r.Errors+errs, r.Warnings+warnings, r.Accepted+accepted, r.NotSeen+len(result.Unseen)
	}
	r.unjudged = unjudged(results)
	r.Clean = r.Errors == 0 && len(r.unjudged) == 0
	return r
}

// unjudged are what was given and led to no workload, but to something that was
// not seen.
func unjudged(results []vet.Result) []string {
	unseen, workloads := map[string]int{}, map[string]int{}
	var given []string
	for _, result := range results {
		name := cmp.Or(result.Of, result.Name)
		if !slices.Contains(given, name) {
			given = append(given, name)
		}
		unseen[name] += len(result.Unseen)
		workloads[name] += result.Workloads
	}
	return slices.DeleteFunc(given, func(name string) bool { return unseen[name] == 0 || workloads[name] > 0 })
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
		if (result.Name == "" || result.Objects == 0 && result.Of == "" && len(r.Results) > 1) && len(result.Findings)+len(result.Unseen) == 0 {
			continue // the stack, or a folder that has nothing but folders
		}
		name := result.Name
		if name == "" {
			name = "the stack"
		} else {
			places++
		}
		errs, warnings, accepted := counts(result)
		if by := result.By.String(); by != "" {
			name += " (" + by + ")"
		}
		if len(result.Namespaces) > 0 {
			name += " (" + strings.Join(result.Namespaces, ", ") + ")"
		}
		if len(result.Unseen) > 0 && result.Workloads == 0 {
			name += ": nothing that runs was looked at"
		}
		b.WriteString(headed(name, tally(result.Objects, errs, warnings, accepted, len(result.Unseen))))
		v.findings(&b, paint, result.Findings)
		notSeen(&b, paint, result.Unseen)
	}
	if places > 1 {
		b.WriteString(headed("in all", tally(objects, r.Errors, r.Warnings, r.Accepted, r.NotSeen)))
	}
	_, err := io.WriteString(stdout, b.String())
	return err
}

// headed is the line about a place.
func headed(name, text string) string {
	return columns.Hang(columns.Width, "  ", name+": "+text)[2:]
}

func tally(objects, errs, warnings, accepted, unseen int) string {
	errors := count(errs, "error")
	if unseen > 0 {
		errors += " in what was seen"
	}
	text := fmt.Sprintf("%s, %s, %s, %d accepted", count(objects, "object"), errors, count(warnings, "warning"), accepted)
	if unseen > 0 {
		text += fmt.Sprintf(", %d not seen", unseen)
	}
	return text
}

// notSeen shows what was not looked at, and how it can be.
func notSeen(b *strings.Builder, paint paint, rows []vet.Unseen) {
	for _, u := range rows {
		fmt.Fprintf(b, "  %s\n", paint.in(yellow, "not seen"))
		b.WriteString(columns.Hang(columns.Width, "      ", spaced(": ", u.Object.String(), u.What))[2:])
		b.WriteString(columns.Hang(columns.Width, "      why: ", u.Why))
		b.WriteString(columns.Hang(columns.Width, "      fix: ", u.Fix))
	}
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
