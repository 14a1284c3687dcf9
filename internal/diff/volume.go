package diff

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/upgrade"
)

func isClaim(r objects.Ref) bool { return r.Is("", "PersistentVolumeClaim") }

// isDatabase reports whether it is a Cluster of CloudNativePG, whose volumes go with it.
func isDatabase(r objects.Ref) bool { return r.Is("postgresql.cnpg.io", "Cluster") }

// asked is the size of a claim.
func asked(claim objects.Object) string {
	return fmt.Sprint(objects.At(claim, "spec", "resources", "requests", "storage"))
}

func className(claim objects.Object) string {
	if name := objects.Text(claim, "spec", "storageClassName"); name != "" {
		return "the storage class " + name
	}
	return "the cluster's default storage class"
}

// grown is a claim that asks for more, one that asks for less being refused; and a
// chat that keeps its data elsewhere than on its volume, or there again.
func grown(c *change) []Effect {
	if !isClaim(c.ref) {
		return chatDatabase(c.old, c.new)
	}
	before, err := resource.ParseQuantity(asked(c.old))
	after, err2 := resource.ParseQuantity(asked(c.new))
	if err != nil || err2 != nil || after.Cmp(before) <= 0 {
		return nil
	}
	return one(Note, "the volume grows from %s to %s if %s has allowVolumeExpansion: true; if not, the API server refuses it. It never shrinks again", asked(c.old), asked(c.new), className(c.new))
}

func newVolume(c *change) []Effect {
	if !isClaim(c.ref) {
		return nil
	}
	return one(Note, "a new volume of %s by %s, empty", asked(c.new), className(c.new))
}

// lostVolume is what becomes of a claim's data, by who deploys the tree.
func lostVolume(c *change) []Effect {
	if isDatabase(c.ref) {
		return one(Data, "%s; if the data is not needed: kubectl -n %s delete clusters.postgresql.cnpg.io %s", upgrade.FateOf(c.old), c.ref.Namespace, c.ref.Name)
	}
	if !isClaim(c.ref) {
		return nil
	}
	return one(Data, "%s; if the data is not needed: kubectl -n %s delete pvc %s", upgrade.FateOf(c.old), c.ref.Namespace, c.ref.Name)
}

// and is a list in words.
func and(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	last := len(list) - 1
	return strings.Join(list[:last], ", ") + " and " + list[last]
}
