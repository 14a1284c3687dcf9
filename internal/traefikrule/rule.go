// Package traefikrule says whom a rule of a Traefik router can match: which hosts
// and which clients.
//
// The language of rules is Go's for expressions: calls with string literals, &&,
// ||, ! and parentheses. Traefik parses it with [parser.ParseExpr], and so does
// this package.
//
// The answers err on one side: what Traefik matches is in them; what is in them
// may be matched. A rule that is refused here, Traefik refuses, too; tools/traefikrule
// asks Traefik itself.
package traefikrule

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"net/netip"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/hearth-dev/hearth/internal/hostname"
	"github.com/hearth-dev/hearth/internal/printable"
)

// maxRule is the length of a rule in bytes that is read: etcd takes no request
// beyond 1.5 MiB, so no longer rule is in a cluster.
const maxRule = 3 << 19

// Hosts are those that a rule can match: names in lower case, and "*.example.com"
// where a regular expression admits whatever ends so. others reports whether
// hosts beyond them match as well: an alternative without a matcher of hosts or
// with a negated one, HostSNI(`*`), a regular expression without a fixed end.
//
// syntax is the router's ruleSyntax, v2 or v3; all else is v3, as in Traefik 3.
func Hosts(rule, syntax string) (hosts []string, others bool, err error) {
	root, protocols, err := parse(rule, syntax)
	if err != nil {
		return nil, false, err
	}
	w := work{left: maxWork}
	found := w.hosts(root)
	for name := range found.names {
		// The name in TLS has no dot at its end (RFC 6066).
		if w.may(root, name) || protocols != tcp && w.may(root, name+".") {
			hosts = append(hosts, name)
		}
	}
	for end := range found.ends {
		hosts = append(hosts, "*"+end)
	}
	slices.Sort(hosts)
	return hosts, found.others, nil
}

// Clients are the networks that the ClientIP matchers of a rule bound its clients
// to; none means that the rule does not ask.
func Clients(rule, syntax string) ([]netip.Prefix, error) {
	root, _, err := parse(rule, syntax)
	if err != nil {
		return nil, err
	}
	w := work{left: maxWork}
	found := w.clients(root)
	slices.SortFunc(found, netip.Prefix.Compare)
	return slices.Compact(found), nil
}

// node is a rule with its negations moved to the matchers.
type node struct {
	op          token.Token // LAND, LOR; ILLEGAL for a matcher
	left, right *node

	not       bool
	kind      kind
	names     []string // of hosts
	everybody bool     // HostSNI's * is among the names
	nameless  bool     // it is the first, and so for clients without SNI, too
	patterns  []*pattern
	flattened bool // the patterns are asked about the flattened CNAME as well
	networks  []netip.Prefix
}

type kind int

const (
	other kind = iota // of neither hosts nor clients
	host
	hostPattern
	client
)

// protocol is a set of those that know a matcher.
type protocol int

const (
	http protocol = 1 << iota
	tcp
)

// matcher is one of Traefik's: how many values it takes, and what they say.
type matcher struct {
	protocols protocol
	least     int
	most      int // 0 is any number
	kind      kind
	check     func(value string) error // nil takes every value
	pattern   int                      // which value is a regular expression, from 1
}

// language is the matchers by their names and the other spellings of these.
type language struct {
	matchers map[string]matcher
	names    string
}

// https://doc.traefik.io/traefik/v3.6/reference/routing-configuration/http/routing/rules-and-priority
// and .../tcp/routing/rules-and-priority.
var v3 = newLanguage(map[string]matcher{
	"ClientIP":      {protocols: http | tcp, least: 1, most: 1, kind: client},
	"Header":        {protocols: http, least: 2, most: 2},
	"HeaderRegexp":  {protocols: http, least: 2, most: 2, pattern: 2},
	"Host":          {protocols: http, least: 1, most: 1, kind: host, check: ascii},
	"HostRegexp":    {protocols: http, least: 1, most: 1, kind: hostPattern, check: ascii},
	"Method":        {protocols: http, least: 1, most: 1},
	"Path":          {protocols: http, least: 1, most: 1, check: absolute},
	"PathPrefix":    {protocols: http, least: 1, most: 1, check: absolute},
	"PathRegexp":    {protocols: http, least: 1, most: 1, pattern: 1},
	"Query":         {protocols: http, least: 1, most: 2},
	"QueryRegexp":   {protocols: http, least: 1, most: 2, pattern: 2},
	"ALPN":          {protocols: tcp, least: 1, most: 1, check: notACME},
	"HostSNI":       {protocols: tcp, least: 1, most: 1, kind: host, check: serverName},
	"HostSNIRegexp": {protocols: tcp, least: 1, most: 1, kind: hostPattern, check: ascii},
})

