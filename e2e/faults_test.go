package e2e

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/hearth-dev/hearth/e2e/internal/chart"
	"github.com/hearth-dev/hearth/e2e/internal/images"
	"github.com/hearth-dev/hearth/e2e/internal/ollama"
	"github.com/hearth-dev/hearth/e2e/internal/report"
)

// fullNamespace is that of testdata/full.yaml.
const fullNamespace = "full"

// deployed is Ollama as the committed overlay deploys it, in a cluster where things go wrong.
type deployed struct {
	*suite
	report *report.Report
	volume types.UID   // of the claim with the model on it, which must stay the same through all of this
	part   string      // that is under way
	times  []chart.Bar // until the model answered again, by part
}

// TestFaults does to a deployed overlay what clusters do, and what people do with Git. Each time it has to come back by
// itself, on the same volume and without a second download; how long that takes goes into the report.
func TestFaults(t *testing.T) {
	s := start(t, wants{full: true, models: []ollama.Model{ollama.SmolLM2()}, namespaces: []string{"ollama", fullNamespace}})
	r, err := report.New(s.ctx, "..", report.Data{
		Title: "Faults, changes and removal", Name: "faults", Command: s.mode.FullRun(),
		Versions: []report.Version{
			{Program: "Ollama", Version: ollama.Deployed.Ref()}, {Program: "Kubernetes", Version: images.KubernetesVersion}, {Program: "model", Version: s.model},
		},
		Missing: []string{
			"A volume that is attached to one node at a time, and a second node to move to: the cluster has one, with folders for volumes.",
			"A pod that is deleted during a pull and a registry that is down while the pod restarts: those are in the smoke test, `make e2e`.",
		},
	})
	must(t, err)
	d := &deployed{suite: s, report: r}
	for _, part := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"an older render is upgraded", d.isUpgraded},
		{"applied twice, it changes nothing", d.isSteady},
		{"the pod is deleted during an answer", d.losesPod},
		{"the server is killed", d.losesServer},
		{"the runner is killed during an answer", d.losesRunner},
		{"another image and other resources roll out", d.rollsOut},
		{"moved to another overlay and back", d.moves},
		{"the node restarts", d.losesNode},
		{"the volume is full", d.fillsVolume},
		{"removed, and deployed again", d.isRemoved},
	} {
		end := d.report.Begin(part.name)
		d.part = part.name
		passed := t.Run(part.name, part.run)
		end(passed)
		if !passed && d.volume == "" {
			t.FailNow() // nothing runs that could be harmed
		}
	}
	if t.Failed() {
		dir, err := os.MkdirTemp("", "hearth-e2e-faults-")
		must(t, err)
		must(t, d.report.Write(dir))
		t.Logf("how far it came: %s", dir)
		return
	}
	d.report.Step(func(s *report.Step) {
		s.Plots = append(s.Plots, report.Plot{Title: "Until the model answers again", Unit: "s", Bars: d.times})
	})
	must(t, d.report.Write(chatReports))
}

func (d *deployed) note(t *testing.T, format string, args ...any) {
	t.Helper()
	text := fmt.Sprintf(format, args...)
	t.Log(text)
	d.report.Step(func(s *report.Step) { s.Notes = append(s.Notes, text) })
}

// downloaded is how much of the model's blobs the registry has sent since it started.
func (d *deployed) downloaded(t *testing.T) int64 {
	t.Helper()
	entries, err := d.registryLog()
	must(t, err)
	sent, _ := blobBytes(entries)
	return sent
}

// unharmed does something, which returns when the harm was done, and expects the model to answer afterwards, from the same
// volume, without a byte from the registry.
func (d *deployed) unharmed(t *testing.T, harm func() time.Time) {
	t.Helper()
	before := d.downloaded(t)
	d.answersAgain(t, harm())
	if again := d.downloaded(t) - before; again != 0 {
		t.Errorf("%d bytes of the model came a second time", again)
	}
	d.keepsVolume(t)
}

func (d *deployed) keepsVolume(t *testing.T) {
	t.Helper()
	claim, err := d.Client.CoreV1().PersistentVolumeClaims("ollama").Get(d.ctx, "ollama", metav1.GetOptions{})
	must(t, err)
	if d.volume == "" {
		d.volume = claim.UID
	}
	if claim.UID != d.volume || claim.Status.Phase != corev1.ClaimBound || claim.DeletionTimestamp != nil {
		t.Errorf("the claim is %s (%s), it was %s and Bound", claim.UID, claim.Status.Phase, d.volume)
	}
	if list := d.kubectl(t, "-n", "ollama", "exec", "deploy/ollama", "--container=ollama", "--", "ollama", "list"); !strings.Contains(list, d.model) {
		t.Errorf("the model is gone:\n%s", list)
	}
}

// answersAgain waits until the model answers through the Service and notes how long after the harm that was.
func (d *deployed) answersAgain(t *testing.T, harmed time.Time) {
	t.Helper()
	d.eventually(t, 8*time.Minute, "an answer", func() (string, error) {
		_, err := d.ollamaClient().Generate(d.ctx, ollama.Question{Model: d.model, Prompt: "Hello", Threads: 1, MaxTokens: 2})
		return "", err
	})
	took := time.Since(harmed).Seconds()
	d.report.Figure("until the model answers again", took, "s")
	d.times = append(d.times, chart.Bar{Label: d.part, Value: took})
}

// askLong asks for an answer that takes a while and returns when the runner is at it. The channel gets what came of it.
func (d *deployed) askLong(t *testing.T) <-chan error {
	t.Helper()
	answered := make(chan error, 1)
	go func() {
		answer, err := d.ollamaClient().Generate(d.ctx, ollama.Question{
			Model: d.model, Prompt: "Write a very long story about a lighthouse.", Threads: 1, MaxTokens: 600,
		})
		if err == nil && answer.Tokens < 50 {
			err = fmt.Errorf("only %d tokens were written: %q", answer.Tokens, answer.Response)
		}
		answered <- err
	}()
	d.eventually(t, time.Minute, "a runner", func() (string, error) {
		pids, err := d.processes("ollama", "runner")
		if err == nil && len(pids) == 0 {
			return "there is none", nil
		}
		return "", err
	})
	time.Sleep(2 * time.Second)
	select {
	case err := <-answered:
		t.Fatalf("the answer came too soon to be disturbed: %v", err)
	default:
	}
	return answered
}

// processes are the node's process numbers of the ollama subcommand in the newest pod.
func (d *deployed) processes(app, subcommand string) ([]string, error) {
	p, err := d.pod("ollama", app)
	if err != nil || p == nil {
		return nil, err
	}
	// A pod's control groups are named for its UID, with underscores where systemd makes them.
	script := `for p in $(pgrep -f "ollama $1"); do
  if tr - _ < /proc/$p/cgroup | grep -q "$2"; then echo $p; fi
done 2> /dev/null || true`
	out, err := d.onNode(script, subcommand, strings.ReplaceAll(string(p.UID), "-", "_"))
	return slices.DeleteFunc(strings.Split(out, "\n"), func(s string) bool { return s == "" }), err
}
