package ollama

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/hearth-dev/hearth/e2e/internal/images"
)

// Image returns an image that looks from outside like the public one: /bin/ollama on a Debian with a shell and without
// curl, listening on every address. It has no GPU libraries. It runs as any user, with a read-only root file system and
// without capabilities, given a writable HOME.
func (r Release) Image(ctx context.Context, b *images.Builder) (images.Image, error) {
	binary, err := r.Binary(ctx, b)
	if err != nil {
		return images.Image{}, err
	}
	base, err := b.DebianRoot(ctx, "ca-certificates", "libstdc++6")
	if err != nil {
		return images.Image{}, err
	}
	files := []images.File{{Path: "/usr/bin/ollama", From: binary, Mode: 0o755}}
	if r.engine != nil {
		files = append(files, images.File{Path: "/usr/lib/ollama", From: filepath.Join(filepath.Dir(binary), "lib", "ollama")})
	}
	return b.FromFiles(ctx, images.Spec{
		Ref:   r.Ref(),
		Base:  []images.Layer{base},
		Files: files,
		Config: v1.Config{
			Entrypoint:   []string{"/bin/ollama"},
			Cmd:          []string{"serve"},
			Env:          []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "OLLAMA_HOST=0.0.0.0:11434"},
			ExposedPorts: map[string]struct{}{"11434/tcp": {}},
		},
	})
}

// RegistryPort is where the image of [RegistryImage] listens.
const RegistryPort = 5000

// RegistryImage returns an image of the registry that serves the models over TLS: command model-registry, with its models
// in the image and its certificate expected in /tls (tls.crt, tls.key, as a Secret of type kubernetes.io/tls mounts them).
// The image's tag is a hash of what is in it, so that a node never runs an older one. It runs as user 65532 and writes no
// file.
func RegistryImage(ctx context.Context, b *images.Builder, models ...Model) (images.Image, error) {
	store, err := Store(ctx, b, models...)
	if err != nil {
		return images.Image{}, err
	}
	binary, err := RegistryBinary(ctx, b)
	if err != nil {
		return images.Image{}, err
	}
	tag := sha256.Sum256([]byte(filepath.Base(store) + "\n" + filepath.Base(filepath.Dir(binary))))
	return b.FromFiles(ctx, images.Spec{
		Ref: "hearth.local/model-registry:" + hex.EncodeToString(tag[:5]),
		Files: []images.File{
			{Path: "/model-registry", From: binary, Mode: 0o755},
			{Path: "/models", From: store},
		},
		Config: v1.Config{
			Entrypoint:   []string{"/model-registry"},
			User:         "65532:65532",
			ExposedPorts: map[string]struct{}{"5000/tcp": {}},
		},
	})
}

// ModelsImage returns an image that holds nothing but models, in its folder models, for a pod that mounts it as a volume.
func ModelsImage(ctx context.Context, b *images.Builder, models ...Model) (images.Image, error) {
	store, err := Store(ctx, b, models...)
	if err != nil {
		return images.Image{}, err
	}
	return b.FromFiles(ctx, images.Spec{Ref: ModelsRef, Files: []images.File{{Path: "/models", From: store}}})
}

// ModelsRef is the reference of [ModelsImage].
const ModelsRef = "hearth.local/models:v1"

// RegistryBinary returns the path of command model-registry, compiled from this checkout without cgo. Go's own cache makes
// it fast; the artifact's key is the hash of the program, so that a changed source gives a changed image.
func RegistryBinary(ctx context.Context, b *images.Builder) (string, error) {
	scratch, err := os.MkdirTemp("", "hearth-e2e-registry-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(scratch)
	built := filepath.Join(scratch, "model-registry")
	if err := images.Run(ctx, "", []string{"CGO_ENABLED=0"}, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w",
		"-o", built, "github.com/hearth-dev/hearth/e2e/internal/ollama/registry/model-registry"); err != nil {
		return "", err
	}
	data, err := os.ReadFile(built)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	dir, err := b.Artifact(ctx, images.Artifact{
		Name:    "model-registry",
		Version: hex.EncodeToString(sum[:5]),
		Build: func(_ context.Context, dir string) error {
			return os.WriteFile(filepath.Join(dir, "model-registry"), data, 0o755)
		},
	})
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "model-registry"), nil
}
