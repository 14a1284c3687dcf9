package diff

import (
	"fmt"
	"slices"

	"github.com/hearth-dev/hearth/internal/objects"
)

// service is how one is reached.
func service(c *change) []Effect {
	if !c.ref.Is("", "Service") {
		return nil
	}
	before, after := typeOf(c.old), typeOf(c.new)
	var all []Effect
	switch {
	case before == after:
	case after == "LoadBalancer":
		all = append(all, one(Opens, "opens outside the cluster: it gets an address of a load balancer, and a port on every node")...)
	case after == "NodePort":
		all = append(all, one(Opens, "opens outside the cluster: a port on every node (%s)", nodePorts(c.new))...)
	case before == "LoadBalancer" || before == "NodePort":
		all = append(all, one(Down, "closes outside the cluster: the address of the load balancer, or the port on every node, goes")...)
	case c.old != nil && c.new != nil:
		all = append(all, one(Note, "becomes a Service of type %s", after)...)
	}
	if c.old == nil || c.new == nil {
		return all
	}
	if !slices.Equal(portsOf(c.old), portsOf(c.new)) {
		all = append(all, one(Down, "its ports change: who connects to an old one is refused")...)
	}
	if c.touches("spec.selector") {
		all = append(all, one(Note, "other pods answer for it")...)
	}
	if before == after && moved(c) {
		all = append(all, one(Down, "its address may be another: DNS has to follow")...)
	}
	if c.touches("spec.loadBalancerSourceRanges", "spec.externalTrafficPolicy") {
		all = append(all, one(Note, "who reaches it from outside changes")...)
	}
	return all
}

// moved reports whether a load balancer may be another: many read annotations.
func moved(c *change) bool {
	return c.ref.Is("", "Service") && typeOf(c.new) == "LoadBalancer" &&
		c.touches("spec.loadBalancerIP", "spec.loadBalancerClass", "metadata.annotations")
}

// typeOf a Service; "" for none.
func typeOf(o objects.Object) string {
	if o == nil {
		return ""
	}
	if t := objects.Text(o, "spec", "type"); t != "" {
		return t
	}
	return "ClusterIP"
}

// portsOf are those that clients connect to.
func portsOf(o objects.Object) []string {
	var all []string
	for _, p := range objects.List(o, "spec", "ports") {
		protocol := objects.Text(p, "protocol")
		if protocol == "" {
			protocol = "TCP"
		}
		all = append(all, fmt.Sprint(protocol, objects.At(p, "port")))
	}
	slices.Sort(all)
	return all
}

func nodePorts(o objects.Object) string {
	var all []string
	for _, p := range objects.List(o, "spec", "ports") {
		if n := objects.At(p, "nodePort"); n != nil {
			all = append(all, fmt.Sprint(n))
		}
	}
	if all == nil {
		return "of the cluster's choice"
	}
	return and(all)
}
