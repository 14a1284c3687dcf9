package vet_test

import (
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/vet"
)

// fleetOf is a stack that sends n overlays of one base to a cluster each.
func fleetOf(t testing.TB, n int) vet.StackInput {
	t.Helper()
	stack, problems := generator.Load("hearth.yaml", []byte(`apiVersion: hearth.dev/v1alpha1
kind: Stack
metadata: {name: fleet}
spec:
  bases:
  - {name: ollama, namespace: ollama, ollama: {models: ["llama3.2:3b"]}}
  overlays:
  - {name: o, bases: [{name: ollama, ollama: {env: {OLLAMA_ORIGINS: "https://a.lan"}}}]}
  fleet:
    targets: [{overlay: o, clusterName: o}]
`))
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	one := stack.Overlays[0]
	stack.Overlays, stack.Fleet.Targets = nil, nil
	for i := range n {
		o := one
		o.Name = fmt.Sprintf("o%05d", i)
		stack.Overlays = append(stack.Overlays, o)
		stack.Fleet.Targets = append(stack.Fleet.Targets, v1alpha1.FleetTarget{Overlay: o.Name, ClusterName: o.Name})
	}
	files, err := generator.GenerateUnchecked(stack)
	if err != nil {
		t.Fatal(err)
	}
	return vet.StackInput{Stack: stack, Files: files}
}

// An overlay costs as much among many as among few.
func TestStackIsLinear(t *testing.T) {
	checker := vet.New()
	each := func(n int) float64 {
		in := fleetOf(t, n)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := checker.Stack(in); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		return float64(after.TotalAlloc-before.TotalAlloc) / float64(n)
	}
	each(1) // schemas and kustomize's own are read once
	few, many := each(5), each(40)
	t.Logf("%.0f bytes an overlay of 5, %.0f of 40", few, many)
	if many > 1.25*few {
		t.Errorf("an overlay of 40 takes %.2f times what one of 5 takes", many/few)
	}
}

// BenchmarkFleet reports what an overlay takes among so many, in milliseconds of
// processor time, which a busy machine changes less.
func BenchmarkFleet(b *testing.B) {
	checker := vet.New()
	for _, n := range []int{100, 300, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			in := fleetOf(b, n)
			before := spent(b)
			for b.Loop() {
				if _, err := checker.Stack(in); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((spent(b)-before).Microseconds())/1000/float64(b.N)/float64(n), "cpu-ms/overlay")
		})
	}
}

func spent(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
