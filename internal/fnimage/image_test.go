package fnimage_test

import (
	"archive/tar"
	"bytes"
	"context"
	"debug/elf"
	"errors"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/hearth-dev/hearth/internal/fnimage"
)

// pushed builds the image, pushes it to a registry of the test's own and
// returns its reference there.
func pushed(t *testing.T) name.Reference {
	t.Helper()
	index, err := fnimage.Index(t.Context(), fnimage.Platforms()...)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	t.Cleanup(server.Close)
	ref, err := name.ParseReference(strings.TrimPrefix(server.URL, "http://") + "/hearth/hearth-fn:test")
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.WriteIndex(ref, index); err != nil {
		t.Fatal(err)
	}
	return ref
}

// content are the image's files by name; folders have none.
func content(t *testing.T, image v1.Image) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	stream := mutate.Extract(image)
	defer stream.Close()
	for r := tar.NewReader(stream); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		} else if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[h.Name] = data
	}
}

func TestImage(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles hearth-fn twice: not with -short")
	}
	ref := pushed(t)
	index, err := remote.Index(ref)
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	machines := map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}
	for _, m := range manifest.Manifests {
		t.Run(m.Platform.String(), func(t *testing.T) {
			image, err := index.Image(m.Digest)
			if err != nil {
				t.Fatal(err)
			}
			config, err := image.ConfigFile()
			if err != nil {
				t.Fatal(err)
			}
			if config.OS+"/"+config.Architecture != m.Platform.String() {
				t.Errorf("the config says %s/%s", config.OS, config.Architecture)
			}
			// As the kubelet does where a pod says runAsNonRoot: it knows numbers alone.
			uid, _, _ := strings.Cut(config.Config.User, ":")
			if n, err := strconv.Atoi(uid); err != nil || n == 0 {
				t.Errorf("the image runs as %q, want a number that is not root's", config.Config.User)
			}
			files := content(t, image)
			want := map[string]string{
				"etc":        "",
				"etc/passwd": "root:x:0:0:root:/:/sbin/nologin\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n",
				"etc/group":  "root:x:0:\nnobody:x:65534:\n",
			}
			got := map[string]string{}
			for name, data := range files {
				if name != strings.TrimPrefix(config.Config.Entrypoint[0], "/") {
					got[name] = string(data)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("files besides the entry point (-want +got):\n%s", diff)
			}
			program, err := elf.NewFile(bytes.NewReader(files["hearth-fn"]))
			if err != nil {
				t.Fatal(err)
			}
			if program.Machine != machines[m.Platform.Architecture] {
				t.Errorf("the program is for %s", program.Machine)
			}
			for _, p := range program.Progs {
				if p.Type == elf.PT_INTERP {
					t.Error("the program is not static: it names an interpreter")
				}
			}
			delete(machines, m.Platform.Architecture)
		})
	}
	if len(machines) > 0 {
		t.Errorf("no image for %v", machines)
	}
	again, err := fnimage.Index(t.Context(), fnimage.Platforms()...)
	if err != nil {
		t.Fatal(err)
	}
	first, err := index.Digest()
	if err != nil {
		t.Fatal(err)
	}
	if second, err := again.Digest(); err != nil || second != first {
		t.Errorf("a second build has the digest %v (%v), the first %v", second, err, first)
	}
}

// Docker pulls the image from the registry and runs it as kustomize does, and
// more closed than that: read-only.
func TestImageInDocker(t *testing.T) {
	docker(t, "info")
	ref := pushed(t)
	docker(t, "pull", "--quiet", ref.String())
	t.Cleanup(func() { docker(t, "rmi", "--force", ref.String()) })
	in, err := os.ReadFile(filepath.Join("testdata", "list.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "docker", "run", "--rm", "-i", "--network", "none", "--user", "nobody",
		"--security-opt=no-new-privileges", "--read-only", "--cap-drop", "ALL", ref.String())
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(in), &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	if got := stdout.String(); !strings.Contains(got, "kind: Deployment") || !strings.Contains(got, "name: ollama") {
		t.Errorf("no Deployment of Ollama in\n%s", got)
	}
}

// docker runs a docker command. Without a daemon the test is skipped, but not
// where E2E=1 promises one.
func docker(t *testing.T, args ...string) {
	t.Helper()
	out, err := exec.CommandContext(context.WithoutCancel(t.Context()), "docker", args...).CombinedOutput()
	switch {
	case err == nil:
	case args[0] == "info" && os.Getenv("E2E") == "":
		t.Skip("no Docker daemon answers; on Debian .ci/needs.sh starts one, and E2E=1 wants it")
	default:
		t.Fatalf("docker %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}
