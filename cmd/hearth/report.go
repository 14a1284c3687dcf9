package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/columns"
	"github.com/hearth-dev/hearth/internal/diff"
	"github.com/hearth-dev/hearth/internal/disk"
	"github.com/hearth-dev/hearth/internal/secrets"
)

// report is what render prints, for a person or as JSON.
type report struct {
	stack   string     // what messages call it
	command string     // that writes the tree
	plan    *disk.Plan // nil if there are problems

	Folder   string          `json:"folder"`
	Check    bool            `json:"check,omitempty"`
	DryRun   bool            `json:"dryRun,omitempty"`
	Written  bool            `json:"written"`
	Problems problem.List    `json:"problems,omitempty"`
	Files    []fileReport    `json:"files,omitempty"`
	Overlays []overlayReport `json:"overlays,omitempty"`
	Diff     string          `json:"diff,omitempty"`
	// Changes are what a dry run would do to the clusters.
	Changes []diff.Overlay `json:"changes,omitempty"`
}

type fileReport struct {
	Path   string  `json:"path"`
	Change disk.Op `json:"change"`
}

type overlayReport struct {
	Name    string             `json:"name"`
	Secrets []generator.Secret `json:"secrets,omitempty"`
	// RedirectURIs have to be registered at the providers that sign people in.
	RedirectURIs []generator.RedirectURI `json:"redirectURIs,omitempty"`

	words []string // of the command that makes the Secrets
}

func (r *report) add(p problem.Problem) { r.Problems = append(r.Problems, p) }

func (r *report) conflicts(folder string, conflicts disk.Conflicts) {
	for _, c := range conflicts {
		r.add(problem.Problem{Severity: problem.Error, File: strings.TrimPrefix(folder+"/"+c.Path, "./"), Message: c.Reason})
	}
}

// failed reports whether the verb ends with exit code 1.
func (r *report) failed() bool {
	return r.Problems.Err() != nil || r.Check && !r.plan.Clean()
}

func (r *report) write(stdout, stderr io.Writer, f format) error {
	if f == formatJSON {
		if r.plan != nil {
			for _, c := range r.plan.Changes {
				r.Files = append(r.Files, fileReport{c.Path, c.Op})
			}
			if !r.Written {
				r.Diff = string(r.plan.Diff())
			}
		}
		return writeJSON(stdout, r)
	}
	if r.Check && r.plan != nil {
		if _, err := stdout.Write(painter(stdout).diff(r.plan.Diff())); err != nil {
			return err
		}
	}
	_, err := io.WriteString(stderr, r.text(painter(stderr)))
	return err
}

// text is the report for a person.
func (r *report) text(paint paint) string {
	var b strings.Builder
	n := len(r.Problems.Errors())
	if n > 0 { // of a dry run; what is wrong is read last
		b.WriteString(overlaysText(r.Changes, paint))
	}
	for _, p := range r.Problems {
		b.WriteString(paint.problem(p) + "\n")
	}
	if n > 0 {
		fmt.Fprintf(&b, "%s; nothing was written\n", count(n, "problem"))
		return b.String()
	}
	verbs := map[disk.Op]string{disk.Create: "created", disk.Update: "updated", disk.Remove: "removed"}
	if r.DryRun {
		verbs = map[disk.Op]string{disk.Create: "would create", disk.Update: "would update", disk.Remove: "would remove"}
	}
	for _, c := range r.plan.Changes {
		switch {
		case c.Op == disk.Keep:
		case r.Check && c.LineEndingsOnly():
			fmt.Fprintf(&b, "%s differs only in its line endings, CRLF instead of LF; if git made them so, put this into .gitattributes and check the files out anew: %s text eol=lf\n", c.Path, c.Path)
		case r.Check:
			fmt.Fprintf(&b, "%s %s; run: %s\n", c.Path, drift(c.Op, r.stack), r.command)
		default:
			fmt.Fprintf(&b, "%s %s\n", paint.op(c.Op, verbs[c.Op]), c.Path)
		}
	}
	b.WriteString(overlaysText(r.Changes, paint))
	b.WriteString(r.summary())
	if !r.Check {
		b.WriteString(r.secrets())
	}
	return b.String()
}

// drift says how a file differs from the stack.
func drift(op disk.Op, stack string) string {
	switch op {
	case disk.Create:
		return "is missing"
	case disk.Remove:
		return "is not in " + stack + " any more"
	default:
		return "differs from " + stack
	}
}

// summary counts the files.
func (r *report) summary() string {
	n := func(op disk.Op) int { return len(r.plan.Paths(op)) }
	if r.plan.Clean() {
		return fmt.Sprintf("in %s: %s, all as %s asks for\n", r.Folder, count(n(disk.Keep), "file"), r.stack)
	}
	if r.Check {
		return fmt.Sprintf("in %s: %d of %s to change\n", r.Folder, len(r.plan.Changes)-n(disk.Keep), count(len(r.plan.Changes), "file"))
	}
	would := ""
	if r.DryRun {
		would = "would be "
	}
	return fmt.Sprintf("in %s: %s%d created, %d updated, %d removed, %d unchanged\n",
		r.Folder, would, n(disk.Create), n(disk.Update), n(disk.Remove), n(disk.Keep))
}

// secrets lists what has to be on the clusters and never is in Git.
func (r *report) secrets() string {
	var b strings.Builder
	for _, o := range r.Overlays {
		if len(o.Secrets) == 0 {
			continue
		}
		fmt.Fprintf(&b, "overlay %s needs these Secrets:\n", o.Name)
		for _, s := range o.Secrets {
			var keys []string
			for _, k := range s.Keys {
				keys = append(keys, k.Name)
			}
			b.WriteString(columns.Hang(columns.Width, fmt.Sprintf("  %s/%s (%s): ", s.Namespace, s.Name, strings.Join(keys, ", ")), s.Purpose))
		}
		missing := secrets.Missing(o.Secrets, secrets.Known{})
		command := secretsCommand(o.Secrets, missing, o.words)
		note := "this prints them, and with --apply --context CONTEXT it creates them"
		if len(missing) > 0 {
			note += "; what is in capitals is yours to fill in"
		}
		b.WriteString(columns.Hang(columns.Width, "", note+":") + command)
		b.WriteString(registered(o.RedirectURIs))
	}
	return b.String()
}

// count is a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
