package object

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Custom is an object whose Go types hearth does without: their module is not to
// be had, or brings a whole controller. Spec is a struct of what hearth writes.
type Custom struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              any `json:"spec"`
}
