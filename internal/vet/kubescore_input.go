package vet

import (
	"slices"

	"github.com/zegl/kube-score/domain"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// kubeScoreObjects sorts the objects by namespace and by what kube-score has
// checks for. Kinds that it does not know it does not look at, and neither does
// this.
func kubeScoreObjects(in *input) map[string]*scoredObjects {
	all := map[string]*scoredObjects{}
	pods := map[Ref]pod{}
	for _, p := range in.pods {
		pods[p.ref] = p
	}
	for i, o := range in.objects {
		ref := in.refs[i]
		if all[ref.Namespace] == nil {
			all[ref.Namespace] = &scoredObjects{}
		}
		p, has := pods[ref]
		all[ref.Namespace].add(o, ref, i, p, has)
	}
	return all
}

// add takes an object, and the pod that it is or makes.
func (s *scoredObjects) add(o Object, ref Ref, position int, p pod, has bool) {
	head, ok := decode[struct {
		metav1.TypeMeta `json:",inline"`
		Metadata        metav1.ObjectMeta `json:"metadata"`
	}](Object{"apiVersion": o["apiVersion"], "kind": o["kind"], "metadata": o["metadata"]})
	if !ok {
		return
	}
	it := item{head.TypeMeta, head.Metadata}
	known := s.addKind(o, ref, position, it)
	if has {
		known = true
		template := corev1.PodTemplateSpec{ObjectMeta: p.meta, Spec: p.spec}
		template.Namespace = ref.Namespace // where its checks look for it
		template.Spec.InitContainers = slices.Clip(template.Spec.InitContainers)
		s.podSpecs = append(s.podSpecs, scored[domain.PodSpecer]{ref, position, podSpecer{it, template}})
		if ref.Kind == "Pod" {
			s.pods = append(s.pods, corev1.Pod{TypeMeta: it.TypeMeta, ObjectMeta: it.ObjectMeta, Spec: p.spec})
		}
		if ref.Kind == "CronJob" {
			if job, ok := decode[batchv1.CronJob](o); ok {
				s.cronJobs = append(s.cronJobs, scored[domain.CronJob]{ref, position, scoredCronJob{podSpecer{it, template}, job}})
			}
		}
	}
	if known {
		s.metas = append(s.metas, scored[domain.BothMeta]{ref, position, it.both()})
	}
}

// addKind takes an object that is more than its pod, and says whether there are
// checks for it.
func (s *scoredObjects) addKind(o Object, ref Ref, position int, it item) bool {
	switch {
	case ref.is("", "Service"):
		s.services = appendScored(s.services, ref, position, o)
	case ref.is("apps", "StatefulSet"):
		if typed, ok := decode[appsv1.StatefulSet](o); ok {
			typed.Spec.Replicas = replicas(typed.Spec.Replicas)
			s.statefulSets = append(s.statefulSets, scored[appsv1.StatefulSet]{ref, position, typed})
		}
	case ref.is("apps", "Deployment"):
		if typed, ok := decode[appsv1.Deployment](o); ok {
			typed.Spec.Replicas = replicas(typed.Spec.Replicas)
			s.deployments = append(s.deployments, scored[appsv1.Deployment]{ref, position, typed})
		}
	case ref.is("networking.k8s.io", "NetworkPolicy"):
		s.policies = appendScored(s.policies, ref, position, o)
	case ref.is("networking.k8s.io", "Ingress"):
		if typed, ok := decode[networkingv1.Ingress](o); ok {
			s.ingresses = append(s.ingresses, scored[domain.Ingress]{ref, position, scoredIngress{it, typed}})
		}
	case ref.is("policy", "PodDisruptionBudget"):
		if typed, ok := decode[policyv1.PodDisruptionBudget](o); ok {
			s.budgets = append(s.budgets, scored[domain.PodDisruptionBudget]{ref, position, scoredBudget{it, typed}})
		}
	case ref.is("autoscaling", "HorizontalPodAutoscaler"):
		if typed, ok := decode[autoscalingv2.HorizontalPodAutoscaler](o); ok {
			s.autoscalers = append(s.autoscalers, scored[domain.HpaTargeter]{ref, position, scoredAutoscaler{it, typed.Spec}})
		}
	default:
		return false
	}
	return true
}

// replicas as the API server fills them in. kube-score's command asks for a
// budget and for anti-affinity where they are not written, as if there could be
// two; a number that nobody scales by is drift, though, and better left out.
func replicas(n *int32) *int32 {
	if one := int32(1); n == nil {
		return &one
	}
	return n
}

func appendScored[T any](all []scored[T], ref Ref, position int, o Object) []scored[T] {
	if typed, ok := decode[T](o); ok {
		all = append(all, scored[T]{ref, position, typed})
	}
	return all
}

// values turns objects into what one of kube-score's lists is made of.
func values[T, V any](all []scored[T], as func(Ref, T) V) []V {
	out := make([]V, len(all))
	for i, o := range all {
		out[i] = as(o.ref, o.value)
	}
	return out
}

func same[T any](_ Ref, v T) T { return v }

// Metas and the other lists are what kube-score's checks compare an object with.
func (s *scoredObjects) Metas() []domain.BothMeta { return values(s.metas, same) }
func (s *scoredObjects) PodSpeccers() []domain.PodSpecer {
	return s.podSpecsOf(func(r Ref) bool { return r.Kind != "Pod" })
}
func (s *scoredObjects) Ingresses() []domain.Ingress { return values(s.ingresses, same) }
func (s *scoredObjects) CronJobs() []domain.CronJob  { return values(s.cronJobs, same) }

// PodDisruptionBudgets of the list.
func (s *scoredObjects) PodDisruptionBudgets() []domain.PodDisruptionBudget {
	return values(s.budgets, same)
}

// HorizontalPodAutoscalers of the list.
func (s *scoredObjects) HorizontalPodAutoscalers() []domain.HpaTargeter {
	return values(s.autoscalers, same)
}

func (s *scoredObjects) podSpecsOf(want func(Ref) bool) []domain.PodSpecer {
	var out []domain.PodSpecer
	for _, p := range s.podSpecs {
		if want(p.ref) {
			out = append(out, p.value)
		}
	}
	return out
}

// Pods of the list, without those that a workload makes.
func (s *scoredObjects) Pods() []domain.Pod {
	var out []domain.Pod
	for _, p := range s.pods {
		out = append(out, scoredPod{item{p.TypeMeta, p.ObjectMeta}, p})
	}
	return out
}

// Services of the list.
func (s *scoredObjects) Services() []domain.Service {
	return values(s.services, func(_ Ref, v corev1.Service) domain.Service {
		return scoredService{item{v.TypeMeta, v.ObjectMeta}, v}
	})
}

// StatefulSets of the list.
func (s *scoredObjects) StatefulSets() []domain.StatefulSet {
	return values(s.statefulSets, func(_ Ref, v appsv1.StatefulSet) domain.StatefulSet {
		return scoredStatefulSet{item{v.TypeMeta, v.ObjectMeta}, v}
	})
}

// Deployments of the list.
func (s *scoredObjects) Deployments() []domain.Deployment {
	return values(s.deployments, func(_ Ref, v appsv1.Deployment) domain.Deployment {
		return scoredDeployment{item{v.TypeMeta, v.ObjectMeta}, v}
	})
}

// NetworkPolicies of the list.
func (s *scoredObjects) NetworkPolicies() []domain.NetworkPolicy {
	return values(s.policies, func(_ Ref, v networkingv1.NetworkPolicy) domain.NetworkPolicy {
		return scoredPolicy{item{v.TypeMeta, v.ObjectMeta}, v}
	})
}
