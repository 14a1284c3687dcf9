package overlay_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/internal/build/overlay"
	"github.com/hearth-dev/hearth/internal/testing/sample"
)

// TestComputeRandom holds the law over random pairs of objects: lists whose
// elements come, go and change places, fields that change their type, text that
// YAML could misread.
func TestComputeRandom(t *testing.T) {
	const perOverlay = 20
	pairs := sample.Size(400, 5000)
	r := random{rand.New(rand.NewPCG(1, 0))}
	counts := map[string]int{}
	for done := 0; done < pairs; done += perOverlay {
		var base, want []overlay.Object
		var files []string
		for i := range perOverlay {
			o := r.object(fmt.Sprintf("%s.%d", r.word(), i))
			changed := r.changed(o)
			switch fate := r.IntN(40); {
			case fate > 1:
				base, want = append(base, o), append(want, changed)
			case fate == 1:
				base = append(base, o)
			default:
				want = append(want, o)
			}
			if len(base) > len(files) {
				files = append(files, r.text(t, o))
			}
		}
		r.Shuffle(len(want), func(i, j int) { want[i], want[j] = want[j], want[i] })
		tree := map[string][]byte{
			"base/kustomization.yaml": []byte("resources: [objects.yaml]\n"),
			"base/objects.yaml":       []byte(strings.Join(files, "---\n")),
		}
		build := builder(tree, "../base")
		var built overlay.Difference
		var got []overlay.Object
		d, err := overlay.Compute(base, want, nil, func(d overlay.Difference) ([]overlay.Object, error) {
			counts["builds"]++
			objects, err := build(d)
			built, got = d, objects
			return objects, err
		})
		if err != nil {
			if r.buildable(t, want) {
				t.Errorf("after %d pairs: %v", done, err)
			}
			counts["unbuildable"]++
			continue
		}
		if diff := cmp.Diff(built, d); diff != "" {
			t.Errorf("the difference was never built (-built +returned):\n%s", diff)
		}
		sameObjects(t, want, got)
		counts["new objects"] += len(d.New)
		written, err := overlayFiles(d)
		if err != nil {
			t.Fatal(err)
		}
		text := string(written["overlay/kustomization.yaml"])
		if blocks := strings.Count(text, "\n- patch: |-\n"); blocks != len(d.Patches) {
			t.Errorf("%d of %d patches are blocks of text:\n%s", blocks, len(d.Patches), text)
		}
		for _, p := range d.Patches {
			switch {
			case p.Target != nil:
				counts["JSON 6902"]++
			case strings.HasPrefix(p.Patch, "$patch: delete"):
				counts["deleted"]++
			default:
				counts["strategic merge"]++
			}
		}
	}
	t.Logf("%d pairs: %v", pairs, counts)
	if counts["strategic merge"] < 9*counts["JSON 6902"] {
		t.Errorf("too many patches are JSON 6902: %v", counts)
	}
}

// random makes and changes objects.
type random struct{ *rand.Rand }

func (r random) once(n int) bool { return r.IntN(n) == 0 }

func (r random) word() string { return pick(r, "web", "ollama", "chat", "cache", "db", "puller") }

// value is a string, most often harmless.
func (r random) value() string {
	if !r.once(4) {
		return r.word()
	}
	return pick(r, "", "8080", "012", "1e3", "0x1F", "true", "no", "y", "on", "~", "null", "12:30", "2024-01-01", "1_000",
		" padded ", "*", "a: b", "# no", "- x", "%d", "{}", "[a]", "it's", `say "so"`, "tab\there", "ümlaut", "🔥",
		"one\ntwo", "one\ntwo\n", "one\n\n\n", "echo \"one\"\n\"two\"\n", "\nlead", "  indent\nless\n", "trail \nend", "cr\r\nlf\r\n", "---\na: b\n")
}

// some returns a part of a pool in random order.
func some[T any](r random, pool ...T) []T {
	r.Shuffle(len(pool), func(i, j int) { pool[i], pool[j] = pool[j], pool[i] })
	return pool[:r.IntN(len(pool)+1)]
}

