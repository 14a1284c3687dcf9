package images

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

const (
	// bookworm is the suite that Debian packages come from, mirror where. The suite is the pin: a stable release only gets
	// fixes, and Debian's mirrors drop a package's older versions, so that an exact version could not be had for long.
	bookworm = "bookworm"
	mirror   = "http://deb.debian.org/debian"
	// architecture is both Debian's and Go's name for what the images run on: a node is no virtual machine.
	architecture = runtime.GOARCH
)

// trimmed is what no container needs of a Debian system: caches, documents and translations, by path below the root.
var trimmed = []string{
	"var/cache", "var/lib/apt/lists", "var/log", "usr/share/doc", "usr/share/doc-base", "usr/share/man", "usr/share/info",
	"usr/share/locale", "usr/share/lintian", "usr/share/bash-completion", "tmp", "dev", "proc", "sys", "run",
}

// DebianRoot returns the root file system of a minimal Debian (a shell, coreutils, glibc) with the packages in it, as a
// layer. It needs root and debootstrap.
func (b *Builder) DebianRoot(ctx context.Context, packages ...string) (Layer, error) {
	packages = slices.Compact(slices.Sorted(slices.Values(packages)))
	return b.debian(ctx, debianRoot{name: "debian", packages: packages})
}

// debianRoot says what a Debian root file system is made of.
type debianRoot struct {
	name string
	// suite is bookworm unless it is another one.
	suite    string
	packages []string
	// files are laid over the packages before finish runs.
	files []File
	// finish is a shell script that runs inside the root file system. Optional.
	finish string
}

func (b *Builder) debian(ctx context.Context, root debianRoot) (Layer, error) {
	root.suite = cmp.Or(root.suite, bookworm)
	recipe, err := b.recipe(Spec{Files: root.files})
	if err != nil {
		return Layer{}, err
	}
	dir, err := b.Artifact(ctx, Artifact{
		Name:    root.name,
		Version: root.suite,
		Recipe:  strings.Join([]string{"3", strings.Join(root.packages, " "), strings.Join(trimmed, " "), recipe, root.finish}, "\n"),
		NeedMB:  2500,
		Build:   root.build,
	})
	if err != nil {
		return Layer{}, err
	}
	return Layer{Tar: filepath.Join(dir, "layer.tar")}, nil
}

func (root debianRoot) build(ctx context.Context, dir string) error {
	if os.Geteuid() != 0 {
		return errors.New("debootstrap needs root; run as root, or use images from a registry (mode pull)")
	}
	tree := filepath.Join(dir, "root")
	// dpkg waits for the disk after each file, which takes most of the time and protects a tree that is thrown away.
	hasty := filepath.Join(tree, "etc/dpkg/dpkg.cfg.d/hasty")
	if err := os.MkdirAll(filepath.Dir(hasty), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(hasty, []byte("force-unsafe-io\n"), 0o644); err != nil {
		return err
	}
	args := []string{"--variant=minbase", "--merged-usr", "--arch=" + architecture}
	if len(root.packages) > 0 {
		args = append(args, "--include="+strings.Join(root.packages, ","))
	}
	if err := Run(ctx, dir, nil, "debootstrap", append(args, root.suite, tree, mirror)...); err != nil {
		return err
	}
	if len(root.files) > 0 {
		// The files lie in the tree before the script runs, so unpack them there as a container runtime would.
		over, err := layerOfFiles(filepath.Join(dir, "over.tar"), root.files)
		if err != nil {
			return err
		}
		if err := Run(ctx, dir, nil, "tar", "-xf", over.Tar, "-C", tree, "--keep-directory-symlink"); err != nil {
			return err
		}
		if err := os.Remove(over.Tar); err != nil {
			return err
		}
	}
	if root.finish != "" {
		if err := Run(ctx, dir, nil, "chroot", tree, "/bin/sh", "-euc", root.finish); err != nil {
			return err
		}
	}
	if err := os.Remove(hasty); err != nil {
		return err
	}
	if err := trim(tree); err != nil {
		return err
	}
	if _, err := layerOfFiles(filepath.Join(dir, "layer.tar"), []File{
		{Path: "/", From: tree, AsIs: true},
		{Path: "/tmp", Mode: os.ModeDir | os.ModeSticky | 0o777},
	}); err != nil {
		return err
	}
	return os.RemoveAll(tree)
}

// trim empties the folders that only cost space, and what differs from one run to the next.
func trim(tree string) error {
	for _, below := range trimmed {
		dir := filepath.Join(tree, below)
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	// Host names and resolvers of the building machine have no place in an image; a runtime mounts its own.
	for _, file := range []string{"etc/hostname", "etc/resolv.conf", "etc/machine-id", "var/lib/dbus/machine-id"} {
		if err := os.RemoveAll(filepath.Join(tree, file)); err != nil {
			return fmt.Errorf("removing %s: %w", file, err)
		}
	}
	return nil
}
