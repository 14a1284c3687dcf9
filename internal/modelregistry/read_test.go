package modelregistry_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/registry"

	"github.com/hearth-dev/hearth/internal/modelregistry"
	"github.com/hearth-dev/hearth/internal/testing/modeltest"
	"github.com/hearth-dev/hearth/sizing"
)

// header is a small model's; its vocabulary takes more than a range.
const header = `general.architecture string llama
llama.block_count uint32 2
llama.context_length uint32 2048
llama.embedding_length uint32 64
llama.feed_forward_length uint32 256
llama.attention.head_count uint32 4
llama.attention.head_count_kv uint32 2
general.file_type uint32 1
tokenizer.ggml.tokens array 8 1000 9000000
tensor token_embd.weight 1 0 64 1000
data 12000000
`

const projectorHeader = `general.architecture string clip
general.type string mmproj
clip.vision.image_size uint32 336
clip.vision.patch_size uint32 14
clip.vision.embedding_length uint32 1024
clip.vision.feed_forward_length uint32 4096
clip.vision.attention.head_count uint32 16
tensor v.patch_embd.weight 1 0 14 14
data 512
`

// server is a registry, with what stands before it, and the bytes of blobs that it
// was asked for and sent.
type server struct {
	*httptest.Server
	sent   atomic.Int64
	ranges chan string
}

type counted struct {
	http.ResponseWriter
	sent *atomic.Int64
}

func (c counted) Write(p []byte) (int, error) {
	n, err := c.ResponseWriter.Write(p)
	c.sent.Add(int64(n))
	return n, err
}

// serve starts a registry; before may answer, and says so, or change the request.
func serve(t *testing.T, before func(w http.ResponseWriter, r *http.Request) bool) *server {
	t.Helper()
	s := &server{ranges: make(chan string, 100)}
	inner := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if before != nil && before(w, r) {
			return
		}
		if r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/blobs/") {
			s.ranges <- r.Header.Get("Range")
			w = counted{w, &s.sent}
		}
		inner.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *server) name(t *testing.T, model string) modelregistry.Name {
	t.Helper()
	n, err := modelregistry.ParseName(s.URL + "/" + model)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (s *server) host() string { return strings.TrimPrefix(s.URL, "http://") }

func file(t *testing.T, text string) []byte {
	t.Helper()
	data, err := modeltest.File(text)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestRead(t *testing.T) {
	weights := file(t, header)
	for name, c := range map[string]struct {
		before func(w http.ResponseWriter, r *http.Request) bool
		ranges []string
		most   int64
	}{
		"ranges": {nil, []string{"bytes=0-8388607", "bytes=8388608-16777215"}, 2 * 8 << 20},
		"no ranges": {func(_ http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodGet {
				r.Header.Del("Range")
			}
			return false
		}, []string{""}, int64(len(weights))},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, c.before)
			disk, err := modeltest.Push(s.host()+"/library/tiny:1b", modeltest.Layer(modeltest.Weights, weights), modeltest.Layer(modeltest.Template, []byte("{{ .Prompt }}")))
			if err != nil {
				t.Fatal(err)
			}
			got, err := modelregistry.Read(t.Context(), s.name(t, "tiny:1b"))
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(got.Digest, "sha256:") {
				t.Errorf("digest %q", got.Digest)
			}
			got.Digest = ""
			want := sizing.Model{
				Architecture: "llama", Parameters: 64000, Quantization: "F16", DiskBytes: disk, TiedBytes: 128000,
				Layers: 2, KVHeads: 2, KeyLength: 16, ValueLength: 16, Heads: 4, Embedding: 64, FeedForward: 256, Vocab: 1000,
				ContextLimit: 2048, Evidence: sizing.Measured,
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			close(s.ranges)
			var ranges []string
			for r := range s.ranges {
				ranges = append(ranges, r)
			}
			if diff := cmp.Diff(c.ranges, ranges); diff != "" {
				t.Errorf("ranges (-want +got):\n%s", diff)
			}
			if s.sent.Load() > c.most {
				t.Errorf("sent %d bytes, want at most %d", s.sent.Load(), c.most)
			}
		})
	}
}

// An image passes through a projector, a blob of its own.
func TestProjector(t *testing.T) {
	s := serve(t, nil)
	weights, projector := file(t, header), file(t, projectorHeader)
	disk, err := modeltest.Push(s.host()+"/me/sees", modeltest.Layer(modeltest.Weights, weights), modeltest.Layer(modeltest.Projector, projector))
	if err != nil {
		t.Fatal(err)
	}
	got, err := modelregistry.Read(t.Context(), s.name(t, "me/sees"))
	if err != nil {
		t.Fatal(err)
	}
	if want := int64(4*576*(4096+6*1024) + 4*16*576*576); got.VisionBytes != want || got.DiskBytes != disk {
		t.Errorf("an image takes %d, the model %d on disk; want %d and %d", got.VisionBytes, got.DiskBytes, want, disk)
	}
	if want := int64(4 * 576 * (4096 + 6*1024)); got.FlashVisionBytes != want {
		t.Errorf("without scores an image takes %d, want %d", got.FlashVisionBytes, want)
	}
}

