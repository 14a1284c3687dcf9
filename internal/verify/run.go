package verify

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// failureThreshold is for how many intervals something has to stay wrong until it counts:
// routes, endpoints and retried pulls need a moment after their pod is ready.
const failureThreshold = 5

// run fills in all rows, again and again until each is final.
func (v *verifier) run(ctx context.Context, report func(Row)) (Report, error) {
	start := time.Now()
	r := &round{verifier: v, checks: v.checks(), report: report, deadline: start.Add(v.Timeout), rows: map[string]*state{}}
	for _, c := range r.checks {
		s := &state{row: Row{Check: c.id, Subject: c.subject, Title: c.title, Status: Waiting}}
		r.rows[c.key()] = s
		report(s.row)
	}
	err := r.untilFinal(ctx)
	out := Report{Context: v.Context, Overlay: v.Overlay, Seconds: time.Since(start).Seconds(), Rows: []Row{}}
	for _, c := range r.checks {
		out.Rows = append(out.Rows, r.rows[c.key()].row)
	}
	if err == nil && out.Count(Passed) == 0 && out.Count(Failed) == 0 {
		err = errors.New("nothing could be checked: " + out.Rows[0].Detail)
	}
	out.Passed = err == nil && out.Count(Failed) == 0
	return out, err
}

// round is the state of a run.
type round struct {
	*verifier
	checks   []check
	rows     map[string]*state // by the check's key
	report   func(Row)
	deadline time.Time
}

type state struct {
	row   Row
	final bool
	wrong time.Time // since when it is failing; zero if it is not
}

func (r *round) untilFinal(ctx context.Context) error {
	for {
		open := false
		for _, c := range r.checks {
			s := r.rows[c.key()]
			if s.final {
				continue
			}
			row := r.fill(ctx, c, s)
			if err := ctx.Err(); err != nil {
				return err
			}
			if changed := !reflect.DeepEqual(row, s.row); changed || s.final {
				s.row = row
				r.report(row)
			}
			open = open || !s.final
		}
		if !open {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(r.Interval):
		}
	}
}

// fill looks once, and decides whether that is the last word.
func (r *round) fill(ctx context.Context, c check, s *state) Row {
	row := s.row
	row.Hint, row.Measured = "", nil
	for _, key := range c.needs {
		switch need := r.rows[key]; {
		case !need.final:
			return row // its turn comes
		case need.row.Status != Passed:
			s.final = true
			row.Status, row.Detail = NotChecked, "needs "+key
			return row
		}
	}
	if c.once { // this will take a while
		row.Detail = "asking"
		r.report(row)
	}
	found, err := c.look(ctx)
	if err != nil {
		found = r.unseen(c, err)
	}
	now := time.Now()
	if found.status != Failed {
		s.wrong = time.Time{}
	} else if s.wrong.IsZero() {
		s.wrong = now
	}
	late := !now.Before(r.deadline)
	row.Detail, row.Measured = found.detail, found.measured
	switch {
	case found.status == Passed || found.status == NotChecked:
		row.Status, s.final = found.status, true
	case found.status == Failed && (c.once || late || now.Sub(s.wrong) >= failureThreshold*r.Interval):
		row.Status, row.Hint, s.final = Failed, found.hint, true
	case late:
		row.Status, row.Hint, s.final = Failed, found.hint, true
		if r.Timeout > 0 {
			row.Detail = fmt.Sprintf("%s (after %s)", row.Detail, r.Timeout)
		}
	default:
		row.Status = Waiting
	}
	return row
}

// unseen is the result where looking itself went wrong.
func (r *round) unseen(c check, err error) result {
	if Denied(err) {
		return notChecked("this user may not look: %v", err)
	}
	hint := c.hint
	if hint == "" {
		hint = r.kubectl("get --raw '/readyz?verbose'")
	}
	// Go's HTTP client says where in itself it noticed that the pod hung up, now
	// and then: nobody's business, and never the same.
	return failed(hint, "could not look: %s", strings.Replace(err.Error(), "readLoopPeekFailLocked: ", "", 1))
}
