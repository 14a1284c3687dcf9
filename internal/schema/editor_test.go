package schema_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hearth-dev/hearth/internal/build/fleet"
	"github.com/hearth-dev/hearth/internal/schema"
	"github.com/hearth-dev/hearth/internal/testing/editor"
	"github.com/hearth-dev/hearth/internal/testing/randomstack"
	"github.com/hearth-dev/hearth/internal/testing/sample"
	vendored "github.com/hearth-dev/hearth/third_party/fleet"
)

const (
	modeline = "# yaml-language-server: $schema="
	ourPage  = "https://raw.githubusercontent.com/hearth-dev/hearth/main/schema/hearth.schema.json"
	root     = "../.."
)

// TestPointerIsDescribed: what the tests below want to see at the pointer is in the
// schema, so that a reworded comment shows here and not first where the server is.
func TestPointerIsDescribed(t *testing.T) {
	ours, err := schema.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var document any
	if err := json.Unmarshal(ours, &document); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprint(document)
	wanted := maps.Clone(shown)
	for _, p := range places {
		wanted[p.name] = p.said
	}
	for name, said := range wanted {
		if !strings.Contains(text, said) {
			t.Errorf("%s: the schema does not say %q", name, said)
		}
	}
}

// start starts yaml-language-server, which has ours and Fleet's schema by their
// addresses.
func start(t *testing.T) *editor.Editor {
	t.Helper()
	if *server == "" {
		t.Skip("npm has to install the server: go test ./internal/schema -run Editor -language-server $(tools/lsp/install)")
	}
	ours, err := schema.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return editor.Start(t, *server, map[string][]byte{ourPage: ours, fleet.SchemaURL: vendored.Schema})
}

// named is a text and where it stands.
type named struct{ name, text string }

// judgeAll is what the server says of each of the texts. They are open at the
// same time, and few enough that none waits long.
func judgeAll(e *editor.Editor, texts []named) [][]editor.Diagnostic {
	var said [][]editor.Diagnostic
	for some := range slices.Chunk(texts, 20) {
		var open []editor.Document
		for _, text := range some {
			open = append(open, e.Unsaved(root, text.text))
		}
		for _, d := range open {
			said = append(said, d.Diagnostics())
			d.Close()
		}
	}
	return said
}

// stackLine is below the root of the repository, as every text here is opened.
const stackLine = modeline + "schema/hearth.schema.json\n"

// TestEditorAccepts: nothing is underlined in a valid stack.
func TestEditorAccepts(t *testing.T) {
	e := start(t)
	var valid []named
	for _, path := range stacks(t) {
		d := e.Open(path, read(t, path))
		if found := d.Diagnostics(); len(found) > 0 {
			t.Errorf("%s: %v", path, found)
		}
		d.Close()
	}
	valid = append(valid, named{"everything.yaml", stackLine + read(t, api+"/testdata/everything.yaml")})
	for page, texts := range pageStacks(t) {
		for _, text := range texts {
			valid = append(valid, named{page, text})
		}
	}
	for _, flags := range [][]string{
		{}, {"--chat", "--expose", "nginx", "--host", "chat.lan", "--issuer", "ca", "--fleet"},
		{"--expose", "traefik", "--host", "ollama.example.org", "--cert-resolver", "le"},
		{"--chat", "--expose", "gateway", "--gateway", "infra/web", "--host", "chat.lan"},
	} {
		valid = append(valid, named{fmt.Sprint("init ", flags), initialized(t, flags...)})
	}
	for _, archive := range archives(t, "../../generator/testdata/*.txtar") {
		for _, file := range archive.Files {
			if file.Name == "hearth.yaml" {
				valid = append(valid, named{"golden", stackLine + string(file.Data)})
			}
		}
	}
	for seed := range uint64(sample.Size(60, 300)) {
		valid = append(valid, named{fmt.Sprint("random stack ", seed), stackLine + string(randomstack.Draw(seed))})
	}
	fixtures(t, func(name, text, wrong string) {
		if !isWrong(wrong) {
			valid = append(valid, named{name, stackLine + text})
		}
	})
	for i, found := range judgeAll(e, valid) {
		if len(found) > 0 {
			t.Errorf("%s: %v in\n%s", valid[i].name, found, valid[i].text)
		}
	}
	t.Logf("%d valid stacks", len(valid))
}

