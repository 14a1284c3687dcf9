package vet

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/objects"
)

// Groups of the kinds by which a cluster follows a folder of a repository.
const (
	fluxGroup   = "kustomize.toolkit.fluxcd.io"
	sourceGroup = "source.toolkit.fluxcd.io"
	helmGroup   = "helm.toolkit.fluxcd.io"
	argoGroup   = "argoproj.io"
	fleetGroup  = "fleet.cattle.io"
)

// hearthGroup is that of hearth's own kinds, which no cluster has: objects are made
// of them.
var hearthGroup, _, _ = strings.Cut(v1alpha1.APIVersion, "/")

// Syncer is what applies a folder of a repository to a cluster and follows it: a
// Kustomization of Flux or an Application of Argo CD.
type Syncer struct {
	Ref Ref
	// Prunes is whether it deletes what leaves the folder.
	Prunes bool
	// Substitutes is whether it replaces variables, as Flux does with postBuild.
	Substitutes bool
	// Variables are those whose values it says itself.
	Variables map[string]string
	// paths are the folders that it applies, from the root of the repository.
	paths []string
}

// syncerOf reads an object that is one.
func syncerOf(o Object) (Syncer, bool) {
	s := Syncer{Ref: RefOf(o), Variables: map[string]string{}}
	switch {
	case s.Ref.Is(fluxGroup, "Kustomization"):
		s.Prunes, _ = objects.At(o, "spec", "prune").(bool)
		for name, value := range objects.Child(o, "spec", "postBuild", "substitute") {
			s.Variables[name], _ = value.(string)
		}
		s.Substitutes = len(s.Variables) > 0 || len(objects.List(o, "spec", "postBuild", "substituteFrom")) > 0
		s.paths = []string{objects.Text(o, "spec", "path")}
	case s.Ref.Is(argoGroup, "Application"):
		s.Prunes, _ = objects.At(o, "spec", "syncPolicy", "automated", "prune").(bool)
		sources := objects.List(o, "spec", "sources")
		if source := objects.Child(o, "spec", "source"); source != nil {
			sources = append(sources, source)
		}
		for _, source := range sources {
			if p := objects.Text(source, "path"); p != "" {
				s.paths = append(s.paths, p)
			}
		}
	default:
		return s, false
	}
	return s, true
}

const (
	// maxSearched is how many files of a repository are looked into for what
	// applies a folder of it.
	maxSearched = 5_000
	// maxSyncerFile is the size of such a file in bytes; one holds a few objects.
	maxSyncerFile = 64 << 10
)

var errSearched = errors.New("enough files")

// tree is the repository that a folder is in, or the folder alone.
type tree struct {
	root   string // absolute
	isRepo bool
	files  fs.FS

	syncers []Syncer
	sources []Object // of Flux: where charts and other repositories are
}

// treeOf finds the git repository around a folder.
func treeOf(folder string) (*tree, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	t := &tree{root: folder}
	for dir := folder; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			t.root, t.isRepo = dir, true
			break
		}
		if filepath.Dir(dir) == dir {
			break
		}
	}
	t.files = os.DirFS(t.root)
	return t, nil
}

// look reads what applies folders of the tree, and its sources: no more than
// maxSearched files, and it passes over what it cannot read. No finding comes of
// that.
func (t *tree) look() {
	files := 0
	var all []Object
	_ = fs.WalkDir(t.files, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil
		case aside(d):
			return fs.SkipDir
		case !d.Type().IsRegular() || path.Ext(name) != ".yaml" && path.Ext(name) != ".yml":
			return nil
		}
		if files++; files > maxSearched {
			return errSearched
		}
		all = append(all, syncing(t.files, name)...)
		return nil
	})
	for _, o := range all {
		if RefOf(o).Group() == sourceGroup {
			t.sources = append(t.sources, o)
		}
	}
	for _, o := range all {
		elsewhere := func(s source) bool { return s.chart.name == "" && !t.is(s.repo) }
		if s, ok := syncerOf(o); ok && !slices.ContainsFunc(sourcesOf(o, t.sources), elsewhere) {
			t.syncers = append(t.syncers, s)
		}
	}
}

