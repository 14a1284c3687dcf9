package upgrade

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/hearth-dev/hearth/internal/objects"
)

// rule is one field that has to stay as it is once an object is on a cluster.
type rule struct {
	group string // of its kind; "" for Kubernetes' own
	kind  string
	field string // its path, joined by dots
	unset string // what the API server makes of a missing value; "" if it stays empty
	same  func(old, new any) bool
	why   string
	holds func(old, new map[string]any) bool // for these objects; nil for all
	text  func(value any) string             // of a value, for a reader; nil for the value itself
	anew  func(id) string                    // how to have it nevertheless; nil for making the object anew
}

const (
	claimWhy  = "Kubernetes never changes a volume claim's %s"
	shrinkWhy = "a volume cannot shrink"
)

// rules follow the validation of updates in the API server. What it lets pass,
// such as a StatefulSet's replicas or a bigger claim, has no row.
func rules() []rule {
	claim := func(field, unset string, same func(old, new any) bool) rule {
		name := field[strings.LastIndex(field, ".")+1:]
		return rule{kind: "PersistentVolumeClaim", field: field, unset: unset, same: same, why: fmt.Sprintf(claimWhy, name)}
	}
	return []rule{
		{kind: "PersistentVolumeClaim", field: "spec.resources.requests.storage", same: notSmaller, why: shrinkWhy},
		claim("spec.storageClassName", "the cluster's default class", reflect.DeepEqual),
		claim("spec.accessModes", "", sameSet),
		claim("spec.volumeName", "any volume", reflect.DeepEqual),
		claim("spec.volumeMode", "Filesystem", reflect.DeepEqual),
		claim("spec.selector", "any volume", reflect.DeepEqual),
		claim("spec.dataSource", "an empty volume", reflect.DeepEqual),
		claim("spec.dataSourceRef", "an empty volume", reflect.DeepEqual),
		{group: cloudNativePG, kind: "Cluster", field: "spec.storage.size", same: notSmaller, why: shrinkWhy},
		{kind: "Deployment", field: "spec.selector", same: reflect.DeepEqual, why: "Kubernetes never changes a selector: the old pods would be orphaned"},
		{kind: "StatefulSet", field: "spec.selector", same: reflect.DeepEqual, why: "Kubernetes never changes a selector: the old pods would be orphaned"},
		{kind: "StatefulSet", field: "spec.serviceName", same: reflect.DeepEqual, why: "a StatefulSet's serviceName is part of its pods' names in DNS and never changes"},
		{kind: "StatefulSet", field: "spec.podManagementPolicy", unset: "OrderedReady", same: reflect.DeepEqual, why: "Kubernetes never changes a StatefulSet's podManagementPolicy"},
		{kind: "StatefulSet", field: "spec.volumeClaimTemplates", same: reflect.DeepEqual, why: "Kubernetes never changes a StatefulSet's volumeClaimTemplates: its claims exist already",
			text: templates, anew: orphan},
		{group: "leaderworkerset.x-k8s.io", kind: "LeaderWorkerSet", field: "spec.leaderWorkerTemplate.volumeClaimTemplates", same: reflect.DeepEqual,
			why: "its controller makes StatefulSets of it, whose volumeClaimTemplates never change", text: templates, anew: groupsAnew},
		{kind: "Secret", field: "type", unset: "Opaque", same: reflect.DeepEqual, why: "Kubernetes never changes a Secret's type"},
		{kind: "Service", field: "spec.clusterIP", unset: "an address of the cluster's choice", same: reflect.DeepEqual, why: "Kubernetes never changes a Service's address, nor takes it away"},
		{kind: "Service", field: "spec.loadBalancerClass", unset: "the cluster's own load balancer", same: reflect.DeepEqual, holds: balanced,
			why: "Kubernetes never changes the class of a load balancer's Service"},
	}
}

// balanced reports whether a Service was a load balancer's and stays one.
func balanced(old, new map[string]any) bool {
	return objects.Text(old, "spec", "type") == "LoadBalancer" && objects.Text(new, "spec", "type") == "LoadBalancer"
}

// of returns the field's value in an object: nil if it is missing, or spelled
// out as what the API server would fill in.
func (r rule) of(object map[string]any) any {
	var value any = object
	for key := range strings.SplitSeq(r.field, ".") {
		fields, _ := value.(map[string]any)
		value = fields[key]
	}
	if value == r.unset || value == "" {
		return nil
	}
	return value
}

// show writes a value for a reader.
func (r rule) show(value any) string {
	if r.text != nil && value != nil {
		return r.text(value)
	}
	const longest = 100
	switch v := value.(type) {
	case nil:
		if r.unset == "" {
			return "nothing"
		}
		return r.unset
	case string:
		return v
	}
	data, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	if len(data) > longest {
		return string(data[:longest]) + "..."
	}
	return string(data)
}

// notSmaller accepts growth, and what is no quantity: no cluster took that.
func notSmaller(old, new any) bool {
	before, err := resource.ParseQuantity(fmt.Sprint(old))
	if err != nil {
		return true
	}
	after, err := resource.ParseQuantity(fmt.Sprint(new))
	return err != nil || after.Cmp(before) >= 0
}

// sameSet ignores order, as the API server does for access modes.
func sameSet(old, new any) bool {
	return slices.Equal(sorted(old), sorted(new))
}

func sorted(list any) []string {
	var texts []string
	items, _ := list.([]any)
	for _, item := range items {
		texts = append(texts, fmt.Sprint(item))
	}
	slices.Sort(texts)
	return texts
}
