package vet

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"testing/fstest"

	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/build/fleet"
	"github.com/hearth-dev/hearth/internal/fleetsim"
	"github.com/hearth-dev/hearth/internal/reach"
	"github.com/hearth-dev/hearth/internal/signin"
	"github.com/hearth-dev/hearth/sizing"
)

// Result is what was found in one place.
type Result struct {
	// Name of the overlay, folder or file; empty for the stack as a whole.
	Name string `json:"name"`
	// Of is the folder that was given, if it led to this one; By is the object that
	// has this one applied, if one does.
	Of string `json:"of,omitempty"`
	By Ref    `json:"by,omitzero"`
	// Namespaces of a cluster that were looked at; none for files.
	Namespaces []string `json:"namespaces,omitempty"`
	// Objects that were looked at, and those among them that are or make pods.
	Objects   int       `json:"objects"`
	Workloads int       `json:"workloads"`
	Findings  []Finding `json:"findings"`
	// Unseen is deployed with them, and was not looked at.
	Unseen []Unseen `json:"notSeen,omitempty"`
}

// exceptionRule is the id of the rule about exceptions themselves.
const exceptionRule = "exception"

func exceptionPath(i int) string { return fmt.Sprintf("spec.exceptions[%d]", i) }

func stackRules() []Rule {
	return []Rule{{
		ID: "fleet", Severity: problem.Error, Members: fleetMembers(),
		Reason: "Fleet accepts it in silence and deploys something else: each finding is of a rule fleet/NAME",
		Fix:    fleetFix,
		Source: fleetSource,
	}, {
		ID: "escape-hatch", Severity: problem.Warning,
		Reason: "what a person opened on purpose stays open unless somebody is reminded",
		Fix:    "close it, or accept it with an exception and a reason",
		Source: "the Stack's own fields",
	}, {
		ID: exceptionRule, Severity: problem.Warning,
		Reason: "an exception without a finding hides the next one that it happens to fit",
		Fix:    "remove the exception",
		Source: "spec.exceptions",
	}}
}

const (
	fleetFix    = "see the finding: it names the file, the line and what to write"
	fleetSource = "Fleet v0.16; package internal/fleetsim simulates it"
)

// fleetMembers are the rules of the simulator's lint.
func fleetMembers() []Rule {
	var all []Rule
	for _, r := range fleetsim.Reasons() {
		all = append(all, Rule{ID: "fleet/" + r.Rule, Severity: problem.Error, Reason: r.Why, Fix: fleetFix, Source: fleetSource})
	}
	return all
}

// StackInput is a stack, and the tree that is rendered from it.
type StackInput struct {
	Stack *v1alpha1.Resolved
	// Files of the tree, as package generator makes them.
	Files []generator.File
	// Folder that the tree is written to: Fleet packs what else is there, too.
	// Default: none.
	Folder fs.FS
	// Overlays to look at. Default: all.
	Overlays []string
}

// Stack looks at each overlay, and at what holds for all of them: a Result for
// each, and one more.
func (c *Checker) Stack(in StackInput) ([]Result, error) {
	all := in.Overlays == nil
	if all {
		for _, o := range in.Stack.Overlays {
			in.Overlays = append(in.Overlays, o.Name)
		}
	}
	used := make([]bool, len(in.Stack.Exceptions))
	var results []Result
	tree, overlays := in.rendered(), map[string]*v1alpha1.ResolvedOverlay{}
	for i := range in.Stack.Overlays {
		overlays[in.Stack.Overlays[i].Name] = &in.Stack.Overlays[i]
	}
	for _, name := range in.Overlays {
		r, err := c.overlay(in, tree, overlays[name])
		if err != nil {
			return nil, fmt.Errorf("overlay %s: %w", name, err)
		}
		except(r.Findings, in.Stack.Exceptions, name, used)
		results = append(results, r)
	}
	whole := Result{Findings: []Finding{}}
	if in.Stack.Fleet != nil {
		found, err := c.fleet(in)
		if err != nil {
			return nil, err
		}
		whole.Findings = append(whole.Findings, found...)
	}
	except(whole.Findings, in.Stack.Exceptions, "", used)
	if all { // else the others may have the findings
		whole.Findings = append(whole.Findings, c.complete(unused(in.Stack.Exceptions, used))...)
	}
	return append(results, whole), nil
}

