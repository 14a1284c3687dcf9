package gguf

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"

	parser "github.com/gpustack/gguf-parser-go"
)

// walkHeader reads a header in the form that gguf-parser-go knows, without what
// nobody asks for: the tokens themselves and long texts.
func walkHeader(r io.Reader, size uint64) (*parser.GGUFFile, error) {
	if size > maxFile {
		return nil, fmt.Errorf("is %d bytes long; no model is", size)
	}
	w := newWalker(r, size)
	w.what = "magic number"
	start := w.peek(min(size, 32))
	if w.err != nil {
		return nil, w.err
	}
	if err := magic(start); err != nil {
		return nil, err
	}
	w.skip(4)
	w.what = "version"
	version := w.uint32()
	if w.err == nil && version != 2 && version != 3 {
		w.fail("%d; llama.cpp reads 2 and 3", version)
	}
	w.what = "header"
	tensors, keys := w.uint64(), w.uint64()
	switch {
	case w.err != nil:
	case tensors == 0:
		w.fail("has no tensors: a vocabulary alone, not a model")
	case tensors > maxTensors:
		w.fail("announces %d tensors, at most %d are sensible", tensors, maxTensors)
	case keys > maxKeys:
		w.fail("announces %d keys, at most %d are sensible", keys, maxKeys)
	}
	file := &parser.GGUFFile{Size: parser.GGUFBytesScalar(size)}
	file.Header = parser.GGUFHeader{
		Magic: parser.GGUFMagicGGUFLe, Version: parser.GGUFVersion(version), TensorCount: tensors, MetadataKVCount: keys,
	}
	w.keys(file, keys)
	w.tensors(file, tensors)
	return file, w.err
}

// magic says what a file is that is no GGUF file.
func magic(start []byte) error {
	switch {
	case bytes.HasPrefix(start, []byte("GGUF\x00\x00\x00")):
		return errors.New("is a big-endian GGUF file; convert it on a little-endian machine")
	case bytes.HasPrefix(start, []byte("GGUF")):
		return nil
	case bytes.HasPrefix(start, []byte("version https://git-lfs")):
		return errors.New("is a Git LFS pointer, not the file itself; run: git lfs pull")
	case bytes.HasPrefix(start, []byte("lmgg")), bytes.HasPrefix(start, []byte("tjgg")), bytes.HasPrefix(start, []byte("fmgg")):
		return errors.New("is a model in the format before GGUF, which neither llama.cpp nor Ollama reads any more")
	default:
		return fmt.Errorf("is not a GGUF file: it starts with %q, want \"GGUF\"", start[:min(len(start), 4)])
	}
}

// keys reads the key-value pairs.
func (w *walker) keys(file *parser.GGUFFile, count uint64) {
	seen := map[string]bool{}
	for i := uint64(0); i < count && w.err == nil; i++ {
		w.what = fmt.Sprintf("key %d", i+1)
		key := w.text(maxKey)
		w.what = fmt.Sprintf("key %q", key)
		if w.err == nil && seen[key] {
			w.fail("occurs twice")
		}
		seen[key] = true
		kv := parser.GGUFMetadataKV{Key: key, ValueType: parser.GGUFMetadataValueType(w.uint32())}
		var kept bool
		switch kv.ValueType {
		case parser.GGUFMetadataValueTypeString:
			kv.Value, kept = w.value()
		case parser.GGUFMetadataValueTypeArray:
			kv.Value, kept = w.array(key)
		default:
			kv.Value, kept = w.scalar(kv.ValueType), true
		}
		if kept {
			file.Header.MetadataKV = append(file.Header.MetadataKV, kv)
		}
	}
}

// width is how many bytes a number has; 0 for what is none.
func width(t parser.GGUFMetadataValueType) uint64 {
	switch t {
	case parser.GGUFMetadataValueTypeUint8, parser.GGUFMetadataValueTypeInt8, parser.GGUFMetadataValueTypeBool:
		return 1
	case parser.GGUFMetadataValueTypeUint16, parser.GGUFMetadataValueTypeInt16:
		return 2
	case parser.GGUFMetadataValueTypeUint32, parser.GGUFMetadataValueTypeInt32, parser.GGUFMetadataValueTypeFloat32:
		return 4
	case parser.GGUFMetadataValueTypeUint64, parser.GGUFMetadataValueTypeInt64, parser.GGUFMetadataValueTypeFloat64:
		return 8
	default:
		return 0
	}
}

// scalar reads one number.
func (w *walker) scalar(t parser.GGUFMetadataValueType) any {
	n := width(t)
	if n == 0 {
		w.fail("has a value of the unknown type %d", uint32(t))
	}
	data := w.peek(n)
	if data == nil {
		return nil
	}
	var bits uint64
	for i, b := range data {
		bits |= uint64(b) << (8 * i)
	}
	w.skip(n)
	switch t {
	case parser.GGUFMetadataValueTypeUint8:
		return uint8(bits)
	case parser.GGUFMetadataValueTypeInt8:
		return int8(bits)
	case parser.GGUFMetadataValueTypeUint16:
		return uint16(bits)
	case parser.GGUFMetadataValueTypeInt16:
		return int16(bits)
	case parser.GGUFMetadataValueTypeUint32:
		return uint32(bits)
	case parser.GGUFMetadataValueTypeInt32:
		return int32(bits)
	case parser.GGUFMetadataValueTypeFloat32:
		return math.Float32frombits(uint32(bits))
	case parser.GGUFMetadataValueTypeBool:
		return bits != 0
	case parser.GGUFMetadataValueTypeInt64:
		return int64(bits)
	case parser.GGUFMetadataValueTypeFloat64:
		return math.Float64frombits(bits)
	default:
		return bits
	}
}

// tokens is the one long array whose length matters: it is the vocabulary.
const tokens = "tokenizer.ggml.tokens"

// array reads an array of numbers with at most one for each layer, counts the
// tokens and passes over everything else.
func (w *walker) array(key string) (a parser.GGUFMetadataKVArrayValue, kept bool) {
	a.Type, a.Len = parser.GGUFMetadataValueType(w.uint32()), w.uint64()
	size := width(a.Type)
	switch {
	case w.err != nil:
	case a.Len > maxItems:
		w.fail("announces %d items, at most %d are sensible", a.Len, maxItems)
	case a.Type == parser.GGUFMetadataValueTypeArray:
		w.fail("is an array of arrays, which llama.cpp does not read")
	case a.Type == parser.GGUFMetadataValueTypeString:
		for i := uint64(0); i < a.Len && w.err == nil; i++ {
			w.skip(w.uint64())
		}
		return a, key == tokens
	case size == 0:
		w.fail("is an array of the unknown type %d", uint32(a.Type))
	case a.Len > maxLayers:
		w.skip(a.Len * size)
		return a, key == tokens
	}
	for i := uint64(0); i < a.Len && w.err == nil; i++ {
		a.Array = append(a.Array, w.scalar(a.Type))
	}
	return a, true
}
