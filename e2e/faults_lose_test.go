package e2e

import (
	"bytes"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// onNode runs a shell script on the node.
func (s *suite) onNode(script string, args ...string) (string, error) {
	cmd := exec.CommandContext(s.ctx, "docker", append([]string{"exec", s.Node(), "sh", "-c", script, "sh"}, args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("on the node: %w: %s", err, stderr.String())
	}
	return string(out), err
}

func (d *deployed) losesPod(t *testing.T) {
	var answer <-chan error
	d.unharmed(t, func() time.Time {
		answer = d.askLong(t)
		old, err := d.pod("ollama", "ollama")
		must(t, err)
		start := time.Now()
		must(t, d.Client.CoreV1().Pods("ollama").Delete(d.ctx, old.Name, metav1.DeleteOptions{}))
		d.waitReady(t, "ollama", "ollama", old, 5*time.Minute)
		return start
	})
	if err := <-answer; err != nil {
		d.note(t, "the answer that was under way was cut: %v", err)
	} else {
		d.note(t, "the answer that was under way came to its end: the pod had its time to finish")
	}
}

// losesServer kills it as the kernel does when memory runs out.
func (d *deployed) losesServer(t *testing.T) {
	restarts := d.restarts(t)
	d.unharmed(t, func() time.Time {
		start := time.Now()
		d.kill(t, "serve")
		return start
	})
	if now := d.restarts(t); now != restarts+1 {
		t.Errorf("the container was restarted %d times, want once", now-restarts)
	}
}

// losesRunner kills the process that has the model in memory; the server is another.
func (d *deployed) losesRunner(t *testing.T) {
	restarts := d.restarts(t)
	d.unharmed(t, func() time.Time {
		answer := d.askLong(t)
		start := time.Now()
		d.kill(t, "runner")
		if err := <-answer; err == nil {
			t.Error("the answer came to its end without its runner")
		} else {
			d.note(t, "who had asked got: %v", err)
		}
		return start
	})
	if now := d.restarts(t); now != restarts {
		t.Errorf("the container was restarted %d times, want none: the server starts a runner by itself", now-restarts)
	}
}

func (d *deployed) kill(t *testing.T, subcommand string) {
	t.Helper()
	pids, err := d.processes("ollama", subcommand)
	must(t, err)
	if len(pids) != 1 {
		t.Fatalf("ollama %s has the processes %v, want one", subcommand, pids)
	}
	_, err = d.onNode(`kill -9 "$1"`, pids[0])
	must(t, err)
}

func (d *deployed) restarts(t *testing.T) int32 {
	t.Helper()
	p, err := d.pod("ollama", "ollama")
	must(t, err)
	return p.Status.ContainerStatuses[0].RestartCount
}

// losesNode restarts the node as a power cut would: no process is asked to stop.
func (d *deployed) losesNode(t *testing.T) {
	d.docker(t, "kill", d.Node())
	start := time.Now()
	d.docker(t, "start", d.Node())
	d.eventually(t, 5*time.Minute, "the registry's log", func() (string, error) {
		_, err := d.registryLog()
		return "", err
	})
	d.answersAgain(t, start)
	// The registry has forgotten its log with its restart.
	if sent := d.downloaded(t); sent != 0 {
		t.Errorf("%d bytes of the model came a second time", sent)
	}
	d.keepsVolume(t)
}

// fillsVolume deploys a second Ollama on a volume that is too small, gives it room, and fills that up as well.
func (d *deployed) fillsVolume(t *testing.T) {
	const mount = "/var/hearth-full"
	_, err := d.onNode(`mkdir -p "$1" && mount -t tmpfs -o size=64m,mode=0777 tmpfs "$1"`, mount)
	must(t, err)
	d.render(t, "testdata/full.yaml", "/hearth/full")
	d.applyFile(t, "testdata/full-volume.yaml")
	before := d.downloaded(t)
	t.Log(d.kubectl(t, "apply", "-k", "/hearth/full/overlays/full"))
	d.eventually(t, 5*time.Minute, "the pod says why it cannot start", func() (string, error) {
		p, err := d.pod(fullNamespace, "ollama")
		if err != nil || p == nil {
			return "no pod yet", err
		}
		log, err := d.Kubectl(d.ctx, nil, "-n", fullNamespace, "logs", p.Name, "--container=pull-models")
		if err == nil && !strings.Contains(log, "the model volume is too small") {
			return describe(p), nil
		}
		return "", err
	})
	wasted := d.downloaded(t) - before
	_, err = d.onNode(`mount -o remount,size=192m "$1"`, mount)
	must(t, err)
	start := time.Now()
	d.waitReady(t, fullNamespace, "ollama", nil, 8*time.Minute)
	d.report.Figure("from more room to a ready pod", time.Since(start).Seconds(), "s")
	d.report.Figure("downloaded until the volume was full", float64(wasted)/1e6, "MB")
	d.report.Figure("downloaded in all", float64(d.downloaded(t)-before)/1e6, "MB")

	// A running server does not need room, nor does a restart of the pod.
	_, err = d.onNode(`dd if=/dev/zero of="$1/rest" bs=1M 2> /dev/null; test "$(df --output=avail "$1" | tail -n 1)" -eq 0`, mount)
	must(t, err)
	old, err := d.pod(fullNamespace, "ollama")
	must(t, err)
	must(t, d.Client.CoreV1().Pods(fullNamespace).Delete(d.ctx, old.Name, metav1.DeleteOptions{}))
	start = time.Now()
	d.waitReady(t, fullNamespace, "ollama", old, 5*time.Minute)
	out := d.kubectl(t, "-n", fullNamespace, "exec", "deploy/ollama", "--container=ollama", "--", "ollama", "run", d.model, "Say hello.")
	d.report.Figure("until a pod on a full volume answers", time.Since(start).Seconds(), "s")
	if strings.TrimSpace(out) == "" {
		t.Error("a pod on a full volume says nothing")
	}
	d.kubectl(t, "delete", "namespace", fullNamespace, "--wait=false") // it takes memory that the others need
}
