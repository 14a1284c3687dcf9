package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/hearth-dev/hearth/e2e/internal/chart"
)

func plotFile(name string, step, plot int) string {
	return fmt.Sprintf("%s-%d-%d.svg", name, step+1, plot+1)
}

// page is the report in Markdown.
func page(d Data) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\nWritten by the run itself on %s. Commit: %s. Again: `%s`. Machine: %s.\n",
		d.Title, d.Date.UTC().Format("2006-01-02 15:04 UTC"), d.Commit, d.Command, d.Machine)
	b.WriteString("\n| program | version |\n|---|---|\n")
	for _, v := range d.Versions {
		fmt.Fprintf(&b, "| %s | %s |\n", v.Program, v.Version)
	}
	b.WriteString("\n| step | result | time |\n|---|---|---|\n")
	for _, s := range d.Steps {
		result := "passed"
		if !s.Passed {
			result = "**failed**"
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", s.Name, result, s.Took.Round(time.Second))
	}
	for i, s := range d.Steps {
		if len(s.Figures)+len(s.Notes)+len(s.Tables)+len(s.Plots)+len(s.Images) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n## %s%s\n", strings.ToUpper(s.Name[:1]), s.Name[1:])
		if len(s.Figures) > 0 {
			b.WriteString("\n| figure | value |\n|---|---|\n")
			for _, f := range s.Figures {
				fmt.Fprintf(&b, "| %s | %s %s |\n", f.Name, chart.Number(f.Value), f.Unit)
			}
		}
		if len(s.Notes) > 0 {
			b.WriteString("\n")
		}
		for _, n := range s.Notes {
			fmt.Fprintf(&b, "- %s\n", strings.Join(strings.Fields(n), " "))
		}
		for _, t := range s.Tables {
			b.WriteString("\n" + row(t.Columns) + "|" + strings.Repeat("---|", len(t.Columns)) + "\n")
			for _, r := range t.Rows {
				b.WriteString(row(r))
			}
		}
		for j, p := range s.Plots {
			fmt.Fprintf(&b, "\n![%s](%s)\n", p.Title, plotFile(d.Name, i, j))
		}
		var files []string
		for _, image := range s.Images {
			if image.Kept {
				fmt.Fprintf(&b, "\n![%s](%s)\n", image.Caption, image.File)
			} else {
				files = append(files, "`"+image.File+"` "+image.Caption)
			}
		}
		if len(files) > 0 {
			fmt.Fprintf(&b, "\nScreenshots in the run's folder: %s.\n", strings.Join(files, "; "))
		}
	}
	if len(d.Missing) > 0 {
		b.WriteString("\n## Not seen by this run\n\n")
		for _, m := range d.Missing {
			fmt.Fprintf(&b, "- %s\n", m)
		}
	}
	return b.String()
}

// row of a table, in which a bar would end a cell.
func row(cells []string) string {
	var b strings.Builder
	for _, c := range cells {
		b.WriteString("| " + strings.ReplaceAll(strings.Join(strings.Fields(c), " "), "|", `\|`) + " ")
	}
	return b.String() + "|\n"
}
