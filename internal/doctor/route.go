package doctor

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// The names by which controllers take an IngressClass, each from its own
// documentation.
const (
	f5Controller      = "nginx.org/ingress-controller"
	traefikController = "traefik.io/ingress-controller"
	ingressNginx      = "k8s.io/ingress-nginx"
)

const gatewayAPI = "gateway.networking.k8s.io"

// route is what the way in from outside needs; nothing for a base without one.
func (d *doctor) route(b *v1alpha1.Base) []check {
	e := b.Expose
	if !e.Exposed() {
		return nil
	}
	var all []check
	switch {
	case e.NGINX != nil:
		all = append(all, d.class(b, e.NGINX.ClassName, f5Controller))
	case e.IngressNGINX != nil:
		all = append(all, d.class(b, e.IngressNGINX.ClassName, ingressNginx))
	case e.Traefik != nil && e.Traefik.Route == v1alpha1.TraefikIngress:
		all = append(all, d.class(b, e.Traefik.ClassName, traefikController))
	case e.Gateway != nil && e.Gateway.Own():
		all = append(all, d.gatewayClass(b))
	case e.Gateway != nil:
		all = append(all, d.gateway(b))
	}
	if e.From != nil {
		all = append(all, d.controller(b))
	}
	if e.TLS != nil && e.TLS.Type == v1alpha1.TLSCertManager {
		all = append(all, d.issuer(b))
	}
	return all
}

func field(b *v1alpha1.Base, name string) string { return "expose." + name + " (base " + b.Name + ")" }

// class wants the IngressClass, and the right program behind it: two are called
// nginx, and each reads annotations that the other does not know.
func (d *doctor) class(b *v1alpha1.Base, name, controller string) check {
	kind := schema.GroupKind{Group: "networking.k8s.io", Kind: "IngressClass"}
	at := field(b, string(b.Expose.Type)+".className")
	return check{id: "class", subject: name, title: "the IngressClass exists, and its controller is the one meant", look: func(ctx context.Context) (result, error) {
		found, missing, err := d.wanted(ctx, kind, "", "", name, "install the controller, or "+at)
		if found == nil {
			return missing, err
		}
		got, _, _ := unstructured.NestedString(found.Object, "spec", "controller")
		switch got {
		case controller:
			return passed("%s", got), nil
		case ingressNginx:
			return failed("expose.type: ingressNGINX; or install the other controller beside it with a class of another name, and "+at,
				"is of Kubernetes' own ingress-nginx (%s), want %s", got, controller), nil
		}
		return failed(at, "is of %s, want %s", got, controller), nil
	}}
}

func (d *doctor) gatewayClass(b *v1alpha1.Base) check {
	name := b.Expose.Gateway.ClassName
	kind := schema.GroupKind{Group: gatewayAPI, Kind: "GatewayClass"}
	return check{id: "class", subject: name, title: "the GatewayClass exists and is accepted", look: func(ctx context.Context) (result, error) {
		found, missing, err := d.wanted(ctx, kind, "", "", name, field(b, "gateway.className"))
		if found == nil {
			return missing, err
		}
		if status, message := condition(found, "Accepted"); status != "True" {
			return failed("the implementation of Gateway API; "+d.kubectl("describe gatewayclass %s", name), "not accepted by any controller: %s", or(message, "nobody has looked at it")), nil
		}
		return passed("accepted"), nil
	}}
}

func or(text, fallback string) string {
	if text == "" {
		return fallback
	}
	return text
}

// gateway wants the Gateway that is there to have the listener, and to let the
// base's namespace attach.
func (d *doctor) gateway(b *v1alpha1.Base) check {
	g := b.Expose.Gateway
	namespace := or(g.Namespace, b.Namespace)
	kind := schema.GroupKind{Group: gatewayAPI, Kind: "Gateway"}
	hint := field(b, "gateway") + "; " + d.kubectl("-n %s describe gateway %s", namespace, g.Name)
	return check{id: "gateway", subject: namespace + "/" + g.Name, title: "the Gateway has the listener, and admits the namespace", look: func(ctx context.Context) (result, error) {
		found, missing, err := d.wanted(ctx, kind, "", namespace, g.Name, field(b, "gateway"))
		if found == nil {
			return missing, err
		}
		if status, message := condition(found, "Programmed"); status == "False" {
			return failed(hint, "is not programmed: %s", message), nil
		}
		listeners, _, _ := unstructured.NestedSlice(found.Object, "spec", "listeners")
		var there []string
		for _, l := range listeners {
			listener, _ := l.(map[string]any)
			name, _ := listener["name"].(string)
			there = append(there, name)
			if name != g.SectionName {
				continue
			}
			admits, why, err := d.admits(ctx, listener, namespace, b.Namespace)
			switch {
			case err != nil:
				return result{}, err
			case !admits:
				return failed("allowedRoutes of the Gateway's listener "+name, "its listener %s admits no routes of the namespace %s: %s", name, b.Namespace, why), nil
			}
			return passed("listener %s, %s", name, why), nil
		}
		return failed(field(b, "gateway.sectionName"), "has no listener %s; it has: %s", g.SectionName, strings.Join(there, ", ")), nil
	}}
}

