package spec

import (
	"encoding/hex"
	"net/netip"
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
			return ok && (addr.IsPrivate() || addr.IsLoopback() || addr.IsLinkLocalUnicast())
		}
	}
	return false
}

// embeddedAddr finds the IPv4 address in a name such as chat.10.0.0.200 or
// chat-10-0-0-200, or in hexadecimal 0a0000c8. A name with more numbers than
// one address has is ambiguous and has none.
func embeddedAddr(name string) (netip.Addr, bool) {
	parts := strings.FieldsFunc(name, func(r rune) bool { return r == '.' || r == '-' })
	var octets []byte
	for _, p := range parts {
		if n, err := strconv.ParseUint(p, 10, 64); err == nil {
			if n > 255 {
				return netip.Addr{}, false
			}
			octets = append(octets, byte(n))
		}
	}
	if len(octets) == 0 && len(parts) > 0 {
		if b, err := hex.DecodeString(parts[len(parts)-1]); err == nil && len(b) == 4 {
			octets = b
		}
	}
	if len(octets) != 4 {
		return netip.Addr{}, false
	}
	return netip.AddrFrom4([4]byte(octets)), true
}
