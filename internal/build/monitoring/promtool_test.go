package monitoring_test

import (
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/internal/build/monitoring"
)

var promtool = flag.Bool("promtool", false, "run the command promtool of tools/promtool on the rules")

// TestPromtool has Prometheus' own tool read the rules of each base, and run the
// tests in testdata/promtool on them.
func TestPromtool(t *testing.T) {
	if !*promtool {
		t.Skip("go builds it when it first runs, which takes minutes: go test ./internal/build/monitoring -run Promtool -promtool")
	}
	for name, b := range bases() {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "rules.yaml"), rulesOf(t, objects(b)))
			judge(t, "check", "rules", "--lint-fatal", "--lint=all", filepath.Join(dir, "rules.yaml"))
			tests, err := os.ReadFile(filepath.Join("testdata", "promtool", strings.ReplaceAll(strings.ToLower(name), " ", "-")+".yaml"))
			if os.IsNotExist(err) && name == "chat alone" { // its rules are a part of the others'
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(dir, "tests.yaml"), tests)
			judge(t, "test", "rules", filepath.Join(dir, "tests.yaml"))
		})
	}
}

// Each alert has to fire in a test: one that cannot is worse than none.
func TestEveryAlertIsTested(t *testing.T) {
	files, err := filepath.Glob("testdata/promtool/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	var all strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	for name, b := range bases() {
		for _, a := range monitoring.Alerts(b) {
			if !strings.Contains(all.String(), `alertname="`+a.Name+`"`) && !strings.Contains(all.String(), "alertname: "+a.Name) {
				t.Errorf("%s: no test of %s in testdata/promtool", name, a.Name)
			}
		}
	}
}

// rulesOf is the PrometheusRule among objects as a file of Prometheus'.
func rulesOf(t *testing.T, objects []any) []byte {
	t.Helper()
	for _, o := range objects {
		var rule struct {
			Kind string
			Spec json.RawMessage
		}
		if data, err := json.Marshal(o); err != nil || json.Unmarshal(data, &rule) != nil {
			t.Fatal(err)
		}
		if rule.Kind == "PrometheusRule" {
			return rule.Spec // JSON is YAML
		}
	}
	t.Fatal("there is no PrometheusRule")
	return nil
}

func write(t *testing.T, file string, data []byte) {
	t.Helper()
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func judge(t *testing.T, args ...string) {
	t.Helper()
	c := exec.Command("go", append([]string{"tool", "-modfile=../../../tools/promtool/go.mod", "promtool"}, args...)...)
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}
