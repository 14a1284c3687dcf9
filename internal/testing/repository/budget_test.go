package repository

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	// mostTime of a processor: the two seconds that are promised, four times, for a
	// machine that is slower, or whose cores share what they have.
	mostTime = 8 * time.Second
	// spoken is the processor time at which a limit of time may speak.
	spoken = 1500 * time.Millisecond
	// mostMemory above the size of what is read, in bytes, at its peak.
	mostMemory = 256 << 20
	// hangs is when a program is stopped that takes no time and does not end.
	hangs = 2 * time.Minute
)

// reportTo names the file that a call's time in nanoseconds and peak memory in
// bytes go to.
const reportTo = "HEARTH_TEST_REPORT"

// A child's peak is never below that of its parent, and the test's own grows with
// the inputs that it makes. So each call is started by a second process of this
// binary, which does nothing else.
func TestMain(m *testing.M) {
	report := os.Getenv(reportTo)
	if report == "" {
		os.Exit(m.Run())
	}
	if err := os.WriteFile(report, []byte(measure(os.Args[1:])), 0o600); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// measure runs a command and returns its time and peak, or why there are none.
func measure(args []string) string {
	ctx, cancel := context.WithTimeout(context.Background(), hangs)
	defer cancel()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err := cmd.Run() // its code is not the question
	if cmd.ProcessState == nil || ctx.Err() != nil {
		return fmt.Sprint(errors.Join(err, ctx.Err()))
	}
	took := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return fmt.Sprint(took.Nanoseconds(), " ", cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss<<10)
}

// abuse is one call of a program with what nobody means well.
type abuse struct {
	name    string
	program string // hearth, or hearth-fn
	args    []string
	stdin   func() string
	files   map[string]func() string // in the folder that the program is called in
	make    func(t *testing.T, dir string)
	want    string // in what it says; "" where the input is within the limits
}

func always(s string) func() string { return func() string { return s } }

func times(n int, format string) string {
	var b strings.Builder
	for i := range n {
		if strings.Contains(format, "%") {
			fmt.Fprintf(&b, format, i)
		} else {
			b.WriteString(format)
		}
	}
	return b.String()
}

// bomb is n aliases of aliases: ten to the nth values.
func bomb(n int) string {
	b := "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
	for i := 1; i < n; i++ {
		b += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 10), ","))
	}
	return b
}

const (
	stackHead = "apiVersion: hearth.dev/v1alpha1\nkind: Stack\nmetadata: {name: s}\nspec:\n  bases:\n    - name: b\n      namespace: b\n      ollama: {models: [\"llama3.2:3b\"]}\n"
	listHead  = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nfunctionConfig: {apiVersion: hearth.dev/v1alpha1, kind: StackCheck, metadata: {name: a}}\n"
	// releaseHead begins a release of Ollama's chart; its values follow.
	releaseHead = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: o, namespace: n}\nspec:\n  chart: {spec: {chart: ollama}}\n  values:\n"
	object      = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
	item        = "- {apiVersion: v1, kind: ConfigMap, metadata: {name: c%d}}\n"
	document    = "---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: c%d}}\n"
	tooMuch     = "of what is built within two seconds"
)

func overlaysOf(n int) string {
	return "  overlays:\n" + times(n, "    - name: o%d\n      bases: [{name: b}]\n")
}

// listAbuse is a ResourceList for hearth-fn.
func listAbuse(name, want, head string, rest func() string) abuse {
	return abuse{name: "list: " + name, program: "hearth-fn", stdin: func() string { return head + rest() }, want: want}
}

// objectsAbuse is rendered objects for vet.
func objectsAbuse(name, want string, stdin func() string) abuse {
	return abuse{name: "objects: " + name, program: "hearth", args: []string{"vet", "-"}, stdin: stdin, want: want}
}

// folderAbuse is a folder of kustomize for vet.
func folderAbuse(name, want, kustomization string, objects func() string) abuse {
	return abuse{name: "folder: " + name, program: "hearth", args: []string{"vet", "."}, want: want, files: map[string]func() string{
		"kustomization.yaml": func() string { return "resources: [objects.yaml]\n" + kustomization }, "objects.yaml": objects,
	}}
}

