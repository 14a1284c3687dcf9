package gguf_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	parser "github.com/gpustack/gguf-parser-go"

	"github.com/hearth-dev/hearth/internal/gguf"
	"github.com/hearth-dev/hearth/internal/testing/gguftest"
	"github.com/hearth-dev/hearth/sizing"
)

var (
	update   = flag.Bool("update", false, "with -real: rewrite the header in testdata")
	realFile = flag.String("real", "", "NAME=FILE: compare testdata/NAME.txt with the model that it was made from")
)

// header is a real model's, from testdata.
func header(t testing.TB, name string) gguftest.File {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := gguftest.Parse(string(data))
	if err != nil {
		t.Fatalf("testdata/%s.txt: %v", name, err)
	}
	return f
}

// The figures are what `ollama show` and the models' cards say.
func TestRealHeaders(t *testing.T) {
	for name, want := range map[string]sizing.Model{
		"smollm2-135m-q4_1": {
			Architecture: "llama", Parameters: 134515008, Quantization: "Q4_1", DiskBytes: 98362432, TiedBytes: 30081024,
			Layers: 30, KVHeads: 3, KeyLength: 64, ValueLength: 64, Heads: 9, Embedding: 576, FeedForward: 1536,
			Vocab: 49152, ContextLimit: 8192, Evidence: sizing.Measured,
		},
		"gemma3-270m-q4_k_m": {
			Architecture: "gemma3", Parameters: 268098176, Quantization: "Q4_K_M", DiskBytes: 253113024, TiedBytes: 178257920,
			Layers: 18, KVHeads: 1, KeyLength: 256, ValueLength: 256, SlidingWindow: 512, SlidingLayers: 15, Heads: 4,
			Embedding: 640, FeedForward: 2048, Vocab: 262144, ContextLimit: 32768, Evidence: sizing.Measured,
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "model.gguf")
			if err := header(t, name).Write(path); err != nil {
				t.Fatal(err)
			}
			got, err := gguf.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("ReadFile (-want +got):\n%s", diff)
			}
		})
	}
}

// With -real: what is in testdata is what is in the model's file.
func TestTestdataIsReal(t *testing.T) {
	name, path, ok := strings.Cut(*realFile, "=")
	if !ok {
		t.Skip("needs -real NAME=FILE, a model's file")
	}
	file, err := parser.ParseGGUFFile(path, parser.SkipLargeMetadata())
	if err != nil {
		t.Fatal(err)
	}
	got := dump(file)
	golden := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-testdata +file):\n%s", name, diff)
	}
	whole, err := gguf.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f := header(t, name)
	rebuilt, err := gguf.Read(strings.NewReader(string(f.Header())), f.Size())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(whole, rebuilt); diff != "" {
		t.Errorf("%s (-file +testdata):\n%s", name, diff)
	}
}

// dump is a header as gguftest.Parse reads it.
func dump(file *parser.GGUFFile) string {
	var b strings.Builder
	b.WriteString("# A model's header without its tokens and long texts; see TestTestdataIsReal.\n")
	for _, kv := range file.Header.MetadataKV {
		switch v := kv.Value.(type) {
		case parser.GGUFMetadataKVArrayValue:
			fmt.Fprintf(&b, "%s array %d %d %d\n", kv.Key, v.Type, v.Len, v.Size)
		case string:
			if len(v) > 100 {
				fmt.Fprintf(&b, "%s text %d\n", kv.Key, len(v))
			} else {
				fmt.Fprintf(&b, "%s string %s\n", kv.Key, v)
			}
		default:
			fmt.Fprintf(&b, "%s %T %v\n", kv.Key, v, v)
		}
	}
	for _, t := range file.TensorInfos {
		fmt.Fprintf(&b, "tensor %s %d %d %s\n", t.Name, t.Type, t.Offset, strings.Trim(fmt.Sprint(t.Dimensions), "[]"))
	}
	fmt.Fprintf(&b, "data %d\n", int64(file.Size)-file.TensorDataStartOffset)
	return b.String()
}
