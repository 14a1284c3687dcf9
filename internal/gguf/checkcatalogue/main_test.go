package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hearth-dev/hearth/internal/testing/gguftest"
	"github.com/hearth-dev/hearth/sizing"
)

// realHeader is that of a model whose shape is a row's, in another number format.
func realHeader(t *testing.T, name string) gguftest.File {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "testdata", name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := gguftest.Parse(string(data))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// write makes the file of a real header.
func write(t *testing.T, name, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := realHeader(t, name).Write(path); err != nil {
		t.Fatal(err)
	}
}

// check runs the program.
func check(t *testing.T, wantCode int, args ...string) string {
	t.Helper()
	var stdout, stderr strings.Builder
	if code := run(args, &stdout, &stderr); code != wantCode {
		t.Errorf("got exit code %d, want %d\n%s%s", code, wantCode, stdout.String(), stderr.String())
	}
	return stdout.String() + stderr.String()
}

// models is a folder as Ollama keeps it, with two models and broken ones.
func models(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	weights := func(digit string) string { return "sha256:" + strings.Repeat(digit, 64) }
	manifest := func(name, text string) {
		path := filepath.Join(dir, "manifests", "registry.ollama.ai", "library", strings.ReplaceAll(name, ":", "/"))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	layers := func(digests ...string) string {
		text := `{"config":{"digest":"sha256:c","size":492},"layers":[{"mediaType":"application/vnd.ollama.image.template","digest":"sha256:t","size":8}`
		for _, d := range digests {
			text += fmt.Sprintf(`,{"mediaType":"application/vnd.ollama.image.model","digest":%q,"size":%d}`, d, realHeader(t, "gemma3-270m-q4_k_m").Size())
		}
		return text + "]}"
	}
	write(t, "gemma3-270m-q4_k_m", filepath.Join(dir, "blobs", "sha256-"+strings.Repeat("1", 64)))
	write(t, "smollm2-135m-q4_1", filepath.Join(dir, "blobs", "sha256-"+strings.Repeat("2", 64)))
	manifest("gemma3:270m", layers(weights("1")))
	manifest("gemma3:1b", layers(weights("1")))
	manifest("gemma3:4b", "<html>")
	manifest("mistral:7b", layers())
	manifest("qwen3:8b", layers(weights("1"), weights("2")))
	manifest("qwen3:4b", layers("sha256:../../../etc/passwd"))
	manifest("qwen3:0.6b", layers(weights("3")))
	return dir
}

// serve answers as registry.ollama.ai does, and counts what it sends of blobs.
func serve(t *testing.T, dir string) (address string, ranges *[]string) {
	t.Helper()
	ranges = new([]string)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/v2/library/"), "/"); {
		case len(parts) == 3 && parts[1] == "manifests" && strings.HasPrefix(r.Header.Get("Accept"), "application/vnd.docker.distribution.manifest.v2+json"):
			if parts[0] == "phi4" {
				http.Error(w, "busy", http.StatusServiceUnavailable)
				return
			}
			http.ServeFile(w, r, filepath.Join(dir, "manifests", "registry.ollama.ai", "library", parts[0], parts[2]))
		case len(parts) == 3 && parts[1] == "blobs":
			*ranges = append(*ranges, r.Header.Get("Range"))
			http.ServeFile(w, r, filepath.Join(dir, "blobs", strings.ReplaceAll(parts[2], ":", "-")))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL, ranges
}

func TestRegistryAndStore(t *testing.T) {
	dir := models(t)
	address, ranges := serve(t, dir)
	data, err := os.ReadFile(filepath.Join(dir, "manifests", "registry.ollama.ai", "library", "gemma3", "270m"))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(data)
	digest := "sha256:" + hex.EncodeToString(sum[:])
	row, _ := sizing.Lookup("gemma3:270m")
	names := []string{"gemma3:270m", "gemma3:1b", "gemma3:4b", "mistral:7b", "qwen3:8b", "qwen3:4b", "qwen3:0.6b", "llama3.2:3b"}
	other, _ := sizing.Lookup("gemma3:1b")
	want := fmt.Sprintf(`gemma3:270m              differs  quantization is Q8_0, the model's Q4_K_M; disk is %d, the model's 253113524; digest is %s, the model's %s
gemma3:1b                differs  layers is 26, the model's 18; sliding layers is 22, the model's 15; embedding is 1152, the model's 640; feed forward is 6912, the model's 2048; parameters is %d, the model's 268098176; disk is %d, the model's 253113524; digest is %s, the model's %s; tied is %d, the model's 178257920
gemma3:4b                missing  the manifest: invalid character '<' looking for beginning of value
mistral:7b               missing  the manifest: names no weights
qwen3:8b                 missing  the manifest: names two blobs of weights
qwen3:4b                 missing  the manifest: names the blob "sha256:../../../etc/passwd", want sha256: and 64 digits
qwen3:0.6b               missing  file does not exist
llama3.2:3b              missing  file does not exist
2 of 8 rows compared, 2 differ
`, row.DiskBytes, row.Digest, digest, other.Parameters, other.DiskBytes, other.Digest, digest, other.TiedBytes)
	for _, where := range []string{address, dir} {
		if diff := cmp.Diff(want, check(t, 1, append([]string{where}, names...)...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", where, diff)
		}
	}
	if diff := cmp.Diff([]string{"bytes=0-8388607", "bytes=0-8388607", "bytes=0-8388607"}, *ranges); diff != "" {
		t.Errorf("ranges (-want +got):\n%s", diff)
	}
	if got := check(t, 2, address, "phi4:14b"); !strings.Contains(got, "/v2/library/phi4/manifests/14b: 503 Service Unavailable\n") {
		t.Error(got)
	}
}

func TestFolder(t *testing.T) {
	dir := t.TempDir()
	write(t, "gemma3-270m-q4_k_m", filepath.Join(dir, "gemma3-270m.gguf"))
	write(t, "smollm2-135m-q4_1", filepath.Join(dir, "smollm2-135m.gguf"))
	got := check(t, 0, dir)
	for _, line := range []string{
		"gemma3:270m              ok       shape; the file is Q4_K_M, the row Q8_0\n",
		"smollm2:135m             ok       shape; the file is Q4_1, the row F16\n",
		"llama3.2:3b              missing  file does not exist\n",
		fmt.Sprintf("2 of %d rows compared, 0 differ\n", len(sizing.Catalogue())),
	} {
		if !strings.Contains(got, line) {
			t.Errorf("lacks %q:\n%s", line, got)
		}
	}
}

func TestWrongUsage(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "usage: checkcatalogue https://REGISTRY|FOLDER [MODEL...]\n"},
		{[]string{".", "zzzz"}, "checkcatalogue: no row \"zzzz\"; near it: none\n"},
		{[]string{t.TempDir(), "llama3.2:3b"}, "llama3.2:3b              missing  file does not exist\n0 of 1 rows compared, 0 differ\n"},
		{[]string{"http://%", "llama3.2:3b"}, "llama3.2:3b              missing  \"http://%/library/llama3.2:3b\" is no model's name: " +
			"want [HOST/][NAMESPACE/]MODEL[:TAG], of letters, digits, _, . and -\n0 of 1 rows compared, 0 differ\n"},
	} {
		if diff := cmp.Diff(c.want, check(t, 2, c.args...)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.args, diff)
		}
	}
}

