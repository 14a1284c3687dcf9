//go:build unix

package disk

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func locked(t *testing.T, dir string, waiting func()) (unlock func()) {
	t.Helper()
	unlock, err := Lock(t.Context(), dir, waiting)
	if err != nil {
		t.Fatal(err)
	}
	return unlock
}

// Who comes second is told so, waits, and goes on where the first has removed the
// folder, too.
func TestLock(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	first := locked(t, dir, func() { t.Error("nobody has the folder") })
	told, got := make(chan bool), make(chan func())
	go func() {
		unlock, err := Lock(t.Context(), dir, func() { close(told) })
		if err != nil {
			t.Error(err)
			unlock = func() {}
		}
		got <- unlock
	}()
	<-told
	select {
	case <-got:
		t.Fatal("two have the folder")
	case <-time.After(3 * lockRetry):
	}
	first()
	second := <-got
	fill(t, dir, map[string]string{"fleet.yaml": generated("")})
	second()
	locked(t, dir, func() { t.Error("the second has let it go") })()
	if got := contents(t, dir); len(got) != 1 {
		t.Errorf("got %v", got)
	}
}

// What Lock made goes again unless something was written, and nothing else does.
func TestLockLeavesNoFolder(t *testing.T) {
	top := t.TempDir()
	locked(t, filepath.Join(top, "a", "b"), nil)()
	if entries, err := os.ReadDir(top); err != nil || len(entries) != 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	locked(t, top, nil)()
	if _, err := os.Stat(top); err != nil {
		t.Errorf("it was there before: %v", err)
	}
}

func TestLockGivesUp(t *testing.T) {
	dir := t.TempDir()
	defer locked(t, dir, nil)()
	cause := errors.New("interrupted")
	ctx, cancel := context.WithTimeoutCause(t.Context(), 3*lockRetry, cause)
	defer cancel()
	if _, err := Lock(ctx, dir, func() {}); !errors.Is(err, cause) {
		t.Errorf("got %v, want that it was interrupted", err)
	}
}

// A file where the folder should be is for Compare to tell.
func TestLockOfAFile(t *testing.T) {
	dir := t.TempDir()
	fill(t, dir, map[string]string{"out": "text"})
	file := filepath.Join(dir, "out")
	locked(t, file, nil)()
	if _, err := Compare(file, nil); err == nil || !strings.Contains(err.Error(), "opening the output folder") {
		t.Errorf("got %v", err)
	}
}