// importAbuse is what runs already, for import.
func importAbuse(name, want string, stdin func() string) abuse {
	return abuse{name: "import: " + name, program: "hearth", args: []string{"import", "-", "--stdout"}, stdin: stdin, want: want}
}

// stackAbuses are a stack for render and for vet.
func stackAbuses(name, want string, stack func() string) []abuse {
	var all []abuse
	for _, args := range [][]string{{"render", "--dry-run"}, {"vet"}} {
		if want == "" && args[0] == "render" {
			want = "would create"
		} else if want == "would create" {
			want = " 0 errors"
		}
		all = append(all, abuse{name: "stack: " + name + ": " + args[0], program: "hearth", args: args, want: want, files: map[string]func() string{"hearth.yaml": stack}})
	}
	return all
}

func abuses() []abuse {
	pipe := func(name string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			if err := syscall.Mkfifo(filepath.Join(dir, name), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	link := func(to, name string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	hole := func(name string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			f, err := os.Create(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(f.Truncate(2<<30), f.Close()); err != nil {
				t.Fatal(err)
			}
		}
	}
	folder := func(name string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
				t.Fatal(err)
			}
		}
	}
	keys := func(n int) string { return "data: {" + times(n, "k%d: a,") + "}\n" }
	containers := func(n int) string {
		return "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [" + times(n, "{name: a%d, image: b},") + "]}}\n"
	}

	all := []abuse{
		listAbuse("nine million mappings", "more than 8 MiB", listHead, func() string { return "items: [" + strings.Repeat("{},", 9_000_000) + "]\n" }),
		listAbuse("half a million items", "places where a value may begin", listHead, func() string { return "items: [" + strings.Repeat("{},", 500_000) + "]\n" }),
		listAbuse("many items", "at most 4000 are read", listHead, func() string { return "items:\n" + times(10_000, item) }),
		listAbuse("items within the limit", "", listHead, func() string { return "items:\n" + times(4_000, item) }),
		listAbuse("items without a name", "more; see to these first", listHead, func() string { return "items:\n" + strings.Repeat("- {apiVersion: v1, kind: ConfigMap}\n", 4_000) }),
		listAbuse("a List of items", "at most 4000 are read", listHead, func() string { return "items: [{kind: List, items: [" + strings.Repeat("{},", 20_000) + "]}]\n" }),
		listAbuse("containers within the limit", "pod-security", listHead, func() string { return "items:\n- " + containers(5_000) }),
		listAbuse("a long text", "", listHead, func() string {
			return "items:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {a: '" + strings.Repeat("x", 8_000_000) + "'}}\n"
		}),
		listAbuse("a long key", "", listHead, func() string {
			return "items:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: c}\n  data: {? " + strings.Repeat("x", 8_000_000) + " : a}\n"
		}),
		listAbuse("brackets", "exceeded max depth", listHead, func() string {
			return "items: [{a: " + strings.Repeat("[", 60_000) + strings.Repeat("]", 60_000) + "}]\n"
		}),
		listAbuse("aliases of aliases", "write it without aliases", listHead, func() string {
			return "items:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: a}\n  " + strings.ReplaceAll(bomb(9), "\n", "\n  ") + "\n"
		}),
		listAbuse("a key again and again", "already set in map", listHead, func() string {
			return "items:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}" + strings.Repeat(", a: b", 50_000) + "}\n"
		}),
		listAbuse("comments", "", listHead, func() string { return strings.Repeat("# a\n", 1_000_000) + "items: []\n" }),
		listAbuse("a number", "an exponent that no quantity has", listHead, func() string {
			return "items: [{apiVersion: v1, kind: A, metadata: {name: a}, x: 1e1000000000}]\n"
		}),
		listAbuse("a thousand overlays", "want the overlay to emit, one of o0", "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\nfunctionConfig:\n  ", func() string {
			return strings.ReplaceAll(stackHead+overlaysOf(1000), "\n", "\n  ") + "\n"
		}),
		listAbuse("Services that lead to all pods", "more; see to these first", listHead, func() string {
			return "items:\n" + times(1000, "- {apiVersion: v1, kind: Service, metadata: {name: s%d}, spec: {type: LoadBalancer, selector: {a: b}, ports: [{port: 11434}]}}\n") +
				times(1000, "- {apiVersion: v1, kind: Pod, metadata: {name: p%d, labels: {a: b}}, spec: {containers: [{name: a, image: ollama/ollama}]}}\n")
		}),

		importAbuse("aliases of aliases", "write it without aliases", func() string { return bomb(9) }),
		importAbuse("variables", tooMuch, func() string { return releaseHead + "    extraEnv:\n" + times(20_000, "    - {name: V%d, value: x}\n") }),
		importAbuse("models", tooMuch, func() string {
			return releaseHead + "    ollama: {models: {pull: [" + times(30_000, "m%d,") + "]}}\n"
		}),
		importAbuse("workloads and Services", "give fewer files at a time", func() string {
			const labels = "{template: {metadata: {labels: {app: o%d}}, spec: {containers: [{name: o, image: ollama/ollama:1}]}}}"
			return times(3_000, "---\n{apiVersion: apps/v1, kind: Deployment, metadata: {name: o}, spec: "+labels+"}\n") +
				times(3_000, "---\n{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {selector: {app: o%d}}}\n")
		}),
		objectsAbuse("four million mappings", "more than 8 MiB", func() string { return object + "data: [" + strings.Repeat("{},", 4_000_000) + "]\n" }),
		objectsAbuse("a million mappings", "places where a value may begin", func() string { return object + "data: [" + strings.Repeat("{},", 1_000_000) + "]\n" }),
		objectsAbuse("keys", "more than 120000 values", func() string { return object + keys(70_000) }),
		objectsAbuse("keys within the limit", "1 object", func() string { return object + keys(59_000) }),
		objectsAbuse("objects", "more than 10000 objects", func() string { return times(10_001, document) }),
		objectsAbuse("objects within the limit", "9900 objects", func() string { return times(9_900, document) }),
		objectsAbuse("a list of objects", "more than 10000 objects", func() string { return "kind: List\nitems: [" + strings.Repeat("{kind: A},", 10_100) + "]\n" }),
		objectsAbuse("lists in lists", "values within each other more than 1000 deep", func() string {
			return strings.Repeat("{kind: List, items: [", 2_000) + strings.Repeat("]}", 2_000)
		}),
		objectsAbuse("brackets", "exceeded max depth", func() string { return object + "a: " + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) }),
		objectsAbuse("aliases of aliases", "write it without aliases", func() string { return object + bomb(9) }),
		objectsAbuse("a long text", "1 object", func() string { return object + "data: {a: '" + strings.Repeat("x", 8_000_000) + "'}\n" }),
		objectsAbuse("a long key", "1 object", func() string { return object + "data:\n  ? " + strings.Repeat("k", 8_000_000) + "\n  : a\n" }),
		objectsAbuse("comments", "1 object", func() string { return strings.Repeat("# a\n", 1_000_000) + object }),
		objectsAbuse("containers", "pod-security", func() string { return containers(5_000) }),
		objectsAbuse("pods and policies of one namespace", "4000 objects", func() string {
			return times(2000, "---\n{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: n%d}, spec: {podSelector: {matchLabels: {a: b%[1]d}}, policyTypes: [Ingress]}}\n"+
				"---\n{apiVersion: v1, kind: Pod, metadata: {name: p%[1]d, labels: {a: b%[1]d}}, spec: {containers: [{name: a, image: ollama/ollama}]}}\n")
		}),
		objectsAbuse("Services that lead to all pods", "ollama-exposed", func() string {
			return times(1000, "---\n{apiVersion: v1, kind: Service, metadata: {name: s%d}, spec: {type: LoadBalancer, selector: {a: b}, ports: [{port: 11434}]}}\n"+
				"---\n{apiVersion: v1, kind: Pod, metadata: {name: p%[1]d, labels: {a: b}}, spec: {containers: [{name: a, image: ollama/ollama}]}}\n")
		}),
		{name: "objects: a device", program: "hearth", args: []string{"vet", "/dev/zero"}, want: "more than 8 MiB"},
		{name: "objects: a pipe", program: "hearth", args: []string{"vet", "pipe"}, make: pipe("pipe"), want: "nobody writes into it"},

		folderAbuse("keys", "kustomize takes more than", "", func() string { return object + keys(60_000) }),
		folderAbuse("objects", "kustomize takes more than", "", func() string { return times(9_000, document) }),
		folderAbuse("objects within the limit", "1000 objects", "", func() string { return times(1_000, document) }),
		folderAbuse("patches", "kustomize takes more than", "patches:\n"+times(3_000, "- patch: '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {k%d: a}}'\n"), always(object)),
		folderAbuse("replacements", "takes more than", "replacements:\n"+times(1_000, "- {source: {kind: ConfigMap, name: c0, fieldPath: metadata.name}, targets: [{select: {kind: ConfigMap}, fieldPaths: [data.k%d], options: {create: true}}]}\n"), func() string { return times(500, document) }),
		folderAbuse("labels", "takes more than", "labels:\n"+times(2_000, "- pairs: {a%d: b}\n"), func() string { return times(500, document) }),
		folderAbuse("generated objects", "kustomize takes more than", "configMapGenerator:\n"+times(5_000, "- {name: a%d, literals: [a=b]}\n"), always(object)),
		folderAbuse("a million mappings", "places where a value may begin", "", func() string { return object + "data: [" + strings.Repeat("{},", 1_000_000) + "]\n" }),
		folderAbuse("aliases of aliases", "write it without aliases", "", func() string { return object + bomb(9) }),
		folderAbuse("what is elsewhere", "nothing is fetched here", "components: [\"https://192.0.2.1/a/b//c?timeout=1\"]\n", always(object)),
		{name: "folder: bases of two bases each", program: "hearth", args: []string{"vet", "."}, want: "takes more than", files: twice(20)},
		{name: "folder: a loop", program: "hearth", args: []string{"vet", "."}, make: link(".", "a"), want: "cycle detected",
			files: map[string]func() string{"kustomization.yaml": always("resources: [a]\n")}},
		{name: "folder: a pipe", program: "hearth", args: []string{"vet", "."}, make: pipe("kustomization.yaml"), want: "kustomization"},
		{name: "folder: a pipe in it", program: "hearth", args: []string{"vet", "."}, make: pipe("a.yaml"), want: "it is not a regular file",
			files: map[string]func() string{"kustomization.yaml": always("resources: [a.yaml]\n")}},

		{name: "bundle: a large file", program: "hearth", args: []string{"vet", "."}, make: hole("large"), want: "more than 16 MiB to pack", files: bundle(1)},
		{name: "bundle: files", program: "hearth", args: []string{"vet", "."}, want: "more than 10000 files to pack", files: bundle(12_000)},
		{name: "bundle: a pipe", program: "hearth", args: []string{"vet", "."}, make: pipe("pipe"), want: "it is not a regular file", files: bundle(1)},

		{name: "lock: values", program: "hearth", args: []string{"render", "--dry-run"}, want: "at most 10000 are read", files: map[string]func() string{
			"hearth.yaml": always(stackHead), "hearth.lock.yaml": func() string { return "images: [" + strings.Repeat("{},", 300_000) + "]\n" },
		}},
		{name: "lock: aliases of aliases", program: "hearth", args: []string{"render", "--dry-run"}, want: "write it without aliases", files: map[string]func() string{
			"hearth.yaml": always(stackHead), "hearth.lock.yaml": func() string { return bomb(9) },
		}},
		{name: "lock: a large file", program: "hearth", args: []string{"render", "--dry-run"}, make: hole("hearth.lock.yaml"), want: "more than 1 MiB", files: map[string]func() string{"hearth.yaml": always(stackHead)}},
		{name: "lock: a pipe", program: "hearth", args: []string{"render", "--dry-run"}, make: pipe("hearth.lock.yaml"), want: "nobody writes into it", files: map[string]func() string{"hearth.yaml": always(stackHead)}},
		{name: "size: a device", program: "hearth", args: []string{"size", "/dev/zero"}, want: "is not a regular file"},
		{name: "size: a pipe", program: "hearth", args: []string{"size", "a.gguf"}, make: pipe("a.gguf"), want: "is not a regular file"},
		{name: "size: a hole", program: "hearth", args: []string{"size", "a.gguf"}, make: hole("a.gguf"), want: "a.gguf"},
		{name: "secrets: a thousand overlays", program: "hearth", args: []string{"secrets", "o1"}, want: "", files: map[string]func() string{"hearth.yaml": func() string { return stackHead + overlaysOf(1000) }}},
		{name: "stdin: endless", program: "hearth", args: []string{"render", "-f", "-", "--dry-run"}, want: "at most 1 MiB is read", stdin: func() string { return strings.Repeat("\n", 20<<20) }},
	}
	for name, make := range map[string]func(*testing.T, string){
		"is a pipe, and nobody writes into it": pipe("hearth.yaml"), "has more than 16 MiB": hole("hearth.yaml"),
		"is a directory": folder("hearth.yaml"), "too many levels of symbolic links": link("hearth.yaml", "hearth.yaml"),
	} {
		for _, verb := range []string{"render", "vet", "secrets", "lock"} {
			args := []string{verb}
			if verb == "secrets" {
				args = append(args, "o")
			}
			all = append(all, abuse{name: "hearth.yaml: " + verb + ": " + name, program: "hearth", args: args, make: make, want: name})
		}
	}
	resources := func(n int, more string) string {
		return "      resources:\n" + times(n, "        - {apiVersion: v1, kind: ConfigMap, metadata: {name: c%d"+more+"}, data: {a: b}}\n")
	}
	patches := func(n int) string {
		return "      patches:\n" + times(n, "        - {target: {kind: .*}, patch: '{apiVersion: v1, kind: Service, metadata: {name: x, annotations: {a%d: x}}}'}\n")
	}
	for _, s := range []struct {
		name, want string
		stack      func() string
	}{
		{"overlays", "at most 10000 are built", func() string { return stackHead + overlaysOf(12_000) }},
		{"overlays within the limit", "", func() string { return stackHead + overlaysOf(120) }},
		{"bases", tooMuch, func() string {
			return stackHead + times(3000, "    - {name: b%d, namespace: b%[1]d, ollama: {models: [\"llama3.2:3b\"]}}\n")
		}},
		{"resources of a base", tooMuch, func() string { return stackHead + resources(3000, "") }},
		{"resources of a base within the limit", "", func() string { return stackHead + resources(600, "") + overlaysOf(1) }},
		{"resources of an overlay", tooMuch, func() string { return stackHead + overlaysOf(1) + resources(3000, ", namespace: b") }},
		{"resources of an overlay within the limit", "", func() string { return stackHead + overlaysOf(1) + resources(1000, ", namespace: b") }},
		{"patches of a base", tooMuch, func() string { return stackHead + patches(3000) }},
		{"patches of a base within the limit", "", func() string { return stackHead + patches(55) + overlaysOf(1) }},
		{"patches of an overlay", tooMuch, func() string { return stackHead + overlaysOf(1) + patches(3000) }},
		{"patches of an overlay within the limit", "", func() string { return stackHead + overlaysOf(1) + patches(100) }},
		{"patches and resources within the limit", "", func() string { return stackHead + overlaysOf(1) + resources(100, ", namespace: b") + patches(13) }},
		{"variables", tooMuch, func() string {
			return stackHead + "  overlays: [{name: o, bases: [{name: b, ollama: {env: {" + times(3000, "K%d: a,") + "}}}]}]\n"
		}},
		{"variables within the limit", "", func() string {
			return stackHead + "  overlays: [{name: o, bases: [{name: b, ollama: {env: {" + times(1200, "K%d: a,") + "}}}]}]\n"
		}},
		{"targets", "", func() string {
			return stackHead + overlaysOf(1) + "  fleet:\n    targets:\n" + times(300, "      - {overlay: o0, clusterSelector: {matchLabels: {a: b%d}}}\n")
		}},
		{"problems", "and 29", func() string { return stackHead + times(30_000, "  x%d: a\n") }},
		{"aliases of aliases", "write the values out", func() string { return bomb(9) }},
		{"brackets", "exceeded max depth", func() string { return "a: " + strings.Repeat("[", 100_000) }},
		{"a long text", "missing", func() string { return "a: " + strings.Repeat("x", 1_000_000) + "\n" }},
		{"a long key", "missing", func() string { return "? " + strings.Repeat("x", 1_000_000) + "\n: a\n" }},
		{"comments", "at most 1 MiB is read", func() string { return strings.Repeat("# a\n", 1_000_000) + stackHead }},
		{"a key again and again", "is set twice", func() string { return strings.Repeat("a: b\n", 200_000) }},
		{"mappings", "more than 100000 values", func() string { return "a: [" + strings.Repeat("{},", 340_000) + "]\n" }},
		{"documents", "the file has 100000 documents", func() string { return strings.Repeat("---\na: b\n", 100_000) }},
		{"a quantity", "power of ten", func() string {
			return stackHead + "      resources: [{apiVersion: v1, kind: A, metadata: {name: a}, x: 1e1000000000}]\n"
		}},
	} {
		all = append(all, stackAbuses(s.name, s.want, s.stack)...)
	}
	return all
}

