package diff

import (
	"reflect"

	"github.com/hearth-dev/hearth/internal/objects"
)

// restartGroups is what a changed LeaderWorkerSet does: its controller replaces the
// groups one after another, each as a whole.
func restartGroups(c *change) []Effect {
	at := []string{"spec", "leaderWorkerTemplate"}
	switch {
	case !c.ref.Is("leaderworkerset.x-k8s.io", "LeaderWorkerSet") || reflect.DeepEqual(objects.At(c.old, at...), objects.At(c.new, at...)):
		return nil
	case pods(c.new) == "0":
		return one(Note, "no group runs (replicas: 0): it counts when one does")
	case pods(c.new) == "1":
		return one(Down, "all pods of the group stop and are made anew: nobody is served until the model is loaded; how long is not known here")
	}
	return one(Note, "the groups are made anew one after another: the others serve until each has loaded the model")
}
