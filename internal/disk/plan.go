package disk

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/generator"
)

// Op says what Apply does to one file.
type Op string

// What Apply does to a file.
const (
	Create Op = "create"
	Update Op = "update"
	Remove Op = "remove"
	Keep   Op = "keep"
)

// Change is one file of the tree, as it is and as it shall be.
type Change struct {
	// Path is slash-separated and relative to the folder.
	Path string
	Op   Op
	// Old is what the folder holds; nil for Create.
	Old []byte
	// New is what the stack asks for; nil for Remove.
	New []byte

	mode fs.FileMode // of the file on disk; a new file gets 0644 and the umask
}

// LineEndingsOnly reports a file that would be right if its lines ended in LF:
// what git leaves behind with core.autocrlf.
func (c Change) LineEndingsOnly() bool {
	return c.Op == Update && bytes.Equal(bytes.ReplaceAll(c.Old, []byte("\r\n"), []byte("\n")), c.New)
}

// Plan is the difference between a folder and the files it should hold.
type Plan struct {
	// Dir is the folder; it need not exist yet.
	Dir string
	// Changes has an entry for every generated file and every stale one, sorted by path.
	Changes []Change
	// Others are the files that another stack has in the way, or that would be
	// removed as stale though they are its own: paths by that stack's name, in
	// order. Whoever applies the plan takes them over.
	Others map[string][]string
	// Stopped reports that a run wrote a part of its files and was killed, or failed:
	// what the folder holds is no tree that anybody made. Resumes, that its files
	// are these.
	Stopped, Resumes bool

	sum       []byte   // of the files, for the mark
	leftovers []string // temporary files of a run that was killed
}

// Compare reads dir and plans how it comes to hold exactly files, which are
// sorted by path. It writes nothing. Files of other people that stand in the
// way are all named in one Conflicts error.
func Compare(dir string, files []generator.File) (*Plan, error) {
	plan := &Plan{Dir: dir, sum: sum(files)}
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		for _, f := range files {
			plan.Changes = append(plan.Changes, Change{Path: f.Path, Op: Create, New: f.Data})
		}
		return plan, nil
	}
	if err != nil {
		return nil, fmt.Errorf("opening the output folder: %w", err)
	}
	defer root.Close()
	if err := plan.readMark(root); err != nil {
		return nil, err
	}

	in := &inspector{root: root, folders: map[string]bool{".": true}}
	wanted := map[string]bool{}
	for _, f := range files {
		wanted[f.Path] = true
		c, err := in.compare(f)
		if err != nil {
			return nil, err
		}
		plan.Changes = append(plan.Changes, c)
	}
	if len(in.conflicts) > 0 {
		return nil, in.conflicts
	}
	stale, leftovers, err := in.stale(wanted)
	if err != nil {
		return nil, err
	}
	plan.Changes = append(plan.Changes, stale...)
	plan.leftovers = leftovers
	slices.SortFunc(plan.Changes, func(a, b Change) int { return strings.Compare(a.Path, b.Path) })
	plan.Others = others(plan.Changes, files)
	return plan, nil
}

// others finds the files that name another stack than the wanted ones do. A file
// that names none is nobody's in particular.
func others(changes []Change, files []generator.File) map[string][]string {
	ours := map[string]bool{"": true}
	for _, f := range files {
		ours[generator.Owner(f.Data)] = true
	}
	found := map[string][]string{}
	for _, c := range changes {
		if owner := generator.Owner(c.Old); !ours[owner] {
			found[owner] = append(found[owner], c.Path)
		}
	}
	return found
}

// Paths lists the files that op happens to, in order.
func (p *Plan) Paths(op Op) []string {
	var paths []string
	for _, c := range p.Changes {
		if c.Op == op {
			paths = append(paths, c.Path)
		}
	}
	return paths
}

// Clean reports that the folder already holds exactly the generated files.
func (p *Plan) Clean() bool {
	return len(p.Paths(Keep)) == len(p.Changes)
}

// parents lists the folders above a file, the nearest first, without the root.
func parents(file string) []string {
	var dirs []string
	for dir := path.Dir(file); dir != "."; dir = path.Dir(dir) {
		dirs = append(dirs, dir)
	}
	return dirs
}
