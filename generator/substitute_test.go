package generator_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/fluxcd/pkg/envsubst"
	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/testing/built"
	"github.com/hearth-dev/hearth/internal/testing/sample"
)

// substituted is an object as Flux applies it where a Kustomization has
// postBuild: variables that nobody has set become nothing. tools/gitops asks
// Flux's own function.
func substituted(t *testing.T, o generator.Object) generator.Object {
	t.Helper()
	return substitutedWith(t, o, nil)
}

func substitutedWith(t *testing.T, o generator.Object, values map[string]string) generator.Object {
	t.Helper()
	annotations, _ := at(o, "metadata", "annotations").(map[string]any)
	if annotations["kustomize.toolkit.fluxcd.io/substitute"] == "disabled" {
		return o
	}
	data, err := yaml.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	text, err := envsubst.Eval(string(data), func(name string) (string, bool) { return values[name], true })
	if err != nil {
		t.Fatalf("%s: %v", id(o), err)
	}
	asJSON, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	out, err := decoded(asJSON)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// expanded is what the kubelet and kustomize replace in a container's command.
var expanded = regexp.MustCompile(`\$\([-._a-zA-Z][-._a-zA-Z0-9]*\)|\$\$`)

// What Flux applies is the stack with the values written in it; where nobody
// substitutes, it is what was built.
func TestSubstitutionChangesNothing(t *testing.T) {
	fluxes, err := os.ReadFile("../examples/homes/flux-variables/hearth.yaml")
	if err != nil {
		t.Fatal(err)
	}
	variables := 0
	for _, data := range append(someStacks(t, sample.Size(10, 100)), []byte(withVariables), fluxes) {
		stack, problems := generator.Load("hearth.yaml", data)
		if stack == nil {
			t.Fatalf("%v\n%s", problems.Err(), data)
		}
		files, problems := generator.Generate(stack)
		if err := problems.Err(); err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
		values := map[string]string{"DOMAIN": "home", "SECRET_DOMAIN": "home.arpa"} // as private as hearth takes an unknown provider for
		var written []generator.File
		if text := built.Written(t, data, values); text != nil {
			if written, problems = generator.Generate(loaded(t, string(text))); problems.Err() != nil {
				t.Fatalf("%v\n%s", problems.Err(), text)
			}
			variables++
		}
		for _, overlay := range stack.Overlays {
			got, err := kustomize(files, "overlays/"+overlay.Name)
			if err != nil {
				t.Fatal(err)
			}
			want := got
			if written != nil {
				if want, err = kustomize(written, "overlays/"+overlay.Name); err != nil {
					t.Fatal(err)
				}
			}
			for id, o := range got {
				if diff := cmp.Diff(want[id], substitutedWith(t, o, values)); diff != "" {
					t.Errorf("overlay %s, %s: Flux's postBuild rewrites it (-built +applied):\n%s\nThe stack:\n%s", overlay.Name, id, diff, data)
				}
				for _, c := range containers(o) {
					if c.name == "ollama" || c.name == "open-webui" { // whose words are a person's
						continue
					}
					if found := expanded.FindString(strings.Join(c.command, "\n")); found != "" {
						t.Errorf("overlay %s, %s: %s has %s, which the kubelet replaces", overlay.Name, id, c.name, found)
					}
				}
			}
		}
	}
	if variables == 0 {
		t.Error("no stack has a variable of Flux's")
	}
}

// withVariables uses those of nginx, in the form that Flux has for its own.
const withVariables = `apiVersion: hearth.dev/v1alpha1
kind: Stack
metadata: {name: variables}
spec:
  bases:
    - name: ai
      namespace: ai
      ollama: {models: ["llama3.2:3b"]}
      expose:
        type: nginx
        host: ollama.example.org
        tls: {type: secret, secretName: ollama-tls}
        nginx: {basicAuth: {secretName: ollama-users}}
        annotations: {nginx.org/limit-req-rate: 10r/s, nginx.org/limit-req-key: "${binary_remote_addr}"}
  overlays:
    - {name: home, bases: [{name: ai}]}
`

type container struct {
	name    string
	command []string // and the arguments
	env     []string // NAME=value
}

// containers are those of an object's pods.
func containers(o generator.Object) []container {
	var found []container
	for _, field := range []string{"initContainers", "containers"} {
		all, _ := at(o, "spec", "template", "spec", field).([]any)
		for _, v := range all {
			v, _ := v.(map[string]any)
			c := container{}
			c.name, _ = v["name"].(string)
			for _, field := range []string{"command", "args"} {
				words, _ := v[field].([]any)
				for _, w := range words {
					c.command = append(c.command, w.(string))
				}
			}
			env, _ := v["env"].([]any)
			for _, e := range env {
				e, _ := e.(map[string]any)
				if value, ok := e["value"].(string); ok {
					c.env = append(c.env, e["name"].(string)+"="+value)
				}
			}
			found = append(found, c)
		}
	}
	return found
}

// fakeOllama stands for the program: a model is a file, and one named broken is
// never pulled.
const fakeOllama = `#!/bin/sh
case "$1 $2" in
"serve "*) exec sleep 60 ;;
"show "*) [ -e "$STORE/$2" ] ;;
"pull broken:1b") echo 'Error: pull model manifest: file does not exist' >&2; exit 1 ;;
"pull "*) echo "pulling 0123abcd: 100%"; : >"$STORE/$2" ;;
"create "*) cp "$4" "$STORE/$2" ;;
esac
`

// The puller does its work as it stands in the object, and as Flux makes of it.
func TestPullerAfterSubstitution(t *testing.T) {
	stack, problems := generator.Load("hearth.yaml", []byte(`apiVersion: hearth.dev/v1alpha1
kind: Stack
metadata: {name: copies}
spec:
  bases:
    - name: ai
      namespace: ai
      ollama:
        image: {tag: 0.23.2}
        models: ["qwen3:0.6b", "llama3.2:3b"]
        threads: 2
        resources: {limits: {cpu: "4", memory: 8Gi}}
        storage: {size: 10Gi}
  overlays:
    - {name: home, bases: [{name: ai}]}
`))
	if stack == nil {
		t.Fatal(problems.Err())
	}
	files, problems := generator.Generate(stack)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	built, err := kustomize(files, "overlays/home")
	if err != nil {
		t.Fatal(err)
	}
	deployment := built["apps/v1 Deployment ai/ollama"]
	for form, o := range map[string]generator.Object{"as built": deployment, "after Flux": substituted(t, deployment)} {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			c := containers(o)[0]
			t.Run("pulls and copies", func(t *testing.T) {
				t.Parallel()
				store, out, err := runPuller(t, c)
				if err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
				var got []string
				entries, _ := os.ReadDir(store)
				for _, e := range entries {
					got = append(got, e.Name())
				}
				want := []string{"bystander", "llama3.2:3b", "llama3.2:3b-t2", "qwen3:0.6b", "qwen3:0.6b-t2"}
				slices.Sort(got)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("models (-want +got):\n%s%s", diff, out)
				}
				copied, _ := os.ReadFile(filepath.Join(store, "qwen3:0.6b-t2"))
				if want := "FROM qwen3:0.6b\nPARAMETER num_thread 2\n"; string(copied) != want {
					t.Errorf("the copy is made of %q, want %q", copied, want)
				}
			})
			t.Run("says what fails", func(t *testing.T) {
				t.Parallel()
				broken := c
				broken.command = append(slices.Clone(c.command), "broken:1b")
				_, out, err := runPuller(t, broken)
				if err == nil || !strings.Contains(out, "broken:1b: its registry has no such model") || !strings.Contains(out, "not pulled: broken:1b;") {
					t.Errorf("got %v, and\n%s", err, out)
				}
			})
		})
	}
}

