package workload

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// ollamaStatefulSet has several pods, each with a volume of its own.
func (b builder) ollamaStatefulSet(c component) *appsv1.StatefulSet {
	o := b.base.Ollama
	s := &appsv1.StatefulSet{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "StatefulSet"},
		ObjectMeta: c.Meta(c.Name),
		Spec: appsv1.StatefulSetSpec{
			Replicas:    new(int32(o.Replicas)),
			ServiceName: headless(c).Name,
			Selector:    &metav1.LabelSelector{MatchLabels: c.Selector()},
			// In order, each pod would wait until the one before has pulled its
			// models; and one that cannot start would hold up the change that mends
			// it (kubernetes#67250).
			PodManagementPolicy:  appsv1.ParallelPodManagement,
			Template:             b.ollamaTemplate(c),
			VolumeClaimTemplates: []corev1.PersistentVolumeClaim{claimTemplate(c, o.Storage)},
		},
	}
	if !*o.Storage.Retain { // else they stay, by Kubernetes' own default
		s.Spec.PersistentVolumeClaimRetentionPolicy = &appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy{
			WhenDeleted: appsv1.DeletePersistentVolumeClaimRetentionPolicyType,
			WhenScaled:  appsv1.DeletePersistentVolumeClaimRetentionPolicyType,
		}
	}
	return s
}

// claimTemplate is the claim of each pod. No tool prunes what it makes, which is in
// no file: it needs no annotations. It never changes, so that no label may that it has.
func claimTemplate(c component, s v1alpha1.Storage) corev1.PersistentVolumeClaim {
	claim := *volumeClaim(c, s)
	claim.ObjectMeta = metav1.ObjectMeta{Name: dataVolume, Labels: c.Selector()}
	claim.Spec.VolumeMode = new(corev1.PersistentVolumeFilesystem) // explicit: Fleet compares the list as a whole
	return claim
}

// spread puts pods on different nodes where there are so many, and on one where
// there is no other.
func spread(c component) []corev1.TopologySpreadConstraint {
	return []corev1.TopologySpreadConstraint{{
		MaxSkew: 1, TopologyKey: corev1.LabelHostname, WhenUnsatisfiable: corev1.ScheduleAnyway,
		LabelSelector: &metav1.LabelSelector{MatchLabels: c.Selector()},
	}}
}

// disruptionBudget lets maintenance take one pod at a time, and one that does not
// serve at any time: else a pod that cannot start would keep its node from being
// drained.
func disruptionBudget(c component) *policyv1.PodDisruptionBudget {
	return &policyv1.PodDisruptionBudget{
		TypeMeta:   metav1.TypeMeta{APIVersion: "policy/v1", Kind: "PodDisruptionBudget"},
		ObjectMeta: c.Meta(c.Name),
		Spec: policyv1.PodDisruptionBudgetSpec{
			MaxUnavailable:             new(intstr.FromInt32(1)),
			Selector:                   &metav1.LabelSelector{MatchLabels: c.Selector()},
			UnhealthyPodEvictionPolicy: new(policyv1.AlwaysAllow),
		},
	}
}

// oneByOne updates the pods of a Deployment: an old one goes first, for a node has
// room, or a graphics processor, for one.
func oneByOne() appsv1.DeploymentStrategy {
	return appsv1.DeploymentStrategy{
		Type: appsv1.RollingUpdateDeploymentStrategyType,
		RollingUpdate: &appsv1.RollingUpdateDeployment{
			MaxUnavailable: new(intstr.FromInt32(1)), MaxSurge: new(intstr.FromInt32(0)),
		},
	}
}
