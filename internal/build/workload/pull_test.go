package workload_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/workload"
)

// client stands for Ollama's program: what it pulls is a file of the store.
const client = `#!/bin/sh
case "$1" in
serve) mkdir -p "$OLLAMA_MODELS/blobs" "$OLLAMA_MODELS/manifests"; exec sleep 60 ;;
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
