package vet

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hearth-dev/hearth/api/problem"
)

func danglingRules() []Rule {
	return []Rule{{
		ID: "dangling", Severity: problem.Error, check: dangling,
		Reason: "what leads to nothing is accepted, and people get an error page, or a pod that never starts, or a policy that protects nobody",
		Fix:    "correct the name, the port or the labels",
		Source: "https://kubernetes.io/docs/tasks/debug/debug-application/debug-service; how much a part of a tree can know: docs/vet.md",
	}}
}

// dangling looks for what should be in the list and is not. A list may be a part
// of what runs: see [input.shows], and docs/vet.md for what follows from it.
func dangling(in *input) []Finding {
	return slices.Concat(in.lostServices(), in.lostPolicies(), in.lostRoutes(), in.lostSets(), in.lostNames())
}

// shows reports whether the list has pods of a namespace, and nothing that could
// make more there: then who looks for one in it, or for what stands in front of
// them, finds it in the list.
func (in *input) shows(namespace string) bool {
	return len(in.podsIn[namespace]) > 0 && !in.makers[namespace]
}

// makes reports whether a kind may make pods and Services out of sight, as a
// HelmRelease or a database does: any but Kubernetes' own, and those of
// controllers that are known to make neither.
func makes(r Ref) bool {
	group := r.group()
	known := []string{"cert-manager.io", "acme.cert-manager.io", "traefik.io", "k8s.nginx.org", "longhorn.io", "bitnami.com", "external-secrets.io"}
	return strings.Contains(group, ".") && !strings.HasSuffix(group, ".k8s.io") && !slices.Contains(known, group)
}

// later are the beginnings of labels that a controller gives its pods, which the
// list cannot show.
var later = []string{"acme.cert-manager.io/", "statefulset.kubernetes.io/", "apps.kubernetes.io/", "batch.kubernetes.io/",
	"job-name", "controller-uid", "pod-template-hash", "controller-revision-hash"}

// matchable reports whether a list could show the pods of these labels.
func matchable(labels map[string]string) bool {
	for key := range labels {
		if slices.ContainsFunc(later, func(prefix string) bool { return strings.HasPrefix(key, prefix) }) {
			return false
		}
	}
	return len(labels) > 0
}

func (in *input) lostServices() []Finding {
	var found []Finding
	for _, s := range in.services {
		if matchable(s.Spec.Selector) && in.shows(s.Namespace) && len(in.selected(s.Namespace, serviceSelector(s))) == 0 {
			found = append(found, Finding{Object: serviceRef(s), Path: "spec.selector", Message: "selects no pod of the namespace"})
		}
	}
	return found
}

// lostPolicies are a warning: what one should have protected is found as a pod
// without a policy.
func (in *input) lostPolicies() []Finding {
	var found []Finding
	for _, p := range in.policies {
		by := p.Spec.PodSelector
		if matchable(by.MatchLabels) && in.shows(p.Namespace) && len(in.selected(p.Namespace, &by)) == 0 {
			found = append(found, Finding{Severity: problem.Warning, Path: "spec.podSelector", Message: "selects no pod of the namespace",
				Object: Ref{"networking.k8s.io/v1", "NetworkPolicy", p.Namespace, p.Name}})
		}
	}
	return found
}

func (in *input) lostRoutes() []Finding {
	var found []Finding
	for _, r := range in.routes {
		seen := map[backend]bool{}
		for _, b := range r.backends {
			if seen[b] {
				continue
			}
			seen[b] = true
			to := in.servicesAt[backend{namespace: b.namespace, service: b.service}]
			f := Finding{Object: r.ref, Path: "spec"}
			switch {
			case len(to) == 0 && in.shows(b.namespace):
				f.Message = fmt.Sprintf("leads to the Service %s, which is not in the namespace", b.service)
			case len(to) > 0 && !hasPort(in.services[to[0]], b.port):
				f.Message = fmt.Sprintf("leads to port %s of the Service %s, which has no such one", b.port, b.service)
			default:
				continue
			}
			found = append(found, f)
		}
	}
	return found
}

