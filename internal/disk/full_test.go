//go:build linux

package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// On a full disk everything stays as it was. The disk is a tmpfs of 256 KiB in
// a mount namespace of the child's own; where a container forbids that, it is a
// limit on the size of files, which fails the same write.
func TestFullDisk(t *testing.T) {
	namespaces := &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	out, err := child(t, "full", t.TempDir(), namespaces)
	if !strings.HasPrefix(out, "mounted\n") {
		t.Logf("no tmpfs of our own (%v %s): limiting the size of files", err, out)
		out, err = child(t, "limited", t.TempDir(), nil)
	}
	if err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

func fillDisk(dir string) error {
	if err := syscall.Mount("hearth-test", dir, "tmpfs", 0, "size=256k"); err != nil {
		return err
	}
	fmt.Println("mounted")
	return renderInto(dir, syscall.ENOSPC)
}

func limitFiles(dir string) error {
	signal.Ignore(syscall.SIGXFSZ)
	limit := syscall.Rlimit{Cur: 16 << 10, Max: 16 << 10}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	return renderInto(dir, syscall.EFBIG)
}

// renderInto writes a tree that fits and then one that does not.
func renderInto(dir string, want error) error {
	small := map[string]string{"fleet.yaml": generated("old\n"), "overlays/stale/k.yaml": generated("old\n")}
	if err := render(dir, small); err != nil {
		return err
	}
	got := render(dir, version(1)) // 12 files of 24 KB
	if !errors.Is(got, want) || !strings.Contains(got.Error(), "nothing was changed") {
		return fmt.Errorf("want an error that says nothing was changed, and %w; got: %w", want, got)
	}
	left := 0
	err := filepath.WalkDir(dir, func(_ string, _ fs.DirEntry, err error) error {
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
