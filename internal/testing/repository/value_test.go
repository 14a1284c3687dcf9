package repository

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"
)

// absent is how the table writes that there is no such object or field.
const absent = "(absent)"

// kind is what a field's value is, and so when two spellings of it are equal.
type kind string

const (
	quantity kind = "quantity" // of Kubernetes: 1000m is 1
	duration kind = "duration" // of Go: 60m is 1h
	number   kind = "number"
	other    kind = "value" // equal letter by letter
)

var (
	quantities = regexp.MustCompile(`\.resources\.(requests|limits)[.\[]`)
	durations  = regexp.MustCompile(`\.(duration|renewBefore)$|\[OLLAMA_KEEP_ALIVE\]\.value$|-timeout\]$`)
)

// kindOf follows from the field, or from what was built there.
func kindOf(field string, built any) kind {
	switch {
	case quantities.MatchString(field):
		return quantity
	case durations.MatchString(field):
		return duration
	}
	switch built.(type) {
	case int, int64, float64:
		return number
	}
	return other
}

// equal reports whether two texts are the same value of the kind. What is none
// of the kind equals nothing.
func (k kind) equal(a, b string) bool {
	if k == other || a == absent || b == absent {
		return a == b
	}
	switch k {
	case quantity:
		return same(resource.ParseQuantity, a, b, func(x, y resource.Quantity) bool { return x.Cmp(y) == 0 })
	case duration:
		return same(time.ParseDuration, a, b, func(x, y time.Duration) bool { return x == y })
	default:
		return same(func(s string) (float64, error) { return strconv.ParseFloat(s, 64) }, a, b, func(x, y float64) bool { return x == y })
	}
}

func same[T any](parse func(string) (T, error), a, b string, equal func(x, y T) bool) bool {
	x, err := parse(a)
	if err != nil {
		return false
	}
	y, err := parse(b)
	return err == nil && equal(x, y)
}

func TestEqual(t *testing.T) {
	for _, c := range []struct {
		kind kind
		a, b string
		want bool
	}{
		{quantity, "1000m", "1", true},
		{quantity, "2048Mi", "2Gi", true},
		{quantity, "2G", "2Gi", false},
		{quantity, "1", "10 tokens/s", false},
		{quantity, "none", "none", false},
		{quantity, absent, absent, true},
		{quantity, "0", absent, false},
		{duration, "720h", "43200m", true},
		{duration, "720h0m0s", "720h", true},
		{duration, "5 min", "5m", false},
		{duration, "60s", "3600s", false},
		{number, "80", "80.0", true},
		{number, "80", "8080", false},
		{number, "80", "number 80", false},
		{other, "1", "10 tokens/s", false},
		{other, "10m", "10M", false},
		{other, "1", "1.0", false},
		{other, "ollama", "otwld/ollama", false},
		{other, "ollama", "ollama", true},
	} {
		if got := c.kind.equal(c.a, c.b); got != c.want {
			t.Errorf("%s %q and %q: equal is %t", c.kind, c.a, c.b, got)
		}
	}
}

var pathStep = regexp.MustCompile(`^\.?([^.\[\]]+)|^\[([^\]]+)\]`)

// lookUp is the value at a path, nil if there is none. What the last step is
// looked for in must be there: a misspelt path is not the absence of a field.
func lookUp(v any, path string) (any, error) {
	if v == nil {
		if path != "kind" {
			return nil, errors.New("there is no such object; of an absent one the field is kind")
		}
		return nil, nil
	}
	for rest := path; rest != ""; {
		m := pathStep.FindStringSubmatch(rest)
		if m == nil {
			return nil, fmt.Errorf("%q is not a path", rest)
		}
		if v == nil {
			return nil, fmt.Errorf("nothing is left to look for %q in", rest)
		}
		v, rest = child(v, m[1]+m[2]), rest[len(m[0]):]
	}
	return v, nil
}

// child is a map's value, or a list's element by position or name.
func child(v any, key string) any {
	switch v := v.(type) {
	case map[string]any:
		return v[key]
	case []any:
		if i, err := strconv.Atoi(key); err == nil && i < len(v) {
			return v[i]
		}
		for _, element := range v {
			if m, ok := element.(map[string]any); ok && m["name"] == key {
				return m
			}
		}
	}
	return nil
}

// text is a value as the table writes it.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return absent
	case string:
		return v
	}
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(data)
}
