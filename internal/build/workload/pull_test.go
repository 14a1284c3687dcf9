package workload_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/workload"
)

// client stands for Ollama's program: what it pulls is a file of the store.
const client = `#!/bin/sh
case "$1" in
serve) mkdir -p "$OLLAMA_MODELS/blobs" "$OLLAMA_MODELS/manifests"; exec sleep 60 ;;
list) [ -d "$OLLAMA_MODELS/manifests" ] ;;
show) [ -e "$OLLAMA_MODELS/manifests/$2" ] ;;
pull) : >"$OLLAMA_MODELS/manifests/$2" ;;
esac
`

// TestPullerLooksFirst runs the puller on volumes that others have filled.
func TestPullerLooksFirst(t *testing.T) {
	for _, test := range []struct {
		name, folder string
		there        []string // folders of the volume
		refuses      string   // the folder that it names; "" where it pulls
	}{
		{"new", "models", nil, ""},
		{"lost and found", "models", []string{"lost+found", "blobs"}, ""},
		{"as the image has it", "models", []string{"models/blobs", "models/manifests"}, ""},
		{"both", "models", []string{"models/blobs", "blobs", "manifests"}, ""},
		{"in the root", "models", []string{"blobs", "manifests"}, "."},
		{"in the root, as said", ".", []string{"blobs", "manifests"}, ""},
		{"in another folder", "models", []string{"ollama/blobs", "ollama/manifests"}, "ollama"},
		{"in another folder, as said", "ollama", []string{"ollama/blobs", "ollama/manifests"}, ""},
		{"below another folder", ".", []string{"home/models/blobs", "home/models/manifests"}, "home/models"},
		{"of a home", ".", []string{".ollama/models/blobs", ".ollama/models/manifests"}, ".ollama/models"},
		{"the default was wrong", "ollama", []string{"models/blobs", "models/manifests"}, "models"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			data := filepath.Join(dir, "home", ".ollama")
			for _, folder := range append(test.there, ".") {
				if err := os.MkdirAll(filepath.Join(data, folder), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			out, err := runPuller(t, dir, client, puller(t, &v1alpha1.Ollama{Models: []string{"llama3.2:3b"}, ModelsFolder: test.folder}))
			_, absent := os.Stat(filepath.Join(data, test.folder, "manifests", "llama3.2:3b"))
			switch says := strings.Contains(out, `write ollama.modelsFolder: "`+test.refuses+`"`); {
			case test.refuses == "" && (err != nil || absent != nil):
				t.Errorf("nothing was pulled: %v\n%s", err, out)
			case test.refuses != "" && (err == nil || absent == nil || !says):
				t.Errorf("want it to name %s and to pull nothing; it ended with %v\n%s", test.refuses, err, out)
			}
		})
	}
}

// puller is the init container of a server.
func puller(t *testing.T, o *v1alpha1.Ollama) corev1.Container {
	t.Helper()
	b := v1alpha1.Base{Name: "ai", Namespace: "ai", Ollama: o}
	b.Default()
	for _, o := range workload.Objects("homelab", &b) {
		if d, is := o.(*appsv1.Deployment); is {
			return d.Spec.Template.Spec.InitContainers[0]
		}
	}
	t.Fatal("the workload has no Deployment")
	return corev1.Container{}
}

// runPuller runs the container with HOME in a folder, and with a stand-in for
// Ollama's program.
func runPuller(t *testing.T, dir, client string, c corev1.Container) (string, error) {
	t.Helper()
	env := []string{"TMPDIR=" + dir, "PATH=" + dir + string(os.PathListSeparator) + os.Getenv("PATH")}
	home := filepath.Join(dir, "home")
	for _, v := range c.Env {
		env = append(env, v.Name+"="+strings.ReplaceAll(v.Value, "/home/ollama", home))
	}
	if !slices.ContainsFunc(c.Env, func(v corev1.EnvVar) bool { return v.Name == "OLLAMA_MODELS" }) {
		client = strings.ReplaceAll(client, "$OLLAMA_MODELS", "$HOME/.ollama/models") // its own default
	}
	if err := os.WriteFile(filepath.Join(dir, "ollama"), []byte(client), 0o755); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), c.Command[0], append(c.Command[1:], c.Args...)...) //nolint:gosec // what hearth makes
	cmd.Env = env
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// maker keeps the Modelfile that a model is made by in the place of the model.
var maker = strings.Replace(client, "pull)", `create) cp "$4" "$OLLAMA_MODELS/manifests/$2" ;;
pull) [ "$2" != qwen3:4b ] || exit 1;`, 1)

