package strict

import (
	"encoding"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// oldBool is what YAML 1.1 reads as a boolean and YAML 1.2 as text. People mean
// either, and their other tools disagree.
var oldBool = regexp.MustCompile(`^(?i:y|yes|on|n|no|off)$`)

func (d *decoder) text(n *Node, u encoding.TextUnmarshaler) {
	if n.kind >= listKind {
		d.mismatch(n, "a single value")
	} else if err := u.UnmarshalText([]byte(n.text)); err != nil {
		d.add(n, "", "%s: %v", show(n.text), err)
	}
}

func (d *decoder) enum(n *Node, e enum, v reflect.Value) {
	values := e.Values()
	switch {
	case n.kind >= listKind:
		d.mismatch(n, "one of "+strings.Join(values, ", "))
	case slices.Contains(values, n.text):
		v.SetString(n.text)
	default:
		fix := ""
		if near := Nearest(n.text, values); near != "" {
			fix = fmt.Sprintf("did you mean %q?", near)
		}
		d.add(n, fix, "unsupported value %q: supported values: %s", clip(n.text), strings.Join(values, ", "))
	}
}

func (d *decoder) scalar(n *Node, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if n.kind != stringKind || n.plain && oldBool.MatchString(n.text) {
			d.mismatch(n, "a string")
			return
		}
		v.SetString(n.text)
	case reflect.Bool:
		if n.kind != boolKind {
			d.mismatch(n, "true or false")
			return
		}
		v.SetBool(strings.EqualFold(n.text, "true"))
	case reflect.Int, reflect.Int32, reflect.Int64:
		if n.kind != intKind {
			d.mismatch(n, "a whole number")
			return
		}
		i, ok := integer(n.text)
		switch decimal := strconv.FormatInt(i, 10); {
		case !ok || v.OverflowInt(i):
			d.add(n, "", "%s does not fit into %d bits", show(n.text), v.Type().Bits())
		case decimal != n.text:
			// 010 is eight to some tools and ten to others.
			d.add(n, "write "+decimal, "got %s, want a whole number in plain decimal digits", show(n.text))
		default:
			v.SetInt(i)
		}
	default:
		panic(fmt.Sprintf("strict: cannot decode into %s", v.Type()))
	}
}

// raw is n as encoding/json would have it, with whole numbers as int64.
func (d *decoder) raw(n *Node) any {
	switch n.kind {
	case boolKind:
		return strings.EqualFold(n.text, "true")
	case intKind:
		i, ok := integer(n.text)
		if !ok {
			d.add(n, "quote it: "+strconv.Quote(n.text), "%s does not fit into 64 bits", show(n.text))
		}
		return i
	case floatKind:
		f, err := strconv.ParseFloat(strings.ReplaceAll(n.text, "_", ""), 64)
		if err != nil { // .inf and .nan too
			d.add(n, "quote it: "+strconv.Quote(n.text), "JSON has no number %s", show(n.text))
		}
		return f
	case stringKind:
		return n.text
	case listKind:
		list := make([]any, len(n.items))
		for i, item := range n.items {
			list[i] = d.raw(item)
		}
		return list
	case mapKind:
		object := map[string]any{}
		for name, child := range n.fields {
			if child.kind != removedKind {
				object[name] = d.raw(child)
			}
		}
		return object
	}
	return nil
}

// integer reads every spelling that YAML 1.1 and 1.2 have for a whole number.
func integer(text string) (int64, bool) {
	i, err := strconv.ParseInt(strings.ReplaceAll(text, "_", ""), 0, 64)
	return i, err == nil
}

// mismatch reports a value of another type than the field's.
func (d *decoder) mismatch(n *Node, want string) {
	fix := ""
	quoted := strconv.Quote(clip(n.text))
	switch {
	case want == "a string" && n.kind < listKind:
		fix = "quote it: " + quoted
	case want == "true or false" && n.kind == stringKind:
		switch strings.ToLower(n.text) {
		case "true", "y", "yes", "on":
			fix = "write true, without quotes"
		case "false", "n", "no", "off":
			fix = "write false, without quotes"
		}
	case want == "a whole number" && n.kind == stringKind:
		if _, ok := integer(n.text); ok {
			fix = "write it without quotes"
		}
	case want == "a list" && n.kind < listKind:
		fix = "write a list: [" + quoted + "]"
	case want == "a list":
		fix = `start each item with "- "`
	}
	d.add(n, fix, "got %s, want %s", n.describe(), want)
}

// describe says what is in the file, for a message.
func (n *Node) describe() string {
	switch n.kind {
	case boolKind:
		return "the boolean " + show(n.text)
	case intKind, floatKind:
		return "the number " + clip(n.text)
	case stringKind:
		if n.plain && oldBool.MatchString(n.text) {
			return n.text + ", a boolean to some tools and text to others"
		}
		return fmt.Sprintf("the string %q", clip(n.text))
	case listKind:
		return "a list"
	case mapKind:
		return "a mapping"
	}
	return "null"
}
