package diff

import (
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/internal/objects"
)

// Op is what becomes of an object or an overlay.
type Op string

// What may become of it.
const (
	Same    Op = "unchanged"
	Changed Op = "changed"
	Created Op = "created"
	Deleted Op = "deleted"
	Renamed Op = "renamed" // overlays only
)

// Level is how much an effect matters to who reviews the change.
type Level string

// The levels, the gravest first.
const (
	// Refused: a cluster does not take it, or what runs there cannot follow.
	Refused Level = "refused"
	// Data may be lost, or begins empty.
	Data Level = "data"
	// Down: nobody is served for a while.
	Down Level = "down"
	// Opens: more can reach it than before.
	Opens Level = "opens"
	Note  Level = "note"
)

// Levels are all of them, the gravest first.
func Levels() []Level { return []Level{Refused, Data, Down, Opens, Note} }

// Effect is what follows of a change.
type Effect struct {
	Rule  string `json:"rule"`
	Level Level  `json:"level"`
	Text  string `json:"text"`
}

// Field is one that differs. nil is a value that is not there.
type Field struct {
	Path string `json:"path"`
	Old  any    `json:"old"`
	New  any    `json:"new"`
}

// Change is what becomes of one object.
type Change struct {
	Object  objects.Ref `json:"object"`
	Op      Op          `json:"change"`
	Fields  []Field     `json:"fields,omitempty"` // of a changed object
	Effects []Effect    `json:"effects"`
	// Diff of the object's YAML, unified.
	Diff string `json:"diff"`
}

// key is what a cluster knows an object by, whatever the version of its API.
type key struct{ group, kind, namespace, name string }

func keyOf(r objects.Ref) key { return key{r.Group(), r.Kind, r.Namespace, r.Name} }

// Objects compares what a cluster has with what it gets: each object that
// differs, by namespace, kind and name.
func Objects(old, new []objects.Object) []Change {
	before, after := byKey(old), byKey(new)
	sets := pair{objects.New(old), objects.New(new)}
	var all []Change
	for key, o := range before {
		n := after[key]
		if n == nil {
			all = append(all, judged(&change{ref: objects.RefOf(o), old: o, pair: sets}, Deleted))
		} else if fields := fieldsOf(o, n); len(fields) > 0 {
			all = append(all, judged(&change{ref: objects.RefOf(n), old: o, new: n, fields: fields, pair: sets}, Changed))
		}
	}
	for key, n := range after {
		if before[key] == nil {
			all = append(all, judged(&change{ref: objects.RefOf(n), new: n, pair: sets}, Created))
		}
	}
	slices.SortFunc(all, func(a, b Change) int {
		order := func(c Change) string {
			return strings.Join([]string{c.Object.Namespace, c.Object.Kind, c.Object.Name, c.Object.APIVersion}, "\x00")
		}
		return strings.Compare(order(a), order(b))
	})
	return all
}

func byKey(list []objects.Object) map[key]objects.Object {
	all := map[key]objects.Object{}
	for _, o := range list {
		all[keyOf(objects.RefOf(o))] = o
	}
	return all
}

func judged(c *change, op Op) Change {
	out := Change{Object: c.ref, Op: op, Fields: c.fields, Diff: unified(c.ref, c.old, c.new)}
	for _, r := range rules() {
		if r.op != op {
			continue
		}
		for _, effect := range r.find(c) {
			effect.Rule = r.id
			if !slices.Contains(out.Effects, effect) {
				out.Effects = append(out.Effects, effect)
			}
		}
	}
	if len(out.Effects) == 0 {
		out.Effects = []Effect{{"in-place", Note, map[Op]string{
			Changed: "taken over in place; no pod restarts",
			Created: "made anew",
		}[op]}}
	}
	slices.SortStableFunc(out.Effects, func(a, b Effect) int {
		return slices.Index(Levels(), a.Level) - slices.Index(Levels(), b.Level)
	})
	return out
}
