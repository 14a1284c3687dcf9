package workload

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// keepAnnotations tell each tool that applies bundles to leave an object in
// place when it leaves Git: what they would delete is people's data.
func keepAnnotations() map[string]string {
	return map[string]string{
		"kustomize.toolkit.fluxcd.io/prune":       "disabled",                 // Flux: when the object leaves Git, and when the Kustomization goes
		"helm.sh/resource-policy":                 "keep",                     // Helm, and Fleet, which installs bundles by Helm
		"argocd.argoproj.io/sync-options":         "Prune=false,Delete=false", // Argo CD: on sync, and when the Application goes
		"client.lifecycle.config.k8s.io/deletion": "detach",                   // kpt live apply and destroy
	}
}

// volumeClaim is the workload's standalone PersistentVolumeClaim; nil where the
// claim exists already. It is no volumeClaimTemplate: those cannot be resized
// or labelled afterwards.
func volumeClaim(c component, s v1alpha1.Storage) *corev1.PersistentVolumeClaim {
	if s.ExistingClaim != "" || s.Image != nil {
		return nil
	}
	labels := c.OwnLabels() // hearth's own only: a person's labels never reach a volume
	delete(labels, "app.kubernetes.io/version")
	claim := &corev1.PersistentVolumeClaim{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "PersistentVolumeClaim"},
		ObjectMeta: metav1.ObjectMeta{
			Name:      c.Name,
			Namespace: c.Namespace,
			Labels:    labels,
		},
		Spec: corev1.PersistentVolumeClaimSpec{
			AccessModes: []corev1.PersistentVolumeAccessMode{corev1.PersistentVolumeAccessMode(s.AccessMode)},
			Resources: corev1.VolumeResourceRequirements{
				Requests: corev1.ResourceList{corev1.ResourceStorage: s.Size.Parsed()},
			},
		},
	}
	if s.StorageClassName != "" {
		claim.Spec.StorageClassName = &s.StorageClassName
	}
	if n := s.NFS; n != nil {
		claim.Spec.AccessModes, claim.Spec.StorageClassName, claim.Spec.VolumeName = nfsModes(n), new(""), exportName(c)
	}
	if *s.Retain {
		claim.Annotations = keepAnnotations()
	}
	return claim
}

// exportName is the name of an export's PersistentVolume, which has no namespace. A
// dot is in neither part, so that no other two give the same.
func exportName(c component) string {
	if c.Name == (*v1alpha1.Ollama)(nil).ServiceName() {
		return c.Namespace + "-" + c.Name
	}
	return c.Namespace + "." + c.Name
}

func nfsModes(n *v1alpha1.NFS) []corev1.PersistentVolumeAccessMode {
	if n.ReadOnly {
		return []corev1.PersistentVolumeAccessMode{corev1.ReadOnlyMany}
	}
	return []corev1.PersistentVolumeAccessMode{corev1.ReadWriteMany}
}

// export is the PersistentVolume of an NFS export, for the component's claim
// alone. Its capacity is a word that the claim repeats: NFS bounds nothing by it.
func export(c component, claim *corev1.PersistentVolumeClaim, n *v1alpha1.NFS) *corev1.PersistentVolume {
	return &corev1.PersistentVolume{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "PersistentVolume"},
		ObjectMeta: metav1.ObjectMeta{
			Name: exportName(c), Labels: claim.Labels, Annotations: claim.Annotations,
		},
		Spec: corev1.PersistentVolumeSpec{
			AccessModes: claim.Spec.AccessModes,
			Capacity:    claim.Spec.Resources.Requests,
			ClaimRef: &corev1.ObjectReference{
				APIVersion: "v1", Kind: "PersistentVolumeClaim", Namespace: claim.Namespace, Name: claim.Name,
			},
			PersistentVolumeReclaimPolicy: corev1.PersistentVolumeReclaimRetain,
			PersistentVolumeSource: corev1.PersistentVolumeSource{
				NFS: &corev1.NFSVolumeSource{Server: n.Server, Path: n.Path, ReadOnly: n.ReadOnly},
			},
		},
	}
}
