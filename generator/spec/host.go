package spec

import (
	"encoding/hex"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
)

// URL of the exposed service, without a slash at the end.
func (e *Expose) URL() string {
	if e.TLS != nil && e.TLS.Type == TLSNone {
		return "http://" + string(e.Host)
	}
	return "https://" + string(e.Host)
}

// private tells a host that only a private network can reach, by its name
// alone: there is no DNS look-up. In doubt a host is public.
func (h Host) private() bool {
	for _, suffix := range []string{".internal", ".local", ".lan", ".home.arpa"} {
		if strings.HasSuffix(string(h), suffix) {
			return true
		}
	}
	for _, service := range []string{".nip.io", ".sslip.io"} {
		if name, ok := strings.CutSuffix(string(h), service); ok {
			addr, ok := embeddedAddr(name)
			return ok && localAddr(addr)
		}
	}
	return false
}

// localAddr tells an address that no packet from the internet reaches.
func localAddr(a netip.Addr) bool {
	return a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast()
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
		m := fourNumbers.FindStringSubmatch(name)
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

var fourNumbers = regexp.MustCompile(`(?:^|[.-])([0-9]+(?:(?:\.[0-9]+){3}|(?:-[0-9]+){3}))(?:$|[.-])`)
