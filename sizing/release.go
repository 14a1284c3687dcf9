package sizing

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Release is a version of Ollama from which on models run otherwise than before.
// The variables that a version reads are api/v1alpha1's matter.
type Release struct {
	// Version is the first that does so, or the first that was read, as its image
	// is tagged.
	Version string
	// Changes are what people, programs or a pod's limits notice, a sentence each.
	Changes []string
}

// serverRelease is the first that runs models in a llama-server.
const serverRelease = "0.30.0"

var releases = []Release{
	{serverRelease, []string{
		"a llama-server of llama.cpp runs each model, and takes other memory",
		"the CPU limit no longer decides the threads: LLAMA_ARG_THREADS does",
		"earlier prompts are kept, 8 GiB for each model unless LLAMA_ARG_CACHE_RAM says less",
		"a model that does not fit is no longer refused: its process is killed",
	}},
	{"0.30.10", []string{"prompt_eval_count has the tokens that were kept of an earlier prompt, too: it gives no speed of reading"}},
	{"0.33.0", []string{"repeat_penalty is 1.0 by default, 1.1 before: a small model may not come to an end"}},
}

// Releases are those that hearth knows, oldest first; the caller owns the slice.
func Releases() []Release { return slices.Clone(releases) }

// Between are the releases that come into effect on the way from one version to
// another, or go out of effect on the way back. None where a tag is no version.
func Between(from, to string) []Release {
	a, okA := numbers(from)
	b, okB := numbers(to)
	if !okA || !okB {
		return nil
	}
	if slices.Compare(b, a) < 0 {
		a, b = b, a
	}
	var between []Release
	for _, r := range releases {
		if n, _ := numbers(r.Version); slices.Compare(a, n) < 0 && slices.Compare(n, b) <= 0 {
			between = append(between, r)
		}
	}
	return between
}

// Older reports whether a version comes before another. What is no version is
// newer than any.
func Older(version, than string) bool {
	a, ok := numbers(version)
	b, _ := numbers(than)
	return ok && slices.Compare(a, b) < 0
}

// LlamaServer reports whether a version of Ollama runs models in a separate
// llama-server, as from 0.30 on: it ignores the pod's CPU quota (ollama#17916),
// keeps a prompt cache (ollama#18264), and does not refuse what cannot fit. It
// reads LLAMA_ARG_* from the environment. What is no version counts as the newest.
func LlamaServer(version string) bool { return !Older(version, serverRelease) }

// ReadsQuota reports whether a version of Ollama takes the number of threads from
// the pod's CPU limit itself: 0.13 to 0.29, where the node has cgroup v2
// (discover/cpu_linux.go).
func ReadsQuota(version string) bool { return !LlamaServer(version) }

// numbers of a version: major, minor, patch. A candidate or a variant, such as
// 0.34.4-rc0 and 0.23.2-rocm, counts as the version itself.
func numbers(tag string) (version []int, ok bool) {
	tag, _, _ = strings.Cut(strings.TrimPrefix(tag, "v"), "-")
	parts := strings.Split(tag, ".")
	for i := range 3 {
		part := "0"
		if i < len(parts) {
			part = parts[i]
		}
		n, err := strconv.Atoi(cmp.Or(part, "?"))
		if err != nil && i < 2 || len(parts) < 2 {
			return nil, false
		}
		version = append(version, n)
	}
	return version, true
}
