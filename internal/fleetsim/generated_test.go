package fleetsim_test

import (
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/fleetsim"
	"github.com/hearth-dev/hearth/internal/testing/randomstack"
	"github.com/hearth-dev/hearth/internal/testing/sample"
)

// others are files of the person's own that stand in the output folder.
var others = map[string]string{
	"hearth.yaml": "apiVersion: v1", "README.md": "# Mine", "cmd/hearth/main.go": "package main", "docs/a b/c+d.yaml": "kind: Pod",
	"a b.txt": "", "[x]*?.yaml": "kind: Pod", "#note.md": "", ".git/config": "", ".golangci.yml": "version: 2", "go.mod": "module x",
	"templates/x.yaml": "kind: Pod", "kustomization.yml": "resources: []", " lead.md": "", `back\slash.md`: "", "Chart.yaml": "name: x",
	"notes/kustomization.yaml": "resources: []", "bases/README.md": "", "overlays/base.tgz": "", "b": "", "Bases": "", "bases2/x": "",
	"ünïcode": "", "base": "", "basés": "", "bases.yaml": "", "\xff": "",
}

// strangers are files and folders whose names are nearly those of the tree, and
// some that are far from them, in every place where a person can put one.
func strangers(tree []string, seed uint64) map[string]string {
	taken, folders := map[string]bool{}, []string{"bases", "overlays"}
	for _, file := range tree {
		folders = append(folders, path.Dir(file))
		for name := range strings.SplitSeq(file, "/") {
			taken[name] = true
		}
	}
	names := slices.Sorted(maps.Keys(taken))
	for file := range others {
		top, _, _ := strings.Cut(file, "/")
		taken[top] = true
	}
	const letters = "abcxyzABZ0189-_.:+ éλ😀[]^*?!#"
	r := rand.New(rand.NewPCG(seed, 11))
	letter := func() string { all := []rune(letters); return string(all[r.IntN(len(all))]) }
	found := map[string]string{}
	for range 400 {
		name := names[r.IntN(len(names))]
		at := r.IntN(len(name))
		switch r.IntN(6) {
		case 0:
			name = name[:at]
		case 1:
			name += letter()
		case 2:
			name = name[:at] + letter() + name[at+1:]
		case 3:
			name = name[:at] + letter() + name[at:]
		case 4:
			name = name[:at] + names[r.IntN(len(names))]
		case 5:
			name = letter() + letter() + letter()
		}
		if name == "" || name == "." || name == ".." || taken[name] {
			continue
		}
		taken[name] = true
		switch r.IntN(3) {
		case 0:
			found[name] = ""
		case 1:
			found[path.Join(folders[r.IntN(len(folders))], name)] = ""
		case 2: // a file with a name of ours, which the folder keeps out
			found[path.Join(name, names[r.IntN(len(names))])] = ""
		}
	}
	return found
}

func TestFleetDeploysTheCommittedStack(t *testing.T) {
	data, err := os.ReadFile("../../hearth.yaml")
	if err != nil {
		t.Fatal(err)
	}
	stack, problems := generator.Load("hearth.yaml", data)
	if stack == nil {
		t.Fatal(problems.Err())
	}
	for _, bundles := range v1alpha1.FleetBundles("").Values() {
		stack.Fleet.Bundles = v1alpha1.FleetBundles(bundles)
		if n := deployed(t, stack, 0); n != len(stack.Fleet.Targets)+1 {
			t.Errorf("%s: %d clusters were tried, want one for each target and one that no target matches", bundles, n)
		}
	}
}

func TestFleetDeploysRandomStacks(t *testing.T) {
	stacks := sample.Size(3, 40)
	done, clusters := 0, 0
	for n := uint64(0); done < stacks; n++ {
		text := randomstack.Draw(n)
		stack, problems := generator.Load("hearth.yaml", text)
		if stack == nil {
			t.Logf("stack %d is refused: %v", n, problems.Err())
			continue
		}
		if stack.Fleet == nil {
			continue
		}
		done++
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			clusters += deployed(t, stack, n)
			stack.Fleet.Bundles = v1alpha1.FleetPerOverlay
			clusters += deployed(t, stack, n)
			if t.Failed() {
				t.Logf("the stack:\n%s", text)
			}
		})
	}
	t.Logf("%d stacks deployed to %d clusters", done, clusters)
}

