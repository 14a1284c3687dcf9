// Package worlds is a corpus of small lists of objects that open Ollama or the
// chat, or do not: what hearth must find, and what it must leave alone.
package worlds

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/yaml"
)

// Verdict is what is right for a world. It stands in its first line, with the
// reason.
type Verdict string

const (
	// Open is for strangers: an error.
	Open Verdict = "open"
	// Private is for a private network alone: a warning.
	Private Verdict = "private"
	// Unseen is what the objects do not decide: a warning that says so.
	Unseen Verdict = "unseen"
	// Closed is nothing to speak of.
	Closed Verdict = "closed"
)

// World is one list of objects, or one Stack.
type World struct {
	// Name is that of its archive and of its file: services/node-port.
	Name    string
	Verdict Verdict
	// Why is the reason.
	Why string
	// Objects are YAML documents: those that all worlds of the archive have, and
	// its own.
	Objects []byte
	// Stack is the text of one; it has no Objects.
	Stack []byte
}

//go:embed testdata/*.txtar
var archives embed.FS

// stacks is the archive of whole Stacks.
const stacks = "stacks"

// All are all worlds of objects, in the order of their archives.
func All(t testing.TB) []World {
	return read(t, func(archive string) bool { return archive != stacks })
}

// Stacks are the worlds that are Stacks. They have one overlay, o.
func Stacks(t testing.TB) []World {
	return read(t, func(archive string) bool { return archive == stacks })
}

func read(t testing.TB, want func(archive string) bool) []World {
	t.Helper()
	var all []World
	files, err := fs.Glob(archives, "testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		archive := strings.TrimSuffix(path.Base(file), ".txtar")
		if !want(archive) {
			continue
		}
		data, err := archives.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		a := txtar.Parse(data)
		common := a.Files[0].Data
		for _, f := range a.Files[1:] {
			w, err := parse(f, common)
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			w.Name = archive + "/" + w.Name
			if archive == stacks {
				w.Stack, w.Objects = bytes.Join([][]byte{common, f.Data}, nil), nil
			}
			all = append(all, w)
		}
	}
	return all
}

func parse(f txtar.File, common []byte) (World, error) {
	line, rest, _ := bytes.Cut(f.Data, []byte("\n"))
	verdict, why, ok := strings.Cut(strings.TrimPrefix(string(line), "# "), ": ")
	if !ok {
		return World{}, fmt.Errorf("%s does not begin with a verdict and a reason", f.Name)
	}
	objects := bytes.Clone(common)
	if len(bytes.TrimSpace(rest)) > 0 {
		objects = append(append(objects, "---\n"...), rest...)
	}
	return World{Name: strings.TrimSuffix(f.Name, ".yaml"), Verdict: Verdict(verdict), Why: why, Objects: objects}, nil
}

// Found is one finding about who can reach what.
type Found struct {
	Rule    string
	Error   bool
	Message string
}

// about are the rules of the analysis.
var about = map[string]bool{"ollama-exposed": true, "chat-exposed": true, "ollama-open": true, "exposure-unseen": true}

// Items are the objects as one list of JSON, for what takes a list.
func (w World) Items(t testing.TB) string {
	t.Helper()
	var all []string
	for document := range bytes.SplitSeq(w.Objects, []byte("\n---\n")) {
		item, err := yaml.YAMLToJSON(document)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(item))
	}
	return "[" + strings.Join(all, ",") + "]"
}

// Refused says what is wrong with a tool that has no more to say than whether it
// goes on: it has to stop where strangers get in, and nowhere else.
func (w World) Refused(refused bool, why string) string {
	if refused == (w.Verdict == Open) {
		return ""
	}
	return fmt.Sprintf("is %s (%s), and refused: %t %s", w.Verdict, w.Why, refused, why)
}

// Judge says what is wrong with findings, "" if they are right for the world.
// Those of other rules do not count.
func (w World) Judge(found []Found) string {
	errors, warnings, unseen, all := 0, 0, 0, ""
	for _, f := range found {
		switch {
		case !about[f.Rule]:
			continue
		case f.Error:
			errors++
		case f.Rule == "exposure-unseen":
			unseen++
		default:
			warnings++
		}
		all += fmt.Sprintf("\n  %s: %s", f.Rule, f.Message)
	}
	right := map[Verdict]bool{
		Open:    errors > 0,
		Private: errors == 0 && warnings > 0,
		Unseen:  errors == 0 && unseen > 0,
		Closed:  errors+warnings+unseen == 0,
	}[w.Verdict]
	if right {
		return ""
	}
	return fmt.Sprintf("is %s (%s), and found is:%s", w.Verdict, w.Why, all)
}
