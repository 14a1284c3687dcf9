package internal

// Lookup completes Kubernetes' interface labels.Labels, which has this method
// since k8s.io/apimachinery v0.33.
func (l MapLabels) Lookup(label string) (string, bool) {
	value, ok := l[label]
	return value, ok
}
