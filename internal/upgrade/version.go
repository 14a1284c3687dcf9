package upgrade

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/version"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/objects"
)

// chat is the container whose database is migrated when it starts, and only
// forward: 0.9.4 does not start on the database of 0.12.4.
const chat = "open-webui"

// version judges another version of the chat over the same volume.
func (f *findings) version(folder string, id id, old, new map[string]any) {
	message, fix, back := ChatVersion(old, new)
	if message == "" {
		return
	}
	how := warned
	if back {
		how = recreate
	}
	f.record(folder, how, problem.Problem{
		Path: fmt.Sprintf("%s spec.template.spec.containers[%s].image", id, chat), Message: message, Fix: fix,
	})
}

// ChatVersion says what another version of the chat does to its database, and
// whether it goes back; no message if nothing.
func ChatVersion(old, new objects.Object) (message, fix string, back bool) {
	before, after := chatTag(old), chatTag(new)
	if before == "" || after == "" || before == after {
		return "", "", false
	}
	from, errFrom := version.ParseGeneric(before)
	to, errTo := version.ParseGeneric(after)
	change := before + " would become " + after
	switch {
	case errFrom != nil || errTo != nil:
		return change + ", and which of them is newer cannot be told: Open WebUI's migrations of its database only go forward",
			"back the volume up first, and do not go back: docs/restore.md", false
	case to.LessThan(from):
		return change + ": Open WebUI's migrations of its database only go forward, and the older version does not start on what the newer one made of it",
			fmt.Sprintf("keep %s; or restore a backup that %s made, and render with --recreate", before, after), true
	case from.LessThan(to):
		return change + ": Open WebUI migrates its database when it starts, and only a backup leads back",
			"back the volume up first: docs/restore.md", false
	}
	return "", "", false
}

// chatTag is the tag of the chat's image; "" for another object, or no tag.
func chatTag(object map[string]any) string {
	for _, c := range objects.List(object, "spec", "template", "spec", "containers") {
		image := objects.Text(c, "image")
		repository := objects.Repository(image)
		if objects.Text(c, "name") != chat {
			continue
		}
		image, _, _ = strings.Cut(strings.TrimPrefix(image, repository), "@")
		return strings.TrimPrefix(image, ":")
	}
	return ""
}
