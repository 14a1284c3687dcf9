package fleetsim_test

import (
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hearth-dev/hearth/internal/fleetsim"
)

// The property tests deploy every target of thousands of random stacks.
func BenchmarkDeploy(b *testing.B) {
	archive, err := txtar.ParseFile("testdata/good.txtar")
	if err != nil {
		b.Fatal(err)
	}
	fsys := repository(archive.Files)
	cluster := fleetsim.Cluster{Name: "homelab", Labels: map[string]string{"hearth.dev/overlay": "traefik"}}
	for b.Loop() {
		bundles, err := fleetsim.Open(fsys)
		if err != nil {
			b.Fatal(err)
		}
		if d, err := bundles[0].Deploy(cluster); err != nil || len(d.Objects) != 2 {
			b.Fatal(err, d)
		}
	}
}
