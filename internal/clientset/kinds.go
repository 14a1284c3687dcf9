package clientset

import (
	"context"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// together is how many answers are waited for at once.
const together = 10

// Kinds are those that a cluster serves. What the API server said is kept, but not
// that it has no such version of a group, since somebody may install it.
type Kinds struct {
	clients *Clientset
	mu      sync.Mutex // of what is kept
	groups  []metav1.APIGroup
	served  map[schema.GroupVersion][]metav1.APIResource
}

// Kinds of the cluster.
func (c *Clientset) Kinds() *Kinds {
	return &Kinds{clients: c, served: map[schema.GroupVersion][]metav1.APIResource{}}
}

// RESTMapping is the resource of a kind, in a version or, if that is "", in the one
// that the cluster prefers of those that have it. [meta.IsNoMatchError] holds for the
// error if there is none.
func (k *Kinds) RESTMapping(ctx context.Context, kind schema.GroupKind, version string) (*meta.RESTMapping, error) {
	versions := []string{version}
	if version == "" {
		groups, err := k.allGroups(ctx)
		if err != nil {
			return nil, err
		}
		versions = nil
		for _, g := range groups {
			if g.Name == kind.Group {
				versions = versionsOf(g)
			}
		}
	}
	for _, v := range versions {
		resources, err := k.resources(ctx, schema.GroupVersion{Group: kind.Group, Version: v})
		if err != nil && !apierrors.IsNotFound(err) {
			return nil, err
		}
		i := slices.IndexFunc(resources, func(r metav1.APIResource) bool { return r.Kind == kind.Kind })
		if i < 0 {
			continue
		}
		mapping := &meta.RESTMapping{
			Resource:         schema.GroupVersionResource{Group: kind.Group, Version: v, Resource: resources[i].Name},
			GroupVersionKind: kind.WithVersion(v), Scope: meta.RESTScopeRoot,
		}
		if resources[i].Namespaced {
			mapping.Scope = meta.RESTScopeNamespace
		}
		return mapping, nil
	}
	return nil, &meta.NoKindMatchError{GroupKind: kind, SearchedVersions: versions}
}

func versionsOf(g metav1.APIGroup) (all []string) {
	for _, v := range g.Versions {
		all = append(all, v.Version)
	}
	return all
}

// Preferred are the resources of all groups, each with its group and in one version:
// the one that the cluster prefers, or else the next that has it. silent are the
// versions of a group that nobody answers for.
func (k *Kinds) Preferred(ctx context.Context) (all []metav1.APIResource, silent []schema.GroupVersion, err error) {
	groups, err := k.allGroups(ctx)
	if err != nil {
		return nil, nil, err
	}
	var versions []schema.GroupVersion
	for _, g := range groups {
		for _, v := range versionsOf(g) {
			versions = append(versions, schema.GroupVersion{Group: g.Name, Version: v})
		}
	}
	answers, errs := make([][]metav1.APIResource, len(versions)), make([]error, len(versions))
	var asking errgroup.Group
	asking.SetLimit(together)
	for i, gv := range versions {
		asking.Go(func() error {
			answers[i], errs[i] = k.resources(ctx, gv)
			return ctx.Err()
		})
	}
	if err := asking.Wait(); err != nil {
		return nil, nil, err
	}
	seen := map[schema.GroupResource]bool{}
	for i, gv := range versions {
		if errs[i] != nil {
			silent = append(silent, gv)
		}
		for _, r := range answers[i] {
			r.Group, r.Version = gv.Group, gv.Version
			if key := (schema.GroupResource{Group: gv.Group, Resource: r.Name}); !seen[key] {
				seen[key] = true
				all = append(all, r)
			}
		}
	}
	return all, silent, nil
}

// allGroups are the groups of the cluster, in each the preferred version first.
func (k *Kinds) allGroups(ctx context.Context) ([]metav1.APIGroup, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.groups != nil {
		return k.groups, nil
	}
	var list metav1.APIGroupList
	if err := k.clients.Get("/apis").Do(ctx).Into(&list); err != nil {
		return nil, err
	}
	core := metav1.GroupVersionForDiscovery{Version: "v1"}
	k.groups = []metav1.APIGroup{{Versions: []metav1.GroupVersionForDiscovery{core}, PreferredVersion: core}}
	for _, g := range list.Groups {
		first := func(v metav1.GroupVersionForDiscovery) int {
			if v.Version == g.PreferredVersion.Version {
				return 0
			}
			return 1
		}
		slices.SortStableFunc(g.Versions, func(a, b metav1.GroupVersionForDiscovery) int { return first(a) - first(b) })
		if len(g.Versions) > 0 {
			k.groups = append(k.groups, g)
		}
	}
	return k.groups, nil
}

// resources of a version of a group, without those below others, such as a pod's log.
func (k *Kinds) resources(ctx context.Context, gv schema.GroupVersion) ([]metav1.APIResource, error) {
	k.mu.Lock()
	all, known := k.served[gv]
	k.mu.Unlock()
	if known {
		return all, nil
	}
	path := "/apis/" + gv.String()
	if gv.Group == "" {
		path = "/api/" + gv.Version
	}
	var list metav1.APIResourceList
	if err := k.clients.Get(path).Do(ctx).Into(&list); err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(list.APIResources, func(r metav1.APIResource) bool { return strings.Contains(r.Name, "/") })
	k.mu.Lock()
	defer k.mu.Unlock()
	k.served[gv] = all
	return all, nil
}