// twice is a folder with n bases below each other, each of which has the one
// below it by two ways: two to the nth.
func twice(n int) map[string]func() string {
	files := map[string]func() string{"kustomization.yaml": always("resources: [b0]\n"), fmt.Sprintf("b%d/kustomization.yaml", n): always("resources: [a.yaml]\n"), fmt.Sprintf("b%d/a.yaml", n): always(object)}
	for i := range n {
		files[fmt.Sprintf("b%d/kustomization.yaml", i)] = always(fmt.Sprintf("resources: [../left%d, ../right%[1]d]\n", i+1))
		for _, way := range []string{"left", "right"} {
			files[fmt.Sprintf("%s%d/kustomization.yaml", way, i+1)] = always(fmt.Sprintf("resources: [../b%d]\nnamePrefix: %s\n", i+1, way))
		}
	}
	return files
}

// bundle is a folder with n files that Fleet packs.
func bundle(n int) map[string]func() string {
	files := map[string]func() string{"fleet.yaml": always("namespace: a\n"), "kustomization.yaml": always("resources: [a.yaml]\n"), "a.yaml": always(object)}
	for i := range n {
		files[fmt.Sprintf("d%d/f%d.yaml", i%100, i)] = always(object)
	}
	return files
}

// Whatever comes in, the programs answer within two seconds of a processor and
// 256 MiB above its size, or say which limit it is above.
func TestBudget(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("a child's peak memory is in KiB on Linux alone")
	}
	bin := t.TempDir()
	build := exec.Command("go", "build", "-o", bin, "../../../cmd/hearth", "../../../cmd/hearth-fn")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, said)
	}
	for _, a := range abuses() {
		t.Run(a.name, func(t *testing.T) { a.run(t, bin) })
	}
}

