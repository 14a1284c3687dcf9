package e2e

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/hearth-dev/hearth/e2e/internal/images"
	"github.com/hearth-dev/hearth/internal/verify"
)

// plan is who comes in testdata/balancer.yaml, and what addresses there are.
type plan struct{ client, first, second, free, classed netip.Addr }

// planned counts from an address near the end of the client's network, /16 as Docker's are.
func planned(client netip.Addr) plan {
	bytes := client.As4()
	bytes[2], bytes[3] = 255, 200
	first := netip.AddrFrom4(bytes)
	return plan{client, first, first.Next(), first.Next().Next(), first.Next().Next().Next()}
}

// fill writes the addresses into a text, in place of their names.
func (p plan) fill(text string) string {
	return strings.NewReplacer(
		"CLIENT", p.client.String(), "FIRST", p.first.String(), "SECOND", p.second.String(), "FREE", p.free.String(), "CLASSED", p.classed.String(),
	).Replace(text)
}

// balancerStack is testdata/balancer.yaml for the plan, as a file.
func balancerStack(t *testing.T, p plan) string {
	t.Helper()
	data, err := os.ReadFile("testdata/balancer.yaml")
	must(t, err)
	file := filepath.Join(t.TempDir(), "balancer.yaml")
	must(t, os.WriteFile(file, []byte(p.fill(string(data))), 0o644))
	return file
}

// TestBalancerStack is hermetic: what a cluster is given later can be rendered.
func TestBalancerStack(t *testing.T) {
	documents.generates(t, balancerStack(t, planned(netip.MustParseAddr("172.18.0.1"))))
}

// balancer are Ollamas with addresses of MetalLB's, and those who ask them from outside the cluster.
type balancer struct {
	*exposure
	plan

	metallb images.Module
	image   string // of the node, for a second client
}

// TestLoadBalancer asks Ollama by the address that MetalLB gives its Service: who is in allowFrom gets an answer, another does not,
// of kube-proxy and of the NetworkPolicy, each by itself.
func TestLoadBalancer(t *testing.T) {
	metallb := images.MetalLB()
	s := start(t, wants{full: true, policies: true, addons: metallb, namespaces: []string{"home", "far", "late", "classed"}})
	b := &balancer{exposure: &exposure{suite: s, folder: "/hearth/balancer"}, metallb: metallb[0].Module}
	inOrder(t, []part{
		{"MetalLB has addresses to hand out", b.startMetalLB},
		{"Ollama gets the address that it asks for", b.getsAddress},
		{"a client of allowFrom is answered, at the port of the Service", b.answers},
		{"a client of none is not, nor is another than the one of allowFrom", b.refuses},
		{"hearth verify says which address each has, or that none was handed out", b.isVerified},
		{"the NetworkPolicy keeps out whom the ranges admit", b.isKeptOutTwice},
		{"an address that is free goes to who asks for any", b.getsFree},
		{"an address of a class", b.getsClassed},
	})
}

// metallbPool has the addresses that are asked for, and gives nobody one who does not ask.
const metallbPool = `apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: asked, namespace: metallb-system}
spec: {addresses: [FIRST-SECOND, CLASSED/32], autoAssign: false}
---
apiVersion: metallb.io/v1beta1
kind: L2Advertisement
metadata: {name: node, namespace: metallb-system}
`

const freePool = `apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: free, namespace: metallb-system}
spec: {addresses: [FREE/32]}
`

// startMetalLB installs it by its own manifest, for addresses of Docker's network, in which this machine is the gateway.
func (b *balancer) startMetalLB(t *testing.T) {
	network := b.docker(t, "network", "inspect", "kind", "--format", `{{range .IPAM.Config}}{{.Gateway}} {{end}}`)
	for gateway := range strings.FieldsSeq(network) {
		if a, err := netip.ParseAddr(gateway); err == nil && a.Is4() {
			b.plan = planned(a)
		}
	}
	if !b.client.IsValid() {
		t.Fatalf("kind's network has the gateways %q, want one of IPv4", network)
	}
	b.image = strings.TrimSpace(b.docker(t, "inspect", b.Node(), "--format", "{{.Config.Image}}"))
	b.rejectUnserved(t)
	b.applyModule(t, b.metallb, "config/manifests/metallb-native.yaml")
	b.rollOut(t)
	b.eventually(t, 2*time.Minute, "MetalLB's webhook takes its configuration", func() (string, error) {
		_, err := b.Kubectl(b.ctx, strings.NewReader(b.fill(metallbPool)), "apply", "-f", "-")
		return "", err
	})
	b.stack = b.render(t, balancerStack(t, b.plan), b.folder)
}

