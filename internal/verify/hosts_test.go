package verify_test

import (
	"testing"

	"github.com/hearth-dev/hearth/internal/verify"
)

// Each name of a route is asked, and one that leads nowhere is found.
func TestAsksEveryHost(t *testing.T) {
	stack, cluster := start(t, "several-hosts")
	rows := func() map[string]verify.Status {
		got := map[string]verify.Status{}
		for _, row := range run(t, cluster, verify.Options{Stack: stack, Overlay: "several-hosts"}, nil).Rows {
			got[row.Check+" "+row.Subject] = row.Status
		}
		return got
	}
	got := rows()
	for _, check := range []string{"tls", "https", "redirect"} {
		for _, host := range []string{"chat.lan", "ai.lan"} {
			if got[check+" "+host] != verify.Passed {
				t.Errorf("%s at %s: %q, want %s", check, host, got[check+" "+host], verify.Passed)
			}
		}
	}
	cluster.Route.Resolve["ai.lan:443"] = "127.0.0.1:1"
	if got := rows(); got["tls ai.lan"] != verify.Failed || got["tls chat.lan"] != verify.Passed {
		t.Errorf("tls at ai.lan: %s, at chat.lan: %s", got["tls ai.lan"], got["tls chat.lan"])
	}
}
