package upgrade

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/generator"
)

// Compare builds every overlay that stands in both the tree on disk and the new
// files, and reports what cannot change in place as errors. A claim that
// disappears but is kept on the cluster, and an overlay on disk that does not
// build, are warnings. A tree without overlays is deployed by its bases, and they
// are compared.
//
// An overlay that is gone altogether is no problem: its clusters are usually
// served by another one now, with the same objects.
func Compare(disk fs.FS, files []generator.File) (problem.List, error) {
	before, err := load(disk)
	if err != nil {
		return nil, err
	}
	after := tree{}
	for _, f := range files {
		after[f.Path] = f.Data
	}
	folders := common(before, after, "overlays")
	if len(before.below("overlays")) == 0 {
		folders = common(before, after, "bases")
	}

	var found findings
	oldReleases, newReleases := before.releases(), after.releases()
	for _, folder := range folders {
		oldRelease, wasDeployed := oldReleases[folder]
		newRelease, isDeployed := newReleases[folder]
		if before.same(after, "bases") && before.same(after, folder) && oldRelease == newRelease {
			continue
		}
		old, err := before.build(folder)
		if err != nil {
			found.warnings = append(found.warnings, problem.Problem{
				Severity: problem.Warning,
				File:     folder,
				Message:  "does not build as it is on disk, so its volumes and selectors were not compared: " + firstLine(err),
			})
			continue
		}
		new, err := after.build(folder)
		if err != nil {
			return nil, fmt.Errorf("building the new %s: %w", folder, err)
		}
		for id, object := range old {
			found.add(folder, id, object, new[id])
		}
		if wasDeployed && isDeployed {
			found.moved(folder, oldRelease, newRelease, old, new)
		}
	}
	return found.list(), nil
}

// common lists the kustomizations of one kind that both trees have.
func common(before, after tree, kind string) []string {
	var folders []string
	for file := range after {
		folder := path.Dir(file)
		if path.Dir(folder) == kind && path.Base(file) == "kustomization.yaml" && before[file] != nil {
			folders = append(folders, folder)
		}
	}
	slices.Sort(folders)
	return folders
}

// same reports that both trees hold the same files below a folder.
func (t tree) same(other tree, folder string) bool {
	a, b := t.below(folder), other.below(folder)
	if !slices.Equal(a, b) {
		return false
	}
	for _, file := range a {
		if !bytes.Equal(t[file], other[file]) {
			return false
		}
	}
	return true
}

func (t tree) below(folder string) []string {
	var files []string
	for file := range t {
		if strings.HasPrefix(file, folder+"/") {
			files = append(files, file)
		}
	}
	slices.Sort(files)
	return files
}

// firstLine keeps kustomize's errors, which repeat themselves, readable.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
