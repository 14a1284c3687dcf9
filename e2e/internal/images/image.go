package images

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// Image is a container image on disk, ready for a node or a Docker daemon to load.
type Image struct {
	// Ref is the reference that manifests use, with its registry: docker.io/kindest/local-path-helper:v1.
	Ref string
	// Tar is the path of the docker-archive that holds the image under Ref.
	Tar string
}

// Spec says what goes into an image that is built from nothing.
type Spec struct {
	// Ref is the reference the image will have. The registry must be written out, and so must the tag: a kubelet pulls
	// :latest again whatever is on the node.
	Ref string
	// Base holds the lower layers, lowest first, such as one from DebianRoot. Optional.
	Base []Layer
	// Files form the topmost layer, in any order. Parent folders are made as needed, owned by root, mode 0755.
	Files []File
	// Config is the image's entrypoint, environment, user and so on.
	Config v1.Config
}

// FromFiles returns the image that spec describes, from the cache if it was built before. Equal specs give equal bytes:
// entries are sorted and carry no time.
func (b *Builder) FromFiles(ctx context.Context, spec Spec) (Image, error) {
	ref, err := name.ParseReference(spec.Ref, name.StrictValidation)
	if err != nil {
		return Image{}, fmt.Errorf("image reference %q: %w; want registry/name:tag", spec.Ref, err)
	}
	recipe, err := b.recipe(spec)
	if err != nil {
		return Image{}, fmt.Errorf("image %s: %w", spec.Ref, err)
	}
	dir, err := b.Artifact(ctx, Artifact{
		Name:    "image-" + filepath.Base(ref.Context().RepositoryStr()),
		Version: ref.Identifier(),
		Recipe:  recipe,
		Build: func(_ context.Context, dir string) error {
			return writeArchive(filepath.Join(dir, "image.tar"), spec)
		},
	})
	if err != nil {
		return Image{}, err
	}
	return Image{Ref: spec.Ref, Tar: filepath.Join(dir, "image.tar")}, nil
}

// writeArchive writes the images of specs to one docker-archive at dest. A layer that several share is written once.
func writeArchive(dest string, specs ...Spec) error {
	images := map[name.Reference]v1.Image{}
	for i, spec := range specs {
		ref, err := name.ParseReference(spec.Ref, name.StrictValidation)
		if err != nil {
			return err
		}
		layer, err := layerOfFiles(fmt.Sprintf("%s.layer%d", dest, i), spec.Files)
		if err != nil {
			return fmt.Errorf("%s: %w", spec.Ref, err)
		}
		defer os.Remove(layer.Tar)
		if images[ref], err = assemble(append(slices.Clone(spec.Base), layer), spec.Config); err != nil {
			return fmt.Errorf("%s: %w", spec.Ref, err)
		}
	}
	return tarball.MultiRefWriteToFile(dest, images)
}

// assemble stacks layers, lowest first, under a config. It names no build time, so that equal input gives equal bytes.
func assemble(layers []Layer, config v1.Config) (v1.Image, error) {
	image := empty.Image
	for _, l := range layers {
		opened, err := openLayer(l.Tar)
		if err != nil {
			return nil, fmt.Errorf("layer %s: %w", l.Tar, err)
		}
		if image, err = mutate.AppendLayers(image, opened); err != nil {
			return nil, err
		}
	}
	file, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	file = file.DeepCopy()
	file.Architecture, file.OS = architecture, "linux"
	file.Config = config
	file.Created = v1.Time{Time: time.Unix(0, 0).UTC()}
	return mutate.ConfigFile(image, file)
}

// recipe differs for any two specs that give different images. A file in the cache is known by its path, which holds
// the version and the recipe it was made by; reading gigabytes to hash them would cost the second run its speed.
func (b *Builder) recipe(spec Spec) (string, error) {
	var sources []string
	for _, f := range spec.Files {
		if f.From == "" {
			continue
		}
		source, err := b.identity(f.From)
		if err != nil {
			return "", err
		}
		sources = append(sources, source)
	}
	var base []string
	for _, l := range spec.Base {
		source, err := b.identity(l.Tar)
		if err != nil {
			return "", err
		}
		base = append(base, source)
	}
	files := make([]File, len(spec.Files))
	for i, f := range spec.Files {
		f.From = ""
		files[i] = f
	}
	data, err := json.Marshal(struct {
		Layout        int // raise it when the same spec is written differently
		Base, Sources []string
		Files         []File
		Config        v1.Config
	}{1, base, sources, files, spec.Config})
	return string(data), err
}
