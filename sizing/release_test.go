package sizing

import (
	"slices"
	"testing"
)

func TestBetween(t *testing.T) {
	for _, c := range []struct {
		from, to string
		want     []string
	}{
		{"0.23.2", "0.24.0", nil},
		{"0.23.2", "0.30.0", []string{"0.30.0"}},
		{"0.30.0-rocm", "0.34.4-rc0", []string{"0.30.10", "0.33.0"}},
		{"0.34.0", "0.23.2", []string{"0.30.0", "0.30.10", "0.33.0"}},
		{"0.33.0", "0.33.1", nil},
		{"0.23.2", "main", nil},
		{"latest", "0.34.0", nil},
	} {
		var got []string
		for _, r := range Between(c.from, c.to) {
			got = append(got, r.Version)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s to %s: %v, want %v", c.from, c.to, got, c.want)
		}
	}
}

func TestLlamaServer(t *testing.T) {
	for version, want := range map[string]bool{
		"0.23.2": false, "v0.29.9": false, "0.24": false, "0.30.0": true, "0.30": true, "0.30.0-rc1": true, "0.34.4": true,
		"1.0.0": true, "main": true, "": true, "0.23.2-rocm": false, "sha-0a1b2c": true,
	} {
		if got := LlamaServer(version); got != want {
			t.Errorf("%q: %v, want %v", version, got, want)
		}
	}
}

// The releases stand oldest first, which Between's answer goes by.
func TestReleasesInOrder(t *testing.T) {
	all := Releases()
	for i := range all[1:] {
		if !Older(all[i].Version, all[i+1].Version) {
			t.Errorf("%s stands before %s", all[i].Version, all[i+1].Version)
		}
	}
}
