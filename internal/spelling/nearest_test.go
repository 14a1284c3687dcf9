package spelling_test

import (
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/internal/spelling"
)

func TestNearest(t *testing.T) {
	options := []string{"internal", "nginx", "traefik", "certManager", "on"}
	for name, want := range map[string]string{
		"ngnix": "nginx", "NGINX": "nginx", "treafik": "traefik", "cert-manager": "certManager", "internl": "internal",
		"": "", "x": "", "gateway": "", "no": "on",
	} {
		if got := spelling.Nearest(name, options); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestListEndsWhereNobodyReadsOn(t *testing.T) {
	few, many := make([]string, 20), make([]string, 1020)
	for i := range many {
		many[i] = "o"
	}
	copy(few, many)
	if got := spelling.List(few); strings.Count(got, "o") != 20 || strings.Contains(got, "more") {
		t.Errorf("got %q of 20", got)
	}
	if got := spelling.List(many); got != spelling.List(few)+" and 1000 more" {
		t.Errorf("got %q of 1020", got)
	}
}
