package fns_test

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/kio"

	"github.com/hearth-dev/hearth/fns"
)

// ollamaList is about the smallest list there is.
const ollamaList = `apiVersion: config.kubernetes.io/v1
kind: ResourceList
items: []
functionConfig:
  apiVersion: hearth.dev/v1alpha1
  kind: Ollama
  metadata: {name: ollama, namespace: ai}
  spec:
    models: ["llama3.2:3b"]
`

// cpu is the processor time of this process in nanoseconds: on a busy machine
// the time that passes says little.
func cpu() float64 {
	var r syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &r) != nil {
		return 0
	}
	return float64(r.Utime.Nano() + r.Stime.Nano())
}

// measure runs work b.N times and reports processor time as well.
func measure(b *testing.B, work func() error) {
	b.Helper()
	b.ReportAllocs()
	start := cpu()
	for b.Loop() {
		if err := work(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric((cpu()-start)/float64(b.N), "cpu-ns/op")
}

// noop is what any function on the framework costs at least.
func noop(in string) error {
	return framework.Execute(
		framework.ResourceListProcessorFunc(func(*framework.ResourceList) error { return nil }),
		&kio.ByteReadWriter{Reader: strings.NewReader(in), Writer: io.Discard, KeepReaderAnnotations: true})
}

// BenchmarkProcess is the function's own work, in a process that runs already.
func BenchmarkProcess(b *testing.B) {
	for name, config := range map[string]string{
		"Ollama": ollamaList,
		"Stack":  list{config: stackConfig(b, "homelab-nginx")}.String(),
	} {
		b.Run(name, func(b *testing.B) {
			l := parse(b, config)
			measure(b, func() error {
				return fns.Process(&framework.ResourceList{FunctionConfig: l.config})
			})
		})
	}
}

// BenchmarkRun is a whole run, with reading and writing. What the framework takes
// to read and write the same objects, and nothing else, is beside it.
func BenchmarkRun(b *testing.B) {
	for name, in := range map[string]string{
		"Ollama": ollamaList,
		"Stack":  list{config: stackConfig(b, "homelab-nginx")}.String(),
	} {
		b.Run(name, func(b *testing.B) {
			measure(b, func() error { return fns.Run(strings.NewReader(in), io.Discard, io.Discard) })
		})
		out := mustRun(b, in)
		b.Run(name+"/noop", func(b *testing.B) {
			measure(b, func() error { return noop(out) })
		})
	}
}

// BenchmarkForeign passes items on that are not its own.
func BenchmarkForeign(b *testing.B) {
	for _, n := range []int{100, 1000, 3000} {
		in := foreign(n)
		b.Run(fmt.Sprintf("noop/%d", n), func(b *testing.B) {
			measure(b, func() error { return noop(in) })
		})
		b.Run(fmt.Sprintf("hearth/%d", n), func(b *testing.B) {
			measure(b, func() error { return fns.Run(strings.NewReader(in), io.Discard, io.Discard) })
		})
	}
}

// BenchmarkStackCheck looks through lists of foreign applications, of five items
// each, a hundred items in a namespace: every rule has something to compare with
// everything else there. In the last list they are all in one.
func BenchmarkStackCheck(b *testing.B) {
	run := func(name, in string) {
		b.Run(name, func(b *testing.B) {
			measure(b, func() error { return fns.Run(strings.NewReader(in), io.Discard, io.Discard) })
		})
	}
	for _, n := range []int{100, 1000, 3000} {
		run(fmt.Sprint(n), applications(n))
	}
	run("3000/one-namespace", regexp.MustCompile("space-[0-9]+").ReplaceAllString(applications(3000), "space"))
}
