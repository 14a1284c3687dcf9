package images

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// sweep removes what killed builds of the same artifact left. Only the holder of the artifact's lock may call it.
func (b *Builder) sweep(key string) error {
	stale, err := filepath.Glob(filepath.Join(b.Dir, scratch, key+"~*"))
	if err != nil {
		return err
	}
	for _, dir := range stale {
		if err := os.RemoveAll(dir); err != nil {
			return fmt.Errorf("removing what a killed build left: %w", err)
		}
	}
	return nil
}

// lock waits until no other process builds a. The kernel drops the lock when its holder dies.
func (b *Builder) lock(ctx context.Context, a Artifact) (unlock func(), err error) {
	file, err := os.OpenFile(filepath.Join(b.Dir, scratch, a.key()+".lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	for said := false; ; said = true {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { file.Close() }, nil
		}
		if err != syscall.EWOULDBLOCK {
			file.Close()
			return nil, fmt.Errorf("locking %s: %w", file.Name(), err)
		}
		if !said {
			fmt.Fprintf(b.Out, "waiting for %s %s, which is being built already\n", a.Name, a.Version)
		}
		select {
		case <-ctx.Done():
			file.Close()
			return nil, context.Cause(ctx)
		case <-time.After(200 * time.Millisecond):
		}
	}
}
