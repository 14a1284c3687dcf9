package yamllimit_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"go.yaml.in/yaml/v3"

	"github.com/hearth-dev/hearth/internal/yamllimit"
)

// aliases is a mapping of n aliases of aliases: ten to the nth values.
func aliases(n int) string {
	text := "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
	for i := 1; i < n; i++ {
		text += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 10), ","))
	}
	return text
}

func TestCheck(t *testing.T) {
	const n = yamllimit.MaxValues
	for name, c := range map[string]struct{ text, want string }{
		"nothing":                {"", ""},
		"no YAML":                {"a: [&b *c", ""},
		"a long text":            {"a: |\n" + strings.Repeat("  some words\n", n), ""},
		"many comments":          {strings.Repeat("# a\n", n), ""},
		"a few aliases":          {aliases(3), ""},
		"too many bytes":         {strings.Repeat("a", yamllimit.MaxBytes+1), "more than 8 MiB"},
		"empty mappings":         {"[" + strings.Repeat("{},", n) + "]", "places where a value may begin (commas, colons, brackets, dashes), at most 250000 are read"},
		"items":                  {"[" + strings.Repeat("a,", n+1) + "]", "at most 250000 are read"},
		"empty items":            {strings.Repeat("-\n", n+1), "at most 250000 are read"},
		"items in items":         {strings.Repeat("- ", n+1), "at most 250000 are read"},
		"keys without a value":   {strings.Repeat("? ", n+1), "at most 250000 are read"},
		"keys and tabs":          {strings.Repeat("a:\tb\n", n+1), "at most 250000 are read"},
		"JSON":                   {"{" + strings.Repeat(`"a":1,`, n/2+1) + "}", "at most 250000 are read"},
		"documents":              {strings.Repeat("---\na\n", n), "at most 250000 are read"},
		"ends of documents":      {strings.Repeat("...\na\n", n), "at most 250000 are read"},
		"nested":                 {strings.Repeat("[", n+1), "at most 250000 are read"},
		"aliases of aliases":     {"b: 1\n---\n" + aliases(9), "document at line 2: more than 250000 values, aliases written out; write it without aliases"},
		"in many documents":      {strings.Repeat("---\n"+aliases(4), 100), "250000 values, aliases written out"},
		"an alias within itself": {"a: &a [*a]\n", "values within each other more than 1000 deep"},
	} {
		t.Run(name, func(t *testing.T) {
			err := yamllimit.Check([]byte(c.text))
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got the error %v, want %q", err, c.want)
			}
		})
	}
}

func TestRead(t *testing.T) {
	const text = "kind: A\n"
	if got, err := yamllimit.Read(strings.NewReader(text)); string(got) != text || err != nil {
		t.Errorf("got %q and the error %v", got, err)
	}
	if _, err := yamllimit.Read(io.MultiReader(bytes.NewReader(make([]byte, yamllimit.MaxBytes)), endless{})); err == nil {
		t.Error("a text without an end was read")
	}
	if _, err := yamllimit.Read(iotest.ErrReader(io.ErrUnexpectedEOF)); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got the error %v", err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// FuzzCheck holds the count before decoding to its promise: it misses no value.
func FuzzCheck(f *testing.F) {
	for _, seed := range []string{"a: b", "[a,b]", "- - a\n- ? b\n", "{a, b: c,\"d\":e, [f]:g}", "---\na\n...\nb\n", "a: |\n  b\n", "? a\n: b", "&a b: *a", "!!t a: {? b}"} {
		f.Add(strings.Repeat(seed+"\n", 3))
	}
	f.Fuzz(func(t *testing.T, text string) {
		values := 0
		for d := yaml.NewDecoder(strings.NewReader(text)); ; {
			var node yaml.Node
			if d.Decode(&node) != nil {
				break
			}
			if values += nodes(&node); values > 10*len(text)+10 {
				t.Fatalf("%q never ends", text)
			}
		}
		// A place is a key and its value, at most; a document is a node besides.
		if places := yamllimit.Places([]byte(text)); values > 3*places {
			t.Errorf("%q has %d values in %d places", text, values, places)
		}
	})
}

func nodes(n *yaml.Node) int {
	sum := 1
	for _, inner := range n.Content {
		sum += nodes(inner)
	}
	return sum
}
