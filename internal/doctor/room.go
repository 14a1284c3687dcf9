package doctor

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/klog/v2"

	"github.com/hearth-dev/hearth/internal/objects"
)

// asks is what a pod reserves on its node: as the scheduler counts, the sum of
// its containers or the largest of those that run before them.
func asks(spec *corev1.PodSpec) corev1.ResourceList {
	sum := corev1.ResourceList{}
	for _, c := range spec.Containers {
		add(sum, requests(&c))
	}
	before := corev1.ResourceList{} // sidecars stay, beside all that comes after them
	most := corev1.ResourceList{}
	for _, c := range spec.InitContainers {
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			add(sum, requests(&c))
			add(before, requests(&c))
			continue
		}
		now := before.DeepCopy()
		add(now, requests(&c))
		atLeast(most, now)
	}
	atLeast(sum, most)
	add(sum, spec.Overhead)
	return sum
}

// requests are a container's as the API server completes them: a limit without a
// request is one, such as that of a graphics processor.
func requests(c *corev1.Container) corev1.ResourceList {
	all := corev1.ResourceList{}
	maps.Copy(all, c.Resources.Limits)
	maps.Copy(all, c.Resources.Requests)
	return all
}

func add(to, more corev1.ResourceList) {
	for name, amount := range more {
		have := to[name]
		have.Add(amount)
		to[name] = have
	}
}

func atLeast(to, least corev1.ResourceList) {
	for name, amount := range least {
		if have := to[name]; have.Cmp(amount) < 0 {
			to[name] = amount
		}
	}
}

// place is a node with what is left of it.
type place struct {
	*corev1.Node
	free, taken corev1.ResourceList
}

func (p *place) take(amount corev1.ResourceList) {
	add(p.taken, amount)
	for name, n := range amount {
		left := p.free[name]
		left.Sub(n)
		p.free[name] = left
	}
}

// room wants a node for each pod, one after the other, the largest first, beside
// what runs there.
func (d *doctor) room() []check {
	var places []*place
	look := func(p *objects.Pod) func(context.Context) (result, error) {
		return func(ctx context.Context) (result, error) {
			if places == nil {
				var err error
				if places, err = d.places(ctx); err != nil {
					return result{}, err
				}
			}
			return d.fit(p, places), nil
		}
	}
	pods := make([]*objects.Pod, 0, len(d.set.Pods))
	for i := range d.set.Pods {
		pods = append(pods, &d.set.Pods[i])
	}
	slices.SortStableFunc(pods, func(a, b *objects.Pod) int {
		return cmp.Compare(memory(asks(&b.Spec)), memory(asks(&a.Spec)))
	})
	var all []check
	for _, p := range pods {
		n := objects.Replicas(p.Whole)
		for i := range n {
			subject := p.Ref.Namespace + "/" + p.Ref.Name
			if n > 1 {
				subject += fmt.Sprintf("-%d", i)
			}
			all = append(all, check{id: "node", subject: subject, title: "a node has room for the pod", look: look(p)})
		}
	}
	return all
}

// limits is the memory that a pod may use at most; 0 where a container has no
// limit.
func limits(spec *corev1.PodSpec) int64 {
	var sum int64
	all := slices.Clone(spec.Containers)
	for _, c := range spec.InitContainers {
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			all = append(all, c)
		}
	}
	for _, c := range all {
		limit := memory(c.Resources.Limits)
		if limit == 0 {
			return 0
		}
		sum += limit
	}
	return sum
}

func gi(bytes int64) string {
	if 0 < bytes && bytes < 1<<30/10 { // not 0.0Gi
		return fmt.Sprintf("%dMi", bytes>>20)
	}
	return fmt.Sprintf("%.1fGi", float64(bytes)/(1<<30))
}

func memory(l corev1.ResourceList) int64 { return l.Memory().Value() }

// places are the nodes, without what runs there; the overlay's own pods, from an
// earlier deploy, make room for the new ones.
func (d *doctor) places(ctx context.Context) ([]*place, error) {
	nodes, err := d.nodes(ctx)
	if err != nil {
		return nil, err
	}
	running, err := d.pods(ctx, "", labels.Everything())
	if err != nil {
		return nil, err
	}
	places := make([]*place, 0, len(nodes))
	byName := map[string]*place{}
	for i := range nodes {
		p := &place{&nodes[i], nodes[i].Status.Allocatable.DeepCopy(), corev1.ResourceList{}}
		places = append(places, p)
		byName[nodes[i].Name] = p
	}
	for i := range running {
		if on := byName[running[i].Spec.NodeName]; on != nil && !d.own(&running[i]) {
			on.take(asks(&running[i].Spec))
		}
	}
	return places, nil
}

// own reports whether a pod is one of the overlay's.
func (d *doctor) own(pod *corev1.Pod) bool {
	for _, i := range d.set.PodsIn(pod.Namespace) {
		template := &d.set.Pods[i]
		if len(template.Meta.Labels) > 0 && labels.SelectorFromSet(template.Meta.Labels).Matches(labels.Set(pod.Labels)) {
			return true
		}
	}
	return false
}

