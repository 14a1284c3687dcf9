package cluster

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/e2e/internal/docker"
	"github.com/hearth-dev/hearth/e2e/internal/images"
)

// kindLabel is the label that kind puts on its containers.
const kindLabel = "io.x-k8s.kind.cluster="

// TestCluster creates a real cluster and looks at everything that the end-to-end tests rely on.
func TestCluster(t *testing.T) {
	mode := e2e(t)
	ctx, stop := Interruptible(t.Context())
	defer stop()
	person := filepath.Join(t.TempDir(), "config")
	t.Setenv("KUBECONFIG", person)

	logs := filepath.Join(os.TempDir(), "hearth-cluster-test-logs")
	must(t, os.RemoveAll(logs))
	c, err := Create(ctx, Options{Mode: mode, Out: t.Output(), Logs: logs})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Delete(); err != nil {
			t.Error(err)
		}
	})
	if err := c.LoadImage(probeImage(t)); err != nil {
		t.Fatal(err)
	}

	t.Run("pods", func(t *testing.T) { testPods(t, ctx, c) })
	if t.Failed() {
		t.Logf("logs in %s (%v)", logs, c.Logs(ctx, logs))
	}
	t.Run("kubectl", func(t *testing.T) { testKubectl(t, ctx, c) })
	t.Run("logs", func(t *testing.T) { testLogs(t, ctx, c) })
	t.Run("leftovers", func(t *testing.T) { testLeftovers(t, ctx, c) })
	t.Run("deletion", func(t *testing.T) {
		if err := c.Delete(); err != nil {
			t.Fatal(err)
		}
		if left := containers(t, c.Name); len(left) > 0 {
			t.Errorf("containers are left: %v", left)
		}
		for _, file := range []string{c.Kubeconfig, person} {
			if _, err := os.Stat(file); !os.IsNotExist(err) {
				t.Errorf("%s: got %v, want no such file", file, err)
			}
		}
	})
}

// TestInterruptedCreate ends the context while kind is at work, as Ctrl-C does.
func TestInterruptedCreate(t *testing.T) {
	mode := e2e(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var name string
	out := lineWriter(func(line string) {
		t.Log(line)
		if rest, ok := strings.CutPrefix(line, "creating cluster "); ok {
			name, _, _ = strings.Cut(rest, ",")
		}
		if strings.Contains(line, "Writing configuration") {
			cancel()
		}
	})
	if _, err := Create(ctx, Options{Mode: mode, Out: out}); err == nil || !strings.Contains(err.Error(), "canceled") {
		t.Errorf("got error %v, want one that says canceled", err)
	}
	if name == "" {
		t.Fatal("no cluster was being created")
	}
	if left := containers(t, name); len(left) > 0 {
		t.Errorf("containers are left: %v", left)
	}
	if _, err := os.Stat(homeOf(name)); !os.IsNotExist(err) {
		t.Errorf("%s: got %v, want no such folder", homeOf(name), err)
	}
}

// TestFailedCreate gives the cluster no time to become ready.
func TestFailedCreate(t *testing.T) {
	mode := e2e(t)
	logs := t.TempDir()
	var out strings.Builder
	_, err := Create(t.Context(), Options{Mode: mode, Out: &out, Logs: logs, Wait: time.Millisecond})
	if err == nil || !strings.Contains(err.Error(), "timed out") || !strings.Contains(err.Error(), "logs in "+logs) {
		t.Fatalf("got error %v, want one that says timed out and where the logs are", err)
	}
	for _, file := range []string{"events.txt", "kind"} {
		if _, err := os.Stat(filepath.Join(logs, file)); err != nil {
			t.Error(err)
		}
	}
	_, rest, _ := strings.Cut(out.String(), "creating cluster ")
	name, _, _ := strings.Cut(rest, ",")
	if left := containers(t, name); name == "" || len(left) > 0 {
		t.Errorf("containers of %q are left: %v", name, left)
	}
}

func TestUnknownMode(t *testing.T) {
	t.Setenv(ModeVariable, "push")
	const want = `unsupported value: "push": supported values: "pull", "source"`
	if mode, err := ModeFromEnvironment(); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %q, error %v; want an error with %s", mode, err, want)
	}
	if _, err := Create(t.Context(), Options{Mode: "push", Out: io.Discard}); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got error %v, want one with %s", err, want)
	}
}

