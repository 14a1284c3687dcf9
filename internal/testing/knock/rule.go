package knock

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// matches reports whether a router of Traefik's is for a request. Its language
// is a part of Go's expressions.
//
// The analysis looks at hosts and at addresses apart, and errs on one side. So
// may a request match if its host can, whatever else it is, and its address can;
// and so may a rule that is for no host or address at all, which nobody writes.
func (c *cluster) matches(rule string, q request) bool {
	e := c.rules[rule]
	if e == nil {
		var err error
		if e, err = parser.ParseExpr(rule); err != nil {
			panic("not a rule: " + rule)
		}
		c.rules[rule] = e
		c.dead[rule] = !slices.ContainsFunc(c.requests, func(q request) bool { return c.can(e, q, "Host") }) ||
			!slices.ContainsFunc(c.requests, func(q request) bool { return c.can(e, q, "ClientIP") })
	}
	if q.may {
		return c.dead[rule] || c.can(e, q, "Host") && c.can(e, q, "ClientIP")
	}
	return c.can(e, q, "")
}

// can reports whether a rule holds for a request if those matchers say what they
// say whose name begins so, and all others anything.
func (c *cluster) can(e ast.Expr, q request, matchers string) bool {
	yes, _ := c.holds(e, q, matchers)
	return yes
}

func (c *cluster) holds(e ast.Expr, q request, matchers string) (yes, no bool) {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return c.holds(e.X, q, matchers)
	case *ast.UnaryExpr:
		yes, no = c.holds(e.X, q, matchers)
		return no, yes
	case *ast.BinaryExpr:
		xYes, xNo := c.holds(e.X, q, matchers)
		yYes, yNo := c.holds(e.Y, q, matchers)
		if e.Op == token.LAND {
			return xYes && yYes, xNo || yNo
		}
		return xYes || yYes, xNo && yNo
	}
	if call := e.(*ast.CallExpr); strings.HasPrefix(call.Fun.(*ast.Ident).Name, matchers) {
		yes = c.meets(call, q)
		return yes, !yes
	}
	return true, true
}

// meets reports what a matcher says of a request.
func (c *cluster) meets(call *ast.CallExpr, q request) bool {
	var args []string
	for _, a := range call.Args {
		s, err := strconv.Unquote(a.(*ast.BasicLit).Value)
		if err != nil {
			panic(err)
		}
		args = append(args, s)
	}
	switch name := call.Fun.(*ast.Ident).Name; name {
	case "Host":
		return args[0] == q.host
	case "HostSNI":
		return args[0] == "*" || args[0] == q.host
	case "HostRegexp", "HostSNIRegexp":
		return c.regexp(args[0]).MatchString(q.host)
	case "ClientIP":
		return in(q.addr, args)
	case "Path":
		return q.path == args[0]
	case "PathPrefix":
		return strings.HasPrefix(q.path, args[0])
	case "Method":
		return q.method == args[0]
	case "Header": // X-Version
		return q.header
	default:
		panic("a matcher that is not drawn: " + name)
	}
}

func (c *cluster) regexp(expression string) *regexp.Regexp {
	if c.regexps[expression] == nil {
		c.regexps[expression] = regexp.MustCompile(expression)
	}
	return c.regexps[expression]
}
