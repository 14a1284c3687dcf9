package remote

import (
	"errors"

	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// Local is a file system from which kustomize builds what is there, and fetches
// nothing.
type Local struct {
	filesys.FileSystem
	refused error
}

// New is a Local of the files of another file system.
func New(files filesys.FileSystem) *Local { return &Local{FileSystem: files} }

// ReadFile reads a file, unless it would have something fetched.
func (l *Local) ReadFile(name string) ([]byte, error) {
	data, err := l.FileSystem.ReadFile(name)
	if err == nil {
		err = Check(name, data)
	}
	if err != nil && l.refused == nil && l.Exists(name) {
		l.refused = err
	}
	return data, err
}

// Reason is why a build failed: where that comes of a file that is there and was
// not read, kustomize says that there is none.
func (l *Local) Reason(err error) error {
	if err == nil || l.refused == nil || errors.Is(err, l.refused) {
		return err
	}
	return l.refused
}
