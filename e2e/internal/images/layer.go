package images

import (
	"archive/tar"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
)

// Layer is one layer of an image: an uncompressed tarball. Compressing would cost more time than the disk is worth,
// since every cluster unpacks the layers again.
type Layer struct {
	// Tar is the path of the tarball.
	Tar string
}

// File is one entry of a layer: a file or folder of this machine, given bytes, a symbolic link, or an empty folder.
type File struct {
	// Path is where the entry lies in the image, absolute.
	Path string
	// From is a file or folder of this machine to copy; a folder is copied whole, below Path.
	From string
	// Data is the content when From is empty.
	Data []byte
	// Link is the target of a symbolic link. An entry with Link has no content.
	Link string
	// Mode holds permission bits, and fs.ModeDir for an empty folder. Defaults to that of each file in From, or 0644. The
	// folders in From become 0755.
	Mode fs.FileMode
	// Capability is the extended attribute security.capability of a file, as the kernel keeps it. Default: none.
	Capability string `json:",omitempty"` // so that recipes without one stay as they are
	// UID and GID own the entry. Default to root.
	UID, GID int
	// AsIs keeps the owners and all modes of From, for the root file system of a distribution.
	AsIs bool
}

// layerOfFiles writes files to a tarball at dest, sorted by path and without times.
func layerOfFiles(dest string, files []File) (Layer, error) {
	entries := map[string]entry{}
	for _, f := range files {
		if !path.IsAbs(f.Path) {
			return Layer{}, fmt.Errorf("file %q: want an absolute path in the image", f.Path)
		}
		if err := f.entries(entries); err != nil {
			return Layer{}, fmt.Errorf("file %s: %w", f.Path, err)
		}
	}
	for name := range entries {
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			if _, ok := entries[dir]; !ok {
				entries[dir] = entry{header: tar.Header{Typeflag: tar.TypeDir, Mode: 0o755}}
			}
		}
	}
	out, err := os.Create(dest)
	if err != nil {
		return Layer{}, err
	}
	defer out.Close()
	w := tar.NewWriter(out)
	linked := map[inode]string{}
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		if err := entries[name].write(w, name, linked); err != nil {
			return Layer{}, fmt.Errorf("%s: %w", name, err)
		}
	}
	if err := w.Close(); err != nil {
		return Layer{}, err
	}
	return Layer{Tar: dest}, out.Close()
}
