package vet

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/objects"
)

func storageRules() []Rule {
	return []Rule{{
		ID: "rolling-update", Severity: problem.Error, check: rollingUpdate, needs: []string{"PersistentVolumeClaim"},
		Reason: "the new pod waits for a volume, device or port that the old one holds, and the old one waits for the new one: an update never ends",
		Fix:    "set strategy: {type: Recreate}",
		Source: "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes",
	}, {
		ID: "snapshot-once", Severity: problem.Error, check: snapshotOnce, written: true,
		Reason: "a VolumeSnapshot in Git is taken once, when it is applied, and looks like a backup from then on",
		Fix:    "schedule it: a SnapshotSchedule, or Longhorn's recurring jobs",
		Source: "https://kubernetes.io/docs/concepts/storage/volume-snapshots",
	}}
}

// rollingUpdate finds what a second pod beside the first waits for. Where the first
// may be gone before the second is ready, the rollout goes on.
func rollingUpdate(in *input) []Finding {
	var found []Finding
	for i := range in.pods {
		p := &in.pods[i]
		if !p.Ref.Is("apps", "Deployment") || !waits(p) {
			continue
		}
		add := func(severity problem.Severity, format string, args ...any) {
			found = append(found, Finding{Object: p.Ref, Path: "spec.strategy", Severity: severity, Message: "RollingUpdate, with " + fmt.Sprintf(format, args...)})
		}
		for _, v := range p.Spec.Volumes {
			if v.PersistentVolumeClaim == nil {
				continue
			}
			name := v.PersistentVolumeClaim.ClaimName
			mode := in.oneNode(p.Ref.Namespace, name)
			unseen := in.Find("", "PersistentVolumeClaim", p.Ref.Namespace, name) == nil && !v.PersistentVolumeClaim.ReadOnly
			if (mode == corev1.ReadWriteOnce || unseen) && (pinned(p) || in.ofNode(p, v.Name)) {
				if c, chat := first([]pod{*p}, openWebUI); chat && in.sqlite(c) != "" {
					add(problem.Warning, "the volume %s: on its node the new pod writes the same SQLite file as the old one", name)
				}
				continue // one node, one mount
			}
			if mode != "" {
				add(problem.Error, "the %s volume %s", mode, name)
			} else if unseen {
				add(problem.Warning, "the volume %s, whose claim is not here: it waits unless that is ReadWriteMany", name)
			}
		}
		const second = "the new pod waits for another one"
		for _, c := range p.containers() {
			for _, name := range devices(c) {
				add(problem.Warning, "the device %s: %s", name, second)
			}
			for _, port := range c.Ports {
				if n := cmp.Or(port.HostPort, hostPort(p, port)); n != 0 {
					add(problem.Warning, "port %d of the node: %s", n, "the new pod waits for another node")
				}
			}
		}
	}
	return found
}

// pinned reports whether a pod can run on one node alone.
func pinned(p *pod) bool {
	return p.Spec.NodeName != "" || p.Spec.NodeSelector[corev1.LabelHostname] != ""
}

// ofNode reports whether a pod's volume is a folder of one node, which the
// scheduler sends every pod of it to.
func (in *input) ofNode(p *pod, volume string) bool {
	claim, ok := in.claim(p, volume)
	if !ok {
		return false
	}
	if o := in.Find("", "PersistentVolume", "", claim.Spec.VolumeName); o != nil && claim.Spec.VolumeName != "" {
		return objects.Child(o, "spec", "hostPath") != nil || objects.Child(o, "spec", "local") != nil
	}
	class := claim.Spec.StorageClassName
	return class != nil && (strings.Contains(*class, "local") || strings.Contains(*class, "hostpath"))
}

// hostPort is a container's port where it is the node's, too.
func hostPort(p *pod, port corev1.ContainerPort) int32 {
	if p.Spec.HostNetwork {
		return port.ContainerPort
	}
	return 0
}

// waits reports whether an update keeps the old pods of a Deployment until as many
// new ones are ready. The shares are of the number of pods: what may be missing is
// rounded down, and 25% if it is not said.
func waits(p *pod) bool {
	strategy := objects.Child(p.Whole, "spec", "strategy")
	replicas := objects.Replicas(p.Whole)
	if objects.Text(strategy, "type") == string(appsv1.RecreateDeploymentStrategyType) || replicas == 0 {
		return false
	}
	part := func(field string, up bool) int {
		switch v := objects.At(strategy, "rollingUpdate", field).(type) {
		case nil:
		case string:
			share := intstr.FromString(v)
			if n, err := intstr.GetScaledValueFromIntOrPercent(&share, replicas, up); err == nil {
				return n
			}
		default:
			return objects.Whole(v, 0)
		}
		share := intstr.FromString("25%")
		n, _ := intstr.GetScaledValueFromIntOrPercent(&share, replicas, up)
		return n
	}
	return part("maxUnavailable", false) == 0 && part("maxSurge", true) > 0 // none of either means one may be missing
}

// claim behind a pod's volume: one of the list, or a StatefulSet's template.
func (in *input) claim(p *pod, volume string) (corev1.PersistentVolumeClaim, bool) {
	for _, v := range p.Spec.Volumes {
		if v.Name == volume && v.PersistentVolumeClaim != nil {
			o := in.Find("", "PersistentVolumeClaim", p.Ref.Namespace, v.PersistentVolumeClaim.ClaimName)
			claim, ok := objects.Decode[corev1.PersistentVolumeClaim](o)
			return claim, ok && o != nil
		}
	}
	for _, o := range objects.ClaimTemplates(p.Whole) {
		if objects.Text(o, "metadata", "name") == volume {
			return objects.Decode[corev1.PersistentVolumeClaim](o)
		}
	}
	return corev1.PersistentVolumeClaim{}, false
}

// oneNode is the access mode of a claim that only one node or pod can use; ""
// if others can, or the claim is not in the list.
func (in *input) oneNode(namespace, claim string) corev1.PersistentVolumeAccessMode {
	c, _ := objects.Decode[corev1.PersistentVolumeClaim](in.Find("", "PersistentVolumeClaim", namespace, claim))
	modes := c.Spec.AccessModes
	for _, mode := range []corev1.PersistentVolumeAccessMode{corev1.ReadWriteMany, corev1.ReadWriteOncePod, corev1.ReadWriteOnce} {
		switch {
		case !slices.Contains(modes, mode):
		case mode == corev1.ReadWriteMany:
			return ""
		default:
			return mode
		}
	}
	return ""
}

func snapshotOnce(in *input) []Finding {
	var found []Finding
	for _, ref := range in.Refs {
		if ref.Is("snapshot.storage.k8s.io", "VolumeSnapshot") {
			found = append(found, Finding{Object: ref, Path: "kind", Message: "is taken once"})
		}
	}
	return found
}
