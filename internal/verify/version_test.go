package verify_test

import (
	"testing"

	"github.com/hearth-dev/hearth/internal/testing/fakecluster"
	"github.com/hearth-dev/hearth/internal/verify"
)

// versionCases are about a program that is not what its image's tag says.
func versionCases() []fault {
	ollama := func(version string) func(*testing.T, *fakecluster.Cluster) {
		return func(_ *testing.T, c *fakecluster.Cluster) { c.Ollama.Version = version }
	}
	chat := func(version string) func(*testing.T, *fakecluster.Cluster) {
		return func(_ *testing.T, c *fakecluster.Cluster) { c.Chat.Version = version }
	}
	passed := func(subject, detail string) verify.Row {
		return verify.Row{Check: "version", Subject: subject, Status: verify.Passed, Detail: detail}
	}
	const newer = " is newer than 0.34, the newest Ollama that hearth knows: it may read other settings, and what it needs is taken to be as of 0.34"
	return []fault{
		{"another one", "plain", ollama("0.34.0"), verify.Options{}, fail("version", "ollama/ollama", "0.34.0, and the tag is 0.23.2",
			"ollama.image.tag (base ollama): write 0.34.0, or the image that it names is another one where the pod runs")},
		{"another patch", "plain", ollama("0.23.3"), verify.Options{}, fail("version", "ollama/ollama", "0.23.3, and the tag is 0.23.2",
			"ollama.image.tag (base ollama): write 0.23.3, or the image that it names is another one where the pod runs")},
		{"built without one", "plain", ollama("0.0.0"), verify.Options{}, skip("version", "ollama/ollama", `it says "0.0.0": it was built without its version`)},
		{"no number", "plain", ollama("(devel)"), verify.Options{}, skip("version", "ollama/ollama", `it says "(devel)": it was built without its version`)},
		{"another chat", "homelab-nginx", chat("0.12.4"), verify.Options{}, fail("version", "ai/open-webui", "0.12.4, and the tag is 0.9.4",
			"openWebUI.image.tag (base ai): write 0.12.4, or the image that it names is another one where the pod runs")},
		{"a chat that does not say", "homelab-nginx", chat(""), verify.Options{}, skip("version", "ai/open-webui", "this Open WebUI does not say: /api/version answers 404 Not Found")},
		{"of a tag that is none", "untagged", ollama("0.34.9"), verify.Options{}, passed("ai/ollama", "0.34.9")},
		{"of a tag that is none, not known yet", "untagged", ollama("0.35.1"), verify.Options{}, passed("ai/ollama", "0.35.1"+newer)},
		{"of a tag that is none, an older engine", "untagged", ollama("0.24.0"), verify.Options{},
			fail("version", "ai/ollama", "0.24.0, and the tag main counts as 0.34 or newer: memory and threads are derived for another engine",
				"ollama.image.tag (base ai): write 0.24.0, or the image that it names is another one where the pod runs")},
	}
}