// TestEditorRefuses: every structural mistake among the fixtures is underlined.
func TestEditorRefuses(t *testing.T) {
	e := start(t)
	var wrong []named
	fixtures(t, func(name, text, problems string) {
		if isStructural(problems) {
			wrong = append(wrong, named{name, stackLine + text})
		}
	})
	for i, found := range judgeAll(e, wrong) {
		if len(found) == 0 {
			t.Errorf("%s: nothing is underlined in\n%s", wrong[i].name, wrong[i].text)
		}
	}
	t.Logf("%d mistakes", len(wrong))
}

// TestEditorAndFleet: nothing is underlined in a generated fleet.yaml, and a
// mistake is.
func TestEditorAndFleet(t *testing.T) {
	e := start(t)
	files := []named{{"fleet.yaml", read(t, "../../fleet.yaml")}}
	for _, archive := range archives(t, "../../generator/testdata/*.txtar") {
		for _, file := range archive.Files {
			if file.Name == "fleet.yaml" {
				files = append(files, named{"golden", string(file.Data)})
			}
		}
	}
	if len(files) < 3 {
		t.Errorf("%d files: too few", len(files))
	}
	for i, found := range judgeAll(e, files) {
		if len(found) > 0 {
			t.Errorf("%s: %v in\n%s", files[i].name, found, files[i].text)
		}
	}
	d := e.Unsaved(root, files[0].text)
	d.Diagnostics()
	_, on := editor.Cursor(t, strings.Replace(files[0].text, "defaultNamespace", "‸", 1), "‸")
	if shows := d.Hover(on); !strings.Contains(shows, "namespace") {
		t.Errorf("the pointer on defaultNamespace shows %q", shows)
	}
	for from, to := range map[string]string{"name: ": "names: ", "defaultNamespace: ": "defaultNamespace: []\nlabels: ", "  dir: ": "  folder: "} {
		text := strings.Replace(files[0].text, from, to, 1)
		if found := judgeAll(e, []named{{"", text}}); len(found[0]) == 0 {
			t.Errorf("nothing is underlined in\n%s", text)
		}
	}
}

const (
	head     = "apiVersion: hearth.dev/v1alpha1\nkind: Stack\nmetadata: {name: x}\nspec:\n"
	inBase   = head + "  bases:\n    - name: a\n      "
	inChange = inBase + "namespace: a\n  overlays:\n    - name: home\n      bases:\n        - name: a\n          "
)

