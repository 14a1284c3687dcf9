package fleetsim_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hearth-dev/hearth/internal/fleetsim"
)

// Files of this size have no place in testdata.
func bundleOf(content []byte) fstest.MapFS {
	return fstest.MapFS{
		"fleet.yaml": {Data: []byte("name: x\n")},
		"model.bin":  {Data: content},
	}
}

func TestFleetCompressesFromAMillionBytesOfJSON(t *testing.T) {
	around := len(`{"resources":[{"name":"model.bin","content":""}]}`)
	for _, tt := range []struct {
		size       int
		compressed bool
	}{
		{999_999 - around, false},
		{1_000_000 - around, true},
	} {
		bundles, err := fleetsim.Open(bundleOf([]byte(strings.Repeat("x", tt.size))))
		if err != nil {
			t.Fatal(err)
		}
		size, err := bundles[0].Size()
		if err != nil {
			t.Fatal(err)
		}
		if size.Compressed != tt.compressed || size.Compressed != (size.JSON < 10_000) {
			t.Errorf("%d bytes of text: %+v, want Compressed: %t", tt.size, size, tt.compressed)
		}
	}
}

func TestLintRefusesWhatDoesNotGzipBelowAMegabyte(t *testing.T) {
	noise := make([]byte, 1_000_000)
	if _, err := rand.NewChaCha8([32]byte{}).Read(noise); err != nil {
		t.Fatal(err)
	}
	found, err := fleetsim.Lint(bundleOf(noise))
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 1 || found[0].Rule != "size" {
		t.Errorf("findings = %v, want one of the rule size", found)
	}
}
