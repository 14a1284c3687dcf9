package repository

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const deviations = "docs/deviations.md"

// deviation is a row of the table.
type deviation struct {
	line                                                 int
	doc, what, theirs, overlay, object, field, ours, why string
}

// said is the document's value in the field's spelling: what stands in
// backticks, or else the whole cell.
func (d deviation) said() string {
	_, rest, found := strings.Cut(d.theirs, "`")
	value, _, closed := strings.Cut(rest, "`")
	if found && closed {
		return value
	}
	return d.theirs
}

// problems are what is wrong with a row, given the object that it names, nil if
// the overlay has none.
func (d deviation) problems(object any) []string {
	if d.overlay == "" {
		if d.object != "" || d.field != "" || d.ours == "" || d.why == "" {
			return []string{"a row without an overlay has no object and no field, and says what is ours and why"}
		}
		return nil
	}
	built, err := lookUp(object, d.field)
	if err != nil {
		return []string{fmt.Sprintf("%s of %s in %s: %v", d.field, d.object, d.overlay, err)}
	}
	var found []string
	kind := kindOf(d.field, built)
	if got := text(built); !kind.equal(got, d.ours) {
		found = append(found, fmt.Sprintf("%s of %s in %s is the %s %q, the table says %q", d.field, d.object, d.overlay, kind, got, d.ours))
	}
	if d.why == "" && !kind.equal(d.said(), d.ours) {
		found = append(found, fmt.Sprintf("the %s %q is not %q: say why it differs", kind, d.said(), d.ours))
	}
	return found
}

func TestDeviations(t *testing.T) {
	atRoot(t)
	rows, tree := readDeviations(t), newTree(t)
	for _, r := range rows {
		for _, problem := range r.problems(tree.find(r.overlay, r.object)) {
			t.Errorf("%s:%d: %s", deviations, r.line, problem)
		}
	}
	if len(rows) < 100 {
		t.Errorf("%s has %d rows, there were 100 and more", deviations, len(rows))
	}
}

// A value that is not the built one is noticed in every row: ours, and the
// document's where no reason excuses it.
func TestDeviationsNoticeAWrongValue(t *testing.T) {
	atRoot(t)
	tree := newTree(t)
	for _, r := range readDeviations(t) {
		if r.overlay == "" {
			continue
		}
		object := tree.find(r.overlay, r.object)
		wrong := r
		wrong.ours += "1"
		if len(wrong.problems(object)) == 0 {
			t.Errorf("%s:%d: %q went through for %q", deviations, r.line, wrong.ours, r.ours)
		}
		wrong = r
		wrong.theirs, wrong.why = "`"+r.said()+"1`", ""
		if len(wrong.problems(object)) == 0 {
			t.Errorf("%s:%d: %q went through for %q", deviations, r.line, wrong.said(), r.said())
		}
		wrong = r
		wrong.field = "no.such." + r.field
		if len(wrong.problems(object)) == 0 {
			t.Errorf("%s:%d: the path %q went through", deviations, r.line, wrong.field)
		}
	}
}

// Every overlay that the table speaks of is one of the committed stack's.
func TestDeviationsNameEveryOverlayOfTheDocuments(t *testing.T) {
	atRoot(t)
	seen := map[string]bool{}
	for _, r := range readDeviations(t) {
		seen[r.overlay] = true
	}
	delete(seen, "")
	if diff := cmp.Diff([]string{"homelab-nginx", "homelab-traefik"}, slices.Sorted(maps.Keys(seen))); diff != "" {
		t.Errorf("overlays of the documents (-want +got):\n%s", diff)
	}
}

// readDeviations reads the table of the page.
func readDeviations(t *testing.T) []deviation {
	t.Helper()
	page, err := os.ReadFile(deviations)
	if err != nil {
		t.Fatal(err)
	}
	var rows []deviation
	for i, line := range strings.Split(string(page), "\n") {
		if !regexp.MustCompile(`^\| [12] \|`).MatchString(line) {
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for j := range cells {
			cells[j] = strings.TrimSpace(cells[j])
		}
		if len(cells) != 8 {
			t.Errorf("%s:%d: %d columns, want 8", deviations, i+1, len(cells))
			continue
		}
		rows = append(rows, deviation{i + 1, cells[0], cells[1], cells[2], cells[3], cells[4], cells[5], cells[6], cells[7]})
	}
	return rows
}