// complete fills in what findings inherit from their rules.
func (c *Checker) complete(found []Finding) []Finding {
	for i := range found {
		family, _, _ := strings.Cut(found[i].Rule, "/")
		for _, r := range c.rules {
			if r.ID == family {
				r.complete(found[i : i+1])
			}
		}
	}
	return found
}

// rendered is the tree of a stack by folder, and as the agents of clusters have it:
// all of it for each of many overlays would be their square.
type rendered struct {
	folders map[string][]generator.File
	// deployed builds what some cluster gets; other what Fleet sends nowhere, as if
	// it did. Each is made when it is asked for.
	deployed, other func() (func(folder string) ([]Object, error), error)
	// several are the builds of bundles in folders of their own, by folder.
	several map[string]func() (func(folder string) ([]Object, error), error)
	sent    map[string]bool // overlays that some cluster can get
}

func (in StackInput) rendered() rendered {
	r := rendered{folders: map[string][]generator.File{}}
	if in.Stack.Fleet != nil {
		r.sent = in.Stack.Fleet.Deployed()
	}
	for _, f := range in.Files {
		dir := path.Dir(f.Path)
		r.folders[dir] = append(r.folders[dir], f)
	}
	agent := func(files []generator.File, below string) func() (func(string) ([]Object, error), error) {
		return sync.OnceValues(func() (func(string) ([]Object, error), error) {
			tree := filesOf(files, below)
			tree["fleet.yaml"] = &fstest.MapFile{Data: []byte("{}\n")}
			bundles, err := fleetsim.Open(tree)
			if err != nil {
				return nil, err
			}
			return bundles[0].Builder(), nil
		})
	}
	top, several := []generator.File{}, map[string][]generator.File{}
	for _, f := range in.Files {
		if rest, below := strings.CutPrefix(f.Path, fleet.Folder+"/"); below {
			name, _, _ := strings.Cut(rest, "/")
			several[name] = append(several[name], f)
		} else {
			top = append(top, f)
		}
	}
	r.deployed = agent(top, "")
	r.other = agent(slices.DeleteFunc(slices.Clone(top), func(f generator.File) bool { return f.Path == ".fleetignore" }), "")
	r.several = map[string]func() (func(string) ([]Object, error), error){}
	for name, files := range several {
		r.several[name] = agent(files, fleet.Folder+"/"+name+"/")
	}
	return r
}

// agent builds the overlay as that of a cluster does which gets it.
func (r rendered) agent(stack *v1alpha1.Resolved, o *v1alpha1.ResolvedOverlay) ([]Object, error) {
	of := r.deployed
	switch {
	case stack.Fleet == nil:
	case !r.sent[o.Name]:
		of = r.other
	case r.several[fleet.BundleOf(stack, o)] != nil:
		of = r.several[fleet.BundleOf(stack, o)]
	}
	build, err := of()
	if err != nil {
		return nil, err
	}
	return build(path.Join("overlays", o.Name))
}

// copied reports whether the bundle of an overlay, one of several, has these folders
// file by file: its agent then builds what kustomize has built of them, and that it
// builds is for Fleet's lint to say.
func (r rendered) copied(stack *v1alpha1.Resolved, o *v1alpha1.ResolvedOverlay, folders []string) bool {
	if stack.Fleet == nil || !r.sent[o.Name] {
		return false
	}
	bundle := fleet.BundleOf(stack, o)
	return bundle != "" && !slices.ContainsFunc(folders, func(dir string) bool {
		return !slices.EqualFunc(r.folders[path.Join(fleet.Folder, bundle, dir)], r.folders[dir], func(a, b generator.File) bool {
			return path.Base(a.Path) == path.Base(b.Path) && bytes.Equal(a.Data, b.Data)
		})
	})
}

