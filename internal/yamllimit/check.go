// Package yamllimit refuses YAML that is small to read and large to decode, such
// as nine million empty mappings or aliases of aliases, before anybody decodes it.
package yamllimit

import (
	"bytes"
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"
)

const (
	// MaxBytes of a text; etcd holds 1.5 MiB of one object. A key of that
	// length takes kyaml 1.3 s.
	MaxBytes = 8 << 20
	// MaxValues is how many values may begin in a text, and how many it may have
	// with its aliases written out. A Deployment has about 50.
	MaxValues = 250_000
	// maxDepth of lists and mappings within each other.
	maxDepth = 1000
)

// Read reads text of which Check may approve, and no more.
func Read(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err == nil && len(data) > MaxBytes {
		err = errTooLong
	}
	return data, err
}

var errTooLong = fmt.Errorf("the text has more than %d MiB; give it in several parts", MaxBytes>>20)

// Check reports what makes a text too much to decode. Whether it is YAML at all
// is not its business.
func Check(data []byte) error { return CheckValues(data, MaxValues) }

// CheckValues is Check with fewer values than MaxValues.
func CheckValues(data []byte, most int) error {
	if len(data) > MaxBytes {
		return errTooLong
	}
	if n := Places(data); n > most {
		return fmt.Errorf("the text has %d places where a value may begin (commas, colons, brackets, dashes), at most %d are read; give it in several parts", n, most)
	}
	if bytes.IndexByte(data, '&') < 0 || bytes.IndexByte(data, '*') < 0 {
		return nil // no aliases
	}
	c := counter{left: most, most: most}
	for d := yaml.NewDecoder(bytes.NewReader(data)); ; {
		var node yaml.Node
		if d.Decode(&node) != nil { // the end, or what the one who decodes it will say
			return nil
		}
		if err := c.count(&node, 0); err != nil {
			return fmt.Errorf("document at line %d: %w; write it without aliases", node.Line, err)
		}
	}
}

// Places is how many values begin in a text at most, without the keys of
// mappings and what aliases stand for. It does not know quotes and blocks of text, whose punctuation it
// counts too: what it must not do is miss one.
func Places(data []byte) int {
	n := 1
	before := byte('\n')
	for i, c := range data {
		after := byte('\n')
		if i+1 < len(data) {
			after = data[i+1]
		}
		switch c {
		case ',', '[', '{':
			n++
		case ':', '?', '-':
			// In the middle of a word they are part of it; behind a quote or a bracket
			// a colon ends a key, as in JSON.
			if bytes.IndexByte([]byte(" \t\r\n,[]{}\"'-"), after) >= 0 || bytes.IndexByte([]byte("\"']}"), before) >= 0 {
				n++
			}
		case '.':
			if before == '.' { // ends a document
				n++
			}
		}
		before = c
	}
	return n
}

// Document reports whether a document has more than so many values, with its
// aliases written out.
func Document(n *yaml.Node, most int) error {
	return (&counter{left: most, most: most}).count(n, 0)
}

type counter struct{ left, most int }

func (c *counter) count(n *yaml.Node, depth int) error {
	if c.left--; c.left < 0 {
		return fmt.Errorf("more than %d values, aliases written out", c.most)
	}
	if depth > maxDepth {
		return fmt.Errorf("values within each other more than %d deep", maxDepth)
	}
	if n.Kind == yaml.AliasNode {
		return c.count(n.Alias, depth+1)
	}
	for _, inner := range n.Content {
		if err := c.count(inner, depth+1); err != nil {
			return err
		}
	}
	return nil
}
