package fleet_test

import (
	"math/rand/v2"
	"testing"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/fleet"
)

// What no cluster gets is not packed, and does not weigh.
func TestCheck(t *testing.T) {
	r := &v1alpha1.Resolved{
		Name:     "lab",
		Overlays: []v1alpha1.ResolvedOverlay{{Name: "sent"}, {Name: "kept"}},
		Fleet:    &v1alpha1.Fleet{Targets: []v1alpha1.FleetTarget{{Overlay: "sent", ClusterName: "c"}}},
	}
	noise := make([]byte, 1_200_000)
	if _, err := rand.NewChaCha8([32]byte{}).Read(noise); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		file string
		size int
		want problem.Severity
	}{
		{"overlays/sent/a.yaml", 700_000, ""},
		{"overlays/sent/a.yaml", 900_000, problem.Warning},
		{"overlays/sent/a.yaml", 1_200_000, problem.Error},
		{"overlays/kept/a.yaml", 1_200_000, ""},
	} {
		found, err := fleet.Check(r, map[string][]byte{c.file: noise[:c.size], "fleet.yaml": []byte("name: lab\n")})
		if err != nil {
			t.Fatal(err)
		}
		var got problem.Severity
		if len(found) == 1 && found[0].Path == "spec.fleet" {
			got = found[0].Severity
		}
		if got != c.want || len(found) > 1 {
			t.Errorf("%d bytes in %s: got %v, want %q", c.size, c.file, found, c.want)
		}
	}
}
