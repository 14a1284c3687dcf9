package lock_test

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/hearth-dev/hearth/internal/lock"
)

// push puts an index of two architectures and a plain image into a registry.
func push(t *testing.T, host string, options ...remote.Option) (index, image string) {
	t.Helper()
	var x v1.ImageIndex = empty.Index
	for _, arch := range []string{"amd64", "arm64"} {
		i, err := random.Image(100, 1)
		if err != nil {
			t.Fatal(err)
		}
		x = mutate.AppendManifests(x, mutate.IndexAddendum{Add: i, Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: arch}}})
	}
	if err := remote.WriteIndex(tag(t, host+"/ollama/ollama:0.23.2"), x, options...); err != nil {
		t.Fatal(err)
	}
	i, err := random.Image(100, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Write(tag(t, host+"/plain:1"), i, options...); err != nil {
		t.Fatal(err)
	}
	xd, err := x.Digest()
	if err != nil {
		t.Fatal(err)
	}
	id, err := i.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return xd.String(), id.String()
}

func tag(t *testing.T, s string) name.Reference {
	t.Helper()
	ref, err := name.ParseReference(s)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// start runs a registry that asks for a password if user is not "".
func start(t *testing.T, tls bool, user string) (host string, client http.RoundTripper) {
	t.Helper()
	inner := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if name, password, _ := r.BasicAuth(); user != "" && (name != user || password != "secret") {
			w.Header().Set("WWW-Authenticate", "Basic realm=test")
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		inner.ServeHTTP(w, r)
	}))
	if tls {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return s.Listener.Addr().String(), s.Client().Transport
}

func TestResolve(t *testing.T) {
	host, _ := start(t, false, "")
	index, image := push(t, host)
	var asked []string
	got, err := lock.Resolver{Progress: func(s string) { asked = append(asked, s) }}.Resolve(t.Context(), []string{host + "/ollama/ollama:0.23.2", host + "/plain:1"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{host + "/ollama/ollama:0.23.2": index, host + "/plain:1": image}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("digests (-want +got):\n%s", diff)
	}
	if len(asked) != 2 {
		t.Errorf("progress was called with %q", asked)
	}
	file := lock.File{Images: got, Models: map[string]string{"llama3.2:3b": index}}
	data, err := lock.Encode(file)
	if err != nil {
		t.Fatal(err)
	}
	again, err := lock.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(file, again); diff != "" {
		t.Errorf("read again (-want +got):\n%s", diff)
	}
}

func TestTLS(t *testing.T) {
	host, client := start(t, true, "")
	index, _ := push(t, host, remote.WithTransport(client))
	got, err := lock.Resolver{Transport: client}.Resolve(t.Context(), []string{host + "/ollama/ollama:0.23.2"})
	if diff := cmp.Diff(map[string]string{host + "/ollama/ollama:0.23.2": index}, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// password is a keychain with one password for every registry.
type password string

func (p password) Resolve(authn.Resource) (authn.Authenticator, error) {
	return &authn.Basic{Username: string(p), Password: "secret"}, nil
}

func TestPassword(t *testing.T) {
	host, _ := start(t, false, "ann")
	index, _ := push(t, host, remote.WithAuthFromKeychain(password("ann")))
	got, err := lock.Resolver{Keychain: password("ann")}.Resolve(t.Context(), []string{host + "/ollama/ollama:0.23.2"})
	if diff := cmp.Diff(map[string]string{host + "/ollama/ollama:0.23.2": index}, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestFailures(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := closed.Addr().String()
	closed.Close()
	locked, _ := start(t, false, "ann")
	open, _ := start(t, false, "")
	untrusted, _ := start(t, true, "")
	images := []string{gone + "/a:1", locked + "/b:1", open + "/c:1", untrusted + "/d:1"}
	got, err := lock.Resolver{Keychain: password("bob")}.Resolve(context.Background(), images)
	if err == nil || got != nil {
		t.Fatalf("got %v and the error %v, want an error alone", got, err)
	}
	for i, want := range []string{"can be reached", "docker login", "no such image or tag", "SSL_CERT_FILE"} {
		_, said, found := strings.Cut(err.Error(), images[i]+": ")
		if said, _, _ = strings.Cut(said, "\n"); !found || !strings.Contains(said, want) {
			t.Errorf("of %s is said\n%s\nwant %q", images[i], err, want)
		}
	}
}

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"apiVersion: hearth.dev/v1alpha1\nkind: Stack\n":                                                       "want Lock",
		"apiVersion: hearth.dev/v1alpha1\nkind: Lock\nimages: [{image: a, digest: sha256:12}]\n":               "64 hexadecimal digits",
		"apiVersion: hearth.dev/v1alpha1\nkind: Lock\nmodels: [{model: a, digest: sha256:AB}]\n":               "64 hexadecimal digits",
		"apiVersion: hearth.dev/v1alpha1\nkind: Lock\nimages: [{image: a, digset: x}]\n":                       "digset",
		"apiVersion: hearth.dev/v1alpha1\nkind: Lock\nimages:\n<<<<<<< HEAD\n- image: a\n=======\n>>>>>>> b\n": "hearth lock",
	} {
		if _, err := lock.Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got the error %v, want %q", text, err, want)
		}
	}
}
