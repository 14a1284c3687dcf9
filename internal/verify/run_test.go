package verify_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/verify"
)

const tick = 20 * time.Millisecond

func TestWaitsForTheClusterToWork(t *testing.T) {
	stack, cluster := start(t, "e2e-kind")
	cluster.Pulling("smollm2:135m: pulling, try 1 of 5")
	var seen []string
	report := run(t, cluster, verify.Options{Stack: stack, Overlay: "e2e-kind", Timeout: time.Minute, Interval: tick}, func(row verify.Row) {
		if row.Check != "workload" {
			return
		}
		seen = append(seen, string(row.Status)+" "+row.Detail)
		if strings.HasSuffix(row.Detail, "try 1 of 5") {
			cluster.Ready()
		}
	})
	want := []string{
		"waiting ",
		"waiting pull-models is running: smollm2:135m: pulling, try 1 of 5",
		"passed 1 of 1 ready, docker.io/ollama/ollama:0.23.2",
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !report.Passed {
		t.Errorf("not passed: %+v", report.Rows)
	}
}

func TestWaitsNoLongerThanTheTimeout(t *testing.T) {
	stack, cluster := start(t, "e2e-kind")
	cluster.Pulling("smollm2:135m: pulling, try 1 of 5")
	report := run(t, cluster, verify.Options{Stack: stack, Overlay: "e2e-kind", Timeout: 5 * tick, Interval: tick}, nil)
	row, _ := report.Row("workload", "")
	want := "pull-models is running: smollm2:135m: pulling, try 1 of 5 (after 100ms)"
	if row.Status != verify.Failed || row.Detail != want {
		t.Errorf("got %s %q, want failed %q", row.Status, row.Detail, want)
	}
	if row, _ := report.Row("prompt", ""); row.Detail != "needs models ollama/ollama" {
		t.Errorf("the question: got %q", row.Detail)
	}
}

// What is wrong for a moment only is no failure, and what stays wrong is one
// long before the timeout.
func TestFailureHasToLast(t *testing.T) {
	stack, cluster := start(t, "homelab-nginx")
	cluster.Route.Status = 502
	report := run(t, cluster, verify.Options{Stack: stack, Overlay: "homelab-nginx", Timeout: time.Minute, Interval: tick}, func(row verify.Row) {
		if row.Check == "https" && strings.HasPrefix(row.Detail, "502") {
			if row.Status != verify.Waiting {
				t.Errorf("at first sight the row is %s", row.Status)
			}
			cluster.Route.Status = 0
		}
	})
	if !report.Passed {
		t.Error("a route that came a moment later failed")
	}
	cluster.Route.Status = 502
	report = run(t, cluster, verify.Options{Stack: stack, Overlay: "homelab-nginx", Timeout: time.Hour, Interval: tick}, nil)
	if row, _ := report.Row("https", ""); row.Status != verify.Failed {
		t.Errorf("a route that never works: %s", row.Status)
	}
}

func TestAsksOnce(t *testing.T) {
	stack, cluster := start(t, "e2e-kind")
	cluster.Ollama.Rate = 1
	report := run(t, cluster, verify.Options{Stack: stack, Overlay: "e2e-kind", MinTPS: 10, Timeout: time.Minute, Interval: tick}, nil)
	if row, _ := report.Row("prompt", ""); row.Status != verify.Failed {
		t.Errorf("the question: got %s", row.Status)
	}
	if n := cluster.Ollama.Questions; n != 2 { // cold and warm
		t.Errorf("the model was asked %d times, want 2", n)
	}
}

func TestMeasures(t *testing.T) {
	stack, cluster := start(t, "e2e-kind")
	report := run(t, cluster, verify.Options{Stack: stack, Overlay: "e2e-kind"}, nil)
	row, _ := report.Row("prompt", "ollama/ollama")
	got, ok := row.Measured.(verify.Answer)
	if !ok {
		t.Fatalf("measured a %T", row.Measured)
	}
	if got.WallSeconds <= 0 {
		t.Errorf("wall: %v", got.WallSeconds)
	}
	got.WallSeconds = 0
	want := verify.Answer{
		Model: "model-registry.models.svc:5000/library/smollm2:135m", Text: "A system that keeps containers running.",
		LoadSeconds: 0.01, PromptEvalSeconds: 1, EvalSeconds: 2, PromptTokens: 32, Tokens: 26, TokensPerSecond: 13,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for check, want := range map[string]any{
		"models": []verify.Model{{Name: want.Model, Digest: "a80c4f17acd55265feec403c7aef86be0c25983ab279d83f3bcd3abbcb5b8b72", SizeBytes: 2019393189}},
		"volume": verify.Volume{Phase: "Bound", CapacityBytes: 1 << 30},
		"memory": verify.Memory{Pod: "ollama-0", Container: "ollama", UsedBytes: 512 << 20, LimitBytes: 1 << 30, At: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)},
	} {
		row, _ := report.Row(check, "")
		if diff := cmp.Diff(want, row.Measured); diff != "" {
			t.Errorf("%s (-want +got):\n%s", check, diff)
		}
	}
}

func TestInterrupted(t *testing.T) {
	stack, cluster := start(t, "e2e-kind")
	cluster.Pulling("smollm2:135m: pulling, try 1 of 5")
	ctx, cancel := context.WithCancel(t.Context())
	report, err := verify.Run(ctx, verify.Options{Config: cluster.Config(), Stack: stack, Overlay: "e2e-kind", Timeout: time.Hour, Interval: time.Hour}, func(row verify.Row) {
		if row.Check == "workload" && row.Detail != "" {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v", err)
	}
	if row, _ := report.Row("workload", ""); row.Status != verify.Waiting || row.Detail == "" {
		t.Errorf("the report lost what was seen: %+v", row)
	}
	if report.Passed {
		t.Error("passed, with rows that nobody has seen")
	}
}

// A question that hangs ends with the context, not with its answer.
func TestInterruptedWhileAsking(t *testing.T) {
	stack, cluster := start(t, "e2e-kind")
	cluster.Ollama.Hang = make(chan struct{})
	defer close(cluster.Ollama.Hang)
	ctx, cancel := context.WithCancel(t.Context())
	begin := time.Now()
	_, err := verify.Run(ctx, verify.Options{Config: cluster.Config(), Stack: stack, Overlay: "e2e-kind", Timeout: time.Hour}, func(row verify.Row) {
		if row.Check == "cold" && row.Detail == "asking" {
			time.AfterFunc(tick, cancel)
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v", err)
	}
	if took := time.Since(begin); took > 30*time.Second {
		t.Errorf("it took %s to end", took)
	}
}

func TestCannotRun(t *testing.T) {
	stack, cluster := start(t, "e2e-kind")
	if _, err := verify.Run(t.Context(), verify.Options{Config: cluster.Config(), Stack: stack, Overlay: "attic"}, nil); err == nil || !strings.Contains(err.Error(), `overlay "attic"`) {
		t.Errorf("no such overlay: got error %v", err)
	}
	var kinds []string
	for _, o := range []string{"namespaces", "networkpolicies", "serviceaccounts", "services", "configmaps", "persistentvolumeclaims", "deployments", "pods", "endpointslices"} {
		cluster.Deny(o)
		kinds = append(kinds, o)
	}
	report, err := verify.Run(t.Context(), verify.Options{Config: cluster.Config(), Stack: stack, Overlay: "e2e-kind"}, nil)
	if err == nil || !strings.Contains(err.Error(), "nothing could be checked") || report.Passed {
		t.Errorf("without rights to %s: got error %v, %+v", strings.Join(kinds, ", "), err, report.Rows)
	}
	config := cluster.Config()
	cluster.Server.Close()
	if _, err := verify.Run(t.Context(), verify.Options{Config: config, Stack: stack, Overlay: "e2e-kind"}, nil); err == nil || !strings.Contains(err.Error(), "reaching the cluster") {
		t.Errorf("no cluster: got error %v", err)
	}
}

func TestMeasuresFootprint(t *testing.T) {
	stack, cluster := start(t, "e2e-kind")
	cluster.Measure("ollama", "ollama-0", "ollama", 300<<20, 310<<20)
	report := run(t, cluster, verify.Options{Stack: stack, Overlay: "e2e-kind"}, nil)
	row, _ := report.Row("footprint", "ollama/ollama")
	got, _ := row.Measured.(verify.Footprint)
	if got.DerivedBytes <= 0 {
		t.Errorf("derived: %d", got.DerivedBytes)
	}
	got.DerivedBytes = 0
	const model = "model-registry.models.svc:5000/library/smollm2:135m"
	want := verify.Footprint{
		Pod: "ollama-0", Models: []verify.LoadedModel{{Name: model, ContextLength: 4096, DerivedContextLength: 4096}},
		AnonymousBytes: 300 << 20, WorkingSetBytes: 310 << 20, At: time.Date(2126, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The rows are all there from the beginning, so that a table knows its columns.
func TestReportsEveryRowAtTheBeginning(t *testing.T) {
	stack, cluster := start(t, "homelab-nginx")
	var first []string
	report := run(t, cluster, verify.Options{Stack: stack, Overlay: "homelab-nginx"}, func(row verify.Row) {
		if row.Status == verify.Waiting && row.Detail == "" {
			first = append(first, row.Check+" "+row.Subject)
		}
	})
	var all []string
	for _, row := range report.Rows {
		all = append(all, row.Check+" "+row.Subject)
		if row.Title == "" {
			t.Errorf("%s has no title", row.Check)
		}
	}
	if diff := cmp.Diff(all, first); diff != "" {
		t.Errorf("(-all +first):\n%s", diff)
	}
	slices.Sort(all)
	if n := len(slices.Compact(all)); n != len(report.Rows) {
		t.Errorf("%d rows have only %d names", len(report.Rows), n)
	}
}

// The reason of a failed pull is found by how the puller ends its log.
func TestPullerEndsItsLogAsExpected(t *testing.T) {
	objects, problems := generator.Objects(parse(t, "../../hearth.yaml"), "e2e-kind")
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprint(objects); !strings.Contains(text, `say "not pulled:`) {
		t.Error("the puller does not say \"not pulled:\" any more: change pullerSum")
	}
}
