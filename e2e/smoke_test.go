package e2e

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/e2e/internal/ollama"
)

// TestSmoke deploys the committed overlay and follows it from the first byte of the model to the last token. Its parts build
// on each other: the first that fails ends the test.
//
// It runs with the documents' Ollama, and with E2E=full with the newest too. The gate has time for one: the documents' is what
// the committed overlay deploys, and it is built in any case, as the models are made with it; the newest's engine takes twelve
// minutes of one core more, and a C++ compiler.
func TestSmoke(t *testing.T) {
	pairs := []pair{documents}
	if full() {
		pairs = append(pairs, newest)
	}
	for _, p := range pairs {
		t.Run(p.ollama.Version, func(t *testing.T) { smoke(t, p) })
	}
}

func smoke(t *testing.T, p pair) {
	s := start(t, wants{full: full(), pairs: []pair{p}, models: []ollama.Model{ollama.SmolLM2(), ollama.Threadless()}, namespaces: []string{"ollama"}, relay: true})
	inOrder(t, []part{
		{"pod security restricted is enforced", s.refusesPrivileged},
		{"a killed pull resumes", s.killedPullResumes},
		{"the volume is bound and holds the model", s.holdsModel},
		{"the model answers", s.answers},
		{"the server has the threads of its setting", s.hasThreads},
		{"a restart needs no registry", s.restartsWithoutRegistry},
		{"no packet leaves the cluster", s.keepsToItself},
		{"hearth verify passes", s.verifies},
		{"hearth verify turns red", s.turnsRed},
		{"the pod is as fast as outside the cluster", s.isFast},
		{"a throttled pod is seen to be slow", s.throttledIsSlow},
		// Last: a controller takes CPU that the comparisons need.
		{"a way in from outside, and hearth verify of it", s.exposed},
		{"doors are open and closed as hearth vet has it", func(t *testing.T) { s.doors(t) }},
	})
}

// refusesPrivileged holds the namespaces to what the stack asks for: without it, "runs under restricted" would mean nothing.
func (s *suite) refusesPrivileged(t *testing.T) {
	yes := true
	_, err := s.Client.CoreV1().Pods("ollama").Create(s.ctx, &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "privileged"},
		Spec: corev1.PodSpec{Containers: []corev1.Container{{
			Name: "privileged", Image: s.pair.ollama.Ref(), SecurityContext: &corev1.SecurityContext{Privileged: &yes},
		}}},
	}, metav1.CreateOptions{})
	if !apierrors.IsForbidden(err) || !strings.Contains(err.Error(), "restricted") {
		t.Fatalf("creating a privileged pod: got %v, want it forbidden by Pod Security restricted", err)
	}
}

// killedPullResumes applies the overlay as it is committed, kills the pod in the middle of the download, and counts bytes.
func (s *suite) killedPullResumes(t *testing.T) {
	s.setRate(t, 4<<20)
	t.Log(s.apply(t))
	const enough = 20 << 20
	s.eventually(t, 3*time.Minute, "20 MiB of the model on their way", func() (string, error) {
		entries, err := s.registryLog()
		if err != nil {
			return "", err
		}
		if sent, _ := blobBytes(entries); sent < enough {
			p, err := s.pod("ollama", "ollama")
			if err != nil || p == nil {
				return "no pod yet", err
			}
			return fmt.Sprintf("%d bytes; %s", sent, describe(p)), nil
		}
		return "", nil
	})
	first, err := s.pod("ollama", "ollama")
	must(t, err)
	must(t, s.Client.CoreV1().Pods("ollama").Delete(s.ctx, first.Name, metav1.DeleteOptions{}))
	s.setRate(t, 0)
	second := s.waitReady(t, "ollama", "ollama", first, 5*time.Minute)
	t.Logf("the second puller said:\n%s", s.podLog(t, second, "pull-models"))

	entries, err := s.registryLog()
	must(t, err)
	sent, resumed := blobBytes(entries)
	if len(resumed) == 0 {
		t.Errorf("no request asked for the rest of a file: %+v", entries)
	}
	if size := s.tag(t).Size; sent > size+enough {
		t.Errorf("%d bytes were sent for a model of %d: the download began anew", sent, size)
	}
	t.Logf("%d bytes sent in all; resumed by %v", sent, resumed)
}

// tag is the model as /api/tags lists it.
func (s *suite) tag(t *testing.T) ollama.Tag {
	t.Helper()
	tags, err := s.ollamaClient().Tags(s.ctx)
	must(t, err)
	for _, tag := range tags {
		if tag.Name == s.model {
			return tag
		}
	}
	t.Fatalf("/api/tags has %+v, want %s", tags, s.model)
	return ollama.Tag{}
}