// places are where somebody writes, at the mark: what is offered there, in the
// form that it is written in, and what is not; then what the description of a
// word says, where it first stands.
var places = []struct {
	name, text   string
	offered, not string // between spaces; _ is a new line, and ... anything
	word, said   string
}{
	{"the top", "apiVersion: hearth.dev/v1alpha1\nkind: Stack\n‸", "metadata:_ spec:_", "bases", "kind", "Stack"},
	{"the version", "kind: Stack\napiVersion: ‸", "hearth.dev/v1alpha1", "null", "apiVersion", "hearth.dev/v1alpha1"},
	{"the spec", head + "  ‸", "bases:_ overlays:_ fleet:_ exceptions:_", "name null", "spec", "the bases, the overlays over them, and the clusters"},
	{"a base", inBase + "‸", "namespace: createNamespace: images:_ ollama:_ openWebUI:_ expose:_ patches:_", "name models", "bases", "each a folder bases/<name>"},
	{"an Ollama", inBase + "ollama:\n        ‸", "models:_ storage:_ keepAlive: contextLength:${1:4096} promptCache: accelerator:_", "signUp", "ollama", "inference server"},
	{"a chat", inBase + "openWebUI:\n        ‸", "name:${1:OpenWebUI} signUp: oidc:_ embedding:_ storage:_", "models", "openWebUI", "the chat in front of"},
	{"values of an enum", inBase + "ollama:\n        pull: ‸", "missing never null", "always", "pull", "missing"},
	{"a duration", inBase + "ollama:\n        keepAlive: ‸", "5m 30m", "missing", "keepAlive", "model stays in memory"},
	{"a number", inBase + "ollama:\n        contextLength: ‸", "4096", "auto", "contextLength", "tokens"},
	{"memory", inBase + "ollama:\n        resources:\n          limits:\n            memory: ‸", "8Gi 512Mi", "500m", "memory", "Memory"},
	{"processors", inBase + "ollama:\n        resources:\n          limits:\n            cpu: ‸", "500m", "8Gi", "cpu", "CPU"},
	{"a volume", inBase + "ollama:\n        storage:\n          ‸", "size: storageClassName: retain:${1:true} backup:_", "memory", "storage", "olume"},
	{"ways in", inBase + "expose:\n        type: ‸", "internal nginx traefik gateway", "ngnix", "expose", "way in from outside"},
	{"F5 NGINX", inBase + "expose:\n        type: nginx\n        nginx:\n          ‸", "className:${1:nginx} maxBodySize:${1:10Mi} readTimeout: basicAuth:_ allowList:_", "entryPoints name:", "nginx:", "F5"},
	{"Traefik", inBase + "expose:\n        type: traefik\n        traefik:\n          ‸", "className:${1:traefik} entryPoints:_ route: rateLimit:_ forwardAuth:_", "maxBodySize", "traefik:", "Traefik alone"},
	{"Gateway API", inBase + "expose:\n        type: gateway\n        gateway:\n          ‸", "name: namespace: sectionName:${1:https} httpsPort: requestTimeout:", "entryPoints httpsPort:${1:0}", "gateway:", "Gateway that the route attaches to"},
	{"kinds of TLS", inBase + "expose:\n        tls:\n          type: ‸", "certManager secret certResolver gateway none", "letsencrypt", "expose", "way in from outside"},
	{"Kubernetes' own types", inBase + "ollama:\n        tolerations:\n          - ‸", "key: effect: operator:", "models", "tolerations", "oleration"},
	{"whose secret", inBase + "openWebUI:\n        oidc:\n          clientSecret:\n            ‸", "name: key:", "models", "clientSecret", "the client's secret is"},
	{"a base in an overlay", inChange + "‸", "ollama:_ openWebUI:_ expose:_ images:_", "models", "overlays", "Overlays are variants of bases"},
	{"an Ollama in an overlay", inChange + "ollama:\n            ‸", "models:_ contextLength:${1:4096} storage:_", "signUp", "ollama", "inference server"},
	{"back to the default, in an overlay", inChange + "ollama:\n            numParallel: ‸", "null", "auto", "numParallel", "requests per loaded model"},
	{"none of it, in an overlay", inChange + "openWebUI: ‸", "null", "true", "openWebUI", "the chat in front of"},
	{"a volume in an overlay", inChange + "ollama:\n            storage:\n              size: ‸", "8Gi null", "500m", "size", "shrink"},
	{"clusters", inBase + "namespace: a\n  fleet:\n    targets:\n      - ‸", "overlay: clusterName: clusterSelector:_", "name:", "targets", "Targets in order"},
}

// TestEditorHelps: what completion offers and what the pointer shows.
func TestEditorHelps(t *testing.T) {
	e := start(t)
	for _, p := range places {
		text, at := editor.Cursor(t, stackLine+p.text, "‸")
		d := e.Unsaved(root, text)
		d.Diagnostics() // unfinished, and so not empty; but then the schema is there
		var offered []string
		items := d.Completion(at)
		for _, i := range items {
			offered = append(offered, strings.NewReplacer(" ", "", "\n", "_").Replace(i.InsertText))
			if strings.HasSuffix(i.InsertText, ":") || strings.Contains(i.InsertText, ": ") {
				if i.Documentation == nil || i.Documentation == "" {
					t.Errorf("%s: %s is offered without a word", p.name, i.Label)
				}
			}
		}
		has := func(want string) bool {
			return slices.ContainsFunc(offered, func(o string) bool {
				return o == want || strings.HasSuffix(want, "_") && strings.HasPrefix(o, want)
			})
		}
		for _, want := range strings.Fields(p.offered) {
			if !has(want) {
				t.Errorf("%s: %s is not offered; but %s", p.name, want, strings.Join(offered, " "))
			}
		}
		for _, not := range strings.Fields(p.not) {
			if slices.ContainsFunc(offered, func(o string) bool { return o == not || strings.HasPrefix(o, not+":") }) {
				t.Errorf("%s: %s is offered: %s", p.name, not, strings.Join(offered, " "))
			}
		}
		_, on := editor.Cursor(t, strings.Replace(text, p.word, "‸"+p.word, 1), "‸")
		if said := d.Hover(on); !strings.Contains(said, p.said) {
			t.Errorf("%s: the pointer on %s shows %q, not %q", p.name, p.word, said, p.said)
		}
		d.Close()
	}
}

