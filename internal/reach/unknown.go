package reach

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/hearth-dev/hearth/internal/objects"
)

// inert are groups whose kinds let nobody in, whatever they name.
var inert = []string{
	"apps", "batch", "policy", "autoscaling", "rbac.authorization.k8s.io", "storage.k8s.io", "scheduling.k8s.io", "node.k8s.io",
	"apiextensions.k8s.io", "admissionregistration.k8s.io", "coordination.k8s.io", "apiregistration.k8s.io", "discovery.k8s.io",
	"monitoring.coreos.com", "cert-manager.io", "external-secrets.io", "bitnami.com", "longhorn.io", "keda.sh", "snapshot.storage.k8s.io",
	"snapscheduler.backube", "cilium.io", "crd.projectcalico.org", "projectcalico.org", "hearth.dev", "kustomize.config.k8s.io",
	"security.istio.io", "gateway.envoyproxy.io", "kyverno.io", "leaderworkerset.x-k8s.io",
}

// unknown is an object of a kind that is not followed: it is said if it names a
// Service that leads to one of the programs.
func (a *analysis) unknown(o Object, ref Ref) {
	group := ref.Group()
	switch {
	case group == f5Group:
		a.snippets(o["spec"], "spec", ref)
		return
	case ref.Kind == "ServiceExport" && a.leads(ref.Namespace, ref.Name):
		a.blind(Blind{Object: ref, Path: "metadata.name", Message: "gives the Service " + ref.Name + " to other clusters: whom these let in is not known"})
		return
	case group == "", slices.Contains(inert, group), slices.Contains(traefikGroups, group) && ref.Kind != "IngressRouteUDP":
		return
	case group == "networking.k8s.io", group == gatewayGroup && ref.Kind != "UDPRoute":
		return
	case ref.Kind == "IngressRouteUDP", ref.Kind == "UDPRoute": // the programs speak TCP
		return
	case group == "networking.istio.io" && ref.Kind != "ServiceEntry":
		return
	}
	if program := templated(o); program != "" {
		a.blind(Blind{Object: ref, Path: "spec.template.spec.containers", Message: fmt.Sprintf("runs %s: what a %s makes is not followed", program, ref.Kind)})
		return
	}
	for _, field := range slices.Sorted(maps.Keys(o)) {
		if slices.Contains([]string{"apiVersion", "kind", "metadata", "status"}, field) {
			continue
		}
		if path, name := a.named(o[field], field, ref.Namespace); path != "" {
			a.blind(Blind{Object: ref, Path: path, Message: fmt.Sprintf("names the Service %s: whether a %s lets anybody in is not known", name, ref.Kind)})
			return
		}
	}
}

// templated is a program that an object of a kind that is not followed runs, if it
// has the form of what makes pods.
func templated(o Object) Program {
	template, ok := objects.Decode[corev1.PodTemplateSpec](objects.Child(o, "spec", "template"))
	if !ok {
		return ""
	}
	p := &objects.Pod{Meta: template.ObjectMeta, Spec: template.Spec}
	for _, c := range p.Containers() {
		if programs := ProgramsOf(c); len(programs) > 0 {
			return programs[0]
		}
	}
	return ""
}

// snippet is what nginx is told in its own language, which leads anywhere.
func (a *analysis) snippet(text, path string, ref Ref) {
	if a.names(text, ref.Namespace) {
		a.blind(Blind{Object: ref, Path: path, Message: "names a Service of Ollama's or the chat's in a snippet, which is not looked into"})
	}
}

// snippets finds every snippet in a tree.
func (a *analysis) snippets(v any, path string, ref Ref) {
	switch v := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			text, ok := v[key].(string)
			switch {
			case !ok:
				a.snippets(v[key], path+"."+key, ref)
			case strings.Contains(strings.ToLower(key), "snippet"):
				a.snippet(text, path+"."+key, ref)
			}
		}
	case []any:
		for i := range v {
			a.snippets(v[i], fmt.Sprintf("%s[%d]", path, i), ref)
		}
	}
}

// named finds the first Service in a tree that leads to one of the programs, and
// where it stands.
func (a *analysis) named(v any, path, namespace string) (at, name string) {
	switch v := v.(type) {
	case map[string]any:
		if in, ok := v["namespace"].(string); ok && in != "" {
			namespace = in
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if text, ok := v[key].(string); ok {
				lower := strings.ToLower(key)
				aService := strings.Contains(lower, "service") || key == "name" && (v["port"] != nil || v["kind"] == "Service" || v["servicePort"] != nil)
				if aService && a.leads(namespace, text) || key != "image" && a.names(text, namespace) {
					return path + "." + key, text
				}
				continue
			}
			if at, name := a.named(v[key], path+"."+key, namespace); at != "" {
				return at, name
			}
		}
	case []any:
		for i, e := range v {
			if text, ok := e.(string); ok && a.names(text, namespace) {
				return fmt.Sprintf("%s[%d]", path, i), text
			}
			if at, name := a.named(e, fmt.Sprintf("%s[%d]", path, i), namespace); at != "" {
				return at, name
			}
		}
	}
	return "", ""
}

// names reports whether a text has the address of a Service that leads to one of
// the programs.
func (a *analysis) names(text, namespace string) bool {
	for _, m := range addressForm().FindAllStringSubmatch(text, -1) {
		if host := strings.ToLower(m[2]); strings.Contains(host, ".") || m[1] != "" || m[3] != "" {
			if service, in, inside := a.inCluster(host, namespace); inside && a.leads(in, service) {
				return true
			}
		}
	}
	return false
}

// leads reports whether a Service of the list leads to one of the programs.
func (a *analysis) leads(namespace, service string) bool {
	return len(a.ServicesNamed(namespace, service)) > 0 && len(a.follow(target{namespace: namespace, name: service}, Ref{}, "")) > 0
}
