package e2e

import (
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/e2e/internal/ollama"
	"github.com/hearth-dev/hearth/internal/verify"
)

const (
	// manyNamespace is that of testdata/replicas.yaml, and the name of its overlay.
	manyNamespace = "many"
	// crowd is how many people ask at the same time, as many as the two answer.
	crowd = 4
	// proxied is what kube-proxy may take to follow a change of endpoints: it gathers those of a second.
	proxied = 3 * time.Second
)

// TestReplicasStack is hermetic: what a cluster is given later can be rendered.
func TestReplicasStack(t *testing.T) {
	documents.generates(t, "testdata/replicas.yaml")
}

// replicas are two Ollamas behind one Service, and people who ask by a port of a node, as kube-proxy leads them.
type replicas struct {
	*suite
	stack  *v1alpha1.Resolved
	client *ollama.Client
}

// TestReplicas has people ask two Ollamas on two nodes while one, or its node, is killed.
func TestReplicas(t *testing.T) {
	s := start(t, wants{full: true, twoNodes: true, models: []ollama.Model{ollama.SmolLM2()}, namespaces: []string{manyNamespace}})
	r := &replicas{suite: s}
	inOrder(t, []part{
		{"two pods pull to two volumes, on two nodes", r.start},
		{"hearth verify has a row for each", func(t *testing.T) { r.isVerified(t) }},
		{"both answer behind the one Service", r.bothAnswer},
		{"two beside one", r.measures},
		{"a pod is killed while people ask", r.losesPod},
		{"a node is killed while people ask", r.losesNode},
		{"hearth verify has nothing but the restart to say", func(t *testing.T) { r.isVerified(t, "restarts") }},
	})
}

func (r *replicas) start(t *testing.T) {
	const folder = "/hearth/replicas"
	r.stack = r.render(t, "testdata/replicas.yaml", folder)
	t.Log(r.kubectl(t, "apply", "-k", folder+"/overlays/many"))
	r.ready(t, 5*time.Minute, "ollama-0", "ollama-1")
	nodes := map[string]bool{}
	for _, p := range r.pods(t) {
		t.Logf("%s is on %s", p.Name, p.Spec.NodeName)
		nodes[p.Spec.NodeName] = true
	}
	if len(nodes) != 2 {
		t.Errorf("the pods are on %v, want two nodes", slices.Collect(maps.Keys(nodes)))
	}
	claims, err := r.Client.CoreV1().PersistentVolumeClaims(manyNamespace).List(r.ctx, metav1.ListOptions{})
	must(t, err)
	volumes := map[string]string{}
	for _, c := range claims.Items {
		if c.Status.Phase == corev1.ClaimBound {
			volumes[c.Name] = c.Spec.VolumeName
		}
	}
	if len(volumes) != 2 || volumes["data-ollama-0"] == "" || volumes["data-ollama-0"] == volumes["data-ollama-1"] {
		t.Errorf("the bound claims are %v, want data-ollama-0 and data-ollama-1 with a volume each", volumes)
	}
}

// pods of Ollama, by name.
func (r *replicas) pods(t *testing.T) []corev1.Pod {
	t.Helper()
	list, err := r.Client.CoreV1().Pods(manyNamespace).List(r.ctx, metav1.ListOptions{LabelSelector: "app.kubernetes.io/name=ollama"})
	must(t, err)
	slices.SortFunc(list.Items, func(a, b corev1.Pod) int { return strings.Compare(a.Name, b.Name) })
	return list.Items
}

// ready waits until the Service leads to exactly these pods.
func (r *replicas) ready(t *testing.T, timeout time.Duration, want ...string) {
	t.Helper()
	r.eventually(t, timeout, "the Service leads to "+strings.Join(want, " and "), func() (string, error) {
		list, err := r.Client.DiscoveryV1().EndpointSlices(manyNamespace).List(r.ctx, metav1.ListOptions{LabelSelector: discoveryv1.LabelServiceName + "=ollama"})
		if err != nil {
			return "", err
		}
		var got []string
		for _, slice := range list.Items {
			for _, e := range slice.Endpoints {
				if e.TargetRef != nil && (e.Conditions.Ready == nil || *e.Conditions.Ready) {
					got = append(got, e.TargetRef.Name)
				}
			}
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			return fmt.Sprintf("it leads to %q", got), nil
		}
		return "", nil
	})
}

