package e2e

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hearth-dev/hearth/e2e/internal/chart"
	"github.com/hearth-dev/hearth/e2e/internal/ollama"
	"github.com/hearth-dev/hearth/e2e/internal/report"
)

const (
	// loadTime is how long each number of people is at it.
	loadTime = 2 * time.Minute
	// loadTokens bounds each answer, so that a small machine gives enough of them.
	loadTokens = 16
)

// memory reads what the chat's container uses, from inside: the kernel shows a container its own group.
func (c *chat) memory(t *testing.T, when string) float64 {
	t.Helper()
	set, anonymous := c.uses(t, chatNamespace, "statefulset/open-webui", "open-webui")
	c.report.Figure("memory "+when+", working set", set, "MiB")
	c.report.Figure("memory "+when+", anonymous", anonymous, "MiB")
	return set
}

// uses is the memory of a container, in MiB.
func (s *suite) uses(t *testing.T, namespace, workload, container string) (set, anonymous float64) {
	t.Helper()
	out := s.kubectl(t, "-n", namespace, "exec", workload, "--container="+container, "--", "sh", "-c",
		"cd /sys/fs/cgroup; if [ -f memory.current ]; then echo total $(cat memory.current); cat memory.stat; "+
			"else echo total $(cat memory/memory.usage_in_bytes); sed -n 's/^total_//p' memory/memory.stat; fi")
	figures := map[string]float64{}
	for line := range strings.Lines(out) {
		var name string
		var value float64
		if _, err := fmt.Sscan(line, &name, &value); err == nil {
			figures[name] = value / (1 << 20)
		}
	}
	anonymous = figures["anon"] + figures["rss"] // by the two versions of the interface
	set = figures["total"] - figures["inactive_file"]
	if anonymous <= 0 || set <= 0 {
		t.Fatalf("no figures in:\n%s", out)
	}
	return set, anonymous
}

// remembers fills the history up to ten chats and looks at memory again.
func (c *chat) remembers(t *testing.T) {
	for c.asked < 10 {
		c.ask(t, c.page, "another question", "What is the opposite of black?")
	}
	set := c.memory(t, "after ten chats")
	p, err := c.pod(chatNamespace, "open-webui")
	must(t, err)
	limit := float64(p.Spec.Containers[0].Resources.Limits.Memory().Value()) / (1 << 20)
	if p.Status.ContainerStatuses[0].RestartCount != 0 {
		t.Errorf("the chat was restarted: %+v", p.Status.ContainerStatuses[0].LastTerminationState)
	}
	c.report.Step(func(s *report.Step) {
		s.Plots = append(s.Plots, report.Plot{Title: "Open WebUI's memory after ten chats, against its limit", Unit: "MiB",
			Bars: []chart.Bar{{Label: "working set", Value: set}, {Label: "limit", Value: limit}}})
	})
}

// endlessPrompt is one that the endless model continues for ever.
const endlessPrompt = "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18"

// isFull fills Ollama's queue and asks once more, in the browser. Requests for a model in memory do not count: they wait at
// the model, however many. The queue is for those whose model finds no room beside one that is busy.
func (c *chat) isFull(t *testing.T) {
	c.rollOut(t, "full")
	server := &ollama.Client{URL: c.Config.Host + "/api/v1/namespaces/" + chatNamespace + "/services/ollama:http/proxy", HTTP: c.http}
	ctx, stop := context.WithCancel(c.ctx)
	var busy sync.WaitGroup
	defer func() { // whatever came of it: further parts ask this Ollama, too
		if t.Failed() { // the log goes with the pod
			if p, err := c.pod(chatNamespace, "ollama"); err == nil {
				t.Log(c.podLog(t, p, "ollama"))
			}
		}
		stop()
		busy.Wait()
		c.rollOut(t, "open")
	}()
	var begun, full atomic.Bool
	busy.Go(func() {
		story := ollama.Question{Model: endlessModel, Prompt: endlessPrompt, Threads: 1, MaxTokens: 100_000}
		if err := server.Stream(ctx, story, func() { begun.Store(true) }); ctx.Err() == nil {
			t.Errorf("the endless story ended: %v", err)
		}
	})
	become := func(what string, state *atomic.Bool) {
		c.eventually(t, 3*time.Minute, what, func() (string, error) {
			if !state.Load() {
				return "not yet", nil
			}
			return "", nil
		})
	}
	become("the story begins", &begun)
	const refusal = "server busy, please try again"
	for range 3 { // one that the scheduler holds, one in the queue, one too many
		busy.Go(func() {
			for ctx.Err() == nil {
				_, err := server.EmbedTokens(ctx, ollama.Question{Model: chatEmbedder, Prompt: "one too many"})
				switch {
				case ctx.Err() != nil:
				case err == nil:
					t.Error("a model was loaded beside the busy one")
					return
				case strings.Contains(err.Error(), refusal):
					full.Store(true)
					time.Sleep(100 * time.Millisecond)
				default:
					t.Errorf("filling the queue: %v", err)
					return
				}
			}
		})
	}
	become("the queue is full", &full)
	c.see(t, c.page, "a full queue", func(ctx context.Context) error {
		if err := c.page.NewChat(ctx); err != nil {
			return err
		}
		reply, err := c.page.Ask(ctx, "In which city is the Eiffel Tower?", 30*time.Second)
		if err != nil || reply.Text != "" {
			c.note("the queue is full: the page says %q", reply.Text)
			return errors.Join(err, c.page.Sees(ctx, time.Second, "#messages-container", refusal))
		}
		// Open WebUI sends a failure that comes at once before the page listens to it, at times. It is in the chat's history.
		c.note("the queue is full: the page waits, and says so once it is loaded again")
		address, err := c.page.Address(ctx)
		if err != nil {
			return err
		}
		if err := c.page.Open(ctx, address); err != nil {
			return err
		}
		return c.page.Sees(ctx, c.page.Patience, "#messages-container", refusal)
	})
}

// answersLong asks a model that does not stop by itself. A fifth of a core slows it down: a page of fifteen thousand tokens would
// measure the browser.
func (c *chat) answersLong(t *testing.T) {
	const long = 320 * time.Second
	c.rollOut(t, "two")
	c.kubectl(t, "-n", chatNamespace, "set", "resources", "deployment/ollama", "--containers=ollama", "--limits=cpu=200m", "--requests=cpu=200m")
	c.rolledOut(t)
	c.see(t, c.page, "a model that does not stop", func(ctx context.Context) error {
		if err := c.page.NewChat(ctx); err != nil {
			return err
		}
		if _, _, err := c.page.Models(ctx); err != nil {
			return err
		}
		return c.page.ChooseModel(ctx, endlessModel)
	})
	c.see(t, c.page, "an answer of more than five minutes", func(ctx context.Context) error {
		reply, err := c.page.Ask(ctx, endlessPrompt, long)
		if err != nil {
			return err
		}
		c.report.Figure("first visible letter", reply.First.Seconds(), "s")
		c.report.Figure("latest change on the page", reply.Last.Seconds(), "s")
		c.report.Figure("changes on the page", float64(reply.Changes), "")
		c.report.Figure("longest time without a change", reply.Gap.Seconds(), "s")
		if reply.Last < 300*time.Second || reply.Changes < 100 {
			return fmt.Errorf("the answer changed %d times, the last time after %s: cut, or ended by itself", reply.Changes, reply.Last)
		}
		return nil
	})
	c.applyOverlay(t, "open")
}