func (a abuse) run(t *testing.T, bin string) {
	dir, size := t.TempDir(), int64(0)
	write := func(path, data string) {
		size += int64(len(data))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(data), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	work := filepath.Join(dir, "work")
	if err := os.Mkdir(work, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, data := range a.files {
		write(filepath.Join(work, name), data())
	}
	if a.stdin == nil {
		a.stdin = always("")
	}
	write(filepath.Join(dir, "stdin"), a.stdin())
	if a.make != nil {
		a.make(t, work)
	}
	in, err := os.Open(filepath.Join(dir, "stdin"))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(filepath.Join(dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()

	report := filepath.Join(dir, "report")
	cmd := exec.Command(os.Args[0], append([]string{filepath.Join(bin, a.program)}, a.args...)...)
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = work, in, out, out
	cmd.Env = append(os.Environ(), reportTo+"="+report)
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	var took time.Duration
	var peak int64
	if data, err := os.ReadFile(report); err != nil {
		t.Fatal(err)
	} else if _, err := fmt.Sscan(string(data), &took, &peak); err != nil {
		t.Fatalf("it was stopped after %s, or not started: %s", hangs, data)
	}
	t.Logf("%d MiB in, %d ms, %d MiB", size>>20, took.Milliseconds(), peak>>20)
	if took > mostTime {
		t.Errorf("took %s of a processor", took)
	}
	if peak > mostMemory+size {
		t.Errorf("took %d MiB for %d MiB of input", peak>>20, size>>20)
	}
	if _, err := out.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	said, err := io.ReadAll(out)
	if err != nil {
		t.Fatal(err)
	}
	// vet wraps what it says.
	got := strings.Join(strings.Fields(string(said)), " ")
	// A slow machine may come to the limit of time first, which is what was promised too.
	slow := took >= spoken && strings.Contains(got, "of processor time")
	if !slow && !strings.Contains(got, a.want) || a.want != tooMuch && strings.Contains(got, tooMuch) {
		t.Errorf("want %q, got %.600s", a.want, got)
	}
	for _, bad := range []string{"panic:", "goroutine ", "fatal error"} {
		if strings.Contains(string(said), bad) {
			t.Errorf("it fell over: %.2000s", said)
		}
	}
}
