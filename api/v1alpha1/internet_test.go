package v1alpha1_test

import (
	"bytes"
	"encoding/csv"
	"net/netip"
	"os"
	"testing"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// held reports whether one of Internet's ranges holds an address.
func held(text string) bool {
	a := netip.MustParseAddr(text)
	for _, r := range v1alpha1.Internet() {
		in := netip.MustParsePrefix(string(r.Range)).Contains(a)
		for _, e := range r.Except {
			in = in && !netip.MustParsePrefix(string(e)).Contains(a)
		}
		if in {
			return true
		}
	}
	return false
}

// Every block of IANA's registries that is not globally reachable is left out,
// from its first address to its last.
func TestInternetLeavesSpecialPurposesOut(t *testing.T) {
	data, err := os.ReadFile("testdata/special-purpose.csv")
	if err != nil {
		t.Fatal(err)
	}
	table := csv.NewReader(bytes.NewReader(data))
	table.Comment = '#'
	rows, err := table.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		block := netip.MustParsePrefix(row[0])
		if row[3] == "True" && block.String() != "64:ff9b::/96" {
			continue
		}
		for _, a := range []netip.Addr{block.Addr(), last(block)} {
			if held(a.String()) {
				t.Errorf("%s is let out to: %s, %s", a, row[0], row[1])
			}
		}
	}
	if len(rows) < 50 {
		t.Errorf("the registries have %d blocks, they had 51 in 2026", len(rows))
	}
}

// last is the highest address of a block.
func last(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 1 << (7 - i%8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

// Metadata services of the clouds, and multicast, which no registry of special
// purposes holds; and next to what is left out, what is not.
func TestInternetOfClouds(t *testing.T) {
	for text, want := range map[string]bool{
		"169.254.169.254": false,                        // AWS, Azure, Google Cloud, Oracle, DigitalOcean, Hetzner and others
		"fd00:ec2::254":   false, "fd00:ec2::23": false, // AWS: instance metadata, EKS Pod Identity
		"169.254.170.2": false, "169.254.170.23": false, // AWS: ECS, EKS Pod Identity
		"fd20:ce::254":       false,                                                         // Google Cloud
		"168.63.129.16":      false,                                                         // Azure's WireServer
		"100.100.100.200":    false,                                                         // Alibaba Cloud
		"192.0.0.192":        false,                                                         // Oracle Cloud, its older address
		"fd00:42::42":        false,                                                         // Scaleway
		"64:ff9b::a9fe:a9fe": false, "64:ff9b::a00:1": false, "64:ff9b:1::a9fe:a9fe": false, // by NAT64
		"::ffff:169.254.169.254": false, "2002:a9fe:a9fe::1": false, // mapped, 6to4
		"224.0.0.1": false, "239.255.255.255": false, "ff02::1": false,
		"168.63.129.15": true, "168.63.129.17": true, "9.255.255.255": true, "11.0.0.0": true, "172.15.255.255": true,
		"172.32.0.0": true, "100.63.255.255": true, "100.128.0.0": true, "223.255.255.255": true, "104.16.0.1": true,
		"2001:200::1": true, "2003::1": true, "2606:4700::1": true, "3ffe::1": true, "2a02:2e0::1": true,
	} {
		if got := held(text); got != want {
			t.Errorf("%s: held %t, want %t", text, got, want)
		}
	}
}
