package vet

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/internal/budget"
	"github.com/hearth-dev/hearth/internal/fleetsim"
	"github.com/hearth-dev/hearth/internal/lazyregexp"
	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/remote"
	"github.com/hearth-dev/hearth/internal/yamllimit"
)

// maxFolders is how many folders of a tree are looked at in one go. The largest
// public homelabs have some 150 applications.
const maxFolders = 300

// tour goes through a folder, and through the folders of its tree that something
// in it has applied.
type tour struct {
	*Checker
	*tree
	start   string // the folder, as it was given
	seen    map[string]bool
	linted  map[string]bool // folders that were looked at as Fleet does, with all below
	built   map[string][]Object
	results []Result
}

// Folder looks at a folder as what applies it would: as kustomize builds it, as
// Fleet deploys a bundle, else its files of YAML and each folder below that is one
// of those. Where an object has another folder of the tree applied, that is looked
// at too: a Result each, the first of the folder itself. Kustomize knows no
// limits, and its time grows with the square of what it is given: what is not
// built in the time of package budget is an error.
func (c *Checker) Folder(folder string) ([]Result, error) {
	at, err := treeOf(folder)
	if err != nil {
		return nil, err
	}
	t := &tour{Checker: c, tree: at, start: folder, seen: map[string]bool{}, linted: map[string]bool{}, built: map[string][]Object{}}
	if err := budget.Within("looking for what applies the folder", t.look); err != nil {
		return nil, fmt.Errorf("%s: %w; give what it builds: kustomize build FOLDER | hearth vet -", folder, err)
	}
	absolute, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	inside, err := filepath.Rel(t.root, absolute)
	if err != nil {
		return nil, err
	}
	inside = filepath.ToSlash(inside)
	bundle, err := bundleOf(folder)
	if err != nil {
		return nil, err
	}
	t.linted[inside] = bundle != ""
	err = t.folder(inside, Ref{}, false)
	t.dropCopies(inside)
	if err != nil || bundle == "" {
		return t.results, err
	}
	var found []Finding
	var failed error
	err = budget.Within("Fleet", func() { found, failed = c.Fleet(os.DirFS(bundle)) })
	t.results[0].Findings = append(t.results[0].Findings, found...)
	return t.results, cmp.Or(err, failed)
}

// dropCopies leaves out what is said twice, of a folder and of its copy in another
// one: a stack with several bundles has overlays/a in fleet/a/overlays/a again. The
// first result, of the folder that was given, stays.
func (t *tour) dropCopies(start string) {
	if len(t.results) == 0 {
		return
	}
	of := map[string]Result{} // by the folder's path below the first
	for _, r := range t.results[1:] {
		of[r.Name] = r
	}
	isCopy := func(folder string) bool {
		below, _ := strings.CutPrefix(folder, path.Clean(start)+"/")
		for rest := below; ; {
			_, after, found := strings.Cut(rest, "/")
			if !found {
				return false
			}
			rest = after
			original := path.Join(start, rest)
			one, known := of[t.name(original)]
			copied := of[t.name(folder)]
			one.Name, copied.Name = "", ""
			if known && reflect.DeepEqual(one, copied) && reflect.DeepEqual(t.built[original], t.built[folder]) {
				return true
			}
		}
	}
	copies := map[string]bool{}
	for folder := range t.built {
		copies[t.name(folder)] = isCopy(folder)
	}
	t.results = append(t.results[:1], slices.DeleteFunc(t.results[1:], func(r Result) bool { return copies[r.Name] })...)
}

// name of a folder of the tree, as somebody would give it who gave the first.
func (t *tour) name(folder string) string {
	absolute, err := filepath.Abs(t.start)
	if err != nil {
		return folder
	}
	between, err := filepath.Rel(absolute, filepath.Join(t.root, filepath.FromSlash(folder)))
	if err != nil {
		return folder
	}
	return filepath.Join(t.start, between)
}

