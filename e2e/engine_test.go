package e2e

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/e2e/internal/images"
)

const (
	// engineNamespace is that of the engines, and the name of their overlays.
	engineNamespace = "engine"
	engineKey       = "a-key"
)

// TestEngineStack is hermetic: what a cluster is given later can be rendered.
func TestEngineStack(t *testing.T) {
	documents.generates(t, "testdata/engine.yaml")
}

// groups are those of an engine on two nodes, by LeaderWorkerSet's own controller.
type groups struct {
	*suite
	stack *v1alpha1.Resolved
}

// TestEngine has LeaderWorkerSet's webhook and controller take what is written: the groups start, only leaders serve, and a
// group restarts as a whole. vLLM itself does not run: testdata/engine.yaml says what does.
func TestEngine(t *testing.T) {
	s := start(t, wants{full: true, twoNodes: true, relay: true, policies: true, addons: []images.Addon{images.LeaderWorkerSet()}, namespaces: []string{engineNamespace}})
	g := &groups{suite: s}
	inOrder(t, []part{
		{"the network enforces policies", g.enforcePolicies},
		{"LeaderWorkerSet's controller runs", g.startController},
		{"two groups of two pods start, each pod with a volume", g.start},
		{"each pod knows its place", g.knowTheirPlace},
		{"the Service leads to the leaders alone", g.leadersServe},
		{"the ports of the group are closed to others", g.isClosed},
		{"a killed worker restarts its group, and no other", g.restartsTogether},
	})
}

func (g *groups) startController(t *testing.T) {
	const folder = "/hearth/leaderworkerset"
	lws := images.LeaderWorkerSet()
	dir, err := lws.Dir(g.ctx)
	must(t, err)
	must(t, g.CopyDir(g.ctx, filepath.Join(dir, "config"), folder+"/config"))
	must(t, g.CopyDir(g.ctx, "testdata/leaderworkerset", folder))
	name, tag, _ := strings.Cut(lws.Ref, ":")
	g.docker(t, "exec", g.Node(), "sed", "-i", "s|NAME|"+name+"|; s|TAG|"+tag+"|", folder+"/kustomization.yaml")
	g.rejectUnserved(t)
	g.kubectl(t, "apply", "--server-side", "-k", folder)
	g.kubectl(t, "-n", "lws-system", "wait", "--for=condition=Available", "deployment/lws-controller-manager", "--timeout=3m")
}

func (g *groups) start(t *testing.T) {
	const folder = "/hearth/engine"
	g.stack = g.render(t, "testdata/engine.yaml", folder)
	for _, node := range []string{g.Node(), g.Worker()} {
		g.kubectl(t, "patch", "node", node, "--subresource=status", "--type=json", "-p", `[{"op": "add", "path": "/status/capacity/nvidia.com~1gpu", "value": "2"}]`)
	}
	g.deploys(t, folder, 4)
	var names, claims []string
	nodes := map[string]bool{}
	for _, p := range g.pods(t) {
		names, nodes[p.Spec.NodeName] = append(names, p.Name), true
		for _, v := range p.Spec.Volumes {
			if c := v.PersistentVolumeClaim; c != nil {
				claims = append(claims, c.ClaimName)
			}
		}
	}
	if want := []string{"engine-group-0", "engine-group-0-1", "engine-group-1", "engine-group-1-1"}; !slices.Equal(names, want) {
		t.Errorf("the pods are %v, want %v", names, want)
	}
	if slices.Sort(claims); len(slices.Compact(claims)) != 4 || len(nodes) != 2 {
		t.Errorf("the volumes are %v on %d nodes, want four on two", claims, len(nodes))
	}
}

// deploys applies the overlay in the folder, with a key, and waits until there are so many ready pods.
func (g *groups) deploys(t *testing.T, folder string, count int) {
	t.Helper()
	g.kubectl(t, "-n", engineNamespace, "create", "secret", "generic", "engine", "--from-literal=api-key="+engineKey)
	// The webhook is asked by its Service, which may not be served yet.
	g.eventually(t, time.Minute, "LeaderWorkerSet's webhook admits the object", func() (string, error) {
		out, err := g.Kubectl(g.ctx, nil, "apply", "-k", folder+"/overlays/engine")
		if err != nil {
			return out, nil //nolint:nilerr // said, until it is time
		}
		return "", nil
	})
	g.eventually(t, 5*time.Minute, fmt.Sprintf("%d pods are ready", count), func() (string, error) {
		pods := g.pods(t)
		for _, p := range pods {
			if !stays(&p) {
				return describe(&p), nil
			}
		}
		if len(pods) != count {
			return fmt.Sprintf("%d pods", len(pods)), nil
		}
		return "", nil
	})
}

// pods of the engine, by name.
func (g *groups) pods(t *testing.T) []corev1.Pod {
	t.Helper()
	list, err := g.Client.CoreV1().Pods(engineNamespace).List(g.ctx, metav1.ListOptions{LabelSelector: "app.kubernetes.io/name=engine"})
	must(t, err)
	slices.SortFunc(list.Items, func(a, b corev1.Pod) int { return strings.Compare(a.Name, b.Name) })
	return list.Items
}

