package v1alpha1

import "net/netip"

// Addresses are a range of addresses without some within it.
type Addresses struct {
	Range  CIDR
	Except []CIDR
}

// Internet is what a pod is let out to that needs the internet: addresses that
// anybody's packets are routed to. What belongs to the pod's own node, network
// or cloud is not among them: a metadata service gives credentials to whoever
// asks. Sources: IANA's special-purpose address registries of 2026-07-18
// (testdata/special-purpose.csv), RFC 5771 and RFC 1112 for 224.0.0.0/3, and
// IANA's IPv6 address space, of which 2000::/3 alone is assigned to hosts. The
// rest of IPv6 holds addresses that stand for an IPv4 one, among them NAT64's
// (64:ff9b::/96), by which a private IPv4 address has a second name.
func Internet() []Addresses {
	return []Addresses{
		{"0.0.0.0/0", []CIDR{
			"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8",
			// Azure's WireServer, public by its number alone:
			// learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
			"168.63.129.16/32",
			"169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
			"198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
		}},
		{"2000::/3", []CIDR{"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"}},
	}
}

// onInternet reports whether an address is one of Internet's.
func onInternet(a netip.Addr) bool {
	for _, r := range Internet() {
		if r.holds(a.Unmap()) {
			return true
		}
	}
	return false
}

func (r Addresses) holds(a netip.Addr) bool {
	if !netip.MustParsePrefix(string(r.Range)).Contains(a) {
		return false
	}
	for _, e := range r.Except {
		if netip.MustParsePrefix(string(e)).Contains(a) {
			return false
		}
	}
	return true
}
