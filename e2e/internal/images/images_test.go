package images

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// testBuilder has its own cache; the returned buffer takes the progress lines.
func testBuilder(t *testing.T) (*Builder, *bytes.Buffer) {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("HEARTH_E2E_CACHE", dir)
	var out bytes.Buffer
	b, err := NewBuilder(&out)
	if err != nil {
		t.Fatal(err)
	}
	if b.Dir != dir {
		t.Fatalf("cache at %s, want %s", b.Dir, dir)
	}
	return b, &out
}

func TestFromFiles(t *testing.T) {
	b, out := testBuilder(t)
	source := t.TempDir()
	must(t, os.WriteFile(filepath.Join(source, "tool"), []byte("#!"), 0o555))
	must(t, os.Link(filepath.Join(source, "tool"), filepath.Join(source, "twin")))
	must(t, os.Chmod(source, 0o555))
	able := filepath.Join(t.TempDir(), "able")
	must(t, os.WriteFile(able, []byte("#!"), 0o555))
	t.Cleanup(func() { _ = os.Chmod(source, 0o755) })
	spec := Spec{
		Ref: "registry.test/tool:v1",
		Files: []File{
			{Path: "/usr/bin", From: source},
			{Path: "/etc/passwd", Data: []byte("root:x:0:0::/:\n")},
			{Path: "/data", Mode: fs.ModeDir | 0o700, UID: 1000, GID: 1000},
			{Path: "/bin", Link: "usr/bin"},
			{Path: "/able", From: able, Capability: netBindService},
		},
		Config: v1.Config{Entrypoint: []string{"/bin/tool"}, User: "1000"},
	}
	image, err := b.FromFiles(context.Background(), spec)
	must(t, err)

	want := strings.TrimLeft(`
0 555 0 able capability=0100000200040000000000000000000000000000
2 777 0 bin -> usr/bin
5 700 1000 data/
5 755 0 etc/
0 644 0 etc/passwd
5 755 0 usr/
5 755 0 usr/bin/
0 555 0 usr/bin/tool
1 555 0 usr/bin/twin -> usr/bin/tool
`, "\n")
	if diff := cmp.Diff(want, list(t, image)); diff != "" {
		t.Errorf("layer (-want +got):\n%s", diff)
	}
	opened, err := tarball.ImageFromPath(image.Tar, nil)
	must(t, err)
	config, err := opened.ConfigFile()
	must(t, err)
	if diff := cmp.Diff(spec.Config, config.Config); diff != "" {
		t.Errorf("config (-want +got):\n%s", diff)
	}

	// The same again comes from the cache, and in another cache it has the same bytes.
	before := out.String()
	again, err := b.FromFiles(context.Background(), spec)
	must(t, err)
	if diff := cmp.Diff(image, again); diff != "" || out.String() != before {
		t.Errorf("the second time built again: %s\n(-first +second):\n%s", out, diff)
	}
	first, err := os.ReadFile(image.Tar)
	must(t, err)
	another, _ := testBuilder(t)
	other, err := another.FromFiles(context.Background(), spec)
	must(t, err)
	second, err := os.ReadFile(other.Tar)
	must(t, err)
	if !bytes.Equal(first, second) {
		t.Error("equal specs gave different bytes")
	}

	// A changed content is another image.
	must(t, os.Chmod(source, 0o755))
	must(t, os.Remove(filepath.Join(source, "tool")))
	must(t, os.WriteFile(filepath.Join(source, "tool"), []byte("#!!"), 0o555))
	changed, err := b.FromFiles(context.Background(), spec)
	must(t, err)
	if changed.Tar == image.Tar {
		t.Error("a changed file gave the same artifact")
	}
}

func TestFromFilesRefusals(t *testing.T) {
	b, _ := testBuilder(t)
	for name, test := range map[string]struct {
		spec Spec
		want string
	}{
		"no tag":        {Spec{Ref: "registry.test/tool"}, "want registry/name:tag"},
		"relative path": {Spec{Ref: "registry.test/tool:v1", Files: []File{{Path: "etc/x"}}}, `"etc/x": want an absolute path`},
		"missing file":  {Spec{Ref: "registry.test/tool:v1", Files: []File{{Path: "/x", From: "/nowhere/x"}}}, "/nowhere/x: no such file"},
	} {
		if _, err := b.FromFiles(context.Background(), test.spec); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got error %v, want one with %q", name, err, test.want)
		}
	}
}