func TestMistakes(t *testing.T) {
	answer := func(code int) func(w http.ResponseWriter, r *http.Request) bool {
		return func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(code); return true }
	}
	text := func(path, body string) func(w http.ResponseWriter, r *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodGet || !strings.Contains(r.URL.Path, path) {
				return false
			}
			_, _ = io.WriteString(w, body)
			return true
		}
	}
	digest := "sha256:" + strings.Repeat("1", 64)
	layers := func(size int, kinds ...string) string {
		text := `{"layers":[`
		for i, k := range kinds {
			text += strings.Repeat(",", min(i, 1)) + fmt.Sprintf(`{"mediaType":"application/vnd.ollama.image.%s","digest":%q,"size":%d}`, k, digest, size)
		}
		return text + "]}"
	}
	for name, c := range map[string]struct {
		before func(w http.ResponseWriter, r *http.Request) bool
		want   string
	}{
		"no such model":  {answer(404), "404 Not Found: the registry has no such model"},
		"a private one":  {answer(401), "401 Unauthorized: no such model, or a private one"},
		"busy":           {answer(503), "/v2/library/tiny/manifests/1b: 503 Service Unavailable"},
		"a page":         {text("/manifests/", "<html>"), "the manifest: invalid character '<'"},
		"no weights":     {text("/manifests/", layers(9, "template")), "the manifest: names no weights"},
		"two weights":    {text("/manifests/", layers(9, "model", "model")), "the manifest: names two blobs of weights"},
		"two projectors": {text("/manifests/", layers(9, "model", "projector", "projector")), "the manifest: names two blobs of projectors"},
		"a size below 0": {text("/manifests/", layers(-9, "model")), "the manifest: names a blob of -9 bytes"},
		"a digest that is a path": {text("/manifests/", strings.ReplaceAll(layers(9, "model"), digest, "../../x")),
			`names the blob "../../x", want sha256: and 64 digits`},
		"no GGUF": {func(w http.ResponseWriter, r *http.Request) bool {
			return text("/manifests/", layers(100, "model"))(w, r) || text("/blobs/", strings.Repeat("no", 50))(w, r)
		}, "is not a GGUF file"},
		"cut short": {func(w http.ResponseWriter, r *http.Request) bool {
			return text("/manifests/", layers(100000, "model"))(w, r) || text("/blobs/", string(file(t, header)[:5000]))(w, r)
		}, "the answer ends at byte 5000 of 100000"},
		"another range": {func(w http.ResponseWriter, r *http.Request) bool {
			if text("/manifests/", layers(100, "model"))(w, r) {
				return true
			}
			w.Header().Set("Content-Range", "bytes 5-99/100")
			w.WriteHeader(http.StatusPartialContent)
			return true
		}, `asked for bytes=0-99, the registry sends "bytes 5-99/100"`},
		"round and round": {func(w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, r.URL.Path, http.StatusTemporaryRedirect)
			return true
		}, "more than 10 redirects"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, c.before)
			_, err := modelregistry.Read(t.Context(), s.name(t, "tiny:1b"))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if name == "no such model" && !errors.Is(err, fs.ErrNotExist) {
				t.Error("is no fs.ErrNotExist")
			}
		})
	}
}

// A registry that says nothing is waited for no longer than the caller does.
func TestSilent(t *testing.T) {
	wait := make(chan struct{})
	s := serve(t, func(http.ResponseWriter, *http.Request) bool { <-wait; return true })
	defer close(wait)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := modelregistry.Read(ctx, s.name(t, "tiny:1b")); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

func TestParseName(t *testing.T) {
	for text, want := range map[string]string{
		"qwen3:8b":                                 "https://registry.ollama.ai/v2/library/qwen3/manifests/8b",
		"qwen3":                                    "https://registry.ollama.ai/v2/library/qwen3/manifests/latest",
		"me/mine:1":                                "https://registry.ollama.ai/v2/me/mine/manifests/1",
		"hf.co/owner/model-GGUF:Q4_K_M":            "https://hf.co/v2/owner/model-GGUF/manifests/Q4_K_M",
		"registry.models.svc:5000/library/qwen3":   "https://registry.models.svc:5000/v2/library/qwen3/manifests/latest",
		"localhost:5000/qwen3:8b":                  "http://localhost:5000/v2/library/qwen3/manifests/8b",
		"127.0.0.1:5000/a/b":                       "http://127.0.0.1:5000/v2/a/b/manifests/latest",
		"[::1]:5000/a/b":                           "http://[::1]:5000/v2/a/b/manifests/latest",
		"http://models.home.arpa/library/qwen3:8b": "http://models.home.arpa/v2/library/qwen3/manifests/8b",
		"https://localhost/a/b":                    "https://localhost/v2/a/b/manifests/latest",
	} {
		n, err := modelregistry.ParseName(text)
		if err != nil || n.Manifest() != want {
			t.Errorf("%s: got %s, %v, want %s", text, n.Manifest(), err, want)
		}
	}
	for _, text := range []string{
		"", ":", "a:", "a/", "/a", "a//b", "a b", "../x", "ftp://h/a", "hf.co/../x", "a:b:c", "user@h.com/a", "a?b", "a#b", "a%2e", "https://", "https:///a",
		strings.Repeat("a/", 9) + "a", strings.Repeat("a", 200),
	} {
		if n, err := modelregistry.ParseName(text); err == nil {
			t.Errorf("%q is taken for %s", text, n.Manifest())
		}
	}
}
