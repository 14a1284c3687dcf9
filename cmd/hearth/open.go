package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// read reads a file of at most so many bytes, or of a pipe that a shell puts in
// the place of one. It does not wait for somebody who may come and write into a
// pipe.
func read(path string, most int64) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > most {
		return nil, fmt.Errorf("%s has more than %d MiB", path, most>>20)
	}
	if info, err := f.Stat(); err == nil && info.Mode()&fs.ModeNamedPipe != 0 && len(data) == 0 {
		return nil, fmt.Errorf("%s is a pipe, and nobody writes into it", path)
	}
	return data, nil
}
