package fleetsim

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/hearth-dev/hearth/internal/build/fleet"
)

// maxGzip is what all files of a bundle may be gzipped, in bytes: Fleet's
// documentation, "must gzip to less than 1MB".
const maxGzip = 1_000_000

// pack reads the files that Fleet stores: all but hidden ones, those that a
// .fleetignore names, and the bundle's own fleet.yaml.
func (b *Bundle) pack() error {
	b.Files = map[string][]byte{}
	b.dropped = map[string]string{}
	b.ignores = map[string][]string{}
	rules := &ignoreRules{}
	err := fs.WalkDir(b.fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name == "." {
			return b.readIgnore(rules, "")
		}
		pattern, err := rules.find(name, d.IsDir())
		if err != nil {
			return fmt.Errorf("%s: pattern %q: %w", ignoreFile, pattern, err)
		}
		// fleet.yml stays in, only this one name is left out.
		if name == fleetYAML {
			return nil
		}
		hidden := strings.HasPrefix(d.Name(), ".")
		switch {
		case pattern != "":
			b.dropped[name] = fmt.Sprintf("%s names %q", ignoreFile, pattern)
		case hidden:
			b.dropped[name] = "its name starts with a dot"
		case d.IsDir():
			return b.readIgnore(rules, name)
		default:
			b.Files[name], err = fs.ReadFile(b.fsys, name)
			return err
		}
		if d.IsDir() {
			return fs.SkipDir
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(b.Files) == 0 {
		return errNoFiles
	}
	return nil
}

// readIgnore adds the patterns of a folder's .fleetignore, if it has one.
func (b *Bundle) readIgnore(rules *ignoreRules, dir string) error {
	name := path.Join(dir, ignoreFile)
	if !exists(b.fsys, name) {
		return nil
	}
	content, err := fs.ReadFile(b.fsys, name)
	if err != nil {
		return err
	}
	patterns := parseIgnore(content)
	rules.add(dir, patterns)
	b.ignores[name] = patterns
	return nil
}

// Size is what a bundle weighs in Fleet's store.
type Size struct {
	fleet.Stored
	// Gzip is the size of all files gzipped, in bytes, as the agent fetches them.
	Gzip int
}

// Size weighs the bundle.
func (b Bundle) Size() (Size, error) {
	stored, err := fleet.Weigh(b.source, b.Files)
	if err != nil {
		return Size{}, err
	}
	resources, err := fleet.Resources(b.Files, stored.Compressed)
	if err != nil {
		return Size{}, err
	}
	counted := &counter{}
	packer := gzip.NewWriter(counted)
	if err := json.NewEncoder(packer).Encode(map[string]any{"resources": resources}); err != nil {
		return Size{}, err
	}
	err = packer.Close()
	return Size{Stored: stored, Gzip: counted.n}, err
}

// counter counts what is written to it.
type counter struct{ n int }

func (c *counter) Write(p []byte) (int, error) {
	c.n += len(p)
	return len(p), nil
}