// runPuller runs a container's command where the volume has what a crash
// leaves: one download whose note is cut short, and another that is whole.
func runPuller(t *testing.T, c container) (store, out string, err error) {
	t.Helper()
	dir := t.TempDir()
	store = filepath.Join(dir, "store")
	blobs := filepath.Join(dir, "home", ".ollama", "models", "blobs")
	bin := filepath.Join(dir, "bin")
	for _, d := range []string{store, blobs, bin, filepath.Join(dir, "tmp")} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write := func(path, text string) {
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil { //nolint:gosec // one is a program
			t.Fatal(err)
		}
	}
	write(filepath.Join(bin, "ollama"), fakeOllama)
	write(filepath.Join(store, "bystander"), "what rm without a name would take")
	for name, text := range map[string]string{
		"sha256-aa-partial": "data", "sha256-aa-partial-0": `{"N":0}`, "sha256-aa-partial-1": `{"N":`,
		"sha256-bb-partial": "data", "sha256-bb-partial-0": `{"N":0}`, "sha256-cc": "data",
	} {
		write(filepath.Join(blobs, name), text)
	}
	cmd := exec.CommandContext(t.Context(), c.command[0], c.command[1:]...) //nolint:gosec // what hearth makes
	cmd.Dir = store
	cmd.Env = slices.Concat(c.env, []string{"HOME=" + filepath.Join(dir, "home"), "TMPDIR=" + filepath.Join(dir, "tmp"), "STORE=" + store,
		"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH")})
	var both bytes.Buffer
	cmd.Stdout, cmd.Stderr = &both, &both
	err = cmd.Run()
	left, _ := filepath.Glob(filepath.Join(blobs, "*"))
	for i := range left {
		left[i] = filepath.Base(left[i])
	}
	if diff := cmp.Diff([]string{"sha256-bb-partial", "sha256-bb-partial-0", "sha256-cc"}, left); diff != "" {
		t.Errorf("blobs (-want +got):\n%s%s", diff, both.String())
	}
	return store, both.String(), err
}
