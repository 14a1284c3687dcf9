package vet

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	corev1 "k8s.io/api/core/v1"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/objects"
)

func danglingRules() []Rule {
	return []Rule{{
		ID: "dangling", Severity: problem.Error, check: dangling, needs: []string{"Service", "Pod", "Deployment", "StatefulSet", "DaemonSet", "ServiceAccount", "ConfigMap", "PersistentVolumeClaim"},
		Reason: "what leads to nothing is accepted, and people get an error page, a pod that never starts, or a policy that protects nobody",
		Fix:    "correct the name, the port or the labels, or accept it with an exception if it is made elsewhere",
		Source: "https://kubernetes.io/docs/tasks/debug/debug-application/debug-service; what a part of a tree can know: docs/vet.md",
	}}
}

// dangling looks for what should be in the list and is not. A list may be a part
// of what runs, so it is an error where the list has what was meant, as its name
// is one letter away, or has a Service without the port; a warning where the list
// shows the namespace's pods; and else nothing.
func dangling(in *input) []Finding {
	return slices.Concat(in.lostSelectors(), in.lostRoutes(), in.lostSets(), in.lostNames())
}

// shows reports whether the list has pods of a namespace, and nothing that could
// make more there out of sight.
func (in *input) shows(namespace string) bool {
	return len(in.PodsIn(namespace)) > 0 && !in.makers[objects.Namespace(namespace)]
}

// makes reports whether a kind may make pods and Services out of sight, as a
// HelmRelease or a database does: any but Kubernetes' own, and those of
// controllers that are known to make neither.
func makes(r Ref) bool {
	group := r.Group()
	known := []string{"cert-manager.io", "acme.cert-manager.io", "traefik.io", "k8s.nginx.org", "longhorn.io", "bitnami.com", "external-secrets.io"}
	return strings.Contains(group, ".") && !strings.HasSuffix(group, ".k8s.io") && !slices.Contains(known, group)
}

// judged completes a finding by what was meant, "" if nobody knows.
func (in *input) judged(f Finding, namespace, meant string) []Finding {
	switch {
	case meant != "":
		f.Fix = fmt.Sprintf("did you mean %q?", meant)
	case in.shows(namespace):
		f.Severity = problem.Warning
	default:
		return nil
	}
	return []Finding{f}
}

// lostSelectors are those of Services and NetworkPolicies.
func (in *input) lostSelectors() []Finding {
	var found []Finding
	lost := func(ref Ref, path string, labels map[string]string, selected []int) {
		if len(labels) > 0 && len(selected) == 0 && !addedLater(labels) {
			f := Finding{Object: ref, Path: path, Message: "selects no pod of the namespace"}
			found = append(found, in.judged(f, ref.Namespace, in.nearLabel(ref.Namespace, labels))...)
		}
	}
	for _, s := range in.Services {
		lost(objects.ServiceRef(s), "spec.selector", s.Spec.Selector, in.Selected(s.Namespace, objects.ServiceSelector(s)))
	}
	for _, p := range in.Policies {
		ref := objects.PolicyRef(p)
		lost(ref, "spec.podSelector", p.Spec.PodSelector.MatchLabels, in.Selected(p.Namespace, &p.Spec.PodSelector))
	}
	return found
}

// addedLater reports whether one of the labels is a controller's, which only pods
// on the cluster have: those of a StatefulSet's replica, or of cert-manager while
// a challenge is open.
func addedLater(labels map[string]string) bool {
	for key := range labels {
		for _, of := range []string{"acme.cert-manager.io/", "statefulset.kubernetes.io/", "apps.kubernetes.io/", "batch.kubernetes.io/",
			"job-name", "controller-uid", "pod-template-hash", "controller-revision-hash"} {
			if strings.HasPrefix(key, of) {
				return true
			}
		}
	}
	return false
}

// nearLabel is the label of a pod that a selector misses by a letter, "" if there
// is none.
func (in *input) nearLabel(namespace string, labels map[string]string) string {
	for _, i := range in.PodsIn(namespace) {
		near := ""
		for _, key := range slices.Sorted(maps.Keys(labels)) {
			has := in.pods[i].Meta.Labels[key]
			if has == labels[key] {
				continue
			}
			if near != "" || typed(labels[key], []string{has}) == "" {
				near = ""
				break
			}
			near = key + "=" + has
		}
		if near != "" {
			return near
		}
	}
	return ""
}

