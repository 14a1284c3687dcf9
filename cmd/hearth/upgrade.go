package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hearth-dev/hearth/internal/columns"
	"github.com/hearth-dev/hearth/internal/printable"
	"github.com/hearth-dev/hearth/internal/resolve"
	"github.com/hearth-dev/hearth/internal/upgrade"
	"github.com/hearth-dev/hearth/internal/versions"
)

// upgradeVerb says what other versions of a stack's programs change.
type upgradeVerb struct {
	input
	to     upgrade.Target
	edit   bool
	format format
}

func newUpgrade() *cobra.Command {
	v := &upgradeVerb{}
	cmd := &cobra.Command{
		Use:   "upgrade",
		Short: "Say what another version of Ollama or Open WebUI changes",
		Long: fmt.Sprintf(`Upgrade says what lies between the versions that a stack has and others: what
behaves otherwise, variables of the stack that are no longer read, the memory
limit before and after with its arithmetic, how often the chat's database is
migrated, and whether there is a way back. No cluster is asked.

Without a version named, both programs go to the newest that hearth was run and
measured with: Ollama %s and Open WebUI %s. With one named, the other
program stays. A variant such as -rocm stays with the tag.

It only says so. --write changes the versions in the file, and nothing else in
it; hearth diff then says what render would do to the clusters.

Open WebUI migrates its database when it starts, forward only. A version before
migrations that have run is refused: only a backup leads back. Ollama's volume
holds models, which every version reads.

Exit code 1 means that something is in the way, and that nothing was written.`, versions.Ollama.Measured, versions.OpenWebUI.Measured),
		Example: `  hearth upgrade                       to the newest measured, both
  hearth upgrade --ollama 0.24.0       one of them, to another version
  hearth upgrade --write && hearth diff
  hearth upgrade -o json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return v.run(cmd) },
	}
	v.addFlag(cmd)
	flags := cmd.Flags()
	flags.StringVar(&v.to.Ollama, "ollama", "", "the `version` of Ollama to go to")
	flags.StringVar(&v.to.OpenWebUI, "open-webui", "", "the `version` of Open WebUI to go to")
	flags.BoolVar(&v.edit, "write", false, "write the versions into the stack")
	v.format.addFlag(cmd, "`text`, or json")
	complete(cmd, "ollama", tags(&versions.Ollama)...)
	complete(cmd, "open-webui", tags(&versions.OpenWebUI)...)
	return cmd
}

// tags of a program that are worth offering: those that changed something, and
// those that were run.
func tags(p *versions.Program) (all []string) {
	for _, r := range p.Releases {
		all = append(all, r.Version)
	}
	return append(all, p.Default, p.Measured)
}

// upgradeReport is what -o json prints.
type upgradeReport struct {
	*upgrade.Plan
	Stack   string `json:"stack"`
	Written bool   `json:"written"`
}

func (v *upgradeVerb) run(cmd *cobra.Command) error {
	asked := v.to != upgrade.Target{}
	for _, flag := range []struct{ name, version, like string }{
		{"ollama", v.to.Ollama, versions.Ollama.Measured}, {"open-webui", v.to.OpenWebUI, versions.OpenWebUI.Measured},
	} {
		if flag.version != "" && !versions.IsVersion(flag.version) {
			return fmt.Errorf("--%s %q is no version: want one such as %s", flag.name, flag.version, flag.like)
		}
	}
	if !asked {
		v.to = upgrade.Target{Ollama: versions.Ollama.Measured, OpenWebUI: versions.OpenWebUI.Measured}
	}
	if v.edit && v.file == "-" {
		return errors.New("--write needs a file to write to: stdin is none")
	}
	data, err := v.bytes(cmd.InOrStdin())
	if err != nil {
		return err
	}
	file := resolve.Read(v.name(), data, v.list)
	plan := upgrade.NewPlan(file, v.to, asked)
	if plan == nil {
		return printProblems(cmd.ErrOrStderr(), file.Problems.Errors())
	}
	report := upgradeReport{Plan: plan, Stack: v.name()}
	if v.edit && plan.Stands() && len(plan.Moves) > 0 {
		edited, err := plan.Edit(v.name(), data)
		if err != nil {
			return err
		}
		if !bytes.Equal(edited, data) {
			if err := replaceFile(v.file, edited); err != nil {
				return err
			}
			report.Written = true
		}
	}
	if v.format == formatJSON {
		err = writeJSON(cmd.OutOrStdout(), report)
	} else {
		_, err = fmt.Fprint(cmd.OutOrStdout(), report.text())
	}
	if err == nil && !plan.Stands() {
		err = errProblems
	}
	return err
}

// text says of each step once what it changes everywhere, and then what it
// changes where.
func (r *upgradeReport) text() string {
	var b strings.Builder
	type step struct{ program, from, to string }
	stepOf := func(m upgrade.Move) step { return step{m.Program, m.From, m.To} }
	said := map[step]bool{}
	for _, m := range r.Moves {
		if said[stepOf(m)] {
			continue
		}
		said[stepOf(m)] = true
		fmt.Fprintf(&b, "%s %s -> %s\n%s", m.Program, printable.Text(m.From), printable.Text(m.To), columns.Table(stepRows(m)))
		for _, same := range r.Moves {
			if stepOf(same) == stepOf(m) {
				b.WriteString(columns.Hang(columns.Width, "  ", where(same.Where)) + columns.Table(moveRows(same)))
			}
		}
		b.WriteString("\n")
	}
	for _, s := range r.Stays {
		b.WriteString(columns.Hang(columns.Width, "", fmt.Sprintf("%s: %s %s stays: %s", where(s.Where), s.Program, s.Version, s.Why)))
	}
	for _, text := range r.Refused {
		b.WriteString(columns.Hang(columns.Width, "refused: ", text))
	}
	b.WriteString(columns.Hang(columns.Width, "", r.next()))
	return b.String()
}

func where(w upgrade.Where) string {
	if len(w.Overlays) == 0 {
		return w.Base
	}
	return w.Base + " in " + strings.Join(w.Overlays, ", ")
}

// table collects rows, of which only the first of a kind names it.
type table [][]string

func (t *table) say(what string, texts ...string) {
	for _, text := range texts {
		if text != "" {
			*t = append(*t, []string{what, text})
			what = ""
		}
	}
}

func stepRows(m upgrade.Move) (t table) {
	t.say("  refused", m.Refused)
	t.say("  unknown", m.Unknown)
	t.say("  first", m.First...)
	t.say("  changes", m.Changes...)
	if m.Migrations > 0 {
		t.say("  database", fmt.Sprintf("%d migrations lie between", m.Migrations))
	}
	t.say("  way back", m.WayBack)
	return t
}

func moveRows(m upgrade.Move) (t table) {
	var unread []string
	for _, v := range m.Variables {
		unread = append(unread, fmt.Sprintf("%s: %s; %s", v.Name, v.Reason, v.Fix))
	}
	t.say("    not read", unread...)
	mem := m.Memory
	if mem == nil {
		return t
	}
	limit := fmt.Sprintf("stays %s", mem.Before.Limit)
	if mem.Before.Limit != mem.After.Limit {
		limit = fmt.Sprintf("%s becomes %s", mem.Before.Limit, mem.After.Limit)
	}
	t.say("    limit", limit)
	t.say("    before", mem.Before.Sum)
	t.say("    after", mem.After.Sum)
	if len(mem.Unknown) > 0 {
		t.say("    unknown", "in no sum: "+strings.Join(mem.Unknown, ", "))
	}
	return t
}

// next is what to do after reading it.
func (r *upgradeReport) next() string {
	switch {
	case len(r.Moves) == 0:
		return "nothing moves"
	case !r.Stands():
		return "mend what is refused first: --write writes nothing before"
	case r.Written:
		return "wrote " + r.Stack + "; next: hearth diff, then hearth render (and hearth lock, where images are held to digests)"
	}
	return "next: hearth upgrade --write changes the versions in " + r.Stack + ", and hearth diff says what the clusters get"
}
