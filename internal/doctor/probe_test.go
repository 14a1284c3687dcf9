package doctor_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	psa "k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"github.com/hearth-dev/hearth/internal/doctor"
	"github.com/hearth-dev/hearth/internal/testing/fakecluster"
	"github.com/hearth-dev/hearth/internal/verify"
)

// atOnce bounds a probe of a cluster that does everything at once.
func atOnce() *doctor.Probe {
	const short = 50 * time.Millisecond
	return &doctor.Probe{Start: short, Schedule: short / 5, Reach: short, Enforce: short, Interval: 5 * time.Millisecond}
}

// status changes a created pod's.
func status(pod string, container map[string]any) func(*fakecluster.Object) {
	return func(o *fakecluster.Object) {
		if o.GetKind() == "Pod" && o.GetName() == pod {
			container["name"] = pod
			set(o, []any{container}, "status", "containerStatuses")
		}
	}
}

func waiting(reason, message string) map[string]any {
	return map[string]any{"state": map[string]any{"waiting": map[string]any{"reason": reason, "message": message}}}
}

func leftover(name string, labels map[string]string) func(*fakecluster.Cluster) {
	return func(c *fakecluster.Cluster) {
		o := &fakecluster.Object{Object: map[string]any{"apiVersion": "v1", "kind": "Namespace"}}
		o.SetName(name)
		o.SetLabels(labels)
		c.Put(o)
	}
}

// TestProbe is each outcome, after which nothing is left.
func TestProbe(t *testing.T) {
	flannel := rename("DaemonSet", "calico-node", "kube-flannel-ds")
	nobody := func(*fakecluster.Cluster) {}
	for name, test := range map[string]struct {
		overlay string // default: internal
		network fakecluster.Network
		change  func(*fakecluster.Cluster)
		status  verify.Status
		detail  string // a part
	}{
		"enforced":                {network: fakecluster.Network{Enforces: true}, change: nobody, status: verify.Passed, detail: " s, on node-1; Calico (kube-system/calico-node)"},
		"enforced by who knows":   {network: fakecluster.Network{Enforces: true}, change: flannel, status: verify.Passed, detail: "a policy was enforced after "},
		"not enforced":            {change: nobody, status: verify.Failed, detail: "a policy was not enforced within 0 s, on node-1: those of the overlay protect nothing here"},
		"no connection at all":    {network: fakecluster.Network{Blocked: true, Enforces: true}, change: nobody, status: verify.NotChecked, detail: "the client on node-1 does not reach the server on node-1, though the probe has made no policy yet; a policy of the whole cluster may be in the way; by name it is Calico"},
		"neither, but flannel":    {network: fakecluster.Network{Blocked: true}, change: flannel, status: verify.Failed, detail: "flannel alone enforces none: each pod of the cluster reaches Ollama, which has no password; not proved: the probe says nothing: "},
		"no namespaces":           {change: func(c *fakecluster.Cluster) { c.Deny("namespaces") }, status: verify.NotChecked, detail: "this user may not probe: namespaces is forbidden"},
		"no pods":                 {change: func(c *fakecluster.Cluster) { c.Deny("pods") }, status: verify.NotChecked, detail: "this user may not probe: pods is forbidden"},
		"no policies":             {change: func(c *fakecluster.Cluster) { c.Deny("networkpolicies") }, status: verify.NotChecked, detail: "this user may not probe: networkpolicies is forbidden"},
		"no image":                {network: fakecluster.Network{Created: status("server", waiting("ErrImagePull", "not\nfound"))}, change: nobody, status: verify.NotChecked, detail: "the server cannot start: ErrImagePull: not found; by name"},
		"no image without Secret": {overlay: "pull-secrets", network: fakecluster.Network{Created: status("server", waiting("ImagePullBackOff", "denied"))}, change: nobody, status: verify.NotChecked, detail: "ImagePullBackOff: denied; the probe's namespace has none of the overlay's images.pullSecrets"},
		"no bash": {network: fakecluster.Network{Created: status("client", map[string]any{"state": map[string]any{"terminated": map[string]any{"exitCode": int64(127), "message": "bash: not found"}}})},
			change: nobody, status: verify.NotChecked, detail: "the client ended with exit code 127: bash: not found"},
		"never ready": {network: fakecluster.Network{Created: status("client", waiting("ContainerCreating", ""))}, change: nobody, status: verify.NotChecked, detail: "the client is not ready after 50ms: ContainerCreating"},
		"no node": {network: fakecluster.Network{Created: func(o *fakecluster.Object) {
			if o.GetKind() == "Pod" {
				set(o, map[string]any{"conditions": []any{map[string]any{"type": "PodScheduled", "status": "False", "message": "0/1 nodes"}}}, "status")
			}
		}}, change: nobody, status: verify.NotChecked, detail: "no node takes the server: 0/1 nodes"},
		"left of a killed run": {network: fakecluster.Network{Enforces: true}, change: leftover("hearth-probe-abcde", map[string]string{"hearth.dev/probe": "true"}),
			status: verify.Passed, detail: "; removed what a run that was killed had left: hearth-probe-abcde"},
	} {
		t.Run(name, func(t *testing.T) {
			overlay := test.overlay
			if overlay == "" {
				overlay = "internal"
			}
			stack, c := prepared(t, "testdata/stack.yaml", overlay)
			before := c.Named("Namespace")
			test.change(c)
			c.Writable(test.network)
			report, err := doctor.Run(t.Context(), doctor.Options{Config: c.Config(), Context: "lab", Stack: stack, Overlay: overlay, Probe: atOnce()}, nil)
			if err != nil {
				t.Fatal(err)
			}
			row, _ := report.Row("network", "")
			if row.Status != test.status || !strings.Contains(row.Detail, test.detail) || (row.Hint != "") != (row.Status == verify.Failed) {
				t.Errorf("got %+v", row)
			}
			if after := c.Named("Namespace"); !slices.Equal(before, after) {
				t.Errorf("there were the namespaces %v, and are %v", before, after)
			}
		})
	}
}

