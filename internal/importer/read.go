package importer

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	slashed "path"
	"regexp"
	"slices"
	"strings"

	"github.com/fluxcd/pkg/envsubst"
	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/hearth-dev/hearth/internal/remote"
	"github.com/hearth-dev/hearth/internal/vet"
	"github.com/hearth-dev/hearth/internal/yamllimit"
)

// read makes trees of the files and finds the workloads in them.
func (in *importing) read(files []File) error {
	files, err := in.build(files)
	if err != nil {
		return err
	}
	namespace := ""
	for _, f := range files {
		roots, err := in.parse(f)
		if err != nil {
			return err
		}
		for _, root := range roots {
			in.roots = append(in.roots, root)
			if isKustomization(f.Name) && !strings.Contains(root.Text("apiVersion"), "fluxcd") {
				namespace = cmp.Or(namespace, in.kustomization(root))
				continue
			}
			if err := in.document(root); err != nil {
				return err
			}
		}
	}
	in.workloads()
	for _, a := range in.apps {
		a.namespace = cmp.Or(a.namespace, namespace)
	}
	return nil
}

// parse reads the documents of a file.
func (in *importing) parse(f File) ([]*Node, error) {
	if err := yamllimit.Check(f.Data); err != nil {
		return nil, fmt.Errorf("reading %s: %w", f.Name, err)
	}
	var roots []*Node
	for d := yaml.NewDecoder(bytes.NewReader(f.Data)); ; {
		var y yaml.Node
		if err := d.Decode(&y); errors.Is(err, io.EOF) {
			return roots, nil
		} else if err != nil {
			return nil, fmt.Errorf("reading %s: %w", f.Name, err)
		}
		if err := yamllimit.Document(&y, 120_000); err != nil {
			return nil, fmt.Errorf("reading %s: document at line %d: %w", f.Name, y.Line, err)
		}
		if len(y.Content) == 0 {
			continue
		}
		root := newNode(f.Name, "", "", nil, y.Content[0])
		if root.null && len(root.children) == 0 {
			continue
		}
		root.each(in.substitute)
		roots = append(roots, root)
	}
}

