package generator_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/generator"
)

// mergedAsWritten holds the merged bases of the overlays to RFC 7386, applied
// here to the YAML: each must be what Load makes of the merged text alone.
func mergedAsWritten(t *testing.T, data []byte, stack *v1alpha1.Resolved) {
	t.Helper()
	root := document(t, data)
	bases := map[string]*yaml.Node{}
	for _, b := range get(root, "spec", "bases").Content {
		bases[get(b, "name").Value] = b
	}
	overlays := get(root, "spec", "overlays")
	if overlays == nil {
		return
	}
	for i, o := range overlays.Content {
		var merged []v1alpha1.Base
		for _, entry := range get(o, "bases").Content {
			name := get(entry, "name").Value
			alone := mapping("apiVersion", scalar(v1alpha1.APIVersion), "kind", scalar(v1alpha1.Kind),
				"metadata", get(root, "metadata"),
				"spec", substitutedAs(root, mapping("bases", &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{mergePatched(bases[name], entry)}})))
			want, problems := generator.Load("merged.yaml", text(t, alone))
			if want == nil {
				t.Errorf("overlay %d, base %s, merged by RFC 7386, is refused: %v\n%s", i, name, problems.Err(), text(t, alone))
				return
			}
			merged = append(merged, want.Bases[0])
		}
		v1alpha1.Connect(merged)
		if diff := cmp.Diff(merged, stack.Overlays[i].Bases); diff != "" {
			t.Errorf("overlay %d (-RFC 7386, connected, +Load):\n%s", i, diff)
		}
	}
}

// substitutedAs is a spec whose variables the same one puts in as those of a stack.
func substitutedAs(root, spec *yaml.Node) *yaml.Node {
	if by := get(root, "spec", "substitute"); by != nil {
		spec.Content = append(spec.Content, scalar("substitute"), by)
	}
	return spec
}

// mergePatched is RFC 7386, section 2, on YAML.
func mergePatched(target, patch *yaml.Node) *yaml.Node {
	if patch.Kind != yaml.MappingNode {
		return patch
	}
	out := &yaml.Node{Kind: yaml.MappingNode}
	if target != nil && target.Kind == yaml.MappingNode {
		for i := 0; i < len(target.Content); i += 2 {
			if get(patch, target.Content[i].Value) == nil {
				out.Content = append(out.Content, target.Content[i:i+2]...)
			}
		}
	}
	for i := 0; i < len(patch.Content); i += 2 {
		key, value := patch.Content[i], patch.Content[i+1]
		if value.ShortTag() != "!!null" {
			out.Content = append(out.Content, key, mergePatched(get(target, key.Value), value))
		}
	}
	return out
}
