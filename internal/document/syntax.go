package document

import (
	"bytes"
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/hearth-dev/hearth/api/problem"
)

// unreadable finds the first byte that is no text. The YAML library refuses
// these too, but does not say where they are.
func unreadable(data []byte) (problem.Problem, bool) {
	line, column := 1, 1
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 || !printable(r) {
			p := problem.Problem{Severity: problem.Error, Line: line, Column: column}
			switch {
			case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
				p.Message, p.Fix = "the file is UTF-16, want UTF-8", "save it as UTF-8"
			case r == utf8.RuneError && size == 1:
				p.Message, p.Fix = fmt.Sprintf("byte 0x%02x is not UTF-8 text", data[i]), "save the file as UTF-8"
			default:
				p.Message, p.Fix = fmt.Sprintf("the character %U is not allowed in YAML", r), "remove it"
			}
			return p, true
		}
		i += size
		column++
		if r == '\n' {
			line, column = line+1, 1
		}
	}
	return problem.Problem{}, false
}

// printable is what YAML calls so, section 5.1 of its specification.
func printable(r rune) bool {
	switch {
	case r < 0x20:
		return r == '\t' || r == '\n' || r == '\r'
	case r < 0xa0:
		return r < 0x7f || r == 0x85
	}
	return r != 0xfeff && r != 0xfffe && r != 0xffff
}

var libraryError = regexp.MustCompile(`(?s)^yaml: (?:line (\d+): )?(.*)$`)

// maxSearch is the size of a file up to which lineOf is quick.
const maxSearch = 64 << 10

// syntaxError takes the library's error apart and says what to do about it.
func syntaxError(data []byte, err error) (line int, message, fix string) {
	m := libraryError.FindStringSubmatch(err.Error())
	if m == nil {
		return 0, err.Error(), ""
	}
	line, _ = strconv.Atoi(m[1]) // absent is 0, unknown
	message = problem.Clip(m[2])
	if len(data) <= maxSearch {
		line = lineOf(data, err)
	}
	if lines := bytes.Split(data, []byte("\n")); line > 0 && line <= len(lines) {
		indent := lines[line-1][:len(lines[line-1])-len(bytes.TrimLeft(lines[line-1], " \t"))]
		if bytes.Contains(indent, []byte("\t")) {
			return line, message, "indent with spaces, not with tabs"
		}
	}
	for _, hint := range syntaxHints {
		if strings.Contains(message, hint.message) {
			return line, message, hint.fix
		}
	}
	return line, message, ""
}

// syntaxHints are in the order in which they are tried.
var syntaxHints = []struct{ message, fix string }{
	{"mapping values are not allowed", `indent as the lines around it, and quote a value that contains ": "`},
	{"cannot start any token", "quote the value: YAML reserves its first character"},
	{"expected ',' or", "add the comma or the closing bracket that is missing"},
	{"did not find expected key", "indent as the lines around it, and quote the whole of a value or nothing"},
	{"expected '-' indicator", `indent as the lines around it, and start each item of a list with "- "`},
	{"sequence entries are not allowed", "start the list on the next line"},
	{"could not find expected ':'", `write "name: value", with a space behind the colon`},
	{"unknown anchor", `quote a value that starts with "*", or write &name at the value it stands for`},
	{"unexpected end of stream", "add the closing quote that is missing"},
	{"incompatible YAML document", "remove the line %YAML"},
	{"escape", "write the character itself, or use single quotes, which leave a backslash alone"},
}

// lineOf is the first line up to which the text fails in the same way. The
// library itself often names the line before, or where the enclosing value began.
func lineOf(data []byte, want error) int {
	ends := []int{}
	for i, c := range data {
		if c == '\n' || i == len(data)-1 {
			ends = append(ends, i+1)
		}
	}
	return 1 + sort.Search(len(ends), func(i int) bool {
		_, err := documents(data[:ends[i]])
		return err != nil && err.Error() == want.Error()
	})
}
