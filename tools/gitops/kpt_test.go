package gitops

import (
	"fmt"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta/testrestmapper"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	dynamicfake "k8s.io/client-go/dynamic/fake"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/cli-utils/pkg/apply/cache"
	"sigs.k8s.io/cli-utils/pkg/apply/event"
	"sigs.k8s.io/cli-utils/pkg/apply/filter"
	"sigs.k8s.io/cli-utils/pkg/apply/prune"
	"sigs.k8s.io/cli-utils/pkg/apply/taskrunner"

	"github.com/hearth-dev/hearth/internal/testing/built"
)

// TestKptPruneKeepsData is the same for kpt live and Config Sync, which prune by
// cli-utils.
func TestKptPruneKeepsData(t *testing.T) {
	mapper := testrestmapper.TestOnlyStaticRESTMapper(scheme.Scheme)
	var left built.Outcome
	for _, build := range built.Overlays(t, "../../hearth.yaml", *stacks/4) {
		all := built.Builtin(t, build)
		var live []runtime.Object
		for i, u := range all {
			u.SetUID(types.UID(fmt.Sprint(i)))
			live = append(live, u.DeepCopy())
		}
		client := dynamicfake.NewSimpleDynamicClient(scheme.Scheme, live...)
		events := make(chan event.Event, len(all))
		pruner := prune.Pruner{Client: client, Mapper: mapper}
		if err := pruner.Prune(all, []filter.ValidationFilter{filter.PreventRemoveFilter{}},
			taskrunner.NewTaskContext(events, cache.NewResourceCacheMap()), "prune", prune.Options{PropagationPolicy: metav1.DeletePropagationBackground}); err != nil {
			t.Fatal(err)
		}
		left.Count(t, all, func(u *unstructured.Unstructured) bool {
			mapping, err := mapper.RESTMapping(u.GroupVersionKind().GroupKind(), u.GroupVersionKind().Version)
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.Resource(mapping.Resource).Namespace(u.GetNamespace()).Get(t.Context(), u.GetName(), metav1.GetOptions{})
			return err == nil
		})
	}
	left.Some(t)
}