// deployed holds what Fleet does with a stack's files, and with the person's
// own beside them, to what the stack says. It returns the number of clusters
// that it tried.
func deployed(t *testing.T, stack *v1alpha1.Resolved, seed uint64) int {
	t.Helper()
	files, problems := generator.Generate(stack)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	repository := fstest.MapFS{}
	var ours []string
	for _, f := range files {
		repository[f.Path] = &fstest.MapFile{Data: f.Data}
		if strings.HasPrefix(f.Path, "bases/") || strings.HasPrefix(f.Path, "overlays/") {
			ours = append(ours, f.Path)
		}
	}
	for _, more := range []map[string]string{others, strangers(ours, seed)} {
		for file, data := range more {
			repository[file] = &fstest.MapFile{Data: []byte(data)}
		}
	}
	if stack.Fleet.Bundles != v1alpha1.FleetOne {
		return inSeveral(t, stack, files, repository)
	}
	if err := fleetsim.Validate(repository["fleet.yaml"].Data); err != nil {
		t.Errorf("fleet.yaml is not what Fleet's schema says: %v", err)
	}
	found, err := fleetsim.Lint(repository)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if f.Severity != problem.Warning {
			t.Errorf("lint: %s: %s", f.Rule, f)
		}
	}
	bundles, err := fleetsim.Open(repository)
	if err != nil {
		t.Fatal(err)
	}
	if len(bundles) != 1 {
		t.Fatalf("Fleet finds %d bundles, want one", len(bundles))
	}
	if diff := cmp.Diff(inUse(stack, ours), slices.Sorted(maps.Keys(bundles[0].Files))); diff != "" {
		t.Errorf("the bundle's files (-generated +packed):\n%s", diff)
	}
	var repo gitRepo
	if err := yaml.UnmarshalStrict(repository["gitrepo.example.yaml"].Data, &repo); err != nil {
		t.Fatal(err)
	}
	tried := clustersOf(stack.Fleet)
	for _, c := range tried {
		deploys(t, stack, files, bundles[0], c)
		if overlay := overlayFor(stack.Fleet, c); overlay != "" && !repo.reaches(c) {
			t.Errorf("cluster %+v is to get %s, but the example GitRepo has no target for it", c, overlay)
		}
	}
	return len(tried)
}

// inSeveral holds several bundles to what the stack says: each cluster gets its overlay
// from one of them, and nothing from the others.
func inSeveral(t *testing.T, stack *v1alpha1.Resolved, files []generator.File, repository fs.FS) int {
	t.Helper()
	var repo gitRepo
	data, err := fs.ReadFile(repository, "gitrepo.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalStrict(data, &repo); err != nil {
		t.Fatal(err)
	}
	if want := path.Join(stack.Fleet.GitRepo.Path, "fleet"); len(repo.Spec.Paths) != 1 || repo.Spec.Paths[0] != want {
		t.Errorf("the GitRepo's paths are %v, want %s", repo.Spec.Paths, want)
	}
	below, err := fs.Sub(repository, "fleet")
	if err != nil {
		t.Fatal(err)
	}
	found, err := fleetsim.Lint(below)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if f.Severity != problem.Warning {
			t.Errorf("lint: %s: %s", f.Rule, f)
		}
	}
	bundles, err := fleetsim.Open(below)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, b := range bundles {
		names[b.Config.Name] = true
		overlays := map[string]bool{}
		for file := range b.Files {
			if rest, ok := strings.CutPrefix(file, "overlays/"); ok {
				name, _, _ := strings.Cut(rest, "/")
				overlays[name] = true
			}
		}
		if stack.Fleet.Bundles == v1alpha1.FleetPerOverlay && len(overlays) != 1 {
			t.Errorf("the bundle %s has the overlays %v, want one", b.Config.Name, overlays)
		}
	}
	if len(names) != len(bundles) {
		t.Errorf("%d bundles have %d names", len(bundles), len(names))
	}
	tried := clustersOf(stack.Fleet)
	for _, c := range tried {
		var gets []fleetsim.Bundle
		for _, b := range bundles {
			if d, err := b.Deploy(c); err != nil || d.Mode != fleetsim.ModeNone {
				gets = append(gets, b)
			}
		}
		switch want := overlayFor(stack.Fleet, c); {
		case want == "" && len(gets) > 0, want != "" && len(gets) != 1:
			t.Errorf("cluster %+v gets %d bundles, and is to have the overlay %q", c, len(gets), want)
		case want != "":
			deploys(t, stack, files, gets[0], c)
		}
	}
	return len(tried)
}

