package images

import (
	"archive/tar"
	"bytes"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
)

// entry is one line of the tarball: its header, and where its bytes come from.
type entry struct {
	header tar.Header
	from   string
	data   []byte
	inode  inode
}

// inode is what two hard links to the same file share. Its zero value stands for a file with one name.
type inode struct{ dev, ino uint64 }

// entries adds what f stands for, by path relative to the root. Later files replace earlier ones.
func (f File) entries(into map[string]entry) error {
	root := strings.TrimPrefix(path.Clean(f.Path), "/")
	owned := tar.Header{Uid: f.UID, Gid: f.GID, Mode: int64(f.Mode.Perm())}
	switch {
	case f.Link != "":
		owned.Typeflag, owned.Linkname, owned.Mode = tar.TypeSymlink, f.Link, 0o777
		into[root] = entry{header: owned}
		return nil
	case f.Mode.IsDir() && f.From == "":
		owned.Typeflag, owned.Mode = tar.TypeDir, tarMode(f.Mode)
		into[root] = entry{header: owned}
		return nil
	case f.From == "":
		owned.Typeflag = tar.TypeReg
		if f.Mode == 0 {
			owned.Mode = 0o644
		}
		into[root] = entry{header: owned, data: f.Data}
		return nil
	}
	return filepath.WalkDir(f.From, func(source string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(f.From, source)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		e, ok, err := f.copied(source, info)
		if err != nil || !ok {
			return err
		}
		if name := path.Join(root, filepath.ToSlash(below)); name != "" && name != "." {
			into[name] = e
		}
		return nil
	})
}

// copied describes one file below From; ok is false for devices, pipes and sockets, which no image of ours needs.
func (f File) copied(source string, info fs.FileInfo) (e entry, ok bool, err error) {
	h := tar.Header{Uid: f.UID, Gid: f.GID, Mode: tarMode(info.Mode())}
	stat, _ := info.Sys().(*syscall.Stat_t)
	if f.AsIs && stat != nil {
		h.Uid, h.Gid = int(stat.Uid), int(stat.Gid)
	}
	switch {
	case info.IsDir():
		h.Typeflag = tar.TypeDir
		if !f.AsIs { // Go's module cache, for one, is read-only down to its folders
			h.Mode = 0o755
		}
	case info.Mode()&fs.ModeSymlink != 0:
		h.Typeflag = tar.TypeSymlink
		h.Linkname, err = os.Readlink(source)
	case info.Mode().IsRegular():
		h.Typeflag = tar.TypeReg
		if f.Mode != 0 {
			h.Mode = tarMode(f.Mode)
		}
		e.from = source
		if f.Capability != "" {
			h.PAXRecords = map[string]string{"SCHILY.xattr.security.capability": f.Capability}
		}
		if stat != nil && stat.Nlink > 1 {
			e.inode = inode{uint64(stat.Dev), stat.Ino}
		}
	default:
		return e, false, nil
	}
	e.header = h
	return e, true, err
}

// tarMode gives the permission bits as tar spells them, with setuid, setgid and sticky, which systemd and sudo need.
func tarMode(mode fs.FileMode) int64 {
	bits := int64(mode.Perm())
	for flag, bit := range map[fs.FileMode]int64{fs.ModeSetuid: 0o4000, fs.ModeSetgid: 0o2000, fs.ModeSticky: 0o1000} {
		if mode&flag != 0 {
			bits |= bit
		}
	}
	return bits
}

// write appends the entry; linked remembers under which name a file with several names was written.
func (e entry) write(w *tar.Writer, name string, linked map[inode]string) error {
	h := e.header
	h.Name, h.Format = name, tar.FormatPAX
	if h.Typeflag == tar.TypeDir {
		h.Name += "/"
	}
	if first, ok := linked[e.inode]; ok && e.inode != (inode{}) {
		h.Typeflag, h.Linkname = tar.TypeLink, first
		return w.WriteHeader(&h)
	}
	if h.Typeflag != tar.TypeReg {
		return w.WriteHeader(&h)
	}
	linked[e.inode] = name
	content := io.Reader(bytes.NewReader(e.data))
	h.Size = int64(len(e.data))
	if e.from != "" {
		file, err := os.Open(e.from)
		if err != nil {
			return err
		}
		defer file.Close()
		info, err := file.Stat()
		if err != nil {
			return err
		}
		content, h.Size = file, info.Size()
	}
	if err := w.WriteHeader(&h); err != nil {
		return err
	}
	_, err := io.Copy(w, content)
	return err
}
