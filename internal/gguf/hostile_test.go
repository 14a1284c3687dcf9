package gguf_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/hearth-dev/hearth/internal/gguf"
	"github.com/hearth-dev/hearth/internal/testing/gguftest"
)

// memoryLimit is what reading one hostile header may allocate in all.
const memoryLimit = 16 << 20

// small is a header that is right, with the given keys and tensors besides or
// instead.
func small(keys []gguftest.Key, tensors ...gguftest.Tensor) gguftest.File {
	f := gguftest.File{
		Keys: []gguftest.Key{
			{Name: "general.architecture", Value: "llama"},
			{Name: "llama.block_count", Value: uint32(2)},
			{Name: "llama.context_length", Value: uint32(2048)},
			{Name: "llama.embedding_length", Value: uint32(64)},
			{Name: "llama.feed_forward_length", Value: uint32(128)},
			{Name: "llama.attention.head_count", Value: uint32(4)},
			{Name: "tokenizer.ggml.tokens", Value: []string{"a", "b"}},
		},
		Tensors: tensors,
		Data:    1 << 10,
	}
	if tensors == nil {
		f.Tensors = []gguftest.Tensor{{Name: "output.weight", Shape: []uint64{64, 2}}}
	}
next:
	for _, k := range keys {
		for i := range f.Keys {
			if f.Keys[i].Name == k.Name {
				f.Keys[i] = k
				continue next
			}
		}
		f.Keys = append(f.Keys, k)
	}
	return f
}

func key(name string, value any) []gguftest.Key { return []gguftest.Key{{Name: name, Value: value}} }

func tensor(kind uint32, offset uint64, shape ...uint64) gguftest.Tensor {
	return gguftest.Tensor{Name: "output.weight", Type: kind, Offset: offset, Shape: shape}
}

// words are 64-bit numbers as a file holds them.
func words(ns ...uint64) []byte {
	var b []byte
	for _, n := range ns {
		b = binary.LittleEndian.AppendUint64(b, n)
	}
	return b
}

// arrayOf is an array's type and announced length, and nothing after it.
func arrayOf(kind uint32, length uint64, items ...byte) gguftest.Raw {
	return gguftest.Raw{Type: gguftest.Array, Bytes: append(append(binary.LittleEndian.AppendUint32(nil, kind), words(length)...), items...)}
}

// nested is an array in an array in an array, depth times.
func nested(depth int) gguftest.Raw {
	var b []byte
	for range depth {
		b = append(b, arrayOf(gguftest.Array, 1).Bytes...)
	}
	return gguftest.Raw{Type: gguftest.Array, Bytes: b}
}

// counts is a file that announces tensors and keys and holds neither.
func counts(tensors, keys uint64) []byte {
	return append([]byte("GGUF\x03\x00\x00\x00"), words(tensors, keys)...)
}

