package verify

import (
	"context"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
)

// warning is the text of the latest warning about an object; "" if there is
// none, or if events are not ours to read: what the object says itself is worth
// reporting anyway. Events are kept for an hour.
func (v *verifier) warning(ctx context.Context, namespace, kind, name string) (string, error) {
	list, err := v.Events(namespace).List(ctx, metav1.ListOptions{FieldSelector: fields.Set{
		"involvedObject.kind": kind, "involvedObject.name": name, "type": corev1.EventTypeWarning,
	}.String()})
	if apierrors.IsForbidden(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	var latest time.Time
	text := ""
	for _, e := range list.Items {
		at := e.LastTimestamp.Time
		if at.IsZero() {
			at = e.EventTime.Time
		}
		if text == "" || at.After(latest) {
			latest, text = at, e.Reason+": "+oneLine(e.Message)
		}
	}
	return text, nil
}

// oneLine makes a message fit a table.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	const most = 400
	if runes := []rune(s); len(runes) > most {
		s = string(runes[:most]) + "..."
	}
	return s
}
