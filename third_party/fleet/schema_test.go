package fleet_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/third_party/fleet"
)

// A copy of someone else's file is only worth its provenance: an edit here must
// not go unnoticed.
func TestSchemaIsTheCopyTheReadmeNames(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(fleet.Schema)
	if got := hex.EncodeToString(sum[:]); !strings.Contains(string(readme), got) {
		t.Errorf("fleet.yaml.schema.json has SHA-256 %s, which README.md does not name", got)
	}
}
