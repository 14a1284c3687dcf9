package workload

import (
	"cmp"
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// Image is the reference to pull: the official image, the person's parts over
// it, then the mirror of its registry.
func Image(base *v1alpha1.Base, official, own v1alpha1.Image) string {
	registry := cmp.Or(own.Registry, official.Registry)
	if mirror, ok := base.Images.Mirrors[registry]; ok {
		registry = strings.TrimSuffix(mirror, "/")
	}
	ref := registry + "/" + cmp.Or(own.Repository, official.Repository) + ":" + cmp.Or(own.Tag, official.Tag)
	if own.Digest != "" {
		ref += "@" + own.Digest
	}
	return ref
}
