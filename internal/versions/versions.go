// Package versions is what hearth knows of the versions of Ollama and Open WebUI:
// which one a stack without a tag means, which ones were run, what each changed,
// which variables it reads, and what no older one can read any more. Whatever
// depends on a version asks here. It depends on nothing.
package versions

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Program is one whose image a stack names, by its versions.
type Program struct {
	// Name as people write it, and Image, the official one, without its registry.
	Name, Image string
	// Default is what no tag means. It stays, for a stack gives the same files
	// from one hearth to the next.
	Default string
	// Measured is the newest that hearth's own tests ran and measured.
	Measured string
	// Oldest and Newest are the first and the last that are known, major and minor.
	Oldest, Newest string
	// Releases are those that changed something, oldest first.
	Releases []Release
	// Variables are those of its environment, by name. Of Open WebUI, which reads
	// some nine hundred, those that not every version reads.
	Variables []Variable
	// Counted are the first and the last version between which every migration of
	// its database is in Releases; none for a program without a database.
	Counted [2]string
	// Source is where the table is from.
	Source string
}

// Release is a version from which on a program is otherwise than before.
type Release struct {
	// Version is the first that is, or the first that was read, as its image is
	// tagged.
	Version string
	// Engine that runs models from here on; "" for the same as before.
	Engine Engine
	// Changes are what people, programs or a pod's limits notice, a sentence each.
	Changes []string
	// Before is what to look at before the step; "" for nothing.
	Before string
	// Migrations are the steps that its database goes forward. No older version
	// starts on what they leave.
	Migrations int
}

// News are its changes as people read them on the way to it, or back behind it, and
// what they look at before; "" for nothing.
func (r Release) News(back bool) (changes []string, first string) {
	how := "from " + r.Version + " on: "
	if back {
		how = "no more, as it was " + how
	} else if r.Before != "" {
		first = "before " + r.Version + ": " + r.Before
	}
	for _, change := range r.Changes {
		changes = append(changes, how+change)
	}
	return changes, first
}

// Engine is a way in which Ollama runs models. The terms of its memory are
// package sizing's.
type Engine string

// The engines. OwnEngine hands architectures that it does not know to the library
// of llama.cpp, in the same process.
const (
	OwnEngine   Engine = "Ollama's own, and llama.cpp as a library"
	LlamaServer Engine = "llama-server"
)

// Variable is an environment variable, with the first and the last version that
// read it; "" is before the oldest that hearth knows, or after the newest. A last
// one of two numbers is all versions that begin so.
type Variable struct{ Name, First, Last string }

// prefix reports whether it stands for all that begin with its name.
func (v Variable) prefix() bool { return strings.HasSuffix(v.Name, "_") }

// Standing is where a tag stands among the versions that are known.
type Standing int

// The standings. None is a tag that is no version.
const (
	Known Standing = iota
	None
	TooOld
	TooNew
)

// Official reports whether a repository is that of the official image, be it in a
// mirror, which keeps the last name.
func (p *Program) Official(repository string) bool {
	return path.Base(repository) == path.Base(p.Image)
}

// Standing of an image's tag.
func (p *Program) Standing(tag string) Standing {
	switch {
	case !IsVersion(tag):
		return None
	case Older(tag, p.Oldest):
		return TooOld
	case after(tag, p.Newest):
		return TooNew
	}
	return Known
}

// Unknown says what follows of a version that hearth does not know, and what to do
// about it; "" for one that it knows, and for a tag that is no version.
func (p *Program) Unknown(tag string) (reason, fix string) {
	switch p.Standing(tag) {
	case TooOld:
		return fmt.Sprintf("%s is older than %s, the oldest %s that hearth knows: it may not read the settings that it gets, and what it needs is taken to be as of %s",
			tag, p.Oldest, p.Name, p.Oldest), "write " + p.Default + ", or a newer one"
	case TooNew:
		return fmt.Sprintf("%s is newer than %s, the newest %s that hearth knows: it may read other settings, and what it needs is taken to be as of %s",
			tag, p.Newest, p.Name, p.Newest), "read what changed since " + p.Measured
	}
	return "", ""
}

// Between are the releases that come into effect on the way from one version to
// another, or go out of effect on the way back. None where a tag is no version.
func (p *Program) Between(from, to string) []Release {
	if !IsVersion(from) || !IsVersion(to) {
		return nil
	}
	if Older(to, from) {
		from, to = to, from
	}
	var between []Release
	for _, r := range p.Releases {
		if Older(from, r.Version) && !Older(to, r.Version) {
			between = append(between, r)
		}
	}
	return between
}