func TestHostileHeaders(t *testing.T) {
	right := small(nil)
	for name, c := range map[string]struct {
		file any // a gguftest.File, or bytes
		want string
	}{
		"empty file":            {[]byte{}, `is not a GGUF file: it starts with "", want "GGUF"`},
		"other magic":           {[]byte("PK\x03\x04 and so on"), `is not a GGUF file: it starts with "PK\x03\x04", want "GGUF"`},
		"half a magic":          {[]byte("GG"), `is not a GGUF file: it starts with "GG", want "GGUF"`},
		"older format":          {[]byte("tjgg\x01\x00\x00\x00"), "is a model in the format before GGUF, which neither llama.cpp nor Ollama reads any more"},
		"Git LFS pointer":       {[]byte("version https://git-lfs.github.com/spec/v1\noid sha256:0\n"), "is a Git LFS pointer, not the file itself; run: git lfs pull"},
		"big-endian":            {[]byte("GGUF\x00\x00\x00\x03"), "is a big-endian GGUF file; convert it on a little-endian machine"},
		"magic alone":           {[]byte("GGUF"), "version: needs 4 bytes at offset 4, the file ends at 4; is the download complete?"},
		"version 1":             {[]byte("GGUF\x01\x00\x00\x00"), "version: 1; llama.cpp reads 2 and 3"},
		"version of the future": {[]byte("GGUF\xff\xff\xff\x7f"), "version: 2147483647; llama.cpp reads 2 and 3"},
		"no counts":             {[]byte("GGUF\x03\x00\x00\x00"), "header: needs 8 bytes at offset 8, the file ends at 8; is the download complete?"},
		"no tensors":            {counts(0, 0), "header: has no tensors: a vocabulary alone, not a model"},
		"2^63 tensors":          {counts(1<<63, 1), "header: announces 9223372036854775808 tensors, at most 16384 are sensible"},
		"2^64-1 keys":           {counts(1, math.MaxUint64), "header: announces 18446744073709551615 keys, at most 4096 are sensible"},
		"keys that are missing": {counts(1, 4096), "key 1: needs 8 bytes at offset 24, the file ends at 24; is the download complete?"},
		"key of 2^63 bytes":     {append(counts(1, 1), words(1<<63, 0)...), "key 1: is 9223372036854775808 bytes long, at most 256 are sensible"},
		"text of 2^63 bytes":    {small(key("general.name", gguftest.Raw{Type: gguftest.String, Bytes: words(1 << 63)})), "key \"general.name\": needs 9223372036854775808 bytes at offset 354, the file ends at 1440; is the download complete?"},
		"unknown type":          {small(key("general.name", gguftest.Raw{Type: 77})), `key "general.name": has a value of the unknown type 77`},
		"key twice": {gguftest.File{Keys: []gguftest.Key{{Name: "a", Value: true}, {Name: "a", Value: true}}, Tensors: right.Tensors},
			`key "a": occurs twice`},
		"2^62 items":                {small(key("x", arrayOf(gguftest.Uint8, 1<<62))), `key "x": announces 4611686018427387904 items, at most 4194304 are sensible`},
		"items that are missing":    {small(key("x", arrayOf(gguftest.Uint64, 1<<20))), `key "x": needs 8388608 bytes at offset 347, the file ends at 1440; is the download complete?`},
		"texts that are missing":    {small(key("x", arrayOf(gguftest.String, 1<<20)), tensor(0, 0, math.MaxUint64)), `key "x": needs 18446744069414584321 bytes at offset 376, the file ends at 1440; is the download complete?`},
		"a text of an array":        {small(key("x", arrayOf(gguftest.String, 2, words(1<<63)...))), `key "x": needs 9223372036854775808 bytes at offset 355, the file ends at 1440; is the download complete?`},
		"array of an unknown type":  {small(key("x", arrayOf(13, 1))), `key "x": is an array of the unknown type 13`},
		"nested arrays":             {small(key("x", nested(50_000))), `key "x": is an array of arrays, which llama.cpp does not read`},
		"long tensor name":          {small(nil, gguftest.Tensor{Name: strings.Repeat("x", 65), Shape: []uint64{1}}), "tensor 1: is 65 bytes long, at most 64 are sensible"},
		"no dimensions":             {small(nil, tensor(0, 0)), `tensor "output.weight": has 0 dimensions, want 1 to 4`},
		"five dimensions":           {small(nil, tensor(0, 0, 1, 1, 1, 1, 1)), `tensor "output.weight": has 5 dimensions, want 1 to 4`},
		"dimensions that overflow":  {small(nil, tensor(0, 0, 1<<40, 1<<40, 1<<40)), `tensor "output.weight": makes no sense: gguf: uint64 overflow in Bytes nb[i]: 4398046511104 * 1099511627776`},
		"tensor of no type":         {small(nil, tensor(1000, 0, 64)), `tensor "output.weight": has the unknown type 1000`},
		"tensor of a dropped type":  {small(nil, tensor(4, 0, 64)), `tensor "output.weight": has the unknown type 4`},
		"tensor larger than file":   {small(nil, tensor(0, 0, 1<<20)), `tensor "output.weight": has 4194304 bytes at offset 0 of the data, the file holds 1024; is the download complete?`},
		"tensor beyond the file":    {small(nil, tensor(0, 1<<20, 64)), `tensor "output.weight": has 256 bytes at offset 1048576 of the data, the file holds 1024; is the download complete?`},
		"offset that wraps around":  {small(nil, tensor(0, math.MaxUint64-31, 64)), `tensor "output.weight": has 256 bytes at offset 18446744073709551584 of the data, the file holds 1024; is the download complete?`},
		"tensors on one another":    {small(nil, tensor(0, 0, 250), tensor(0, 0, 250)), `tensor "output.weight": has 1000 bytes at offset 0 of the data, the file holds 1024; is the download complete?`},
		"alignment zero":            {small(key("general.alignment", uint32(0))), "tensors: general.alignment is 0, want a multiple of 8 up to 1048576"},
		"alignment of 2 GiB":        {small(key("general.alignment", uint32(1<<31))), "tensors: general.alignment is 2147483648, want a multiple of 8 up to 1048576"},
		"alignment in words":        {small(key("general.alignment", "none")), "tensors: general.alignment is none, want a multiple of 8 up to 1048576"},
		"no architecture":           {small(key("general.architecture", uint32(1))), `has no key "general.architecture"`},
		"architecture with escapes": {small(key("general.architecture", "\x1b[31m")), `general.architecture is "\x1b[31m", want small letters, digits, - and _`},
		"a projector":               {small(key("general.architecture", "clip")), `holds no language model: general.architecture "clip", general.type ""`},
		"an adapter":                {small(key("general.type", "adapter")), `holds no language model: general.architecture "llama", general.type "adapter"`},
		"no layers":                 {small(key("llama.block_count", uint32(0))), "llama.block_count is 0, want 1 to 512"},
		"2^63 layers":               {small(key("llama.block_count", uint64(1<<63))), "llama.block_count is 9223372036854775808, want 1 to 512"},
		"layers in words":           {small(key("llama.block_count", "many")), `key "llama.block_count" holds no number`},
		"an image model":            {small(nil, gguftest.Tensor{Name: "double_blocks.0.weight", Shape: []uint64{1}}), "holds no language model, but one of kind diffusion"},
		"context of the wrong type": {small(key("llama.context_length", "long")), `makes no sense: key "llama.context_length" try to get type Numeric but got type String`},
		"heads for no layer":        {small(key("llama.attention.head_count", []uint32{})), "makes no sense: runtime error: index out of range [0] with length 0"},
		"negative heads":            {small(key("llama.attention.head_count_kv", int32(-1))), "architecture llama: attention.head_count_kv is -1 or 18446744073709551615, want 1 to 1024"},
		"no heads": {small(key("llama.attention.head_count", uint32(0))), "architecture llama: attention.head_count is 0, want 1 to 1024\n" +
			"attention.head_count_kv is 0, want 1 to 1024\nattention.key_length is 0, want 1 to 4096\nattention.value_length is 0, want 1 to 4096"},
		"no heads in the first layer": {small(key("llama.attention.head_count", []uint32{0, 4})), "architecture llama: attention.head_count is 0, want 1 to 1024\n" +
			"attention.head_count_kv is 0, want 1 to 1024\nattention.key_length is 0, want 1 to 4096\nattention.value_length is 0, want 1 to 4096"},
		"more heads than width": {small(key("llama.attention.head_count", uint32(128))), "architecture llama: attention.key_length is 0, want 1 to 4096\nattention.value_length is 0, want 1 to 4096"},
		"a million heads":       {small(key("llama.attention.head_count", uint32(1<<20))), "architecture llama: attention.head_count is 1048576, want 1 to 1024\nattention.head_count_kv is 1048576, want 1 to 1024\nattention.key_length is 0, want 1 to 4096\nattention.value_length is 0, want 1 to 4096"},
		"no kv heads":           {small(key("llama.attention.head_count_kv", uint32(0))), "architecture llama: attention.head_count_kv is 0, want 1 to 1024"},
		"no kv heads anywhere":  {small(key("llama.attention.head_count_kv", []uint32{0, 0})), "architecture llama: attention.head_count_kv is 0, want 1 to 1024"},
		"a negative layer":      {small(key("llama.attention.head_count_kv", []int32{4, -4})), "architecture llama: attention.head_count_kv is -4 or 18446744073709551612, want 1 to 1024"},
		"keys of length 0":      {small(key("llama.attention.key_length", uint32(0))), "architecture llama: attention.key_length is 0, want 1 to 4096"},
		"values of length 0":    {small(key("llama.attention.value_length", uint32(0))), "architecture llama: attention.value_length is 0, want 1 to 4096"},
		"no width":              {small(key("llama.embedding_length", int32(-64))), "architecture llama: embedding_length is -64 or 18446744073709551552, want 1 to 1048576\nattention.key_length is 4294967280, want 1 to 4096\nattention.value_length is 4294967280, want 1 to 4096"},
		"no feed-forward":       {small(key("llama.feed_forward_length", uint32(0))), "architecture llama: feed_forward_length and expert_feed_forward_length are 0, want one of them"},
		"no tokens":             {small(key("tokenizer.ggml.tokens", []string{})), "architecture llama: vocab_size is 0, want 1 to 16777216"},
		"attention in no layer": {small(key("llama.full_attention_interval", uint32(1000))), "architecture llama: no layer of 2 keeps keys and values, by attention.head_count_kv, attention.shared_kv_layers and full_attention_interval; want 1 at least"},
		"sizes that overflow": {small([]gguftest.Key{
			{Name: "llama.context_length", Value: uint64(math.MaxUint64)},
			{Name: "llama.embedding_length", Value: uint64(1 << 62)},
			{Name: "llama.attention.key_length", Value: uint32(math.MaxUint32)},
			{Name: "llama.expert_feed_forward_length", Value: uint64(1 << 62)},
			{Name: "llama.expert_used_count", Value: uint32(4)},
		}), "architecture llama: context_length is -1 or 18446744073709551615, want 1 to 33554432\n" +
			"embedding_length is 4611686018427387904, want 1 to 1048576\n" +
			"expert_feed_forward_length is 4611686018427387904, want 0 to 1048576\n" +
			"attention.key_length is 4294967295, want 1 to 4096\n" +
			"attention.value_length is 0, want 1 to 4096"},
		"2^31 parts": {small([]gguftest.Key{
			{Name: "split.count", Value: uint16(65535)},
			{Name: "split.tensors.count", Value: int32(math.MaxInt32)},
		}), "is one of 65535 parts of a model; join them first: llama-gguf-split --merge"},
		"half of a header": {right.Header()[:200], `key 5: needs 25 bytes at offset 184, the file ends at 200; is the download complete?`},
		"half of a file":   {right.Header(), `tensor "output.weight": has 512 bytes at offset 0 of the data, the file holds 0; is the download complete?`},
	} {
		t.Run(name, func(t *testing.T) {
			data, ok := c.file.([]byte)
			size := int64(len(data))
			if f, whole := c.file.(gguftest.File); whole {
				data, size = f.Header(), f.Size()
			} else if !ok {
				t.Fatalf("%T", c.file)
			}
			var err error
			took := allocated(func() { _, err = gguf.Read(bytes.NewReader(data), size) })
			if err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
			if took > memoryLimit {
				t.Errorf("allocated %d bytes for a header of %d", took, len(data))
			}
		})
	}
}

