package upgrade

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/objects"
)

// danger is what a problem takes to be accepted.
type danger int

const (
	warned   danger = iota // nothing: it is said
	recreate               // Accepted.Recreate
	abandon                // Accepted.AbandonVolumes
)

// findings gathers problems by what they say, because one change of a base is
// the same news in every overlay.
type findings struct {
	accepted Accepted
	found    []problem.Problem   // File is filled in at the end
	folders  map[string][]string // by the text of a found problem
}

// add compares one object that is on disk with its new form among the new ones.
func (f *findings) add(folder string, id id, old map[string]any, all map[id]map[string]any) {
	new := all[id]
	if new == nil {
		f.gone(folder, id, old, all)
		return
	}
	for _, r := range Refusals(old, new) {
		f.record(folder, recreate, problem.Problem{
			Path:    id.String() + " " + r.Field,
			Message: fmt.Sprintf("%s would become %s: %s", r.Before, r.After, r.Why),
			Fix:     r.Fix,
		})
	}
	f.version(folder, id, old, new)
	f.database(folder, id, old, new)
}

// unreadable is an old folder that kustomize cannot build. Nothing is known then
// of what the clusters have.
func (f *findings) unreadable(p Pair, err error, ours bool) {
	how, fix := recreate, "restore the files from Git, such as by: git checkout -- bases overlays; or, if no volume gets smaller or goes, render with --recreate"
	if !ours {
		how, fix = warned, ""
	}
	f.record(p.Old, how, problem.Problem{
		Message: "does not build as it is, so its volumes, selectors and versions cannot be compared: " + firstLine(err),
		Fix:     fix,
	})
}

// gone judges an object that is no longer generated. Only what holds data
// matters: everything else can be made again.
func (f *findings) gone(folder string, id id, old map[string]any, all map[id]map[string]any) {
	fate := fateOf(old)
	if id.kind == "Namespace" && id.group == "" && !kept(old) {
		f.record(folder, abandon, problem.Problem{
			Path:    id.String(),
			Message: "is no longer generated: " + fate + ". What is in it goes with it, volumes too",
			Fix:     "keep it; or, if all of that may go, render with --abandon-volumes",
		})
	}
	if id.kind == "StatefulSet" && id.group == "apps" {
		f.goneSet(folder, id, old, all)
	}
	if other, new := otherKind(id, all); new != nil {
		f.version(folder, other, old, new)
		f.database(folder, other, old, new)
	}
	if !holdsData(id) {
		return
	}
	message := "is no longer generated: " + fate
	for _, other := range replacements(id, all) {
		message += ". " + other.String() + " begins empty in its place"
	}
	switch {
	case !kept(old):
		f.record(folder, abandon, problem.Problem{
			Path: id.String(), Message: message,
			Fix: "set storage.retain: true, render and deploy that first, and it stays; or, if the data may go, render with --abandon-volumes",
		})
	case mounted(id, all):
		f.record(folder, warned, problem.Problem{Path: id.String(), Message: message + ". The pods still use it"})
	case hasClaims(id, all):
		f.record(folder, abandon, problem.Problem{
			Path: id.String(), Message: message + ". Nothing uses it any more: each pod of the StatefulSet " + id.namespace + "/" + id.name + " has a volume of its own, which begins empty",
			Fix: fmt.Sprintf("keep replicas: 1; or render with --abandon-volumes, and each pod pulls its models, or take the volume along (docs/replicas.md); once the data is not needed: kubectl -n %s delete pvc %s",
				id.namespace, id.name),
		})
	default:
		f.record(folder, abandon, problem.Problem{
			Path: id.String(), Message: message + ". Nothing uses it any more",
			Fix: fmt.Sprintf("leave its base, namespace, overlay and target as they were; or render with --abandon-volumes, and once the data is not needed: kubectl -n %s delete %s %s",
				id.namespace, deletable(id), id.name),
		})
	}
}

// otherKind is the workload of the same name that a Deployment or a StatefulSet has
// become.
func otherKind(gone id, all map[id]map[string]any) (id, map[string]any) {
	kind := OtherKind(gone.kind)
	if kind == "" || gone.group != "apps" {
		return id{}, nil
	}
	gone.kind = kind
	return gone, all[gone]
}

// OtherKind is what a workload of a kind becomes where one pod becomes several, or
// the other way around: a Deployment, or a StatefulSet; "" for any other kind.
func OtherKind(kind string) string {
	return map[string]string{"Deployment": "StatefulSet", "StatefulSet": "Deployment"}[kind]
}

