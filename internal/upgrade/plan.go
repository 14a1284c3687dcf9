package upgrade

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/document"
	"github.com/hearth-dev/hearth/internal/resolve"
	"github.com/hearth-dev/hearth/internal/versions"
	"github.com/hearth-dev/hearth/sizing"
)

// Target versions of the programs of a stack; "" for one that stays.
type Target struct{ Ollama, OpenWebUI string }

// Plan is what other versions of a stack's programs change.
type Plan struct {
	// Moves are the programs that get another version.
	Moves []Move `json:"moves"`
	// Stays are those that do not, and why.
	Stays []Stay `json:"stays,omitempty"`
	// Refused is what render would refuse of the stack with these versions.
	Refused []string `json:"refused,omitempty"`

	changes []problem.Change
	places  problem.List // of the changes
	seen    map[problem.Change]bool
	before  *v1alpha1.Resolved
}

// Where a program runs.
type Where struct {
	Program  string   `json:"program"`
	Base     string   `json:"base"`
	Overlays []string `json:"overlays,omitempty"`
}

// Stay is a program that keeps its version.
type Stay struct {
	Where
	Version string `json:"version,omitempty"`
	Why     string `json:"why"`
}

// Move is a program that gets another version.
type Move struct {
	Where
	From string `json:"from"`
	To   string `json:"to"`
	// Back reports whether the other version is older.
	Back bool `json:"back"`
	// Unknown is what follows of a version that hearth does not know.
	Unknown string `json:"unknown,omitempty"`
	// Changes are what people, programs and limits notice, oldest first.
	Changes []string `json:"changes,omitempty"`
	// First is what to look at before.
	First []string `json:"first,omitempty"`
	// Variables that the stack sets, and the other version does not read.
	Variables []Variable `json:"variables,omitempty"`
	// Memory of Ollama's pod; nil for another program.
	Memory *Memory `json:"memory,omitempty"`
	// Migrations of its database that are known to lie between.
	Migrations int `json:"migrations,omitempty"`
	// WayBack says how to return.
	WayBack string `json:"wayBack"`
	// Refused says why it cannot go there; "" if it can.
	Refused string `json:"refused,omitempty"`
}

// Variable that is not read.
type Variable struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
	Fix    string `json:"fix,omitempty"`
}

// Memory before and after.
type Memory struct {
	Before Amounts `json:"before"`
	After  Amounts `json:"after"`
	// Unknown are models whose size is not known: they are in no sum.
	Unknown []string `json:"unknown,omitempty"`
}

// Amounts of memory: what is required in bytes, how that adds up, and the limit of
// the pod.
type Amounts struct {
	Required int64             `json:"required"`
	Sum      string            `json:"sum"`
	Limit    v1alpha1.Quantity `json:"limit"`
}

// Stands reports whether nothing is in the way of the moves.
func (p *Plan) Stands() bool {
	return len(p.Refused) == 0 && !slices.ContainsFunc(p.Moves, func(m Move) bool { return m.Refused != "" })
}

// part is a program of a base.
type part struct {
	*versions.Program
	field string // of a base
	to    string
	image func(*v1alpha1.Base) *v1alpha1.Image // nil without the program
}

func (t Target) parts() []part {
	return []part{{&versions.Ollama, "ollama", t.Ollama, func(b *v1alpha1.Base) *v1alpha1.Image {
		if b == nil || b.Ollama == nil {
			return nil
		}
		return &b.Ollama.Image
	}}, {&versions.OpenWebUI, "openWebUI", t.OpenWebUI, func(b *v1alpha1.Base) *v1alpha1.Image {
		if b == nil || b.OpenWebUI == nil {
			return nil
		}
		return &b.OpenWebUI.Image
	}}}
}

// official reports whether an image is the program's, be it of a mirror.
func (p part) official(image *v1alpha1.Image) bool {
	return image.Repository == "" || p.Official(image.Repository)
}

