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
	before, after := chatTag(old), chatTag(new)
	if before == "" || after == "" || before == after {
		return
	}
	p := problem.Problem{Path: fmt.Sprintf("%s spec.template.spec.containers[%s].image", id, chat)}
	from, errFrom := version.ParseGeneric(before)
	to, errTo := version.ParseGeneric(after)
	change := before + " would become " + after
	switch {
	case errFrom != nil || errTo != nil:
		p.Message = change + ", and which of them is newer cannot be told: Open WebUI's migrations of its database only go forward"
		p.Fix = "back the volume up first, and do not go back: docs/restore.md"
		f.record(folder, warned, p)
	case to.LessThan(from):
		p.Message = change + ": Open WebUI's migrations of its database only go forward, and the older version does not start on what the newer one made of it"
		p.Fix = fmt.Sprintf("keep %s; or restore a backup that %s made, and render with --recreate", before, after)
		f.record(folder, recreate, p)
	case from.LessThan(to):
		p.Message = change + ": Open WebUI migrates its database when it starts, and only a backup leads back"
		p.Fix = "back the volume up first: docs/restore.md"
		f.record(folder, warned, p)
	}
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
