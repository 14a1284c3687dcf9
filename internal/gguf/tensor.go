package gguf

import (
	"fmt"

	parser "github.com/gpustack/gguf-parser-go"
)

// tensors reads what the file says about its tensors, and holds each of them to
// the file's size.
func (w *walker) tensors(file *parser.GGUFFile, count uint64) {
	for i := uint64(0); i < count && w.err == nil; i++ {
		w.what = fmt.Sprintf("tensor %d", i+1)
		t := parser.GGUFTensorInfo{Name: w.text(maxName)}
		w.what = fmt.Sprintf("tensor %q", t.Name)
		t.NDimensions = w.uint32()
		if w.err == nil && (t.NDimensions == 0 || t.NDimensions > parser.GGMLMaxDims) {
			w.fail("has %d dimensions, want 1 to %d", t.NDimensions, parser.GGMLMaxDims)
		}
		for d := uint32(0); d < t.NDimensions && w.err == nil; d++ {
			t.Dimensions = append(t.Dimensions, w.uint64())
		}
		t.Type = parser.GGMLType(w.uint32())
		t.Offset = w.uint64()
		file.TensorInfos = append(file.TensorInfos, t)
	}
	if w.err != nil {
		return
	}
	w.what = "tensors"
	alignment := uint64(32)
	if kv, ok := file.Header.MetadataKV.Get("general.alignment"); ok {
		n, _ := kv.Value.(uint32)
		if alignment = uint64(n); alignment == 0 || alignment%8 != 0 || alignment > maxAlignment {
			w.fail("general.alignment is %v, want a multiple of 8 up to %d", kv.Value, maxAlignment)
			return
		}
	}
	start := (w.at + alignment - 1) / alignment * alignment
	file.TensorDataStartOffset = int64(start)
	w.data(file, start)
}

// data checks that the file holds the data of all tensors.
func (w *walker) data(file *parser.GGUFFile, start uint64) {
	size := uint64(file.Size)
	if start > size {
		w.fail("the data starts at %d, the file ends at %d; is the download complete?", start, size)
		return
	}
	held := size - start
	var sum uint64
	for _, t := range file.TensorInfos {
		w.what = fmt.Sprintf("tensor %q", t.Name)
		// Types of formats long gone have no block size; the library would divide by it.
		if trait, ok := t.Type.Trait(); !ok || trait.BlockSize == 0 {
			w.fail("has the unknown type %d", uint32(t.Type))
			return
		}
		var bytes uint64
		if err := guard(func() { bytes = t.Bytes() }); err != nil {
			w.fail("%w", err)
			return
		}
		if t.Offset > held || bytes > held-t.Offset || sum+bytes > held {
			w.fail("has %d bytes at offset %d of the data, the file holds %d; is the download complete?", bytes, t.Offset, held)
			return
		}
		sum += bytes
	}
	file.ModelSize = parser.GGUFBytesScalar(sum)
	file.ModelParameters = parser.GGUFParametersScalar(file.TensorInfos.Elements())
}

// guard turns the library's panics into errors: it panics where a number
// overflows or a key has a type that it does not expect.
func guard(f func()) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("makes no sense: %v", p)
		}
	}()
	f()
	return nil
}
