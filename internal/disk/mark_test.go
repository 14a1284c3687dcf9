package disk

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A run that stops between two renames is finished by the next one of the same
// files, even if that one is stopped in turn; one of others knows that it is not.
func TestResume(t *testing.T) {
	dir := t.TempDir()
	old, new, third := version(0), version(1), map[string]string{"fleet.yaml": generated("third\n")}
	if err := render(dir, old); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		stop(t, dir, new)
		for _, test := range []struct {
			name    string
			files   map[string]string
			resumes bool
		}{{"the same", new, true}, {"the old", old, false}, {"others", third, false}} {
			plan, err := Compare(dir, wanted(test.files))
			if err != nil {
				t.Fatal(err)
			}
			if !plan.Stopped || plan.Resumes != test.resumes {
				t.Errorf("%s: stopped %v, resumes %v; want true, %v", test.name, plan.Stopped, plan.Resumes, test.resumes)
			}
		}
	}
	// A run that writes nothing leaves the mark of the one that did.
	plan, err := Compare(dir, wanted(third))
	if err != nil {
		t.Fatal(err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := plan.Apply(cancelled); err == nil {
		t.Fatal("a cancelled run wrote")
	}
	if plan, err = Compare(dir, wanted(new)); err != nil || !plan.Resumes {
		t.Errorf("a run that wrote nothing took the mark away (%v)", err)
	}
	if err := render(dir, new); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(new, contents(t, dir)); diff != "" {
		t.Errorf("finished (-want +got):\n%s", diff)
	}
	if plan, err = Compare(dir, wanted(new)); err != nil || plan.Stopped || plan.Resumes {
		t.Errorf("a whole run left its mark (%v)", err)
	}
}

// stop lets a run fail in the middle of its renames, by a folder that comes to
// stand at the place of its last file.
func stop(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	plan, err := Compare(dir, wanted(files))
	if err != nil {
		t.Fatal(err)
	}
	obstacle := filepath.Join(dir, "overlays/only1/file7.yaml")
	if err := os.MkdirAll(filepath.Join(obstacle, "inside"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := plan.Apply(t.Context()); err == nil || !strings.Contains(err.Error(), "run hearth render again") {
		t.Fatalf("got %v, want some files to be new", err)
	}
	if err := os.RemoveAll(obstacle); err != nil {
		t.Fatal(err)
	}
}
