package overlay

import (
	"bytes"
	"encoding/json"
	"fmt"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// Build runs kustomize on a folder of a tree of files and returns the objects
// in its order. It builds as Fleet's agent does: in memory, without plugins,
// and loading files only from below each kustomization. It may be called from several
// goroutines at once, with files that choose no OpenAPI schema of their own.
func Build(files map[string][]byte, folder string) ([]Object, error) {
	readSchemas()
	fs := filesys.MakeFsInMemory()
	for path, content := range files {
		if err := fs.WriteFile(path, content); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	// The default options are Fleet's.
	resources, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(fs, folder)
	if err != nil {
		return nil, err
	}
	var objects []Object
	for _, r := range resources.Resources() {
		out, err := r.MarshalJSON()
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", r.CurId(), err)
		}
		decoder := json.NewDecoder(bytes.NewReader(out))
		decoder.UseNumber()
		var o Object
		if err := decoder.Decode(&o); err != nil {
			return nil, fmt.Errorf("reading %s: %w", r.CurId(), err)
		}
		objects = append(objects, o)
	}
	return objects, nil
}
