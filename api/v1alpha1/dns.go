package v1alpha1

import "k8s.io/apimachinery/pkg/util/validation/field"

// DNS is where the pods of a base look up names, for the NetworkPolicy: it is
// the one way out that each of them has.
type DNS struct {
	// To are the DNS servers as a NetworkPolicy sees them, behind their Service.
	// Default: the pods with the label k8s-app: kube-dns in kube-system, as
	// kubeadm, k3s and most providers run CoreDNS, and 169.254.20.10, the address
	// of node-local DNS in its manifest, which is no pod.
	To []Peer `json:"to,omitzero"`
	// Ports of the servers, by UDP and by TCP. Default [53]. A NetworkPolicy
	// counts the pods' own: OpenShift's listen on 5353 behind a Service on 53.
	Ports []Port `json:"ports,omitzero"`
}

func (d *DNS) applyDefaults() {
	if d.To == nil {
		d.To = []Peer{
			{Namespace: "kube-system", PodLabels: map[string]string{"k8s-app": "kube-dns"}},
			{CIDRs: []CIDR{"169.254.20.10/32"}},
		}
	}
	if d.Ports == nil {
		d.Ports = []Port{53}
	}
}

// dns checks the servers that names are asked of.
func (v validator) dns(at *field.Path, d *DNS) {
	if len(d.To) == 0 {
		v.errorf(at.Child("to"), "name the cluster's DNS servers, or leave the field out", "an empty list lets the pods look up no name")
	}
	if len(d.Ports) == 0 {
		v.errorf(at.Child("ports"), "write [53], or leave the field out", "an empty list lets the pods look up no name")
	}
	for i, p := range d.To {
		v.destination(at.Child("to").Index(i), p)
	}
}
