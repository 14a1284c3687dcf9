package verify

import (
	"context"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// Volume is what a claim got.
type Volume struct {
	Phase            string `json:"phase"`
	StorageClassName string `json:"storageClassName,omitempty"`
	// CapacityBytes of the volume; 0 while it is not bound.
	CapacityBytes int64 `json:"capacityBytes,omitempty"`
}

// volumes wants every claim of a workload bound, at the size and with the class
// that the stack names.
func (v *verifier) volumes(w *workload) []check {
	var all []check
	for _, name := range slices.Sorted(maps.Keys(w.claims)) {
		all = append(all, check{id: "volume", subject: w.namespace + "/" + name, title: "the volume is bound, with its size and class", look: func(ctx context.Context) (result, error) {
			live, err := v.PersistentVolumeClaims(w.namespace).Get(ctx, name, metav1.GetOptions{})
			if apierrors.IsNotFound(err) {
				if w.claims[name] == nil {
					return failed(w.field("storage.existingClaim"), "no such claim"), nil
				}
				return failed(seeObjects, "no such claim"), nil
			}
			if err != nil {
				return result{}, err
			}
			found, err := v.volume(ctx, w, w.claims[name], live)
			capacity := live.Status.Capacity[corev1.ResourceStorage]
			return found.with(Volume{
				Phase: string(live.Status.Phase), StorageClassName: class(live), CapacityBytes: capacity.Value(),
			}), err
		}})
	}
	return all
}

// volume judges a claim; want is nil for one that is not the overlay's own.
func (v *verifier) volume(ctx context.Context, w *workload, want, live *corev1.PersistentVolumeClaim) (result, error) {
	if want != nil && want.Spec.StorageClassName != nil && !v1alpha1.HasVariable(class(want)) && class(live) != *want.Spec.StorageClassName {
		return failed(w.field("storage.storageClassName")+": it cannot change after the first deploy",
			"has the storage class %q, want %q", class(live), *want.Spec.StorageClassName), nil
	}
	switch live.Status.Phase {
	case corev1.ClaimBound:
	case corev1.ClaimLost:
		return failed(v.kubectl("-n %s describe pvc %s", live.Namespace, live.Name), "Lost: the volume behind the claim is gone"), nil
	default:
		why, err := v.warning(ctx, live.Namespace, "PersistentVolumeClaim", live.Name)
		return waiting(w.field("storage.storageClassName")+"; "+v.kubectl("get storageclass"), "%s", phrase(string(live.Status.Phase), why)), err
	}
	capacity := live.Status.Capacity[corev1.ResourceStorage]
	if want != nil {
		wanted := want.Spec.Resources.Requests[corev1.ResourceStorage]
		asked := live.Spec.Resources.Requests[corev1.ResourceStorage]
		if capacity.Cmp(wanted) < 0 {
			if asked.Cmp(wanted) >= 0 {
				return waiting(v.kubectl("-n %s describe pvc %s", live.Namespace, live.Name),
					"Bound, still growing from %s to %s", capacity.String(), wanted.String()), nil
			}
			return failed(v.deploy(), "Bound, has %s, want %s", capacity.String(), wanted.String()), nil
		}
	}
	detail := "Bound, " + capacity.String()
	if c := class(live); c != "" {
		detail += ", " + c
	}
	return passed("%s", detail), nil
}

func class(claim *corev1.PersistentVolumeClaim) string {
	if claim.Spec.StorageClassName == nil {
		return ""
	}
	return *claim.Spec.StorageClassName
}

// phrase joins a state with its reason, where there is one.
func phrase(state, why string) string {
	if why == "" {
		return state
	}
	return state + ": " + why
}
