package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/hearth-dev/hearth/e2e/internal/docker"
	"github.com/hearth-dev/hearth/e2e/internal/images"
	"github.com/hearth-dev/hearth/e2e/internal/origin"
	"golang.org/x/sys/unix"
)

// bench is what every measurement needs: the image, a store of models, and the place for what was seen.
type bench struct {
	options
	data     Data
	out, err io.Writer

	commit  string // that is measured
	daemon  docker.Daemon
	builder *images.Builder
	store   string
}

// open builds or finds the image, gives it to the daemon, and provides the models.
func (b *bench) open(ctx context.Context, models ...string) error {
	var err error
	if b.daemon, err = docker.Ask(ctx); err != nil {
		return err
	}
	if b.builder, err = images.NewBuilder(b.err); err != nil {
		return err
	}
	image, err := b.release.Image(ctx, b.builder)
	if err != nil {
		return err
	}
	if _, err := b.daemon.Load(ctx, image); err != nil {
		return err
	}
	// Beside the cache, so that the models are hard links: symbolic ones lead nowhere in a container.
	if b.store, err = os.MkdirTemp(filepath.Join(b.builder.Dir, "tmp"), "calibrate-"); err != nil {
		return err
	}
	if b.commit, err = origin.Commit(ctx, b.dir); err != nil {
		return err
	}
	b.data.Machine = Machine{Ollama: b.release.Version, CgroupVersion: 2}
	if b.daemon.CgroupVersion == "1" {
		b.data.Machine.CgroupVersion = 1
	}
	if b.data.Machine.Machine, err = origin.ThisMachine(); err != nil {
		return err
	}
	return b.provide(ctx, models...)
}

func (b *bench) close() error {
	if b.store == "" {
		return nil
	}
	return os.RemoveAll(b.store)
}

// save writes what was seen so far: a measurement that is interrupted keeps its rows.
func (b *bench) save() error { return b.data.write(filepath.Join(b.dir, dataFile(b.release.Version))) }

// provide puts the models into the store that the containers see.
func (b *bench) provide(ctx context.Context, names ...string) error {
	for _, name := range names {
		dir, info, err := model(ctx, b.builder, name)
		if err != nil {
			return err
		}
		if err := link(dir, b.store); err != nil {
			return err
		}
		put(&b.data.Models, info, func(m Model) bool { return m.Name == name })
	}
	return nil
}

// link makes dest hold all files of source, too.
func link(source, dest string) error {
	return filepath.WalkDir(source, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(source, path)
		if err != nil {
			return err
		}
		target := filepath.Join(dest, below)
		if d.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		if err := os.Link(path, target); err != nil && !os.IsExist(err) {
			return err
		}
		return nil
	})
}

// evict drops the models and Ollama itself from the file cache, so that the server that reads them is charged for them, as in a
// pod that starts on a node that never ran either. Whoever read a file first is charged until it is dropped.
func (b *bench) evict(ctx context.Context) error {
	layer, err := docker.TopLayer(ctx, b.release.Ref())
	if err != nil {
		return err
	}
	for _, dir := range []string{filepath.Join(b.store, "blobs"), layer} {
		err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			return drop(path)
		})
		if err != nil {
			return fmt.Errorf("dropping from the file cache: %w", err)
		}
	}
	return nil
}

func drop(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return unix.Fadvise(int(file.Fd()), 0, 0, unix.FADV_DONTNEED)
}
