package generator_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	yamlv3 "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/testing/randomstack"
	"github.com/hearth-dev/hearth/internal/testing/sample"
)

var packages = flag.String("backstage", "", "ask Backstage's catalog that tools/backstage/install put into this folder")

// catalogued is a stack that asks for Backstage's file, and that file.
type catalogued struct {
	name  string
	stack *v1alpha1.Resolved
	tree  map[string][]byte
	data  []byte
}

const fewLines = `apiVersion: hearth.dev/v1alpha1
kind: Stack
metadata: {name: home}
spec:
  bases:
    - {name: models, namespace: models, ollama: {models: ["llama3.2:3b"]}, expose: {type: traefik, host: ollama.lan, tls: {type: certResolver, certResolver: le}, traefik: {basicAuth: {secretName: users}}}}
    - {name: chat, namespace: chat, openWebUI: {ollamaURLs: ["http://ollama.models:11434", "http://elsewhere.lan:11434"], embedding: {engine: inPod}}}
  overlays:
    - {name: home, bases: [{name: models}, {name: chat}]}
  catalog:
    about: {title: "Chat: \"home\"", purpose: "Answers: all of them", links: [{title: Logs, url: "https://loki.lan", type: logs}]}
    backstage: {owner: user:jane, system: Private_AI, domain: ai, lifecycle: "on", namespace: home, tags: [llm, "on"], techDocs: "dir:./docs"}
`

// describe generates the tree of a stack that asks for Backstage's file.
func describe(t *testing.T, name, text string) catalogued {
	t.Helper()
	r := loaded(t, text)
	files, err := generator.GenerateUnchecked(r)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return withFiles(t, name, r, files)
}

func withFiles(t *testing.T, name string, r *v1alpha1.Resolved, files []generator.File) catalogued {
	t.Helper()
	c := catalogued{name: name, stack: r, tree: map[string][]byte{}}
	for _, f := range files {
		c.tree[f.Path] = f.Data
	}
	if c.data = c.tree[c.stack.Catalog.Backstage.Path]; c.data == nil {
		t.Fatalf("%s: there is no %s", name, c.stack.Catalog.Backstage.Path)
	}
	return c
}

// cataloguedStacks are the committed stack, one that has everything in few
// lines, and random ones.
func cataloguedStacks(t *testing.T, random int) []catalogued {
	t.Helper()
	committed, err := os.ReadFile("../hearth.yaml")
	if err != nil {
		t.Fatal(err)
	}
	found := []catalogued{describe(t, "the committed stack", string(committed)), describe(t, "a few lines", fewLines)}
	for seed := uint64(0); len(found) < random+2; seed++ {
		text := string(randomstack.Draw(seed))
		if !strings.Contains(text, "backstage") {
			continue
		}
		if r, _ := generator.Load("hearth.yaml", []byte(text)); r != nil && r.Catalog != nil && r.Catalog.Backstage != nil {
			if files, err := generator.GenerateUnchecked(r); err == nil { // patches of random stacks may be refused
				found = append(found, withFiles(t, fmt.Sprint("random stack ", seed), r, files))
			}
		}
	}
	return found
}

// fromBackstage is an entity as Backstage reads it.
type fromBackstage struct {
	Kind     string
	Metadata struct {
		Name, Namespace string
		Tags            []string
		Annotations     map[string]string
	}
	Spec struct {
		Owner, System, Domain, Definition     string
		ProvidesAPIs, ConsumesAPIs, DependsOn []string
	}
}

// full is a reference with all that it leaves out, in Backstage's own form.
func full(ref, kind, namespace string) string {
	if before, after, ok := strings.Cut(ref, ":"); ok {
		kind, ref = before, after
	}
	if before, after, ok := strings.Cut(ref, "/"); ok {
		namespace, ref = before, after
	}
	return strings.ToLower(kind + ":" + cmp.Or(namespace, "default") + "/" + ref)
}

func (e fromBackstage) ref() string { return full(e.Metadata.Name, e.Kind, e.Metadata.Namespace) }

