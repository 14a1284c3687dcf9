package upgrade

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
)

// findings gathers problems by what they say, because one change of a base is
// the same news in every overlay.
type findings struct {
	warnings problem.List
	found    []problem.Problem   // File is filled in at the end
	folders  map[string][]string // by the text of a found problem
}

// add compares one object that is on disk with its new form, nil if it is gone.
func (f *findings) add(folder string, id id, old, new map[string]any) {
	if new == nil {
		f.gone(folder, id, old)
		return
	}
	for _, r := range Refusals(old, new) {
		f.record(folder, problem.Problem{
			Severity: problem.Error,
			Path:     id.String() + " " + r.Field,
			Message:  fmt.Sprintf("%s would become %s: %s", r.Before, r.After, r.Why),
			Fix:      r.Fix,
		})
	}
}

// gone judges an object that is no longer generated. Only a claim matters:
// everything else can be made again.
func (f *findings) gone(folder string, id id, old map[string]any) {
	if id.kind != "PersistentVolumeClaim" {
		return
	}
	if kept(old) {
		f.record(folder, problem.Problem{
			Severity: problem.Warning,
			Path:     id.String(),
			Message:  "is no longer generated: it stays on the clusters with its data, and nothing uses it",
			Fix:      fmt.Sprintf("if the data is not needed: kubectl -n %s delete pvc %s", id.namespace, id.name),
		})
		return
	}
	f.record(folder, problem.Problem{
		Severity: problem.Error,
		Path:     id.String(),
		Message:  "is no longer generated and is not retained: Fleet would delete it and its data",
		Fix:      "set storage.retain: true, render and deploy that first, and the claim stays; or, if the data may go, render with --recreate",
	})
}

// kept reports that an object outlives its release: Helm, and so Fleet, reads
// this from the live object before it deletes it.
func kept(object map[string]any) bool {
	annotations, _ := rule{field: "metadata.annotations"}.of(object).(map[string]any)
	return annotations["helm.sh/resource-policy"] == "keep"
}

// builtin reports the groups of the kinds in rules: another group's kind of the
// same name has rules of its own.
func builtin(group string) bool { return group == "" || group == "apps" }

// keep says how to stay as it is.
func keep(r rule, old any) string {
	if old == nil {
		return "leave it unset"
	}
	return "keep " + r.show(old)
}

// recreate says how to have it nevertheless.
func recreate(id id) string {
	if id.kind == "PersistentVolumeClaim" {
		return fmt.Sprintf("copy the data away, render with --recreate and, before that is deployed, stop the pod and delete the claim: kubectl -n %s delete pvc %s",
			id.namespace, id.name)
	}
	return fmt.Sprintf("render with --recreate and, before that is deployed, kubectl -n %s delete %s %s (volumes stay)",
		id.namespace, strings.ToLower(id.kind), id.name)
}

func (f *findings) record(folder string, p problem.Problem) {
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
	all := slices.Clone(f.warnings)
	for _, p := range f.found {
		folders := f.folders[p.String()]
		p.File = strings.Join(folders, ", ")
		all = append(all, p)
	}
	return all.Sorted()
}
