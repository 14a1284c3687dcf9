package restore_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hearth-dev/hearth/internal/build/catalog/restore"
)

// Each kind of backup has the ways back that it keeps something for.
func TestWays(t *testing.T) {
	for _, c := range []struct {
		name, storage, kept string
		ways                []string
	}{
		{"none", "{}", "Nothing keeps earlier states", nil},
		{"a claim of somebody else's", "{existingClaim: mine}", "Whoever made the claim", nil},
		{"a schedule", "{backup: {type: snapshotSchedule, keep: 3, snapshotSchedule: {className: csi}}}", "at `0 3 * * *`, of the VolumeSnapshotClass `csi`, and keeps the last 3", []string{"From a VolumeSnapshot"}},
		{"jobs of Longhorn's", "{backup: {type: longhorn}}", "of the group `default`", []string{"From a snapshot of Longhorn's", "From a backup of Longhorn's"}},
		{"its own snapshots", "{backup: {type: longhorn, longhorn: {group: own, task: snapshot}}}", "takes a snapshot", []string{"From a snapshot of Longhorn's"}},
		{"its own backups", "{backup: {type: longhorn, longhorn: {group: own, task: backup}, schedule: 0 4 * * *}}", "takes a backup at `0 4 * * *`", []string{"From a backup of Longhorn's"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			both := volumes(t, "openWebUI: {storage: "+c.storage+"}\nollama: {models: [\"llama3.2:3b\"], storage: "+strings.ReplaceAll(strings.ReplaceAll(c.storage, "own", "other"), "mine", "its")+"}")
			if len(both) != 2 || both[0].Program != "Open WebUI" || both[1].Program != "Ollama" {
				t.Fatalf("got %+v", both)
			}
			for _, v := range both {
				if !strings.Contains(v.Kept, c.kept) {
					t.Errorf("%s: got %q, want %q in it", v.Program, v.Kept, c.kept)
				}
				want := c.ways
				if v.Program == "Ollama" && c.storage != "{existingClaim: mine}" {
					want = append(want[:len(want):len(want)], "By a pull")
				}
				if diff := cmp.Diff(want, titles(v)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", v.Program, diff)
				}
			}
			if want := map[bool]string{true: "mine", false: "open-webui"}[strings.Contains(c.storage, "mine")]; both[0].Claims[0] != want {
				t.Errorf("got the claim %s, want %s", both[0].Claims[0], want)
			}
		})
	}
}

func titles(v restore.Volume) (titles []string) {
	for _, way := range v.Ways {
		titles = append(titles, way.Title)
	}
	return titles
}
