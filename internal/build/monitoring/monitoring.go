package monitoring

import (
	"maps"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/object"
)

// apiVersion of the Prometheus operator's objects.
const apiVersion = "monitoring.coreos.com/v1"

// Target is the component that the base's route leads to, or would: the objects
// that are about the whole base are named for it.
type Target struct {
	object.Component
}

// Objects are the typed objects that a resolved base's monitoring asks for.
func Objects(t Target, b *v1alpha1.Base) []any {
	m := b.Monitoring
	if m == nil {
		return nil
	}
	var objects []any
	for _, q := range questions(b) {
		objects = append(objects, t.probe(q, m))
	}
	if m.Alerts != nil {
		objects = append(objects, t.rule(b))
	}
	if m.Dashboard != nil {
		objects = append(objects, t.dashboard(b))
	}
	return objects
}

// meta is the metadata of an object, with the labels that its reader looks for.
func (t Target) meta(name string, labels map[string]string) metav1.ObjectMeta {
	meta := t.Meta(name)
	for key, value := range labels {
		if _, ours := t.OwnLabels()[key]; !ours {
			meta.Labels[key] = value
		}
	}
	return meta
}

// configMap of Grafana's sidecar.
func (t Target) configMap(d *v1alpha1.Dashboard, name, file, text string) *corev1.ConfigMap {
	meta := t.meta(name, d.Labels)
	if len(d.Annotations) > 0 && meta.Annotations == nil {
		meta.Annotations = map[string]string{}
	}
	maps.Copy(meta.Annotations, d.Annotations)
	return &corev1.ConfigMap{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"},
		ObjectMeta: meta,
		Data:       map[string]string{file: text},
	}
}

// seconds is a duration as Prometheus writes it: it knows no 1.5h.
func seconds(d v1alpha1.Duration) string {
	return strconv.Itoa(int(d.Parsed().Seconds())) + "s"
}
