package sizing

import (
	"cmp"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/internal/spelling"
)

// Catalogue is every known model, sorted by name; the caller owns the slice.
func Catalogue() []Model {
	models := slices.Clone(catalogue)
	for i := range models {
		models[i].Tags = slices.Clone(models[i].Tags)
	}
	slices.SortFunc(models, func(a, b Model) int { return cmp.Compare(a.Name, b.Name) })
	return models
}

// Lookup finds a model by the name one would pull it by, with or without a
// registry's host, the namespace library, and the tag latest.
func Lookup(name string) (Model, bool) {
	want := baseName(name)
	family, tag, _ := strings.Cut(want, ":")
	for _, m := range catalogue {
		own, _, _ := strings.Cut(m.Name, ":")
		if m.Name == want || own == family && m.hasTag(tag) {
			return m, true
		}
	}
	return Model{}, false
}

// hasTag reports whether a tag, in small letters, is the row's weights: one that
// the row lists, or its size with the library's words for what a chat model is and
// for the row's number format, as in 8b-instruct-q4_k_m. A row that lists a tag
// with its format says itself whose weights it has.
func (m Model) hasTag(tag string) bool {
	format := "-" + strings.ToLower(m.Quantization)
	if format == "-f16" {
		format = "-fp16" // as the library writes it
	}
	listed := false
	for _, t := range m.Tags {
		if t = strings.ToLower(t); t == tag {
			return true
		}
		listed = listed || strings.HasSuffix(t, format)
	}
	_, size, _ := strings.Cut(m.Name, ":")
	rest, ok := strings.CutPrefix(strings.TrimSuffix(tag, format), size)
	return ok && !listed && slices.Contains([]string{"", "-instruct", "-it", "-chat"}, rest)
}

// Nearest are up to three known names that the given one may have meant, the
// nearest first: other sizes of the same family, then names of a similar
// spelling.
func Nearest(name string) []string {
	want := baseName(name)
	wantFamily, wantTag, _ := strings.Cut(want, ":")
	type candidate struct {
		name string
		far  int
	}
	var near []candidate
	for _, m := range Catalogue() {
		family, tag, _ := strings.Cut(m.Name, ":")
		far := spelling.Distance(wantFamily, family)
		// A third of the letters may differ: more is another word.
		if far*3 > len(family) {
			continue
		}
		near = append(near, candidate{m.Name, far*100 + spelling.Distance(wantTag, tag)})
	}
	slices.SortStableFunc(near, func(a, b candidate) int { return cmp.Compare(a.far, b.far) })
	var names []string
	for _, c := range near[:min(3, len(near))] {
		names = append(names, c.name)
	}
	return names
}