// fluxVariable is one of Flux' postBuild, with whatever it does with the value.
var fluxVariable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)[^}]*\}`)

// substitute writes the values of Flux' variables that are known.
func (in *importing) substitute(n *Node) {
	if len(in.options.Substitute) == 0 || !strings.Contains(n.text, "${") {
		return
	}
	value := func(name string) (string, bool) {
		text, ok := in.options.Substitute[name]
		return text, ok
	}
	n.text = fluxVariable.ReplaceAllStringFunc(n.text, func(text string) string {
		if _, given := value(fluxVariable.FindStringSubmatch(text)[1]); !given {
			return text
		}
		if filled, err := envsubst.Eval(text, value); err == nil {
			return filled
		}
		return text
	})
}

func isKustomization(name string) bool {
	return slices.Contains(konfig.RecognizedKustomizationFileNames(), slashed.Base(name))
}

// build replaces the files of each folder of kustomize by what they build to.
// What cannot be built, such as one that needs files from elsewhere, stays as it is.
func (in *importing) build(files []File) ([]File, error) {
	used := map[string]bool{}
	var folders []string
	fsys := filesys.MakeFsInMemory()
	for _, f := range files {
		if err := fsys.WriteFile(deep(f.Name), f.Data); err != nil {
			return nil, fmt.Errorf("reading %s: %w", f.Name, err)
		}
		if !isKustomization(f.Name) || bytes.Contains(f.Data, []byte("kustomize.toolkit.fluxcd.io")) {
			continue
		}
		folders = append(folders, slashed.Dir(f.Name))
		var k struct {
			Resources, Bases, Components []string
		}
		_ = yaml.Unmarshal(f.Data, &k) // kustomize says what is wrong with it
		for _, r := range slices.Concat(k.Resources, k.Bases, k.Components) {
			used[slashed.Join(slashed.Dir(f.Name), r)] = true
		}
	}
	var built []File
	for _, folder := range folders {
		if used[folder] {
			continue
		}
		data, err := buildFolder(fsys, folder)
		if err != nil {
			in.notef("kustomize does not build %s, so its files are read as they are: %s", folder, firstLine(within.ReplaceAllLiteralString(err.Error(), "")))
			continue
		}
		files = slices.DeleteFunc(files, func(f File) bool {
			return strings.HasPrefix(slashed.Dir(f.Name)+"/", folder+"/") || folder == "."
		})
		built = append(built, File{Name: folder + " (kustomize build)", Data: data})
	}
	return append(files, built...), nil
}

// deep is a name in a file system of its own, where .. leads somewhere too.
func deep(name string) string { return slashed.Join("/a/b/c/d/e/f/g/h", name) }

// within is what deep put before a name.
var within = regexp.MustCompile(`/a(?:/[b-h])+/`)

func buildFolder(fsys filesys.FileSystem, folder string) ([]byte, error) {
	local := remote.New(fsys)
	objects, err := vet.Build(local, deep(folder))
	if err != nil {
		return nil, local.Reason(err)
	}
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	for _, o := range objects {
		if err := encoder.Encode(o); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), encoder.Close()
}

func firstLine(text string) string {
	text, _, _ = strings.Cut(text, "\n")
	if len(text) > 160 {
		text = text[:157] + "..."
	}
	return text
}

// kustomization reads one that was not built, and is its namespace.
func (in *importing) kustomization(root *Node) string {
	root.At("resources").plain("the files are read")
	root.At("apiVersion").plain(theObject)
	root.At("kind").plain(theObject)
	root.At("namespace").plain("the namespace of the base")
	root.lost("the folder was not built: hearth reads its files alone", "give hearth import what kustomize build prints")
	return root.Text("namespace")
}

const (
	theObject  = "hearth writes the objects"
	theRelease = "of the chart's release, in whose place hearth writes the objects"
)

// document files one document under what it is.
func (in *importing) document(root *Node) error {
	kind := root.Text("kind")
	if !root.mapping {
		root.lost("no map: neither values nor an object", "")
		return nil
	}
	if root.At("items") != nil && strings.HasSuffix(kind, "List") {
		for _, item := range root.At("items").Items() {
			if err := in.document(item); err != nil {
				return err
			}
		}
		root.At("kind").plain(theObject)
		root.At("apiVersion").plain(theObject)
		return nil
	}
	if kind == "" || root.At("apiVersion") == nil {
		return in.valuesFile(root)
	}
	o := &object{node: root, kind: kind, name: root.Text("metadata", "name"), namespace: root.Text("metadata", "namespace")}
	in.objects = append(in.objects, o)
	return nil
}

// valuesFile is a file of a chart's values alone.
func (in *importing) valuesFile(root *Node) error {
	chart := cmp.Or(guess(root), in.options.Chart)
	if chart == "" {
		return fmt.Errorf("%s is no object, and could be values of several charts: say which with --chart %s", root.file, strings.Join(Charts, ", --chart "))
	}
	if in.options.Chart != "" {
		chart = in.options.Chart
	}
	in.chart(chart, &release{name: chart, values: root})
	return nil
}

// guess is the chart that values are of, by keys that no other has; "" in doubt.
func guess(values *Node) string {
	switch {
	case values.At("controllers") != nil || values.At("defaultPodOptions") != nil:
		return chartAppTemplate
	case slices.ContainsFunc([]string{"ollamaUrls", "pipelines", "websocket", "extraEnvVars", "sso", "openaiBaseApiUrl", "openaiBaseApiUrls", "enableOpenaiApi", "copyAppData", "databaseUrl"},
		func(key string) bool { return values.At(key) != nil }):
		return chartOpenWebUI
	case values.At("ollama", "gpu") != nil || values.At("ollama", "models") != nil || values.At("persistentVolume") != nil:
		return chartOllama
	}
	return ""
}

// workloads finds what runs in the objects.
func (in *importing) workloads() {
	for _, o := range in.objects {
		switch o.kind {
		case "HelmRelease":
			in.helmRelease(o)
		case "Application":
			in.application(o)
		case "Deployment", "StatefulSet", "DaemonSet", "Pod", "ReplicaSet":
			in.manifest(o)
		}
	}
}

// release is a chart with its values.
type release struct {
	name, namespace string
	values          *Node
	object          *object
}

// helmRelease is one of Flux'.
func (in *importing) helmRelease(o *object) {
	spec := o.node.At("spec")
	values := spec.At("values")
	chart := in.chartOf(o, spec)
	if chart == "" {
		return
	}
	for _, key := range []string{"valuesFrom"} {
		if from := spec.At(key); from != nil {
			from.lost("values that come from another object cannot be seen", "write them into spec.values, and import again")
			in.notef("HelmRelease %s takes values from other objects, which cannot be seen: what they say is missing", o.name)
		}
	}
	if spec.At("postRenderers") != nil {
		spec.At("postRenderers").lost("patches of a chart's objects do not fit hearth's", "write a patch of hearth's objects into patches")
	}
	if spec.At("dependsOn") != nil {
		spec.At("dependsOn").lost("the order of releases is of whatever syncs the tree", "write it into the Flux Kustomization, or spec.fleet.dependsOn")
	}
	in.chart(chart, &release{name: cmp.Or(spec.Text("releaseName"), o.name), namespace: cmp.Or(spec.Text("targetNamespace"), o.namespace), values: values, object: o})
	in.aside(o, "spec", "values")
}

// chartOf is the chart of a HelmRelease: by its name, by the repository that it
// leads to, or by what the values look like.
func (in *importing) chartOf(o *object, spec *Node) string {
	name := spec.Text("chart", "spec", "chart")
	if ref := spec.At("chartRef"); ref != nil {
		name = ref.Text("name")
		for _, r := range in.objects {
			if r.kind == ref.Text("kind") && r.name == name && r.node.Text("spec", "url") != "" {
				name = slashed.Base(r.node.Text("spec", "url"))
			}
		}
	}
	return pick(name, spec.At("values"), o.name)
}

// pick is the chart by its name, by its values, and by the release's name.
func pick(name string, values *Node, release string) string {
	if slices.Contains(Charts, name) && (name == chartAppTemplate || values.At("controllers") == nil) {
		return name
	}
	if g := guess(values); g != "" {
		return g
	}
	for _, chart := range []string{chartOllama, chartOpenWebUI} {
		if values != nil && (name == chart || name == "" && release == chart) {
			return chart
		}
	}
	return ""
}

// application is one of Argo CD's.
func (in *importing) application(o *object) {
	spec := o.node.At("spec")
	sources := spec.At("sources").Items()
	if s := spec.At("source"); s != nil {
		sources = append(sources, s)
	}
	for _, s := range sources {
		helm := s.At("helm")
		values := helm.At("valuesObject")
		if text := helm.At("values"); text != nil && values == nil {
			values = in.inline(text)
		}
		chart := pick(cmp.Or(s.Text("chart"), slashed.Base(s.Text("path"))), values, o.name)
		if chart == "" {
			continue
		}
		helm.At("valueFiles").lost("a file of values in another repository cannot be seen", "give the file to hearth import, with --chart "+chart)
		for _, p := range helm.At("parameters").Items() {
			p.lost("a parameter that overrides a value is not read", "write "+p.Text("name")+" into valuesObject, and import again")
		}
		in.chart(chart, &release{name: cmp.Or(helm.Text("releaseName"), o.name), namespace: spec.Text("destination", "namespace"), values: values, object: o})
		helm.At("releaseName").plain(theRelease)
		s.At("chart").plain(theRelease)
		s.At("repoURL").plain(theRelease)
		s.At("targetRevision").plain(theRelease)
		s.At("path").plain(theRelease)
	}
	if len(in.apps) == 0 || in.apps[len(in.apps)-1].object != o {
		return
	}
	spec.At("destination", "namespace").plain("the namespace of the base")
	spec.At("destination").plain("which cluster gets the tree is for whatever syncs it: another Application, or spec.fleet")
	spec.At("project").plain("of Argo CD: point the Application at the overlay's folder")
	spec.At("syncPolicy").plain("of Argo CD: point the Application at the overlay's folder")
	in.aside(o, "spec")
}

// inline is YAML within a text of YAML. Its leaves hang below the text's.
func (in *importing) inline(text *Node) *Node {
	var y yaml.Node
	if err := yaml.Unmarshal([]byte(text.text), &y); err != nil || len(y.Content) == 0 || y.Content[0].Kind != yaml.MappingNode {
		return nil
	}
	inner := newNode(text.file, text.path, "values", text, y.Content[0])
	inner.each(func(c *Node) { c.line += text.line })
	inner.each(in.substitute)
	text.children, text.text, text.mapping = inner.children, "", true
	for _, c := range text.children {
		c.parent = text
	}
	return text
}

// aside says of the rest of a release that hearth has no need of it.
func (in *importing) aside(o *object, but ...string) {
	for _, c := range o.node.Items() {
		if c.key != "spec" {
			c.At("namespace").plain("the namespace of the base")
			c.plain(theRelease)
			continue
		}
		for _, s := range c.Items() {
			if !slices.Contains(but, s.key) && o.kind == "HelmRelease" {
				s.plain(theRelease)
			}
		}
	}
}

var (
	releaseName      = regexp.MustCompile(`\{\{-?\s*\.Release\.Name\s*-?\}\}`)
	releaseNamespace = regexp.MustCompile(`\{\{-?\s*\.Release\.Namespace\s*-?\}\}`)
)

// chart finds the workloads of a chart's values.
func (in *importing) chart(chart string, r *release) {
	r.values.each(func(n *Node) { // of Helm's, the two that charts' values have
		if strings.Contains(n.text, "{{") {
			n.text = releaseName.ReplaceAllLiteralString(n.text, r.name)
			n.text = releaseNamespace.ReplaceAllLiteralString(n.text, cmp.Or(r.namespace, in.options.Namespace, "ai"))
		}
	})
	switch chart {
	case chartOllama:
		in.app(programOllama, chart, r, r.values, readOllamaChart)
	case chartOpenWebUI:
		in.openWebUIChart(r)
	case chartAppTemplate:
		in.appTemplate(r)
	}
}

func (in *importing) app(program, chart string, r *release, values *Node, read func(*app)) *app {
	a := &app{importing: in, program: program, chart: chart, release: r.name, namespace: r.namespace, values: values, object: r.object, read: read, vars: map[string]*variable{}}
	a.services = []string{r.name}
	in.apps = append(in.apps, a)
	return a
}

// strangers says of the other objects what becomes of them.
func (in *importing) strangers() {
	for _, o := range in.objects {
		if slices.ContainsFunc(in.apps, func(a *app) bool { return a.object == o }) {
			continue
		}
		n := o.node
		switch o.kind {
		case "HelmRepository", "OCIRepository", "HelmChart":
			if strings.Contains(n.Text("apiVersion"), "source.toolkit.fluxcd.io") {
				n.plain("where a chart comes from, and hearth needs none")
			}
		case "Kustomization":
			n.lost("of Flux: hearth writes none", "point its path at the overlay's folder")
		case "Namespace":
			n.At("metadata", "labels").lost("a namespace of hearth's has the labels for Pod Security", "write others into namespaceLabels")
			n.plain("the namespace is the base's; createNamespace makes it")
		case "Secret", "SealedSecret":
			n.At("data").conceal()
			n.At("stringData").conceal()
			n.At("spec", "encryptedData").conceal()
			n.lost("a Secret belongs into no file of hearth's", "keep it where it is; hearth render lists those that the stack needs")
		case "ExternalSecret":
			n.lost("where a Secret comes from is no part of a stack", "keep the file beside it, in the same namespace")
		case "PersistentVolumeClaim":
			for _, a := range in.apps {
				if claim, _ := in.doc.get(a.at("storage", "existingClaim")); claim == o.name {
					n.changed(field(a.at("storage", "existingClaim")), "the claim stays as it is, and the stack names it", "keep the file where it is, or the volume goes")
				}
			}
			n.lost("no program of the stack uses the claim", "keep the file, or write it into resources")
		case "NetworkPolicy", "CiliumNetworkPolicy":
			n.lost("hearth writes NetworkPolicies of its own, which close what they do not name", "name who else asks in allowFrom, and what else is asked in allowTo")
		case "PodDisruptionBudget", "HorizontalPodAutoscaler":
			n.lost("each program is one pod", "")
		}
		n.lost("an object that hearth does not write", "keep the file, or write the object into resources, of the base or of an overlay")
	}
}
