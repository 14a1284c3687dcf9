package document

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/spelling"
)

// oldBool reports whether YAML 1.1 reads a text as a boolean, and YAML 1.2 as text. People
// mean either, and their other tools disagree.
func oldBool(text string) bool {
	switch strings.ToLower(text) {
	case "y", "yes", "on", "n", "no", "off":
		return true
	}
	return false
}

func (d *decoder) text(n *Node, u encoding.TextUnmarshaler) {
	if n.kind >= listKind {
		d.mismatch(n, "a single value", "")
	} else if err := u.UnmarshalText([]byte(n.text)); err != nil {
		d.add(n, "", "%q: %v", problem.Clip(n.text), err)
	}
}

func (d *decoder) enum(n *Node, values []string, v reflect.Value) {
	all := strings.Join(values, ", ")
	switch {
	case n.kind >= listKind:
		d.mismatch(n, "one of "+all, "")
	case slices.Contains(values, n.text):
		v.SetString(n.text)
	default:
		near := spelling.Nearest(n.text, values)
		d.offer(n, reflect.New(v.Type()).Interface(), near, spelling.Suggest(n.text, values), "unsupported value %q: supported values: %s", problem.Clip(n.text), all)
	}
}

func (d *decoder) scalar(n *Node, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		switch {
		case n.kind == stringKind && !(n.plain && oldBool(n.text)), n.cell && n.kind < listKind:
			v.SetString(n.text)
		case n.kind < listKind:
			d.instead(n, v, "a string", n.text, "quote it: "+strconv.Quote(problem.Clip(n.text)))
		default:
			d.mismatch(n, "a string", "")
		}
	case reflect.Bool:
		if n.kind != boolKind {
			fix := boolFix(n.text)
			d.instead(n, v, "true or false", fix == writeTrue, fix)
			return
		}
		v.SetBool(strings.EqualFold(n.text, "true"))
	case reflect.Int, reflect.Int32, reflect.Int64:
		d.integer(n, v)
	default:
		panic(fmt.Sprintf("strict: cannot decode into %s", v.Type()))
	}
}

const writeTrue = "write true, without quotes"

func boolFix(text string) string {
	switch strings.ToLower(text) {
	case "true", "y", "yes", "on":
		return writeTrue
	case "false", "n", "no", "off":
		return "write false, without quotes"
	}
	return ""
}

func (d *decoder) integer(n *Node, v reflect.Value) {
	i, ok := parseInt(n.text)
	decimal := strconv.FormatInt(i, 10)
	switch {
	case n.kind == stringKind && ok:
		d.instead(n, v, "a whole number", i, "write "+decimal+", without quotes")
	case n.kind != intKind:
		d.mismatch(n, "a whole number", "")
	case !ok || v.OverflowInt(i):
		d.add(n, "", "%s does not fit into %d bits", problem.Clip(n.text), v.Type().Bits())
	case decimal != n.text:
		// 010 is eight to some tools and ten to others.
		d.instead(n, v, "a whole number in plain decimal digits", i, "write "+decimal)
	default:
		v.SetInt(i)
	}
}

// parseInt reads every spelling that YAML 1.1 and 1.2 have for a whole number.
func parseInt(text string) (int64, bool) {
	i, err := strconv.ParseInt(strings.ReplaceAll(text, "_", ""), 0, 64)
	return i, err == nil
}

// instead is mismatch with a value to write in its place.
func (d *decoder) instead(n *Node, v reflect.Value, want string, value any, fix string) {
	d.offer(n, reflect.New(v.Type()).Interface(), value, fix, "got %s, want %s", n.describe(), want)
}

// mismatch reports a value of another type than the field's.
func (d *decoder) mismatch(n *Node, want, fix string) {
	d.add(n, fix, "got %s, want %s", n.describe(), want)
}

// secretPlace is a type in whose place people write a secret itself.
type secretPlace interface{ Secret() }

// describe says what is in the file, for a message.
func (n *Node) describe() string {
	switch n.kind {
	case boolKind:
		return "the boolean " + n.text
	case intKind, floatKind:
		return "the number " + problem.Clip(n.text)
	case stringKind:
		if n.plain && oldBool(n.text) {
			return n.text + ", which some tools read as a boolean and some as text"
		}
		return fmt.Sprintf("the string %q", problem.Clip(n.text))
	case listKind:
		return "a list"
	case mapKind:
		return "a mapping"
	}
	return "null"
}
