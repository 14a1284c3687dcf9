package verify

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// services wants a ready endpoint behind each Service. An ingress controller
// answers 502 without one.
func (v *verifier) services(n *namespace) []check {
	var needs []string
	for _, w := range n.workloads {
		needs = append(needs, w.key())
	}
	var all []check
	for _, s := range n.services {
		if len(s.Spec.Selector) == 0 {
			continue // a person's own: what is behind it is theirs
		}
		all = append(all, check{id: "service", subject: n.name + "/" + s.Name, title: "the Service has a ready endpoint", needs: needs, look: func(ctx context.Context) (result, error) {
			slices, err := v.EndpointSlices(n.name).List(ctx, metav1.ListOptions{LabelSelector: discoveryv1.LabelServiceName + "=" + s.Name})
			if err != nil {
				return result{}, err
			}
			var ready []string
			for _, slice := range slices.Items {
				for _, e := range slice.Endpoints {
					if e.Conditions.Ready == nil || *e.Conditions.Ready { // nil is true, says the API
						ready = append(ready, address(e, slice.Ports))
					}
				}
			}
			if len(ready) == 0 {
				return failed(v.kubectl("-n %s describe service %s", n.name, s.Name), "no ready endpoint"), nil
			}
			return passed("%s", strings.Join(ready, ", ")), nil
		}})
		if s.Spec.Type == corev1.ServiceTypeLoadBalancer {
			all = append(all, v.balancer(n, s))
		}
	}
	return all
}

// balancer wants an address of a load balancer's Service, the one that it asks for.
func (v *verifier) balancer(n *namespace, s *corev1.Service) check {
	return check{id: "address", subject: n.name + "/" + s.Name, title: "the Service has an address", look: func(ctx context.Context) (result, error) {
		live, err := v.Services(n.name).Get(ctx, s.Name, metav1.GetOptions{})
		if err != nil {
			return result{}, err
		}
		var got []string
		for _, at := range live.Status.LoadBalancer.Ingress {
			got = append(got, cmp.Or(at.IP, at.Hostname))
		}
		who := "a load balancer (MetalLB, Cilium, kube-vip, a cloud's)"
		if s.Spec.LoadBalancerClass != nil {
			who = "the load balancer of the class " + *s.Spec.LoadBalancerClass
		}
		describe := v.kubectl("-n %s describe service %s", n.name, s.Name)
		if len(got) == 0 {
			return failed(describe, "pending: %s has handed out none; none may be installed, or it has none left", who), nil
		}
		asked := v1alpha1.Service{LoadBalancerIP: s.Spec.LoadBalancerIP, Annotations: s.Annotations}
		for _, address := range asked.Addresses() {
			if !v1alpha1.HasVariable(address) && !slices.Contains(got, address) && address != "0.0.0.0" { // kube-vip's word for one by DHCP
				return failed(describe, "%s, and not %s, which the Service asks for", strings.Join(got, ", "), address), nil
			}
		}
		return passed("%s", strings.Join(got, ", ")), nil
	}}
}

func address(e discoveryv1.Endpoint, ports []discoveryv1.EndpointPort) string {
	at := strings.Join(e.Addresses, ",")
	if len(ports) == 1 && ports[0].Port != nil {
		at += fmt.Sprintf(":%d", *ports[0].Port)
	}
	return at
}
