package workload_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/workload"
)

// TestSpeedScript runs the CronJob's script with a stand-in for Ollama's client,
// which writes what version 0.23.2 does.
func TestSpeedScript(t *testing.T) {
	command := speedCommand(t)
	for _, test := range []struct {
		name, show, run string // what the client does, as sh
		says            string
		good            bool
	}{
		{"fast", ":", rates("1200.50", "12.01"), "llama3.2:3b: 12.01 tokens/s, at least 12", true},
		{"slow", ":", rates("1200.50", "11.99"), "llama3.2:3b: 11.99 tokens/s, which is below 12", false},
		{"below one", ":", rates("3.10", "0.73"), "llama3.2:3b: 0.73 tokens/s, which is below 12", false},
		{"no such model", "echo 'Error: model not found' >&2; exit 1", "echo asked >&2", "llama3.2:3b: not asked: Error: model not found", false},
		{"no bound", ": ;; create) echo 'Error: disk full' >&2; exit 1", ":", "llama3.2:3b: not asked: Error: disk full", false},
		{"no answer", ":", "echo 'Error: llama runner has terminated' >&2; exit 1", "llama3.2:3b: no answer: Error: llama runner has terminated", false},
		{"says nothing", ":", ":", "llama3.2:3b: answered without saying how fast", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			client := "#!/bin/sh\ncase $1 in show) " + test.show + " ;; run) " + test.run + " ;; create) cp $4 ${0%/*}/made ;; rm) rm ${0%/*}/made ;; esac\n"
			if err := os.WriteFile(filepath.Join(dir, "ollama"), []byte(client), 0o755); err != nil {
				t.Fatal(err)
			}
			c := exec.Command(command[0], command[1:]...)
			c.Env = []string{"PATH=" + dir + ":" + os.Getenv("PATH"), "HOME=" + dir}
			out, err := c.CombinedOutput()
			if got := strings.TrimSpace(string(out)); got != test.says || (err == nil) != test.good {
				t.Errorf("says %q, and ends with %v; want %q, good: %t", got, err, test.says, test.good)
			}
			if _, err := os.Stat(filepath.Join(dir, "made")); err == nil {
				t.Error("the model that was made for the question is still there")
			}
		})
	}
}

// rates is a client's answer with the two rates that it tells.
func rates(question, answer string) string {
	return "echo one two three; printf 'total duration:       2.5s\\nprompt eval rate:     " + question +
		" tokens/s\\neval count:           90 token(s)\\neval rate:            " + answer + " tokens/s\\n' >&2"
}

// speedCommand is what the CronJob's container runs.
func speedCommand(t *testing.T) []string {
	t.Helper()
	b := v1alpha1.Base{
		Name: "ai", Namespace: "ai", Ollama: &v1alpha1.Ollama{Models: []string{"llama3.2:3b"}},
		Monitoring: &v1alpha1.Monitoring{Speed: &v1alpha1.Speed{MinTokensPerSecond: 12}},
	}
	b.Default()
	for _, o := range workload.Objects("homelab", &b) {
		if job, is := o.(*batchv1.CronJob); is {
			c := job.Spec.JobTemplate.Spec.Template.Spec.Containers[0]
			return append(c.Command, c.Args...)
		}
	}
	t.Fatal("the workload has no CronJob")
	return nil
}
