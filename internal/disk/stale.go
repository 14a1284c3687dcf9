package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// tempPrefix starts the name of every temporary file. The dot keeps it out of
// a Fleet bundle, which packs no hidden files, if a run is killed and the
// folder committed.
const tempPrefix = ".hearth-tmp-"

// ownFolders and ownFiles name every place in which a stale file is looked
// for. A copy that a person made anywhere else keeps our header and is theirs.
func ownFolders() []string { return []string{"bases", "overlays"} }
func ownFiles() []string {
	return []string{"fleet.yaml", ".fleetignore", ".krmignore", "gitrepo.example.yaml"}
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
		ours, err := in.ours(file)
		if err != nil || !ours {
			return err
		}
		old, err := in.root.ReadFile(file)
		if err != nil {
			return fmt.Errorf("reading the output folder: %w", err)
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
