package vet

import (
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/objects"
)

func storageRules() []Rule {
	return []Rule{{
		ID: "rolling-update", Severity: problem.Error, check: rollingUpdate,
		Reason: "the new pod waits for a volume that the old one holds, and the old one waits for the new one: an update never ends",
		Fix:    "set strategy: {type: Recreate}",
		Source: "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes",
	}, {
		ID: "snapshot-once", Severity: problem.Error, check: snapshotOnce,
		Reason: "a VolumeSnapshot in Git is taken once, when it is applied, and looks like a backup from then on",
		Fix:    "schedule it: a SnapshotSchedule, or Longhorn's recurring jobs",
		Source: "https://kubernetes.io/docs/concepts/storage/volume-snapshots",
	}}
}

func rollingUpdate(in *input) []Finding {
	var found []Finding
	for i := range in.pods {
		p := &in.pods[i]
		if !p.Ref.Is("apps", "Deployment") || objects.Text(p.Whole, "spec", "strategy", "type") == string(appsv1.RecreateDeploymentStrategyType) {
			continue
		}
		for _, v := range p.Spec.Volumes {
			if v.PersistentVolumeClaim == nil {
				continue
			}
			if mode := in.oneNode(p.Ref.Namespace, v.PersistentVolumeClaim.ClaimName); mode != "" {
				found = append(found, Finding{Object: p.Ref, Path: "spec.strategy",
					Message: "RollingUpdate, with the " + string(mode) + " volume " + v.PersistentVolumeClaim.ClaimName})
			}
		}
	}
	return found
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
	for _, o := range objects.List(p.Whole, "spec", "volumeClaimTemplates") {
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
