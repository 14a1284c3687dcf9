package ollama

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/hearth-dev/hearth/e2e/internal/images"
	"github.com/hearth-dev/hearth/e2e/internal/needs"
)

// LlamaCppRef is the reference of [LlamaCpp]. Its tag is the build's.
const LlamaCppRef = "hearth.local/llama-cpp:b10760"

// llamaCppPrograms are what a group of llama.cpp's runs: the server, and what lends it a processor.
var llamaCppPrograms = []string{"llama-server", "ggml-rpc-server"}

var llamaCppOptions = []string{
	"-DCMAKE_BUILD_TYPE=Release", "-DBUILD_SHARED_LIBS=OFF", "-DGGML_RPC=ON", "-DGGML_NATIVE=OFF", "-DGGML_OPENMP=OFF",
	"-DGGML_AVX2=ON", "-DGGML_FMA=ON", "-DGGML_F16C=ON", "-DLLAMA_OPENSSL=OFF", "-DLLAMA_USE_PREBUILT_UI=OFF",
	"-DLLAMA_BUILD_TESTS=OFF", "-DLLAMA_BUILD_EXAMPLES=OFF", "-DLLAMA_BUILD_APP=OFF",
}

// LlamaCpp returns an image of llama.cpp with its RPC backend, from the source that the engine of [Newest] is built from, without
// the changes that Ollama brings for it. llama.cpp's own images are built without that backend.
func LlamaCpp(ctx context.Context, b *images.Builder) (images.Image, error) {
	dir, err := b.Artifact(ctx, images.Artifact{
		Name:    "llama-cpp",
		Version: "b10760",
		Recipe:  fmt.Sprint(*Newest.engine, llamaCppOptions, llamaCppPrograms, "stripped"),
		NeedMB:  1500,
		Build:   Newest.engine.buildPlain,
	})
	if err != nil {
		return images.Image{}, err
	}
	base, err := b.DebianRoot(ctx, "ca-certificates", "libstdc++6")
	if err != nil {
		return images.Image{}, err
	}
	return b.FromFiles(ctx, images.Spec{
		Ref: LlamaCppRef, Base: []images.Layer{base},
		Files:  []images.File{{Path: "/usr/local/bin", From: filepath.Join(dir, "bin")}},
		Config: v1.Config{Env: []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}},
	})
}

// buildPlain puts llama.cpp's programs into bin below dir.
func (e engine) buildPlain(ctx context.Context, dir string) error {
	if err := needs.MissingFor("calibrate", "cmake", "ninja", "g++"); err != nil {
		return err
	}
	scratch := filepath.Join(dir, "scratch")
	made := filepath.Join(scratch, "made")
	if err := os.Mkdir(scratch, 0o755); err != nil {
		return err
	}
	archive := filepath.Join(scratch, "llama.tar.gz")
	if err := e.download(ctx, archive); err != nil {
		return err
	}
	for _, command := range [][]string{
		{"tar", "-xzf", archive},
		append([]string{"cmake", "-S", filepath.Join(scratch, e.tree), "-B", made, "-G", "Ninja"}, llamaCppOptions...),
		append([]string{"cmake", "--build", made, "--target"}, llamaCppPrograms...),
	} {
		if err := images.Run(ctx, scratch, nil, command[0], command[1:]...); err != nil {
			return err
		}
	}
	for _, program := range llamaCppPrograms {
		if err := images.Run(ctx, scratch, nil, "install", "-D", "-s", filepath.Join(made, "bin", program), filepath.Join(dir, "bin", program)); err != nil {
			return err
		}
	}
	return os.RemoveAll(scratch)
}