// stays reports whether a pod is ready, and is not about to end.
func stays(p *corev1.Pod) bool { return p.DeletionTimestamp == nil && ready(p) }

func (g *groups) knowTheirPlace(t *testing.T) {
	for pod, want := range map[string]string{
		"engine-group-0":   "--nnodes 2 --node-rank 0 --master-addr engine-group-0.engine-group.engine",
		"engine-group-1":   "--nnodes 2 --node-rank 0 --master-addr engine-group-1.engine-group.engine",
		"engine-group-1-1": "--nnodes 2 --node-rank 1 --master-addr engine-group-1.engine-group.engine --headless",
	} {
		got := strings.Join(strings.Fields(g.kubectl(t, "-n", engineNamespace, "exec", pod, "--", "cat", "/tmp/arguments")), " ")
		if !strings.HasPrefix(got, "Qwen/Qwen3-4B --port 8000 ") || !strings.HasSuffix(got, want) {
			t.Errorf("%s was given %s, want it to end in %s", pod, got, want)
		}
	}
}

func (g *groups) leadersServe(t *testing.T) {
	found, err := g.Client.DiscoveryV1().EndpointSlices(engineNamespace).List(g.ctx, metav1.ListOptions{LabelSelector: discoveryv1.LabelServiceName + "=engine"})
	must(t, err)
	var names []string
	for _, s := range found.Items {
		for _, e := range s.Endpoints {
			names = append(names, e.TargetRef.Name)
		}
	}
	if slices.Sort(names); !slices.Equal(names, []string{"engine-group-0", "engine-group-1"}) {
		t.Errorf("the Service leads to %v, want the two leaders", names)
	}
}

func (g *groups) isClosed(t *testing.T) {
	g.startClients(t)
	address := g.addresses(t)
	for _, c := range []reached{
		{"friend", address["engine-group-0"] + ":8000", "open"},
		{"stranger", address["engine-group-0"] + ":8000", "closed"},
		{"engine-group-0-1", address["engine-group-0"] + ":8000", "open"},
		{"engine-group-0", address["engine-group-1-1"] + ":8000", "open"},
	} {
		g.reaches(t, c)
	}
}

// startClients starts a pod that the engine admits, and one that it does not.
func (g *groups) startClients(t *testing.T) {
	t.Helper()
	for _, app := range []string{"friend", "stranger"} {
		g.kubectl(t, "-n", engineNamespace, "run", app, "--image=docker.io/alpine/socat:1.8.0.3", "--labels=app="+app, "--restart=Never",
			`--overrides={"spec": {"terminationGracePeriodSeconds": 0, "securityContext": {"runAsNonRoot": true, "runAsUser": 65532, "seccompProfile": {"type": "RuntimeDefault"}},
			"containers": [{"name": "`+app+`", "image": "docker.io/alpine/socat:1.8.0.3", "command": ["sleep", "infinity"],
			"securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}}}]}}`)
		g.kubectl(t, "-n", engineNamespace, "wait", "--for=condition=Ready", "pod/"+app, "--timeout=1m")
	}
}

// addresses of the engine's pods, by their names.
func (g *groups) addresses(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, p := range g.pods(t) {
		all[p.Name] = p.Status.PodIP
	}
	return all
}

// reached is a port that a pod finds open or closed.
type reached struct{ from, to, want string }

func (g *groups) reaches(t *testing.T, c reached) {
	t.Helper()
	out, err := g.Kubectl(g.ctx, nil, "-n", engineNamespace, "exec", c.from, "--", "socat", "-T5", "/dev/null", "TCP:"+c.to+",connect-timeout=5")
	got := "open"
	if err != nil {
		got = "closed"
	}
	if t.Logf("%s to %s: %s %s", c.from, c.to, got, out); got != c.want {
		t.Errorf("%s to %s: %s, want %s", c.from, c.to, got, c.want)
	}
}

func (g *groups) restartsTogether(t *testing.T) {
	uids := func() map[string]string {
		all := map[string]string{}
		for _, p := range g.pods(t) {
			if stays(&p) {
				all[p.Name] = string(p.UID)
			}
		}
		return all
	}
	before, began := uids(), time.Now()
	g.kubectl(t, "-n", engineNamespace, "delete", "pod", "engine-group-0-1", "--grace-period=0", "--force")
	g.eventually(t, 5*time.Minute, "the whole group is made anew", func() (string, error) {
		after := uids()
		for _, name := range []string{"engine-group-0", "engine-group-0-1"} {
			if after[name] == "" || after[name] == before[name] {
				return name + " is not ready anew", nil
			}
		}
		return "", nil
	})
	t.Logf("the group was ready again after %s", time.Since(began).Round(time.Second))
	for name, uid := range uids() {
		if strings.HasPrefix(name, "engine-group-1") && uid != before[name] {
			t.Errorf("%s was made anew, and belongs to the other group", name)
		}
	}
}
