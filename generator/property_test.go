package generator_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/build"
	"github.com/hearth-dev/hearth/internal/testing/sample"
)

// objectRules hold for every object of every stack, whatever a person writes.
var objectRules = []struct {
	reason string
	holds  func(b *v1alpha1.Base, o generator.Object) bool
}{
	{"an object without its namespace lands in another", func(b *v1alpha1.Base, o generator.Object) bool {
		namespace, _ := at(o, "metadata", "namespace").(string)
		if o["kind"] == "RecurringJob" { // Longhorn reads no other
			return namespace == "longhorn-system"
		}
		return o["kind"] == "Namespace" || o["kind"] == "PersistentVolume" || namespace == b.Namespace
	}},
	{"selectors are immutable, and a person's labels change", func(_ *v1alpha1.Base, o generator.Object) bool {
		for _, path := range [][]string{{"spec", "selector", "matchLabels"}, {"spec", "podSelector", "matchLabels"}, {"spec", "selector"}} {
			labels, _ := at(o, path...).(map[string]any)
			if _, nested := labels["matchLabels"]; !nested && !onlyOurs(labels, "acme.cert-manager.io", "leaderworkerset.sigs.k8s.io") { // its solvers' pods, and leaders
				return false
			}
		}
		return true
	}},
	{"what a person labels is the bundle, and a volume outlives it", func(_ *v1alpha1.Base, o generator.Object) bool {
		if o["kind"] != "PersistentVolumeClaim" {
			return true
		}
		labels, _ := at(o, "metadata", "labels").(map[string]any)
		annotations, _ := at(o, "metadata", "annotations").(map[string]any)
		backup := []string{"recurring-job.longhorn.io", "recurring-job-group.longhorn.io"}
		return onlyOurs(labels, backup...) && (len(annotations) == 0 || len(annotations) == 4)
	}},
	{"a volume is kept unless retain is false", func(b *v1alpha1.Base, o generator.Object) bool {
		if o["kind"] != "PersistentVolumeClaim" {
			return true
		}
		storage := v1alpha1.Storage{}
		if b.Ollama != nil && at(o, "metadata", "name") == b.Ollama.ServiceName() {
			storage = b.Ollama.Storage
		} else if b.Engine != nil && at(o, "metadata", "name") == v1alpha1.EngineName() {
			storage = b.Engine.Storage
		} else {
			storage = b.OpenWebUI.Storage
		}
		return (at(o, "metadata", "annotations", "helm.sh/resource-policy") == "keep") == *storage.Retain
	}},
	{"Helm sets the label managed-by itself: ours would be drift", func(_ *v1alpha1.Base, o generator.Object) bool {
		return !strings.Contains(fmt.Sprint(o), "app.kubernetes.io/managed-by")
	}},
	{"a Secret would be in Git", func(_ *v1alpha1.Base, o generator.Object) bool { return o["kind"] != "Secret" }},
	{"nothing talks to the API server", func(_ *v1alpha1.Base, o generator.Object) bool {
		return o["kind"] != "ServiceAccount" || o["automountServiceAccountToken"] == false
	}},
	{"a rolling update would wait for its own volume", func(b *v1alpha1.Base, o generator.Object) bool {
		if b.Ollama != nil && b.Ollama.Shared() && at(o, "metadata", "name") == b.Ollama.ServiceName() {
			return o["kind"] != "Deployment" || fmt.Sprint(at(o, "spec", "strategy", "rollingUpdate", "maxSurge")) == "0"
		}
		claims := strings.Contains(fmt.Sprint(at(o, "spec", "template", "spec", "volumes")), "persistentVolumeClaim")
		return o["kind"] != "Deployment" || !claims || at(o, "spec", "strategy", "type") == "Recreate"
	}},
	{"a null or an empty value is drift", func(_ *v1alpha1.Base, o generator.Object) bool { return len(leftovers("", o)) == 0 }},
}

func TestObjectRules(t *testing.T) {
	seen := 0
	for i, data := range someStacks(t, sample.Size(20, 80)) {
		stack, problems := generator.Load("hearth.yaml", data)
		if stack == nil {
			t.Fatal(problems.Err())
		}
		bases := slices.Clone(stack.Bases)
		for _, o := range stack.Overlays {
			bases = append(bases, o.Bases...)
		}
		for _, b := range bases {
			made, err := build.Objects(stack.Name, &b)
			if err != nil {
				t.Fatal(err)
			}
			ids := map[string]bool{}
			for _, o := range made {
				seen++
				if ids[id(o)] {
					t.Errorf("stack %d: %s is made twice", i, id(o))
				}
				ids[id(o)] = true
				for _, rule := range objectRules {
					if !rule.holds(&b, o) {
						t.Errorf("stack %d: %s: %s\n%v", i, id(o), rule.reason, o)
					}
				}
			}
		}
	}
	t.Logf("%d objects", seen)
}

// at is the value at a path of fields.
func at(o generator.Object, path ...string) any {
	var v any = o
	for _, name := range path {
		m, _ := v.(map[string]any)
		v = m[name]
	}
	return v
}

// onlyOurs reports whether none of the labels is a person's. Further ones belong to the
// programs that read them.
func onlyOurs(labels map[string]any, further ...string) bool {
	for key := range maps.Keys(labels) {
		domain, _, _ := strings.Cut(key, "/")
		if domain != "app.kubernetes.io" && !slices.Contains(further, domain) {
			return false
		}
	}
	return true
}

// An overlay that overrides nothing is its base and not a line more.
func TestAnOverlayWithoutOverridesHasNoPatches(t *testing.T) {
	for i, data := range someStacks(t, sample.Size(2, 12)) {
		root := document(t, data)
		overlays := &yaml.Node{Kind: yaml.SequenceNode}
		for j, b := range get(root, "spec", "bases").Content {
			name := &yaml.Node{Kind: yaml.ScalarNode, Style: yaml.DoubleQuotedStyle, Value: get(b, "name").Value}
			if urls := get(b, "openWebUI", "ollamaURLs"); urls != nil && urls.Kind == yaml.SequenceNode { // the other bases are not there
				urls.Content = []*yaml.Node{scalar("https://gpu.example.org")}
			}
			overlays.Content = append(overlays.Content, mapping("name", scalar(fmt.Sprintf("same-%d", j)),
				"bases", &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{mapping("name", name)}}))
		}
		content := substitutedAs(root, mapping("bases", get(root, "spec", "bases"), "overlays", overlays))
		same := mapping("apiVersion", scalar(v1alpha1.APIVersion), "kind", scalar(v1alpha1.Kind), "metadata", get(root, "metadata"), "spec", content)
		files := generated(t, text(t, same))
		for path, data := range files {
			folder, isKustomization := strings.CutSuffix(path, "/kustomization.yaml")
			if !strings.HasPrefix(path, "overlays/") || strings.HasSuffix(path, "-recurringjob.yaml") { // of another namespace
				continue
			}
			want := 5
			for other := range files {
				if strings.HasPrefix(other, folder+"/") && other != path {
					want++
				}
			}
			if lines := strings.Count(data, "\n"); !isKustomization || lines != want || strings.Contains(data, "patches:") {
				t.Errorf("stack %d: %s is not its base alone:\n%s", i, path, data)
			}
		}
	}
}