func TestPullerMakesModels(t *testing.T) {
	dir := t.TempDir()
	files := filepath.Join(dir, "home", ".ollama", "gguf")
	if err := os.MkdirAll(files, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a.gguf", "mmproj.gguf"} {
		if err := os.WriteFile(filepath.Join(files, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := puller(t, &v1alpha1.Ollama{
		Models: []string{"llama3.2:3b", "qwen3:4b"}, Threads: "2",
		CustomModels: []v1alpha1.CustomModel{
			{
				Name: "support", From: "llama3.2:3b", System: "Two lines,\n  and \"quotes\" 'of' \\n $1 both kinds.\n", Template: "{{ .Prompt }}", Adapter: "lora/a.gguf",
				Parameters: &v1alpha1.ModelParameters{NumCtx: 8192, Temperature: "0.20", TopK: "0", Stop: []string{"<|eot_id|>", " a b "}},
			},
			{Name: "of-none", From: "qwen3:4b"},
			{Name: "of-files", From: "gguf/a.gguf", Projector: "gguf/mmproj.gguf", System: "FROM /of/a/text"},
			{Name: "of-no-file", From: "gguf/b.gguf"},
			{Name: "without-projector", From: "gguf/a.gguf", Projector: "gguf/b.gguf"},
			{Name: "plain:v2", From: "llama3.2:3b"},
		},
	})
	c.Env = append(c.Env, corev1.EnvVar{Name: "PULL_ATTEMPTS", Value: "1"})
	out, err := runPuller(t, dir, maker, c)
	if err == nil || !strings.Contains(out, "of-none: not made: there is no qwen3:4b") {
		t.Errorf("one model was not pulled; the puller ended with %v and says\n%s", err, out)
	}
	for _, name := range []string{"of-no-file", "without-projector"} {
		if !strings.Contains(out, name+": not made: there is no file "+filepath.Join(files, "b.gguf")) {
			t.Errorf("%s has no file; the puller says\n%s", name, out)
		}
	}
	for name, want := range map[string]string{
		"support": "FROM llama3.2:3b\nPARAMETER num_thread 2\nPARAMETER num_ctx 8192\nPARAMETER temperature 0.20\nPARAMETER top_k 0\n" +
			"PARAMETER stop \"\"\"<|eot_id|>\"\"\"\nPARAMETER stop \"\"\" a b \"\"\"\nTEMPLATE \"\"\"{{ .Prompt }}\"\"\"\n" +
			"SYSTEM \"\"\"Two lines,\n  and \"quotes\" 'of' \\n $1 both kinds.\n\"\"\"\nADAPTER \"\"\"" + filepath.Join(dir, "home") + "/.ollama/lora/a.gguf\"\"\"\n",
		"plain:v2": "FROM llama3.2:3b\nPARAMETER num_thread 2\n",
		"of-files": "FROM " + files + "/a.gguf\nFROM " + files + "/mmproj.gguf\nPARAMETER num_thread 2\nSYSTEM \"\"\"FROM /of/a/text\"\"\"\n",
	} {
		got, err := os.ReadFile(filepath.Join(dir, "home", ".ollama", "models", "manifests", name))
		if diff := cmp.Diff(want, strings.TrimRight(string(got), "\n")+"\n"); diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s%s", name, err, diff, out)
		}
	}
}

// TestPullerComparesDigests runs the puller before a registry that has one model,
// and on a volume that has another, or none, or whatever the registry has.
func TestPullerComparesDigests(t *testing.T) {
	digest := func(content string) string { return fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(content))) }
	const file = "$OLLAMA_MODELS/manifests/registry.ollama.ai/library/llama3.2/3b"
	for name, test := range map[string]struct {
		volume, registry, want string // manifests; "" is none: nothing can be pulled
		left                   string // on the volume
		pulls                  bool
		says                   string // "" where the puller ends well
	}{
		"new":                       {"", "a", "a", "a", true, ""},
		"there":                     {"a", "b", "a", "a", false, ""},
		"there, without a registry": {"a", "", "a", "a", false, ""},
		"older":                     {"old", "a", "a", "a", true, ""},
		"older, without a registry": {"old", "", "a", "old", true, "another model: want the digest " + digest("a") + ", got " + digest("old")},
		"moved":                     {"", "b", "a", "b", true, "another model: want the digest " + digest("a") + ", got " + digest("b")},
		"older, and moved":          {"old", "b", "a", "b", true, "not served: its registry has another one by now"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			program := strings.NewReplacer(
				`show) [ -e "$OLLAMA_MODELS/manifests/$2" ] ;;`, `show) [ -e "`+file+`" ] ;;`,
				`pull) : >"$OLLAMA_MODELS/manifests/$2" ;;`, `pull) echo asked >>"$HOME/asked"; [ -n "`+test.registry+`" ] || { echo "Error: no route to host"; exit 1; }
mkdir -p "`+filepath.Dir(file)+`" && printf %s "`+test.registry+`" >"`+file+`" ;;`).Replace(client)
			volume := filepath.Join(dir, "home", ".ollama", "models")
			there := filepath.Join(volume, "manifests", "registry.ollama.ai", "library", "llama3.2", "3b")
			if err := os.MkdirAll(filepath.Dir(there), 0o755); err != nil {
				t.Fatal(err)
			}
			if test.volume != "" {
				if err := errors.Join(os.MkdirAll(filepath.Join(volume, "blobs"), 0o755), os.WriteFile(there, []byte(test.volume), 0o600)); err != nil {
					t.Fatal(err)
				}
			}
			c := puller(t, &v1alpha1.Ollama{Models: []string{"llama3.2:3b"}, ModelDigests: map[string]string{"llama3.2:3b": digest(test.want)}})
			c.Env = append(c.Env, corev1.EnvVar{Name: "PULL_ATTEMPTS", Value: "1"})
			out, err := runPuller(t, dir, program, c)
			if (err == nil) != (test.says == "") || !strings.Contains(out, test.says) || err != nil && !strings.Contains(out, "not pulled: llama3.2:3b") {
				t.Errorf("want %q; the puller ended with %v and says\n%s", test.says, err, out)
			}
			if _, err := os.Stat(filepath.Join(dir, "home", "asked")); (err == nil) != test.pulls {
				t.Errorf("the registry was asked: %v, want %v\n%s", err == nil, test.pulls, out)
			}
			if left, _ := os.ReadFile(there); string(left) != test.left {
				t.Errorf("the volume holds %q, want %q\n%s", left, test.left, out)
			}
		})
	}
}
