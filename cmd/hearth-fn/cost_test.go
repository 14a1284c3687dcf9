package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// smallList is a call as kustomize makes it.
const smallList = `apiVersion: config.kubernetes.io/v1
kind: ResourceList
items: []
functionConfig:
  apiVersion: hearth.dev/v1alpha1
  kind: Ollama
  metadata: {name: ollama, namespace: ai}
  spec: {models: ["llama3.2:3b"]}
`

// programs are hearth-fn and a function on the same framework that does nothing.
func programs(t testing.TB) (hearth, noop string) {
	t.Helper()
	dir := t.TempDir()
	for _, source := range []string{".", "../../fns/testdata/noop"} {
		out := filepath.Join(dir, filepath.Base(source))
		if source == "." {
			out = filepath.Join(dir, "hearth-fn")
		}
		if said, err := exec.Command("go", "build", "-o", out, source).CombinedOutput(); err != nil {
			t.Fatalf("go build %s: %v\n%s", source, err, said)
		}
	}
	return filepath.Join(dir, "hearth-fn"), filepath.Join(dir, "noop")
}

// call runs a program once and returns the processor time it took.
func call(t testing.TB, program string) time.Duration {
	t.Helper()
	cmd := exec.Command(program)
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader([]byte(smallList)), &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", program, err, stderr.String())
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}

// BenchmarkCall is a call as kustomize makes it: start, read, work, write. The
// goal is twice what a function costs that does nothing.
func BenchmarkCall(b *testing.B) {
	hearth, noop := programs(b)
	for name, program := range map[string]string{"noop": noop, "hearth-fn": hearth} {
		b.Run(name, func(b *testing.B) {
			var total time.Duration
			for b.Loop() {
				total += call(b, program)
			}
			b.ReportMetric(float64(total.Nanoseconds())/float64(b.N), "cpu-ns/op")
		})
	}
}
