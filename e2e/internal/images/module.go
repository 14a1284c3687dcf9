package images

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Module is a published Go module.
type Module struct {
	// Path and Version are Go's: github.com/traefik/traefik/v3 and v3.6.7.
	Path, Version string
	// Sum is the module's in Go's checksum database. It pins the source even where the database is turned off.
	Sum string
}

// Dir returns the folder in Go's module cache with everything that the module holds, manifests included. It downloads the
// module if need be.
func (m Module) Dir(ctx context.Context) (string, error) {
	download := exec.CommandContext(ctx, "go", "mod", "download", "-json", m.Path+"@"+m.Version)
	var stderr bytes.Buffer
	download.Env, download.Stderr = append(os.Environ(), "GOFLAGS="), &stderr
	out, err := download.Output() // what goes wrong is in the output, too
	var got struct{ Dir, Sum, Error string }
	if decoded := json.Unmarshal(out, &got); decoded != nil || err != nil {
		return "", fmt.Errorf("downloading %s@%s: %w %s%s", m.Path, m.Version, errors.Join(err, decoded), got.Error, stderr.String())
	}
	if got.Sum != m.Sum {
		return "", fmt.Errorf("%s@%s has the sum %s, want %s; the module proxy serves another source", m.Path, m.Version, got.Sum, m.Sum)
	}
	return got.Dir, nil
}

// moduleProgram is built from a module by the module's own go.mod, replacements included, which a [goProgram] would have
// to repeat. Its go.sum, held by the module's sum, pins the rest.
type moduleProgram struct {
	Module
	// name is that of the binary.
	name string
	// main is the package to build, relative to the module. Default cmd/<name>.
	main string
	// changes are made to the source before it is compiled.
	changes []change
	// needMB is the disk the compilation takes, the compiler's cache included.
	needMB int64
}

// change replaces a text in a file of a module. Without an old text it adds the file.
type change struct{ file, old, new string }

func (c change) apply(dir string) error {
	file := filepath.Join(dir, filepath.FromSlash(c.file))
	if c.old == "" {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		return os.WriteFile(file, []byte(c.new), 0o644)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if n := strings.Count(string(data), c.old); n != 1 {
		return fmt.Errorf("%s holds %q %d times, want once", c.file, c.old, n)
	}
	return os.WriteFile(file, []byte(strings.Replace(string(data), c.old, c.new, 1)), 0o644)
}

// binary returns the path of the program, statically linked.
func (b *Builder) binary(ctx context.Context, p moduleProgram) (string, error) {
	flags := []string{"build", "-trimpath", "-mod=readonly", "-buildvcs=false", "-ldflags", "-s -w"}
	env := []string{"CGO_ENABLED=0", "GOOS=linux", "GOARCH=" + architecture, "GOWORK=off", "GOFLAGS="}
	dir, err := b.Artifact(ctx, Artifact{
		Name:    p.name,
		Version: p.Version,
		Recipe:  fmt.Sprint(p.Module, p.changes, flags, env) + p.main,
		NeedMB:  p.needMB,
		Build: func(ctx context.Context, dir string) error {
			module, err := p.Dir(ctx)
			if err != nil {
				return err
			}
			source := filepath.Join(dir, "source")
			if err := os.CopyFS(source, os.DirFS(module)); err != nil {
				return err
			}
			for _, c := range p.changes {
				if err := c.apply(source); err != nil {
					return err
				}
			}
			if err := Run(ctx, source, env, "go", append(flags, "-o", filepath.Join(dir, p.name), "./"+cmp.Or(p.main, "cmd/"+p.name))...); err != nil {
				return err
			}
			return os.RemoveAll(source)
		},
	})
	return filepath.Join(dir, p.name), err
}