// inUse are the files of the overlays that a cluster can get and of their bases,
// and those elsewhere whose every name is one of theirs: .fleetignore knows base
// names alone.
func inUse(stack *v1alpha1.Resolved, tree []string) []string {
	folders, names := map[string]bool{}, map[string]bool{}
	for _, o := range stack.Overlays {
		if o.Name != stack.Fleet.DefaultOverlay && !slices.ContainsFunc(stack.Fleet.Targets, func(t v1alpha1.FleetTarget) bool { return t.Overlay == o.Name }) {
			continue
		}
		folders["overlays/"+o.Name] = true
		for _, b := range o.Bases {
			folders["bases/"+b.Name] = true
		}
	}
	for _, file := range tree {
		if folders[path.Dir(file)] {
			for name := range strings.SplitSeq(file, "/") {
				names[name] = true
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(tree), func(file string) bool {
		return slices.ContainsFunc(strings.Split(file, "/"), func(name string) bool { return !names[name] })
	})
}

// deploys checks what one cluster gets.
func deploys(t *testing.T, stack *v1alpha1.Resolved, files []generator.File, bundle fleetsim.Bundle, c fleetsim.Cluster) {
	t.Helper()
	overlay := overlayFor(stack.Fleet, c)
	got, err := bundle.Deploy(c)
	if err != nil {
		t.Errorf("cluster %+v: %v", c, err)
		return
	}
	if overlay == "" {
		if got.Mode != fleetsim.ModeNone {
			t.Errorf("cluster %+v gets %s by %v, want nothing", c, got.Dir, got.Targets)
		}
		return
	}
	if got.Mode != fleetsim.ModeKustomize || got.Dir != "overlays/"+overlay {
		t.Errorf("cluster %+v gets %s by %s, want overlays/%s by kustomize", c, got.Dir, got.Mode, overlay)
		return
	}
	needs, err := generator.Secrets(stack, overlay)
	if err != nil {
		t.Fatal(err)
	}
	if copies := len(got.Options.DownstreamResources); stack.Fleet.CopySecrets && copies != len(needs) || !stack.Fleet.CopySecrets && copies > 0 {
		t.Errorf("cluster %+v gets copies of %v, want those of %v", c, got.Options.DownstreamResources, needs)
	}
	for i, copied := range got.Options.DownstreamResources {
		if need := needs[i]; copied != (fleetsim.Copied{Kind: "Secret", Name: need.Name}) || got.Namespace != need.Namespace {
			t.Errorf("cluster %+v gets a copy of %s in %s, want %s in %s", c, copied, got.Namespace, need.Name, need.Namespace)
		}
	}
	want := kustomizeBuild(t, files, got.Dir)
	if diff := cmp.Diff(want, got.Objects); diff != "" {
		t.Errorf("cluster %+v, %s (-kustomize build +Fleet):\n%s", c, got.Dir, diff)
	}
	for _, o := range got.Objects {
		if metadata := o["metadata"].(map[string]any); o["kind"] == "Namespace" && metadata["name"] == got.Namespace {
			t.Errorf("cluster %+v: Helm makes the namespace %s itself, and fails on the object for it", c, got.Namespace)
		}
	}
}

// kustomizeBuild is the folder built from the files alone.
func kustomizeBuild(t *testing.T, files []generator.File, folder string) []map[string]any {
	t.Helper()
	fsys := filesys.MakeFsInMemory()
	for _, f := range files {
		if err := fsys.WriteFile(f.Path, f.Data); err != nil {
			t.Fatal(err)
		}
	}
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(fsys, folder)
	if err != nil {
		t.Fatal(err)
	}
	objects := []map[string]any{}
	for _, r := range built.Resources() {
		o, err := r.Map()
		if err != nil {
			t.Fatal(err)
		}
		objects = append(objects, o)
	}
	return objects
}

// clustersOf are a cluster for every target, made from what it asks for, and
// one that knows nothing of any.
func clustersOf(f *v1alpha1.Fleet) []fleetsim.Cluster {
	all := []fleetsim.Cluster{{Name: "stranger", Labels: map[string]string{"env": "stranger"}}}
	for _, t := range f.Targets {
		c := fleetsim.Cluster{Name: "c-m-1", Labels: map[string]string{}}
		if t.ClusterName != "" {
			c.Name = t.ClusterName
		}
		if t.ClusterGroup != "" {
			c.Groups = map[string]map[string]string{t.ClusterGroup: {}}
		}
		if s := t.ClusterSelector; s != nil {
			maps.Copy(c.Labels, s.MatchLabels)
			for _, e := range s.MatchExpressions {
				if _, set := c.Labels[e.Key]; set {
					continue // a contradiction makes a cluster of another target
				}
				switch e.Operator {
				case "In":
					c.Labels[e.Key] = e.Values[0]
				case "Exists":
					c.Labels[e.Key] = "any"
				}
			}
		}
		all = append(all, c)
	}
	return all
}

// overlayFor is the overlay that a stack sends to a cluster: that of the first
// target that matches, else the default; "" is none.
func overlayFor(f *v1alpha1.Fleet, c fleetsim.Cluster) string {
	for _, t := range f.Targets {
		_, inGroup := c.Groups[t.ClusterGroup]
		if (t.ClusterName == "" || t.ClusterName == c.Name) && (t.ClusterGroup == "" || inGroup) && selects(t.ClusterSelector, c.Labels) {
			return t.Overlay
		}
	}
	return f.DefaultOverlay
}

// selects is Kubernetes' meaning of a label selector.
func selects(s *v1alpha1.LabelSelector, labels map[string]string) bool {
	if s == nil {
		return true
	}
	for key, value := range s.MatchLabels {
		if got, set := labels[key]; !set || got != value {
			return false
		}
	}
	for _, e := range s.MatchExpressions {
		value, set := labels[e.Key]
		in := set && slices.Contains(e.Values, value)
		switch e.Operator {
		case "In":
			if !in {
				return false
			}
		case "NotIn":
			if in {
				return false
			}
		case "Exists":
			if !set {
				return false
			}
		case "DoesNotExist":
			if set {
				return false
			}
		}
	}
	return true
}

// gitRepo is the example, as far as it says which clusters get the bundle.
type gitRepo struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   struct {
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
	} `json:"metadata"`
	Spec struct {
		Repo    string                 `json:"repo"`
		Branch  string                 `json:"branch"`
		Paths   []string               `json:"paths"`
		Targets []v1alpha1.FleetTarget `json:"targets"`
	} `json:"spec"`
}

func (r gitRepo) reaches(c fleetsim.Cluster) bool {
	everywhere := v1alpha1.Fleet{Targets: slices.Clone(r.Spec.Targets)}
	for i := range everywhere.Targets {
		everywhere.Targets[i].Overlay = "any"
	}
	return overlayFor(&everywhere, c) != ""
}

// A pattern of .fleetignore is a base name at any depth, so the name of an
// overlay is spared in a folder docs/ of the person's, too: what is in there is
// kept out by its own name.
func TestFleetSparesAFolderNamedLikeAnOverlay(t *testing.T) {
	stack, problems := generator.Load("hearth.yaml", []byte(`
apiVersion: hearth.dev/v1alpha1
kind: Stack
metadata: {name: homelab}
spec:
  bases: [{name: ai, namespace: ai, ollama: {models: [llama3.2:3b]}}]
  overlays: [{name: docs, bases: [{name: ai}]}]
  fleet: {targets: [], defaultOverlay: docs}
`))
	if stack == nil {
		t.Fatal(problems.Err())
	}
	files, problems := generator.Generate(stack)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	repository := fstest.MapFS{"docs/index.md": {}, "docs/pictures/a b.png": {}}
	for _, f := range files {
		repository[f.Path] = &fstest.MapFile{Data: f.Data}
	}
	bundles, err := fleetsim.Open(repository)
	if err != nil {
		t.Fatal(err)
	}
	for name := range bundles[0].Files {
		if strings.HasPrefix(name, "docs/") {
			t.Errorf("Fleet packs %s", name)
		}
	}
	if d, err := bundles[0].Deploy(fleetsim.Cluster{Name: "any"}); err != nil || d.Mode != fleetsim.ModeKustomize {
		t.Errorf("beside a folder docs: %s, %v", d.Mode, err)
	}
}