// lostSets are StatefulSets whose pods have no names of their own in DNS. They
// run without, so that it is a warning.
func (in *input) lostSets() []Finding {
	var found []Finding
	for i, o := range in.objects {
		ref, name := in.refs[i], text(o, "spec", "serviceName")
		if !ref.is("apps", "StatefulSet") || name == "" {
			continue
		}
		f := Finding{Object: ref, Severity: problem.Warning, Path: "spec.serviceName"}
		switch to := in.servicesAt[backend{namespace: ref.Namespace, service: name}]; {
		case len(to) == 0 && in.shows(ref.Namespace):
			f.Message = fmt.Sprintf("there is no Service %s: the pods have no names in DNS", name)
		case len(to) > 0 && in.services[to[0]].Spec.ClusterIP != corev1.ClusterIPNone:
			f.Message, f.Fix = fmt.Sprintf("the Service %s is not headless: the pods have no names in DNS", name), "set its clusterIP: None"
		default:
			continue
		}
		found = append(found, f)
	}
	return found
}

// hasPort reports whether a Service has a port of this number or name. One for a
// name outside the cluster has any.
func hasPort(s corev1.Service, port string) bool {
	return port == "" || s.Spec.Type == corev1.ServiceTypeExternalName || slices.ContainsFunc(s.Spec.Ports, func(p corev1.ServicePort) bool {
		return port == p.Name || port == fmt.Sprint(p.Port)
	})
}

// lostNames are what pods ask for by name. Claims and ConfigMaps are often made
// once, by somebody else, so that only a name that is nearly one of the list's is
// found; an account mostly stands beside its pod.
func (in *input) lostNames() []Finding {
	var found []Finding
	for i := range in.pods {
		p := &in.pods[i]
		for _, to := range p.needs() {
			if to.name == "" || in.find("", to.kind, p.ref.Namespace, to.name) != nil {
				continue
			}
			f := p.finding(to.path, "there is no %s %s", to.kind, to.name)
			near, misspelt := meant(to.name, in.namesOf[Ref{Kind: to.kind, Namespace: p.ref.Namespace}])
			switch {
			case misspelt:
				f.Fix = fmt.Sprintf("did you mean %q?", near)
			case to.kind == "ServiceAccount" && to.name != "default" && in.shows(p.ref.Namespace):
				f.Severity, f.Fix = problem.Warning, "add it, or make it before: without it no pod is made"
			default:
				continue
			}
			found = append(found, f)
		}
	}
	return found
}

// needed is an object that a pod cannot start without.
type needed struct{ kind, name, path string }

// needs are what the pod asks for by name, without Secrets, which never stand in Git.
func (p *pod) needs() []needed {
	all := []needed{{"ServiceAccount", p.spec.ServiceAccountName, "serviceAccountName"}}
	must := func(optional *bool) bool { return optional == nil || !*optional }
	for _, v := range p.spec.Volumes {
		at := "volumes[" + v.Name + "]"
		if v.PersistentVolumeClaim != nil {
			all = append(all, needed{"PersistentVolumeClaim", v.PersistentVolumeClaim.ClaimName, at})
		}
		if v.ConfigMap != nil && must(v.ConfigMap.Optional) {
			all = append(all, needed{"ConfigMap", v.ConfigMap.Name, at})
		}
	}
	for _, c := range p.containers() {
		at := strings.TrimPrefix(c.path, p.path+".")
		for _, v := range c.Env {
			if from := v.ValueFrom; from != nil && from.ConfigMapKeyRef != nil && must(from.ConfigMapKeyRef.Optional) {
				all = append(all, needed{"ConfigMap", from.ConfigMapKeyRef.Name, at + ".env[" + v.Name + "]"})
			}
		}
		for _, from := range c.EnvFrom {
			if from.ConfigMapRef != nil && must(from.ConfigMapRef.Optional) {
				all = append(all, needed{"ConfigMap", from.ConfigMapRef.Name, at + ".envFrom"})
			}
		}
	}
	return all
}
