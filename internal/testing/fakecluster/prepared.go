package fakecluster

import (
	"maps"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// NewPrepared starts a cluster that has all that an overlay needs and nothing of
// the overlay itself: one node with 8 CPUs and 32Gi, the processors and the labels
// that Ollama wants, Calico, a default storage class, the route's controller, its
// class and its issuer, the namespaces and the Secrets. Close it in the end.
func NewPrepared(stack *v1alpha1.Resolved, overlay string) (*Cluster, error) {
	c := &Cluster{}
	o, needs, err := c.open(stack, overlay)
	if err != nil {
		return nil, err
	}
	for _, need := range needs {
		c.put(secret(need))
	}
	room := corev1.ResourceList{"cpu": resource.MustParse("8"), "memory": resource.MustParse("32Gi"), "ephemeral-storage": resource.MustParse("100Gi")}
	labels := map[string]string{}
	for i := range o.Bases {
		if server := o.Bases[i].Ollama; server != nil {
			maps.Copy(labels, server.NodeSelector)
			if a := server.Accelerator; a != nil {
				devices := room[corev1.ResourceName(a.ResourceName)]
				devices.Add(*resource.NewQuantity(int64(a.Count), resource.DecimalSI))
				room[corev1.ResourceName(a.ResourceName)] = devices
			}
		}
	}
	c.put(&corev1.Node{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Node"}, ObjectMeta: metav1.ObjectMeta{Name: "node-1", Labels: labels},
		Status: corev1.NodeStatus{Allocatable: room, NodeInfo: corev1.NodeSystemInfo{KubeletVersion: "v1.34.4"}},
	})
	c.put(&appsv1.DaemonSet{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "DaemonSet"},
		ObjectMeta: metav1.ObjectMeta{Name: "calico-node", Namespace: "kube-system"},
	})
	c.class("standard", true)
	for i := range o.Bases {
		c.prepare(&o.Bases[i])
	}
	return c, nil
}

func (c *Cluster) class(name string, standard bool) {
	grows := true
	class := &storagev1.StorageClass{
		TypeMeta:   metav1.TypeMeta{APIVersion: "storage.k8s.io/v1", Kind: "StorageClass"},
		ObjectMeta: metav1.ObjectMeta{Name: name}, Provisioner: "driver.longhorn.io", AllowVolumeExpansion: &grows,
	}
	if standard {
		class.Annotations = map[string]string{"storageclass.kubernetes.io/is-default-class": "true"}
	}
	c.put(class)
}

func (c *Cluster) prepare(b *v1alpha1.Base) {
	c.put(&corev1.Namespace{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Namespace"},
		ObjectMeta: metav1.ObjectMeta{Name: b.Namespace, Labels: b.NamespaceLabels},
	})
	if ca := b.CABundle; ca != nil {
		c.put(&corev1.ConfigMap{
			TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"},
			ObjectMeta: metav1.ObjectMeta{Name: ca.ConfigMap, Namespace: b.Namespace},
			Data:       map[string]string{ca.Key: "a certificate"},
		})
	}
	if b.Ollama != nil && b.Ollama.Storage.StorageClassName == "longhorn" {
		c.class("longhorn", false)
	}
	e := b.Expose
	if !e.Exposed() {
		return
	}
	if from := e.From; from != nil && len(from.CIDRs) == 0 {
		c.put(&corev1.Pod{
			TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
			ObjectMeta: metav1.ObjectMeta{Name: "controller-abc12", Namespace: from.Namespace, Labels: from.PodLabels},
			Spec: corev1.PodSpec{NodeName: "node-1", Containers: []corev1.Container{{
				Name: "controller", Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{"cpu": resource.MustParse("500m"), "memory": resource.MustParse("1Gi")}},
			}}},
			Status: corev1.PodStatus{Phase: corev1.PodRunning, Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}},
		})
	}
	class := func(name, controller string) {
		c.put(&networkingv1.IngressClass{
			TypeMeta:   metav1.TypeMeta{APIVersion: "networking.k8s.io/v1", Kind: "IngressClass"},
			ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: networkingv1.IngressClassSpec{Controller: controller},
		})
	}
	switch {
	case e.NGINX != nil:
		class(e.NGINX.ClassName, "nginx.org/ingress-controller")
	case e.IngressNGINX != nil:
		class(e.IngressNGINX.ClassName, "k8s.io/ingress-nginx")
	case e.Traefik != nil:
		class(e.Traefik.ClassName, "traefik.io/ingress-controller")
	case e.Gateway.Own():
		c.Put(conditioned("gateway.networking.k8s.io/v1", "GatewayClass", "", e.Gateway.ClassName, "Accepted"))
	default:
		g := conditioned("gateway.networking.k8s.io/v1", "Gateway", e.Gateway.Namespace, e.Gateway.Name, "Programmed")
		all := map[string]any{"namespaces": map[string]any{"from": "All"}}
		set(g, []any{map[string]any{"name": e.Gateway.SectionName, "allowedRoutes": all}}, "spec", "listeners")
		c.Put(g)
	}
	if e.TLS.Type == v1alpha1.TLSCertManager {
		i := e.TLS.CertManager.Issuer
		namespace := ""
		if i.Kind == "Issuer" {
			namespace = b.Namespace
		}
		c.Put(conditioned("cert-manager.io/v1", string(i.Kind), namespace, i.Name, "Ready"))
	}
}

// conditioned is an object with a condition that is true.
func conditioned(version, kind, namespace, name, condition string) *Object {
	o := &Object{Object: map[string]any{"apiVersion": version, "kind": kind}}
	o.SetNamespace(namespace)
	o.SetName(name)
	set(o, []any{map[string]any{"type": condition, "status": "True"}}, "status", "conditions")
	return o
}
