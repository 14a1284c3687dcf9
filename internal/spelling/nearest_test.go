package spelling_test

import (
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
