package gguf_test

import (
	"bytes"
	"testing"

	"github.com/hearth-dev/hearth/internal/gguf"
	"github.com/hearth-dev/hearth/internal/testing/gguftest"
	"github.com/hearth-dev/hearth/sizing"
)

// FuzzRead holds reading to its promise: an error or a model that the arithmetic
// can work with, in bounded memory.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"smollm2-135m-q4_1", "gemma3-270m-q4_k_m"} {
		file := header(f, name)
		// Without the long fillers: the fuzzer would change nothing else.
		keys := file.Keys[:0]
		for _, k := range file.Keys {
			if _, long := k.Value.(gguftest.Filler); !long {
				keys = append(keys, k)
			}
		}
		file.Keys = keys
		f.Add(file.Header(), file.Size())
	}
	f.Add(small(nil).Header(), small(nil).Size())
	f.Add(counts(1<<63, 1<<63), int64(1)<<62)
	f.Fuzz(func(t *testing.T, data []byte, size int64) {
		var m sizing.Model
		var err error
		took := allocated(func() { m, err = gguf.Read(bytes.NewReader(data), size) })
		if took > memoryLimit+uint64(len(data)) {
			t.Errorf("allocated %d bytes for %d", took, len(data))
		}
		if err != nil {
			return
		}
		if m.DiskBytes != size || m.Layers < 0 || m.SlidingLayers < 0 || m.SlidingLayers > m.Layers || m.TiedBytes < 0 || m.TiedBytes > size {
			t.Errorf("%+v", m)
		}
		s := sizing.Settings{ContextLength: m.ContextLimit}
		for _, term := range sizing.ModelTerms(m, s) {
			if term.Bytes < 0 {
				t.Errorf("%s: %d bytes: %s", term.Name, term.Bytes, term.Formula)
			}
		}
	})
}