// Migrations of the database between two versions, and whether these are all.
func (p *Program) Migrations(from, to string) (steps int, all bool) {
	for _, r := range p.Between(from, to) {
		steps += r.Migrations
	}
	return steps, p.counted(from) && p.counted(to)
}

func (p *Program) counted(version string) bool {
	return IsVersion(version) && !Older(version, p.Counted[0]) && !after(version, p.Counted[1])
}

// Engine that runs models under a version. What is no version counts as the
// newest, and what is older than all as the oldest.
func (p *Program) Engine(version string) (engine Engine) {
	for _, r := range p.Releases {
		if r.Engine != "" && (engine == "" || !Older(version, r.Version)) {
			engine = r.Engine
		}
	}
	return engine
}

// First version that has an engine.
func (p *Program) First(e Engine) string {
	return p.Releases[slices.IndexFunc(p.Releases, func(r Release) bool { return r.Engine == e })].Version
}

// Names of the variables; the caller owns the slice.
func (p *Program) Names() (names []string) {
	for _, v := range p.Variables {
		if !v.prefix() {
			names = append(names, v.Name)
		}
	}
	return names
}

// Variable of that name.
func (p *Program) Variable(name string) (Variable, bool) {
	for _, v := range p.Variables {
		if v.Name == name || v.prefix() && strings.HasPrefix(name, v.Name) {
			return v, true
		}
	}
	return Variable{}, false
}

// Unread says why a version does not read a variable that another one reads, and
// what to do about it; "" where it does, where no version does, and of what is no
// version.
func (p *Program) Unread(name, version string) (reason, fix string) {
	switch v, _ := p.Variable(name); {
	case v.NotYet(version):
		return fmt.Sprintf("%s reads it from %s on, and this is %s", p.Name, v.First, version), "remove it, or take " + p.Name + " " + v.First + " or a newer one"
	case v.NoMore(version):
		return fmt.Sprintf("%s reads it up to %s, and this is %s", p.Name, v.Last, version), "remove it: newer ones have nothing in its place"
	}
	return "", ""
}

// NotYet reports whether a version comes before the first that reads the variable.
func (v Variable) NotYet(version string) bool { return v.First != "" && Older(version, v.First) }

// NoMore reports whether a version comes after the last that reads the variable.
func (v Variable) NoMore(version string) bool { return v.Last != "" && after(version, v.Last) }

// IsVersion reports whether a tag is a version: two numbers or more.
func IsVersion(tag string) bool { return numbers(tag) != nil }

// Older reports whether a version comes before another. What is no version is
// newer than any.
func Older(version, than string) bool {
	a, b := numbers(version), numbers(than)
	return a != nil && slices.Compare(padded(a), padded(b)) < 0
}

// Same reports whether two are one version, as far as both say it: 0.34 is any of
// 0.34.0 to .4. What is no version is the same as none.
func Same(a, b string) bool { return IsVersion(a) && IsVersion(b) && !after(a, b) && !after(b, a) }

// after reports whether a version comes after another one, and after all that
// begin as that one does.
func after(version, last string) bool {
	a, b := numbers(version), numbers(last)
	return a != nil && slices.Compare(a[:min(len(a), len(b))], b) > 0
}

// numbers of a version, three at most. A candidate or a variant, such as
// 0.34.4-rc0 and 0.23.2-rocm, counts as the version itself.
func numbers(tag string) (version []int) {
	tag = strings.TrimPrefix(tag, "v")
	if end := strings.IndexFunc(tag, func(r rune) bool { return r != '.' && (r < '0' || r > '9') }); end >= 0 {
		tag = tag[:end]
	}
	for part := range strings.SplitSeq(tag, ".") {
		n, err := strconv.Atoi(part)
		if err != nil || len(version) == 3 {
			break
		}
		version = append(version, n)
	}
	if len(version) < 2 {
		return nil
	}
	return version
}

func padded(version []int) []int { return append(slices.Clone(version), make([]int, 3)...)[:3] }

// Variant is what a tag has behind its version, such as -rocm of 0.23.2-rocm.
// "" for a tag that is none, and for a candidate.
func Variant(tag string) string {
	if _, variant, found := strings.Cut(tag, "-"); found && IsVersion(tag) && !strings.HasPrefix(variant, "rc") {
		return "-" + variant
	}
	return ""
}
