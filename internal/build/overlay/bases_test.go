package overlay_test

import (
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/internal/build/overlay"
)

// TestComputeTwoBases has two bases with the same objects in two namespaces:
// each patch must find its own.
func TestComputeTwoBases(t *testing.T) {
	const objects = `apiVersion: v1
kind: ConfigMap
metadata: {name: ollama NAMESPACE}
data: {model: small}
---
apiVersion: v1
kind: Service
metadata: {name: ollama NAMESPACE}
spec: {type: ClusterIP}
---
apiVersion: v1
kind: Secret
metadata: {name: ollama NAMESPACE}
`
	for _, test := range []struct {
		name string
		// The bases' namespaces, and whether their files say them too.
		namespaces [2]string
		inFiles    bool
		wantError  string
	}{
		{name: "namespace in the kustomizations", namespaces: [2]string{"ai", "ollama"}},
		{name: "the other way round", namespaces: [2]string{"ollama", "ai"}},
		{name: "namespace in the files", namespaces: [2]string{"ai", "ollama"}, inFiles: true},
		{name: "default namespace in the files", namespaces: [2]string{"default", "ai"}, inFiles: true},
		{
			// Kustomize looks for a patch's object by its first namespace as well
			// as by its last, and without one in the file the first is default.
			name:       "default namespace in the kustomization",
			namespaces: [2]string{"default", "ai"},
			wantError:  "multiple matches for Id Secret.v1.[noGrp]/ollama.default",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			tree := map[string][]byte{"both/kustomization.yaml": []byte("resources: [../a, ../b]\n")}
			for i, folder := range []string{"a", "b"} {
				inFile := ""
				if test.inFiles {
					inFile = ", namespace: " + test.namespaces[i]
				}
				tree[folder+"/kustomization.yaml"] = []byte("namespace: " + test.namespaces[i] + "\nresources: [objects.yaml]\n")
				tree[folder+"/objects.yaml"] = []byte(strings.ReplaceAll(objects, " NAMESPACE", inFile))
			}
			base := build(t, tree, "both")
			want := build(t, tree, "both")
			want[0]["data"].(map[string]any)["model"] = "large" // in a: a strategic merge patch
			want[4]["spec"] = "ClusterIP"                       // in b: a JSON 6902 patch
			want = append(want[:2], want[3:]...)                // from a: a Secret deleted
			d, err := overlay.Compute(base, want, nil, builder(tree, "../a", "../b"))
			if test.wantError != "" {
				if err == nil || !strings.Contains(err.Error(), test.wantError) {
					t.Errorf("got error %v, want one with %q", err, test.wantError)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(d.New) != 0 || len(d.Patches) != 3 {
				t.Errorf("got %d new objects and %d patches, want 0 and 3", len(d.New), len(d.Patches))
			}
			got, err := builder(tree, "../a", "../b")(d)
			if err != nil {
				t.Fatal(err)
			}
			sameObjects(t, want, got)
		})
	}
}
