package v1alpha1

import (
	"fmt"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/internal/lazyregexp"
	"github.com/hearth-dev/hearth/internal/secretscan"
	"github.com/hearth-dev/hearth/internal/signin"
	"github.com/hearth-dev/hearth/internal/versions"
)

var (
	// envForm is what a shell and Kubernetes accept as a variable's name.
	envForm = lazyregexp.New(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// env checks the variables of a container; ours are those that hearth decides.
func (v validator) env(at *field.Path, env map[string]EnvValue, ours map[string]variable) {
	for _, name := range slices.Sorted(maps.Keys(env)) {
		at, value := at.Key(name), env[name]
		if !envForm().MatchString(name) {
			v.errorf(at, "", "got the name %q, want letters, digits and '_', not beginning with a digit", name)
			continue
		}
		if decided, ok := owned(ours, name); ok {
			v.errorf(at, decided.fix, "%s", decided.reason)
			continue
		}
		if value.SecretKeyRef != nil {
			v.secretKeyRef(at, value)
			continue
		}
		if why := secretscan.Value(name, value.Value); why != "" {
			v.errorf(at, fmt.Sprintf("write %s: {secretKeyRef: {name: SECRET, key: KEY}}", name), "has %s, which everybody could read in Git", why)
		}
	}
}

func (v validator) secretKeyRef(at *field.Path, value EnvValue) {
	if value.Value != "" {
		v.errorf(at, "keep one of them", "has both a value and a secretKeyRef")
	}
	v.secretKey(at.Child("secretKeyRef"), *value.SecretKeyRef)
}

func (v validator) secretKey(at *field.Path, ref SecretKeyRef) {
	v.name(at.Child("name"), ref.Name, "a Secret")
	switch {
	case ref.Key == "":
		v.errorf(at.Child("key"), "", "missing: want the key in the Secret")
	case len(validation.IsConfigMapKey(ref.Key)) > 0:
		v.errorf(at.Child("key"), "", "got %q, want the key in the Secret: letters, digits, '-', '_' and '.'", ref.Key)
	}
}

// openWebUIEnv refuses settings of Ollama's, and a door that stands open. It warns of
// what this version does not read, which it ignores without a word.
func (v validator) openWebUIEnv(at *field.Path, b *Base) {
	w, env := b.OpenWebUI, at.Child("openWebUI", "env")
	for _, name := range slices.Sorted(maps.Keys(w.Env)) {
		if _, decided := openWebUIOwned[name]; !decided && slices.Contains(OllamaVariables(), name) {
			v.errorf(env.Key(name), "move it to ollama.env", "Ollama reads this variable, and Open WebUI does not")
		} else if reason, fix := versions.OpenWebUI.Unread(name, w.Image.Tag); !decided && reason != "" {
			v.because(at.Child("openWebUI", "image", "tag")).warnf(env.Key(name), fix, "%s", reason)
		}
	}
	// Whoever may connect to the pod can write a header.
	const header = "WEBUI_AUTH_TRUSTED_EMAIL_HEADER"
	peers := *w.AllowFrom
	switch {
	case w.Env[header] == EnvValue{}, b.Expose.Exposed(), w.addressed() != signin.Cluster: // which signIn has
	case len(peers) != 1 || len(peers[0].PodLabels) == 0:
		v.because(at.Child("openWebUI", "allowFrom")).errorf(env.Key(header), "admit the proxy that sets it alone: allowFrom: [{namespace: NAMESPACE, podLabels: {app: PROXY}}]",
			"whoever gets to the chat past the proxy could sign in as anybody")
	}
}