func (s *suite) holdsModel(t *testing.T) {
	claim, err := s.Client.CoreV1().PersistentVolumeClaims("ollama").Get(s.ctx, "ollama", metav1.GetOptions{})
	must(t, err)
	if claim.Status.Phase != corev1.ClaimBound {
		t.Errorf("the claim is %s, want Bound", claim.Status.Phase)
	}
	store, err := ollama.Store(s.ctx, s.builder, ollama.SmolLM2())
	must(t, err)
	want, err := ollama.Digest(store, ollama.SmolLM2())
	must(t, err)
	if got := s.tag(t).Digest; got != want {
		t.Errorf("the model's digest is %s, the registry's manifest has %s", got, want)
	}
	if list := s.kubectl(t, "-n", "ollama", "exec", "deploy/ollama", "--", "ollama", "list"); !strings.Contains(list, s.model) {
		t.Errorf("ollama list does not hold %s:\n%s", s.model, list)
	}
	if id := strings.TrimSpace(s.kubectl(t, "-n", "ollama", "exec", "deploy/ollama", "--", "id", "-u")); id != "10001" {
		t.Errorf("the server runs as user %s, want 10001", id)
	}
}

// answers asks by both routes what the smallest model knows.
func (s *suite) answers(t *testing.T) {
	client := s.ollamaClient()
	question := func(prompt string) ollama.Question {
		return ollama.Question{Model: s.model, Prompt: prompt, Threads: 1, MaxTokens: 40}
	}
	for route, ask := range map[string]func(context.Context, string) (string, error){
		"/api/generate": func(ctx context.Context, prompt string) (string, error) {
			answer, err := client.Generate(ctx, question(prompt))
			return answer.Response, err
		},
		"/v1/chat/completions": func(ctx context.Context, prompt string) (string, error) {
			return client.Chat(ctx, question(prompt))
		},
	} {
		must(t, ollama.CheckFacts(s.ctx, ollama.Facts(), 2, func(ctx context.Context, prompt string) (string, error) {
			answer, err := ask(ctx, prompt)
			t.Logf("%s: %s → %q", route, prompt, answer)
			return answer, err
		}))
	}
}

// hasThreads asks a model that says nothing of threads: those of a question, and of a model, win over the server's setting.
func (s *suite) hasThreads(t *testing.T) {
	client := s.ollamaClient()
	name := strings.TrimSuffix(s.model, ollama.SmolLM2().Name) + ollama.Threadless().Name
	must(t, client.Pull(s.ctx, name))
	said := regexp.MustCompile(`(?:n_threads = |NumThreads:)(\d+)`)
	type threads struct {
		asked int
		want  string
	}
	cases := []threads{{1, "1"}, {2, "2"}}
	if s.pair == newest { // is told the limit, which is one core; the older reads it by itself, but of cgroup v2 alone
		cases = append([]threads{{0, "1"}}, cases...)
	}
	for _, c := range cases {
		_, err := client.Generate(s.ctx, ollama.Question{Model: name, Prompt: "Hello", Threads: c.asked, MaxTokens: 2})
		must(t, err)
		pod, err := s.pod("ollama", "ollama")
		must(t, err)
		lines := said.FindAllStringSubmatch(s.podLog(t, pod, "ollama"), -1)
		if len(lines) == 0 || lines[len(lines)-1][1] != c.want {
			t.Errorf("asked for %d threads, the engine's log has %q; want %s at its end", c.asked, lines, c.want)
		}
	}
	must(t, client.Delete(s.ctx, name))
}

func (s *suite) restartsWithoutRegistry(t *testing.T) {
	s.scaleRegistry(t, 0)
	old, err := s.pod("ollama", "ollama")
	must(t, err)
	must(t, s.Client.CoreV1().Pods("ollama").Delete(s.ctx, old.Name, metav1.DeleteOptions{}))
	fresh := s.waitReady(t, "ollama", "ollama", old, 3*time.Minute)
	if log := s.podLog(t, fresh, "pull-models"); !strings.Contains(log, "already on the volume") {
		t.Errorf("the puller said:\n%s", log)
	}
	s.tag(t)
}

// keepsToItself watches the node while the model answers. The first capture proves that the second would see a packet.
func (s *suite) keepsToItself(t *testing.T) {
	pod := s.waitReady(t, "ollama", "ollama", nil, time.Minute)
	all := "src host " + pod.Status.PodIP
	leaving := all
	for _, inside := range []string{"10.244.0.0/16", "10.96.0.0/16", pod.Status.HostIP + "/32"} {
		leaving += " and not dst net " + inside
	}
	stopAll, err := s.Capture(s.ctx, all)
	must(t, err)
	stopLeaving, err := s.Capture(s.ctx, leaving)
	must(t, err)
	_, err = s.ollamaClient().Generate(s.ctx, ollama.Question{Model: s.model, Prompt: ollama.Facts()[0].Prompt, Threads: 1, MaxTokens: 40})
	must(t, err)
	time.Sleep(20 * time.Second) // a look for updates would come by itself
	seen, err := stopAll()
	must(t, err)
	left, err := stopLeaving()
	must(t, err)
	if len(seen) == 0 {
		t.Error("the capture saw no packet of the pod at all, so it proves nothing")
	}
	if len(left) > 0 {
		t.Errorf("%d packets left the cluster:\n%s", len(left), strings.Join(left, "\n"))
	}
	t.Logf("%d packets of the pod seen, %d left the cluster", len(seen), len(left))
}