func (b *balancer) rollOut(t *testing.T) {
	t.Helper()
	for _, workload := range []string{"deployment/controller", "daemonset/speaker"} {
		b.kubectl(t, "-n", "metallb-system", "rollout", "status", workload, "--timeout=3m")
	}
}

// hasAddress waits for the address of a namespace's Ollama.
func (b *balancer) hasAddress(t *testing.T, namespace string, want netip.Addr) {
	t.Helper()
	b.eventually(t, time.Minute, namespace+" has "+want.String(), func() (string, error) {
		service, err := b.Client.CoreV1().Services(namespace).Get(b.ctx, "ollama", metav1.GetOptions{})
		if err != nil {
			return "", err
		}
		if got := service.Status.LoadBalancer.Ingress; len(got) != 1 || got[0].IP != want.String() {
			return fmt.Sprintf("it has %+v", got), nil
		}
		return "", nil
	})
}

func (b *balancer) getsAddress(t *testing.T) {
	t.Log(b.kubectl(t, "apply", "-k", b.folder+"/overlays/balancer"))
	for namespace, want := range map[string]netip.Addr{"home": b.first, "far": b.second} {
		b.waitReady(t, namespace, "ollama", nil, 5*time.Minute)
		b.hasAddress(t, namespace, want)
		service, err := b.Client.CoreV1().Services(namespace).Get(b.ctx, "ollama", metav1.GetOptions{})
		must(t, err)
		if opened := service.Spec.Ports[0].NodePort != 0; opened != (namespace == "home") {
			t.Errorf("%s: a port of the nodes is open: %t", namespace, opened)
		}
	}
}

// get asks from this machine, which Docker's network knows by its gateway.
func (b *balancer) get(address string) (string, error) {
	client := &http.Client{Timeout: 3 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get("http://" + address + "/api/version")
	if err != nil {
		return "", err
	}
	return response.Status, response.Body.Close()
}

// answered waits for an answer to this machine.
func (b *balancer) answered(t *testing.T, what, address string) {
	t.Helper()
	b.eventually(t, time.Minute, what, func() (string, error) {
		status, err := b.get(address)
		if status == "200 OK" {
			status = ""
		}
		return status, err
	})
}

// getBeside asks from another container of Docker's network.
func (b *balancer) getBeside(address string) (string, error) {
	ctx, stop := context.WithTimeout(b.ctx, time.Minute)
	defer stop()
	curl := exec.CommandContext(ctx, "docker", "run", "--rm", "--network", "kind", "--entrypoint", "curl", b.image,
		"-sS", "--max-time", "5", "http://"+address+"/api/version")
	var stderr bytes.Buffer
	curl.Stderr = &stderr
	out, err := curl.Output()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, stderr.String())
	}
	return string(out), err
}

func (b *balancer) answers(t *testing.T) {
	b.answered(t, "an answer by the address", b.first.String()+":8434")
	// The client's own address arrives, with which a NetworkPolicy compares allowFrom.
	p, err := b.pod("home", "ollama")
	must(t, err)
	if log := b.podLog(t, p, "ollama"); !strings.Contains(log, b.client.String()+" ") {
		t.Errorf("Ollama's log has no client %s:\n%s", b.client, log)
	}
}

// admits puts a client into the ranges of a namespace's Service, which then says more than allowFrom.
func (b *balancer) admits(t *testing.T, namespace, cidr string) {
	t.Helper()
	patch := fmt.Sprintf(`[{"op": "add", "path": "/spec/loadBalancerSourceRanges/-", "value": %q}]`, cidr)
	_, err := b.Client.CoreV1().Services(namespace).Patch(b.ctx, "ollama", types.JSONPatchType, []byte(patch), metav1.PatchOptions{})
	must(t, err)
}