// syncersOf are those in the git repository that apply a folder of it.
func (t *tree) syncersOf(folder string) []Syncer {
	if !t.isRepo {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(t.syncers), func(s Syncer) bool {
		return !slices.ContainsFunc(s.paths, func(p string) bool { return s.applies(t.files, path.Clean(p), folder) })
	})
}

// aside reports whether a folder is none that somebody deploys.
func aside(d fs.DirEntry) bool {
	return d.IsDir() && (len(d.Name()) > 1 && strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules")
}

// syncing are the objects of one file that belong to Flux or Argo CD.
func syncing(files fs.FS, name string) []Object {
	if info, err := fs.Stat(files, name); err != nil || info.Size() > maxSyncerFile {
		return nil
	}
	data, err := fs.ReadFile(files, name)
	text := string(data)
	if err != nil || !slices.ContainsFunc([]string{fluxGroup, sourceGroup, argoGroup}, func(group string) bool { return strings.Contains(text, "apiVersion: "+group+"/") }) {
		return nil
	}
	all, err := Decode(data)
	if err != nil {
		return nil
	}
	return all
}

// applies reports whether what a syncer applies of one folder holds another: the
// same one, or one that its kustomization leads to.
func (s *Syncer) applies(repository fs.FS, from, folder string) bool {
	seen := map[string]bool{}
	var leads func(from string) bool
	leads = func(from string) bool {
		if from == folder {
			return true
		}
		if info, err := fs.Stat(repository, from); err != nil || !info.IsDir() || seen[from] {
			return false
		}
		seen[from] = true
		if data, found := kustomization(repository, from); found {
			var k struct {
				Resources  []string `json:"resources"`
				Components []string `json:"components"`
				Bases      []string `json:"bases"`
			}
			if yaml.Unmarshal(data, &k) != nil {
				return false
			}
			return slices.ContainsFunc(slices.Concat(k.Resources, k.Components, k.Bases), func(r string) bool { return leads(path.Join(from, r)) })
		}
		if !s.Ref.Is(fluxGroup, "Kustomization") {
			return false
		}
		// Flux makes one, of every file and of the nearest folders with their own.
		reached := false
		_ = fs.WalkDir(repository, from, func(name string, d fs.DirEntry, err error) error {
			switch {
			case err != nil || reached:
				return fs.SkipAll
			case aside(d):
				return fs.SkipDir
			case !d.IsDir():
				return nil
			}
			if _, found := kustomization(repository, name); found {
				reached = leads(name)
				return fs.SkipDir
			}
			return nil
		})
		return reached
	}
	return leads(from)
}

// kustomization is a folder's own.
func kustomization(repository fs.FS, folder string) (data []byte, found bool) {
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		info, err := fs.Stat(repository, path.Join(folder, name))
		if err != nil || !info.Mode().IsRegular() || info.Size() > maxSyncerFile {
			continue
		}
		data, err := fs.ReadFile(repository, path.Join(folder, name))
		return data, err == nil
	}
	return nil, false
}

// syncers are those that apply an object: of the folder that it comes from, or
// named in its labels, as in a list of what a cluster has.
func (in *input) syncers(o Object) []Syncer {
	labels := objects.Child(o, "metadata", "labels")
	name, _ := labels[fluxGroup+"/name"].(string)
	namespace, _ := labels[fluxGroup+"/namespace"].(string)
	found := in.facts.Syncers
	if by := in.Find(fluxGroup, "Kustomization", namespace, name); name != "" && by != nil {
		s, _ := syncerOf(by)
		s.Substitutes = false // it is done
		found = append(slices.Clone(found), s)
	}
	return found
}
