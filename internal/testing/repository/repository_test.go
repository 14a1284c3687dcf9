package repository

import (
	"flag"
	"testing"
)

var update = flag.Bool("update", false, "rewrite docs/network.md and the README's figures")

// atRoot lets a test name files as the repository does. It is for every test to
// say, and not for TestMain: go test does not see what TestMain does before it
// runs them, would look for the files elsewhere, and repeat an old result though
// they changed.
func atRoot(t *testing.T) {
	t.Helper()
	t.Chdir("../../..")
}