// filesOf are the files below a folder, which ends with a slash; "" is all.
func filesOf(files []generator.File, below string) fstest.MapFS {
	tree := fstest.MapFS{}
	for _, f := range files {
		if name, found := strings.CutPrefix(f.Path, below); found {
			tree[name] = &fstest.MapFile{Data: f.Data}
		}
	}
	return tree
}

// overlay builds one as kustomize does and as Fleet's agent does, and looks at
// the objects.
func (c *Checker) overlay(in StackInput, tree rendered, o *v1alpha1.ResolvedOverlay) (Result, error) {
	folder := path.Join("overlays", o.Name)
	memory := filesys.MakeFsInMemory()
	folders := []string{folder}
	for _, b := range o.Bases {
		folders = append(folders, path.Join("bases", b.Name))
	}
	for _, dir := range folders {
		for _, f := range tree.folders[dir] {
			if err := memory.WriteFile(f.Path, f.Data); err != nil {
				return Result{}, err
			}
		}
	}
	objects, err := Build(memory, folder)
	if err != nil {
		return Result{Name: o.Name, Findings: c.complete([]Finding{{Rule: "build", Message: err.Error()}})}, nil
	}
	found := c.Check(objects, FactsOf(o))
	if !tree.copied(in.Stack, o, folders) {
		found = append(found, c.complete(fleetBuild(in.Stack, tree, o, objects))...)
	}
	found = append(found, c.complete(hatches(o))...)
	return Result{Name: o.Name, Objects: len(objects), Workloads: workloads(objects), Findings: found, Unseen: unseenOf(objects)}, nil
}

// FactsOf are those that an overlay states.
func FactsOf(o *v1alpha1.ResolvedOverlay) Facts {
	facts := Facts{Facts: reach.FactsOf(o), Models: map[string][]sizing.Model{}}
	for _, b := range o.Bases {
		if b.Ollama != nil {
			known, _ := b.Sizes() // beside those of another Ollama there
			facts.Models[b.Namespace] = append(facts.Models[b.Namespace], known...)
		}
	}
	return facts
}

// fleetBuild compares the objects with what a cluster's agent would apply of
// the same overlay.
func fleetBuild(stack *v1alpha1.Resolved, tree rendered, o *v1alpha1.ResolvedOverlay, objects []Object) []Finding {
	deployed, err := tree.agent(stack, o)
	if err != nil {
		return []Finding{{Rule: "fleet-build", Message: err.Error()}}
	}
	agent := map[string]bool{}
	for _, o := range deployed {
		r := RefOf(o)
		agent[r.APIVersion+"/"+r.Kind+"/"+r.Name] = true
	}
	var found []Finding
	for _, o := range objects {
		if r := RefOf(o); !agent[r.APIVersion+"/"+r.Kind+"/"+r.Name] {
			found = append(found, Finding{Rule: "fleet-build", Object: r, Message: "is not among what Fleet's agent builds"})
		}
	}
	if len(deployed) != len(objects) {
		found = append(found, Finding{Rule: "fleet-build", Message: fmt.Sprintf("kustomize builds %d objects, Fleet's agent %d", len(objects), len(deployed))})
	}
	return found
}

// fleet lints the tree alone, and the folder around it.
func (c *Checker) fleet(in StackInput) ([]Finding, error) {
	below, file := "", "fleet.yaml"
	if b := in.Stack.Fleet.Bundles; b != "" && b != v1alpha1.FleetOne {
		below, file = fleet.Folder+"/", fleet.Folder
	}
	generated := filesOf(in.Files, below)
	found, err := c.lint(generated, below)
	if err != nil || in.Folder == nil {
		return found, err
	}
	if _, err := fs.Stat(in.Folder, file); err != nil {
		return found, nil // not rendered yet
	}
	folder := in.Folder
	if below != "" {
		if folder, err = fs.Sub(in.Folder, fleet.Folder); err != nil {
			return nil, err
		}
		if holdsExactly(folder, generated) {
			return found, nil
		}
	}
	packed := newPacked(folder)
	packed.less(in.Files)
	around, err := c.lint(packed, below)
	for _, f := range around {
		if !slices.Contains(found, f) {
			found = append(found, f)
		}
	}
	return found, err
}

