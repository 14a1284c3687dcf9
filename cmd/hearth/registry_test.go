package main

import (
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
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

// serveTLS is a script command: tls makes the registry at $REGISTRY the one that
// https://example.com is, by a proxy in $HTTPS_PROXY and an authority in
// $SSL_CERT_FILE.
func serveTLS(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: tls")
	}
	home, err := url.Parse("http://" + startRegistry(ts))
	ts.Check(err)
	server := httptest.NewTLSServer(httputil.NewSingleHostReverseProxy(home)) // its certificate is example.com's
	ts.Defer(server.Close)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		to, err := new(net.Dialer).DialContext(r.Context(), "tcp", server.Listener.Addr().String())
		if err != nil || r.Method != http.MethodConnect || r.Host != "example.com:443" {
			http.Error(w, "no way to "+r.Host, http.StatusBadGateway)
			return
		}
		defer to.Close()
		w.WriteHeader(http.StatusOK)
		from, read, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer from.Close()
		go func() { _, _ = io.Copy(to, read) }() // the server may have read the first bytes already
		_, _ = io.Copy(from, to)
	}))
	ts.Defer(proxy.Close)
	ca := ts.MkAbs("registry.crt")
	ts.Check(os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600))
	ts.Setenv("SSL_CERT_FILE", ca)
	ts.Setenv("HTTPS_PROXY", proxy.URL)
}

// pushModel is a script command: model REPOSITORY:TAG TEXT [TEXT] puts a model
// into the registry at $REGISTRY, of weights, and of a projector, whose headers
// are the texts, and the digest of its manifest into $DIGEST.
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
	ref := startRegistry(ts) + "/" + args[0]
	_, err := modeltest.Push(ref, layers...)
	ts.Check(err)
	tag, err := name.ParseReference(ref)
	ts.Check(err)
	pushed, err := remote.Head(tag)
	ts.Check(err)
	ts.Setenv("DIGEST", pushed.Digest.String())
}
