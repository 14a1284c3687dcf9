package ollama

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/hearth-dev/hearth/e2e/internal/images"
)

const (
	// Version is the Ollama that the committed stack deploys.
	Version = "0.23.2"
	// module and moduleSum pin the source: the sum is the one in Go's checksum database.
	module    = "github.com/ollama/ollama"
	moduleSum = "h1:4u+iqgeqNhXsW6v/09ycWe3FN56Wjs/Yyza+GWkpG9I="
	// simd is what the tests' machines and every x86 server since 2013 have. Go's default flags give a half to a sixth of
	// the tokens per second; such a binary needs a CPU with AVX2.
	simd = "-O3 -mavx2 -mfma -mf16c"
)

// Binary returns the path of an Ollama server and client for this machine and for [Image]. It needs gcc, g++ and apt-get,
// and about a quarter of an hour of one core when the cache lacks it. The binary needs glibc and libstdc++.
func Binary(ctx context.Context, b *images.Builder) (string, error) {
	include, err := headers(ctx, b)
	if err != nil {
		return "", err
	}
	dir, err := b.Artifact(ctx, images.Artifact{
		Name:    "ollama",
		Version: Version,
		Recipe:  strings.Join([]string{module, moduleSum, simd, filepath.Base(include), "stripped"}, "\n"),
		NeedMB:  3000, // most of it is Go's build cache
		Build:   func(ctx context.Context, dir string) error { return build(ctx, dir, include) },
	})
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "ollama"), nil
}

func build(ctx context.Context, dir, include string) error {
	// Holds the source to the pin before anything of it runs.
	if _, err := (images.Module{Path: module, Version: "v" + Version, Sum: moduleSum}).Dir(ctx); err != nil {
		return err
	}
	flags := simd + " -I" + include
	env := []string{"GOBIN=" + dir, "GOFLAGS=", "CGO_ENABLED=1", "CGO_CFLAGS=" + flags, "CGO_CXXFLAGS=" + flags}
	// The module is a main program without replacements, so that `go install` builds it as released, with its own go.mod.
	return images.Run(ctx, dir, env, "go", "install", "-trimpath",
		"-ldflags", "-s -w -X "+module+"/version.Version="+Version, module+"@v"+Version)
}

// headers returns a folder of the C++ headers that Ollama's source includes and its module lacks: module archives leave out
// folders named vendor. It lies at a path of its own so that Go's build cache, which knows flags by their text, survives a
// change to the rest of the recipe.
func headers(ctx context.Context, b *images.Builder) (string, error) {
	packages := []string{"nlohmann-json3-dev", "libstb-dev"}
	return b.Artifact(ctx, images.Artifact{
		Name:    "ollama-headers",
		Version: Version,
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