// fit puts a pod onto the fullest node that still has room.
func (d *doctor) fit(p *objects.Pod, places []*place) result {
	want := asks(&p.Spec)
	limit := limits(&p.Spec)
	var best, nearest, small *place
	refused := ""
	for _, on := range places {
		if why := keepsOut(p, on.Node); why != "" {
			refused = on.Name + " " + why
			continue
		}
		if nearest == nil || on.nearer(nearest, want) {
			nearest = on
		}
		if len(short(want, on.free)) == 0 && limit > memory(on.Status.Allocatable) {
			small = on
			continue
		}
		if len(short(want, on.free)) == 0 && (best == nil || memory(on.free) < memory(best.free)) {
			best = on
		}
	}
	if best != nil {
		detail := fmt.Sprintf("asks for %s; %s has %s", amounts(want), best.Name, best.left(want))
		best.take(want)
		if a := p.Spec.Affinity; a != nil && a.NodeAffinity != nil {
			detail += " (its node affinity is not looked at)"
		}
		return passed("%s", detail)
	}
	if small != nil {
		return failed("resources.limits.memory, or a smaller model: hearth size --fits MEMORY",
			"may use %s by its limit, which is more than %s has for all pods: %s", gi(limit), small.Name, gi(memory(small.Status.Allocatable)))
	}
	if nearest == nil {
		return failed(d.kubectl("describe nodes"), "no node takes it: %s", or(refused, "there is none"))
	}
	lacks := short(want, nearest.free)
	try := "resources.requests, or a smaller model: hearth size --fits MEMORY"
	if slices.ContainsFunc(lacks, device) {
		try = "the device plugin of the maker on the node, or ollama.accelerator (count, resourceName): docs/accelerators.md"
	}
	return failed(try+"; "+d.kubectl("describe nodes"),
		"asks for %s; %s has too little %s: %s, and comes nearest of %s",
		amounts(want), nearest.Name, strings.Join(lacks, " and "), nearest.left(want), count(len(places)))
}

// nearer reports whether a node lacks fewer things than another, or as many and
// has more memory left.
func (p *place) nearer(other *place, want corev1.ResourceList) bool {
	return cmp.Or(
		cmp.Compare(len(short(want, other.free)), len(short(want, p.free))),
		cmp.Compare(memory(p.free), memory(other.free))) > 0
}

// device reports whether a resource is none of those that every node has: its name
// has the domain of whoever counts it.
func device(name string) bool { return strings.Contains(name, "/") }

func count(nodes int) string {
	if nodes == 1 {
		return "1 node"
	}
	return fmt.Sprintf("%d nodes", nodes)
}

// short are the resources of which there is not enough.
func short(want, free corev1.ResourceList) []string {
	var names []string
	for name, amount := range want {
		if have := free[name]; have.Cmp(amount) < 0 {
			names = append(names, string(name))
		}
	}
	slices.Sort(names)
	return names
}

// left is the sum for a node: what it has, less what other pods ask for.
func (p *place) left(want corev1.ResourceList) string {
	var all []string
	for _, name := range shown(want, p.free) {
		has, taken := p.Status.Allocatable[name], p.taken[name]
		free := p.free[name]
		all = append(all, fmt.Sprintf("%s - %s = %s", number(name, has), number(name, taken), number(name, free))+unit(name))
	}
	return strings.Join(all, ", ")
}

// amounts are what a pod wants.
func amounts(want corev1.ResourceList) string {
	var all []string
	for _, name := range shown(want, want) {
		all = append(all, number(name, want[name])+unit(name))
	}
	return or(strings.Join(all, ", "), "nothing")
}

// shown are the resources that a sum is about: memory first, and disk for logs
// only where there is too little.
func shown(want, free corev1.ResourceList) []corev1.ResourceName {
	var names []corev1.ResourceName
	for name, amount := range want {
		have := free[name]
		if name != corev1.ResourceEphemeralStorage || have.Cmp(amount) < 0 {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b corev1.ResourceName) int { return strings.Compare(string(b), string(a)) })
	return names
}

func number(name corev1.ResourceName, q resource.Quantity) string {
	switch name {
	case corev1.ResourceCPU:
		return strconv.FormatFloat(q.AsApproximateFloat64(), 'g', 4, 64)
	case corev1.ResourceMemory, corev1.ResourceEphemeralStorage:
		return gi(q.Value())
	}
	return q.String()
}

func unit(name corev1.ResourceName) string {
	if name == corev1.ResourceCPU {
		return " CPU"
	}
	return " " + string(name)
}

// keepsOut says why a node would not take a pod, whatever room it has.
func keepsOut(p *objects.Pod, node *corev1.Node) string {
	if !labels.SelectorFromSet(p.Spec.NodeSelector).Matches(labels.Set(node.Labels)) {
		return "lacks the label " + metav1.FormatLabelSelector(&metav1.LabelSelector{MatchLabels: p.Spec.NodeSelector})
	}
	if node.Spec.Unschedulable {
		return "is cordoned"
	}
	for i := range node.Spec.Taints {
		taint := &node.Spec.Taints[i]
		if taint.Effect == corev1.TaintEffectPreferNoSchedule {
			continue
		}
		if !slices.ContainsFunc(p.Spec.Tolerations, func(t corev1.Toleration) bool {
			return t.ToleratesTaint(klog.Background(), taint, false)
		}) {
			return "has the taint " + taint.ToString()
		}
	}
	return ""
}
