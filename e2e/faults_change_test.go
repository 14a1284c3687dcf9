package e2e

import (
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"

	"github.com/hearth-dev/hearth/e2e/internal/images"
	"github.com/hearth-dev/hearth/e2e/internal/ollama"
)

// committed is the committed overlay on the node.
const committed = "/hearth/overlays/" + overlay

// applyFile applies a file of this machine, as a person would.
func (s *suite) applyFile(t *testing.T, file string) {
	t.Helper()
	data, err := os.ReadFile(file)
	must(t, err)
	_, err = s.Kubectl(s.ctx, strings.NewReader(string(data)), "apply", "-f", "-")
	must(t, err)
}

// applied applies a folder of the node, and waits until that is what runs.
func (d *deployed) applied(t *testing.T, folder string) func() time.Time {
	return func() time.Time {
		t.Helper()
		start := time.Now()
		t.Log(d.kubectl(t, "apply", "-k", folder))
		d.kubectl(t, "-n", "ollama", "rollout", "status", "deployment/ollama", "--timeout=5m")
		return start
	}
}

func (d *deployed) isUpgraded(t *testing.T) {
	d.applyFile(t, "testdata/older.yaml")
	d.waitReady(t, "ollama", "ollama", nil, 8*time.Minute)
	d.keepsVolume(t)
	must(t, d.CopyDir(d.ctx, "../bases", "/hearth/bases"))
	must(t, d.CopyDir(d.ctx, "../overlays", "/hearth/overlays"))
	d.unharmed(t, d.applied(t, committed))
}

func (d *deployed) isSteady(t *testing.T) {
	for line := range strings.Lines(d.apply(t)) {
		if !strings.HasSuffix(strings.TrimSpace(line), " unchanged") {
			t.Errorf("kubectl apply says %q, want every object unchanged", line)
		}
	}
	// kubectl's own note of what was applied is a text, in which the two ways to apply differ.
	d.kubectl(t, "apply", "--server-side", "--force-conflicts", "-k", committed)
	out, err := d.Kubectl(d.ctx, nil, "diff", "--server-side", "-k", committed)
	if err != nil || out != "" {
		t.Errorf("kubectl diff --server-side: %v\n%s", err, out)
	}
	d.note(t, "`kubectl apply -k` says unchanged of every object; after `kubectl apply --server-side -k`, `kubectl diff --server-side -k` prints nothing")
	// A diff that finds nothing proves something only if it would.
	out, err = d.Kubectl(d.ctx, nil, "diff", "--server-side", "--force-conflicts", "-k", d.variant(t, "changed", `commonAnnotations: {changed: "yes"}`))
	if err == nil || !strings.Contains(out, "changed") {
		t.Errorf("kubectl diff does not see a change: %v\n%s", err, out)
	}
}

// variant is the overlay with something more in its kustomization.
func (d *deployed) variant(t *testing.T, name, more string) (folder string) {
	t.Helper()
	tree := t.TempDir()
	must(t, os.WriteFile(tree+"/kustomization.yaml", []byte("resources: [../overlays/"+overlay+"]\n"+more+"\n"), 0o644))
	folder = "/hearth/" + name
	must(t, d.CopyDir(d.ctx, tree, folder))
	return folder
}

// rollsOut changes what a new version of the stack would: the image and the resources.
func (d *deployed) rollsOut(t *testing.T) {
	image, tag, _ := strings.Cut(ollama.Deployed.Ref(), ":")
	next := tag + "-next"
	_, err := d.onNode(`ctr --namespace=k8s.io images tag "$1" "$2"`, ollama.Deployed.Ref(), image+":"+next)
	must(t, err)
	folder := d.variant(t, "next", `images: [{name: `+image+`, newTag: "`+next+`"}]
patches:
- target: {kind: Deployment}
  patch: '[{"op": "replace", "path": "/spec/template/spec/containers/0/resources/limits/memory", "value": "1200Mi"}]'`)
	d.unharmed(t, d.applied(t, folder))
	p := d.waitReady(t, "ollama", "ollama", nil, time.Minute)
	if c := p.Spec.Containers[0]; !strings.HasSuffix(c.Image, ":"+next) || c.Resources.Limits.Memory().String() != "1200Mi" {
		t.Errorf("%s runs with %s, want the tag %s and 1200Mi", c.Image, c.Resources.Limits.Memory(), next)
	}
	d.unharmed(t, d.applied(t, committed)) // and back
}

