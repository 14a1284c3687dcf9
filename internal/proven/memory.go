package proven

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync/atomic"

	"github.com/rogpeppe/go-internal/cache"

	"github.com/hearth-dev/hearth/generator"
)

// Limit is how many bytes the folder's files may have together: an overlay takes
// five to ten thousand. When a run has left more, all are removed.
const Limit = 512 << 20

// Memory is a folder of values. The nil Memory remembers nothing.
type Memory struct {
	folder  string
	program string // that the values are of
	cache   *cache.Cache
	kept    atomic.Bool // whether something was
}

// Open opens the memory of this program below the user's cache folder
// ($XDG_CACHE_HOME, ~/.cache); nil if there is none to be had.
func Open() *Memory {
	user, err := os.UserCacheDir()
	if err != nil {
		return nil
	}
	program, ok := identity()
	if !ok {
		return nil
	}
	return open(filepath.Join(user, "hearth", "proven"), program)
}

func open(folder, program string) *Memory {
	if os.MkdirAll(folder, 0o700) != nil || !private(folder) {
		return nil
	}
	c, err := cache.Open(folder)
	if err != nil {
		return nil
	}
	return &Memory{folder: folder, program: program, cache: c}
}

// private reports whether the folder's owner alone writes to it: what is found
// in it goes into manifests. Windows has no such bits, and keeps a user's cache
// folder to the user.
func private(folder string) bool {
	info, err := os.Lstat(folder)
	return err == nil && info.IsDir() && (runtime.GOOS == "windows" || info.Mode().Perm()&0o022 == 0)
}

// identity tells this program from every other that was built: by its versions,
// those of its modules among them, and, for builds of a changed checkout, by the
// size and time of its file.
func identity() (string, bool) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "", false
	}
	path, err := os.Executable()
	if err != nil {
		return "", false
	}
	file, err := os.Stat(path)
	if err != nil {
		return "", false
	}
	return fmt.Sprint(info, file.Size(), file.ModTime().UnixNano()), true
}

// Recall implements [generator.Memory].
func (m *Memory) Recall(key generator.Key) ([]byte, bool) {
	if m == nil {
		return nil, false
	}
	value, _, err := m.cache.GetBytes(m.id(key))
	return value, err == nil
}

// Keep implements [generator.Memory].
func (m *Memory) Keep(key generator.Key, value []byte) {
	if m != nil && m.cache.PutBytes(m.id(key), value) == nil {
		m.kept.Store(true)
	}
}

func (m *Memory) id(key generator.Key) cache.ActionID {
	return sha256.Sum256(append([]byte(m.program), key[:]...))
}

// Close removes what has not been used for days and, after a run that kept
// something, everything if that is too much.
func (m *Memory) Close() {
	if m == nil || !m.kept.Load() {
		return
	}
	_ = m.cache.Trim() // what stays is only in the way
	if size(m.folder) > Limit {
		_ = os.RemoveAll(m.folder)
	}
}

// size is how many bytes the files in a folder have.
func size(folder string) int64 {
	var sum int64
	_ = filepath.WalkDir(folder, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil // another run has removed it
		}
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() {
			sum += info.Size()
		}
		return nil
	})
	return sum
}
