// Package mutant breaks valid JSON values, for tests that hold one judge of
// them against another. A value and a number go in, a value comes out, the same
// for the same number. Some mutants are valid, as a label with another name is.
package mutant

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
)

// Of is a copy of a value with a fault in it, or two: more would hide each other.
// Fields of the top named in keep stay as they are. The value is one that
// encoding/json decodes.
func Of(value map[string]any, number uint64, keep ...string) map[string]any {
	random := rand.New(rand.NewPCG(number, 0))
	out := runtime.DeepCopyJSON(value)
	for range 1 + random.IntN(2) {
		places := placesIn(out, nil)
		places = slices.DeleteFunc(places, func(p place) bool { return p.top && slices.Contains(keep, p.key) })
		if len(places) == 0 {
			break
		}
		places[random.IntN(len(places))].damage(random)
	}
	return out
}

// place is where a value stands: under a key of a map, or in a list.
type place struct {
	fields map[string]any
	key    string
	list   []any
	index  int
	top    bool
}

// placesIn are those of everything below a value, in order.
func placesIn(value any, places []place) []place {
	top := places == nil
	switch value := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			places = append(places, place{fields: value, key: key, top: top})
		}
		for _, key := range slices.Sorted(maps.Keys(value)) {
			places = placesIn(value[key], places)
		}
	case []any:
		for i := range value {
			places = append(places, place{list: value, index: i})
			places = placesIn(value[i], places)
		}
	}
	return places
}

// damage changes what stands at a place, or around it.
func (p place) damage(random *rand.Rand) {
	if p.fields == nil {
		p.list[p.index] = another(p.list[p.index], random)
		return
	}
	value := p.fields[p.key]
	switch random.IntN(5) {
	case 0: // dropped
		delete(p.fields, p.key)
	case 1: // misspelt
		delete(p.fields, p.key)
		p.fields[p.key+"x"] = value
	case 2: // a stranger beside it
		p.fields["surplus"] = another(value, random)
	default:
		p.fields[p.key] = another(value, random)
	}
}

// another is a value in place of one: one of its type at the edge of what is
// allowed, or any other.
func another(value any, random *rand.Rand) any {
	choices := []any{
		nil, true, "surplus", "", 0.0, -1.0, 0.5, map[string]any{}, []any{},
		map[string]any{"surplus": "surplus"}, []any{runtime.DeepCopyJSONValue(value)}, map[string]any{"surplus": runtime.DeepCopyJSONValue(value)}, []any{nil},
	}
	if random.IntN(2) == 0 {
		switch value := value.(type) {
		case string:
			choices = []any{"", "UPPER_case!", strings.Repeat("long", 1100)}
		case float64:
			choices = []any{0.0, -1.0, value + 0.5, 1e9}
		case []any:
			many := []any{}
			for i := 0; len(value) > 0 && i < 70; i++ {
				many = append(many, runtime.DeepCopyJSONValue(value[i%len(value)]))
			}
			choices = []any{[]any{}, many}
		}
	}
	return choices[random.IntN(len(choices))]
}
