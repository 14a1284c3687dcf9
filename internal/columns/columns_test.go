package columns_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hearth-dev/hearth/internal/columns"
)

func TestTable(t *testing.T) {
	got := columns.Table([][]string{
		{"RULE", "SEVERITY", "REASON"},
		{"ollama-open", "error", "without a NetworkPolicy every pod of the cluster can use, delete and replace the models"},
		{"ünïcode", "", "short"},
	})
	want := `RULE         SEVERITY  REASON
ollama-open  error     without a NetworkPolicy every pod of the cluster can use,
                       delete and replace the models
ünïcode                short
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestHang(t *testing.T) {
	for _, c := range []struct{ name, head, text, want string }{
		{"fits", "fix: ", "take more", "fix: take more\n"},
		{"nothing", "fix: ", "", "fix:\n"},
		{"wrapped", "fix: ", "give it more memory than the models need, or take smaller ones: see --fits of hearth size",
			"fix: give it more memory than the models need, or take smaller ones: see --fits\n     of hearth size\n"},
		{"a word without end", "fix: ", "see https://github.com/hearth-dev/hearth/blob/0006c973aa7d6ace293e2a5fedaf1f8f804f960c/docs/sizing.md please",
			"fix: see\n     https://github.com/hearth-dev/hearth/blob/0006c973aa7d6ace293e2a5fedaf1f8f804f960c/docs/sizing.md\n     please\n"},
	} {
		if diff := cmp.Diff(c.want, columns.Hang(columns.Width, c.head, c.text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
