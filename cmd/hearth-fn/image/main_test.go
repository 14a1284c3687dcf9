package main

import (
	"bytes"
	"io"
	"log"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

func TestWrongArguments(t *testing.T) {
	const usage = "image: want --push REFERENCE, or --save FILE --name REFERENCE; see --help\n"
	for _, test := range []struct {
		args string
		code int
		said string
	}{
		{"", 2, usage},
		{"--push a/b --save c --name a/b", 2, usage},
		{"--save c", 2, usage},
		{"--push a/b c", 2, usage},
		{"--push A/b", 1, "image: could not parse reference: A/b\n"},
	} {
		var stdout, stderr bytes.Buffer
		code := run(t.Context(), strings.Fields(test.args), &stdout, &stderr)
		if code != test.code || stderr.String() != test.said || stdout.Len() > 0 {
			t.Errorf("%q: exit %d, stderr %q, stdout %q", test.args, code, stderr.String(), stdout.String())
		}
	}
}

// The reference that is printed leads to what was pushed.
func TestPushAndSave(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles hearth-fn twice: not with -short")
	}
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	defer server.Close()
	to := strings.TrimPrefix(server.URL, "http://") + "/tools/hearth-fn:v1"
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"--push", to}, &stdout, &stderr); code != 0 {
		t.Fatalf("exit %d: %s", code, stderr.String())
	}
	ref, err := name.NewDigest(strings.TrimSpace(stdout.String()))
	if err != nil {
		t.Fatal(err)
	}
	index, err := remote.Index(ref)
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := index.IndexManifest()
	if err != nil || len(manifest.Manifests) != 2 {
		t.Errorf("want two platforms, got %+v, %v", manifest, err)
	}

	file := filepath.Join(t.TempDir(), "image.tar")
	if code := run(t.Context(), []string{"--save", file, "--name", "example.org/hearth-fn:v1"}, &stdout, &stderr); code != 0 {
		t.Fatalf("exit %d: %s", code, stderr.String())
	}
	tag, err := name.NewTag("example.org/hearth-fn:v1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tarball.ImageFromPath(file, &tag); err != nil {
		t.Error(err)
	}
}