// shown are words of everything.yaml, where they first stand, each with what the
// pointer shows there.
var shown = map[string]string{
	"kind": "Stack", "createNamespace": "adds the Namespace object", "caBundle": "certificate authorities", "mirrors": "registry",
	"contextLength": "tokens", "kvCacheType": "flash attention", "tls:": "TLS of the host", "issuer": "ssuer", "clientID": "provider gave the chat",
	"secretKeyRef": "Secret", "requiredDuringSchedulingIgnoredDuringExecution": "scheduled", "promptCache": "prompt",
	"maxBodySize": "such as an uploaded document", "rateLimit": "requests", "embedding: {": "documents", "dependsOn": "bundle", "overlays": "variants of bases",
}

// TestEditorShows: the pointer on a field shows the field's own description.
func TestEditorShows(t *testing.T) {
	e := start(t)
	text := stackLine + read(t, api+"/testdata/everything.yaml")
	d := e.Unsaved(root, text)
	d.Diagnostics()
	for word, said := range shown {
		_, on := editor.Cursor(t, regexp.MustCompile(`(?m)^([^#\n]*)\b`+word).ReplaceAllString(text, "$1‸"+word), "‸")
		if shows := d.Hover(on); !strings.Contains(shows, said) {
			t.Errorf("the pointer on %s shows %q, not %q", word, shows, said)
		}
	}
}

// mistakes are in the form of a value, each with where it is underlined.
var mistakes = []struct{ name, text, said string }{
	{"a misspelt field", inBase + "namespace: a\n      olama: {models: [a]}", "9: Property olama is not allowed"},
	{"a misspelt field in an overlay", inChange + "openWebUi: {}", "13: Property openWebUi is not allowed"},
	{"a field of another form", inBase + "namespace: a\n      ollama: {models: llama3.2:3b}", "9: Incorrect type. Expected one of array, null"},
	{"a mapping where a word is", inBase + "namespace: {name: a}", "8: Incorrect type. Expected one of string, null"},
	{"a value that is not among those", inBase + "namespace: a\n      expose: {type: ngnix}", "9: Value is not accepted"},
	{"a value that is not among those, in an overlay", inChange + "ollama: {pull: always}", "13: Value is not accepted"},
	{"an amount that is none", inBase + "namespace: a\n      ollama: {models: [a], storage: {size: 10GB}}", "9: Quantity is an amount"},
	{"a duration that is none", inBase + "namespace: a\n      ollama: {models: [a], loadTimeout: 5 minutes}", "9: Duration is a span"},
	{"a base without a name", head + "  bases:\n    - namespace: a", `Missing property "name"`},
	{"no bases", head + "  overlays: []", `Missing property "bases"`},
	{"another kind", "apiVersion: hearth.dev/v1alpha1\nkind: Stak\nmetadata: {name: x}\nspec: {bases: []}", "3: Value is not accepted"},
	{"null where nothing may be", head + "  bases:\n    - name: null", `Incorrect type. Expected "string`},
}

// TestEditorSays: a mistake is underlined where it stands, with a reason.
func TestEditorSays(t *testing.T) {
	e := start(t)
	var texts []named
	for _, m := range mistakes {
		texts = append(texts, named{m.name, stackLine + m.text + "\n"})
	}
	for i, found := range judgeAll(e, texts) {
		if len(found) != 1 || !strings.Contains(found[0].String(), mistakes[i].said) {
			t.Errorf("%s: %v, want %s", mistakes[i].name, found, mistakes[i].said)
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func archives(t *testing.T, pattern string) []*txtar.Archive {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: nothing (%v)", pattern, err)
	}
	var all []*txtar.Archive
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, archive)
	}
	return all
}

// initialized is the stack that hearth init writes.
func initialized(t *testing.T, flags ...string) string {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"run", "../../cmd/hearth", "init", "-f", filepath.Join(dir, "hearth.yaml")}, flags...)...)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, said)
	}
	return read(t, filepath.Join(dir, "hearth.yaml"))
}
