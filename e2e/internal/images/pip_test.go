package images

import (
	"regexp"
	"strings"
	"testing"
)

// TestLock holds the lists to what pip takes with --require-hashes --no-deps: every package once, exactly, with a sum for each
// of the two architectures at most.
func TestLock(t *testing.T) {
	for _, release := range []OpenWebUI{OpenWebUIDeployed, OpenWebUINewest} {
		t.Run(release.Version, func(t *testing.T) { isLocked(t, release) })
	}
}

func isLocked(t *testing.T, release OpenWebUI) {
	t.Helper()
	form := regexp.MustCompile(`^([a-z0-9-]+)==(\S+)( --hash=sha256:[0-9a-f]{64}){1,2}$`)
	versions := map[string]string{}
	for line := range strings.Lines(release.lock) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "#") {
			continue
		}
		match := form.FindStringSubmatch(line)
		if match == nil {
			t.Fatalf("got the line %q, want name==version with one sum or two", line)
		}
		if versions[match[1]] != "" {
			t.Errorf("%s is there twice", match[1])
		}
		versions[match[1]] = match[2]
	}
	if got := versions["open-webui"]; got != release.Version {
		t.Errorf("the lock has Open WebUI %q, the image is named for %s", got, release.Version)
	}
	for _, heavy := range []string{"torch", "transformers", "sentence-transformers", "onnxruntime"} {
		if versions[heavy] != "" {
			t.Errorf("the lock has %s %s, which only a model inside the pod needs", heavy, versions[heavy])
		}
	}
}
