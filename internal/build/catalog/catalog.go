// Package catalog writes what says to people, and to the programs in which they
// look for a service, what runs where. None of it goes into a cluster. Each kind
// of file has a room of its own below.
package catalog

import (
	"fmt"
	"path"
	"slices"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/catalog/backstage"
	"github.com/hearth-dev/hearth/internal/build/catalog/gatus"
	"github.com/hearth-dev/hearth/internal/build/catalog/homer"
	"github.com/hearth-dev/hearth/internal/build/catalog/page"
	"github.com/hearth-dev/hearth/internal/build/file"
	"github.com/hearth-dev/hearth/internal/build/object"
)

// Service is an overlay, and all that it deploys.
type Service struct {
	Overlay *v1alpha1.ResolvedOverlay
	// Objects after resources and patches; nothing asks for those of an overlay that
	// Shows denies.
	Objects []object.Object
}

// Shows reports whether a page shows the objects of an overlay.
func Shows(r *v1alpha1.Resolved, o *v1alpha1.ResolvedOverlay) bool {
	return r.Catalog != nil && r.Catalog.Pages != nil && !o.About.Hidden
}

// Files are the files that the stack's catalog asks for, by their paths in the
// tree.
func Files(r *v1alpha1.Resolved, services []Service) (map[string][]byte, error) {
	files := map[string][]byte{}
	add := func(name string, data []byte, err error) error {
		if err == nil && files[name] != nil {
			err = fmt.Errorf("it is another file of the catalog too: choose another path")
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		files[name] = data
		return nil
	}
	c := r.Catalog
	if c == nil {
		return files, nil
	}
	shown := *r
	r = &shown
	r.Overlays = slices.DeleteFunc(slices.Clone(r.Overlays), func(o v1alpha1.ResolvedOverlay) bool { return o.About.Hidden })
	services = slices.DeleteFunc(slices.Clone(services), func(s Service) bool { return s.Overlay.About.Hidden })
	if c.Pages != nil {
		for _, s := range services {
			data, err := page.Write(r, s.Overlay, s.Objects)
			if err := add(path.Join(c.Pages.Folder, s.Overlay.Name+".md"), data, err); err != nil {
				return nil, err
			}
		}
	}
	if h := c.Homer; h != nil {
		data, err := file.YAML(r.Name, homer.Of(r), homer.Notes)
		if err := add(h.Path, data, err); err != nil {
			return nil, err
		}
	}
	if g := c.Gatus; g != nil {
		data, err := file.YAML(r.Name, gatus.Of(r), gatus.Notes)
		if err := add(g.Path, data, err); err != nil {
			return nil, err
		}
	}
	if c.Backstage != nil {
		data, err := backstage.Write(r)
		if err := add(c.Backstage.Path, data, err); err != nil {
			return nil, err
		}
	}
	return files, nil
}