// typed is the name that somebody meant who typed another, "" if there is none.
// Names that are counted are two: data-1 beside data-2, db-a beside db-b.
func typed(name string, names []string) string {
	parts := func(s string) []string {
		return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
	}
	same := func(a, b string) bool { return a == b || len(a) == 1 && len(b) == 1 }
	near, found := meant(name, names)
	if !found || slices.EqualFunc(parts(near), parts(name), same) {
		return ""
	}
	return near
}

func (in *input) lostRoutes() []Finding {
	var found []Finding
	for _, r := range in.reach().Routes {
		for _, b := range r.Backends() {
			to := in.ServicesNamed(b.Namespace, b.Service)
			f := Finding{Object: r.Ref, Path: "spec"}
			if len(to) == 0 {
				f.Message = fmt.Sprintf("leads to the Service %s, which is not in the namespace", b.Service)
				found = append(found, in.judged(f, b.Namespace, in.nearName("Service", b.Namespace, b.Service))...)
			} else if !hasPort(in.Services[to[0]], b.Port) {
				f.Message = fmt.Sprintf("leads to port %s, which the Service %s does not have", b.Port, b.Service)
				found = append(found, f)
			}
		}
	}
	return found
}

// nearName is the object of a kind whose name differs by a letter or by case.
func (in *input) nearName(kind, namespace, name string) string {
	return typed(name, in.Names("", kind, namespace))
}

// hasPort reports whether a Service has a port of this number or name. One for a
// name outside the cluster has any.
func hasPort(s corev1.Service, port string) bool {
	return port == "" || s.Spec.Type == corev1.ServiceTypeExternalName || slices.ContainsFunc(s.Spec.Ports, func(p corev1.ServicePort) bool {
		return port == p.Name || port == fmt.Sprint(p.Port)
	})
}

// lostSets are StatefulSets whose pods have no names of their own in DNS.
func (in *input) lostSets() []Finding {
	var found []Finding
	for i, o := range in.All {
		ref, name := in.Refs[i], objects.Text(o, "spec", "serviceName")
		if !ref.Is("apps", "StatefulSet") || name == "" {
			continue
		}
		f := Finding{Object: ref, Path: "spec.serviceName"}
		if to := in.ServicesNamed(ref.Namespace, name); len(to) == 0 {
			f.Message = fmt.Sprintf("there is no Service %s: the pods have no names in DNS", name)
			found = append(found, in.judged(f, ref.Namespace, in.nearName("Service", ref.Namespace, name))...)
		} else if in.Services[to[0]].Spec.ClusterIP != corev1.ClusterIPNone {
			f.Message, f.Fix = fmt.Sprintf("the Service %s is not headless: the pods have no names in DNS", name), "name one with clusterIP: None"
			f.Severity = problem.Warning // they run all the same
			found = append(found, f)
		}
	}
	return found
}

// lostNames are what pods cannot start without. An account mostly stands beside
// its pod; claims and ConfigMaps are often made once, by somebody else, so that of
// them nothing but a misspelt name is found.
func (in *input) lostNames() []Finding {
	var found []Finding
	for i := range in.pods {
		p := &in.pods[i]
		for _, to := range p.needs() {
			if to.name == "" || in.Find("", to.kind, p.Ref.Namespace, to.name) != nil {
				continue
			}
			near := in.nearName(to.kind, p.Ref.Namespace, to.name)
			if near != "" || to.kind == "ServiceAccount" && to.name != "default" {
				found = append(found, in.judged(p.finding(to.path, "there is no %s %s", to.kind, to.name), p.Ref.Namespace, near)...)
			}
		}
	}
	return found
}

// needed is an object that a pod cannot start without.
type needed struct{ kind, name, path string }

// needs are what the pod asks for by name, without Secrets, which never stand in
// Git.
func (p *pod) needs() []needed {
	all := []needed{{"ServiceAccount", p.Spec.ServiceAccountName, "serviceAccountName"}}
	must := func(optional *bool) bool { return optional == nil || !*optional }
	for _, v := range p.Spec.Volumes {
		at := "volumes[" + v.Name + "]"
		if v.PersistentVolumeClaim != nil {
			all = append(all, needed{"PersistentVolumeClaim", v.PersistentVolumeClaim.ClaimName, at})
		}
		if v.ConfigMap != nil && must(v.ConfigMap.Optional) {
			all = append(all, needed{"ConfigMap", v.ConfigMap.Name, at})
		}
	}
	for _, c := range p.containers() {
		at := strings.TrimPrefix(c.Path, p.Path+".")
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
