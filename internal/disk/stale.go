package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/generator"
)

// tempPrefix starts the name of every temporary file. The dot keeps it out of
// a Fleet bundle, which packs no hidden files, if a run is killed and the
// folder committed.
const tempPrefix = ".hearth-tmp-"

// ownFolders and ownFiles name every place in which a stale file is looked
// for, with those that the last run's list of what is for no cluster names. A copy
// that a person made anywhere else keeps our header and is theirs.
func ownFolders() []string { return []string{"bases", "overlays"} }
func ownFiles() []string {
	return []string{"fleet.yaml", ".fleetignore", generator.IgnoreName, "gitrepo.example.yaml"}
}

// listed are the files outside of our folders that the last run wrote.
func (in *inspector) listed() ([]string, error) {
	info, err := in.root.Lstat(generator.IgnoreName)
	if err != nil || !info.Mode().IsRegular() {
		return nil, nil //nolint:nilerr // then there is no list
	}
	if ours, err := in.ours(generator.IgnoreName); err != nil || !ours {
		return nil, err
	}
	data, err := in.root.ReadFile(generator.IgnoreName)
	if err != nil {
		return nil, fmt.Errorf("reading the output folder: %w", err)
	}
	return generator.Ignored(data), nil
}

// elsewhere are the folders outside of our own in which a run writes, or wrote.
func (in *inspector) elsewhere(wanted map[string]bool, listed []string) []string {
	found := map[string]bool{}
	for _, name := range slices.AppendSeq(slices.Clone(listed), maps.Keys(wanted)) {
		first, _, _ := strings.Cut(name, "/")
		if dir := path.Dir(name); fs.ValidPath(name) && dir != "." && !slices.Contains(ownFolders(), first) && !slices.ContainsFunc(parents(name), in.link) {
			found[dir] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// link reports whether a folder is a symbolic link.
func (in *inspector) link(dir string) bool {
	info, err := in.root.Lstat(dir)
	return err == nil && info.Mode()&fs.ModeSymlink != 0
}

// stale finds the files that carry our header and that nobody wants any more,
// and the temporary files of a run that was killed.
func (in *inspector) stale(wanted map[string]bool) (changes []Change, leftovers []string, err error) {
	visit := func(file string, entry fs.DirEntry) error {
		if !entry.Type().IsRegular() || wanted[file] || file == mark {
			return nil
		}
		if strings.HasPrefix(path.Base(file), tempPrefix) {
			leftovers = append(leftovers, file)
			return nil
		}
		old, ours, err := in.generated(file)
		if errors.Is(err, fs.ErrNotExist) { // another run took it away
			return nil
		}
		if err != nil || !ours {
			return err
		}
		changes = append(changes, Change{Path: file, Op: Remove, Old: old})
		return nil
	}

	top, err := fs.ReadDir(in.root.FS(), ".")
	if err != nil {
		return nil, nil, fmt.Errorf("reading the output folder: %w", err)
	}
	named := map[string]bool{}
	for _, name := range ownFiles() {
		named[name] = true
	}
	for _, entry := range top {
		if named[entry.Name()] || strings.HasPrefix(entry.Name(), tempPrefix) {
			if err := visit(entry.Name(), entry); err != nil {
				return nil, nil, err
			}
		}
	}
	listed, err := in.listed()
	if err != nil {
		return nil, nil, err
	}
	for _, name := range listed {
		if !fs.ValidPath(name) || named[name] || slices.ContainsFunc(parents(name), in.link) {
			continue
		}
		if info, err := in.root.Lstat(name); err == nil {
			if err := visit(name, fs.FileInfoToDirEntry(info)); err != nil {
				return nil, nil, err
			}
		}
	}
	for _, folder := range in.elsewhere(wanted, listed) {
		entries, err := fs.ReadDir(in.root.FS(), folder)
		if err != nil {
			continue // not made yet
		}
		for _, entry := range entries {
			if strings.HasPrefix(entry.Name(), tempPrefix) {
				leftovers = append(leftovers, path.Join(folder, entry.Name()))
			}
		}
	}
	for _, folder := range ownFolders() {
		// WalkDir follows no links, but would follow one at its start.
		if info, err := in.root.Lstat(folder); err != nil || !info.IsDir() {
			continue
		}
		err := fs.WalkDir(in.root.FS(), folder, func(file string, entry fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) { // gone since the folder was read
				return nil
			}
			if err != nil {
				return fmt.Errorf("reading the output folder: %w", err)
			}
			return visit(file, entry)
		})
		if err != nil {
			return nil, nil, err
		}
	}
	return changes, leftovers, nil
}