// What stands for no layer takes none away.
func TestLayersBeyondTheLast(t *testing.T) {
	f := small(key("llama.attention.head_count_kv", []uint32{4, 4, 0, 0}))
	if m, err := gguf.Read(bytes.NewReader(f.Header()), f.Size()); err != nil || m.Layers != 2 || m.KVHeads != 4 {
		t.Errorf("got %d layers of %d heads and the error %v, want 2 of 4", m.Layers, m.KVHeads, err)
	}
}

// An architecture without attention has no heads, and is read nevertheless.
func TestWithoutAttention(t *testing.T) {
	f := small([]gguftest.Key{
		{Name: "general.architecture", Value: "mamba"},
		{Name: "mamba.block_count", Value: uint32(2)},
		{Name: "mamba.context_length", Value: uint32(2048)},
		{Name: "mamba.embedding_length", Value: uint32(64)},
		{Name: "mamba.feed_forward_length", Value: uint32(0)},
		{Name: "mamba.attention.head_count", Value: uint32(0)},
	})
	if m, err := gguf.Read(bytes.NewReader(f.Header()), f.Size()); err != nil || m.Heads != 0 || m.KVHeads != 0 {
		t.Errorf("got %+v and the error %v", m, err)
	}
}

// allocated is how many bytes f asks for, freed or not.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// Whatever is wrong with one place of a header, and wherever a file ends, there
// is an answer within bounds.
func TestEveryPlaceOfAHeader(t *testing.T) {
	f := small(nil)
	right := f.Header()
	if _, err := gguf.Read(bytes.NewReader(right), f.Size()); err != nil {
		t.Fatal(err)
	}
	for at := range right {
		if _, err := gguf.Read(bytes.NewReader(right[:at]), int64(at)); err == nil {
			t.Errorf("cut at %d: read without an error", at)
		}
		for _, b := range []byte{0x00, 0x7f, 0x80, 0xff} {
			mutated := bytes.Clone(right)
			mutated[at] = b
			took := allocated(func() { _, _ = gguf.Read(bytes.NewReader(mutated), f.Size()) })
			if took > memoryLimit {
				t.Fatalf("%#x at %d: allocated %d bytes", b, at, took)
			}
		}
	}
}

