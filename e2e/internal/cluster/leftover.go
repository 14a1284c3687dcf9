package cluster

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"sigs.k8s.io/kind/pkg/cluster"
)

// Prefix begins the name of every cluster made here.
const Prefix = "hearth-e2e-"

// newHome makes the folder of a cluster and locks it.
func newHome(name string) (*home, error) {
	dir := homeOf(name)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	lock, err := lockHome(dir)
	if err != nil {
		return nil, err
	}
	return &home{dir: dir, lock: lock}, nil
}

var errInUse = errors.New("in use")

// lockHome takes the lock of a cluster's folder, or fails with errInUse while the process that made it lives.
func lockHome(dir string) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		file.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errInUse
		}
		return nil, fmt.Errorf("locking %s: %w", file.Name(), err)
	}
	return file, nil
}

// removeLeftovers deletes clusters of killed runs. One whose process lives is another run's and stays; one without a
// folder may be another machine's on a shared daemon, so it is only reported.
func removeLeftovers(provider *cluster.Provider, out io.Writer) error {
	names, err := provider.List()
	if err != nil {
		return fmt.Errorf("listing kind clusters: %w", err)
	}
	for _, name := range names {
		if !strings.HasPrefix(name, Prefix) {
			continue
		}
		dir := homeOf(name)
		lock, err := lockHome(dir)
		switch {
		case errors.Is(err, errInUse):
			continue
		case errors.Is(err, os.ErrNotExist):
			say(out, "cluster %s is left from an unknown run; if nobody uses it: docker rm -f -v %s-control-plane", name, name)
			continue
		case err != nil:
			return err
		}
		left := &home{dir: dir, lock: lock}
		say(out, "deleting cluster %s, left by a run that was killed", name)
		if err := provider.Delete(name, left.kubeconfig()); err != nil {
			return fmt.Errorf("deleting the left over cluster %s: %w", name, err)
		}
		if err := left.remove(); err != nil {
			return err
		}
	}
	return nil
}
