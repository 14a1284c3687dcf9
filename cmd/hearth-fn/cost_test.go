package main

import (
	"bytes"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// programs are hearth-fn and a function on the same framework that does nothing.
func programs(b *testing.B) (hearth, noop string) {
	b.Helper()
	dir := b.TempDir()
	for _, source := range []string{".", "../../fns/testdata/noop"} {
		out := filepath.Join(dir, filepath.Base(source))
		if source == "." {
			out = filepath.Join(dir, "hearth-fn")
		}
		if said, err := exec.Command("go", "build", "-o", out, source).CombinedOutput(); err != nil {
			b.Fatalf("go build %s: %v\n%s", source, err, said)
		}
	}
	return filepath.Join(dir, "hearth-fn"), filepath.Join(dir, "noop")
}

// call runs a program once on a list, and returns the processor time it took.
func call(b *testing.B, program, list string) time.Duration {
	b.Helper()
	cmd := exec.Command(program)
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = strings.NewReader(list), &stderr
	if err := cmd.Run(); err != nil {
		b.Fatalf("%s: %v\n%s", program, err, stderr.String())
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}

// checkedExample is the list that StackCheck gets in examples/kustomize-check.
func checkedExample(b *testing.B, hearth string) string {
	b.Helper()
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join("../../examples/kustomize-check", name))
		if err != nil {
			b.Fatal(err)
		}
		return strings.ReplaceAll(string(data), "\n", "\n  ")
	}
	const list = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nfunctionConfig:\n  "
	cmd := exec.Command(hearth)
	cmd.Stdin = strings.NewReader(list + read("ollama.yaml"))
	out, err := cmd.Output()
	if err != nil {
		b.Fatal(err)
	}
	items, _, _ := strings.Cut(string(out), "\nfunctionConfig:")
	_, items, _ = strings.Cut(items, "\nitems:")
	return list + read("check.yaml") + "\nitems:" + items
}

// BenchmarkCall is a call as kustomize makes it, start, read, work, write, of
// each kind's example in the help, and of StackCheck's in examples. A function
// that does nothing takes its turn with it, so that a busy machine is busy for
// both; the goal is twice what that costs.
func BenchmarkCall(b *testing.B) {
	hearth, noop := programs(b)
	lists := examples(b)
	lists["StackCheckFive"] = checkedExample(b, hearth)
	for _, kind := range slices.Sorted(maps.Keys(lists)) {
		b.Run(kind, func(b *testing.B) {
			var own, nothing []time.Duration
			for b.Loop() {
				own = append(own, call(b, hearth, lists[kind]))
				nothing = append(nothing, call(b, noop, lists[kind]))
			}
			slices.Sort(own)
			slices.Sort(nothing)
			middle := len(own) / 2
			b.ReportMetric(float64(own[middle].Microseconds()), "cpu-µs")
			b.ReportMetric(float64(nothing[middle].Microseconds()), "noop-cpu-µs")
			b.ReportMetric(float64(own[middle])/float64(nothing[middle]), "times-noop")
		})
	}
}
