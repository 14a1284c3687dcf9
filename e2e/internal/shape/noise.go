package shape

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"math/rand/v2"

	"github.com/ollama/ollama/fs/ggml"
)

// noise is a tensor of random weights.
func noise(name string, kind ggml.TensorType, shape []uint64) *ggml.Tensor {
	t := &ggml.Tensor{Name: name, Kind: uint32(kind), Shape: shape}
	t.WriterTo = pattern{kind: kind, size: t.Size()}
	return t
}

// pattern repeats a thousand random blocks until size bytes are written: gigabytes of true chance would take minutes and
// change nothing.
type pattern struct {
	kind ggml.TensorType
	size uint64
}

const (
	patternBlocks = 1024
	// tiny and wide are 2^-10 and 7.5 times that as half floats: with them the weights lie around zero, and small enough for
	// no sum to overflow.
	tiny, wide = 0x1400, 0x1f80
)

// WriteTo writes the weights. Every block is well formed: the scales are numbers, neither NaN nor infinite.
func (p pattern) WriteTo(w io.Writer) (int64, error) {
	random := rand.New(rand.NewPCG(1, uint64(p.kind)))
	var blocks []byte
	for range patternBlocks {
		block, err := p.block(random)
		if err != nil {
			return 0, err
		}
		blocks = append(blocks, block...)
	}
	var written int64
	for left := p.size; left > 0; {
		n, err := w.Write(blocks[:min(left, uint64(len(blocks)))])
		written += int64(n)
		if err != nil {
			return written, err
		}
		left -= uint64(n)
	}
	return written, nil
}

// block is one block of the type: its scales where the type keeps them, chance elsewhere.
func (p pattern) block(random *rand.Rand) ([]byte, error) {
	b := make([]byte, p.kind.TypeSize())
	for i := range b {
		b[i] = byte(random.Uint32())
	}
	half := binary.LittleEndian.PutUint16
	switch p.kind {
	case ggml.TensorTypeF32:
		binary.LittleEndian.PutUint32(b, math.Float32bits(random.Float32()))
	case ggml.TensorTypeF16:
		half(b, 0x2400|uint16(random.Uint32())&0x83ff) // between 2^-6 and 2^-5, of either sign
	case ggml.TensorTypeBF16:
		half(b, 0x3c80|uint16(random.Uint32())&0x807f)
	case ggml.TensorTypeQ8_0, ggml.TensorTypeQ5_0:
		half(b, tiny)
	case ggml.TensorTypeQ4_K:
		half(b, tiny/2)
		half(b[2:], wide/2)
	case ggml.TensorTypeQ6_K:
		half(b[len(b)-2:], tiny/2)
	case ggml.TensorTypeMXFP4:
		b[0] = 118 // the exponent of 2^-10 where 127 stands for 1, and the numbers are doubled
	default:
		return nil, fmt.Errorf("no random weights of type %s", p.kind)
	}
	return b, nil
}
