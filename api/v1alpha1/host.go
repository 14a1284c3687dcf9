package v1alpha1

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/hearth-dev/hearth/internal/lazyregexp"
)

// Host is a DNS name, in lower case, without scheme, port or wildcard. It may
// have variables, such as chat.${DOMAIN}, where spec.substitute says who puts
// them in.
type Host string

// UnmarshalText accepts a DNS name of two labels or more.
func (h *Host) UnmarshalText(text []byte) error {
	s := filled(string(text), "x.x")
	if addr, err := netip.ParseAddr(s); err == nil {
		dashed := strings.NewReplacer(".", "-", ":", "-").Replace(addr.WithZone("").StringExpanded())
		return fmt.Errorf("a route needs a name, not an address: try %s.sslip.io", dashed)
	}
	if host := bareHost(s); host != s && !strings.Contains(s, "${") {
		if new(Host).UnmarshalText([]byte(host)) != nil {
			return errors.New("want a host without scheme, port and path, such as chat.example.org")
		}
		return fmt.Errorf("want a host without scheme, port and path, for the port is the controller's: write %s", host)
	}
	switch {
	case strings.Contains(s, "*"):
		return errors.New("want one host: an Ingress with a wildcard would take other people's names")
	case strings.Contains(s, "_"):
		return errors.New("a host's name has no '_': use '-'")
	case strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }):
		return errors.New("want the ASCII form of the name, which begins with xn--")
	case s != strings.ToLower(s) && new(Host).UnmarshalText([]byte(strings.ToLower(s))) == nil:
		return fmt.Errorf("want lower case: write %s", strings.ToLower(s))
	case strings.HasSuffix(s, "."):
		return errors.New("want no dot at the end")
	case strings.Contains(s, "${"):
		return errors.New("want a variable such as ${DOMAIN} or ${DOMAIN:=example.org}, with spec.substitute")
	case s != "" && !strings.Contains(s, "."):
		return errors.New("want a full name with a dot, such as chat.example.org")
	case len(validation.IsDNS1123Subdomain(s)) > 0 || longLabel().MatchString(s):
		return errors.New("not a DNS name: want labels of letters, digits and '-' joined by dots, each at most 63 long, such as chat.example.org")
	case numericEnd().MatchString(s):
		return errors.New("a name does not end in a number: want such as chat.example.org, or chat.10.0.0.200.nip.io for an address")
	}
	*h = Host(text)
	return nil
}

var (
	longLabel  = lazyregexp.New(`[^.]{64}`)
	numericEnd = lazyregexp.New(`\.[0-9]+$`)
)

// bareHost is the host of an address that a browser shows.
func bareHost(s string) string {
	if _, rest, found := strings.Cut(s, "://"); found {
		s = rest
	}
	s, _, _ = strings.Cut(s, "/")
	if host, port, found := strings.Cut(s, ":"); found && strings.Trim(port, "0123456789") == "" {
		s = host
	}
	return s
}

// Private reports whether only a private network can reach the host, by its name
// alone: there is no DNS look-up. In doubt a host is public.
func (h Host) Private() bool {
	for _, suffix := range []string{".internal", ".local", ".lan", ".home.arpa"} {
		if strings.HasSuffix(string(h), suffix) {
			return true
		}
	}
	for _, service := range []string{".nip.io", ".sslip.io"} {
		if HasVariable(string(h)) { // which may hold an address too
			break
		}
		if name, ok := strings.CutSuffix(string(h), service); ok {
			addr, ok := embeddedAddr(name)
			return ok && localAddr(addr)
		}
	}
	return false
}

func (h Host) public() bool { return !h.Private() }

// localAddr reports whether no packet from the internet reaches an address.
func localAddr(a netip.Addr) bool {
	return a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast()
}

// privateRanges are the addresses that no packet from the internet reaches. The
// last are those that providers share, and that clusters and VPNs use for
// themselves. Source: IANA's special-purpose address registries.
var privateRanges = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("169.254.0.0/16"),
	netip.MustParsePrefix("fc00::/7"), netip.MustParsePrefix("fe80::/10"), netip.MustParsePrefix("::1/128"), netip.MustParsePrefix("100.64.0.0/10"),
}

// PrivateRanges are the addresses that are private.
func PrivateRanges() []netip.Prefix { return slices.Clone(privateRanges) }

// PrivateRange reports whether all addresses of a range are private.
func PrivateRange(p netip.Prefix) bool {
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return slices.ContainsFunc(privateRanges, func(of netip.Prefix) bool { return of.Bits() <= p.Bits() && of.Contains(p.Addr()) })
}

// embeddedAddr finds the address in the part of a name before nip.io or
// sslip.io: chat.10.0.0.200, chat-10-0-0-200, 0a0000c8, fd00--1. A name with
// anything that could be read as a second address has none: which one counts is
// up to the server that is asked.
func embeddedAddr(name string) (netip.Addr, bool) {
	var found []netip.Addr
	numbers := 0
	for _, label := range strings.Split(name, ".") {
		if strings.Contains(label, "--") || strings.Count(label, "-") >= 7 {
			addr, err := netip.ParseAddr(strings.ReplaceAll(label, "-", ":"))
			if err != nil {
				return netip.Addr{}, false
			}
			found = append(found, addr.Unmap())
			continue
		}
		for _, part := range strings.Split(label, "-") {
			if b, err := hex.DecodeString(part); err == nil && len(b) == 4 {
				found = append(found, netip.AddrFrom4([4]byte(b)))
			} else if _, err := strconv.ParseUint(part, 10, 64); err == nil {
				numbers++
			}
		}
	}
	if numbers > 0 {
		m := fourNumbers().FindStringSubmatch(name)
		if m == nil || numbers > 4 {
			return netip.Addr{}, false
		}
		addr, err := netip.ParseAddr(strings.ReplaceAll(m[1], "-", "."))
		if err != nil {
			return netip.Addr{}, false
		}
		found = append(found, addr)
	}
	if len(found) != 1 {
		return netip.Addr{}, false
	}
	return found[0], true
}

var fourNumbers = lazyregexp.New(`(?:^|[.-])([0-9]+(?:(?:\.[0-9]+){3}|(?:-[0-9]+){3}))(?:$|[.-])`)
