package vet_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

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

// mapOf are the files of a tree.
func mapOf(files []generator.File) fstest.MapFS {
	tree := fstest.MapFS{}
	for _, f := range files {
		tree[f.Path] = &fstest.MapFile{Data: f.Data, Mode: 0o644}
	}
	return tree
}

// An overlay and its copy in a bundle of its own are told once, unless they differ.
func TestFolderOfSeveralBundles(t *testing.T) {
	in := fleetOf(t, 2)
	in.Stack.Fleet.Bundles = v1alpha1.FleetPerOverlay
	files, err := generator.GenerateUnchecked(in.Stack)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, mapOf(files)); err != nil {
		t.Fatal(err)
	}
	told := func() []string {
		results, err := vet.New().Folder(dir)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, r := range results {
			name, _ := filepath.Rel(dir, r.Name)
			names = append(names, name)
		}
		return names
	}
	want := []string{".", "fleet", "fleet/o00000", "fleet/o00001", "overlays/o00000", "overlays/o00001"}
	if diff := cmp.Diff(want, told()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	const other = "fleet/o00001/overlays/o00001"
	file := filepath.Join(dir, other, "kustomization.yaml")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(data, "nameSuffix: -b\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	want = slices.Insert(want, 4, other)
	if diff := cmp.Diff(want, told()); diff != "" {
		t.Errorf("with another copy (-want +got):\n%s", diff)
	}
}