// moves applies another overlay of the same base over the running one, and the first again.
func (d *deployed) moves(t *testing.T) {
	e := exposure{suite: d.suite}
	e.applyModule(t, images.Traefik().Module, "docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml")
	d.kubectl(t, "wait", "--for=condition=Established", "crd/middlewares.traefik.io", "--timeout=60s")
	d.render(t, "testdata/exposed.yaml", "/hearth/exposed")
	const other = "/hearth/exposed/overlays/traefik"
	d.unharmed(t, d.applied(t, other))
	d.unharmed(t, d.applied(t, committed))
	left := d.objects(t, other)
	for _, o := range d.objects(t, committed) {
		left = slices.DeleteFunc(left, func(l *unstructured.Unstructured) bool { return id(l) == id(o) })
	}
	var names []string
	for _, o := range left {
		names = append(names, id(o))
	}
	d.note(t, "kubectl apply prunes nothing: what only the left overlay has stays until somebody, or Fleet, deletes it: %s", strings.Join(names, ", "))
	d.remove(t, left)
}

// objects are what a folder of the node builds to.
func (d *deployed) objects(t *testing.T, folder string) []*unstructured.Unstructured {
	t.Helper()
	var objects []*unstructured.Unstructured
	decoder := yaml.NewYAMLOrJSONDecoder(strings.NewReader(d.kubectl(t, "kustomize", folder)), 1<<16)
	for {
		o := &unstructured.Unstructured{}
		err := decoder.Decode(&o.Object)
		if errors.Is(err, io.EOF) {
			break
		}
		must(t, err)
		objects = append(objects, o)
	}
	if len(objects) < 5 {
		t.Fatalf("%s builds to %d objects", folder, len(objects))
	}
	return objects
}

func id(o *unstructured.Unstructured) string { return o.GetKind() + "/" + o.GetName() }

// remove deletes what Helm would, and so Fleet: everything that is not annotated to be kept.
func (d *deployed) remove(t *testing.T, objects []*unstructured.Unstructured) (kept []string) {
	t.Helper()
	for _, o := range objects {
		if o.GetAnnotations()["helm.sh/resource-policy"] == "keep" {
			kept = append(kept, id(o))
			continue
		}
		d.kubectl(t, "-n", "ollama", "delete", id(o), "--timeout=2m")
	}
	return kept
}

func (d *deployed) isRemoved(t *testing.T) {
	would := mentioned(d.kubectl(t, "delete", "--dry-run=client", "-k", committed), "persistentvolumeclaim ", "namespace ")
	d.note(t, "`kubectl delete -k` knows no annotation and would delete %s, too; Helm, and so Fleet, Argo CD and kpt are told to keep them",
		strings.Join(would, " and "))
	kept := d.remove(t, d.objects(t, committed))
	slices.Sort(kept)
	if want := []string{"Namespace/ollama", "PersistentVolumeClaim/ollama"}; !slices.Equal(kept, want) {
		t.Errorf("kept: %v, want %v", kept, want)
	}
	d.eventually(t, 3*time.Minute, "nothing but the volume is left", func() (string, error) {
		left, err := d.Kubectl(d.ctx, nil, "-n", "ollama", "get", "-o", "name",
			"deployments,replicasets,statefulsets,pods,services,networkpolicies,ingresses,middlewares,serviceaccounts,secrets,configmaps,persistentvolumeclaims")
		// A namespace's own, and the authority that the test put there.
		for _, own := range []string{"serviceaccount/default", "configmap/kube-root-ca.crt", "configmap/" + registryCA, "persistentvolumeclaim/ollama"} {
			left = strings.Replace(left, own+"\n", "", 1)
		}
		return strings.Join(strings.Fields(left), ", "), err
	})
	d.note(t, "removed, the namespace holds the volume and nothing else of ours")
	d.unharmed(t, d.applied(t, committed))
}

// mentioned are the objects of kubectl's output whose lines begin with one of the prefixes.
func mentioned(output string, prefixes ...string) (objects []string) {
	for line := range strings.Lines(output) {
		for _, prefix := range prefixes {
			if rest, ok := strings.CutPrefix(line, prefix); ok {
				name, _, _ := strings.Cut(strings.TrimPrefix(rest, `"`), `"`)
				objects = append(objects, "the "+strings.TrimSpace(prefix)+" "+name)
			}
		}
	}
	return objects
}
