package gguf

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// walker reads numbers and strings one after the other and remembers the first
// error; from then on it reads nothing more. It never asks for more memory than
// its buffer.
type walker struct {
	in   *bufio.Reader
	at   uint64 // how far it is
	end  uint64 // where it stops: the end of the file, or of what a header may take
	err  error
	what string // that is being read, for errors
}

// bufferSize is more than any string that is kept.
const bufferSize = 64 << 10

func newWalker(r io.Reader, size uint64) *walker {
	return &walker{in: bufio.NewReaderSize(r, bufferSize), end: min(size, maxHeader)}
}

// fail keeps the first error.
func (w *walker) fail(format string, args ...any) {
	if w.err == nil {
		w.err = fmt.Errorf("%s: %w", w.what, fmt.Errorf(format, args...))
	}
}

// has reports whether n more bytes can be read at all.
func (w *walker) has(n uint64) bool {
	if w.err == nil && n > w.end-w.at {
		if w.end == maxHeader {
			w.fail("the header does not end within %d bytes; no model's does not", uint64(maxHeader))
		} else {
			w.fail("needs %d bytes at offset %d, the file ends at %d; is the download complete?", n, w.at, w.end)
		}
	}
	return w.err == nil
}

// peek returns the next n bytes, at most bufferSize, valid until the next call;
// nil if there is an error.
func (w *walker) peek(n uint64) []byte {
	if !w.has(n) {
		return nil
	}
	data, err := w.in.Peek(int(n))
	if err != nil {
		w.broken(err)
		return nil
	}
	return data
}

// skip passes over n bytes.
func (w *walker) skip(n uint64) {
	if !w.has(n) {
		return
	}
	done, err := w.in.Discard(int(n)) // n is at most maxHeader
	w.at += uint64(done)
	if err != nil {
		w.broken(err)
	}
}

func (w *walker) broken(err error) {
	if errors.Is(err, io.EOF) {
		w.fail("the file ends before offset %d; is the download complete?", w.end)
		return
	}
	w.fail("%w", err)
}

func (w *walker) uint32() uint32 {
	data := w.peek(4)
	if data == nil {
		return 0
	}
	n := binary.LittleEndian.Uint32(data)
	w.skip(4)
	return n
}

func (w *walker) uint64() uint64 {
	data := w.peek(8)
	if data == nil {
		return 0
	}
	n := binary.LittleEndian.Uint64(data)
	w.skip(8)
	return n
}

// text reads a string of at most limit bytes, which a name must not exceed.
func (w *walker) text(limit uint64) string {
	n := w.uint64()
	if w.err == nil && n > limit {
		w.fail("is %d bytes long, at most %d are sensible", n, limit)
	}
	data := w.peek(n)
	if data == nil {
		return ""
	}
	s := string(data)
	w.skip(n)
	return s
}

// value reads a string, or passes over one that is too long to be of interest,
// such as a chat template.
func (w *walker) value() (s string, kept bool) {
	n := w.uint64()
	if n > maxText {
		w.skip(n)
		return "", false
	}
	data := w.peek(n)
	if data == nil {
		return "", false
	}
	s = string(data)
	w.skip(n)
	return s, true
}
