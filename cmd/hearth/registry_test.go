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

	"github.com/hearth-dev/hearth/internal/testing/modeltest"
)

// pushImage is a script command: push REPOSITORY:TAG TEXT puts an image of the
// text into a registry, whose address is then $REGISTRY, and its digest into
// $DIGEST. The first call starts the registry.
func pushImage(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: push REPOSITORY:TAG TEXT")
	}
	host := startRegistry(ts)
	ref, err := name.ParseReference(host + "/" + args[0])
	ts.Check(err)
	image, err := mutate.AppendLayers(empty.Image, static.NewLayer([]byte(args[1]), types.DockerLayer))
	ts.Check(err)
	ts.Check(remote.Write(ref, image))
	digest, err := image.Digest()
	ts.Check(err)
	ts.Setenv("DIGEST", digest.String())
}

// startRegistry starts a registry, once, and returns its address.
func startRegistry(ts *testscript.TestScript) string {
	host := ts.Getenv("REGISTRY")
	if host == "" {
		server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
		ts.Defer(server.Close)
		host = strings.TrimPrefix(server.URL, "http://")
		ts.Setenv("REGISTRY", host)
	}
	return host
}

// pushModel is a script command: model REPOSITORY:TAG TEXT [TEXT] puts a model
// into the registry at $REGISTRY, of weights, and of a projector, whose headers
// are the texts.
func pushModel(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: model REPOSITORY:TAG TEXT [TEXT]")
	}
	var layers []mutate.Addendum
	for i, kind := range []types.MediaType{modeltest.Weights, modeltest.Projector}[:len(args)-1] {
		data, err := modeltest.File(ts.ReadFile(args[i+1]))
		ts.Check(err)
		layers = append(layers, modeltest.Layer(kind, data))
	}
	_, err := modeltest.Push(startRegistry(ts)+"/"+args[0], layers...)
	ts.Check(err)
}