// A server that ends because of something else is no proof, nor is a policy that
// somebody removes.
func TestProbeDisturbed(t *testing.T) {
	for name, disturb := range map[string]struct {
		enforces bool
		do       func(*fakecluster.Cluster)
		detail   string
	}{
		"the server ends": {true, func(c *fakecluster.Cluster) {
			c.Change("Pod", "server", status("server", map[string]any{"state": map[string]any{"terminated": map[string]any{"exitCode": int64(1), "reason": "OOMKilled"}}}))
		}, "the server ended with exit code 1: OOMKilled"},
		"the policy goes": {false, func(c *fakecluster.Cluster) { c.Delete("NetworkPolicy", "deny") }, `networkpolicies "deny" not found`},
	} {
		t.Run(name, func(t *testing.T) {
			stack, c := prepared(t, "testdata/stack.yaml", "internal")
			c.Writable(fakecluster.Network{})
			probe := atOnce()
			probe.Enforce = time.Second // of which the half is left, at least, when it is disturbed
			done := make(chan struct{})
			go func() {
				defer close(done)
				for began := time.Now(); len(c.Named("NetworkPolicy")) == 0; time.Sleep(time.Millisecond) {
					if time.Since(began) > time.Minute {
						t.Error("no policy was made")
						return
					}
				}
				disturb.do(c)
				if disturb.enforces {
					ns := c.Named("Namespace")
					c.Log(ns[len(ns)-1], "client", "client", "closed\nclosed\nclosed\n")
				}
			}()
			report, err := doctor.Run(t.Context(), doctor.Options{Config: c.Config(), Stack: stack, Overlay: "internal", Probe: probe}, nil)
			<-done
			if err != nil {
				t.Fatal(err)
			}
			if row, _ := report.Row("network", ""); row.Status != verify.NotChecked || !strings.Contains(row.Detail, disturb.detail) {
				t.Errorf("got %+v", row)
			}
		})
	}
}

