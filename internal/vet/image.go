package vet

import (
	"cmp"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/versions"
)

func podRules() []Rule {
	return []Rule{{
		ID: "image-tag", Severity: problem.Error, check: imageTag,
		Reason: "latest is another program tomorrow, and nodes that pulled it on different days run different ones",
		Fix:    "write a version's tag, or a digest",
		Source: "https://kubernetes.io/docs/concepts/containers/images/#image-names",
	}, {
		ID: "version-unknown", Severity: problem.Warning, check: versionUnknown,
		Reason: "of a version that nobody read or ran here it is not known which variables it reads and how much memory it takes: the other rules take it for the nearest that is",
		Fix:    "see docs/reference/versions.md, or accept it with an exception once it was tried",
		Source: "package versions: what was read and run of each",
	}, {
		ID: "service-account-token", Severity: problem.Warning, check: serviceAccountToken, needs: []string{"ServiceAccount"},
		Reason: "whoever breaks into the pod can ask the API server with its token, and neither Ollama nor Open WebUI needs one",
		Fix:    "set automountServiceAccountToken: false in the pod",
		Source: "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account",
	}}
}

// Moves reports whether the tag is one that publishers move: names of branches, alone or before a
// variant's name, and names of variants alone.
func Moves(tag string) bool {
	branch, _, _ := strings.Cut(tag, "-")
	return slices.Contains([]string{"latest", "main", "master", "dev", "nightly"}, branch) ||
		slices.Contains([]string{"edge", "stable", "cuda", "rocm", "slim", "alpine"}, tag)
}

func imageTag(in *input) []Finding {
	var found []Finding
	for _, c := range in.containers(anyContainer) {
		switch t := objects.Tag(c.Image); {
		case strings.Contains(c.Image, "@"):
		case c.Image == "":
			found = append(found, c.finding("image", "is not set"))
		case t == "":
			found = append(found, c.finding("image", "%s has no tag, which means latest", c.Image))
		case Moves(t):
			found = append(found, c.finding("image", "%s moves", c.Image))
		case !strings.ContainsAny(t, "0123456789"):
			f := c.finding("image", "%s names no version: it may move", c.Image)
			f.Severity = problem.Warning // who pushes to a registry of one's own may not
			found = append(found, f)
		}
	}
	return found
}

// versionUnknown finds versions out of the range that is known. A tag that is none
// is another rule's, and so is what a model needs.
func versionUnknown(in *input) []Finding {
	var found []Finding
	for _, p := range []struct {
		runs func(container) bool
		*versions.Program
	}{{ollama, &versions.Ollama}, {openWebUI, &versions.OpenWebUI}} {
		for _, c := range in.containers(p.runs) {
			if !p.Official(objects.Repository(c.Image)) {
				continue // somebody else's numbers
			}
			if reason, _ := p.Unknown(objects.Tag(c.Image)); reason != "" {
				found = append(found, c.finding("image", "%s", reason))
			}
		}
	}
	return found
}

func serviceAccountToken(in *input) []Finding {
	var found []Finding
	for i := range in.pods {
		p := &in.pods[i]
		mount := p.Spec.AutomountServiceAccountToken
		if mount == nil {
			account := in.Find("", "ServiceAccount", p.Ref.Namespace, cmp.Or(p.Spec.ServiceAccountName, "default"))
			if objects.At(account, "automountServiceAccountToken") == false {
				continue
			}
		}
		if mount == nil || *mount {
			found = append(found, p.finding("automountServiceAccountToken", "the pod gets a token for the API server"))
		}
	}
	return found
}
