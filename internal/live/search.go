package live

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/pager"

	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/reach"
	"github.com/hearth-dev/hearth/internal/verify"
	"github.com/hearth-dev/hearth/internal/vet"
)

const (
	// searchPage is larger than page: nothing of it is kept, and it comes as
	// protobuf.
	searchPage = 500
	// maxSearched is how many pods and workloads are searched for the two programs.
	// 3,000 pods of 7 KB, and a small namespace read, took 180 ms of a processor.
	maxSearched = 20_000
)

// search finds the namespaces where Ollama or Open WebUI runs, or would if it were
// not scaled to nothing.
func (r *reader) search(ctx context.Context) error {
	lists := []struct {
		kind string
		list func(metav1.ListOptions) (runtime.Object, error)
	}{
		{"Pod", func(o metav1.ListOptions) (runtime.Object, error) { return r.cluster.Pods("").List(ctx, o) }},
		{"Deployment", func(o metav1.ListOptions) (runtime.Object, error) { return r.cluster.Deployments("").List(ctx, o) }},
		{"StatefulSet", func(o metav1.ListOptions) (runtime.Object, error) { return r.cluster.StatefulSets("").List(ctx, o) }},
		{"DaemonSet", func(o metav1.ListOptions) (runtime.Object, error) { return r.cluster.DaemonSets("").List(ctx, o) }},
	}
	found, searched := map[string]bool{}, 0
	var refused []string
	for _, l := range lists {
		pages := pager.New(pager.SimplePageFunc(l.list))
		pages.PageSize, pages.PageBufferSize = searchPage, 1
		err := pages.EachListItem(ctx, metav1.ListOptions{}, func(o runtime.Object) error {
			if searched++; searched > maxSearched {
				return fmt.Errorf("more than %d pods and workloads; name the namespaces with --namespace", maxSearched)
			}
			if p := podOf(o); slices.ContainsFunc(p.Containers(), func(c objects.Container) bool { return !c.Init && len(reach.ProgramsOf(c)) > 0 }) {
				found[p.Ref.Namespace] = true
			}
			return nil
		})
		switch {
		case verify.Denied(err):
			refused = append(refused, l.kind)
		case err != nil:
			return fmt.Errorf("looking for Ollama and Open WebUI: %w", err)
		}
	}
	r.namespaces = slices.Sorted(maps.Keys(found))
	const fix = "name the namespaces with --namespace"
	switch {
	case len(refused) > 0:
		r.unseen = append(r.unseen, vet.Unseen{What: "namespaces where Ollama or Open WebUI is", Why: "this user may not list everywhere: " + strings.Join(refused, ", "), Fix: fix})
	case len(found) == 0:
		r.unseen = append(r.unseen, vet.Unseen{What: "Ollama and Open WebUI", Why: "no namespace has a container that is one of them", Fix: fix})
	}
	return nil
}

// podOf is the pod that an object is, or makes; an empty one if it runs no more.
func podOf(o runtime.Object) *objects.Pod {
	var meta metav1.ObjectMeta
	var template corev1.PodTemplateSpec
	switch o := o.(type) {
	case *corev1.Pod:
		if o.Status.Phase != corev1.PodSucceeded && o.Status.Phase != corev1.PodFailed {
			meta, template = o.ObjectMeta, corev1.PodTemplateSpec{ObjectMeta: o.ObjectMeta, Spec: o.Spec}
		}
	case *appsv1.Deployment:
		meta, template = o.ObjectMeta, o.Spec.Template
	case *appsv1.StatefulSet:
		meta, template = o.ObjectMeta, o.Spec.Template
	case *appsv1.DaemonSet:
		meta, template = o.ObjectMeta, o.Spec.Template
	}
	return &objects.Pod{Ref: objects.Ref{Namespace: meta.Namespace, Name: meta.Name}, Meta: template.ObjectMeta, Spec: template.Spec}
}
