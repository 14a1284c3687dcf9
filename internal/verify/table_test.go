package verify_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hearth-dev/hearth/internal/verify"
)

// screen is as much of a terminal as Table needs.
type screen struct {
	t     *testing.T
	lines []string // the last one is where the cursor is
	most  int      // the largest number of lines that were redrawn
}

var move = regexp.MustCompile(`^\x1b\[([0-9]+)A\x1b\[J`)

func (s *screen) Write(p []byte) (int, error) {
	text := string(p)
	if m := move.FindStringSubmatch(text); m != nil {
		up := 0
		if _, err := fmt.Sscan(m[1], &up); err != nil {
			s.t.Fatal(err)
		}
		s.most = max(s.most, up)
		s.lines = append(s.lines[:len(s.lines)-1-up], "")
		text = text[len(m[0]):]
	}
	if strings.Contains(text, "\x1b[J") {
		s.t.Errorf("erased in the middle: %q", text)
	}
	parts := strings.Split(text, "\n")
	s.lines[len(s.lines)-1] += parts[0]
	s.lines = append(s.lines, parts[1:]...)
	return len(p), nil
}

func row(check string, status verify.Status, detail, hint string) verify.Row {
	return verify.Row{Check: check, Subject: "ai/ollama", Status: status, Detail: detail, Hint: hint}
}

// play shows three rows that are decided out of order, and returns the sum.
func play(t *testing.T, table *verify.Table, between func()) {
	t.Helper()
	rows := []verify.Row{
		row("volume", verify.Passed, "Bound, 10Gi", ""),
		row("workload", verify.Failed, "Pending: 0/1 nodes are available: 1 Insufficient memory.", "ollama.resources.requests.memory (base ai)"),
		row("memory", verify.NotChecked, "needs workload ai/ollama", ""),
	}
	for _, r := range rows {
		table.Show(row(r.Check, verify.Waiting, "", ""))
	}
	table.Show(rows[0])
	table.Show(row("workload", verify.Waiting, "starting", ""))
	table.Show(rows[2])
	between()
	table.Show(rows[1])
	if err := table.End(verify.Report{Overlay: "lab", Rows: rows, Seconds: 1.26}); err != nil {
		t.Fatal(err)
	}
}

const played = `passed       volume    ai/ollama  Bound, 10Gi
failed       workload  ai/ollama  Pending: 0/1 nodes are available: 1 Insufficient memory.
             try: ollama.resources.requests.memory (base ai)
not checked  memory    ai/ollama  needs workload ai/ollama
lab: 1 passed, 1 failed, 1 not checked in 1.3s
`

func TestTablePlain(t *testing.T) {
	var out, progress bytes.Buffer
	play(t, &verify.Table{Out: &out, Progress: &progress}, func() {})
	if diff := cmp.Diff(played, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff("waiting: workload ai/ollama: starting\n", progress.String()); diff != "" {
		t.Errorf("progress (-want +got):\n%s", diff)
	}
}

func TestTableLive(t *testing.T) {
	s := &screen{t: t, lines: []string{""}}
	var progress bytes.Buffer
	table := &verify.Table{Out: s, Progress: &progress, Size: func() (int, int) { return 40, 24 }}
	play(t, table, func() {
		want := []string{
			"passed       volume    ai/ollama  Bound, 10Gi", // stays, and wraps as it may
			"waiting      workload  ai/ollama  start",
			"not checked  memory    ai/ollama  needs",
			"",
		}
		if diff := cmp.Diff(want, s.lines); diff != "" {
			t.Errorf("between (-want +got):\n%s", diff)
		}
	})
	want := `passed       volume    ai/ollama  Bound, 10Gi
failed       workload  ai/ollama  Pending: 0/1 nodes are
                                  available: 1 Insufficient
                                  memory.
             try: ollama.resources.requests.memory
                  (base ai)
not checked  memory    ai/ollama  needs workload ai/ollama
lab: 1 passed, 1 failed, 1 not checked in 1.3s
`
	if diff := cmp.Diff(want, strings.Join(s.lines, "\n")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if progress.Len() > 0 {
		t.Errorf("reported while drawing: %s", &progress)
	}
}

// A table that is longer than the terminal must not redraw what has scrolled
// away.
func TestTableOnASmallTerminal(t *testing.T) {
	s := &screen{t: t, lines: []string{""}}
	play(t, &verify.Table{Out: s, Size: func() (int, int) { return 100, 2 }}, func() {})
	if diff := cmp.Diff(played, strings.Join(s.lines, "\n")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if s.most != 1 {
		t.Errorf("redrew %d lines on a terminal of 2", s.most)
	}
}

func TestTableColours(t *testing.T) {
	var out bytes.Buffer
	play(t, &verify.Table{Out: &out, Paint: func(s verify.Status, word string) string { return "<" + string(s) + ">" + word + "</>" }}, func() {})
	want := "<failed>failed     </>  workload  ai/ollama  Pending"
	if !strings.Contains(out.String(), want) {
		t.Errorf("no %q in:\n%s", want, &out)
	}
}
