package fnimage

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// program is the package of the entry point.
const program = "github.com/hearth-dev/hearth/cmd/hearth-fn"

// Platforms are those that an image is built for.
func Platforms() []v1.Platform {
	return []v1.Platform{
		{OS: "linux", Architecture: "amd64"},
		{OS: "linux", Architecture: "arm64"},
	}
}

// Index builds the image for each platform. Equal sources give equal digests.
func Index(ctx context.Context, platforms ...v1.Platform) (v1.ImageIndex, error) {
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, p := range platforms {
		image, err := Image(ctx, p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p, err)
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: image, Descriptor: v1.Descriptor{Platform: &p}})
	}
	return index, nil
}

// Image builds the image for one platform.
func Image(ctx context.Context, p v1.Platform) (v1.Image, error) {
	binary, err := compile(ctx, p)
	if err != nil {
		return nil, err
	}
	content, err := layer(binary)
	if err != nil {
		return nil, err
	}
	image := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	if image, err = mutate.AppendLayers(image, content); err != nil {
		return nil, fmt.Errorf("adding the layer: %w", err)
	}
	file, err := image.ConfigFile()
	if err != nil {
		return nil, fmt.Errorf("reading the config: %w", err)
	}
	file = file.DeepCopy()
	file.OS, file.Architecture, file.Variant = p.OS, p.Architecture, p.Variant
	file.Config = v1.Config{
		User:       user,
		Entrypoint: []string{"/hearth-fn"},
		WorkingDir: "/",
		Labels: map[string]string{
			"org.opencontainers.image.title":    "hearth-fn",
			"org.opencontainers.image.source":   "https://github.com/hearth-dev/hearth",
			"org.opencontainers.image.licenses": "Apache-2.0",
		},
	}
	return mutate.ConfigFile(image, file)
}

// compile builds the program without C, paths and version control, so that it
// needs nothing of the image and depends on its sources only.
func compile(ctx context.Context, p v1.Platform) ([]byte, error) {
	dir, err := os.MkdirTemp("", "hearth-fn-")
	if err != nil {
		return nil, fmt.Errorf("making a folder to compile into: %w", err)
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, "hearth-fn")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", out, program)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+p.OS, "GOARCH="+p.Architecture)
	if said, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("compiling %s: %w\n%s", program, err, strings.TrimSpace(string(said)))
	}
	return os.ReadFile(out)
}
