package v1alpha1

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/spelling"
	"github.com/hearth-dev/hearth/internal/versions"
)

// OllamaVariables are the names of the environment variables that any version of
// Ollama's server reads; the caller owns the slice.
func OllamaVariables() []string { return versions.Ollama.Names() }

const unreadName = "Ollama reads no variable of this name"

// VariableProblem is what is wrong with an environment variable of Ollama.
type VariableProblem struct {
	// Severity is a warning where it may be right, too.
	Severity problem.Severity
	// Reason is such as "Ollama reads it up to 0.24, and this is 0.30.10".
	Reason string
	// Fix is what to do about it; "" if nothing can be said.
	Fix string
}

// OllamaUnread says why the Ollama of an image's tag does not read a variable;
// nil if it does.
func OllamaUnread(name, tag string) *VariableProblem {
	known, ours := versions.Ollama.Variable(name)
	standing := versions.Ollama.Standing(tag)
	untagged := standing == versions.None
	switch {
	case !ours:
		u := &VariableProblem{Severity: problem.Error, Reason: unreadName, Fix: spelling.Suggest(name, OllamaVariables())}
		if u.Fix == "" && (untagged || standing == versions.TooNew) {
			u.Severity, u.Reason = problem.Warning, "no Ollama up to "+versions.Ollama.Newest+" reads a variable of this name"
		}
		return u
	case known.First == "" && known.Last == "":
		return nil
	case untagged && known.First != "":
		return &VariableProblem{problem.Warning, fmt.Sprintf("Ollama reads it from %s on, and %q names no version", known.First, tag), "name a version in the image's tag"}
	case untagged:
		return &VariableProblem{problem.Warning, fmt.Sprintf("Ollama reads it up to %s, and %q names no version", known.Last, tag), "remove it, or name a version in the image's tag"}
	}
	if reason, fix := versions.Ollama.Unread(name, tag); reason != "" {
		return &VariableProblem{problem.Error, reason, fix}
	}
	return nil
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
		_, known := versions.Ollama.Variable(name)
		if decided || !known && !strings.HasPrefix(name, "OLLAMA_") {
			continue
		}
		u := OllamaUnread(name, o.Image.Tag)
		if u == nil {
			v.llamaEnv(at.Key(name), name, o.Env[name])
			continue
		}
		near := spelling.Misspelt(name, OllamaVariables())
		switch use := ollamaUnread[name]; {
		case known:
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

// llamaEnv refuses what llama-server cannot be told beside Ollama, and warns of what
// the memory does not follow.
func (v validator) llamaEnv(at *field.Path, name string, given EnvValue) {
	value := &given.Value
	if given.SecretKeyRef != nil {
		value = nil
	}
	if p := LlamaArgument(name, value); p != nil {
		v.add(p.Severity, at, p.Fix, "%s", p.Reason)
	}
}
