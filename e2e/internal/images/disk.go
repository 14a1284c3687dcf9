package images

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"
)

const megabyte = 1 << 20

// CheckDisk fails unless the disk of dir has needMB free, since a full disk takes the Docker daemon down with it. The error offers remedy besides freeing some space.
func CheckDisk(dir string, needMB int64, remedy string) error {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(dir, &stat); err != nil {
		return fmt.Errorf("finding the free space of %s: %w", dir, err)
	}
	if free := int64(stat.Bavail) * int64(stat.Bsize) / megabyte; free < needMB {
		return fmt.Errorf("%s has %d MB free and this needs %d MB; free some space, or %s", dir, free, needMB, remedy)
	}
	return nil
}

// size says how much a folder holds, for people.
func size(dir string) string {
	var total int64
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil // only a figure to read: what cannot be counted is left out
		}
		if info, err := d.Info(); err == nil {
			total += info.Size()
		}
		return nil
	})
	return fmt.Sprintf("%d MB", (total+megabyte/2)/megabyte)
}
