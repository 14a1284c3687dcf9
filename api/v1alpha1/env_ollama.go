package v1alpha1

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apimachinery/pkg/util/version"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/spelling"
)

// ollamaVariable is an environment variable that Ollama's server reads, and the
// first and the last version that does. "" is before the oldest version that
// hearth knows, or after the newest.
type ollamaVariable struct{ name, first, last string }

// ollamaVariables are the names that Ollama's server reads, from its source:
// envconfig/config.go of v0.13.0, .5, v0.14.0, v0.15.0, v0.16.0 to .2, v0.17.0
// and .4, v0.18.0 and .3, v0.19.0, v0.20.0, v0.23.2, v0.24.0, v0.30.0 and .10,
// v0.31.0, v0.32.0 and .5, v0.33.0, v0.34.0 to .4. Where versions between two of
// these were not read, the first of them is said not to have a new variable.
// There is none from 0.25 to 0.29.
var ollamaVariables = []ollamaVariable{
	{name: "OLLAMA_AUTH"},
	{name: "OLLAMA_CONTEXT_LENGTH"},
	{name: "OLLAMA_CREATE_REMOTE", first: "0.34.1"},
	{name: "OLLAMA_DEBUG"},
	{name: "OLLAMA_DEBUG_LOG_REQUESTS", first: "0.18.3"},
	{name: "OLLAMA_EDITOR", first: "0.16.0"},
	{name: "OLLAMA_FLASH_ATTENTION"},
	{name: "OLLAMA_GO_TEMPLATE", first: "0.30.0"},
	{name: "OLLAMA_GPU_OVERHEAD"},
	{name: "OLLAMA_HOST"},
	{name: "OLLAMA_IGPU_ENABLE", first: "0.30.0"},
	{name: "OLLAMA_KEEP_ALIVE"},
	{name: "OLLAMA_KV_CACHE_TYPE"},
	{name: "OLLAMA_LLM_LIBRARY"},
	{name: "OLLAMA_LOAD_TIMEOUT"},
	{name: "OLLAMA_MAX_LOADED_MODELS"},
	{name: "OLLAMA_MAX_QUEUE"},
	{name: "OLLAMA_MAX_TRANSFER_STREAMS", first: "0.24.0"},
	{name: "OLLAMA_MODELS"},
	{name: "OLLAMA_MULTIUSER_CACHE", last: "0.24"},
	{name: "OLLAMA_NEW_ENGINE", last: "0.24"},
	{name: "OLLAMA_NOHISTORY"},
	{name: "OLLAMA_NOPRUNE"},
	{name: "OLLAMA_NO_CLOUD", first: "0.16.2"},
	{name: "OLLAMA_NUM_PARALLEL"},
	{name: "OLLAMA_ORIGINS"},
	{name: "OLLAMA_REMOTES"},
	{name: "OLLAMA_SCHED_SPREAD"},
	{name: "OLLAMA_VULKAN"},
}

// llamaVariables begin the names of llama-server's own variables, which Ollama
// hands on to it.
var llamaVariables = ollamaVariable{name: "LLAMA_ARG_", first: "0.30.0"}

// lastRead is the newest version whose variables are in ollamaVariables.
const lastRead = "0.34"

// OllamaVariables are the names of the environment variables that any version of
// Ollama's server reads; the caller owns the slice.
func OllamaVariables() []string {
	names := make([]string, len(ollamaVariables))
	for i, v := range ollamaVariables {
		names[i] = v.name
	}
	return names
}

const unreadName = "Ollama reads no variable of this name"

// Unread is a variable that an Ollama does not read.
type Unread struct {
	// Severity is a warning where the image's tag does not tell whether it does.
	Severity problem.Severity
	// Reason is such as "Ollama reads it up to 0.24, and this is 0.30.10".
	Reason string
	// Fix is what to do about it; "" if nothing can be said.
	Fix string
}

// OllamaUnread says why the Ollama of an image's tag does not read a variable;
// nil if it does.
func OllamaUnread(name, tag string) *Unread {
	release, err := version.ParseGeneric(tag)
	known, ours := ollamaVariable{}, strings.HasPrefix(name, llamaVariables.name)
	if i := slices.Index(OllamaVariables(), name); i >= 0 {
		known, ours = ollamaVariables[i], true
	} else if ours {
		known = llamaVariables
	}
	switch {
	case !ours:
		u := &Unread{Severity: problem.Error, Reason: unreadName, Fix: spelling.Suggest(name, OllamaVariables())}
		if u.Fix == "" && (err != nil || newerThan(release, lastRead)) {
			u.Severity, u.Reason = problem.Warning, "no Ollama up to "+lastRead+" reads a variable of this name"
		}
		return u
	case known.first == "" && known.last == "":
		return nil
	case err != nil && known.first != "":
		return &Unread{problem.Warning, fmt.Sprintf("Ollama reads it from %s on, and %q names no version", known.first, tag), "name a version in the image's tag"}
	case err != nil:
		return &Unread{problem.Warning, fmt.Sprintf("Ollama reads it up to %s, and %q names no version", known.last, tag), "remove it, or name a version in the image's tag"}
	case known.first != "" && release.LessThan(version.MustParseGeneric(known.first)):
		return &Unread{problem.Error, fmt.Sprintf("Ollama reads it from %s on, and this is %s", known.first, tag), "remove it, or take Ollama " + known.first + " or a newer one"}
	case known.last != "" && newerThan(release, known.last):
		return &Unread{problem.Error, fmt.Sprintf("Ollama reads it up to %s, and this is %s", known.last, tag), "remove it: newer ones have nothing in its place"}
	}
	return nil
}

// newerThan reports whether a version is of a later minor one than another.
func newerThan(v *version.Version, minor string) bool {
	return version.MustParseGeneric(minor).LessThan(version.MajorMinor(v.Major(), v.Minor()))
}

// Reads reports whether the Ollama of this image reads a variable, as far as the
// tag tells.
func (o *Ollama) Reads(name string) bool {
	u := OllamaUnread(name, o.Image.Tag)
	return u == nil || u.Severity == problem.Warning
}

// ollamaEnv refuses what this Ollama does not read: such a variable is ignored
// without a word.
func (v validator) ollamaEnv(server *field.Path, o *Ollama) {
	at := server.Child("env")
	for _, name := range slices.Sorted(maps.Keys(o.Env)) {
		_, decided := ollamaOwned[name]
		if decided || !strings.HasPrefix(name, "OLLAMA_") && !strings.HasPrefix(name, llamaVariables.name) {
			continue
		}
		u := OllamaUnread(name, o.Image.Tag)
		if u == nil {
			continue
		}
		near := spelling.Misspelt(name, OllamaVariables())
		switch use := ollamaUnread[name]; {
		case slices.Contains(OllamaVariables(), name) || strings.HasPrefix(name, llamaVariables.name):
		case use != "":
			u.Severity, u.Reason, u.Fix = problem.Error, unreadName, use
		case near != "" && ollamaOwned[near].fix != "": // which would be refused next
			u.Fix = ollamaOwned[near].fix
		case near != "":
			u.Fix = fmt.Sprintf("did you mean %s?", near)
		default:
			u.Fix = "see `ollama serve --help`"
		}
		v.because(server.Child("image", "tag")).add(u.Severity, at.Key(name), u.Fix, "%s", u.Reason)
	}
	if origins := o.Env["OLLAMA_ORIGINS"].Value; strings.Contains(origins, "*") {
		v.errorf(at.Key("OLLAMA_ORIGINS"), "name the origins", "got %q, which lets every web page that people open use this server", origins)
	}
}