// isVerified holds that nothing is wrong with what runs, but for the rows that have to be red.
func (r *replicas) isVerified(t *testing.T, red ...string) {
	t.Helper()
	report := r.looks(t, r.stack, manyNamespace, time.Minute)
	for _, row := range report.Rows {
		if failed := row.Status == verify.Failed; failed != slices.Contains(red, row.Check) {
			t.Errorf("the row %s of %s failed: %t, want the opposite", row.Check, row.Subject, failed)
		}
	}
	for _, pod := range []string{"ollama-0", "ollama-1"} {
		if row, ok := report.Row("models", manyNamespace+"/"+pod); !ok || row.Status != verify.Passed {
			t.Errorf("the row of the models of %s is %+v, want it passed", pod, row)
		}
	}
}

// outside opens a port of every node to the pods of the Service: hearth writes none, as Ollama has no password.
const outside = `apiVersion: v1
kind: Service
metadata: {name: outside, namespace: many}
spec:
  type: NodePort
  selector: {app.kubernetes.io/name: ollama}
  ports: [{port: 11434, nodePort: 31434}]
`

func (r *replicas) bothAnswer(t *testing.T) {
	_, err := r.Kubectl(r.ctx, strings.NewReader(outside), "apply", "-f", "-")
	must(t, err)
	node, err := r.Client.CoreV1().Nodes().Get(r.ctx, r.Node(), metav1.GetOptions{})
	must(t, err)
	r.client = &ollama.Client{URL: "http://" + node.Status.Addresses[0].Address + ":31434", HTTP: &http.Client{
		Timeout: time.Minute,
		// Each question is a connection of its own, for which kube-proxy chooses.
		Transport: &http.Transport{DisableKeepAlives: true, DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext},
	}}
	r.eventually(t, time.Minute, "an answer by the port of the node", func() (string, error) {
		_, err := r.client.Version(r.ctx)
		return "", err
	})
	answered := func() (counts []int) {
		for _, p := range r.pods(t) {
			counts = append(counts, strings.Count(r.podLog(t, &p, "ollama"), `"/api/generate"`))
		}
		return counts
	}
	before := answered()
	for range 20 {
		_, err := r.client.Generate(r.ctx, question)
		must(t, err)
	}
	for i, after := range answered() {
		if t.Logf("ollama-%d has answered %d of 20", i, after-before[i]); after == before[i] { // by chance once in a million runs
			t.Errorf("ollama-%d has answered none", i)
		}
	}
}

var question = ollama.Question{Model: poolModel, Prompt: "Tell me a long story about a lighthouse.", MaxTokens: 32}

// asked is one question of the crowd's, and what came of it.
type asked struct {
	began, ended time.Time
	tokens       int
	err          error
}

// ask has the crowd ask Ollama until the function that it returns is called.
func (r *replicas) ask() (end func() []asked) {
	return r.together(func() (int, error) {
		answer, err := r.client.Generate(r.ctx, question)
		if err == nil && answer.DoneReason == "" {
			err = fmt.Errorf("the answer has no end: %q", answer.Response)
		}
		return answer.Tokens, err
	})
}

// together has the crowd ask, each person again as soon as there is an answer, until the function that it returns is called.
func (s *suite) together(ask func() (tokens int, err error)) (end func() []asked) {
	var all []asked
	var mutex sync.Mutex
	var people sync.WaitGroup
	var enough atomic.Bool
	for range crowd {
		people.Go(func() {
			for !enough.Load() && s.ctx.Err() == nil {
				one := asked{began: time.Now()}
				one.tokens, one.err = ask()
				one.ended = time.Now()
				mutex.Lock()
				all = append(all, one)
				mutex.Unlock()
				if one.err != nil {
					time.Sleep(100 * time.Millisecond)
				}
			}
		})
	}
	return func() []asked {
		enough.Store(true)
		people.Wait()
		return all
	}
}

// between are the questions that were under way at from, or began after it, and began before to.
func between(all []asked, from, to time.Time) (some []asked) {
	for _, one := range all {
		if one.ended.After(from) && one.began.Before(to) {
			some = append(some, one)
		}
	}
	return some
}

// since are the questions that began at from or later, and before to.
func since(all []asked, from, to time.Time) []asked {
	return slices.DeleteFunc(between(all, from, to), func(one asked) bool { return one.began.Before(from) })
}

