package fleetsim

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A rule that no archive breaks could be deleted without anybody noticing.
func TestEveryRuleHasAnArchiveThatBreaksIt(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(content)
	}
	for _, r := range rules() {
		// The archive would weigh a megabyte; size_test.go builds it.
		if r.id != "size" && !strings.Contains(all.String(), "\nlint "+r.id+": ") {
			t.Errorf("no archive in testdata breaks the rule %s: %s", r.id, r.why)
		}
	}
}