// refs are the entities that it leads to but for the owner and the domain, which
// are somebody else's.
func (e fromBackstage) refs() []string {
	var refs []string
	add := func(kind string, names ...string) {
		for _, name := range names {
			if name != "" {
				refs = append(refs, full(name, kind, e.Metadata.Namespace))
			}
		}
	}
	add("system", e.Spec.System)
	add("api", e.Spec.ProvidesAPIs...)
	add("api", e.Spec.ConsumesAPIs...)
	add("", e.Spec.DependsOn...)
	return refs
}

func (c catalogued) entities(t *testing.T) []fromBackstage {
	t.Helper()
	var all []fromBackstage
	for d := yamlv3.NewDecoder(bytes.NewReader(c.data)); ; {
		var e map[string]any
		if err := d.Decode(&e); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		text, err := json.Marshal(e)
		var entity fromBackstage
		if err == nil {
			err = json.Unmarshal(text, &entity)
		}
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		all = append(all, entity)
	}
}

// Names are Backstage's and unique, relations stay within the file, each program
// of a described overlay is there and no other, and kpt does not take the file for
// objects; that Fleet packs none such, a test of fleetsim says.
func TestBackstage(t *testing.T) {
	described := map[string]int{}
	for _, c := range cataloguedStacks(t, sample.Size(15, 200)) {
		all := c.entities(t)
		known := map[string]fromBackstage{}
		for _, e := range all {
			described[e.Kind]++
			if _, twice := known[e.ref()]; twice {
				t.Errorf("%s: %s is there twice", c.name, e.ref())
			}
			known[e.ref()] = e
			if !v1alpha1.IsEntityRef(e.Metadata.Name, "component") {
				t.Errorf("%s: Backstage refuses the name %q", c.name, e.Metadata.Name)
			}
			if !v1alpha1.IsEntityRef(e.Spec.Owner, "group", "user") {
				t.Errorf("%s: %s has the owner %q", c.name, e.ref(), e.Spec.Owner)
			}
			if e.Kind == "API" {
				var definition map[string]any
				if err := yaml.UnmarshalStrict([]byte(e.Spec.Definition), &definition); err != nil {
					t.Errorf("%s: %s: %v", c.name, e.ref(), err)
				}
			}
		}
		programs := 0
		for _, o := range c.stack.Overlays {
			for _, b := range o.Bases {
				if o.About.Hidden {
					continue
				}
				for _, has := range []bool{b.Ollama != nil, b.OpenWebUI != nil} {
					if has {
						programs++
					}
				}
			}
		}
		if want := 1 + 3*programs; len(all) != want {
			t.Errorf("%s: %d entities of %d programs, want %d", c.name, len(all), programs, want)
		}
		for _, e := range all {
			for _, ref := range e.refs() {
				if _, ok := known[ref]; !ok {
					t.Errorf("%s: %s leads to %s, which is not there", c.name, e.ref(), ref)
				}
			}
		}
		if ignored := generator.Ignored(c.tree[generator.IgnoreName]); !slices.Contains(ignored, c.stack.Catalog.Backstage.Path) {
			t.Errorf("%s: kpt would take %s for objects", c.name, c.stack.Catalog.Backstage.Path)
		}
	}
	for _, kind := range []string{"System", "Component", "API", "Resource"} {
		if described[kind] == 0 {
			t.Errorf("no %s was written", kind)
		}
	}
}

