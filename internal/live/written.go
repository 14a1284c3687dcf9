package live

import (
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/internal/objects"
)

// copies are annotations that hold the whole object once more.
var copies = []string{"kubectl.kubernetes.io/last-applied-configuration", "objectset.rio.cattle.io/applied"}

// written is an object as somebody wrote it, as far as a rule can tell: without
// what the API server and the controllers of Kubernetes add. A field that they fill
// in with a default means what its absence means, and stays.
func written(o objects.Object) objects.Object {
	meta := objects.Child(o, "metadata")
	for _, field := range []string{"creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "finalizers", "generation", "managedFields", "ownerReferences", "resourceVersion", "selfLink", "uid"} {
		delete(meta, field)
	}
	annotations := objects.Child(meta, "annotations")
	for _, key := range copies {
		delete(annotations, key)
	}
	if len(annotations) == 0 {
		delete(meta, "annotations")
	}
	delete(o, "status")
	switch ref := objects.RefOf(o); {
	case ref.Is("", "Pod"):
		withoutToken(objects.Child(o, "spec"))
	case ref.Is("", "Service") && objects.Text(o, "spec", "clusterIP") != "None":
		for _, field := range []string{"clusterIP", "clusterIPs"} { // which it was given
			delete(objects.Child(o, "spec"), field)
		}
	}
	return o
}

// withoutToken takes the volume away that each pod gets for its account's token.
func withoutToken(spec objects.Object) {
	drop := func(at objects.Object, field string) {
		var kept []any
		for _, element := range objects.List(at, field) {
			if !strings.HasPrefix(objects.Text(element, "name"), "kube-api-access-") {
				kept = append(kept, element)
			}
		}
		at[field] = kept
	}
	drop(spec, "volumes")
	for _, list := range []string{"initContainers", "containers"} {
		for _, c := range objects.List(spec, list) {
			drop(c, "volumeMounts")
		}
	}
}

// maker reports whether a kind is one of Kubernetes' own that make others. What
// one of them made is judged by it. What a controller of somebody else made stands
// nowhere else.
func maker(r objects.Ref) bool { return objects.TemplatePath(r) != nil || r.Is("", "Service") }

// authored are the objects that none of the others has made, and that Kubernetes
// puts into no namespace by itself. unread are the kinds that could not be read:
// what one of those made stands for it.
func authored(all []objects.Object, unread []string) []objects.Object {
	selects := map[string]bool{}
	for _, o := range all {
		if ref := objects.RefOf(o); ref.Is("", "Service") && objects.Child(o, "spec", "selector") != nil {
			selects[ref.Namespace+"/"+ref.Name] = true
		}
	}
	var kept []objects.Object
	for _, o := range all {
		ref, phase := objects.RefOf(o), objects.Text(o, "status", "phase")
		switch {
		case made(o, unread):
		case ref.Is("", "Pod") && (phase == "Succeeded" || phase == "Failed"): // it runs no more
		case ref.Is("apps", "ReplicaSet") && objects.At(o, "spec", "replicas") == 0.0: // of a rollout before
		case ref.Is("", "Endpoints") && selects[ref.Namespace+"/"+ref.Name]:
		case ref.Is("", "ConfigMap") && ref.Name == "kube-root-ca.crt":
		case ref.Is("", "ConfigMap") && objects.Text(o, "metadata", "labels", "owner") == "helm": // a release's record
		case ref.Is("", "Service") && ref.Namespace == "default" && ref.Name == "kubernetes":
		default:
			kept = append(kept, written(o))
		}
	}
	return kept
}

// made reports whether an object that was read, or could be, made this one.
func made(o objects.Object, unread []string) bool {
	for _, owner := range objects.List(o, "metadata", "ownerReferences") {
		ref := objects.Ref{APIVersion: objects.Text(owner, "apiVersion"), Kind: objects.Text(owner, "kind")}
		switch {
		case !maker(ref):
		case !slices.Contains(unread, ref.Kind):
			return true
		case ref.Kind == "ReplicaSet" && objects.Text(o, "metadata", "labels", "pod-template-hash") != "" && !slices.Contains(unread, "Deployment"):
			return true // of a Deployment
		}
	}
	return false
}
