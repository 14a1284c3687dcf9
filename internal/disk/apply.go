package disk

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
)

// Apply brings the folder to the planned state. Every new file is first written
// in full beside its place; only when all of them are on disk are they renamed.
// So a full disk, a read-only folder or a cancelled ctx changes nothing, and a
// kill leaves each file old or new. While some are old and some new, the mark
// stands in the folder.
func (p *Plan) Apply(ctx context.Context) error {
	if err := os.MkdirAll(p.Dir, 0o755); err != nil {
		return fmt.Errorf("making the output folder: %w", err)
	}
	root, err := os.OpenRoot(p.Dir)
	if err != nil {
		return fmt.Errorf("opening the output folder: %w", err)
	}
	defer root.Close()
	w := &writer{root: root, temps: map[string]string{}}

	for _, name := range p.leftovers {
		if err := w.remove(name); err != nil {
			return err
		}
	}
	for _, c := range p.Changes {
		if c.Op != Create && c.Op != Update {
			continue
		}
		err := context.Cause(ctx)
		if err == nil {
			err = w.stage(c)
		}
		if err != nil {
			w.discard()
			return fmt.Errorf("nothing was changed in %s: writing %s: %w", p.Dir, c.Path, reason(err))
		}
	}
	if err := w.mark(p); err != nil {
		w.discard()
		return fmt.Errorf("nothing was changed in %s: %w", p.Dir, err)
	}
	// From here on the work is a handful of renames: finishing is quicker and
	// leaves less behind than stopping.
	for _, c := range p.Changes {
		if err := w.finish(c); err != nil {
			w.discard()
			return fmt.Errorf("%w; some files are already new, run hearth render again", err)
		}
	}
	w.sync()
	return w.remove(mark)
}

// writer holds what Apply has put into the folder and not yet finished.
type writer struct {
	root  *os.Root
	temps map[string]string // the temporary file that holds a path's new content
	made  []string          // folders that were not there before
	dirty []string          // folders whose entries changed
}

// stage writes the new content beside its place and makes sure that it is on disk.
func (w *writer) stage(c Change) error {
	temp := path.Join(path.Dir(c.Path), tempPrefix+rand.Text())
	f, err := w.create(temp)
	for range 3 { // another run takes a folder away as long as it is empty
		if errors.Is(err, fs.ErrNotExist) {
			f, err = w.create(temp)
		}
	}
	if err != nil {
		return err
	}
	w.temps[c.Path] = temp
	_, err = f.Write(c.New)
	if err == nil && c.mode != 0 {
		err = f.Chmod(c.mode)
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// create makes a file and the folders above it.
func (w *writer) create(file string) (*os.File, error) {
	for _, d := range slices.Backward(parents(file)) {
		err := w.root.Mkdir(d, 0o755)
		if err == nil {
			w.made = append(w.made, d)
		} else if !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
	}
	return w.root.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
}

// finish puts one staged file in its place, or takes a stale one away.
func (w *writer) finish(c Change) error {
	switch c.Op {
	case Remove:
		return w.remove(c.Path)
	case Create, Update:
		if err := w.root.Rename(w.temps[c.Path], c.Path); err != nil {
			return fmt.Errorf("writing %s: %w", c.Path, reason(err))
		}
		delete(w.temps, c.Path)
		w.dirty = append(w.dirty, path.Dir(c.Path))
	}
	return nil
}

// remove deletes a file and the folders that this leaves empty.
func (w *writer) remove(file string) error {
	if err := w.root.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("removing %s: %w", file, reason(err))
	}
	w.dirty = append(w.dirty, path.Dir(file))
	for _, dir := range parents(file) {
		if w.root.Remove(dir) != nil { // not empty
			break
		}
		w.dirty = append(w.dirty, path.Dir(dir))
	}
	return nil
}

// discard takes back what stage did. What it cannot remove, the next run will.
func (w *writer) discard() {
	for _, temp := range w.temps {
		_ = w.root.Remove(temp)
	}
	for _, dir := range slices.Backward(w.made) {
		_ = w.root.Remove(dir) // fails for one that is in use
	}
}

// sync makes the renames survive a power cut. The files are whole without it,
// and some file systems cannot sync a folder, so a failure is no error.
func (w *writer) sync() {
	slices.Sort(w.dirty)
	for _, dir := range slices.Compact(w.dirty) {
		if f, err := w.root.Open(dir); err == nil {
			_ = f.Sync()
			_ = f.Close()
		}
	}
}

// reason drops the name of the temporary file, which means nothing to a reader.
// What we made a moment ago can only be missing because somebody cleaned up.
func reason(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("another hearth render works in this folder")
	}
	var pathErr *fs.PathError
	var linkErr *os.LinkError
	switch {
	case errors.As(err, &pathErr):
		return pathErr.Err
	case errors.As(err, &linkErr):
		return linkErr.Err
	}
	return err
}
