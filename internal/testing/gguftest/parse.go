package gguftest

import (
	"fmt"
	"strconv"
	"strings"
)

// Parse reads the text of a header: a line for each key, tensor, and for the
// size of the data. Lines that start with # say something to people.
//
//	general.architecture string llama
//	llama.block_count uint32 30
//	tokenizer.ggml.tokens array 8 49152 762386   type, items and bytes of an array that is left out
//	tokenizer.chat_template text 1234            bytes of a text that is left out
//	tensor token_embd.weight 2 0 576 49152       type, offset, shape
//	data 96576768
func Parse(text string) (File, error) {
	var f File
	for i, line := range strings.Split(text, "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := f.add(line); err != nil {
			return File{}, fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	return f, nil
}

func (f *File) add(line string) error {
	first, rest, _ := strings.Cut(line, " ")
	kind, text, _ := strings.Cut(rest, " ")
	if kind == "string" {
		f.Keys = append(f.Keys, Key{first, text})
		return nil
	}
	var numbers []uint64
	for _, field := range strings.Fields(text) {
		if kind == "float32" || kind == "bool" {
			break
		}
		n, err := strconv.ParseUint(field, 10, 64)
		if err != nil {
			return err
		}
		numbers = append(numbers, n)
	}
	has := func(n int) bool { return len(numbers) >= n }
	var value any
	switch {
	case first == "data":
		n, err := strconv.ParseInt(kind, 10, 64)
		f.Data = n
		return err
	case first == "tensor" && has(3):
		f.Tensors = append(f.Tensors, Tensor{Name: kind, Type: uint32(numbers[0]), Offset: numbers[1], Shape: numbers[2:]})
		return nil
	case kind == "text" && has(1):
		value = Filler{Count: -1, Bytes: int(numbers[0])}
	case kind == "array" && has(3):
		value = Filler{Type: uint32(numbers[0]), Count: int(numbers[1]), Bytes: int(numbers[2])}
	case kind == "uint32" && has(1):
		value = uint32(numbers[0])
	case kind == "float32":
		n, err := strconv.ParseFloat(text, 32)
		if err != nil {
			return err
		}
		value = float32(n)
	case kind == "bool":
		value = text == "true"
	default:
		return fmt.Errorf("%q is none of the forms", line)
	}
	f.Keys = append(f.Keys, Key{first, value})
	return nil
}