// folder looks at one of the tree. by is the object that has it applied, flat
// whether it has nothing below it applied.
func (t *tour) folder(folder string, by Ref, flat bool) error {
	if folder = path.Clean(folder); t.seen[folder] || len(t.seen) >= maxFolders {
		return nil
	}
	t.seen[folder] = true
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool { _, err := fs.Stat(t.files, path.Join(folder, name)); return err == nil })
	}
	i := len(t.results)
	if err := t.visit(folder, by, flat, has); err != nil || !has("fleet.yaml", "fleet.yml") {
		return err
	}
	return t.lint(folder, i)
}

// lint looks at a bundle as Fleet does, and adds what it finds to a result. The
// bundles below it are looked at with it.
func (t *tour) lint(folder string, result int) error {
	for dir := folder; ; dir = path.Dir(dir) {
		if t.linted[dir] {
			return nil
		}
		if dir == "." {
			break
		}
	}
	t.linted[folder] = true
	at, err := fs.Sub(t.files, folder)
	if err != nil {
		return err
	}
	var found []Finding
	var failed error
	if err := budget.Within("Fleet", func() { found, failed = t.Fleet(at) }); err != nil {
		return fmt.Errorf("%s: %w", t.name(folder), err)
	}
	r := &t.results[result]
	isBuild := func(f Finding) bool { return f.Rule == "build" }
	if failed != nil && !slices.ContainsFunc(r.Findings, isBuild) {
		found = t.complete([]Finding{{Rule: "build", Message: failed.Error(), Fix: "correct the file: Fleet stops at it, too"}})
	}
	r.Findings = append(r.Findings, found...)
	return nil
}

// visit looks at a folder by what it is.
func (t *tour) visit(folder string, by Ref, flat bool, has func(names ...string) bool) error {
	switch {
	case has("kustomization.yaml", "kustomization.yml", "Kustomization"):
		return t.kustomize(folder, by)
	case has("fleet.yaml", "fleet.yml"):
		return t.fleet(folder, by)
	case has("Chart.yaml"):
		c := chart{name: t.name(folder)}
		t.results = append(t.results, t.result(folder, by, nil, []Unseen{c.unseen(by, path.Base(folder), "its values")}))
		return nil
	}
	return t.plain(folder, by, flat)
}

// result of a folder's objects, not looked at yet.
func (t *tour) result(folder string, by Ref, all []Object, unseen []Unseen) Result {
	r := Result{Name: t.name(folder), Objects: len(all), Workloads: workloads(all), Findings: []Finding{}, Unseen: unseen}
	if len(t.results) > 0 {
		r.Of, r.By = t.start, by
	}
	return r
}

// objects of a folder are looked at, and what they lead to.
func (t *tour) objects(folder string, by Ref, all []Object, unseen []Unseen) error {
	r := t.result(folder, by, all, unseen)
	err := budget.Within("looking at the objects", func() {
		r.Findings = t.Check(all, Facts{Syncers: t.syncersOf(folder)})
	})
	if err != nil {
		return fmt.Errorf("%s: %w; give them in several parts", r.Name, err)
	}
	i := len(t.results)
	t.results = append(t.results, r)
	for _, o := range all {
		t.results[i].Unseen = append(t.results[i].Unseen, t.unseen(o, all)...)
		for _, s := range sourcesOf(o, slices.Concat(all, t.sources)) {
			more, err := t.follow(s)
			if err != nil {
				return err
			}
			t.results[i].Unseen = append(t.results[i].Unseen, more...)
		}
	}
	return nil
}

