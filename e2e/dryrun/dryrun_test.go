package dryrun

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/e2e/internal/cluster"
	"github.com/hearth-dev/hearth/e2e/internal/images"
	"github.com/hearth-dev/hearth/e2e/internal/needs"
	"github.com/hearth-dev/hearth/e2e/internal/report"
)

// root is the checkout, seen from this package's folder.
const root = "../.."

var (
	seed   = flag.Uint64("seed", 0, "the first random stack")
	stacks = flag.Int("stacks", 300, "the number of random stacks")
)

// TestDryRun asks about everything.
func TestDryRun(t *testing.T) {
	if os.Getenv("E2E") != "full" {
		t.Skip("needs Docker and minutes: set E2E=full to run it")
	}
	mode, err := cluster.ModeFromEnvironment()
	must(t, err)
	must(t, needs.Missing(mode.Programs()...))
	ctx, stop := cluster.Interruptible(t.Context())
	defer stop()
	renders := everything(t, *stacks)
	c, err := cluster.Create(ctx, cluster.Options{Mode: mode, Out: os.Stderr})
	must(t, err)
	t.Cleanup(func() {
		if err := c.Delete(); err != nil {
			t.Error(err)
		}
	})
	must(t, installDefinitions(ctx, c))
	server, err := NewServer(c.Config)
	must(t, err)
	t.Run("what is wrong is seen", func(t *testing.T) { seesWrong(t, ctx, server) })

	version, err := c.Client.Discovery().ServerVersion()
	must(t, err)
	r, err := newReport(ctx, mode, version.GitVersion)
	must(t, err)
	start := time.Now()
	a := ask(ctx, server, renders)
	must(t, ctx.Err())
	took := time.Since(start)
	t.Logf("Kubernetes %s: %d objects of %d renders, %d of them different, and %d different pod templates, in %s",
		version.GitVersion, a.objects, len(renders), len(a.asked)-a.pods, a.pods, took.Round(time.Second))
	for _, complaint := range slices.Sorted(maps.Keys(a.complaints)) {
		where := a.complaints[complaint]
		t.Errorf("%s\n  %d times, first for %s", complaint, len(where), where[0])
	}
	if !t.Failed() {
		a.fill(r, len(renders), took)
		must(t, r.Write(root+"/docs/reports"))
	}
}

func newReport(ctx context.Context, mode cluster.Mode, version string) (*report.Report, error) {
	return report.New(ctx, root, report.Data{
		Title: "Everything rendered, in a server-side dry run", Name: "dry-run", Command: mode.FullRun(),
		Versions: []report.Version{
			{Program: "Kubernetes", Version: version}, {Program: "cert-manager's definitions", Version: images.CertManager().Version},
			{Program: "Traefik's definitions", Version: images.Traefik().Version}, {Program: "Gateway API's definitions", Version: gatewayAPI().Version},
		},
		Missing: []string{"The definitions of F5 NGINX and of snapscheduler: no Go module holds them, so stand-ins declare the fields that hearth writes and refuse every other."},
	})
}

// fill the report of a run in which nothing was wrong.
func (a *answers) fill(r *report.Report, renders int, took time.Duration) {
	end := r.Begin("no object is refused, and none gets a warning")
	r.Figure(fmt.Sprintf("overlays and examples, as committed and of %d random stacks from seed %d", *stacks, *seed), float64(renders), "")
	r.Figure("objects", float64(a.objects), "")
	r.Figure("different objects", float64(len(a.asked)-a.pods), "")
	r.Figure("different pod templates, also under Pod Security restricted", float64(a.pods), "")
	for _, kind := range slices.Sorted(maps.Keys(a.kinds)) {
		r.Figure(kind, float64(a.kinds[kind]), "")
	}
	end(true)
	r.Step(func(s *report.Step) { s.Took = took })
}

// everything is what there is to ask about, with so many random stacks.
func everything(t *testing.T, stacks int) []Render {
	t.Helper()
	bin := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", filepath.Join(bin, "hearth-fn"), root+"/cmd/hearth-fn").CombinedOutput(); err != nil {
		t.Fatalf("building hearth-fn: %v\n%s", err, out)
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	overlays, err := Overlays(root)
	must(t, err)
	examples, err := Examples(filepath.Join(root, "examples"), t.TempDir())
	must(t, err)
	random, refused, err := Random(*seed, stacks)
	must(t, err)
	t.Logf("%d overlays and %d examples as committed; %d overlays of %d random stacks from seed %d, %d more refused by hearth",
		len(overlays), len(examples), len(random), stacks-refused, *seed, refused)
	if refused*50 > stacks {
		t.Errorf("%d of %d random stacks are refused", refused, stacks)
	}
	return slices.Concat(overlays, examples, random)
}

