package fns_test

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Whatever is found, the items come back as they came.
func TestCheckChangesNothing(t *testing.T) {
	for _, name := range []string{"check-clean", "check-found", "check-unreadable"} {
		t.Run(name, func(t *testing.T) {
			a, err := txtar.ParseFile(filepath.Join("testdata", name+".txtar"))
			if err != nil {
				t.Fatal(err)
			}
			in := parse(t, string(a.Files[0].Data))
			out, _, _ := run(t, in.String())
			if diff := cmp.Diff(texts(t, in.items), texts(t, parse(t, out).items)); diff != "" {
				t.Errorf("(-in +out):\n%s", diff)
			}
		})
	}
}

// What kpt sends a validator: of the person's two objects one has a finding, and
// the Kptfile, the configs and kustomization.yaml are nobody's to check.
func TestCheckOfWhatKptSends(t *testing.T) {
	in := recorded(t, "kpt-validator")
	if err := in.items[4].PipeE(yaml.Lookup("spec"), yaml.SetField("clusterIp", yaml.NewStringRNode("None"))); err != nil {
		t.Fatal(err)
	}
	const found = "mine/own.yaml: Service ai/ollama: spec.clusterIp: schema: unknown field; did you mean \"clusterIP\"?\n"
	out, said, err := run(t, in.String())
	equal(t, "stderr", "hearth-fn: error: "+found, said)
	if err == nil {
		t.Error("no error")
	}
	again := next(t, out, in.config)
	exceptions := "{exceptions: [{rule: schema, object: Service/ai/ollama, reason: a newer cluster knows it}]}"
	if err := again.config.PipeE(yaml.SetField("spec", yaml.MustParse(exceptions))); err != nil {
		t.Fatal(err)
	}
	accepted := parse(t, mustRun(t, again.String()))
	if accepted.results != nil {
		t.Errorf("with an exception it says:\n%s", accepted.results.MustString())
	}
	if diff := cmp.Diff(texts(t, in.items), texts(t, accepted.items)); diff != "" {
		t.Errorf("items (-in +out):\n%s", diff)
	}
}
