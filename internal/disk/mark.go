package disk

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/hearth-dev/hearth/generator"
)

// mark is the file that stands in the folder from the first rename of a run to
// its last. It holds the sum of the files that the run writes, so that the next
// run knows whether it goes on with the same.
const mark = tempPrefix + "writing"

// sum tells one tree of files from another.
func sum(files []generator.File) []byte {
	h := sha256.New()
	for _, f := range files {
		fmt.Fprintf(h, "%q %x\n", f.Path, sha256.Sum256(f.Data))
	}
	return fmt.Appendf(nil, "%x\n", h.Sum(nil))
}

// readMark finds out whether a run was stopped in the folder, and whether it
// wrote the same files.
func (p *Plan) readMark(root *os.Root) error {
	info, err := root.Lstat(mark)
	if err == nil && !info.Mode().IsRegular() {
		return nil
	}
	var data []byte
	if err == nil {
		data, err = root.ReadFile(mark)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading the output folder: %w", err)
	}
	p.Stopped = true
	p.Resumes = bytes.Equal(data, p.sum)
	return nil
}

// mark says in the folder what is being written, unless nothing is. The mark of
// a run that was stopped holds until this run has its own.
func (w *writer) mark(p *Plan) error {
	if p.Clean() || p.Resumes {
		return nil
	}
	c := Change{Path: mark, Op: Create, New: p.sum}
	if err := w.stage(c); err != nil {
		return fmt.Errorf("writing %s: %w", mark, reason(err))
	}
	return w.finish(c)
}
