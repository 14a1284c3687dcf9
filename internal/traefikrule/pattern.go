package traefikrule

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"
)

const (
	// maxPattern is the length of a regular expression in bytes that is looked
	// into. A longer one may match every host.
	maxPattern = 8 << 10
	// maxEnds is how many alternatives of a regular expression are told apart.
	maxEnds = 64
	// maxName is the length of a name in DNS.
	maxName = 253
)

// pattern is a regular expression for hosts.
type pattern struct {
	text   string
	bounds *set // hosts that it can match

	compiled *regexp.Regexp
	size     int // of compiled, in instructions
}

func newPattern(value string, v2 bool) (*pattern, error) {
	p := &pattern{text: value}
	if v2 {
		text, err := template(value)
		if err != nil {
			return nil, err
		}
		p.text = text
	}
	if len(p.text) > maxPattern {
		p.bounds = &set{others: true}
		return p, nil
	}
	parsed, err := syntax.Parse(p.text, syntax.Perl)
	if err != nil {
		return nil, errors.New(brief(err))
	}
	p.bounds = bounds(parsed)
	return p, nil
}

// template is the regular expression of a host in rules v2, where variables stand
// in braces: {name} for a label, {name:pattern} for what the pattern matches.
func template(value string) (string, error) {
	var text strings.Builder
	text.WriteString("(?i)^")
	literal, depth, from := 0, 0, 0
	for i := range len(value) {
		switch value[i] {
		case '{':
			if depth++; depth == 1 {
				text.WriteString(regexp.QuoteMeta(value[literal:i]))
				from = i + 1
			}
		case '}':
			if depth--; depth < 0 {
				return "", errors.New("has a } without a {")
			} else if depth > 0 {
				continue
			}
			name, pattern, ok := strings.Cut(value[from:i], ":")
			if !ok {
				pattern = "[^.]+"
			}
			if name == "" || pattern == "" {
				return "", errors.New("has braces without a name or a pattern: want {name} or {name:pattern}")
			}
			text.WriteString("(" + pattern + ")")
			literal = i + 1
		}
	}
	if depth > 0 {
		return "", errors.New("has a { without a }")
	}
	text.WriteString(regexp.QuoteMeta(value[literal:]) + "$")
	return text.String(), nil
}

// matches reports whether the pattern matches a host; known, that there was time
// to find out.
func (p *pattern) matches(host string, w *work) (matched, known bool) {
	if len(p.text) > maxPattern || !w.afford(1) {
		return false, false
	}
	if p.compiled == nil {
		parsed, err := syntax.Parse(p.text, syntax.Perl)
		if err != nil {
			return false, false
		}
		program, err := syntax.Compile(parsed.Simplify())
		if err != nil || !w.afford(len(program.Inst)) {
			return false, false
		}
		p.compiled, p.size = regexp.MustCompile(p.text), len(program.Inst)
	}
	if !w.afford(p.size * len(host)) {
		return false, false
	}
	return p.compiled.MatchString(host), true
}

// tail is what every text ends with that an alternative of a regular expression
// matches.
type tail struct {
	text  string
	ends  bool // nothing comes behind the text
	whole bool // nothing comes before it
	cut   bool // what comes before it is not known
}

// bounds are the hosts that a regular expression can match. One that matches
// nothing as well is for everybody: Traefik asks it about the flattened CNAME too,
// which is empty unless somebody turned that on, as is the name of a client
// without SNI.
func bounds(r *syntax.Regexp) *set {
	found := newSet()
	for _, t := range tails(r, []tail{{}}) {
		dot := strings.IndexByte(t.text, '.')
		switch {
		case t.ends && t.whole && t.text != "":
			found.names[strings.TrimSuffix(t.text, ".")] = struct{}{}
		case t.ends && dot >= 0:
			found.ends[strings.TrimSuffix(t.text[dot:], ".")] = struct{}{}
		default:
			return &set{others: true}
		}
	}
	return found
}

// tails puts what a regular expression matches before the tails behind it.
func tails(r *syntax.Regexp, behind []tail) []tail {
	switch r.Op {
	case syntax.OpCapture:
		return tails(r.Sub[0], behind)
	case syntax.OpConcat:
		for i := len(r.Sub) - 1; i >= 0; i-- {
			behind = tails(r.Sub[i], behind)
		}
		return behind
	case syntax.OpAlternate:
		var all []tail
		for _, sub := range r.Sub {
			all = append(all, tails(sub, behind)...)
			if len(all) > maxEnds {
				return []tail{{cut: true}}
			}
		}
		return all
	case syntax.OpQuest:
		all := append(tails(r.Sub[0], behind), behind...)
		if len(all) > maxEnds {
			return []tail{{cut: true}}
		}
		return all
	}
	put := make([]tail, 0, len(behind))
	for _, t := range behind {
		put = append(put, t.after(r))
	}
	return put
}

// after is the tail with what the simple expression matches before it.
func (t tail) after(r *syntax.Regexp) tail {
	switch {
	case t.cut, t.whole, r.Op == syntax.OpEmptyMatch, r.Op == syntax.OpWordBoundary, r.Op == syntax.OpNoWordBoundary:
	case r.Op == syntax.OpEndText:
		t.ends = true
	case r.Op == syntax.OpBeginText && t.ends:
		t.whole = true
	case r.Op == syntax.OpLiteral && t.ends && len(t.text) <= maxName:
		t.text = strings.ToLower(string(r.Rune)) + t.text
	default:
		t.cut = true
	}
	return t
}