// e2e skips unless E2E=1. From then on whatever is missing is a failure.
func e2e(t *testing.T) Mode {
	t.Helper()
	if os.Getenv("E2E") != "1" {
		t.Skip("creates a kind cluster; set E2E=1 (and " + ModeVariable + "=source without a container registry)")
	}
	mode, err := ModeFromEnvironment()
	if err != nil {
		t.Fatal(err)
	}
	return mode
}

// testPods runs a server with a volume and a client that finds it by its Service's name, under Pod Security restricted.
func testPods(t *testing.T, ctx context.Context, c *Cluster) {
	const namespace = "probe"
	_, err := c.Client.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
		Name: namespace, Labels: map[string]string{"pod-security.kubernetes.io/enforce": "restricted"},
	}}, metav1.CreateOptions{})
	must(t, err)
	pods := c.Client.CoreV1().Pods(namespace)

	forbidden := probePod("forbidden", "get", "http://server")
	forbidden.Spec.SecurityContext, forbidden.Spec.Containers[0].SecurityContext = nil, nil
	if _, err := pods.Create(ctx, forbidden, metav1.CreateOptions{}); !apierrors.IsForbidden(err) || !strings.Contains(err.Error(), "PodSecurity") {
		t.Errorf("a pod that is not restricted: got error %v, want it forbidden by PodSecurity", err)
	}

	for _, object := range []any{probeClaim(), probeService()} {
		switch object := object.(type) {
		case *corev1.PersistentVolumeClaim:
			_, err = c.Client.CoreV1().PersistentVolumeClaims(namespace).Create(ctx, object, metav1.CreateOptions{})
		case *corev1.Service:
			_, err = c.Client.CoreV1().Services(namespace).Create(ctx, object, metav1.CreateOptions{})
		}
		must(t, err)
	}
	const text = "hello from a volume"
	server := probePod("server", "serve", "/data/hello", text)
	server.Spec.Volumes = []corev1.Volume{{Name: "data", VolumeSource: corev1.VolumeSource{
		PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "data"},
	}}}
	server.Spec.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "data", MountPath: "/data"}}
	_, err = pods.Create(ctx, server, metav1.CreateOptions{})
	must(t, err)
	waitForPhase(t, ctx, c, "server", corev1.PodRunning)
	claim, err := c.Client.CoreV1().PersistentVolumeClaims(namespace).Get(ctx, "data", metav1.GetOptions{})
	must(t, err)
	if claim.Status.Phase != corev1.ClaimBound {
		t.Errorf("claim is %s, want it bound", claim.Status.Phase)
	}

	seen, err := c.Capture(ctx, "tcp port 8080")
	must(t, err)
	unseen, err := c.Capture(ctx, "udp port 9")
	must(t, err)
	_, err = pods.Create(ctx, probePod("client", "get", "http://server.probe.svc.cluster.local:8080"), metav1.CreateOptions{})
	must(t, err)
	waitForPhase(t, ctx, c, "client", corev1.PodSucceeded)
	if _, err := c.Capture(ctx, "no such filter"); err == nil || !strings.Contains(err.Error(), "syntax error") {
		t.Errorf("a filter with a mistake: got error %v, want tcpdump's", err)
	}
	if packets, err := seen(); err != nil || len(packets) == 0 {
		t.Errorf("capture of the client's packets: got %d, error %v; want some", len(packets), err)
	}
	if packets, err := unseen(); err != nil || len(packets) > 0 {
		t.Errorf("capture of packets that nobody sends: got %q, error %v; want none", packets, err)
	}
	log, err := pods.GetLogs("client", &corev1.PodLogOptions{}).DoRaw(ctx)
	must(t, err)
	if string(log) != text {
		t.Errorf("the client got %q, want %q", log, text)
	}
}