// https://doc.traefik.io/traefik/v2.11/routing/routers/#rule
var v2 = newLanguage(map[string]matcher{
	"ClientIP":      {protocols: http | tcp, least: 1, kind: client},
	"Headers":       {protocols: http, least: 1},
	"HeadersRegexp": {protocols: http, least: 1},
	"Host":          {protocols: http, least: 1, kind: host, check: ascii},
	"HostHeader":    {protocols: http, least: 1, kind: host, check: ascii},
	"HostRegexp":    {protocols: http, least: 1, kind: hostPattern, check: ascii},
	"Method":        {protocols: http, least: 1},
	"Path":          {protocols: http, least: 1},
	"PathPrefix":    {protocols: http, least: 1},
	"Query":         {protocols: http, least: 1},
	"ALPN":          {protocols: tcp, least: 1, check: notACME},
	"HostSNI":       {protocols: tcp, least: 1, kind: host, check: serverName},
	"HostSNIRegexp": {protocols: tcp, least: 1, kind: hostPattern},
})

// newLanguage adds the spellings that Traefik takes besides a matcher's name.
func newLanguage(of map[string]matcher) language {
	all := maps.Clone(of)
	for name, m := range of {
		lower := strings.ToLower(name)
		for _, s := range []string{lower, strings.ToUpper(name), strings.ToUpper(lower[:1]) + lower[1:]} {
			all[s] = m
		}
	}
	return language{all, strings.Join(slices.Sorted(maps.Keys(of)), ", ")}
}

func ascii(value string) error {
	if strings.ContainsFunc(value, func(r rune) bool { return r > unicode.MaxASCII }) {
		return errors.New("has letters outside of ASCII: write the name as DNS has it, xn--…")
	}
	return nil
}

func absolute(value string) error {
	if !strings.HasPrefix(value, "/") {
		return errors.New("want a path that begins with /")
	}
	return nil
}

// serverName is of letters, digits, "_", ".", "-" and ":", or "*" alone.
func serverName(value string) error {
	if value != "*" && strings.ContainsFunc(value, func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_.-:", r)
	}) {
		return errors.New("want a host's name, or * for all")
	}
	return nil
}

// notACME keeps what certificates are got by for Traefik itself.
func notACME(value string) error {
	if value == "acme-tls/1" {
		return errors.New("Traefik keeps this protocol for itself")
	}
	return nil
}

func parse(rule, syntax string) (*node, protocol, error) {
	if len(rule) > maxRule {
		return nil, 0, fmt.Errorf("%d bytes long: no object in a cluster has more than %d", len(rule), maxRule)
	}
	expr, err := parser.ParseExpr(rule)
	if err != nil {
		return nil, 0, fmt.Errorf("not in the language of Traefik's rules, such as Host(`a.example.com`) && PathPrefix(`/api`): %s", brief(err))
	}
	r := reader{language: v3, protocols: http | tcp}
	if r.v2 = syntax == "v2"; r.v2 {
		r.language = v2
	}
	root, err := r.node(expr, false)
	if err != nil {
		return nil, 0, err
	}
	if r.protocols == 0 {
		return nil, 0, errors.New("has matchers of HTTP and matchers of TCP: no router knows both")
	}
	return root, r.protocols, nil
}

// brief is what a parser says, fit to be shown: it may quote the whole rule.
func brief(err error) string {
	const most = 200
	text := err.Error()
	if len(text) > most {
		text = text[:most] + "…"
	}
	return printable.Text(text)
}

// reader makes nodes of a parsed rule.
type reader struct {
	language
	v2        bool
	protocols protocol // those that know every matcher so far
}

