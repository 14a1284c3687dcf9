package randomstack

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// Draw returns a random Stack of one to three bases and one to three overlays
// as YAML. Equal seeds give equal text.
func Draw(seed uint64) []byte {
	d := &drawing{Rand: rand.New(rand.NewPCG(seed, 26)), focus: focus(seed)}
	return d.text(d.stack())
}

// focus is the path of the field that a stack is about: each in turn, in an
// order that has nothing to do with where they stand.
func focus(seed uint64) string {
	const step = 7919 // a prime: no number of fields divides it
	return leaves()[seed*step%uint64(len(leaves()))]
}

// stack draws the whole document.
func (d *drawing) stack() object {
	d.density = pick(d, 0.1, 0.4, 0.7)
	d.substitutes = d.chance(0.1) || d.focused("substitute")
	names := []string{"ollama", "ai", "chat-b", "on", "y"}
	d.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	var bases []object
	var written []any
	for _, name := range names[:1+d.IntN(3)] {
		b := d.base(name)
		bases = append(bases, b)
		written = append(written, d.noisy(baseType, b))
	}
	s := object{"bases": written}
	var overlays []any
	var all, unexposed []string
	names = []string{"homelab", "edge-1", "off", "ai", "e2e"}
	d.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	for _, name := range names[:1+d.IntN(3)] {
		o, exposed := d.overlay(name, bases)
		overlays, all = append(overlays, o), append(all, name)
		if !exposed {
			unexposed = append(unexposed, name)
		}
	}
	s["overlays"] = overlays
	switch {
	case d.substitutes: // which Fleet does not, and the files of a catalogue have nobody for
		s["substitute"] = d.value("substitute", reflect.TypeFor[v1alpha1.Substitute]())
	case d.chance(0.5) || d.focused("fleet"):
		d.of = "fleet"
		fleet := d.fields("fleet", fleetType)
		d.repairFleet(fleet, all, unexposed)
		repairCopies(fleet, bases, overlays)
		s["fleet"] = d.noisy(fleetType, fleet)
	case d.chance(0.1):
		s["fleet"] = nil
	}
	if !d.substitutes && (d.chance(0.4) || d.focused("catalog")) {
		d.of = "catalog"
		catalog := d.fields("catalog", catalogType)
		d.repairCatalog(catalog, overlays)
		s["catalog"] = d.noisy(catalogType, catalog)
	}
	return object{
		"apiVersion": "hearth.dev/v1alpha1", "kind": "Stack",
		"metadata": object{"name": d.value("metadata.name", nil)}, "spec": s,
	}
}

// base draws a base: Ollama, Open WebUI or both, and whatever else.
func (d *drawing) base(name string) object {
	d.of = name
	b := d.fields("base", baseType, "name", "namespace")
	b["name"] = name
	b["namespace"] = pick(d, "ollama", "ai", "ai", "on")
	for _, f := range fieldsOf(baseType) { // what a base is there for
		if slices.Contains([]string{"ollama", "openWebUI", "expose"}, f.name) && b[f.name] == nil && d.chance(0.5) {
			b[f.name] = d.value("base."+f.name, f.typ)
		}
	}
	return d.repair(b)
}

// overlay draws an overlay of some of the bases, and reports whether it is exposed.
func (d *drawing) overlay(name string, bases []object) (o object, exposed bool) {
	entries := []any{}
	var chosen []object // as the overlay makes them
	var declared []object
	var rates []float64
	for _, i := range d.Perm(len(bases)) {
		if len(chosen) > 0 && d.chance(0.4) {
			continue
		}
		from := bases[i]
		d.of, d.rate = from["name"].(string), pick(d, 0, 0.05, 0.3, 0.8)
		to := d.repair(d.changedFields("base", baseType, from))
		if had, has := child(from, "ollama"), child(to, "ollama"); had != nil && has != nil && nameOf(from) != nameOf(to) { // it was drawn anew
			has["name"] = nameOf(from)
			delete(to, "patches")
		}
		if slices.ContainsFunc(append(chosen, declared...), func(other object) bool { return clash(from, other) || clash(to, other) }) {
			continue
		}
		chosen, declared, rates = append(chosen, to), append(declared, from), append(rates, d.rate)
		exposed = exposed || isExposed(to)
	}
	for i, to := range chosen {
		from := declared[i]
		d.of, d.rate = from["name"].(string), rates[i]
		askThere(to, chosen)
		patch := d.difference(from, d.noisy(baseType, to).(object))
		patch["name"] = from["name"]
		if patch["namespace"] == nil {
			delete(patch, "namespace")
		}
		entries = append(entries, patch)
	}
	d.of = name + "-overlay"
	o = d.fields("overlay", overlayType, "name", "bases")
	for _, r := range list(o["resources"]) {
		if m := child(r.(object), "metadata"); r.(object)["kind"] != "ClusterRole" {
			m["namespace"] = chosen[0]["namespace"]
		}
	}
	deleted := strings.Contains(fmt.Sprint(chosen[0]["patches"]), "ServiceAccount") // a base's patch may have
	d.repairPatches(o, func(kind, name string) bool {
		return kind != "NetworkPolicy" && !(kind == "ServiceAccount" && deleted) && has(chosen[0], kind, name)
	},
		chosen[0]["namespace"].(string))
	o = d.noisy(overlayType, o).(object)
	o["name"], o["bases"] = name, entries
	return o, exposed
}

// isExposed reports whether a base opens something outside the cluster.
func isExposed(base object) bool {
	route := child(base, "expose")["type"]
	opens := func(program string) bool {
		service := child(child(base, program), "service")["type"]
		return service != nil && service != "ClusterIP"
	}
	return route != nil && route != "internal" || opens("ollama") || opens("openWebUI")
}

// clash reports whether bases cannot be in one overlay.
func clash(a, b object) bool {
	if a["namespace"] != b["namespace"] {
		return false
	}
	if !reflect.DeepEqual(a["namespaceLabels"], b["namespaceLabels"]) {
		return true
	}
	if a["openWebUI"] != nil && b["openWebUI"] != nil || a["engine"] != nil && b["engine"] != nil {
		return true
	}
	if a["ollama"] != nil && b["ollama"] != nil && (nameOf(a) == nameOf(b) || claimOf(a) == claimOf(b)) {
		return true
	}
	return a["createNamespace"] == true && b["createNamespace"] == true
}

// nameOf is the name of a base's Ollama.
func nameOf(base object) string {
	if name, written := child(base, "ollama")["name"].(string); written {
		return name
	}
	return "ollama"
}

// claimOf is the claim that it mounts.
func claimOf(base object) string {
	if claim, written := child(child(base, "ollama"), "storage")["existingClaim"].(string); written {
		return claim
	}
	return nameOf(base)
}
