package registry_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/hearth-dev/hearth/e2e/internal/ollama/registry"
)

const (
	manifest = `{"schemaVersion":2}`
	weights  = "0123456789abcdef"
)

// serve runs a registry with one model and returns its address and the digest of its one blob.
func serve(t *testing.T) (address, blob string) {
	t.Helper()
	dir := t.TempDir()
	sum := sha256.Sum256([]byte(weights))
	digest := hex.EncodeToString(sum[:])
	write(t, filepath.Join(dir, "manifests/registry.ollama.ai/library/tiny/1b"), manifest)
	write(t, filepath.Join(dir, "blobs/sha256-"+digest), weights)
	write(t, filepath.Join(dir, "secret"), "not to be served")
	server := httptest.NewServer(registry.New(dir, registry.NewLog(io.Discard), &registry.Rate{}))
	t.Cleanup(server.Close)
	return server.URL, "/v2/library/tiny/blobs/sha256:" + digest
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// answer is what a test compares of a response.
type answer struct {
	Status                         int
	Body, Type, Location, OfLength string
}

func ask(t *testing.T, method, url, byteRange string) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if byteRange != "" {
		request.Header.Set("Range", byteRange)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, string(body), response.Header.Get("Content-Type"), response.Header.Get("Location"),
		response.Header.Get("Content-Length")}
}

func TestServesModels(t *testing.T) {
	address, blob := serve(t)
	const manifestType, binary = "application/vnd.docker.distribution.manifest.v2+json", "application/octet-stream"
	for name, c := range map[string]struct {
		method, path, byteRange string
		want                    answer
	}{
		"the manifest":           {"GET", "/v2/library/tiny/manifests/1b", "", answer{200, manifest, manifestType, "", "19"}},
		"whether it is there":    {"HEAD", "/v2/library/tiny/manifests/1b", "", answer{200, "", manifestType, "", "19"}},
		"a blob's length":        {"HEAD", blob, "", answer{200, "", binary, blob, "16"}},
		"a whole blob":           {"GET", blob, "", answer{200, weights, binary, blob, "16"}},
		"the rest of a blob":     {"GET", blob, "bytes=10-15", answer{206, "abcdef", binary, blob, "6"}},
		"the distribution check": {"GET", "/v2/", "", answer{Status: 200, OfLength: "0"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, ask(t, c.method, address+c.path, c.byteRange)); diff != "" {
				t.Errorf("%s %s (-want +got):\n%s", c.method, c.path, diff)
			}
		})
	}
}

func TestRefusesEverythingElse(t *testing.T) {
	address, _ := serve(t)
	for path, c := range map[string]struct {
		method string
		want   int
	}{
		"/v2/library/tiny/manifests/2b":                                    {"GET", 404},
		"/v2/library/other/manifests/1b":                                   {"GET", 404},
		"/v2/library/tiny/blobs/sha256:" + strings.Repeat("0", 64):         {"GET", 404},
		"/v2/library/tiny/manifests/..%2f..%2f..%2f..%2f..%2fsecret":       {"GET", 404},
		"/v2/..%2f/..%2f/manifests/secret":                                 {"GET", 404},
		"/secret":                                                          {"GET", 404},
		"/v2/library/tiny/manifests/1b?a=writer":                           {"PUT", 405},
		"/v2/library/tiny/blobs/sha256:" + strings.Repeat("0", 64) + "?b=": {"DELETE", 405},
	} {
		if got := ask(t, c.method, address+path, "").Status; got != c.want {
			t.Errorf("%s %s: got status %d, want %d", c.method, path, got, c.want)
		}
	}
}

func entries(t *testing.T, address string) []registry.Entry {
	t.Helper()
	var log []registry.Entry
	if err := json.Unmarshal([]byte(ask(t, "GET", address+"/log", "").Body), &log); err != nil {
		t.Fatal(err)
	}
	return log
}

// ended waits until no request is under way: a reader has the last byte a moment before the log says so.
func ended(t *testing.T, address string) []registry.Entry {
	t.Helper()
	for {
		log := entries(t, address)
		if !slices.ContainsFunc(log, func(e registry.Entry) bool { return !e.Done }) {
			return log
		}
		select {
		case <-t.Context().Done():
			t.Fatalf("requests that do not end: %+v", log)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func TestLogHoldsModelsOnly(t *testing.T) {
	address, blob := serve(t)
	if diff := cmp.Diff([]registry.Entry{}, entries(t, address)); diff != "" {
		t.Errorf("a registry that nobody asked (-want +got):\n%s", diff)
	}
	ask(t, "GET", address+"/healthz", "")
	ask(t, "GET", address+"/rate", "")
	refused := ask(t, "GET", address+"/v2/library/tiny/manifests/none", "")
	ask(t, "GET", address+blob, "bytes=4-")
	want := []registry.Entry{
		{Method: "GET", Path: "/v2/library/tiny/manifests/none", Status: 404, Bytes: int64(len(refused.Body)), Done: true},
		{Method: "GET", Path: blob, Range: "bytes=4-", Status: 206, Bytes: 12, Done: true},
	}
	if diff := cmp.Diff(want, ended(t, address), cmpopts.IgnoreFields(registry.Entry{}, "Time", "From", "UserAgent")); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
}

// TestSlowTransferCanBeLeftHalfWay is what makes a killed pull possible: the log shows how far it came while it runs.
func TestSlowTransferCanBeLeftHalfWay(t *testing.T) {
	address, blob := serve(t)
	if got := ask(t, "PUT", address+"/rate?bytes=20", "").Body; got != "20\n" {
		t.Fatalf("rate: got %q", got)
	}
	ctx, leave := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address+blob, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.ReadFull(response.Body, make([]byte, 2)); err != nil {
		t.Fatal(err)
	}
	if got := entries(t, address); got[0].Done || got[0].Bytes == 0 || got[0].Bytes == int64(len(weights)) {
		t.Errorf("half-way: %+v, want some bytes and not done", got[0])
	}
	leave()
	if got := ended(t, address)[0]; got.Bytes == int64(len(weights)) {
		t.Errorf("all %d bytes were sent to a reader who left", got.Bytes)
	}
}

func TestRateIsCheckedAndLifted(t *testing.T) {
	address, blob := serve(t)
	for _, bad := range []string{"", "?bytes=-1", "?bytes=1k"} {
		if got := ask(t, "PUT", address+"/rate"+bad, "").Status; got != 400 {
			t.Errorf("PUT /rate%s: got status %d, want 400", bad, got)
		}
	}
	ask(t, "PUT", address+"/rate?bytes=1", "") // nobody would wait for sixteen bytes
	ask(t, "PUT", address+"/rate?bytes=0", "")
	if diff := cmp.Diff(weights, ask(t, "GET", address+blob, "").Body); diff != "" {
		t.Errorf("after the limit was lifted (-want +got):\n%s", diff)
	}
}
