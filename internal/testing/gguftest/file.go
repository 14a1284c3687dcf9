package gguftest

import (
	"encoding/binary"
	"math"
	"os"
)

// File is a GGUF file of version 3. Whatever it says is written, sense or not.
type File struct {
	Keys    []Key
	Tensors []Tensor
	// Data is how many bytes follow the header; no test needs to know which.
	Data int64
}

// Key is one key with its value: an integer, a float32, a bool, a string, a
// slice of them, Filler, or Raw.
type Key struct {
	Name  string
	Value any
}

// Tensor is what a file says about a tensor.
type Tensor struct {
	Name   string
	Shape  []uint64
	Type   uint32 // as ggml counts: 0 is F32, 2 is Q4_0
	Offset uint64
}

// Filler is an array of Count items, or one string for Count -1, that take Bytes
// in the file; what they say is of no interest.
type Filler struct {
	Type  uint32
	Count int
	Bytes int
}

// Raw is a type and the bytes after it, for values that no writer would write.
type Raw struct {
	Type  uint32
	Bytes []byte
}

// GGUF's numbers for types.
const (
	Uint8 uint32 = iota
	Int8
	Uint16
	Int16
	Uint32
	Int32
	Float32
	Bool
	String
	Array
	Uint64
	Int64
	Float64
)

// Header is the file up to the tensors' data, padded as it should be.
func (f File) Header() []byte {
	b := append([]byte("GGUF"), 3, 0, 0, 0)
	b = binary.LittleEndian.AppendUint64(b, uint64(len(f.Tensors)))
	b = binary.LittleEndian.AppendUint64(b, uint64(len(f.Keys)))
	for _, k := range f.Keys {
		b = appendString(b, k.Name)
		kind, value := encode(k.Value)
		b = append(binary.LittleEndian.AppendUint32(b, kind), value...)
	}
	for _, t := range f.Tensors {
		b = appendString(b, t.Name)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(t.Shape)))
		for _, n := range t.Shape {
			b = binary.LittleEndian.AppendUint64(b, n)
		}
		b = binary.LittleEndian.AppendUint32(b, t.Type)
		b = binary.LittleEndian.AppendUint64(b, t.Offset)
	}
	for len(b)%32 != 0 {
		b = append(b, 0)
	}
	return b
}

// Size is how long the whole file is.
func (f File) Size() int64 { return int64(len(f.Header())) + f.Data }

// Write makes the file at path; the data is a hole that takes no room.
func (f File) Write(path string) error {
	if err := os.WriteFile(path, f.Header(), 0o600); err != nil {
		return err
	}
	return os.Truncate(path, f.Size())
}

func appendString(b []byte, s string) []byte {
	return append(binary.LittleEndian.AppendUint64(b, uint64(len(s))), s...)
}

// encode returns a value's type and bytes.
func encode(v any) (kind uint32, value []byte) {
	switch v := v.(type) {
	case uint8:
		return Uint8, []byte{v}
	case uint16:
		return Uint16, binary.LittleEndian.AppendUint16(nil, v)
	case uint32:
		return Uint32, binary.LittleEndian.AppendUint32(nil, v)
	case int32:
		return Int32, binary.LittleEndian.AppendUint32(nil, uint32(v))
	case uint64:
		return Uint64, binary.LittleEndian.AppendUint64(nil, v)
	case int64:
		return Int64, binary.LittleEndian.AppendUint64(nil, uint64(v))
	case float32:
		return Float32, binary.LittleEndian.AppendUint32(nil, math.Float32bits(v))
	case bool:
		if v {
			return Bool, []byte{1}
		}
		return Bool, []byte{0}
	case string:
		return String, appendString(nil, v)
	case Filler:
		return v.encode()
	case Raw:
		return v.Type, v.Bytes
	case []uint32:
		return array(v)
	case []int32:
		return array(v)
	case []bool:
		return array(v)
	case []string:
		return array(v)
	}
	panic("gguftest: no such type of value")
}

func array[T any](items []T) (kind uint32, value []byte) {
	var item uint32
	var all []byte
	for _, v := range items {
		var one []byte
		item, one = encode(v)
		all = append(all, one...)
	}
	value = binary.LittleEndian.AppendUint32(nil, item)
	value = binary.LittleEndian.AppendUint64(value, uint64(len(items)))
	return Array, append(value, all...)
}

func (f Filler) encode() (kind uint32, value []byte) {
	if f.Count < 0 {
		return String, appendString(nil, string(make([]byte, f.Bytes)))
	}
	value = binary.LittleEndian.AppendUint32(nil, f.Type)
	value = binary.LittleEndian.AppendUint64(value, uint64(f.Count))
	if f.Type != String {
		return Array, append(value, make([]byte, f.Bytes)...)
	}
	// Strings of one length, and the first has what is left over.
	each := f.Bytes/f.Count - 8
	value = appendString(value, string(make([]byte, each+f.Bytes%f.Count)))
	for range f.Count - 1 {
		value = appendString(value, string(make([]byte, each)))
	}
	return Array, value
}