// admits reports whether a listener lets routes of a namespace attach, and by
// what.
func (d *doctor) admits(ctx context.Context, listener map[string]any, own, namespace string) (bool, string, error) {
	from, _, _ := unstructured.NestedString(listener, "allowedRoutes", "namespaces", "from")
	switch from {
	case "All":
		return true, "routes of all namespaces", nil
	case "Selector":
		raw, _, _ := unstructured.NestedMap(listener, "allowedRoutes", "namespaces", "selector")
		by := &metav1.LabelSelector{}
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(raw, by); err != nil {
			return false, "", err
		}
		selector, err := metav1.LabelSelectorAsSelector(by)
		if err != nil {
			return false, "", err
		}
		live, err := d.get(ctx, schema.GroupKind{Kind: "Namespace"}, "", namespace)
		if err != nil {
			return false, "", err
		}
		has := map[string]string{}
		if live != nil {
			has = live.GetLabels()
		}
		return selector.Matches(labels.Set(has)), "namespaces with " + selector.String(), nil
	}
	return own == namespace, "routes of its own namespace, " + own, nil
}

// issuer wants cert-manager's issuer to be ready.
func (d *doctor) issuer(b *v1alpha1.Base) check {
	i := b.Expose.TLS.CertManager.Issuer
	kind := schema.GroupKind{Group: "cert-manager.io", Kind: string(i.Kind)}
	subject, namespace, get := i.Name, "", "clusterissuers"
	if i.Kind == "Issuer" {
		subject, namespace, get = b.Namespace+"/"+i.Name, b.Namespace, "-n "+b.Namespace+" issuers"
	}
	return check{id: "issuer", subject: subject, title: "the issuer exists and is ready", look: func(ctx context.Context) (result, error) {
		found, missing, err := d.wanted(ctx, kind, namespace, namespace, i.Name, field(b, "tls.certManager.issuer")+", or make one: https://cert-manager.io/docs/configuration/")
		if found == nil {
			return missing, err
		}
		if status, message := condition(found, "Ready"); status != "True" {
			return failed(d.kubectl("describe %s %s", get, i.Name), "not ready: %s", or(message, "cert-manager has not looked at it")), nil
		}
		return passed("%s, ready", i.Kind), nil
	}}
}

// controller wants the route's controller where expose.from says: the
// NetworkPolicy admits nobody else.
func (d *doctor) controller(b *v1alpha1.Base) check {
	from := *b.Expose.From
	namespace := or(from.Namespace, b.Namespace)
	by := labels.SelectorFromSet(from.PodLabels)
	subject := namespace
	for _, key := range slices.Sorted(maps.Keys(from.PodLabels)) {
		subject += "/" + from.PodLabels[key]
	}
	if len(from.CIDRs) > 0 && from.Namespace == "" && len(from.PodLabels) == 0 {
		subject = string(b.Expose.Type)
	}
	at := field(b, "from")
	return check{id: "controller", subject: subject, title: "the controller's pods are where the NetworkPolicy admits them", look: func(ctx context.Context) (result, error) {
		if len(from.CIDRs) > 0 {
			return notChecked("expose.from has addresses: whether they are the controller's, no object says"), nil
		}
		pods, err := d.pods(ctx, namespace, by)
		if err != nil {
			return result{}, err
		}
		if len(pods) == 0 {
			return d.elsewhere(ctx, by, namespace, at)
		}
		var host, ready []string
		for _, p := range pods {
			if p.Spec.HostNetwork {
				host = append(host, p.Name)
			}
			for _, c := range p.Status.Conditions {
				if c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue {
					ready = append(ready, p.Name)
				}
			}
		}
		switch {
		case len(host) > 0:
			return failed(at+": {cidrs: [the nodes' addresses]}; "+d.kubectl("get nodes -o wide"),
				"%s is on its node's network, where no label is seen: the NetworkPolicy keeps it out", host[0]), nil
		case len(ready) == 0:
			return failed(d.kubectl("-n %s get pods -l %s", namespace, by), "none is ready: %s", pods[0].Name), nil
		}
		return passed("%s is ready", ready[0]), nil
	}}
}

// elsewhere says where pods with the controller's labels are instead.
func (d *doctor) elsewhere(ctx context.Context, by labels.Selector, namespace, at string) (result, error) {
	if by.Empty() {
		return failed(at, "no pods in the namespace %s", namespace), nil
	}
	pods, err := d.pods(ctx, "", by)
	if err != nil {
		return result{}, err
	}
	if len(pods) == 0 {
		return failed("install the controller, or "+at+": {namespace: NAMESPACE, podLabels: {KEY: VALUE}}",
			"no pods with %s, here or in another namespace", by), nil
	}
	there := pods[0]
	return failed(fmt.Sprintf("%s: {namespace: %s, podLabels: {%s}}", at, there.Namespace, strings.ReplaceAll(by.String(), "=", ": ")),
		"no pods with %s; there is %s/%s", by, there.Namespace, there.Name), nil
}

func (d *doctor) pods(ctx context.Context, namespace string, by labels.Selector) ([]corev1.Pod, error) {
	list, err := d.Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: by.String()})
	if err != nil {
		return nil, err
	}
	var live []corev1.Pod
	for _, p := range list.Items {
		if p.Status.Phase != corev1.PodSucceeded && p.Status.Phase != corev1.PodFailed {
			live = append(live, p)
		}
	}
	return live, nil
}
