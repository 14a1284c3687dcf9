package fleetsim

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// raw returns the objects of every YAML and JSON file, but for the folder
// overlays/ (in a raw bundle, Fleet's own name for patches) and folders that
// are a chart or another bundle.
func (b Bundle) raw(options Options) ([]map[string]any, error) {
	if options.YAML != nil && len(options.YAML.Overlays) > 0 {
		return nil, errors.New("yaml.overlays is set, which is not simulated")
	}
	skip := []string{"overlays/"}
	for name := range b.Files {
		dir, base := path.Split(name)
		if dir != "" && (base == fleetYAML || base == fleetYML || base == "Chart.yaml") {
			skip = append(skip, dir)
		}
	}
	var objects []map[string]any
	for _, name := range b.names() {
		if !isManifest(name, skip) {
			continue
		}
		if strings.HasPrefix(name, "templates/") && bytes.Contains(b.Files[name], []byte("{{")) {
			return nil, fmt.Errorf("%s is a Helm template, which is not simulated", name)
		}
		found, err := decode(b.Files[name])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		objects = append(objects, found...)
	}
	return objects, nil
}

func isManifest(name string, skip []string) bool {
	switch path.Ext(name) {
	case ".yaml", ".yml", ".json":
	default:
		return false
	}
	for _, dir := range skip {
		if strings.HasPrefix(name, dir) {
			return false
		}
	}
	return name != fleetYML
}

// decode returns the objects of one file. A document without kind drops the
// whole file, and one without apiVersion itself, both without a word.
func decode(content []byte) ([]map[string]any, error) {
	var objects []map[string]any
	keep := func(o *unstructured.Unstructured) {
		if o.GetAPIVersion() != "" && o.GetKind() != "" {
			objects = append(objects, o.Object)
		}
	}
	documents := yaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(content)))
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, err
		}
		document, err = yaml.ToJSON(document)
		if err != nil {
			return nil, err
		}
		var fields map[string]any
		if err := json.Unmarshal(document, &fields); err != nil {
			return nil, err
		}
		if len(fields) == 0 {
			continue
		}
		object, _, err := unstructured.UnstructuredJSONScheme.Decode(document, nil, nil)
		if runtime.IsMissingKind(err) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		switch o := object.(type) {
		case *unstructured.Unstructured:
			keep(o)
		case *unstructured.UnstructuredList:
			for i := range o.Items {
				keep(&o.Items[i])
			}
		}
	}
}
