package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/hearth-dev/hearth/internal/schema"
	"github.com/hearth-dev/hearth/internal/testing/pagetest"
	"github.com/hearth-dev/hearth/internal/versions"
	"github.com/hearth-dev/hearth/internal/vet"
)

// TestReference holds the pages of fields, commands, rules and versions against
// what hearth explain, --help, vet --list and the table of versions say.
func TestReference(t *testing.T) {
	for name, text := range map[string]string{"stack": stackPage(t), "commands": commandsPage(t), "rules": rulesPage(), "versions": versionsPage()} {
		pagetest.Page(t, "../../docs/reference/"+name+".md", "go test ./cmd/hearth -run Reference -update", *update, text)
	}
}

const made = "<!-- Made by: go test ./cmd/hearth -run Reference -update -->\n\n"

// cell is text in a table.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n\n", "<br>", "\n", " ", "<", "&lt;", "{{", "{&#123;").Replace(text)
}

func inCode(text string) string {
	if text == "" {
		return ""
	}
	return "`" + strings.ReplaceAll(text, "|", `\|`) + "`"
}

func stackPage(t *testing.T) string {
	t.Helper()
	document, err := schema.Stack()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("# Every field of hearth.yaml\n\n" + made +
		"By type, from the file down. `hearth explain PATH` says the same in a terminal, and\n" +
		"[the schema](../../schema/hearth.schema.json) tells editors. A field is optional unless it says **required**. An overlay's\n" +
		"entry under `spec.overlays[].bases[]` has the fields of a [Base](#base), all optional: one that is written changes the base's,\n" +
		"`null` returns it to its default, and a list replaces the base's list.\n")
	places, order, first := map[string][]string{}, []string{}, map[string]schema.Field{}
	forms := map[string]string{}
	note := func(f schema.Field) {
		if form := f.Form(); form != "" {
			forms[bare(f.Type())] = form
		}
		if len(f.Fields()) == 0 {
			return
		}
		name := bare(f.Type())
		if places[name] == nil {
			order, first[name] = append(order, name), f
		}
		places[name] = append(places[name], f.Path)
	}
	document.Walk(func(f schema.Field) bool {
		note(f)
		return f.Path != "spec.overlays[].bases" && f.Path != "spec.overlays[].forEach.items[].overrides"
	})
	section := func(title, where string, fields []schema.Field) {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n| Field | Type | Meaning | Default | Example |\n|---|---|---|---|---|\n", title, where)
		for _, f := range fields {
			typ := cell(f.Type())
			if first[bare(f.Type())].Name != "" || forms[bare(f.Type())] != "" {
				typ = fmt.Sprintf("[%s](#%s)", cell(strings.NewReplacer("[", `\[`, "]", `\]`).Replace(f.Type())), strings.ToLower(bare(f.Type())))
			}
			if f.Required {
				typ += ", **required**"
			}
			if allowed := f.Allowed(); allowed != nil {
				typ += ": `" + strings.Join(allowed, "`, `") + "`"
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", f.Name, typ, cell(f.Meaning()), inCode(f.Default()), inCode(f.Example()))
		}
	}
	section("Stack", "The file.", document.Root().Fields())
	for _, name := range order {
		section(name, "At `"+strings.Join(places[name], "`, `")+"`.", first[name].Fields())
	}
	b.WriteString("\n## Kinds of values\n")
	var names []string
	for name := range forms {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&b, "\n### %s\n\n%s\n", name, cell(forms[name]))
	}
	return b.String()
}

// bare is a type's name without what it is a list or map of.
func bare(typ string) string {
	return strings.TrimPrefix(strings.TrimLeft(typ, "[]"), "map[string]")
}

func commandsPage(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("# Every command\n\n" + made + "What `hearth COMMAND --help` prints.\n")
	var write func(cmd *cobra.Command)
	write = func(cmd *cobra.Command) {
		if cmd.Hidden {
			return
		}
		var stdout, stderr strings.Builder
		args := append(strings.Fields(cmd.CommandPath())[1:], "--help")
		if code := run(args, strings.NewReader(""), &stdout, &stderr); code != exitOK {
			t.Fatalf("%q: exit code %d: %s", args, code, stderr.String())
		}
		fmt.Fprintf(&b, "\n## %s\n\n```text\n%s```\n", cmd.CommandPath(), stdout.String())
		for _, below := range cmd.Commands() {
			write(below)
		}
	}
	write(newRoot())
	return b.String()
}

func rulesPage() string {
	var b strings.Builder
	b.WriteString("# Every rule of `hearth vet`\n\n" + made +
		"What `hearth vet --list` and `hearth vet --explain RULE` print. What is looked at, and how an exception is written:\n[vet.md](../vet.md).\n\n" +
		"| Rule | Severity | Reason | What to do | Source |\n|---|---|---|---|---|\n")
	for _, id := range vet.RuleIDs() {
		if r, known := vet.FindRule(id); known {
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", r.ID, r.Severity, cell(r.Reason), cell(r.Fix), cell(r.Source))
		}
	}
	return b.String()
}

// versionsPage is the table of versions that everything else reads.
func versionsPage() string {
	var b strings.Builder
	b.WriteString("# Versions that hearth knows\n\n" + made +
		"What render, `hearth size`, `vet`, `diff` and `upgrade` go by. A newer version is warned of, and taken for the newest that is\n" +
		"known; an older one for the oldest. A tag that is no version counts as the newest. How to move from one to another:\n" +
		"[upgrading.md](../upgrading.md#a-newer-ollama-or-open-webui).\n\n" +
		"| Program | no tag means | `hearth init` writes, the newest measured | known |\n|---|---|---|---|\n")
	all := []*versions.Program{&versions.Ollama, &versions.OpenWebUI, &versions.Caddy}
	for _, p := range all {
		known := p.Oldest + " to " + p.Newest
		if p.Oldest == p.Newest {
			known = p.Oldest
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", p.Name, p.Default, p.Measured, known)
	}
	for _, p := range all {
		if len(p.Releases) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n\nFrom: %s.\n\n| from | what changes |\n|---|---|\n", p.Name, p.Source)
		for _, r := range p.Releases {
			if r.Engine != "" {
				fmt.Fprintf(&b, "| %s | models run in %s, with its terms of memory ([sizing](../sizing.md)) |\n", r.Version, r.Engine)
			}
			for _, change := range r.Changes {
				fmt.Fprintf(&b, "| %s | %s |\n", r.Version, cell(change))
			}
			if r.Migrations > 0 {
				fmt.Fprintf(&b, "| %s | %d migrations of the database: no older version starts on it |\n", r.Version, r.Migrations)
			}
			if r.Before != "" {
				fmt.Fprintf(&b, "| %s | to do before: %s |\n", r.Version, cell(r.Before))
			}
		}
		b.WriteString("\n| variable | read from | read up to |\n|---|---|---|\n")
		for _, v := range p.Variables {
			name := v.Name
			if strings.HasSuffix(name, "_") {
				name += "..."
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", name, v.First, v.Last)
		}
	}
	return b.String()
}