// node goes no deeper than the parser, which stops at a hundred thousand.
func (r *reader) node(expr ast.Expr, not bool) (*node, error) {
	switch e := expr.(type) {
	case *ast.ParenExpr:
		return r.node(e.X, not)
	case *ast.UnaryExpr:
		if e.Op != token.NOT {
			return nil, fmt.Errorf("has the operator %s: want &&, || or !", e.Op)
		}
		return r.node(e.X, !not)
	case *ast.BinaryExpr:
		op := e.Op
		switch {
		case op != token.LAND && op != token.LOR:
			return nil, fmt.Errorf("has the operator %s: want &&, || or !", op)
		case not && op == token.LAND:
			op = token.LOR
		case not:
			op = token.LAND
		}
		left, err := r.node(e.X, not)
		if err != nil {
			return nil, err
		}
		right, err := r.node(e.Y, not)
		if err != nil {
			return nil, err
		}
		return &node{op: op, left: left, right: right}, nil
	case *ast.CallExpr:
		return r.call(e, not)
	}
	return nil, errors.New("has something besides matchers: want them as in Host(`a.example.com`)")
}

func (r *reader) call(e *ast.CallExpr, not bool) (*node, error) {
	name, ok := e.Fun.(*ast.Ident)
	if !ok {
		return nil, errors.New("calls something besides a matcher: want it as in Host(`a.example.com`)")
	}
	m, ok := r.matchers[name.Name]
	if !ok {
		return nil, fmt.Errorf("has the matcher %.40q: want one of %s", name.Name, r.names)
	}
	r.protocols &= m.protocols
	n := &node{not: not, kind: m.kind, flattened: m.protocols == http && !r.v2}
	for i, arg := range e.Args {
		literal, ok := arg.(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			return nil, fmt.Errorf("%s has a value that is no string: want it in `back-quotes`", name.Name)
		}
		value, err := strconv.Unquote(literal.Value)
		if err != nil {
			return nil, fmt.Errorf("%s(%.60q): %w", name.Name, literal.Value, err)
		}
		if value == "" {
			return nil, fmt.Errorf("%s has an empty value", name.Name)
		}
		if err := r.add(n, m, i, value); err != nil {
			return nil, fmt.Errorf("%s(%.60q): %w", name.Name, value, err)
		}
	}
	if got := len(e.Args); got < m.least || m.most > 0 && got > m.most {
		return nil, fmt.Errorf("%s has %d values: want %s", name.Name, got, m.number())
	}
	return n, nil
}

// number of values that a matcher takes, in words.
func (m matcher) number() string {
	switch m.most {
	case 0:
		return strconv.Itoa(m.least) + " or more"
	case m.least:
		return strconv.Itoa(m.least)
	}
	return fmt.Sprintf("%d to %d", m.least, m.most)
}

// add a matcher's value to its node.
func (r *reader) add(n *node, m matcher, i int, value string) error {
	if m.check != nil {
		if err := m.check(value); err != nil {
			return err
		}
	}
	if m.pattern == i+1 && len(value) <= maxPattern {
		if _, err := syntax.Parse(value, syntax.Perl); err != nil {
			return errors.New(brief(err))
		}
	}
	switch m.kind {
	case host:
		name := hostname.Fold(value)
		switch {
		case m.protocols == tcp && value == "*":
			n.everybody = true
			n.nameless = n.nameless || i == 0
		case n.not && (m.protocols == tcp && name != value || strings.HasSuffix(name, "..")):
			n.kind = other // rules v3 ask for this very name, which few clients send
		}
		// Of dots at the end, HostSNI takes one away at each connection.
		n.names = append(n.names, strings.TrimRight(name, "."))
	case hostPattern:
		p, err := newPattern(value, r.v2)
		if err != nil {
			return err
		}
		n.patterns = append(n.patterns, p)
	case client:
		network, err := prefix(value)
		if err != nil {
			return err
		}
		n.networks = append(n.networks, network)
	}
	return nil
}

// prefix of an address or a CIDR, as Traefik reads them.
func prefix(value string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(value); err == nil && addr.Zone() == "" {
		addr = addr.Unmap()
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	p, err := netip.ParsePrefix(value)
	if err != nil {
		return netip.Prefix{}, errors.New("want an address or a CIDR, such as 10.0.0.0/8")
	}
	if addr := p.Addr(); addr.Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(addr.Unmap(), p.Bits()-96)
	}
	return p.Masked(), nil
}