// testKubectl applies a kustomization from a folder of this machine.
func testKubectl(t *testing.T, ctx context.Context, c *Cluster) {
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "kustomization.yaml"), []byte("configMapGenerator:\n- name: words\n  literals: [greeting=hello]\n  options: {disableNameSuffixHash: true}\n"), 0o644))
	must(t, c.CopyDir(ctx, dir, "/tmp/words"))
	_, err := c.Kubectl(ctx, nil, "apply", "-k", "/tmp/words")
	must(t, err)
	got, err := c.Kubectl(ctx, nil, "get", "configmap", "words", "--output=jsonpath={.data.greeting}")
	if err != nil || got != "hello" {
		t.Errorf("got %q, error %v; want hello", got, err)
	}
	if _, err := c.Kubectl(ctx, strings.NewReader("kind: Nothing"), "apply", "-f", "-"); err == nil {
		t.Error("applying nonsense gave no error")
	}
}

func testLogs(t *testing.T, ctx context.Context, c *Cluster) {
	dir := t.TempDir()
	must(t, c.Logs(ctx, dir))
	for file, want := range map[string]string{
		"events.txt":                        "Normal  probe/Pod/client Scheduled: ",
		"pods/probe/client.yaml":            "phase: Succeeded",
		"pods/probe/client_probe.log":       "hello from a volume",
		"kind/" + c.Node() + "/kubelet.log": "kubelet",
	} {
		got, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil || !strings.Contains(string(got), want) {
			t.Errorf("%s has %d bytes without %q (%v)", file, len(got), want, err)
		}
	}
}

// testLeftovers makes containers look like nodes of killed runs.
func testLeftovers(t *testing.T, ctx context.Context, c *Cluster) {
	image, err := exec.CommandContext(ctx, "docker", "inspect", "--format", "{{.Config.Image}}", c.Node()).Output()
	must(t, err)
	killed, unknown := Prefix+"test-killed", Prefix+"test-unknown"
	for _, name := range []string{killed, unknown} {
		out, err := exec.CommandContext(ctx, "docker", "run", "--detach", "--name", name+"-control-plane", "--label", kindLabel+name,
			"--entrypoint", "sleep", strings.TrimSpace(string(image)), "600").CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		t.Cleanup(func() { _ = exec.Command("docker", "rm", "--force", "--volumes", name+"-control-plane").Run() })
	}
	home, err := newHome(killed)
	must(t, err)
	home.lock.Close() // which is what the kernel does when a process is killed

	var out strings.Builder
	must(t, removeLeftovers(c.provider, &out))
	if left := containers(t, killed); len(left) > 0 {
		t.Errorf("a killed run's container is left: %v", left)
	}
	for _, name := range []string{unknown, c.Name} {
		if len(containers(t, name)) != 1 {
			t.Errorf("%s is gone, want it left alone", name)
		}
	}
	if !strings.Contains(out.String(), "docker rm -f -v "+unknown) || strings.Contains(out.String(), c.Name) {
		t.Errorf("got the report %q, want it to name %s and not %s", out.String(), unknown, c.Name)
	}
}

func waitForPhase(t *testing.T, ctx context.Context, c *Cluster, name string, want corev1.PodPhase) {
	t.Helper()
	err := poll(ctx, 2*time.Minute, func(ctx context.Context) (string, error) {
		pod, err := c.Client.CoreV1().Pods("probe").Get(ctx, name, metav1.GetOptions{})
		if err != nil || pod.Status.Phase == want {
			return "", err
		}
		return "pod " + name + " is " + string(pod.Status.Phase), nil
	})
	must(t, err)
}

// probeImage compiles testdata/probe for the node.
func probeImage(t *testing.T) images.Image {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "probe")
	build := exec.Command("go", "build", "-trimpath", "-o", binary, "./testdata/probe")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	builder, err := images.NewBuilder(t.Output())
	must(t, err)
	image, err := builder.FromFiles(t.Context(), images.Spec{
		Ref: "hearth.local/probe:v1", Files: []images.File{{Path: "/probe", From: binary, Mode: 0o755}},
	})
	must(t, err)
	return image
}

func containers(t *testing.T, name string) []string {
	t.Helper()
	found, err := docker.Containers(context.Background(), kindLabel+name)
	must(t, err)
	return found
}

// lineWriter calls a function for each write, which is a line here.
type lineWriter func(line string)

func (f lineWriter) Write(p []byte) (int, error) {
	f(strings.TrimSuffix(string(p), "\n"))
	return len(p), nil
}

var _ io.Writer = lineWriter(nil)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
