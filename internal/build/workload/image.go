package workload

import (
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// Image is the reference to pull: the official image, the person's parts over
// it, then the mirror of its registry.
func Image(base *v1alpha1.Base, official, own v1alpha1.Image) string {
	registry, repository, tag := official.Registry, official.Repository, official.Tag
	if own.Registry != "" {
		registry = own.Registry
	}
	if own.Repository != "" {
		repository = own.Repository
	}
	if own.Tag != "" {
		tag = own.Tag
	}
	if mirror, ok := base.Images.Mirrors[registry]; ok {
		registry = strings.TrimSuffix(mirror, "/")
	}
	ref := registry + "/" + repository + ":" + tag
	if own.Digest != "" {
		ref += "@" + own.Digest
	}
	return ref
}
