package main

import (
	"io"
	"log"
	"net/http/httptest"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/rogpeppe/go-internal/testscript"
)

// pushImage is a script command: push REPOSITORY:TAG TEXT puts an image of the
// text into a registry, whose address is then $REGISTRY, and its digest into
// $DIGEST. The first call starts the registry.
func pushImage(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: push REPOSITORY:TAG TEXT")
	}
	host := ts.Getenv("REGISTRY")
	if host == "" {
		server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
		ts.Defer(server.Close)
		host = strings.TrimPrefix(server.URL, "http://")
		ts.Setenv("REGISTRY", host)
	}
	ref, err := name.ParseReference(host + "/" + args[0])
	ts.Check(err)
	image, err := mutate.AppendLayers(empty.Image, static.NewLayer([]byte(args[1]), types.DockerLayer))
	ts.Check(err)
	ts.Check(remote.Write(ref, image))
	digest, err := image.Digest()
	ts.Check(err)
	ts.Setenv("DIGEST", digest.String())
}
