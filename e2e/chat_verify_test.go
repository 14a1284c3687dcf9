package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/hearth-dev/hearth/internal/verify"
)

// verifies holds hearth verify's rows about the chat to what the browser has seen.
func (c *chat) verifies(t *testing.T) {
	c.eventually(t, 3*time.Minute, "every row is green", func() (string, error) {
		var open []string
		for _, row := range c.verify(t).Rows {
			unknown := row.Status == verify.NotChecked && (row.Check == "memory" || row.Check == "cold")
			if row.Status != verify.Passed && !unknown {
				open = append(open, row.Check+" is "+string(row.Status)+": "+row.Detail)
			}
			t.Logf("%-12s %-11s %-40s %s", row.Check, row.Status, row.Subject, row.Detail)
		}
		return strings.Join(open, "; "), nil
	})
	look := c.verify(t)
	for _, check := range []string{"health", "title"} {
		row, ok := look.Row(check, "")
		if !ok {
			t.Errorf("there is no row %s", check)
		}
		c.note("hearth verify, %s: %s", check, row.Detail)
	}
}

func (c *chat) turnsRed(t *testing.T) {
	stop := func(signal string) {
		// From the node: inside its own container the program is the first process, which ignores the signal.
		c.docker(t, "exec", c.Node(), "pkill", "-"+signal, "-f", "open_webui.main:app")
	}
	ingress := func(service, port string) {
		c.kubectl(t, "-n", chatNamespace, "patch", "ingress/open-webui", "--type=json", "-p",
			`[{"op":"replace","path":"/spec/rules/0/http/paths/0/backend/service","value":{"name":"`+service+`","port":{"name":"`+port+`"}}}]`)
	}
	for _, b := range []struct {
		check, name  string
		inject, mend func()
	}{
		{"title", "the route leads to another page", func() { ingress("ollama", "http") }, func() { c.applyOverlay(t, "open") }},
		{"health", "the program hangs", func() { stop("STOP") }, func() { stop("CONT") }},
	} {
		t.Run(b.check+": "+b.name, func(t *testing.T) {
			b.inject()
			c.seesRed(t, breakage{check: b.check}, func() verify.Report { return c.verify(t) })
			if row, ok := c.verify(t).Row(b.check, ""); ok {
				c.note("hearth verify, %s, when %s: %s", b.check, b.name, row.Detail)
			}
			b.mend()
			c.eventually(t, 5*time.Minute, "the row "+b.check+" is green again", func() (string, error) {
				row, _ := c.verify(t).Row(b.check, "")
				if row.Status != verify.Passed {
					return string(row.Status) + ": " + row.Detail, nil
				}
				return "", nil
			})
		})
	}
}