// Whatever a row says that the model does not is reported, and nothing else.
func TestCompare(t *testing.T) {
	right := sizing.Model{
		Name: "m:1b", Architecture: "llama", Parameters: 1000, Active: 500, Quantization: "Q4_K_M", DiskBytes: 1 << 30, TiedBytes: 7,
		Layers: 2, KVHeads: 3, KeyLength: 4, ValueLength: 5, SlidingWindow: 6, SlidingLayers: 1, Heads: 8, Embedding: 9,
		FeedForward: 10, Vocab: 11, ContextLimit: 12, Digest: "sha256:1",
	}
	for name, c := range map[string]struct {
		change func(row *sizing.Model)
		want   string
	}{
		"nothing":        {func(*sizing.Model) {}, ""},
		"architecture":   {func(m *sizing.Model) { m.Architecture = "qwen3" }, "architecture is qwen3, the model's llama"},
		"rounded":        {func(m *sizing.Model) { m.Parameters, m.Active = 1010, 510 }, ""},
		"parameters":     {func(m *sizing.Model) { m.Parameters = 1100 }, "parameters is 1100, the model's 1000"},
		"active":         {func(m *sizing.Model) { m.Active = 0 }, "active parameters is 0, the model's 500"},
		"quantization":   {func(m *sizing.Model) { m.Quantization = "Q8_0" }, "quantization is Q8_0, the model's Q4_K_M"},
		"disk":           {func(m *sizing.Model) { m.DiskBytes++ }, "disk is 1073741825, the model's 1073741824"},
		"tied":           {func(m *sizing.Model) { m.TiedBytes = 8 }, "tied is 8, the model's 7"},
		"tied, no need":  {func(m *sizing.Model) { m.TiedBytes = 0 }, ""},
		"layers":         {func(m *sizing.Model) { m.Layers = 0 }, "layers is 0, the model's 2"},
		"kv heads":       {func(m *sizing.Model) { m.KVHeads = 0 }, "kv heads is 0, the model's 3"},
		"key length":     {func(m *sizing.Model) { m.KeyLength = 0 }, "key length is 0, the model's 4"},
		"value length":   {func(m *sizing.Model) { m.ValueLength = 0 }, "value length is 0, the model's 5"},
		"sliding window": {func(m *sizing.Model) { m.SlidingWindow = 0 }, "sliding window is 0, the model's 6"},
		"sliding layers": {func(m *sizing.Model) { m.SlidingLayers = 0 }, "sliding layers is 0, the model's 1"},
		"heads":          {func(m *sizing.Model) { m.Heads = 0 }, "heads is 0, the model's 8"},
		"embedding":      {func(m *sizing.Model) { m.Embedding = 0 }, "embedding is 0, the model's 9"},
		"feed forward":   {func(m *sizing.Model) { m.FeedForward = 0 }, "feed forward is 0, the model's 10"},
		"vocabulary":     {func(m *sizing.Model) { m.Vocab = 0 }, "vocabulary is 0, the model's 11"},
		"context limit":  {func(m *sizing.Model) { m.ContextLimit = 0 }, "context limit is 0, the model's 12"},
		"embedder":       {func(m *sizing.Model) { m.Embedder = true }, "embedder is true, the model's false"},
		"digest":         {func(m *sizing.Model) { m.Digest = "sha256:2" }, "digest is sha256:2, the model's sha256:1"},
		"no digest":      {func(m *sizing.Model) { m.Digest = "" }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			row := right
			c.change(&row)
			if diff := cmp.Diff(c.want, strings.Join(compare(row, found{right, true}), "; ")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if got := scope(right, found{right, true}); got != "shape, size and digest" {
		t.Error(got)
	}
}