func (b *balancer) refuses(t *testing.T) {
	home, far := b.first.String()+":8434", b.second.String()+":11434"
	if status, err := b.get(far); err == nil {
		t.Errorf("answered %s, to a client that allowFrom does not have", status)
	} else {
		t.Log(err)
	}
	if answer, err := b.getBeside(home); err == nil {
		t.Errorf("answered %s, to another than the client of allowFrom", answer)
	} else {
		t.Log(err)
	}
	service, err := b.Client.CoreV1().Services("far").Get(b.ctx, "ollama", metav1.GetOptions{})
	must(t, err)
	if got, want := service.Spec.LoadBalancerSourceRanges, []string{"10.99.0.0/16"}; !slices.Equal(got, want) {
		t.Errorf("the Service's ranges are %v, want %v", got, want)
	}
	if t.Failed() {
		return
	}
	network, err := b.first.Prefix(16)
	must(t, err)
	b.admits(t, "far", network.String())
	b.admits(t, "home", network.String())
	if b.enforces() {
		return
	}
	// Now each is answered, where nothing enforces NetworkPolicies: the ranges are what kept them out.
	b.answered(t, "an answer once the ranges have this machine", far)
	b.eventually(t, time.Minute, "an answer to another container", func() (string, error) {
		_, err := b.getBeside(home)
		return "", err
	})
}

func (b *balancer) isVerified(t *testing.T) {
	b.saysAddress(t, map[string]verify.Row{
		"home":    {Status: verify.Passed, Detail: b.first.String()},
		"far":     {Status: verify.Passed, Detail: b.second.String()},
		"late":    {Status: verify.Failed, Detail: "pending: a load balancer"},
		"classed": {Status: verify.Failed, Detail: "pending: the load balancer of the class e2e.internal/metallb"},
	})
}

// saysAddress holds the rows of hearth verify about the namespaces' addresses.
func (b *balancer) saysAddress(t *testing.T, rows map[string]verify.Row) {
	t.Helper()
	report := b.looks(t, b.stack, "balancer", 0)
	for namespace, want := range rows {
		row, ok := report.Row("address", namespace+"/ollama")
		if !ok || row.Status != want.Status || !strings.HasPrefix(row.Detail, want.Detail) {
			t.Errorf("the row of %s is %+v, want it %s with %s", namespace, row, want.Status, want.Detail)
		}
	}
}

// isKeptOutTwice leaves the ranges wide and has NetworkPolicies enforced.
func (b *balancer) isKeptOutTwice(t *testing.T) {
	home, far := b.first.String()+":8434", b.second.String()+":11434"
	b.enforcePolicies(t)
	b.eventually(t, time.Minute, "this machine is kept out", func() (string, error) {
		if status, err := b.get(far); err == nil {
			return "it answers " + status, nil
		}
		return "", nil
	})
	if answer, err := b.getBeside(home); err == nil {
		t.Errorf("answered %s, to another than the client of allowFrom", answer)
	}
	b.answered(t, "the client of allowFrom is answered as before", home)
	must(t, b.Client.NetworkingV1().NetworkPolicies("far").Delete(b.ctx, "ollama", metav1.DeleteOptions{}))
	b.answered(t, "an answer without the NetworkPolicy", far)
}

func (b *balancer) getsFree(t *testing.T) {
	b.applyText(t, b.fill(freePool))
	b.hasAddress(t, "late", b.free)
	b.saysAddress(t, map[string]verify.Row{"late": {Status: verify.Passed, Detail: b.free.String()}})
}

// getsClassed has MetalLB serve a class, as its option --lb-class does, and then nobody without.
func (b *balancer) getsClassed(t *testing.T) {
	const patch = `[{"op": "add", "path": "/spec/template/spec/containers/0/args/-", "value": "--lb-class=e2e.internal/metallb"}]`
	for _, workload := range []string{"deployment/controller", "daemonset/speaker"} {
		b.kubectl(t, "-n", "metallb-system", "patch", workload, "--type=json", "-p", patch)
	}
	b.rollOut(t)
	b.hasAddress(t, "classed", b.classed)
	b.waitReady(t, "classed", "ollama", nil, time.Minute)
	b.answered(t, "an answer by the address of the class", b.classed.String()+":11434")
	b.saysAddress(t, map[string]verify.Row{"classed": {Status: verify.Passed, Detail: b.classed.String()}})
}
