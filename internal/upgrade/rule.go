package upgrade

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
)

// rule is one field that has to stay as it is once an object is on a cluster.
type rule struct {
	kind  string
	field string // its path, joined by dots
	unset string // what the API server makes of a missing value; "" if it stays empty
	same  func(old, new any) bool
	why   string
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
		return rule{"PersistentVolumeClaim", field, unset, same, fmt.Sprintf(claimWhy, name)}
	}
	return []rule{
		{"PersistentVolumeClaim", "spec.resources.requests.storage", "", notSmaller, shrinkWhy},
		claim("spec.storageClassName", "the cluster's default class", reflect.DeepEqual),
		claim("spec.accessModes", "", sameSet),
		claim("spec.volumeName", "any volume", reflect.DeepEqual),
		claim("spec.volumeMode", "Filesystem", reflect.DeepEqual),
		claim("spec.selector", "any volume", reflect.DeepEqual),
		claim("spec.dataSource", "an empty volume", reflect.DeepEqual),
		claim("spec.dataSourceRef", "an empty volume", reflect.DeepEqual),
		{"Deployment", "spec.selector", "", reflect.DeepEqual, "Kubernetes never changes a selector: the old pods would be orphaned"},
		{"StatefulSet", "spec.selector", "", reflect.DeepEqual, "Kubernetes never changes a selector: the old pods would be orphaned"},
		{"StatefulSet", "spec.serviceName", "", reflect.DeepEqual, "a StatefulSet's serviceName is part of its pods' names in DNS and never changes"},
		{"StatefulSet", "spec.podManagementPolicy", "OrderedReady", reflect.DeepEqual, "Kubernetes never changes a StatefulSet's podManagementPolicy"},
		{"StatefulSet", "spec.volumeClaimTemplates", "", reflect.DeepEqual, "Kubernetes never changes a StatefulSet's volumeClaimTemplates: its claims exist already"},
		{"Secret", "type", "Opaque", reflect.DeepEqual, "Kubernetes never changes a Secret's type"},
		{"Service", "spec.clusterIP", "an address of the cluster's choice", reflect.DeepEqual, "Kubernetes never changes a Service's address, nor takes it away"},
	}
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
