package fleet_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/fleet"
)

func bundlesOf(t *testing.T, bundles v1alpha1.FleetBundles, targets ...v1alpha1.FleetTarget) map[string]string {
	t.Helper()
	r := &v1alpha1.Resolved{Name: "lab", Fleet: &v1alpha1.Fleet{Bundles: bundles, Targets: targets}}
	for i, name := range []string{"a", "b", "c"} {
		base := v1alpha1.Base{Name: fmt.Sprint("base-", i/2), Namespace: "ai"}
		r.Overlays = append(r.Overlays, v1alpha1.ResolvedOverlay{Name: name, Bases: []v1alpha1.Base{base}})
	}
	files, err := fleet.Files(r, map[string][]byte{
		"bases/base-0/x.yaml": nil, "bases/base-1/x.yaml": nil, "overlays/a/x.yaml": nil, "overlays/b/x.yaml": nil, "overlays/c/x.yaml": nil,
	})
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for name, data := range files {
		texts[name] = string(data)
	}
	return texts
}

// A bundle names targets of another's overlays only where one cluster may match both.
func TestOthersTargets(t *testing.T) {
	label := func(region string) *v1alpha1.LabelSelector {
		return &v1alpha1.LabelSelector{MatchLabels: map[string]string{"region": region}}
	}
	for name, c := range map[string]struct {
		first, second v1alpha1.FleetTarget
		kept          bool
	}{
		"two names":                {v1alpha1.FleetTarget{ClusterName: "x"}, v1alpha1.FleetTarget{ClusterName: "y"}, false},
		"two values of a label":    {v1alpha1.FleetTarget{ClusterSelector: label("eu")}, v1alpha1.FleetTarget{ClusterSelector: label("us")}, false},
		"a name and a label":       {v1alpha1.FleetTarget{ClusterName: "x"}, v1alpha1.FleetTarget{ClusterSelector: label("us")}, true},
		"two groups":               {v1alpha1.FleetTarget{ClusterGroup: "x"}, v1alpha1.FleetTarget{ClusterGroup: "y"}, true},
		"a group, and a name more": {v1alpha1.FleetTarget{ClusterGroup: "x"}, v1alpha1.FleetTarget{ClusterGroup: "x", ClusterName: "y"}, true},
	} {
		c.first.Overlay, c.second.Overlay = "a", "b"
		files := bundlesOf(t, v1alpha1.FleetPerOverlay, c.first, c.second)
		if strings.Contains(files["fleet/a/fleet.yaml"], "doNotDeploy") {
			t.Errorf("%s: the earlier target keeps clusters out:\n%s", name, files["fleet/a/fleet.yaml"])
		}
		if got := strings.Contains(files["fleet/b/fleet.yaml"], "doNotDeploy"); got != c.kept {
			t.Errorf("%s: the later bundle keeps out the clusters of the earlier target: %t, want %t\n%s", name, got, c.kept, files["fleet/b/fleet.yaml"])
		}
	}
}

// Which bundles there are follows from the stack alone, and each has what it needs.
func TestBundles(t *testing.T) {
	targets := []v1alpha1.FleetTarget{{Overlay: "a", ClusterName: "a"}, {Overlay: "b", ClusterName: "b"}, {Overlay: "c", ClusterName: "c"}}
	for bundles, want := range map[v1alpha1.FleetBundles][]string{
		v1alpha1.FleetOne:        {"fleet.yaml"},
		v1alpha1.FleetPerBase:    {"fleet/base-0/fleet.yaml", "fleet/base-0/overlays/a/x.yaml", "fleet/base-0/overlays/b/x.yaml", "fleet/base-0/bases/base-0/x.yaml", "fleet/base-1/overlays/c/x.yaml"},
		v1alpha1.FleetPerOverlay: {"fleet/a/fleet.yaml", "fleet/b/fleet.yaml", "fleet/c/fleet.yaml", "fleet/b/bases/base-0/x.yaml", "fleet/c/bases/base-1/x.yaml"},
	} {
		files := bundlesOf(t, bundles, targets...)
		for _, name := range want {
			if _, found := files[name]; !found {
				t.Errorf("%s: no %s", bundles, name)
			}
		}
		if _, found := files["fleet.yaml"]; found != (bundles == v1alpha1.FleetOne) {
			t.Errorf("%s: fleet.yaml at the top: %t", bundles, found)
		}
	}
}
