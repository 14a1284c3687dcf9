package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/version"
	pkgversion "k8s.io/apimachinery/pkg/version"
)

// Versions of Kubernetes and the feature gate ImageVolume: a beta that is off, and
// one that is on. KEP-4639.
const (
	imageVolumeGated = "1.33"
	imageVolumeOn    = "1.35"
)

// versions wants Kubernetes to mount an image as a volume, where the overlay has
// one: the API server, and the kubelets of the nodes.
func (d *doctor) versions() []check {
	for i := range d.set.Pods {
		p := &d.set.Pods[i]
		for _, v := range p.Spec.Volumes {
			if v.Image != nil {
				return []check{{id: "version", subject: p.Ref.Namespace + "/" + p.Ref.Name, title: "Kubernetes mounts an image as a volume", look: d.imageVolumes}}
			}
		}
	}
	return nil
}

func (d *doctor) imageVolumes(ctx context.Context) (result, error) {
	data, err := d.Get("/version").Do(ctx).Raw()
	if err != nil {
		return result{}, err
	}
	var server pkgversion.Info
	if err := json.Unmarshal(data, &server); err != nil {
		return result{}, fmt.Errorf("reading the version: %w", err)
	}
	oldest, whose := server.GitVersion, "the API server"
	nodes, err := d.list(ctx, schema.GroupKind{Kind: "Node"}, "")
	if err != nil {
		nodes = nil // the row node says so
	}
	for i := range nodes {
		kubelet, _, _ := unstructured.NestedString(nodes[i].Object, "status", "nodeInfo", "kubeletVersion")
		if older(kubelet, oldest) {
			oldest, whose = kubelet, "the kubelet of "+nodes[i].GetName()
		}
	}
	const hint = "update Kubernetes to " + imageVolumeOn + " or newer; or have the models in another place: storage.size or storage.nfs of ollama"
	switch {
	case older(oldest, imageVolumeGated):
		return failed(hint, "%s is %s, which has no image volumes; they are there from %s on", whose, oldest, imageVolumeOn), nil
	case older(oldest, imageVolumeOn):
		return notChecked("%s is %s: there only with the feature gate ImageVolume, which no object shows, on the API server and each kubelet; from %s on without", whose, oldest, imageVolumeOn), nil
	}
	return passed("%s is %s; the nodes' containerd has to be 2.1 or newer", whose, oldest), nil
}

// older reports whether a version is before another, such as v1.34.4+k3s1 before
// 1.35. One that nobody can read is not.
func older(v, than string) bool {
	a, errA := version.ParseGeneric(strings.TrimSpace(v))
	b, errB := version.ParseGeneric(than)
	return errA == nil && errB == nil && a.LessThan(b)
}
