package upgrade

import (
	"fmt"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/versions"
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
	return databaseVersion(chatTag(old), chatTag(new))
}

func databaseVersion(before, after string) (message, fix string, back bool) {
	if before == "" || after == "" || before == after {
		return "", "", false
	}
	change := before + " would become " + after
	steps, counted := versions.OpenWebUI.Migrations(before, after)
	what := "Open WebUI's migrations of its database only go forward"
	if counted {
		what = fmt.Sprintf("%d migrations of Open WebUI's database lie between, which only go forward", steps)
	}
	switch {
	case !versions.IsVersion(before) || !versions.IsVersion(after):
		return change + ", and which of them is newer cannot be told: " + what,
			"back the volume up first, and do not go back: docs/restore.md", false
	case counted && steps == 0:
		return "", "", false
	case versions.Older(after, before):
		return change + ": " + what + ", and the older version does not start on what the newer one made of it",
			fmt.Sprintf("keep %s; or restore a backup that %s made, and render with --recreate", before, after), true
	case !versions.Older(before, after):
		return "", "", false
	case counted:
		return fmt.Sprintf("%s: Open WebUI migrates its database when it starts, in %d steps, and only a backup leads back", change, steps),
			"back the volume up first: docs/restore.md", false
	}
	return change + ": Open WebUI migrates its database when it starts, and only a backup leads back",
		"back the volume up first: docs/restore.md", false
}

// database judges another database of the chat. Open WebUI has nothing that carries
// chats from one to the other.
func (f *findings) database(folder string, id id, old, new map[string]any) {
	if message, fix := ChatDatabase(old, new); message != "" {
		f.record(folder, abandon, problem.Problem{
			Path: fmt.Sprintf("%s spec.template.spec.containers[%s].env[%s]", id, chat, databaseURL), Message: message, Fix: fix,
		})
	}
}

const (
	databaseURL = "DATABASE_URL"
	ownFile     = "the file webui.db on its volume"
)

// ChatDatabase says what becomes of accounts and chats where the chat's data is to
// be in another database than before; no message where it stays.
func ChatDatabase(old, new objects.Object) (message, fix string) {
	before, was := chatDatabase(old)
	after, is := chatDatabase(new)
	if !was || !is || before == after {
		return "", ""
	}
	return fmt.Sprintf("the chat would keep its data in %s: accounts, chats and settings stay behind in %s, and it begins with what is in the other one, nothing in a new one", after, before),
		"move them first: docs/how-to.md, Another database; then, or if they may stay behind, render with --abandon-volumes, which deletes nothing"
}

// chatDatabase is where the chat keeps its data, in words; false for an object
// that is no chat.
func chatDatabase(object map[string]any) (where string, ok bool) {
	for _, c := range objects.List(object, "spec", "template", "spec", "containers") {
		if objects.Text(c, "name") != chat {
			continue
		}
		for _, v := range objects.List(c, "env") {
			if objects.Text(v, "name") != databaseURL {
				continue
			}
			if ref := objects.Child(v, "valueFrom", "secretKeyRef"); ref != nil {
				return fmt.Sprintf("the database of Secret/%s, key %s", objects.Text(ref, "name"), objects.Text(ref, "key")), true
			}
			return "the database of its variable", true // whose URL may have a password
		}
		return ownFile, true
	}
	return "", false
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
