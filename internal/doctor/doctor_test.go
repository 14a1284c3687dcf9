package doctor_test

import (
	"bytes"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/doctor"
	"github.com/hearth-dev/hearth/internal/testing/fakecluster"
	"github.com/hearth-dev/hearth/internal/testing/golden"
	"github.com/hearth-dev/hearth/internal/verify"
)

var update = flag.Bool("update", false, "rewrite testdata")

func prepared(t *testing.T, file, overlay string) (*v1alpha1.Resolved, *fakecluster.Cluster) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	stack, problems := generator.Load(file, data)
	if stack == nil {
		t.Fatal(problems)
	}
	c, err := fakecluster.NewPrepared(stack, overlay)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return stack, c
}

func look(t *testing.T, stack *v1alpha1.Resolved, c *fakecluster.Cluster, overlay string, report func(verify.Row)) verify.Report {
	t.Helper()
	got, err := doctor.Run(t.Context(), doctor.Options{Config: c.Config(), Context: "lab", Stack: stack, Overlay: overlay}, report)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

var seconds = regexp.MustCompile(` in [0-9.]+m?s\n`)

// TestPrepared shows what a person sees on a cluster that has everything, for
// each committed overlay and some more.
func TestPrepared(t *testing.T) {
	golden.Files(t, "testdata/prepared.txtar", *update, func(t *testing.T, overlay string) string {
		file := "testdata/stack.yaml"
		if strings.HasPrefix(overlay, "homelab-") {
			file = "../../hearth.yaml"
		}
		stack, c := prepared(t, file, overlay)
		var out bytes.Buffer
		table := verify.Table{Out: &out}
		report := look(t, stack, c, overlay, table.Show)
		if err := table.End(report); err != nil {
			t.Fatal(err)
		}
		if !report.Passed || report.Count(verify.Waiting) > 0 {
			t.Error("a row failed")
		}
		return seconds.ReplaceAllString(out.String(), " in ...\n")
	})
}

func set(o *fakecluster.Object, value any, path ...string) {
	if err := unstructured.SetNestedField(o.Object, value, path...); err != nil {
		panic(err)
	}
}

// change is a change of one object of the cluster.
func change(kind, name string, do func(*fakecluster.Object)) func(*fakecluster.Cluster) {
	return func(c *fakecluster.Cluster) { c.Change(kind, name, do) }
}

func rename(kind, from, to string) func(*fakecluster.Cluster) {
	return change(kind, from, func(o *fakecluster.Object) { o.SetName(to) })
}

func remove(kind, name string) func(*fakecluster.Cluster) {
	return func(c *fakecluster.Cluster) { c.Delete(kind, name) }
}

func allocatable(what, amount string) func(*fakecluster.Cluster) {
	return change("Node", "node-1", func(o *fakecluster.Object) { set(o, amount, "status", "allocatable", what) })
}

func listener(l map[string]any) func(*fakecluster.Cluster) {
	return change("Gateway", "public", func(o *fakecluster.Object) { set(o, []any{l}, "spec", "listeners") })
}

func k3s(arguments string) func(*fakecluster.Cluster) {
	return func(c *fakecluster.Cluster) {
		c.Delete("DaemonSet", "calico-node")
		c.Change("Node", "node-1", func(o *fakecluster.Object) {
			set(o, "v1.34.4+k3s1", "status", "nodeInfo", "kubeletVersion")
			o.SetAnnotations(map[string]string{"k3s.io/node-args": arguments})
		})
	}
}

// TestLacks takes one thing away, and wants one row to say so.
func TestLacks(t *testing.T) {
	const atTraefik = "traefik/traefik"
	for name, test := range map[string]struct {
		overlay        string
		change         func(*fakecluster.Cluster)
		check, subject string
		detail, hint   string // a part of each
	}{
		"no cert-manager": {"nginx", func(c *fakecluster.Cluster) { c.Remove("cert-manager.io") },
			"api", "cert-manager.io/v1", "the cluster knows no Certificate", "https://cert-manager.io/docs/installation/"},
		"no class": {"nginx", rename("IngressClass", "nginx", "external"),
			"class", "nginx", "no such IngressClass; there are: external", "expose.nginx.className (base ai)"},
		"the other nginx": {"nginx", change("IngressClass", "nginx", func(o *fakecluster.Object) { set(o, "k8s.io/ingress-nginx", "spec", "controller") }),
			"class", "nginx", "is of Kubernetes' own ingress-nginx (k8s.io/ingress-nginx), want nginx.org/ingress-controller", "expose.type: ingressNGINX"},
		"another class": {"traefik", change("IngressClass", "traefik", func(o *fakecluster.Object) { set(o, "example.org/proxy", "spec", "controller") }),
			"class", "traefik", "is of example.org/proxy, want traefik.io/ingress-controller", "expose.traefik.className"},
		"no issuer": {"nginx", rename("ClusterIssuer", "ca", "letsencrypt"),
			"issuer", "ca", "no such ClusterIssuer; there are: letsencrypt", "expose.tls.certManager.issuer (base ai)"},
		"an issuer that is not ready": {"nginx", change("ClusterIssuer", "ca", func(o *fakecluster.Object) {
			set(o, []any{map[string]any{"type": "Ready", "status": "False", "message": "no  such\nSecret"}}, "status", "conditions")
		}), "issuer", "ca", "not ready: no such Secret", "kubectl --context lab describe clusterissuers ca"},
		"Traefik of k3s": {"traefik", change("Pod", "controller-abc12", func(o *fakecluster.Object) { o.SetNamespace("kube-system") }),
			"controller", atTraefik, "no pods with app.kubernetes.io/name=traefik; there is kube-system/controller-abc12",
			"expose.from (base ai): {namespace: kube-system, podLabels: {app.kubernetes.io/name: traefik}}"},
		"no controller": {"traefik", remove("Pod", "controller-abc12"),
			"controller", atTraefik, "no pods with app.kubernetes.io/name=traefik, here or in another namespace", "install the controller"},
		"a controller that is not ready": {"traefik", change("Pod", "controller-abc12", func(o *fakecluster.Object) { set(o, []any{}, "status", "conditions") }),
			"controller", atTraefik, "none is ready: controller-abc12", "kubectl --context lab -n traefik get pods -l app.kubernetes.io/name=traefik"},
		"a controller on the node's network": {"traefik", change("Pod", "controller-abc12", func(o *fakecluster.Object) { set(o, true, "spec", "hostNetwork") }),
			"controller", atTraefik, "is on its node's network", "{cidrs: "},
		"no default class": {"internal", change("StorageClass", "standard", func(o *fakecluster.Object) { o.SetAnnotations(nil) }),
			"storage", "default", "no storage class is the default one; there are: standard", "annotate storageclass standard storageclass.kubernetes.io/is-default-class=true"},
		"no class at all": {"internal", remove("StorageClass", "standard"),
			"storage", "default", "no storage class at all", "local-path"},
		"a class of another name": {"class", rename("StorageClass", "standard", "longhorn"),
			"storage", "standard", "no such StorageClass; there are: longhorn", "storage.storageClassName"},
		"no namespace": {"internal", remove("Namespace", "ai"),
			"namespace", "ai", "no such namespace", "kubectl --context lab create namespace ai && kubectl --context lab label namespace ai pod-security.kubernetes.io/enforce=restricted; "},
		"no label": {"internal", change("Namespace", "ai", func(o *fakecluster.Object) { o.SetLabels(nil) }),
			"namespace", "ai", "lacks pod-security.kubernetes.io/enforce=restricted", "label --overwrite namespace ai pod-security"},
		"Pod Security refuses the pods": {"privileged", func(*fakecluster.Cluster) {},
			"namespace", "ai", "enforces restricted, which refuses the pods of Deployment/ai/ollama: ", "namespaceLabels"},
		"no Secret": {"internal", remove("Secret", "open-webui"),
			"secret", "ai/open-webui", "is missing: signs Open WebUI's sessions", "hearth secrets internal --apply --context lab"},
		"a Secret without a key": {"internal", change("Secret", "open-webui", func(o *fakecluster.Object) { set(o, map[string]any{}, "data") }),
			"secret", "ai/open-webui", "lacks the key secret-key", "hearth secrets internal --apply --context lab"},
		"flannel alone": {"internal", rename("DaemonSet", "calico-node", "kube-flannel-ds"),
			"network", "internal", "flannel alone enforces none", "Calico"},
		"k3s without policies": {"internal", k3s(`["server","--disable-network-policy"]`),
			"network", "internal", "k3s runs with --disable-network-policy", "k3s without"},
		"too little memory": {"internal", allocatable("memory", "4Gi"),
			"node", "ai/ollama", "asks for 5.0Gi memory, 1 CPU; node-1 has too little memory: 4.0Gi - 0.0Gi = 4.0Gi memory, 8 - 0 = 8 CPU, and comes nearest of 1 node", "hearth size --fits MEMORY"},
		"memory that others ask for": {"traefik", allocatable("memory", "5500Mi"),
			"node", "ai/ollama", "too little memory: 5.4Gi - 1.0Gi = 4.4Gi memory, 8 - 0.5 = 7.5 CPU", "describe nodes"},
		"room for the first pod only": {"internal", allocatable("memory", "5300Mi"),
			"node", "ai/open-webui", "too little memory", "hearth size"},
		"room for one of two pods": {"replicas", allocatable("memory", "9Gi"),
			"node", "ai/ollama-1", "too little memory", "hearth size"},
		"a limit above the node": {"limit", allocatable("memory", "6Gi"),
			"node", "ai/ollama", "may use 8.0Gi by its limit, which is more than node-1 has for all pods: 6.0Gi", "resources.limits.memory"},
		"too few CPUs": {"internal", allocatable("cpu", "500m"),
			"node", "ai/ollama", "too little cpu: 32.0Gi - 0.0Gi = 32.0Gi memory, 0.5 - 0 = 0.5 CPU", "describe nodes"},
		"no device": {"accelerator", allocatable("nvidia.com/gpu", "0"),
			"node", "ai/ollama", "asks for 2 nvidia.com/gpu, 5.0Gi memory, 1 CPU; node-1 has too little nvidia.com/gpu: 0 - 0 = 0 nvidia.com/gpu, ", "the device plugin"},
		"too few devices, on the smaller node": {"accelerator", func(c *fakecluster.Cluster) {
			large := &fakecluster.Object{Object: map[string]any{"apiVersion": "v1", "kind": "Node"}}
			large.SetName("large")
			large.SetLabels(map[string]string{"nvidia.com/gpu.present": "true"})
			set(large, map[string]any{"cpu": "500m", "memory": "64Gi"}, "status", "allocatable")
			c.Put(large)
			allocatable("nvidia.com/gpu", "1")(c)
		}, "node", "ai/ollama", "node-1 has too little nvidia.com/gpu: 1 - 0 = 1 nvidia.com/gpu, ", "ollama.accelerator (count, resourceName)"},
		"a device that another pod has": {"accelerator", func(c *fakecluster.Cluster) {
			pod := &fakecluster.Object{Object: map[string]any{"apiVersion": "v1", "kind": "Pod"}}
			pod.SetNamespace("training")
			pod.SetName("notebook")
			set(pod, "node-1", "spec", "nodeName")
			set(pod, []any{map[string]any{"name": "c", "resources": map[string]any{"limits": map[string]any{"nvidia.com/gpu": "1"}}}}, "spec", "containers")
			c.Put(pod)
		}, "node", "ai/ollama", "2 - 1 = 1 nvidia.com/gpu, ", "the device plugin"},
		"a node without the maker's label": {"accelerator", change("Node", "node-1", func(o *fakecluster.Object) { o.SetLabels(nil) }),
			"node", "ai/ollama", "no node takes it: node-1 lacks the label nvidia.com/gpu.present=true", "describe nodes"},
		"a taint": {"internal", change("Node", "node-1", func(o *fakecluster.Object) {
			set(o, []any{map[string]any{"key": "gpu", "value": "yes", "effect": "NoSchedule"}}, "spec", "taints")
		}), "node", "ai/ollama", "no node takes it: node-1 has the taint gpu=yes:NoSchedule", "describe nodes"},
		"a cordoned node": {"internal", change("Node", "node-1", func(o *fakecluster.Object) { set(o, true, "spec", "unschedulable") }),
			"node", "ai/ollama", "node-1 is cordoned", "describe nodes"},
		"no Gateway": {"gateway", rename("Gateway", "public", "private"),
			"gateway", "infra/public", "no such Gateway; there are: infra/private", "expose.gateway (base ai)"},
		"no listener": {"gateway", listener(map[string]any{"name": "web"}),
			"gateway", "infra/public", "has no listener https; it has: web", "expose.gateway.sectionName"},
		"a Gateway for its own namespace": {"gateway", listener(map[string]any{"name": "https"}),
			"gateway", "infra/public", "admits no routes of the namespace ai: routes of its own namespace, infra", "allowedRoutes"},
		"a Gateway for other labels": {"gateway", listener(map[string]any{"name": "https", "allowedRoutes": map[string]any{"namespaces": map[string]any{
			"from": "Selector", "selector": map[string]any{"matchLabels": map[string]any{"public": "yes"}},
		}}}), "gateway", "infra/public", "admits no routes of the namespace ai: namespaces with public=yes", "allowedRoutes"},
		"a Kubernetes without image volumes": {"image", func(c *fakecluster.Cluster) { c.Update("v1.32.9+k3s1") },
			"version", "ai/ollama", "the API server is v1.32.9+k3s1, which has no image volumes; they are there from 1.35 on", "storage.size or storage.nfs"},
		"a node that is older": {"image", func(c *fakecluster.Cluster) {
			c.Update("v1.35.0")
			c.Change("Node", "node-1", func(o *fakecluster.Object) { set(o, "v1.32.1", "status", "nodeInfo", "kubeletVersion") })
		}, "version", "ai/ollama", "the kubelet of node-1 is v1.32.1, which has no image volumes", "update Kubernetes to 1.35"},
		"a class that nobody accepts": {"own-gateway", change("GatewayClass", "envoy", func(o *fakecluster.Object) { set(o, []any{}, "status", "conditions") }),
			"class", "envoy", "not accepted by any controller: nobody has looked at it", "describe gatewayclass envoy"},
	} {
		t.Run(name, func(t *testing.T) {
			stack, c := prepared(t, "testdata/stack.yaml", test.overlay)
			test.change(c)
			report := look(t, stack, c, test.overlay, nil)
			if report.Passed {
				t.Error("the report passed")
			}
			row, ok := report.Row(test.check, test.subject)
			if !ok || row.Status != verify.Failed || !strings.Contains(row.Detail, test.detail) || !strings.Contains(row.Hint, test.hint) {
				t.Errorf("got %+v\nof %+v", row, report.Rows)
			}
		})
	}
}

// TestUnknown is what fails nothing: what no object says, and other ways to be in
// order.
func TestUnknown(t *testing.T) {
	for name, test := range map[string]struct {
		change        func(*fakecluster.Cluster)
		check, detail string
		status        verify.Status
	}{
		"a network of another name":  {remove("DaemonSet", "calico-node"), "network", "ask whoever runs the cluster", verify.NotChecked},
		"nodes that nobody shows":    {func(c *fakecluster.Cluster) { c.Deny("nodes") }, "node", "this user may not look", verify.NotChecked},
		"k3s":                        {k3s(`["server"]`), "network", "k3s' own controller", verify.Passed},
		"Canal is flannel, and more": {rename("DaemonSet", "calico-node", "rke2-canal"), "network", "Canal", verify.Passed},
		"Calico beside flannel": {func(c *fakecluster.Cluster) {
			o := &fakecluster.Object{Object: map[string]any{"apiVersion": "apps/v1", "kind": "DaemonSet"}}
			o.SetNamespace("kube-flannel")
			o.SetName("kube-flannel-ds")
			c.Put(o)
		}, "network", "Calico", verify.Passed},
	} {
		t.Run(name, func(t *testing.T) {
			stack, c := prepared(t, "testdata/stack.yaml", "internal")
			test.change(c)
			report := look(t, stack, c, "internal", nil)
			row, _ := report.Row(test.check, "")
			if !report.Passed || row.Status != test.status || !strings.Contains(row.Detail, test.detail) {
				t.Errorf("got %+v\nof %+v", row, report.Rows)
			}
		})
	}
}

// TestCopiedSecret is one that a cluster lacks until Fleet deploys.
func TestCopiedSecret(t *testing.T) {
	const overlay = "internal"
	stack, c := prepared(t, "testdata/stack.yaml", overlay)
	stack.Fleet = &v1alpha1.Fleet{CopySecrets: true, DefaultOverlay: overlay, GitRepo: v1alpha1.GitRepo{Namespace: "fleet-default"}}
	remove("Secret", "open-webui")(c)
	report := look(t, stack, c, overlay, nil)
	row, _ := report.Row("secret", "ai/open-webui")
	if want := "comes with the deployment: Fleet copies it from fleet-default of its management cluster"; !report.Passed || row.Status != verify.NotChecked || row.Detail != want {
		t.Errorf("got %+v, want %s", row, want)
	}
}

// Whether a feature gate is on shows no object.
func TestImageVolume(t *testing.T) {
	for version, want := range map[string]verify.Status{"v1.33.0": verify.NotChecked, "v1.34.4": verify.NotChecked, "v1.35.0": verify.Passed, "v1.36.1+rke2r1": verify.Passed} {
		stack, c := prepared(t, "testdata/stack.yaml", "image")
		c.Update(version)
		report := look(t, stack, c, "image", nil)
		row, _ := report.Row("version", "ai/ollama")
		if !report.Passed || row.Status != want || !strings.Contains(row.Detail, version) {
			t.Errorf("%s: got %+v", version, row)
		}
	}
	stack, c := prepared(t, "testdata/stack.yaml", "internal")
	if row, found := look(t, stack, c, "internal", nil).Row("version", ""); found {
		t.Errorf("an overlay without: got %+v", row)
	}
}

// A cluster that runs the overlay already has room for it.
func TestDeployedAlready(t *testing.T) {
	stack, c := prepared(t, "testdata/stack.yaml", "internal")
	allocatable("memory", "7Gi")(c)
	pod := func(name string, labels map[string]string) {
		o := &fakecluster.Object{Object: map[string]any{"apiVersion": "v1", "kind": "Pod"}}
		o.SetNamespace("ai")
		o.SetName(name)
		o.SetLabels(labels)
		set(o, "node-1", "spec", "nodeName")
		set(o, []any{map[string]any{"name": "c", "resources": map[string]any{"requests": map[string]any{"memory": "5Gi"}}}}, "spec", "containers")
		c.Put(o)
	}
	var labels map[string]string
	objects, problems := generator.Objects(stack, "internal")
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	for _, o := range objects {
		if o["kind"] == "Deployment" {
			labels, _, _ = unstructured.NestedStringMap(o, "spec", "template", "metadata", "labels")
		}
	}
	pod("ollama-abc12", labels)
	if !look(t, stack, c, "internal", nil).Passed {
		t.Error("the overlay's own pod is in its way")
	}
	pod("other", map[string]string{"app": "other"})
	if look(t, stack, c, "internal", nil).Passed {
		t.Error("another pod takes no room")
	}
}
