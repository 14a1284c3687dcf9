//go:build linux

package tree

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// On a full disk everything stays as it was. The disk is a tmpfs of 256 KiB in
// a mount namespace of the child's own.
func TestFullDisk(t *testing.T) {
	attr := &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	out, err := child(t, "full", t.TempDir(), attr)
	if !strings.HasPrefix(out, "mounted\n") {
		t.Skipf("needs a user namespace in which a tmpfs can be mounted: %v %s", err, out)
	}
	if err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

func mountTiny(dir string) error {
	return syscall.Mount("hearth-test", dir, "tmpfs", 0, "size=256k")
}

// fillDisk renders a tree that fits and then one that does not.
func fillDisk(dir string) error {
	small := map[string]string{"fleet.yaml": generated("old\n"), "overlays/stale/k.yaml": generated("old\n")}
	if err := render(dir, small); err != nil {
		return err
	}
	err := render(dir, version(1)) // 12 files of 24 KB
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "nothing was changed") {
		return fmt.Errorf("got error %v, want one that says nothing was changed for lack of space", err)
	}
	left := 0
	err = filepath.WalkDir(dir, func(_ string, entry os.DirEntry, err error) error {
		left++
		return err
	})
	if err != nil {
		return err
	}
	if left != 5 { // the folder, fleet.yaml, overlays, stale, k.yaml
		return fmt.Errorf("the failed run left something behind: %d entries, want 5", left)
	}
	for name, want := range small {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		if string(got) != want {
			return fmt.Errorf("%s changed to %q", name, got)
		}
	}
	return nil
}