// answers are what the server said.
type answers struct {
	sync.Mutex
	objects, pods int
	asked         map[string]bool // by content: random stacks have much in common
	kinds         map[string]int
	complaints    map[string][]string // where, by what
}

// ask tries every object once, and every workload's template.
func ask(ctx context.Context, server *Server, renders []Render) *answers {
	a := &answers{asked: map[string]bool{}, kinds: map[string]int{}, complaints: map[string][]string{}}
	slots := make(chan bool, 2*runtime.GOMAXPROCS(0))
	var run sync.WaitGroup
	for _, r := range renders {
		for _, o := range r.Objects {
			slots <- true
			run.Go(func() {
				defer func() { <-slots }()
				a.ask(ctx, server, r.Name, o)
			})
		}
	}
	run.Wait()
	return a
}

func (a *answers) ask(ctx context.Context, server *Server, render string, o *unstructured.Unstructured) {
	kind := o.GroupVersionKind()
	where := fmt.Sprintf("%s: %s %s/%s", render, kind.Kind, o.GetNamespace(), o.GetName())
	a.Lock()
	a.objects++
	a.kinds[kind.GroupVersion().String()+" "+kind.Kind]++
	a.Unlock()
	if a.first(fmt.Sprint(o.Object)) {
		a.note(where, server.Try(ctx, o))
	}
	pod, err := Template(o)
	if err != nil {
		a.note(where, []string{err.Error()})
	}
	if pod == nil || !a.first("pod "+pod.String()) {
		return
	}
	a.Lock()
	a.pods++
	a.Unlock()
	a.note(where+", its pod", server.TryPod(ctx, pod))
}

// first reports whether nobody asked about it before.
func (a *answers) first(content string) bool {
	a.Lock()
	defer a.Unlock()
	asked := a.asked[content]
	a.asked[content] = true
	return !asked
}

func (a *answers) note(where string, complaints []string) {
	a.Lock()
	defer a.Unlock()
	for _, c := range complaints {
		a.complaints[c] = append(a.complaints[c], where)
	}
}

// seesWrong proves that the answers mean something.
func seesWrong(t *testing.T, ctx context.Context, server *Server) {
	const deployment = `{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, namespace: wrong}, spec: {
  selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: a, %s}]}}}}`
	for _, c := range []struct {
		name, manifest string
		object, pod    string
	}{
		{"a field that there is not", fmt.Sprintf(deployment, "ipmage: b"), `field not declared in schema`, ""},
		{"an environment variable twice", fmt.Sprintf(deployment, "env: [{name: A, value: a}, {name: A, value: b}]"), `duplicate entries for key`, ""},
		{"a fraction of a byte", fmt.Sprintf(deployment, "resources: {requests: {memory: 0.5}}"), `warning: .*fractional byte value`, ""},
		{"a pod that is not restricted", fmt.Sprintf(deployment, "stdin: false"), "", "violates PodSecurity"},
		{"a kind that there is not", `{apiVersion: example.org/v1, kind: A, metadata: {name: a, namespace: wrong}}`, "no matches for kind", ""},
		{"a field that a custom resource has not", `{apiVersion: cert-manager.io/v1, kind: Certificate, metadata: {name: a, namespace: wrong}, spec: {
  secretName: a, issuerRef: {name: a}, privateKey: {bits: 8}}}`, "field not declared in schema", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := &unstructured.Unstructured{}
			must(t, yaml.Unmarshal([]byte(c.manifest), &o.Object))
			heard := map[string]string{"object": strings.Join(server.Try(ctx, o), "\n")}
			if pod, err := Template(o); err == nil && pod != nil && c.pod != "" {
				heard["pod"] = strings.Join(server.TryPod(ctx, pod), "\n")
			}
			for what, want := range map[string]string{"object": c.object, "pod": c.pod} {
				if want == "" && heard[what] != "" || !regexp.MustCompile(want).MatchString(heard[what]) {
					t.Errorf("the server said of the %s:\n%s\nwant %q", what, heard[what], want)
				}
			}
		})
	}
}

// TestExamples renders what needs no cluster, and looks whether all of it is there.
func TestExamples(t *testing.T) {
	got := map[string]int{}
	for _, r := range everything(t, 3) {
		if !strings.HasPrefix(r.Name, "random") {
			got[filepath.Base(r.Name)] = len(r.Objects)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if got[name] < 5 {
			t.Errorf("%s renders to %d objects", name, got[name])
		}
	}
	want := []string{"e2e-kind", "home", "homelab-internal", "homelab-nginx", "homelab-traefik", "kpt", "kustomize-container"}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(got))); diff != "" {
		t.Errorf("renders (-want +got):\n%s", diff)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
