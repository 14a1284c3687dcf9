package verify

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// nearLimit is the part of its limit from which a container counts as about to
// be killed.
const nearLimit = 0.9

// Memory is what a workload's fullest container uses.
type Memory struct {
	Pod       string `json:"pod"`
	Container string `json:"container"`
	// UsedBytes is the working set, which is what the kernel kills for.
	UsedBytes int64 `json:"usedBytes"`
	// LimitBytes of the container; 0 is none.
	LimitBytes int64 `json:"limitBytes,omitempty"`
	// At is when it was measured: a metrics server lags by up to a minute.
	At time.Time `json:"at"`
}

// podMetrics is metrics.k8s.io's PodMetricsList, as far as it is read here. Its
// own module would be one more for three fields.
type podMetrics struct {
	Items []struct {
		Metadata   metav1.ObjectMeta `json:"metadata"`
		Timestamp  metav1.Time       `json:"timestamp"`
		Containers []struct {
			Name  string                                    `json:"name"`
			Usage map[corev1.ResourceName]resource.Quantity `json:"usage"`
		} `json:"containers"`
	} `json:"items"`
}

// memory wants every container well below its limit. It stands after the
// questions, so that a model's memory counts.
func (v *verifier) memory(w *workload) check {
	return check{id: "memory", subject: w.subject(), title: "memory is well below the limit", needs: []string{w.key()}, look: func(ctx context.Context) (result, error) {
		r, err := v.rollout(ctx, w)
		if err != nil {
			return result{}, err
		}
		data, err := v.Get("/apis/metrics.k8s.io/v1beta1/namespaces/"+w.namespace+"/pods").
			Param("labelSelector", metav1.FormatLabelSelector(r.selector)).DoRaw(ctx)
		if apierrors.IsNotFound(err) || apierrors.IsServiceUnavailable(err) {
			return notChecked("not measured: the cluster has no metrics server"), nil
		}
		if err != nil {
			return result{}, err
		}
		var metrics podMetrics
		if err := json.Unmarshal(data, &metrics); err != nil {
			return result{}, fmt.Errorf("metrics.k8s.io: %w", err)
		}
		fullest := metrics.fullest(r.template.Spec)
		if fullest == nil {
			return notChecked("not measured: the metrics server has no figures of this pod yet"), nil
		}
		if fullest.LimitBytes == 0 {
			return notChecked("%s uses %s and has no limit", fullest.Container, mebibytes(fullest.UsedBytes)).with(*fullest), nil
		}
		part := float64(fullest.UsedBytes) / float64(fullest.LimitBytes)
		detail := fmt.Sprintf("%s uses %s of %s (%.0f%%)", fullest.Container, mebibytes(fullest.UsedBytes), mebibytes(fullest.LimitBytes), 100*part)
		if part > nearLimit {
			return failed(w.field("resources.limits.memory"), "%s, want at most %.0f%%", detail, 100*nearLimit).with(*fullest), nil
		}
		return passed("%s", detail).with(*fullest), nil
	}}
}

// fullest is the container that is nearest to its limit; those without a limit
// come last.
func (m podMetrics) fullest(pod corev1.PodSpec) *Memory {
	limits := map[string]int64{}
	for _, c := range containers(pod) {
		limit := c.Resources.Limits[corev1.ResourceMemory]
		limits[c.Name] = limit.Value()
	}
	var fullest *Memory
	for _, p := range m.Items {
		for _, c := range p.Containers {
			limit, known := limits[c.Name]
			if !known { // a proxy that a mesh has put into the pod
				continue
			}
			usage := c.Usage[corev1.ResourceMemory]
			one := Memory{Pod: p.Metadata.Name, Container: c.Name, UsedBytes: usage.Value(), LimitBytes: limit, At: p.Timestamp.UTC()}
			if fullest == nil || one.part() > fullest.part() {
				fullest = &one
			}
		}
	}
	return fullest
}

func (m Memory) part() float64 {
	if m.LimitBytes == 0 {
		return 0
	}
	return float64(m.UsedBytes) / float64(m.LimitBytes)
}

// mebibytes is how `kubectl top` prints memory.
func mebibytes(bytes int64) string { return fmt.Sprintf("%dMi", bytes>>20) }
