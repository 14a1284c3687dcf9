package fleetsim_test

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/fleetsim"
)

// Files of this size have no place in testdata.
func bundleOf(content []byte) fstest.MapFS {
	return fstest.MapFS{
		"fleet.yaml": {Data: []byte("name: x\n")},
		"model.bin":  {Data: content},
	}
}

func sizeOf(t *testing.T, fsys fs.FS) fleetsim.Size {
	t.Helper()
	bundles, err := fleetsim.Open(fsys)
	if err != nil {
		t.Fatal(err)
	}
	size, err := bundles[0].Size()
	if err != nil {
		t.Fatal(err)
	}
	return size
}

func TestFleetCompressesFromAMillionBytesOfJSON(t *testing.T) {
	around := sizeOf(t, bundleOf([]byte("x"))).JSON - 1
	for _, tt := range []struct {
		size       int
		compressed bool
	}{
		{999_999 - around, false},
		{1_000_000 - around, true},
	} {
		size := sizeOf(t, bundleOf([]byte(strings.Repeat("x", tt.size))))
		if size.Compressed != tt.compressed || size.Compressed != (size.JSON < 10_000) {
			t.Errorf("%d bytes of text: %+v, want Compressed: %t", tt.size, size, tt.compressed)
		}
	}
}

// noise does not compress: base64 of it is a third longer.
func noise(t *testing.T, n int) []byte {
	t.Helper()
	data := make([]byte, n)
	if _, err := rand.NewChaCha8([32]byte{}).Read(data); err != nil {
		t.Fatal(err)
	}
	return data
}

// The store takes 1.5 MiB in one request: with 16 KiB that others add, 70 % of it
// are 1,084,620 bytes and all of it 1,556,480.
func TestLintWeighsWhatIsStored(t *testing.T) {
	for _, tt := range []struct {
		bytes int
		want  problem.Severity
		says  string
	}{
		{800_000, "", ""},
		{830_000, problem.Warning, "etcd takes 1,572,864 in one request"},
		{970_000, problem.Warning, "etcd takes 1,572,864 in one request"},
		{1_050_000, problem.Error, "gzip to 10"},
		{1_170_000, problem.Error, "the Bundle is 1,57"},
	} {
		found, err := fleetsim.Lint(bundleOf(noise(t, tt.bytes)))
		if err != nil {
			t.Fatal(err)
		}
		if tt.want == "" && len(found) == 0 {
			continue
		}
		if len(found) != 1 || found[0].Rule != "size" || found[0].Severity != tt.want || !strings.Contains(found[0].Message, tt.says) {
			t.Errorf("%d bytes: findings = %v, want one of the rule size, a %s", tt.bytes, found, tt.want)
		}
	}
}

// What the targets say is stored too: each cluster's name three times.
func TestTargetsAreStored(t *testing.T) {
	one := func(n int, overridden bool) int {
		var config strings.Builder
		config.WriteString("name: x\ntargetCustomizations:\n")
		for i := range n {
			fmt.Fprintf(&config, "- {name: o%04d, clusterName: c%04d, kustomize: {dir: overlays/o%04d}}\n", i, i, i)
		}
		if overridden {
			config.WriteString("overrideTargets: [{clusterSelector: {}}]\n")
		}
		return sizeOf(t, fstest.MapFS{"fleet.yaml": {Data: []byte(config.String())}, "a.yaml": {}}).JSON
	}
	each := len(`{"clusterName":"c0001","ignore":{},"kustomize":{"dir":"overlays/o0001"},"name":"o0001"},`)
	again := len(`{"clusterName":"c0001","ignore":{}},` + `{"clusterName":"c0001"},`)
	if got := one(101, false) - one(100, false); got != each+again {
		t.Errorf("a target takes %d bytes, want %d", got, each+again)
	}
	if got := one(101, true) - one(100, true); got != each {
		t.Errorf("beside overrideTargets a target takes %d bytes, want %d", got, each)
	}
}

func TestLintRefusesWhatDoesNotGzipBelowAMegabyte(t *testing.T) {
	found, err := fleetsim.Lint(bundleOf(noise(t, 1_000_000)))
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 1 || found[0].Rule != "size" {
		t.Errorf("findings = %v, want one of the rule size", found)
	}
}
