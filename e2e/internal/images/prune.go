package images

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Prune removes artifacts that no run has asked for since keep ago, which are those of older recipes and versions.
func (b *Builder) Prune(keep time.Duration) error {
	entries, err := os.ReadDir(b.Dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || entry.Name() == scratch || time.Since(info.ModTime()) < keep {
			continue // gone meanwhile, or in use
		}
		dir := filepath.Join(b.Dir, entry.Name())
		// By a rename first, so that a removal that is cut short leaves no half artifact.
		doomed := filepath.Join(b.Dir, scratch, entry.Name()+"~pruned")
		if err := os.Rename(dir, doomed); err != nil {
			return fmt.Errorf("removing the unused %s: %w", dir, err)
		}
		freed := size(doomed)
		if err := os.RemoveAll(doomed); err != nil {
			return fmt.Errorf("removing the unused %s: %w", dir, err)
		}
		fmt.Fprintf(b.Out, "removed %s, unused for %d days: %s\n", entry.Name(), int(time.Since(info.ModTime()).Hours()/24), freed)
	}
	return nil
}

// use notes that an artifact was asked for. A cache that cannot be written still serves.
func use(dir string) string {
	now := time.Now()
	_ = os.Chtimes(dir, now, now)
	return dir
}
