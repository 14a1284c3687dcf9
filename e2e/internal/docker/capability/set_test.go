package capability

import "testing"

func TestParseStatus(t *testing.T) {
	for name, test := range map[string]struct {
		status       string
		want, failed bool
	}{
		"complete host":    {"Name:\tx\nCapBnd:\t000001ffffffffff\nCapAmb:\t0\n", true, false},
		"without bit 24":   {"Name:\tx\nCapBnd:\t000001fffeffffff\nCapAmb:\t0\n", false, false},
		"no such line":     {"Name:\tx\n", false, true},
		"not hexadecimal":  {"CapBnd:\tnone\n", false, true},
		"effective is not": {"CapEff:\t000001ffffffffff\nCapBnd:\t0\n", false, false},
	} {
		got, err := ParseStatus(test.status)
		if (err != nil) != test.failed || got.Has(SysResource) != test.want {
			t.Errorf("%s: got %x, error %v; want %s: %t, failed: %t", name, got, err, SysResource, test.want, test.failed)
		}
	}
	if !Set(0).Has("CAP_OF_A_NEWER_KERNEL") {
		t.Error("an unknown capability is judged here, want it left to the kernel")
	}
}