// Fleet names what Fleet accepts of a folder in silence.
func (c *Checker) Fleet(folder fs.FS) ([]Finding, error) { return c.lint(newPacked(folder), "") }

// lint names it of a folder that stands at a place in the tree.
func (c *Checker) lint(folder fs.FS, at string) ([]Finding, error) {
	lint, err := fleetsim.Lint(folder)
	if err != nil {
		return nil, fmt.Errorf("looking at the folder as Fleet does: %w", err)
	}
	var found []Finding
	for _, f := range lint {
		where := f.File
		if where != "" {
			where = at + where
		}
		if f.Line > 0 {
			where = fmt.Sprintf("%s:%d", where, f.Line)
		}
		found = append(found, Finding{Rule: "fleet/" + f.Rule, Severity: f.Severity, Path: strings.Trim(where+": "+f.Path, ": "), Message: f.Message, Fix: f.Fix})
	}
	return c.complete(found), nil
}

// hatches are what the overlay opens on purpose.
func hatches(o *v1alpha1.ResolvedOverlay) []Finding {
	var found []Finding
	add := func(path, format string, args ...any) {
		found = append(found, Finding{Rule: "escape-hatch", Path: path, Message: fmt.Sprintf(format, args...)})
	}
	const enforce = "pod-security.kubernetes.io/enforce"
	for _, b := range o.Bases {
		at := "bases[" + b.Name + "]"
		if n := len(b.Patches); n > 0 {
			add(at+".patches", "%d of them: they change generated objects past every check of the stack", n)
		}
		if b.Expose.DangerouslyUnauthenticated {
			add(at+".expose.dangerouslyUnauthenticated", "everybody who reaches %s can use Ollama and delete its models", b.Expose.Host)
		}
		if level := b.NamespaceLabels[enforce]; level != "restricted" {
			add(at+".namespaceLabels", "%s is %q, not restricted", enforce, level)
		}
		if b.Ollama != nil {
			if s := b.Ollama.Service; s.DangerouslyUnauthenticated {
				add(at+".ollama.service.dangerouslyUnauthenticated", "everybody at the public addresses in ollama.allowFrom can use Ollama and delete its models")
			}
			unseen(at+".ollama", &b.Ollama.Workload, add)
		}
		if b.Engine != nil {
			unseen(at+".engine", &b.Engine.Workload, add)
		}
		if b.OpenWebUI != nil {
			unseen(at+".openWebUI", &b.OpenWebUI.Workload, add)
			for _, name := range slices.Sorted(maps.Keys(b.OpenWebUI.Env)) {
				if v := b.OpenWebUI.Env[name]; name == "WEBUI_AUTH" && v.SecretKeyRef == nil && !signin.True(v.Value) {
					add(at+".openWebUI.env.WEBUI_AUTH", "nobody is asked who they are")
				}
			}
		}
	}
	if n := len(o.Patches); n > 0 {
		add("patches", "%d of them: they change generated objects past every check of the stack", n)
	}
	return found
}

// unseen names what hands variables on that the stack does not show. Of a
// container that a person adds, hearth knows no variable either way.
func unseen(at string, w *v1alpha1.Workload, add func(path, format string, args ...any)) {
	for i, f := range w.EnvFrom {
		what := "ConfigMap " + f.ConfigMapName
		if f.SecretName != "" {
			what = "Secret " + f.SecretName
		}
		add(fmt.Sprintf("%s.envFrom[%d]", at, i), "what is in the %s was not seen: a variable that hearth sets goes before it, and any other that the program reads is set past every check of the stack", what)
	}
}
