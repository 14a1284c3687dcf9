package fns_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// TestStableFromTheFirstRun writes comments all over a config and an item: what
// the function writes, it writes again when it is given that.
func TestStableFromTheFirstRun(t *testing.T) {
	config, err := os.ReadFile("../hearth.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 0))
		spec := strings.Replace(string(config), "spec:\n", "spec:\n  overlay: homelab-internal\n", 1)
		const item = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: own\ndata:\n  a: b\n  c: |\n    d\n"
		list := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- " + indent(commented(random, item)) +
			"functionConfig:\n  " + indent(commented(random, spec))
		first, said, err := run(t, list)
		if err != nil {
			t.Fatalf("seed %d: %v\n%s\n%s", seed, err, said, list)
		}
		equal(t, fmt.Sprintf("seed %d: the second run", seed), first, mustRun(t, first))
	}
}

// commented is YAML with comments at random: on lines of their own, at any
// indentation, and behind values.
func commented(random *rand.Rand, text string) string {
	var out strings.Builder
	block := true // in which a comment would be text; and before the first line it would be an item's
	for line := range strings.SplitAfterSeq(strings.TrimSuffix(text, "\n"), "\n") {
		for !block && random.IntN(6) == 0 {
			out.WriteString(strings.Repeat(" ", 2*random.IntN(6)) + fmt.Sprintf("# comment %d\n", random.IntN(100)))
			if random.IntN(3) == 0 {
				out.WriteString("\n")
			}
		}
		out.WriteString(line)
		block = strings.HasSuffix(line, "|\n")
	}
	return out.String() + "\n"
}

func indent(text string) string {
	return strings.TrimSpace(strings.ReplaceAll(text, "\n", "\n  ")) + "\n"
}