func pick[T any](r random, pool ...T) T { return pool[r.IntN(len(pool))] }

// elements makes a list of maps, one for each of some keys.
func elements(r random, element func(key string) map[string]any, keys ...string) []any {
	var list []any
	for _, key := range some(r, keys...) {
		list = append(list, element(key))
	}
	return list
}

// changed returns a copy of an object with some changes: small ones, or all of
// its spec.
func (r random) changed(o overlay.Object) overlay.Object {
	if r.once(8) {
		return o
	}
	for r.once(3) {
		other := r.object("")
		if other["kind"] == o["kind"] {
			other["metadata"].(map[string]any)["name"] = o["metadata"].(map[string]any)["name"]
			delete(other["metadata"].(map[string]any), "namespace")
			if namespace, ok := o["metadata"].(map[string]any)["namespace"]; ok {
				other["metadata"].(map[string]any)["namespace"] = namespace
			}
			return other
		}
	}
	out := clone(o)
	for range 1 + r.IntN(3) {
		for _, key := range slices.Sorted(maps.Keys(out)) {
			switch key {
			case "apiVersion", "kind":
			case "metadata":
				if labels, ok := out[key].(map[string]any)["labels"]; ok && r.once(3) {
					out[key].(map[string]any)["labels"] = r.edited(labels)
				}
			default:
				out[key] = r.edited(out[key])
			}
		}
	}
	return clone(prune(out).(map[string]any))
}

// edited changes one thing somewhere below v.
func (r random) edited(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 {
			return map[string]any{"new": r.value()}
		}
		key := pick(r, slices.Sorted(maps.Keys(v))...)
		switch r.IntN(12) {
		case 0:
			delete(v, key)
		case 1:
			v[r.word()] = r.value()
		default:
			v[key] = r.edited(v[key])
		}
		return v
	case []any:
		if len(v) == 0 {
			return v
		}
		i, j := r.IntN(len(v)), r.IntN(len(v))
		switch r.IntN(8) {
		case 0:
			return slices.Delete(v, i, i+1)
		case 1:
			v[i], v[j] = v[j], v[i]
		case 2:
			if r.once(4) {
				return slices.Insert(v, j, v[i])
			}
		default:
			v[i] = r.edited(v[i])
		}
		return v
	case string:
		if r.once(60) {
			return pick[any](r, 8080, true, 1.5, map[string]any{"now": "a map"}, []any{"now a list"})
		}
		return r.value()
	default:
		if r.once(60) {
			return r.value()
		}
		return r.IntN(9000)
	}
}

// text is the object as a document of a base's file, in one of the styles that
// people use.
func (r random) text(t *testing.T, o overlay.Object) string {
	if r.once(3) {
		out, err := json.MarshalIndent(o, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		return string(out) + "\n"
	}
	marshal := pick(r, overlay.Manifest, func(o overlay.Object) ([]byte, error) { return yaml.Marshal(o) })
	out, err := marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// buildable reports whether kustomize builds the objects at all: a reference to
// a Secret that became a map stops it.
func (r random) buildable(t *testing.T, objects []overlay.Object) bool {
	var files []string
	for _, o := range objects {
		files = append(files, r.text(t, o))
	}
	_, err := overlay.Build(map[string][]byte{
		"want/kustomization.yaml": []byte("resources: [objects.yaml]\n"),
		"want/objects.yaml":       []byte(strings.Join(files, "---\n")),
	}, "want")
	return err == nil
}

// clone copies an object, its numbers as json.Number.
func clone(o overlay.Object) overlay.Object {
	out, err := json.Marshal(o)
	if err != nil {
		panic(err)
	}
	var copied overlay.Object
	decoder := json.NewDecoder(bytes.NewReader(out))
	decoder.UseNumber()
	if err := decoder.Decode(&copied); err != nil {
		panic(err)
	}
	return copied
}

// prune drops nil lists, which a typed object would not have either.
func prune(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if list, isList := value.([]any); isList && list == nil {
				delete(v, key)
				continue
			}
			v[key] = prune(value)
		}
	case []any:
		for i := range v {
			v[i] = prune(v[i])
		}
	}
	return v
}
