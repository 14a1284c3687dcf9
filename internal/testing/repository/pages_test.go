package repository

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var pageLink = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// Every link of a page to a file of the repository leads to one, and every page of
// docs is reached from its index.
func TestPagesAreLinked(t *testing.T) {
	atRoot(t)
	var listed []string
	for _, page := range pages(t) {
		data, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range pageLink.FindAllStringSubmatch(string(data), -1) {
			link, err := url.Parse(m[1])
			if err != nil || link.Host != "" || link.Path == "" {
				continue
			}
			target := filepath.Join(filepath.Dir(page), link.Path)
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: %s: there is no %s", page, m[1], target)
			}
			if page == filepath.Join("docs", "README.md") {
				listed = append(listed, target)
			}
		}
	}
	for _, page := range pages(t) {
		for _, folder := range []string{"docs", filepath.Join("docs", "reference"), filepath.Join("docs", "reports")} {
			if filepath.Dir(page) == folder && page != filepath.Join("docs", "README.md") && !slices.Contains(listed, page) {
				t.Errorf("docs/README.md does not lead to %s", page)
			}
		}
	}
	if len(listed) < 20 || !slices.ContainsFunc(listed, func(path string) bool { return strings.HasSuffix(path, "tutorial.md") }) {
		t.Errorf("the index has %d links, it had 20 and more", len(listed))
	}
}
