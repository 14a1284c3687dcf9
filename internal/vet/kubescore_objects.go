package vet

import (
	"github.com/zegl/kube-score/domain"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// scored is an object, or its part, that a kind of check is for.
type scored[T any] struct {
	ref      Ref
	position int // in the list
	value    T
}

// scoredObjects are those of one namespace as kube-score wants them. It is a
// domain.AllTypes, as kube-score's own parser would make it: that one reads
// YAML, and does not build with our version of Kubernetes' libraries.
type scoredObjects struct {
	metas        []scored[domain.BothMeta]
	podSpecs     []scored[domain.PodSpecer]
	pods         []corev1.Pod
	services     []scored[corev1.Service]
	statefulSets []scored[appsv1.StatefulSet]
	deployments  []scored[appsv1.Deployment]
	policies     []scored[networkingv1.NetworkPolicy]
	ingresses    []scored[domain.Ingress]
	cronJobs     []scored[domain.CronJob]
	budgets      []scored[domain.PodDisruptionBudget]
	autoscalers  []scored[domain.HpaTargeter]
}

// item is what kube-score's interfaces have in common. Its objects have no
// place in a file: they are built.
type item struct {
	metav1.TypeMeta
	metav1.ObjectMeta
}

func (item) FileLocation() domain.FileLocation  { return domain.FileLocation{} }
func (i item) GetTypeMeta() metav1.TypeMeta     { return i.TypeMeta }
func (i item) GetObjectMeta() metav1.ObjectMeta { return i.ObjectMeta }
func (i item) both() domain.BothMeta {
	return domain.BothMeta{TypeMeta: i.TypeMeta, ObjectMeta: i.ObjectMeta, FileLocationer: i}
}

type podSpecer struct {
	item
	template corev1.PodTemplateSpec
}

// GetPodTemplateSpec is not copied: some checks ask for it once for every other
// object, and they append to its containers but change none.
func (p podSpecer) GetPodTemplateSpec() corev1.PodTemplateSpec { return p.template }

type scoredPod struct {
	item
	pod corev1.Pod
}

func (p scoredPod) Pod() corev1.Pod { return p.pod }

type scoredService struct {
	item
	service corev1.Service
}

func (s scoredService) Service() corev1.Service { return s.service }

type scoredStatefulSet struct {
	item
	set appsv1.StatefulSet
}

func (s scoredStatefulSet) StatefulSet() appsv1.StatefulSet { return s.set }

type scoredDeployment struct {
	item
	deployment appsv1.Deployment
}

func (d scoredDeployment) Deployment() appsv1.Deployment { return d.deployment }

type scoredPolicy struct {
	item
	policy networkingv1.NetworkPolicy
}

func (p scoredPolicy) NetworkPolicy() networkingv1.NetworkPolicy { return p.policy }

type scoredIngress struct {
	item
	ingress networkingv1.Ingress
}

func (i scoredIngress) Rules() []networkingv1.IngressRule { return i.ingress.Spec.Rules }

type scoredCronJob struct {
	podSpecer
	job batchv1.CronJob
}

func (c scoredCronJob) StartingDeadlineSeconds() *int64 { return c.job.Spec.StartingDeadlineSeconds }

type scoredBudget struct {
	item
	budget policyv1.PodDisruptionBudget
}

func (b scoredBudget) Namespace() string                      { return b.ObjectMeta.Namespace }
func (b scoredBudget) Spec() policyv1.PodDisruptionBudgetSpec { return b.budget.Spec }
func (b scoredBudget) PodDisruptionBudgetSelector() *metav1.LabelSelector {
	return b.budget.Spec.Selector
}

type scoredAutoscaler struct {
	item
	spec autoscalingv2.HorizontalPodAutoscalerSpec
}

func (a scoredAutoscaler) MinReplicas() *int32 { return a.spec.MinReplicas }
func (a scoredAutoscaler) HpaTarget() autoscalingv1.CrossVersionObjectReference {
	t := a.spec.ScaleTargetRef
	return autoscalingv1.CrossVersionObjectReference{Kind: t.Kind, Name: t.Name, APIVersion: t.APIVersion}
}