// follow a source to the folders of the tree that it has applied. What it does not
// find there was not seen.
func (t *tour) follow(s source) ([]Unseen, error) {
	unseen := s.unseen(noneOfTree)
	folders := t.folders(s)
	if len(folders) == 0 {
		return []Unseen{unseen}, nil
	}
	var all []Unseen
	if s.changed != "" {
		all = append(all, Unseen{Object: s.by, What: s.changed, Why: "the folder " + s.folder + " is looked at without", Fix: unseen.Fix})
	}
	for _, folder := range folders {
		if len(t.seen) >= maxFolders && !t.seen[folder] {
			all = append(all, Unseen{Object: s.by, What: "the folder " + folder, Why: fmt.Sprintf("more than %d folders", maxFolders), Fix: "give it alone"})
		} else if err := t.folder(folder, s.by, s.flat); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// folders of the tree that a source has applied.
func (t *tree) folders(s source) []string {
	if s.generator != "" || s.chart.name != "" || s.not != "" || !t.is(s.repo) {
		return nil
	}
	if path.Clean("/"+s.folder) == "/" {
		return []string{"."}
	}
	folders, err := fs.Glob(t.files, strings.TrimPrefix(path.Clean("/"+s.folder), "/"))
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(folders, func(name string) bool {
		info, err := fs.Stat(t.files, name)
		return err != nil || !info.IsDir()
	})
}

var remoteURL = lazyregexp.New(`(?m)^\s*url\s*=\s*(\S+)`)

// is reports whether a URL may be the tree's repository: one of its remotes has the
// same owner and name, or none is known.
func (t *tree) is(url string) bool {
	config, err := fs.ReadFile(t.files, ".git/config")
	remotes := remoteURL().FindAllSubmatch(config, -1)
	if url == "" || err != nil || len(remotes) == 0 {
		return true
	}
	short := func(url string) string {
		parts := strings.FieldsFunc(strings.TrimSuffix(strings.TrimRight(url, "/"), ".git"), func(r rune) bool { return r == '/' || r == ':' })
		return strings.ToLower(strings.Join(parts[max(0, len(parts)-2):], "/"))
	}
	return slices.ContainsFunc(remotes, func(m [][]byte) bool { return short(string(m[1])) == short(url) })
}

// kustomize builds a folder of kustomize.
func (t *tour) kustomize(folder string, by Ref) error {
	at := filepath.Join(t.root, filepath.FromSlash(folder))
	if folder, err := filepath.Abs(t.start); err == nil && folder == at {
		at = t.start // kustomize says it in its messages
	}
	var all []Object
	var failed error
	local := newFolder()
	files := remote.New(local)
	if err := budget.Within("kustomize", func() { all, failed = Build(files, at) }); err != nil {
		return fmt.Errorf("%s: %w; give what it builds, in parts: kustomize build FOLDER | hearth vet -", t.name(folder), err)
	}
	if failed != nil {
		r := t.result(folder, by, nil, *local.unseen)
		r.Findings = t.complete([]Finding{{Rule: "build", Message: files.Reason(failed).Error()}})
		t.results = append(t.results, r)
		return nil
	}
	t.built[folder] = all
	return t.objects(folder, by, all, *local.unseen)
}

// fleet looks at a bundle that Fleet does not hand to kustomize at its top.
func (t *tour) fleet(folder string, by Ref) error {
	var bundle fleetsim.Bundle
	var raw []Object
	var failed error
	at, err := fs.Sub(t.files, folder)
	if err != nil {
		return err
	}
	err = budget.Within("Fleet", func() {
		var all []fleetsim.Bundle
		if all, failed = fleetsim.Open(newPacked(at)); failed == nil {
			bundle = all[0] // the outermost
			raw, failed = bundle.Raw()
		}
	})
	if err != nil {
		return fmt.Errorf("%s: %w", t.name(folder), err)
	}
	var unseen []Unseen
	var folders []string
	isRaw, isBuilt := false, false
	for _, form := range bundle.Forms() {
		switch mode, dir := bundle.Mode(form); mode {
		case fleetsim.ModeNone:
			c := chart{name: t.name(folder)}
			if h := form.Helm; h != nil && h.Chart+h.Repo != "" {
				c = chart{h.Chart, h.Repo, h.Version}
			}
			if row := c.unseen(by, "", "fleet.yaml's helm.values"); !slices.Contains(unseen, row) {
				unseen = append(unseen, row)
			}
		case fleetsim.ModeKustomize:
			folders, isBuilt = append(folders, path.Join(folder, dir)), true
		default:
			isRaw = true
			if form.YAML != nil && len(form.YAML.Overlays) > 0 {
				unseen = append(unseen, Unseen{What: "yaml.overlays " + strings.Join(form.YAML.Overlays, ", "), Why: "the files are looked at without", Fix: "use kustomize.dir, or look at what the cluster has: kubectl get -o yaml ... | hearth vet -"})
			}
		}
	}
	if !isRaw || isBuilt { // a cluster that no target matches: fleet/no-default
		raw = nil
	}
	if failed != nil && isRaw {
		r := t.result(folder, by, nil, unseen)
		r.Findings = t.complete([]Finding{{Rule: "build", Message: failed.Error(), Fix: "correct the file: Fleet stops at it, too"}})
		t.results = append(t.results, r)
		return nil
	}
	i := len(t.results)
	if err := t.objects(folder, by, raw, unseen); err != nil {
		return err
	}
	return t.all(folders, by, i)
}

// all looks at folders that belong to one with a result, which says how many
// there was no time for.
func (t *tour) all(folders []string, by Ref, result int) error {
	left := 0
	for _, f := range folders {
		if len(t.seen) >= maxFolders && !t.seen[f] {
			left++
		} else if err := t.folder(f, by, false); err != nil {
			return err
		}
	}
	if left > 0 {
		t.results[result].Unseen = append(t.results[result].Unseen, Unseen{What: fmt.Sprintf("%d folders, the last of them %s", left, folders[len(folders)-1]),
			Why: fmt.Sprintf("more than %d folders", maxFolders), Fix: "give them in parts; of a stack's tree, hearth vet without a folder looks at every overlay"})
	}
	return nil
}

// plain looks at the files of a folder, and at each folder below that is one of
// kustomize, of Fleet or of Helm, but for what others of them are made of.
func (t *tour) plain(folder string, by Ref, flat bool) error {
	var all []Object
	var from []string // the folder of each
	var unseen []Unseen
	var below []string
	var failed error
	err := budget.Within("reading "+t.name(folder), func() {
		all, from, unseen, below, failed = t.read(folder, flat)
		all = t.alone(folder, all, from)
	})
	if err = cmp.Or(err, failed); err != nil {
		return fmt.Errorf("%s: %w; give a folder with less", t.name(folder), err)
	}
	if len(from)+len(unseen)+len(below) == 0 {
		r := t.result(folder, by, nil, []Unseen{nothing})
		t.results = append(t.results, r)
		return nil
	}
	i := len(t.results)
	if err := t.objects(folder, by, all, unseen); err != nil {
		return err
	}
	parts := t.parts(below)
	return t.all(slices.DeleteFunc(below, func(f string) bool { return parts[f] }), Ref{}, i)
}

// nothing is a place without objects: most likely not what was meant.
var nothing = Unseen{What: "everything", Why: "there is no object in it", Fix: "give it a folder of kustomize or of YAML, or what kustomize build or helm template prints"}

// read the objects of a folder's files. below are the folders that are not files
// of YAML alone.
func (t *tour) read(folder string, flat bool) (all []Object, from []string, unseen []Unseen, below []string, err error) {
	files, size := 0, 0
	err = fs.WalkDir(t.files, folder, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name == folder:
			return nil
		case d.IsDir() && flat || aside(d):
			return fs.SkipDir
		case d.IsDir():
			for _, of := range []string{"kustomization.yaml", "kustomization.yml", "Kustomization", "fleet.yaml", "fleet.yml", "Chart.yaml"} {
				if _, err := fs.Stat(t.files, path.Join(name, of)); err == nil {
					below = append(below, name)
					return fs.SkipDir
				}
			}
			return nil
		case !d.Type().IsRegular() || !slices.Contains([]string{".yaml", ".yml", ".json"}, path.Ext(name)):
			return nil
		}
		if files++; files > maxSearched {
			return fmt.Errorf("more than %d files of YAML", maxSearched)
		}
		data, err := t.file(name)
		if size += len(data); size > yamllimit.MaxBytes {
			return fmt.Errorf("more than %d MiB of YAML", yamllimit.MaxBytes>>20)
		}
		if err == nil && !ofObjects().Match(data) {
			return nil // settings of something else
		}
		var found []Object
		if err == nil {
			found, err = Decode(data)
		}
		if err != nil {
			unseen = append(unseen, Unseen{What: "the file " + t.name(name), Why: err.Error(), Fix: "correct it, or render it and give that: ... | hearth vet -"})
			return nil
		}
		found = slices.DeleteFunc(found, func(o Object) bool { return RefOf(o).Group() == hearthGroup })
		from = append(from, slices.Repeat([]string{path.Dir(name)}, len(found))...)
		if all = append(all, found...); len(all) > maxObjects {
			return fmt.Errorf("more than %d objects", maxObjects)
		}
		return nil
	})
	return all, from, unseen, below, err
}