// wanted is the tag that an image gets, with its variant, and why it gets none.
func (p part) wanted(image *v1alpha1.Image, asked bool) (tag, why string) {
	switch {
	case !p.official(image):
		return "", "it is an image of somebody else's, whose versions hearth does not know"
	case image.Digest != "":
		return "", "image.digest holds it to the image that it is: remove that first"
	case versions.Older(p.to, image.Tag) && versions.IsVersion(image.Tag) && !asked:
		return "", fmt.Sprintf("it is newer than %s, the newest that was measured", p.to)
	}
	tag = p.to
	if versions.Variant(tag) == "" {
		tag += versions.Variant(image.Tag)
	}
	if tag == image.Tag {
		return "", "it is there"
	}
	return tag, ""
}

// NewPlan says what becomes of a stack with other versions. asked says that a
// person named the versions, which may then be older. There is none of a file with
// an error.
func NewPlan(file resolve.File, to Target, asked bool) *Plan {
	p := &Plan{before: file.Stack, Moves: []Move{}}
	if p.before == nil {
		return nil
	}
	parts := slices.DeleteFunc(to.parts(), func(p part) bool { return p.to == "" })
	spec := file.Expanded().Field("spec")
	for _, part := range parts {
		p.change(spec, part, asked)
	}
	after, problems := file.With(p.changes)
	if after == nil {
		after = &v1alpha1.Resolved{}
		for _, one := range problems.Errors() {
			p.Refused = append(p.Refused, problem.Problem{Path: one.Path, Message: one.Message, Fix: one.Fix}.String())
		}
	}
	for _, part := range parts {
		p.describe(part, after, asked)
	}
	return p
}

// change finds where the version has to be written: in each base, and in each
// override that has one of its own, or needs one.
func (p *Plan) change(spec *document.Node, part part, asked bool) {
	inBase := map[string]string{}
	for i := range p.before.Bases {
		b := &p.before.Bases[i]
		if image := part.image(b); image != nil {
			inBase[b.Name], _ = part.wanted(image, asked)
			p.write(spec.Field("bases").Items()[i], part, inBase[b.Name])
		}
	}
	overlays := spec.Field("overlays").Items()
	for i := range p.before.Overlays {
		for j := range p.before.Overlays[i].Bases {
			b := &p.before.Overlays[i].Bases[j]
			image := part.image(b)
			if image == nil {
				continue
			}
			tag, _ := part.wanted(image, asked)
			entry := overlays[i].Field("bases").Items()[j]
			written := entry.Field(part.field).Field("image").Field("tag") != nil
			if written || tag != inBase[b.Name] {
				p.write(entry, part, tag)
			}
		}
	}
}

// write notes a tag where that of a base, or of an overlay's entry, is written, or
// would be; once where several overlays have it of one template.
func (p *Plan) write(entry *document.Node, part part, tag string) {
	if tag == "" {
		return
	}
	at := entry.Problem(part.field+".image.tag", "")
	c := problem.Change{Path: at.Path, Value: tag}
	if p.seen[c] {
		return
	}
	if p.seen == nil {
		p.seen = map[problem.Change]bool{}
	}
	p.seen[c] = true
	p.changes, p.places = append(p.changes, c), append(p.places, at)
}

// describe says what becomes of a program in each overlay, or in each base where
// there is no overlay; once where it is the same in several.
func (p *Plan) describe(part part, after *v1alpha1.Resolved, asked bool) {
	one := func(overlay string, b, then *v1alpha1.Base) {
		image := part.image(b)
		if image == nil {
			return
		}
		where := Where{Program: part.Name, Base: b.Name}
		tag, why := part.wanted(image, asked)
		if why != "" {
			p.stay(overlay, Stay{Where: where, Version: image.Tag, Why: why})
			return
		}
		m := part.move(where, image.Tag, tag)
		if part.field == "ollama" {
			m.Variables, m.Memory = ollamaVariables(b, tag), memory(b, then, tag)
		} else {
			m.Variables = chatVariables(b, image.Tag, tag)
		}
		p.move(overlay, m)
	}
	for i := range p.before.Overlays {
		o := &p.before.Overlays[i]
		for j := range o.Bases {
			var then *v1alpha1.Base
			if same := after.Overlay(o.Name); same != nil {
				then = same.Base(o.Bases[j].Name)
			}
			one(o.Name, &o.Bases[j], then)
		}
	}
	for i := range p.before.Bases {
		if len(p.before.Overlays) == 0 {
			one("", &p.before.Bases[i], after.Base(p.before.Bases[i].Name))
		}
	}
}

