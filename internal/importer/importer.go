package importer

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/hearth-dev/hearth/api/problem"
)

// File is one file of the source.
type File struct {
	// Name with slashes, as the report calls it. Files of one folder that kustomize
	// builds have their folder in it.
	Name string
	Data []byte
}

// Options are what a source may not say.
type Options struct {
	// Name of the stack and of its overlay. Default: the first namespace.
	Name string
	// Namespace of what names none. Default ai.
	Namespace string
	// Chart of a file of values that does not tell: ollama, open-webui or app-template.
	Chart string
	// Substitute are values of Flux' variables, such as SECRET_DOMAIN.
	Substitute map[string]string
	// Schema is the URL of the stack's schema, for editors; "" for none.
	Schema string
}

// Charts are the charts whose values are read.
var Charts = []string{chartOllama, chartOpenWebUI, chartAppTemplate}

const (
	chartOllama      = "ollama"
	chartOpenWebUI   = "open-webui"
	chartAppTemplate = "app-template"
)

// Result is a stack and what became of each value.
type Result struct {
	// Stack is the text of a hearth.yaml; nil if nothing was found that runs
	// Ollama or Open WebUI.
	Stack []byte `json:"-"`
	// Rows, one for each value of the source, in the order of the source.
	Rows []Row `json:"rows"`
	// Notes are what no value says: what could not be seen, what to do first.
	Notes []string `json:"notes,omitempty"`
	// Problems that hearth still has with the stack. Errors among them are a
	// mistake of this package's.
	Problems problem.List `json:"problems,omitempty"`
}

// Count is how many values met a fate.
func (r *Result) Count(of Kind) int {
	n := 0
	for _, row := range r.Rows {
		if row.Kind == of {
			n++
		}
	}
	return n
}

// Import reads files and makes a stack of them. An error means that a file could
// not be read at all.
func Import(files []File, options Options) (*Result, error) {
	in, err := convert(files, options)
	if err != nil {
		return nil, err
	}
	result := &Result{}
	if len(in.apps) > 0 {
		result.Stack, result.Problems = in.judge()
	}
	result.Rows, result.Notes = in.rows(), in.notes
	return result, nil
}

// convert makes a document of the files, which nobody has judged.
func convert(files []File, options Options) (*importing, error) {
	in := &importing{options: options, doc: newDocument()}
	if err := in.read(files); err != nil {
		return nil, err
	}
	in.connect()
	for _, a := range in.apps {
		a.read(a)
	}
	in.routes()
	for _, a := range in.apps {
		a.finish()
	}
	in.ports()
	in.strangers()
	if len(in.apps) > 0 {
		in.overlay()
	}
	return in, nil
}

