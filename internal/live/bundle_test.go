package live_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/hearth-dev/hearth/internal/build/fleet"
	"github.com/hearth-dev/hearth/internal/objects"
)

// fleetOf is a bundle with an overlay for each of n clusters, and of files that
// compress to about what those of a generated one do.
func fleetOf(t *testing.T, n int) (*unstructured.Unstructured, fleet.Stored) {
	t.Helper()
	files := map[string][]byte{}
	var config strings.Builder
	config.WriteString("name: fleet\nhelm: {releaseName: fleet}\ntargetCustomizations:\n")
	for i := range n {
		fmt.Fprintf(&config, "- {name: c%05d, clusterName: c%05d, defaultNamespace: ai, kustomize: {dir: overlays/c%05d}}\n", i, i, i)
		for j := range 3 {
			files[fmt.Sprintf("overlays/c%05d/%d.yaml", i, j)] = fmt.Appendf(nil, "%d %d %x", i, j, strings.Repeat(fmt.Sprint(i*7919, j), 60))
		}
	}
	object, stored, err := fleet.Bundle([]byte(config.String()), files)
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	u := &unstructured.Unstructured{}
	if err := u.UnmarshalJSON(data); err != nil {
		t.Fatal(err)
	}
	return u, stored
}

// The largest Bundle without an error is stored by a real API server and etcd, with
// as much of a status as it leaves room for; one a little above the limit is not.
func TestBundles(t *testing.T) {
	if *apiserver == "" {
		t.Skip("needs -apiserver ETCD,KUBE-APISERVER")
	}
	r := startReal(t)
	passes := func(s fleet.Stored) bool {
		p, found := s.Problem()
		return !found || p.Severity != "error"
	}
	low, high := 1, 8192 // passes, does not
	for high-low > 1 {
		if _, s := fleetOf(t, (low+high)/2); passes(s) {
			low = (low + high) / 2
		} else {
			high = (low + high) / 2
		}
	}
	most, stored := fleetOf(t, low)
	r.know(t, []objects.Object{most.Object})
	made, err := r.create(t.Context(), most)
	if err != nil {
		t.Fatalf("%d overlays, %d bytes: %v", low, stored.JSON, err)
	}
	at, err := r.at(made)
	if err != nil {
		t.Fatal(err)
	}
	// What is left is for Fleet's controllers, but for what the API server takes of it.
	const taken = 4 << 10
	made.Object["status"] = map[string]any{"summary": strings.Repeat("x", fleet.Added-taken)}
	if made, err = at.Update(t.Context(), made, metav1.UpdateOptions{FieldManager: "fleet"}); err != nil {
		t.Fatalf("with a status: %v", err)
	}
	data, err := made.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d overlays are accepted: the Bundle is %d bytes, and %d as read back with a status of %d; the limit is %d", low, stored.JSON, len(data), fleet.Added-taken, fleet.MostStored)
	for n := high; ; n += max(1, high/1000) {
		above, stored := fleetOf(t, n)
		if stored.JSON <= fleet.MostStored {
			continue
		}
		above.SetName("above")
		_, err := r.create(t.Context(), above)
		if err == nil || !strings.Contains(err.Error(), "request is too large") {
			t.Errorf("%d overlays, %d bytes: got %v, want that etcd refuses it", n, stored.JSON, err)
		}
		t.Logf("%d overlays are refused: %d bytes: %v", n, stored.JSON, err)
		return
	}
}