func (p *Plan) stay(overlay string, s Stay) {
	for i := range p.Stays {
		old := &p.Stays[i]
		if old.Program == s.Program && old.Base == s.Base && old.Version == s.Version && old.Why == s.Why {
			old.Overlays = append(old.Overlays, overlay)
			return
		}
	}
	s.in(overlay)
	p.Stays = append(p.Stays, s)
}

func (p *Plan) move(overlay string, m Move) {
	for i := range p.Moves {
		if old := &p.Moves[i]; old.Base == m.Base && old.same(m) {
			old.Overlays = append(old.Overlays, overlay)
			return
		}
	}
	m.in(overlay)
	p.Moves = append(p.Moves, m)
}

func (w *Where) in(overlay string) {
	if overlay != "" {
		w.Overlays = []string{overlay}
	}
}

// same reports whether two moves of a base are one and the same news.
func (m *Move) same(n Move) bool {
	return m.Program == n.Program && m.From == n.From && m.To == n.To && slices.Equal(m.Variables, n.Variables) &&
		(m.Memory == nil || m.Memory.Before == n.Memory.Before && m.Memory.After == n.Memory.After)
}

func (p part) move(where Where, from, to string) Move {
	m := Move{Where: where, From: from, To: to, Back: versions.Older(to, from)}
	m.Unknown, _ = p.Unknown(to)
	if !versions.IsVersion(from) {
		m.Unknown = fmt.Sprintf("%q names no version: what lies between cannot be said", from)
	}
	for _, r := range p.Between(from, to) {
		changes, first := r.News(m.Back)
		m.Changes = append(m.Changes, changes...)
		if first != "" {
			m.First = append(m.First, first)
		}
	}
	if p.Counted == [2]string{} {
		m.WayBack = "any time: the volume holds models, which both versions read"
		return m
	}
	message, fix, back := databaseVersion(from, to)
	m.Migrations, _ = p.Migrations(from, to)
	switch {
	case back:
		m.Refused = message + "; " + fix
		m.WayBack = "none but a backup that " + to + " made"
	case message != "":
		m.First = append(m.First, fix)
		m.WayBack = fmt.Sprintf("by a backup alone: %s does not start on what %s makes of the database", from, to)
	default:
		m.WayBack = "any time: no migration of the database lies between"
	}
	return m
}

// ollamaVariables are those of the stack that its Ollama reads and another does
// not.
func ollamaVariables(b *v1alpha1.Base, tag string) (found []Variable) {
	for _, name := range slices.Sorted(maps.Keys(b.Ollama.Env)) {
		_, known := versions.Ollama.Variable(name)
		if u := v1alpha1.OllamaUnread(name, tag); known && u != nil {
			found = append(found, Variable{"ollama.env." + name, u.Reason, u.Fix})
		}
	}
	return found
}

func chatVariables(b *v1alpha1.Base, from, tag string) (found []Variable) {
	for _, name := range slices.Sorted(maps.Keys(b.OpenWebUI.Env)) {
		before, _ := versions.OpenWebUI.Unread(name, from)
		if reason, fix := versions.OpenWebUI.Unread(name, tag); reason != "" && before == "" {
			found = append(found, Variable{"openWebUI.env." + name, reason, fix})
		}
	}
	return found
}

// memory of a base's Ollama before and after. Without the base as it would be,
// since render refuses something else of it, the limit follows where it did.
func memory(b, then *v1alpha1.Base, tag string) *Memory {
	if then == nil {
		server, base := *b.Ollama, *b
		base.Ollama, then = &server, &base
		server.Image.Tag = tag
		if limit := server.Resources.Limits.Memory.Parsed(); limit.Value() == b.Need().Limit {
			server.Resources.Limits.Memory = v1alpha1.Quantity(fmt.Sprintf("%dMi", then.Need().Limit>>20))
		}
	}
	m := &Memory{Before: amountsOf(b), After: amountsOf(then)}
	_, m.Unknown = b.Sizes()
	return m
}

func amountsOf(b *v1alpha1.Base) Amounts {
	need := b.Need()
	return Amounts{Required: need.Required, Sum: sum(need), Limit: b.Ollama.Resources.Limits.Memory}
}

func sum(need sizing.Need) string {
	if device := need.DeviceSum(); device != "" {
		return need.Sum() + "; on devices " + device
	}
	return need.Sum()
}