// rows is the report: what nobody read is not expressible.
func (in *importing) rows() []Row {
	var rows []Row
	for _, root := range in.roots {
		root.lost("hearth has no field for it", "")
		for _, leaf := range root.leaves() {
			row := *leaf.row
			if row.Kind == NotExpressible && row.Fix == "" {
				row.Fix = in.wish(leaf)
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// importing is one run.
type importing struct {
	options Options
	doc     *document
	roots   []*Node // documents, in order
	objects []*object
	apps    []*app
	notes   []string
	dropped []path // in one round of judge
}

// object is a document that is one of Kubernetes', of whatever kind.
type object struct {
	node      *Node
	kind      string
	name      string
	namespace string // "" if it names none
}

// app is one workload of the source.
type app struct {
	*importing
	program   string // ollama or openWebUI
	chart     string
	release   string
	namespace string   // of its base
	was       string   // in the source, where clients look for it
	services  []string // names that clients call it by
	called    string   // of an Ollama: its name in the stack
	values    *Node
	object    *object
	read      func(*app)
	base      path
	vars      map[string]*variable
	order     []string
	envFrom   []source
	route     *route
	mount     string // where the volume of models is in the container
	data      string // its name in the source
	extras    []extra
	replicas  *Node  // how many pods
	sub       string // the folder of the volume that is mounted there
}

// source is an object that variables come from as a whole.
type source struct {
	kind, name, prefix string
	optional           bool
	node               *Node
}

func (in *importing) notef(format string, args ...any) {
	note := fmt.Sprintf(format, args...)
	if !slices.Contains(in.notes, note) {
		in.notes = append(in.notes, note)
	}
}

// connect gives every workload its base: one of each program per namespace, and
// one more for each further Ollama of it.
func (in *importing) connect() {
	type taken struct{ namespace, program string }
	bases := map[string]int{}
	used := map[taken]bool{}
	ollamas := map[string]int{} // by namespace
	var list []any
	for _, a := range in.apps {
		if a.namespace == "" {
			a.namespace = cmp.Or(in.options.Namespace, "ai")
			in.notef("%s names no namespace: %s is written; --namespace gives another", a.where(), a.namespace)
		}
		a.was = a.namespace
		if n := label(a.namespace); n != a.namespace {
			in.notef("%s is in the namespace %q, which hearth does not take as a name: %s is written", a.where(), a.namespace, n)
			a.namespace = n
		}
		if n := a.namespace; n == "default" || strings.HasPrefix(n, "kube-") {
			a.namespace = "ai"
			in.notef("%s is in the namespace %s, which others use: ai is written, for hearth's labels for Pod Security would stop their pods; volumes do not move with it", a.where(), n)
		}
		if a.program == programOllama {
			ollamas[a.namespace]++
		}
	}
	names := map[string]bool{} // of Ollamas
	for _, a := range in.apps {
		name := ""
		if a.program == programOllama {
			name = a.name(ollamas[a.namespace] > 1)
			for n := 2; names[a.namespace+"/"+name]; n++ {
				name = ollamaLabel(a.release + "-" + strconv.Itoa(n))
			}
			names[a.namespace+"/"+name] = true
		}
		base := a.namespace
		if again := used[taken{a.namespace, a.program}]; again && name != "" {
			base = label(a.namespace + "-" + name)
			for n := 2; slices.ContainsFunc(list, func(b any) bool { return b.(map[string]any)["name"] == base }); n++ {
				base = label(a.namespace + "-" + strconv.Itoa(n) + "-" + name)
			}
		} else if again {
			was := a.namespace
			a.namespace = label(was + "-" + a.release)
			in.notef("%s is a second %s in the namespace %s: it is written into a namespace of its own, %s, to which its claims and Secrets do not move", a.where(), a.title(), was, a.namespace)
			for n := 2; used[taken{a.namespace, a.program}]; n++ {
				a.namespace = label(a.namespace + "-" + strconv.Itoa(n))
			}
			base = a.namespace
		}
		used[taken{a.namespace, a.program}] = true
		i, there := bases[base]
		if !there {
			i = len(list)
			bases[base] = i
			list = append(list, map[string]any{"name": base, "namespace": a.namespace})
		}
		a.base, a.called = path{"spec", "bases", strconv.Itoa(i)}, name
	}
	if list != nil {
		in.doc.set(path{"apiVersion"}, "hearth.dev/v1alpha1")
		in.doc.set(path{"kind"}, "Stack")
		in.doc.set(path{"metadata", "name"}, label(cmp.Or(in.options.Name, in.apps[0].namespace)))
		in.doc.set(path{"spec", "bases"}, list)
		for _, a := range in.apps {
			in.doc.set(a.at(), map[string]any{})
			if a.called != "" && a.called != programOllama {
				in.doc.set(a.at("name"), a.called)
			}
		}
	}
}

// name is what an Ollama is to be called: as its chart is told to, or as its release
// where there are several in the namespace.
func (a *app) name(several bool) string {
	if _, name := a.override(); name != "" {
		return ollamaLabel(name)
	}
	if several {
		return ollamaLabel(a.release)
	}
	return programOllama
}

// override is the value that names the objects of Ollama's chart, and the name that
// they get; nil for none. Source: _helpers.tpl of otwld/ollama-helm.
func (a *app) override() (*Node, string) {
	if a.chart != chartOllama {
		return nil, ""
	}
	if n := a.values.At("fullnameOverride"); !n.Empty() {
		return n, n.text
	}
	n := a.values.At("nameOverride")
	switch {
	case n.Empty():
		return nil, ""
	case strings.Contains(a.release, n.text):
		return n, a.release
	}
	return n, a.release + "-" + n.text
}

// ollamaLabel makes a name that an Ollama can have of a text.
func ollamaLabel(text string) string {
	name := label(text)
	if name[0] < 'a' || name == "open-webui" || name == "open-webui-headless" {
		name = label("ollama-" + name)
	}
	return name
}

// overlay writes the one overlay, of every base: what is deployed.
func (in *importing) overlay() {
	list, _ := in.doc.get(path{"spec", "bases"})
	var bases []any
	for _, b := range list.([]any) {
		bases = append(bases, map[string]any{"name": b.(map[string]any)["name"]})
	}
	name, _ := in.doc.get(path{"metadata", "name"})
	in.doc.set(path{"spec", "overlays"}, []any{map[string]any{"name": name, "bases": bases}})
}

// label makes a DNS label of a text, and no number or null of YAML's.
func label(text string) string {
	text = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '-'
	}, strings.ToLower(text))
	if len(text) > 40 {
		text = text[:40]
	}
	text = cmp.Or(strings.Trim(text, "-"), "ai")
	if n := (yaml.Node{Kind: yaml.ScalarNode, Value: text}); n.ShortTag() != "!!str" {
		return "n" + text
	}
	return text
}

// at is a field of the workload.
func (a *app) at(keys ...string) path { return a.base.with(append([]string{a.program}, keys...)...) }

// of is a field of its base.
func (a *app) of(keys ...string) path { return a.base.with(keys...) }

func (a *app) title() string {
	if a.program == programChat {
		return "Open WebUI"
	}
	return "Ollama"
}

func (a *app) where() string {
	if a.object == nil {
		return a.values.file
	}
	return a.object.kind + " " + a.release
}

const (
	programOllama = "ollama"
	programChat   = "openWebUI"
)

// beside is the other program of the same base; nil if it has none.
func (a *app) beside(program string) *app {
	for _, b := range a.apps {
		if b.program == program && b.base.id() == a.base.id() {
			return b
		}
	}
	return nil
}
