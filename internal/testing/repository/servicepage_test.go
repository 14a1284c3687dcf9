package repository

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// ofThePage are the rows of document 2, which is a service page, by their names
// in the table of deviations.
var ofThePage = []string{
	"Service", "Purpose", "Criticality", "Owner", "Clusters", "Namespace", "Exposure", "Stateful", "Backup class", "RPO / RTO", "Last reviewed",
	"overview", "summary", "dependency on PVC-backed storage", "dependency on Traefik", "dependency on node scheduling",
	"diagram",
	"Source path", "Deployment model", "Namespace of the deployment", "Workload kind", "Chart or image version", "Config files", "cluster mapping",
	"Environment variables", "ConfigMaps", "Secret names", "Source of truth", "Rotation trigger", "Recovery note",
	"Internal endpoint", "Internal audience", "Internal auth", "Internal TLS", "External endpoint", "External audience", "External auth", "External TLS",
	"Primary health indicators", "Dashboards or alerts", "Log locations", "Known failure modes",
	"Backup method", "Restore prerequisites", "Related runbook",
	"Current deployed app version", "Current chart version", "Last significant change", "Rollback reference",
}

// Every row of the second document has one of its own, which the page is read
// for.
func TestEveryRowOfTheServicePage(t *testing.T) {
	atRoot(t)
	rows := map[string]deviation{}
	for _, r := range readDeviations(t) {
		if name, ok := strings.CutPrefix(r.what, "page: "); ok && r.doc == "2" {
			rows[name] = r
		}
	}
	for _, name := range ofThePage {
		if r, ok := rows[name]; !ok {
			t.Errorf("%s: no row %q", deviations, "page: "+name)
		} else if !strings.HasSuffix(r.object, ".md") {
			t.Errorf("%s:%d: the row names %q, want a page", deviations, r.line, r.object)
		}
		delete(rows, name)
	}
	for name, r := range rows {
		t.Errorf("%s:%d: %q is no row of the document", deviations, r.line, name)
	}
}

var (
	numbered = regexp.MustCompile(`^#+ ([0-9]+\. )?`)
	bullet   = regexp.MustCompile(`^(?:- )?([A-Z][^:|]*): (.*)`)
)

// readPage is a page as a tree: sections without their numbers, in them the rows
// of tables by their first cells, and what stands as "name: text". A row of more
// than two cells has them by their column. The first of a name counts.
func readPage(t *testing.T, name string) any {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	page, section := map[string]any{}, map[string]any{}
	var head []string
	put := func(key string, value any) {
		if _, known := section[key]; !known && value != "" {
			section[key] = value
		}
	}
	for line := range strings.Lines(string(data)) {
		line = strings.ReplaceAll(strings.TrimSpace(line), "`", "")
		found := bullet.FindStringSubmatch(line)
		switch {
		case strings.HasPrefix(line, "mermaid"):
			put("diagram", "Mermaid")
		case strings.HasPrefix(line, "#"):
			section = map[string]any{}
			page[numbered.ReplaceAllString(line, "")] = section
		case strings.HasPrefix(line, "|---"):
			continue
		case strings.HasPrefix(line, "|"):
			cells := strings.Split(strings.Trim(line, "|"), "|")
			for i := range cells {
				cells[i] = strings.TrimSpace(cells[i])
			}
			if head == nil {
				head = cells
				continue
			}
			if len(cells) == 2 {
				put(cells[0], cells[1])
				continue
			}
			row := map[string]any{}
			for i, column := range head {
				row[column] = cells[i]
			}
			put(cells[0], row)
			continue
		case found != nil:
			put(found[1], found[2])
		default:
			put("text", line)
		}
		head = nil
	}
	return page
}
