package verify

import (
	"context"
	"fmt"
	"strings"

	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
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
			slices, err := v.endpoints.EndpointSlices(n.name).List(ctx, metav1.ListOptions{LabelSelector: discoveryv1.LabelServiceName + "=" + s.Name})
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
	}
	return all
}

func address(e discoveryv1.Endpoint, ports []discoveryv1.EndpointPort) string {
	at := strings.Join(e.Addresses, ",")
	if len(ports) == 1 && ports[0].Port != nil {
		at += fmt.Sprintf(":%d", *ports[0].Port)
	}
	return at
}
