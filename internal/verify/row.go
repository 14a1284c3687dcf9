package verify

import "slices"

// Row is one check of one thing.
type Row struct {
	// Check is the id of the check, such as workload. With Subject it names the
	// row.
	Check string `json:"check"`
	// Subject is what is checked: namespace/name, a namespace, or a host.
	Subject string `json:"subject"`
	// Title is the check's question in a few words.
	Title string `json:"title"`
	// Status of the row.
	Status Status `json:"status"`
	// Detail is what was seen, or why nothing was.
	Detail string `json:"detail,omitempty"`
	// Hint names the field of the stack to change or the command to run. Only
	// where Status is Failed.
	Hint string `json:"hint,omitempty"`
	// Measured holds the row's figures: []Model (models), Answer (cold, prompt),
	// Memory, Footprint, Version, Volume, Served (tls), or Restarts. Also where the row
	// failed because of them.
	Measured any `json:"measured,omitempty"`
}

// Status of a row.
type Status string

// The states of a row.
const (
	// Waiting: not known yet, because the cluster is still working on it. A
	// report has it only if it was interrupted.
	Waiting Status = "waiting"
	Passed  Status = "passed"
	Failed  Status = "failed"
	// NotChecked: impossible to say, which fails nothing. Detail has the reason.
	NotChecked Status = "not checked"
)

// Report is the outcome of a run. Its JSON form is stable.
type Report struct {
	// Context is Options.Context.
	Context string `json:"context,omitempty"`
	// Overlay that was looked for.
	Overlay string `json:"overlay"`
	// Passed is true if no row failed and the run was not interrupted.
	Passed bool `json:"passed"`
	// Seconds that the run took.
	Seconds float64 `json:"seconds"`
	// Rows in the order in which things depend on each other.
	Rows []Row `json:"rows"`
}

// Row finds the row of a check; ok is false where the overlay has none. With an
// empty subject the first row of the check is meant.
func (r Report) Row(check, subject string) (row Row, ok bool) {
	i := slices.IndexFunc(r.Rows, func(row Row) bool {
		return row.Check == check && (subject == "" || row.Subject == subject)
	})
	if i < 0 {
		return Row{}, false
	}
	return r.Rows[i], true
}

// Count is the number of rows with a status.
func (r Report) Count(s Status) int {
	n := 0
	for _, row := range r.Rows {
		if row.Status == s {
			n++
		}
	}
	return n
}
