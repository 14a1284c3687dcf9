package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/upgrade"
)

// change is an object's two forms, with everything else that the clusters have
// and get.
type change struct {
	ref      objects.Ref
	old, new objects.Object
	fields   []Field
	pair
}

type pair struct{ before, after *objects.Set }

// rule knows an effect of what becomes of objects.
type rule struct {
	id   string
	op   Op
	find func(c *change) []Effect
}

// rules are all of them. An object that none knows anything of is made, changed
// or deleted without further effect.
func rules() []rule {
	return []rule{
		{"refused", Changed, refused},
		{"restart", Changed, restart},
		{"groups", Changed, restartGroups},
		{"image", Changed, image},
		{"models", Changed, models},
		{"sign-in", Changed, signIn},
		{"replicas", Changed, replicas},
		{"volume", Changed, grown},
		{"host", Changed, hosts},
		{"certificate", Changed, certificate},
		{"route", Changed, route},
		{"policy", Changed, policy},
		{"service", Changed, service},
		{"configuration", Changed, configuration},
		{"labels", Changed, labels},

		{"other-kind", Created, otherKind},
		{"start", Created, start},
		{"models", Created, models},
		{"volume", Created, newVolume},
		{"host", Created, hosts},
		{"certificate", Created, certificate},
		{"policy", Created, policy},
		{"service", Created, service},

		{"volume", Deleted, lostVolume},
		{"policy", Deleted, policy},
		{"service", Deleted, service},
		{"host", Deleted, hosts},
		{"gone", Deleted, gone},
	}
}

// one is an effect's only one.
func one(level Level, format string, args ...any) []Effect {
	return []Effect{{Level: level, Text: fmt.Sprintf(format, args...)}}
}

// refused is what package upgrade knows.
func refused(c *change) []Effect {
	var all []Effect
	for _, r := range upgrade.Refusals(c.old, c.new) {
		all = append(all, one(Refused, "%s: %s becomes %s: %s; %s", r.Field, r.Before, r.After, r.Why, r.Fix)...)
	}
	return all
}

// touches reports whether one of the paths, or what is below it, changes.
func (c *change) touches(paths ...string) bool {
	return slices.ContainsFunc(c.fields, func(f Field) bool {
		return slices.ContainsFunc(paths, func(path string) bool {
			if rest, below := strings.CutPrefix(f.Path, path); below && (rest == "" || strings.ContainsAny(rest[:1], ".[ ")) {
				return true
			}
			// A whole that comes or goes, with or without the part.
			rest, part := strings.CutPrefix(path, f.Path+".")
			had, _ := f.Old.(map[string]any)
			has, _ := f.New.(map[string]any)
			keys := strings.Split(rest, ".")
			return part && (objects.At(had, keys...) != nil || objects.At(has, keys...) != nil)
		})
	})
}

// labels is for an object of which nothing else changes.
func labels(c *change) []Effect {
	for _, f := range c.fields {
		if !strings.HasPrefix(f.Path, "metadata.labels") && !strings.HasPrefix(f.Path, "metadata.annotations") {
			return nil
		}
	}
	if isRoute(c.ref) && c.touches("metadata.annotations") || moved(c) {
		return nil // they are its settings
	}
	return one(Note, "labels and annotations alone: nothing restarts")
}

// configuration is read by pods.
func configuration(c *change) []Effect {
	if !c.ref.Is("", "ConfigMap") && !c.ref.Is("", "Secret") || !c.touches("data", "binaryData", "stringData") {
		return nil
	}
	return one(Note, "a pod that mounts it sees the new content within about a minute; one that has it in variables, or reads it only as it starts, does not before it restarts: nothing restarts it")
}

// pruned is the fate of what leaves the tree.
const pruned = "kubectl apply leaves it; Fleet, Flux (prune: true) and Argo CD (prune) delete it"

// gone is what becomes of all but claims, which have a rule of their own.
func gone(c *change) []Effect {
	switch {
	case isClaim(c.ref), isDatabase(c.ref):
		return nil
	case c.ref.Is("", "Namespace"):
		return one(Data, "%s, and with it everything in it, its volumes too", pruned)
	case objects.TemplatePath(c.ref) != nil:
		return one(Down, "%s, and its pods stop", pruned)
	}
	return one(Note, "%s", pruned)
}
