package generator_test

import (
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/build/catalog/restore"
)

// What the steps of a way back write into the stack leads the workload to the
// restored claim, and keeps what takes its snapshots.
func TestRestoreRenders(t *testing.T) {
	for name, c := range map[string]struct{ backup, job string }{
		"a schedule":              {"{type: snapshotSchedule, snapshotSchedule: {className: csi}}", "SnapshotSchedule"},
		"jobs of somebody else's": {"{type: longhorn, longhorn: {group: nightly}}", ""},
		"a job of its own":        {"{type: longhorn, longhorn: {group: own, task: backup}}", "RecurringJob"},
	} {
		t.Run(name, func(t *testing.T) {
			text := `apiVersion: hearth.dev/v1alpha1
kind: Stack
metadata: {name: home}
spec:
  bases:
    - name: ai
      namespace: ai
      ollama: {models: ["llama3.2:3b"]}
      openWebUI: {storage: {size: 3Gi, storageClassName: csi, backup: ` + c.backup + `}}
  overlays: [{name: home, bases: [{name: ai}]}]
`
			before := loaded(t, text)
			volumes, err := restore.Of("home", before.Overlay("home"))
			if err != nil {
				t.Fatal(err)
			}
			ways := volumes[0].Ways
			stack, steps := restored(t, text, ways[len(ways)-1])
			if steps != 1 {
				t.Fatalf("%d steps write into the stack, want 1", steps)
			}
			if _, problems := generator.Generate(loaded(t, stack)); problems.Err() != nil {
				t.Fatal(problems)
			}
			all, problems := generator.Objects(loaded(t, stack), "home")
			if problems.Err() != nil {
				t.Fatal(problems)
			}
			kinds := map[string]int{}
			for _, o := range all {
				kinds[o["kind"].(string)]++
				if o["kind"] == "StatefulSet" {
					data, err := yaml.Marshal(o)
					if err != nil || !strings.Contains(string(data), "claimName: open-webui-restored") {
						t.Errorf("%v: the workload has another claim:\n%s", err, data)
					}
				}
			}
			if kinds["StatefulSet"] != 1 || kinds["PersistentVolumeClaim"] != 1 || c.job != "" && kinds[c.job] != 1 {
				t.Errorf("got %v, want the claim of the models and the job %q", kinds, c.job)
			}
		})
	}
}

// restored is the stack with what the steps write into it: an overlay in place of
// that of its name.
func restored(t *testing.T, stack string, way restore.Way) (string, int) {
	t.Helper()
	steps := 0
	for _, s := range way.Steps {
		if s.Stack == "" {
			continue
		}
		steps++
		var whole, part map[string]any
		for text, into := range map[string]*map[string]any{stack: &whole, s.Stack: &part} {
			if err := yaml.Unmarshal([]byte(text), into); err != nil {
				t.Fatal(err)
			}
		}
		whole["spec"].(map[string]any)["overlays"] = part["spec"].(map[string]any)["overlays"]
		data, err := yaml.Marshal(whole)
		if err != nil {
			t.Fatal(err)
		}
		stack = string(data)
	}
	return stack, steps
}

func loaded(t *testing.T, stack string) *v1alpha1.Resolved {
	t.Helper()
	resolved, problems := generator.Load("hearth.yaml", []byte(stack))
	if problems.Err() != nil {
		t.Fatalf("%v\n%s", problems, stack)
	}
	return resolved
}