// Relations of the few lines, as a person reads them.
func TestBackstageRelations(t *testing.T) {
	c := describe(t, "a few lines", fewLines)
	var got []string
	for _, e := range c.entities(t) {
		got = append(got, e.ref()+" -> "+strings.Join(e.refs(), " "))
	}
	want := []string{
		"system:home/private_ai -> ",
		"component:home/home.models.ollama -> system:home/private_ai api:home/home.models.ollama resource:home/home.models.ollama.volume",
		"api:home/home.models.ollama -> system:home/private_ai",
		"resource:home/home.models.ollama.volume -> system:home/private_ai",
		"component:home/home.chat.open-webui -> system:home/private_ai api:home/home.chat.open-webui api:home/home.models.ollama component:home/home.models.ollama resource:home/home.chat.open-webui.volume",
		"api:home/home.chat.open-webui -> system:home/private_ai",
		"resource:home/home.chat.open-webui.volume -> system:home/private_ai",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Names too long for Backstage are cut, and stay apart.
func TestBackstageLongNames(t *testing.T) {
	long := strings.Repeat("a", 62)
	c := describe(t, "long names", `apiVersion: hearth.dev/v1alpha1
kind: Stack
metadata: {name: home}
spec:
  bases:
    - {name: `+long+`, namespace: a, ollama: {models: ["llama3.2:3b"]}}
    - {name: `+long+`b, namespace: b, ollama: {models: ["llama3.2:3b"]}}
  overlays:
    - {name: `+long+`, bases: [{name: `+long+`}, {name: `+long+`b}]}
    - {name: `+long+`c, bases: [{name: `+long+`}, {name: `+long+`b}]}
  catalog: {backstage: {owner: platform}}
`)
	names := map[string]bool{}
	for _, e := range c.entities(t) {
		if names[e.ref()] || len(e.Metadata.Name) > v1alpha1.MaxEntityName {
			t.Errorf("%s, %d characters, is too long or there twice", e.ref(), len(e.Metadata.Name))
		}
		names[e.ref()] = true
	}
	if len(names) != 1+4*3 {
		t.Errorf("%d entities, want %d", len(names), 1+4*3)
	}
}

// An overlay that is hidden is not described.
func TestBackstageHidden(t *testing.T) {
	const text = `apiVersion: hearth.dev/v1alpha1
kind: Stack
metadata: {name: home}
spec:
  bases:
    - {name: ai, namespace: ai, ollama: {models: ["llama3.2:3b"]}}
  overlays:
    - {name: home, bases: [{name: ai}]}
    - {name: trial, about: {hidden: HIDDEN, owner: user:jane}, bases: [{name: ai}]}
  catalog: {about: {owner: platform}, backstage: {}}
`
	for hidden, want := range map[string]int{"true": 1 + 3, "false": 1 + 2*3} {
		if all := describe(t, hidden, strings.Replace(text, "HIDDEN", hidden, 1)).entities(t); len(all) != want {
			t.Errorf("hidden %s: %d entities, want %d", hidden, len(all), want)
		}
	}
}

// A chat that asks no Ollama leads to none.
func TestBackstageWithoutOllama(t *testing.T) {
	c := describe(t, "a chat alone", `apiVersion: hearth.dev/v1alpha1
kind: Stack
metadata: {name: home}
spec:
  bases:
    - {name: chat, namespace: chat, openWebUI: {backends: [{url: "https://api.example.org/v1"}], embedding: {engine: inPod}}}
  overlays:
    - {name: home, bases: [{name: chat}]}
  catalog: {backstage: {owner: platform}}
`)
	for _, e := range c.entities(t) {
		if len(e.Spec.ConsumesAPIs) > 0 || slices.ContainsFunc(e.Spec.DependsOn, func(ref string) bool { return !strings.HasPrefix(ref, "resource:") }) {
			t.Errorf("%s consumes %v and depends on %v", e.ref(), e.Spec.ConsumesAPIs, e.Spec.DependsOn)
		}
	}
}

// verdict is what Backstage's catalog makes of a file.
type verdict struct {
	File                                  string
	Entities, Relations, Sources, Refused []string
}

func judge(t *testing.T, files [][]byte) []verdict {
	t.Helper()
	if *packages == "" {
		t.Skip("npm has to install Backstage's catalog: go test ./generator -run Backstage -backstage $(tools/backstage/install)")
	}
	dir := t.TempDir()
	args := []string{"../tools/backstage/judge.js", *packages}
	for i, data := range files {
		args = append(args, filepath.Join(dir, fmt.Sprint(i)))
		if err := os.WriteFile(args[len(args)-1], data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.Command("node", args...)
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	var verdicts []verdict
	for line := range bytes.Lines(out) {
		var v verdict
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatal(err)
		}
		verdicts = append(verdicts, v)
	}
	if len(verdicts) != len(files) {
		t.Fatalf("%d verdicts on %d files", len(verdicts), len(files))
	}
	return verdicts
}

// Backstage's own processors take every file, and make of it the relations that
// the file means: none leads nowhere but to the owner and the domain.
func TestBackstageAccepts(t *testing.T) {
	all := cataloguedStacks(t, sample.Size(15, 200))
	var files [][]byte
	for _, c := range all {
		files = append(files, c.data)
	}
	relations := 0
	for i, v := range judge(t, files) {
		c := all[i]
		for _, why := range v.Refused {
			t.Errorf("%s: %s\n%s", c.name, why, c.data)
		}
		var want []string
		others := map[string]bool{} // the owners, and the domain
		relate := func(from, forth, to, back string) {
			want = append(want, from+" "+forth+" "+to, to+" "+back+" "+from)
		}
		for _, e := range c.entities(t) {
			owner := full(e.Spec.Owner, "group", e.Metadata.Namespace)
			relate(e.ref(), "ownedBy", owner, "ownerOf")
			others[owner] = true
			if e.Spec.Domain != "" {
				domain := full(e.Spec.Domain, "domain", e.Metadata.Namespace)
				relate(e.ref(), "partOf", domain, "hasPart")
				others[domain] = true
			}
			of := map[string][2]string{"system": {"partOf", "hasPart"}, "api": {"consumesApi", "apiConsumedBy"}, "component": {"dependsOn", "dependencyOf"}, "resource": {"dependsOn", "dependencyOf"}}
			for _, ref := range e.refs() {
				kind, _, _ := strings.Cut(ref, ":")
				names := of[kind]
				if kind == "api" && ref == strings.Replace(e.ref(), "component:", "api:", 1) {
					names = [2]string{"providesApi", "apiProvidedBy"}
				}
				relate(e.ref(), names[0], ref, names[1])
			}
		}
		slices.Sort(want)
		slices.Sort(v.Relations)
		if !slices.Equal(v.Relations, want) {
			t.Errorf("%s: relations\n%s\nwant\n%s", c.name, strings.Join(v.Relations, "\n"), strings.Join(want, "\n"))
		}
		for _, r := range v.Relations {
			for _, end := range []string{strings.Fields(r)[0], strings.Fields(r)[2]} {
				if !slices.Contains(v.Entities, end) && !others[end] {
					t.Errorf("%s: %s leads nowhere", c.name, r)
				}
			}
		}
		relations += len(v.Relations)
		for _, source := range v.Sources {
			if source != "url:https://github.com/example/homelab/tree/main/" {
				t.Errorf("%s: registered at GitHub, it comes from %s", c.name, source)
			}
		}
	}
	t.Logf("%d files, %d relations", len(files), relations)
}

// The judge refuses what is wrong: so is what hearth refuses.
func TestBackstageRefuses(t *testing.T) {
	good := string(describe(t, "a few lines", fewLines).data)
	changes := [][2]string{
		{"name: Private_AI", "name: Private AI"},
		{"namespace: home", "namespace: Home"},
		{"owner: user:jane", "owner: component:jane"},
		{"owner: user:jane", "owner: 'user:'"},
		{"domain: ai", "domain: 'domain:/ai'"},
		{"lifecycle: \"on\"", "lifecycle: \"\""},
		{"- llm", "- LLM"},
		{"https://loki.lan", "https://a<b>.lan"},
		{"https://loki.lan", "https://loki.lan:99999"},
		{"https://loki.lan", "https://10.0.0.256"},
		{"    openapi: 3.0.3", "    openapi: 3.0.3\n    other: 1"},
		{"kind: Resource", "kind: Volume"},
	}
	var files [][]byte
	for _, change := range changes {
		bad := strings.Replace(good, change[0], change[1], 1)
		if bad == good {
			t.Fatalf("%q is not in\n%s", change[0], good)
		}
		files = append(files, []byte(bad))
	}
	for i, v := range judge(t, files) {
		if len(v.Refused) == 0 {
			t.Errorf("Backstage takes %q", changes[i][1])
		}
	}
}
