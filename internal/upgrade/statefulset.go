package upgrade

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/objects"
)

// Claims are the names of the claims that a StatefulSet makes by its templates, in
// the order of its pods; nil without templates.
func Claims(set objects.Object) []string {
	var names []string
	for pod := range objects.Replicas(set) {
		for _, t := range objects.List(set, "spec", "volumeClaimTemplates") {
			names = append(names, fmt.Sprintf("%s-%s-%d", objects.Text(t, "metadata", "name"), objects.Text(set, "metadata", "name"), pod))
		}
	}
	return names
}

// Deletes reports whether a StatefulSet's claims go with their pods: when is
// whenDeleted or whenScaled.
func Deletes(set objects.Object, when string) bool {
	return objects.Text(set, "spec", "persistentVolumeClaimRetentionPolicy", when) == "Delete"
}

// goneSet judges a StatefulSet that is no longer generated, by the volumes that it
// made: they are in no file.
func (f *findings) goneSet(folder string, set id, old map[string]any, all map[id]map[string]any) {
	claims := Claims(old)
	unused := slices.DeleteFunc(slices.Clone(claims), func(name string) bool {
		return mounted(id{kind: "PersistentVolumeClaim", namespace: set.namespace, name: name}, all)
	})
	if len(unused) == 0 {
		return
	}
	how, fate, names := abandon, "left where they are, with their data", strings.Join(unused, ", ")
	fix := fmt.Sprintf("keep it as it was; or take the first volume along, by storage.existingClaim: %s; or render with --abandon-volumes, and once the data is not needed: kubectl -n %s delete pvc %s",
		claims[0], set.namespace, strings.Join(unused, " "))
	if Deletes(old, "whenDeleted") {
		fate = "deleted with their data as it goes"
		fix = "set storage.retain: true, render and deploy that first, and they stay; or, if the data may go, render with --abandon-volumes"
	}
	message := fmt.Sprintf("is no longer generated: its volumes, %s, are %s", names, fate)
	if _, single := all[id{kind: "PersistentVolumeClaim", namespace: set.namespace, name: set.name}]; single {
		message += fmt.Sprintf(". PersistentVolumeClaim %s/%s begins empty in their place", set.namespace, set.name)
	}
	if len(unused) < len(claims) {
		how = warned
	}
	f.record(folder, how, problem.Problem{Path: set.String(), Message: message, Fix: fix})
}

// hasClaims reports whether a StatefulSet of the claim's name makes claims of its own.
func hasClaims(claim id, all map[id]map[string]any) bool {
	set := all[id{group: "apps", kind: "StatefulSet", namespace: claim.namespace, name: claim.name}]
	return set != nil && len(objects.List(set, "spec", "volumeClaimTemplates")) > 0
}

// templates are a StatefulSet's, by what tells two of them apart.
func templates(value any) string {
	var all []string
	for _, t := range objects.List(map[string]any{"list": value}, "list") {
		text := objects.Text(t, "metadata", "name") + " of " + fmt.Sprint(objects.At(t, "spec", "resources", "requests", "storage"))
		if class := objects.Text(t, "spec", "storageClassName"); class != "" {
			text += " by " + class
		}
		all = append(all, text+", "+strings.Trim(fmt.Sprint(objects.At(t, "spec", "accessModes")), "[]"))
	}
	return strings.Join(all, "; ")
}

// orphan is how a StatefulSet gets other templates: pods and claims stay.
func orphan(set id) string {
	return fmt.Sprintf("render with --recreate and, before that is deployed, kubectl -n %s delete statefulset %s --cascade=orphan (pods and volumes stay, and each claim that is there grows by itself: kubectl -n %s edit pvc)",
		set.namespace, set.name, set.namespace)
}

// nevertheless says how to have a change of the rule's field all the same.
func (r rule) nevertheless(id id) string {
	if r.anew != nil {
		return r.anew(id)
	}
	return anew(id)
}

// groupsAnew is how a LeaderWorkerSet gets other templates: its pods and their
// StatefulSets go with it, and the claims stay.
func groupsAnew(set id) string {
	return fmt.Sprintf("render with --recreate and, before that is deployed, kubectl -n %s delete leaderworkerset %s (volumes stay, under the same names: delete those that are to be made anew)",
		set.namespace, set.name)
}
