package fleetsim

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"
)

const (
	// compressFrom is the size of a bundle's JSON, in bytes, from which Fleet
	// compresses each file on its own.
	compressFrom = 1_000_000
	// maxGzip is what all files of a bundle may be gzipped, in bytes: Fleet's
	// documentation, "must gzip to less than 1MB".
	maxGzip = 1_000_000
)

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
	// JSON is the size of the files as the Bundle object carries them, in bytes.
	JSON int
	// Compressed is whether Fleet packs each file as base64 of gzip: from a
	// million bytes of JSON. Then JSON is the size after that.
	Compressed bool
	// Gzip is the size of all of it gzipped, in bytes, as the agent fetches it.
	Gzip int
}

// Size weighs the bundle. It counts the files only: fleet.yaml's fields, a few
// hundred bytes beside them, are left out.
func (b Bundle) Size() (Size, error) {
	content, err := b.marshal(false)
	if err != nil {
		return Size{}, err
	}
	compressed := len(content) >= compressFrom
	if compressed {
		if content, err = b.marshal(true); err != nil {
			return Size{}, err
		}
	}
	all, err := gzipped(content)
	return Size{JSON: len(content), Compressed: compressed, Gzip: len(all)}, err
}

// marshal is the JSON of the bundle's resources. A file that is not UTF-8 is
// compressed in any case.
func (b Bundle) marshal(compress bool) ([]byte, error) {
	type resource struct {
		Name     string `json:"name,omitempty"`
		Content  string `json:"content,omitempty"`
		Encoding string `json:"encoding,omitempty"`
	}
	resources := make([]resource, 0, len(b.Files))
	for _, name := range b.names() {
		r := resource{Name: name, Content: string(b.Files[name])}
		if compress || !utf8.Valid(b.Files[name]) {
			packed, err := gzipped(b.Files[name])
			if err != nil {
				return nil, err
			}
			r.Content, r.Encoding = base64.StdEncoding.EncodeToString(packed), "base64+gz"
		}
		resources = append(resources, r)
	}
	return json.Marshal(map[string]any{"resources": resources})
}

func gzipped(data []byte) ([]byte, error) {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
