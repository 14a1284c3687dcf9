package vet

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/validate/content"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	metavalidation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/objects"
)

func refusedRules() []Rule {
	return []Rule{{
		ID: "refused", Severity: problem.Error, check: refused,
		Reason: "the API server refuses the object, although its schema has nothing against it: names, labels, hosts, and fields that must agree with each other",
		Fix:    "write what the message asks for",
		Source: "k8s.io/apimachinery v0.37.2 pkg/api/validation; kubernetes pkg/apis/core/validation and pkg/apis/apps/validation",
	}}
}

// refused asks Kubernetes' own functions where they are to be had.
func refused(in *input) []Finding {
	var found []Finding
	add := func(ref Ref, errs field.ErrorList) {
		// Kubernetes' functions walk maps.
		slices.SortStableFunc(errs, func(a, b *field.Error) int { return strings.Compare(a.Error(), b.Error()) })
		for _, e := range errs {
			if strings.Contains(fmt.Sprint(e.BadValue), "${") {
				continue // Flux replaces it before the API server sees it
			}
			found = append(found, Finding{Object: ref, Path: e.Field, Message: e.ErrorBody()})
		}
	}
	for i, o := range in.All {
		ref := in.Refs[i]
		if meta, ok := objects.Decode[struct {
			metav1.ObjectMeta `json:"metadata"`
		}](Object{"metadata": o["metadata"]}); ok {
			add(ref, apivalidation.ValidateObjectMeta(&meta.ObjectMeta, meta.Namespace != "", nameOf(ref), field.NewPath("metadata")))
		}
		if ref.Is("networking.k8s.io", "Ingress") {
			if ingress, ok := objects.Decode[networkingv1.Ingress](o); ok {
				add(ref, ingressHosts(ingress))
			}
		}
	}
	for i := range in.pods {
		p := &in.pods[i]
		add(p.Ref, p.template())
		for _, c := range p.containers() {
			add(p.Ref, c.disagreements())
		}
	}
	return found
}

// nameOf is what Kubernetes asks of the name of a kind.
func nameOf(r Ref) apivalidation.ValidateNameFunc {
	switch {
	case r.Is("", "Service"), r.Is("", "Namespace"):
		return apivalidation.NameIsDNSLabel
	case slices.Contains([]string{"rbac.authorization.k8s.io", "certificates.k8s.io", "flowcontrol.apiserver.k8s.io"}, r.Group()):
		return func(name string, _ bool) []string { return content.IsPathSegmentName(name) } // such as system:auth-delegator
	}
	return apivalidation.NameIsDNSSubdomain
}

func ingressHosts(ingress networkingv1.Ingress) field.ErrorList {
	var errs field.ErrorList
	check := func(host string, at *field.Path) {
		_, notIP := netip.ParseAddr(host)
		switch {
		case host == "":
		case notIP == nil:
			errs = append(errs, field.Invalid(at, host, "must be a DNS name, not an IP address"))
		case strings.Contains(host, "*"):
			errs = append(errs, invalid(at, host, validation.IsWildcardDNS1123Subdomain(host))...)
		default:
			errs = append(errs, invalid(at, host, validation.IsDNS1123Subdomain(host))...)
		}
	}
	spec := field.NewPath("spec")
	for i, rule := range ingress.Spec.Rules {
		check(rule.Host, spec.Child("rules").Index(i).Child("host"))
	}
	for i, tls := range ingress.Spec.TLS {
		for j, host := range tls.Hosts {
			check(host, spec.Child("tls").Index(i).Child("hosts").Index(j))
		}
	}
	return errs
}

func invalid(at *field.Path, value string, messages []string) field.ErrorList {
	var errs field.ErrorList
	for _, m := range messages {
		errs = append(errs, field.Invalid(at, value, m))
	}
	return errs
}

// template is what a workload refuses of its pod.
func (p *pod) template() field.ErrorList {
	if p.Ref.Kind == "Pod" {
		return nil // whose labels are the object's
	}
	spec := field.NewPath(p.Path)
	at := field.NewPath(strings.TrimSuffix(p.Path, ".spec"), "metadata", "labels")
	errs := metavalidation.ValidateLabels(p.Meta.Labels, at)
	if p.Ref.Group() == "apps" {
		by, ok := objects.Decode[metav1.LabelSelector](objects.Child(p.Whole, "spec", "selector"))
		selector, err := metav1.LabelSelectorAsSelector(&by)
		if ok && err == nil && (selector.Empty() || !selector.Matches(labels.Set(p.Meta.Labels))) {
			errs = append(errs, field.Invalid(at, labels.Set(p.Meta.Labels).String(), fmt.Sprintf("spec.selector %q does not match them", selector)))
		}
	}
	once := p.Ref.Group() == "batch"
	switch policy := p.Spec.RestartPolicy; {
	case once && (policy == "" || policy == corev1.RestartPolicyAlways):
		errs = append(errs, field.NotSupported(spec.Child("restartPolicy"), policy, []corev1.RestartPolicy{corev1.RestartPolicyNever, corev1.RestartPolicyOnFailure}))
	case !once && policy != "" && policy != corev1.RestartPolicyAlways:
		errs = append(errs, field.NotSupported(spec.Child("restartPolicy"), policy, []corev1.RestartPolicy{corev1.RestartPolicyAlways}))
	}
	return errs
}

// disagreements of a container with itself and its pod.
func (c container) disagreements() field.ErrorList {
	at := field.NewPath(c.Path)
	errs := invalid(at.Child("name"), c.Name, validation.IsDNS1123Label(c.Name))
	names := map[string]bool{}
	for _, v := range c.Env {
		if names[v.Name] {
			errs = append(errs, field.Invalid(at.Child("env"), v.Name, "stands twice: the last one counts, and server-side apply, as Flux does it, refuses both"))
		}
		names[v.Name] = true
	}
	mounted := map[string]bool{}
	for _, m := range c.VolumeMounts {
		if !c.pod.hasVolume(m.Name) {
			errs = append(errs, field.NotFound(at.Child("volumeMounts").Key(m.MountPath).Child("name"), m.Name))
		}
		if mounted[m.MountPath] {
			errs = append(errs, field.Duplicate(at.Child("volumeMounts").Key(m.MountPath).Child("mountPath"), m.MountPath))
		}
		mounted[m.MountPath] = true
	}
	for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourceEphemeralStorage} {
		request, limit := c.Resources.Requests[name], c.Resources.Limits[name]
		if _, limited := c.Resources.Limits[name]; limited && request.Cmp(limit) > 0 {
			errs = append(errs, field.Invalid(at.Child("resources", "requests").Key(string(name)), request.String(), "must be less than or equal to the limit of "+limit.String()))
		}
	}
	return errs
}

// hasVolume reports whether the pod has a volume, or its StatefulSet a claim for
// it.
func (p *pod) hasVolume(name string) bool {
	for _, o := range objects.ClaimTemplates(p.Whole) {
		if objects.Text(o, "metadata", "name") == name {
			return true
		}
	}
	return slices.ContainsFunc(p.Spec.Volumes, func(v corev1.Volume) bool { return v.Name == name })
}