// Another's namespace is not removed, whatever its label; nor is anything made
// without being asked.
func TestProbeLeavesOthers(t *testing.T) {
	stack, c := prepared(t, "testdata/stack.yaml", "internal")
	leftover("mine", map[string]string{"hearth.dev/probe": "true"})(c)
	leftover("hearth-probe-theirs", nil)(c)
	before := c.Named("Namespace")
	for _, probe := range []*doctor.Probe{nil, atOnce()} {
		var made []string
		c.Writable(fakecluster.Network{Created: func(o *fakecluster.Object) { made = append(made, o.GetKind()) }})
		if _, err := doctor.Run(t.Context(), doctor.Options{Config: c.Config(), Stack: stack, Overlay: "internal", Probe: probe}, nil); err != nil {
			t.Fatal(err)
		}
		want := []string{"Namespace", "Pod", "Pod", "NetworkPolicy"}
		if probe == nil {
			want = nil
		}
		if !slices.Equal(made, want) {
			t.Errorf("made %v, want %v", made, want)
		}
		if after := c.Named("Namespace"); !slices.Equal(before, after) {
			t.Errorf("there were the namespaces %v, and are %v", before, after)
		}
	}
}

// Ctrl-C leaves nothing behind; where it does, because the user may not delete,
// it says what.
func TestProbeInterrupted(t *testing.T) {
	for _, may := range []bool{true, false} {
		stack, c := prepared(t, "testdata/stack.yaml", "internal")
		before := c.Named("Namespace")
		c.Writable(fakecluster.Network{})
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		said := ""
		report, err := doctor.Run(ctx, doctor.Options{Config: c.Config(), Context: "lab", Stack: stack, Overlay: "internal", Probe: atOnce()}, func(row verify.Row) {
			if row.Check == "network" {
				said = row.Detail
			}
			if strings.HasPrefix(said, "the client has to reach") {
				if !may {
					c.Deny("namespaces")
				}
				stop()
			}
		})
		row, _ := report.Row("network", "")
		if !errors.Is(err, context.Canceled) || report.Passed || row.Status != verify.Waiting {
			t.Errorf("%v, got %+v", err, row)
		}
		left := !slices.Equal(before, c.Named("Namespace"))
		if left == may || strings.Contains(said, "kubectl --context lab delete namespace hearth-probe-") == may {
			t.Errorf("may delete: %t; left: %t; said %q", may, left, said)
		}
	}
}

// Kubernetes' own evaluator admits the pods to the namespace as it is labelled.
func TestProbeMeetsPodSecurity(t *testing.T) {
	stack, c := prepared(t, "testdata/stack.yaml", "internal")
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	level, pods := "", 0
	c.Writable(fakecluster.Network{Created: func(o *fakecluster.Object) {
		switch o.GetKind() {
		case "Namespace":
			level = o.GetLabels()[psa.EnforceLevelLabel]
		case "Pod":
			pods++
			var p corev1.Pod
			if err := runtime.DefaultUnstructuredConverter.FromUnstructured(o.Object, &p); err != nil {
				t.Error(err)
			}
			for _, r := range evaluator.EvaluatePod(psa.LevelVersion{Level: psa.Level(level), Version: psa.LatestVersion()}, &p.ObjectMeta, &p.Spec) {
				if !r.Allowed {
					t.Errorf("%s: %s %s", p.Name, r.ForbiddenReason, r.ForbiddenDetail)
				}
			}
			if image := p.Spec.Containers[0].Image; !strings.HasPrefix(image, "docker.io/ollama/ollama:") {
				t.Errorf("%s: image %s", p.Name, image)
			}
		}
	}})
	if _, err := doctor.Run(t.Context(), doctor.Options{Config: c.Config(), Stack: stack, Overlay: "internal", Probe: atOnce()}, nil); err != nil {
		t.Fatal(err)
	}
	if level != string(psa.LevelRestricted) || pods != 2 {
		t.Errorf("%d pods at level %q", pods, level)
	}
}
