package disk

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

const (
	// lockTimeout is far more than a run of ten thousand clusters writes for.
	lockTimeout = 10 * time.Minute
	// lockRetry is how long a run that waits may find a free folder too late.
	lockRetry = 50 * time.Millisecond
)

// Lock keeps other runs out of a folder, which it makes if there is none, until
// unlock is called or the process ends, however it does. If another run has it,
// Lock calls waiting and waits: an error after ten minutes, or when ctx is done.
// The lock is on the folder itself, so that nothing is left in it; unlock removes
// a folder that Lock has made and that is still empty.
//
// Windows locks no folders, nor do some network file systems. Nobody is kept out
// there: every file is whole nevertheless, and Apply fails if another run has
// taken its files away.
func Lock(ctx context.Context, dir string, waiting func()) (unlock func(), err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, lockTimeout,
		fmt.Errorf("another hearth render has been writing to %s for %s: wait until it ends, or stop it", dir, lockTimeout))
	defer cancel()
	waiting = sync.OnceFunc(waiting)
	made := missing(dir)
	for {
		if os.MkdirAll(dir, 0o755) != nil {
			return func() {}, nil //nolint:nilerr // Compare or Apply says what is wrong with it
		}
		lock := flock.New(dir, flock.SetFlag(os.O_RDONLY))
		held, err := lock.TryLock()
		if !held && err == nil {
			waiting()
			held, err = lock.TryLockContext(ctx, lockRetry)
		}
		if !held && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err != nil || same(lock, dir) {
			return func() {
				for _, d := range made {
					if os.Remove(d) != nil { // not empty
						break
					}
				}
				_ = lock.Close()
			}, nil
		}
		_ = lock.Close() // of a folder that the other run has removed
	}
}

// missing are the folders that MkdirAll would make, the deepest first.
func missing(dir string) []string {
	var all []string
	for dir = filepath.Clean(dir); ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(dir); err == nil || dir == filepath.Dir(dir) {
			return all
		}
		all = append(all, dir)
	}
}

// same reports whether what is locked is what has the name.
func same(lock *flock.Flock, dir string) bool {
	held, err := lock.Stat()
	if err != nil {
		return false
	}
	named, err := os.Stat(dir)
	return err == nil && os.SameFile(held, named)
}
