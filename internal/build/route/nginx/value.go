package nginx

import (
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

const (
	digits  = "0123456789"
	letters = "abcdefghijklmnopqrstuvwxyz"
)

// only reports whether a text is of these characters, and of one at least.
func only(s, characters string) bool { return s != "" && strings.Trim(s, characters) == "" }

// every reports whether all parts of a list fit.
func every(list, separator string, fits func(string) bool) bool {
	return !slices.ContainsFunc(strings.Split(list, separator), func(part string) bool { return !fits(part) })
}

// number reports whether a text is a whole number from least to most.
func number(s string, least, most uint64) bool {
	n, err := strconv.ParseUint(s, 10, 63)
	return err == nil && least <= n && n <= most
}

// isSize reports whether a text is a size in nginx's form: bytes, or k or m of
// them (https://nginx.org/en/docs/syntax.html).
func isSize(s string) bool { return only(withoutUnit(s, "kKmM"), digits) }

// isOffset is isSize for what may be larger than memory: g of bytes too.
func isOffset(s string) bool { return only(withoutUnit(s, "kKmMgG"), digits) }

// withoutUnit is a text without its last character, if that is a unit.
func withoutUnit(s, units string) string {
	if n := len(s) - 1; n >= 0 && strings.IndexByte(units, s[n]) >= 0 {
		return s[:n]
	}
	return s
}

// timeUnits are nginx's, from the largest to the smallest.
var timeUnits = []string{"y", "M", "w", "d", "h", "m", "s", "ms"}

// isTime reports whether a text is a time in nginx's form: numbers with units
// that get smaller, with or without spaces between them. A number without a unit
// is seconds (https://nginx.org/en/docs/syntax.html).
func isTime(s string) bool {
	rest, next := strings.TrimSpace(s), 0
	if rest == "" {
		return false
	}
	for rest != "" {
		afterNumber := strings.TrimLeft(rest, digits)
		afterUnit := strings.TrimLeft(afterNumber, letters+"M")
		unit := strings.TrimSuffix(afterNumber, afterUnit)
		if unit == "" {
			unit = "s"
		}
		i := slices.Index(timeUnits, unit)
		if afterNumber == rest || i < next {
			return false
		}
		rest, next = strings.TrimLeft(afterUnit, " \t"), i+1
	}
	return true
}

// isQuotable reports whether a text can stand between the double quotes of a
// directive such as auth_basic and mean itself: a backslash takes the meaning
// from the character behind it, a quote would end the text, and nothing keeps a
// dollar sign from beginning a variable.
func isQuotable(s string) bool {
	escaped := false
	for _, c := range s {
		switch {
		case c == '$':
			return false
		case escaped:
			escaped = false
		case c == '\\':
			escaped = true
		case c == '"':
			return false
		}
	}
	return !escaped
}

// hasVariable reports whether a text has variables of nginx's in it, and
// besides them nothing that would end a directive.
func hasVariable(s string) bool {
	const ends = `;{}"`
	parts := strings.Split(s, "${")
	if len(parts) == 1 || strings.ContainsAny(parts[0], ends) {
		return false
	}
	return !slices.ContainsFunc(parts[1:], func(part string) bool {
		name, text, closed := strings.Cut(part, "}")
		return !closed || !only(name, letters+digits+"_") || strings.ContainsAny(text, ends)
	})
}

// isRate reports whether a text is a rate of limit_req_zone's: 10r/s or 30r/m.
func isRate(s string) bool {
	n, unit, _ := strings.Cut(s, "r/")
	return (unit == "s" || unit == "m") && number(n, 1, 1e9-1)
}

// isRoot reports whether a text is a path below the host's root.
func isRoot(s string) bool {
	return len(s) > 1 && s[0] == '/' && s[1] != '/' && !strings.HasSuffix(s, "/") && !strings.Contains(s, "~")
}

// isBuffers reports whether a text is a number and a size.
func isBuffers(s string) bool {
	n, each, _ := strings.Cut(s, " ")
	return only(n, digits) && isSize(each)
}

// isMethod reports whether a text is a way to choose among pods that nginx has
// without NGINX Plus.
func isMethod(s string) bool {
	if key, hash := strings.CutPrefix(s, "hash "); hash {
		key = strings.TrimSuffix(key, " consistent")
		return key != "" && !strings.Contains(key, " ")
	}
	return slices.Contains([]string{"round_robin", "least_conn", "ip_hash", "random", "random two", "random two least_conn"}, s)
}

// isFailure reports whether a word is one of proxy_next_upstream's.
func isFailure(s string) bool {
	return slices.Contains([]string{
		"error", "timeout", "invalid_header", "http_500", "http_502", "http_503", "http_504", "http_403", "http_404",
		"http_429", "non_idempotent", "off",
	}, s)
}

// isHeader reports whether a text is a header's name, spaces around it.
func isHeader(s string) bool { return len(validation.IsHTTPHeaderName(strings.TrimSpace(s))) == 0 }

// isHeaderLine reports whether a text is a header's name, or one with a value
// that has no variable in it.
func isHeaderLine(s string) bool {
	name, value, _ := strings.Cut(s, ":")
	return isHeader(name) && !strings.Contains(value, "$")
}