// alone are the objects that are applied with the folder, and not by one of them,
// from a folder below.
func (t *tour) alone(folder string, all []Object, from []string) []Object {
	led := map[string]bool{}
	for _, o := range all {
		for _, s := range sourcesOf(o, all) {
			for _, f := range t.folders(s) {
				led[f] = f != folder
			}
		}
	}
	var own []Object
	for i, o := range all {
		at := from[i]
		for at != folder && at != "." && !led[at] {
			at = path.Dir(at)
		}
		if !led[at] {
			own = append(own, o)
		}
	}
	return own
}

// ofObjects is a file with an object of Kubernetes in it.
var ofObjects = lazyregexp.New(`(?m)^\s*[{"]?\s*"?kind"?\s*:|[{,]\s*"?kind"?\s*:`)

func (t *tour) file(name string) ([]byte, error) {
	f, err := t.files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return yamllimit.Read(f)
}

// parts are those of the folders that are no whole: another one's kustomization
// leads to it, or it is a component.
func (t *tour) parts(folders []string) map[string]bool {
	parts := map[string]bool{}
	for _, folder := range folders {
		data, found := kustomization(t.files, folder)
		if !found {
			continue
		}
		var k struct {
			Kind       string   `json:"kind"`
			Resources  []string `json:"resources"`
			Components []string `json:"components"`
			Bases      []string `json:"bases"`
		}
		if yaml.Unmarshal(data, &k) != nil {
			continue
		}
		if k.Kind == "Component" {
			parts[folder] = true
		}
		for _, r := range slices.Concat(k.Resources, k.Components, k.Bases) {
			if to := path.Join(folder, r); to != folder {
				parts[to] = true
			}
		}
	}
	return parts
}

