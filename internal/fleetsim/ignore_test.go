package fleetsim_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/hearth-dev/hearth/internal/fleetsim"
)

// What an archive cannot show: bytes that an editor hides. The rest is in
// testdata/ignore-*.txtar.
func TestIgnoreFileAsBytes(t *testing.T) {
	for _, tt := range []struct {
		name   string
		ignore string
		packed []string
	}{
		{"LF", "a\nb\n", nil},
		{"CRLF", "a\r\nb\r\n", nil},
		{"no newline at the end", "a\nb", nil},
		{"a BOM belongs to the first pattern", "\ufeffa\nb\n", []string{"a"}},
		{"trailing tab", "a\t\nb\n", nil},
		{"a line above 64 KiB ends the file", "a\n" + strings.Repeat("x", 1<<16) + "\nb\n", []string{"b"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bundles, err := fleetsim.Open(fstest.MapFS{
				"fleet.yaml":   {Data: []byte("name: x\n")},
				".fleetignore": {Data: []byte(tt.ignore)},
				"a":            {},
				"b":            {},
				"keep":         {},
			})
			if err != nil {
				t.Fatal(err)
			}
			want := append(slices.Clone(tt.packed), "keep")
			if diff := cmp.Diff(want, slices.Sorted(maps.Keys(bundles[0].Files))); diff != "" {
				t.Errorf("packed files (-want +got):\n%s", diff)
			}
		})
	}
}