// endless is a header that never ends: a start, and then one thing for ever.
type endless struct {
	start []byte
	again []byte
	at    int
	read  uint64
}

func (e *endless) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if e.at < len(e.start) {
			c := copy(p[n:], e.start[e.at:])
			e.at, n = e.at+c, n+c
			continue
		}
		c := copy(p[n:], e.again[(e.at-len(e.start))%len(e.again):])
		e.at, n = e.at+c, n+c
	}
	e.read += uint64(n)
	return n, nil
}

func TestHeadersWithoutAnEnd(t *testing.T) {
	empty := append(words(0), byte(gguftest.Bool), 0, 0, 0, 1)
	for name, c := range map[string]struct {
		in    endless
		limit uint64
		want  string
	}{
		"zeros": {endless{start: counts(1, 4096), again: make([]byte, 4096)}, 1 << 20, `key "": occurs twice`},
		"keys":  {endless{start: counts(1, 4096), again: empty}, 1 << 20, `key "": occurs twice`},
		"tensors": {endless{start: counts(1<<14, 0), again: append(append(words(1), "x\x01\x00\x00\x00"...), append(words(1), append(make([]byte, 4), words(0)...)...)...)},
			4 << 20, `has no key "general.architecture"`},
		"empty tokens": {endless{start: append(append(append(counts(1, 4096), words(1)...), "x"...), append([]byte{9, 0, 0, 0, 8, 0, 0, 0}, words(1<<22)...)...), again: words(0)},
			40 << 20, `key "": occurs twice`},
		"one long text": {endless{start: append(append(append(counts(1, 1), words(1)...), "x"...), append([]byte{8, 0, 0, 0}, words(1<<40)...)...), again: []byte("x")},
			1 << 20, `key "x": the header does not end within 268435456 bytes; no model's does not`},
		"many long texts": {endless{start: append(append(append(counts(1, 1), words(1)...), "x"...), append([]byte{9, 0, 0, 0, 8, 0, 0, 0}, words(1<<22)...)...), again: append(words(1<<20), make([]byte, 1<<20)...)},
			257 << 20, `key "x": the header does not end within 268435456 bytes; no model's does not`},
	} {
		t.Run(name, func(t *testing.T) {
			var err error
			took := allocated(func() { _, err = gguf.Read(&c.in, 1<<43) })
			if err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
			if c.in.read > c.limit {
				t.Errorf("read %d bytes, want at most %d", c.in.read, c.limit)
			}
			if took > memoryLimit {
				t.Errorf("allocated %d bytes", took)
			}
		})
	}
}