// holdsData reports whether an object's data goes with it: a volume, and a Cluster
// of CloudNativePG, whose operator deletes its volumes.
func holdsData(id id) bool {
	return id.kind == "PersistentVolumeClaim" && id.group == "" || id.kind == "Cluster" && id.group == cloudNativePG
}

// cloudNativePG is the group of its kinds.
const cloudNativePG = "postgresql.cnpg.io"

// deletable is what kubectl calls such an object.
func deletable(id id) string {
	if id.group == cloudNativePG {
		return "clusters." + cloudNativePG
	}
	return "pvc"
}

// replacements are the new claims of the same name in other namespaces.
func replacements(gone id, all map[id]map[string]any) []id {
	var found []id
	for other := range all {
		if other.group == gone.group && other.kind == gone.kind && other.name == gone.name {
			found = append(found, other)
		}
	}
	slices.SortFunc(found, func(a, b id) int { return strings.Compare(a.namespace, b.namespace) })
	return found
}

// mounted reports whether a new pod uses the claim, as with storage.existingClaim.
func mounted(claim id, all map[id]map[string]any) bool {
	for id, object := range all {
		if id.namespace != claim.namespace {
			continue
		}
		for _, volume := range objects.List(object, "spec", "template", "spec", "volumes") {
			if objects.Text(volume, "persistentVolumeClaim", "claimName") == claim.name {
				return true
			}
		}
	}
	return false
}

// kept reports whether an object outlives its release: Helm, and so Fleet, reads
// this from the live object before it deletes it.
func kept(object map[string]any) bool {
	return objects.Annotations(object)["helm.sh/resource-policy"] == "keep"
}

// fateOf says what each tool does with an object that leaves Git. kubectl apply
// deletes nothing unless it is told to by --prune.
func fateOf(object map[string]any) string {
	a := objects.Annotations(object)
	stays, goes := []string{}, []string{}
	tool := func(name string, keeps bool) {
		if keeps {
			stays = append(stays, name)
		} else {
			goes = append(goes, name)
		}
	}
	tool("Fleet", kept(object))
	tool("Flux with prune: true", a["kustomize.toolkit.fluxcd.io/prune"] == "disabled")
	tool("Argo CD with pruning", slices.Contains(strings.Split(a["argocd.argoproj.io/sync-options"], ","), "Prune=false"))
	tool("kubectl apply", true)
	text := "left where it is, with its data, by " + strings.Join(stays, ", ")
	if len(goes) > 0 {
		text = "deleted with its data by " + strings.Join(goes, ", ") + "; " + text
	}
	return text
}

// builtin reports whether the group is one of the kinds in rules: another group's
// kind of the same name has rules of its own.
func builtin(group string) bool { return group == "" || group == "apps" }

// keep says how to stay as it is.
func keep(r rule, old any) string {
	if old == nil {
		return "leave it unset"
	}
	return "keep " + r.show(old)
}

// anew says how to have it nevertheless.
func anew(id id) string {
	if id.group == cloudNativePG {
		return "give it another name, whose database begins empty"
	}
	if id.kind == "PersistentVolumeClaim" {
		return fmt.Sprintf("copy the data away, render with --recreate and, before that is deployed, stop the pod and delete the claim: kubectl -n %s delete pvc %s",
			id.namespace, id.name)
	}
	return fmt.Sprintf("render with --recreate and, before that is deployed, kubectl -n %s delete %s %s (volumes stay)",
		id.namespace, strings.ToLower(id.kind), id.name)
}

func (f *findings) record(folder string, how danger, p problem.Problem) {
	p.Severity = problem.Error
	if how == warned || how == recreate && f.accepted.Recreate || how == abandon && f.accepted.AbandonVolumes {
		p.Severity = problem.Warning
	}
	text := p.String()
	if f.folders == nil {
		f.folders = map[string][]string{}
	}
	if f.folders[text] == nil {
		f.found = append(f.found, p)
	}
	f.folders[text] = append(f.folders[text], folder)
}

// list is every finding, with the overlays it concerns.
func (f *findings) list() problem.List {
	var all problem.List
	for _, p := range f.found {
		folders := f.folders[p.String()]
		slices.Sort(folders)
		p.File = strings.Join(slices.Compact(folders), ", ")
		all = append(all, p)
	}
	return all.Sorted()
}