// workloads are how many objects are a pod, or make one.
func workloads(all []Object) int {
	n := 0
	for _, o := range all {
		if ref := RefOf(o); ref.Is("", "Pod") || objects.TemplatePath(ref) != nil {
			n++
		}
	}
	return n
}

// withoutCharts is a kustomization without those that kustomize would have Helm
// render, and what is not seen for that.
func withoutCharts(data []byte) ([]byte, []Unseen) {
	var k map[string]any
	if !strings.Contains(string(data), "helm") || yaml.Unmarshal(data, &k) != nil {
		return data, nil
	}
	var unseen []Unseen
	for _, field := range []string{"helmCharts", "helmChartInflationGenerator"} {
		for _, o := range objects.List(k, field) {
			c := chart{cmp.Or(objects.Text(o, "name"), objects.Text(o, "chartName")), cmp.Or(objects.Text(o, "repo"), objects.Text(o, "chartRepoUrl")), cmp.Or(objects.Text(o, "version"), objects.Text(o, "chartVersion"))}
			row := c.unseen(Ref{}, objects.Text(o, "releaseName"), "its values")
			row.Why = "kustomize has Helm render it, and hearth runs no other program"
			row.Fix = "kustomize build --enable-helm FOLDER | hearth vet -"
			unseen = append(unseen, row)
		}
		delete(k, field)
	}
	if len(unseen) == 0 {
		return data, nil
	}
	delete(k, "helmGlobals")
	less, err := yaml.Marshal(k)
	if err != nil {
		return data, nil
	}
	return less, unseen
}

var errNotRegular = errors.New("it is not a regular file")