func TestFilesThatAreNone(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	part := filepath.Join(dir, "model-00001-of-00002.gguf")
	if err := small(nil).Write(part); err != nil {
		t.Fatal(err)
	}
	huge := filepath.Join(dir, "huge.gguf")
	if err := os.WriteFile(huge, small(nil).Header(), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		dir:                          dir + " is not a regular file",
		pipe:                         pipe + " is not a regular file",
		part:                         part + " is one part of a split model; join the parts first: llama-gguf-split --merge",
		filepath.Join(dir, "no"):     "stat " + filepath.Join(dir, "no") + ": no such file or directory",
		filepath.Join(huge, "below"): "stat " + filepath.Join(huge, "below") + ": not a directory",
	} {
		if _, err := gguf.ReadFile(path); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	if _, err := gguf.Read(strings.NewReader(""), 1<<62); err == nil || err.Error() != "is 4611686018427387904 bytes long; no model is" {
		t.Error(err)
	}
	if _, err := gguf.Read(strings.NewReader(""), -1); err == nil || err.Error() != "has a size of -1 bytes" {
		t.Error(err)
	}
	if _, err := gguf.Read(io.LimitReader(strings.NewReader("GGUF"), 4), 1<<20); err == nil || !strings.Contains(err.Error(), "the file ends before") {
		t.Error(err)
	}
}
