package overlay_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/internal/build/overlay"
)

// TestComputeError has what no overlay can express. The error names the object
// and the field, and the difference is empty: nobody can write a wrong one.
func TestComputeError(t *testing.T) {
	const web = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, namespace: app}\n"
	for _, test := range []struct{ name, base, want, wantError string }{
		{
			name:      "an object twice",
			want:      web + "---\n" + web,
			wantError: "reading the wanted objects: ConfigMap app/web (v1) occurs twice",
		},
		{
			name:      "an object that kustomize drops",
			want:      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, annotations: {config.kubernetes.io/local-config: 'true'}}\n",
			wantError: "the overlay cannot express ConfigMap web (v1): it is missing from the build",
		},
		{
			name:      "an object that kustomize changes",
			want:      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, annotations: {}}\n",
			wantError: "the overlay cannot express ConfigMap web (v1): metadata.annotations is missing, want {}",
		},
		{
			// JSON 6902 goes through float64.
			name:      "a large number beside a change of type at the top",
			base:      web + "data: {n: 9007199254740993, m: {}}\nx: {}\n",
			want:      web + "data: {n: 9007199254740993, m: {}}\nx: text\n",
			wantError: "the overlay cannot express ConfigMap app/web (v1): data.n is 9007199254740992, want 9007199254740993",
		},
		{
			name:      "text with a tab in front beside a change of type at the top",
			base:      web + "data: {t: \"\\ttab\\nline\"}\nx: {}\n",
			want:      web + "data: {t: \"\\ttab\\nline\"}\nx: text\n",
			wantError: "building the overlay: yaml: line 3: found a tab character",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			tree := map[string][]byte{
				"base/objects.yaml":       []byte(test.base),
				"base/kustomization.yaml": []byte("resources: [objects.yaml]\n"),
			}
			d, err := overlay.Compute(objects(t, test.base), objects(t, test.want), nil, builder(tree, "../base"))
			if err == nil || !strings.Contains(err.Error(), test.wantError) {
				t.Errorf("got error %v, want one with %q", err, test.wantError)
			}
			if len(d.New)+len(d.Patches) > 0 {
				t.Errorf("got a difference with the error: %+v", d)
			}
		})
	}
}

// TestComputeBlamesOnePatch has one patch that kustomize refuses: the other
// objects keep their strategic merge patches.
func TestComputeBlamesOnePatch(t *testing.T) {
	object := func(name, value string) overlay.Object {
		return overlay.Object{"apiVersion": "v1", "kind": "ConfigMap",
			"metadata": map[string]any{"name": name}, "data": map[string]any{"k": value}}
	}
	base := []overlay.Object{object("a", "1"), object("b", "1")}
	want := []overlay.Object{object("a", "2"), object("b", "2")}
	d, err := overlay.Compute(base, want, nil, func(d overlay.Difference) ([]overlay.Object, error) {
		for _, p := range d.Patches {
			if p.Target == nil && strings.Contains(p.Patch, "name: b") {
				return nil, errors.New("refused")
			}
		}
		return want, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Patches) != 2 || d.Patches[0].Target != nil || d.Patches[1].Target == nil {
		t.Errorf("got %+v, want a strategic merge patch and a JSON 6902 patch", d.Patches)
	}
}

// TestBuild holds Build to what Fleet's agent allows.
func TestBuild(t *testing.T) {
	files := map[string][]byte{
		"outside.yaml":                []byte("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"),
		"outside/kustomization.yaml":  []byte("resources: [../outside.yaml]\n"),
		"function/kustomization.yaml": []byte("generators: [config.yaml]\n"),
		"function/config.yaml": []byte("apiVersion: v1\nkind: Any\nmetadata: {name: any, annotations: " +
			"{config.kubernetes.io/function: 'exec: {path: any}'}}\n"),
	}
	for folder, wantError := range map[string]string{
		"outside":  "is not in or below",
		"function": "external plugins disabled",
		"missing":  "missing",
	} {
		t.Run(folder, func(t *testing.T) {
			got, err := overlay.Build(files, folder)
			if err == nil || !strings.Contains(err.Error(), wantError) {
				t.Errorf("got %v and error %v, want one with %q", got, err, wantError)
			}
		})
	}
}