func TestArtifactIsKeptOnlyWhole(t *testing.T) {
	b, _ := testBuilder(t)
	killed := errors.New("killed")
	a := Artifact{Name: "thing", Version: "v1", Build: func(_ context.Context, dir string) error {
		must(t, os.WriteFile(filepath.Join(dir, "half"), nil, 0o644))
		return killed
	}}
	if _, err := b.Artifact(context.Background(), a); !errors.Is(err, killed) {
		t.Fatalf("got error %v, want %v", err, killed)
	}
	// What a killed process leaves is swept by the next build of the same artifact.
	stale := filepath.Join(b.Dir, scratch, a.key()+"~1")
	must(t, os.MkdirAll(stale, 0o755))

	builds := 0
	a.Build = func(_ context.Context, dir string) error {
		builds++
		return os.WriteFile(filepath.Join(dir, "whole"), nil, 0o644)
	}
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			dir, err := b.Artifact(context.Background(), a)
			if err != nil {
				t.Error(err)
			}
			if !exists(filepath.Join(dir, "whole")) || exists(filepath.Join(dir, "half")) {
				t.Errorf("%s does not hold the second build alone", dir)
			}
		})
	}
	wait.Wait()
	if builds != 1 {
		t.Errorf("four callers at once built %d times, want once", builds)
	}
	if exists(stale) {
		t.Errorf("%s is still there", stale)
	}
}

func TestDiskIsCheckedFirst(t *testing.T) {
	b, _ := testBuilder(t)
	_, err := b.Artifact(context.Background(), Artifact{Name: "huge", NeedMB: 1 << 40, Build: func(context.Context, string) error {
		t.Error("built although the disk is too small")
		return nil
	}})
	if err == nil || !strings.Contains(err.Error(), "set HEARTH_E2E_CACHE") {
		t.Errorf("got error %v, want one that names HEARTH_E2E_CACHE", err)
	}
}

func TestPruneKeepsWhatIsUsed(t *testing.T) {
	b, out := testBuilder(t)
	old := time.Now().Add(-10 * 24 * time.Hour)
	dirs := map[string]string{}
	artifacts := map[string]Artifact{}
	for _, name := range []string{"used", "unused"} {
		artifacts[name] = Artifact{Name: name, Build: func(context.Context, string) error { return nil }}
		dir, err := b.Artifact(context.Background(), artifacts[name])
		must(t, err)
		must(t, os.Chtimes(dir, old, old))
		dirs[name] = dir
	}
	_, err := b.Artifact(context.Background(), artifacts["used"])
	must(t, err)
	must(t, b.Prune(7*24*time.Hour))
	if !exists(dirs["used"]) || exists(dirs["unused"]) || !exists(filepath.Join(b.Dir, scratch)) {
		t.Errorf("pruned wrongly:\n%s", out)
	}
	if !strings.Contains(out.String(), "unused for 10 days") {
		t.Errorf("got %q, want it to say what was removed", out)
	}
}

// TestManifestNamesImagesOfTheNode guards the one place where references are written into text.
func TestManifestNamesImagesOfTheNode(t *testing.T) {
	known := map[string]bool{}
	for _, s := range systemImages {
		known[s.ref] = true
	}
	found := 0
	for line := range strings.Lines(storage()) {
		if ref, ok := strings.CutPrefix(strings.TrimSpace(line), "image: "); ok {
			found++
			if !known[ref] {
				t.Errorf("the storage manifest asks for %s, which the node does not have", ref)
			}
		}
	}
	if found != 2 || strings.Contains(storage(), "HELPER") {
		t.Errorf("the storage manifest names %d images, want 2:\n%s", found, storage())
	}
}

// list prints the image's files: type, mode, owner, name and link.
func list(t *testing.T, image Image) string {
	t.Helper()
	opened, err := tarball.ImageFromPath(image.Tar, nil)
	must(t, err)
	layers, err := opened.Layers()
	must(t, err)
	content, err := layers[0].Uncompressed()
	must(t, err)
	defer content.Close()
	var out strings.Builder
	for r := tar.NewReader(content); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out.String()
		}
		must(t, err)
		link := ""
		if h.Linkname != "" {
			link = " -> " + h.Linkname
		}
		if h.ModTime.Unix() != 0 {
			t.Errorf("%s carries the time %s", h.Name, h.ModTime)
		}
		if capability := h.PAXRecords["SCHILY.xattr.security.capability"]; capability != "" {
			link += fmt.Sprintf(" capability=%x", capability)
		}
		fmt.Fprintf(&out, "%c %o %d %s%s\n", h.Typeflag, h.Mode, h.Uid, h.Name, link)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