// count says what came of questions, and fails the test for a lost one if none may be.
func count(t *testing.T, what string, all []asked, mayLose bool) {
	t.Helper()
	lost, answered := map[string]int{}, 0
	for _, one := range all {
		if one.err == nil {
			answered++
		} else {
			lost[one.err.Error()]++
		}
	}
	t.Logf("%s: %d answered, lost: %v", what, answered, lost)
	if !mayLose && len(lost) > 0 {
		t.Errorf("%s: lost %v, want none", what, lost)
	}
	if answered == 0 {
		t.Errorf("%s: nobody was answered", what)
	}
}

// measures prints what one pod and two write in a second. On one machine they share its memory, and what else runs there.
func (r *replicas) measures(t *testing.T) {
	measure := func(pods string) float64 {
		end := r.ask()
		time.Sleep(5 * time.Second) // the model is in memory then
		from := time.Now()
		time.Sleep(30 * time.Second)
		to := time.Now()
		all := end()
		count(t, pods, all, false)
		tokens := 0
		for _, one := range all {
			if !one.ended.Before(from) && one.ended.Before(to) {
				tokens += one.tokens
			}
		}
		return float64(tokens) / to.Sub(from).Seconds()
	}
	two := measure("two pods")
	r.kubectl(t, "-n", manyNamespace, "scale", "statefulset/ollama", "--replicas=1")
	r.ready(t, time.Minute, "ollama-0")
	time.Sleep(proxied)
	one := measure("one pod")
	r.kubectl(t, "-n", manyNamespace, "scale", "statefulset/ollama", "--replicas=2")
	r.ready(t, 2*time.Minute, "ollama-0", "ollama-1")
	t.Logf("%d people, 32 tokens each: one pod %.1f tokens/s, two %.1f, %.2f times as many", crowd, one, two, two/one)
}

// losesPod kills one without asking it to end.
func (r *replicas) losesPod(t *testing.T) {
	entries, err := r.registryLog()
	must(t, err)
	end := r.ask()
	time.Sleep(10 * time.Second)
	old := r.pods(t)[1]
	killed := time.Now()
	must(t, r.Client.CoreV1().Pods(manyNamespace).Delete(r.ctx, old.Name, metav1.DeleteOptions{GracePeriodSeconds: new(int64(0))}))
	r.eventually(t, 2*time.Minute, "another pod of the name", func() (string, error) {
		p, err := r.Client.CoreV1().Pods(manyNamespace).Get(r.ctx, old.Name, metav1.GetOptions{})
		if err == nil && p.UID == old.UID {
			return "not yet", nil
		}
		return "", err
	})
	r.ready(t, 3*time.Minute, "ollama-0", "ollama-1")
	back := time.Now()
	time.Sleep(30 * time.Second)
	all := end()
	count(t, "the pod was killed, and ready again after "+back.Sub(killed).Round(time.Second).String(), between(all, killed, back), true)
	count(t, "since then", since(all, back, time.Now()), false)
	again, err := r.registryLog()
	must(t, err)
	if sent, _ := blobBytes(again[len(entries):]); sent != 0 {
		t.Errorf("%d bytes of the model came a second time, want its volume kept", sent)
	}
}

// losesNode cuts the power of the second node, and gives it back.
func (r *replicas) losesNode(t *testing.T) {
	pods := r.pods(t)
	i := slices.IndexFunc(pods, func(p corev1.Pod) bool { return p.Spec.NodeName == r.Worker() })
	if i < 0 {
		t.Fatalf("no pod is on %s", r.Worker())
	}
	end := r.ask()
	time.Sleep(10 * time.Second)
	killed := time.Now()
	r.docker(t, "kill", r.Worker())
	r.ready(t, 3*time.Minute, pods[1-i].Name)
	time.Sleep(proxied)
	alone := time.Now()
	time.Sleep(20 * time.Second)
	r.docker(t, "start", r.Worker())
	started := time.Now()
	must(t, r.Connect(r.ctx, 3*time.Minute))
	r.ready(t, 5*time.Minute, "ollama-0", "ollama-1")
	back := time.Now()
	time.Sleep(30 * time.Second)
	all := end()
	count(t, "the node was killed, and nobody led there after "+alone.Sub(killed).Round(time.Second).String(), between(all, killed, alone), true)
	count(t, "with one", since(all, alone, started), false)
	count(t, "the node was started, and its pod ready after "+back.Sub(started).Round(time.Second).String(), since(all, started, back), true)
	count(t, "since then", since(all, back, time.Now()), false)
}
