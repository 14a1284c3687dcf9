// Package secret lists what an overlay needs that is never in Git: its Secrets,
// and what the providers that sign people in have to be told.
package secret

import (
	"maps"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/route"
)

// Secret is one that an overlay needs and that is never in Git.
type Secret struct {
	// Name and Namespace of the Secret.
	Name      string `json:"name"`
	Namespace string `json:"namespace"`
	// Type of the Secret, such as Opaque.
	Type string `json:"type"`
	// Keys that it must have, and what each holds.
	Keys []Key `json:"keys"`
	// Purpose in a few words.
	Purpose string `json:"purpose"`
}

// Key is one key of a Secret.
type Key struct {
	Name string  `json:"name"`
	Form KeyForm `json:"form"`
	// Purpose of the key in a few words. Default: that of the Secret.
	Purpose string `json:"purpose,omitempty"`
}

// KeyForm says what a key holds, and so whether it can be made up.
type KeyForm string

// What a key of a Secret holds.
const (
	// Random is a random text of 32 bytes or more.
	Random KeyForm = "random"
	// Token is a random text that a program sends as a bearer token: 32 characters
	// or more of those that one may have.
	Token KeyForm = "token"
	// Password is a password that a person types.
	Password KeyForm = "password"
	// Email is an e-mail address.
	Email KeyForm = "email"
	// Htpasswd is lines of user:bcrypt.
	Htpasswd KeyForm = "htpasswd"
	// Given is something only the person has.
	Given KeyForm = "given"
	// Variables are lines of NAME=VALUE, which stand for all keys of the Secret:
	// which there are, the stack does not say.
	Variables KeyForm = "variables"
)

// AllKeys is the name in the place of a key whose form is Variables.
const AllKeys = ".env"

// Of lists what the overlay's namespaces must hold before it can run, sorted by
// namespace and name.
func Of(o *v1alpha1.ResolvedOverlay) []Secret {
	found := map[string]*Secret{}
	add := func(namespace, name, kind, purpose string, keys ...Key) {
		id := namespace + "/" + name
		s, known := found[id]
		if !known {
			s = &Secret{Name: name, Namespace: namespace, Type: kind, Purpose: purpose}
			found[id] = s
		}
		for _, k := range keys {
			if !slices.ContainsFunc(s.Keys, func(have Key) bool { return have.Name == k.Name }) {
				s.Keys = append(s.Keys, k)
			}
		}
	}
	for i := range o.Bases {
		baseSecrets(&o.Bases[i], add)
	}
	out := []Secret{}
	for _, id := range slices.Sorted(maps.Keys(found)) {
		out = append(out, *found[id])
	}
	return out
}

// Copied reports whether Fleet copies the Secrets of an overlay from its management
// cluster to those that get it.
func Copied(r *v1alpha1.Resolved, o *v1alpha1.ResolvedOverlay) bool {
	return r.Fleet != nil && r.Fleet.CopySecrets && r.Fleet.Deploys(o.Name)
}

// Sources are the Secrets of an overlay in the namespace where they are to be made:
// where Fleet copies them, that of the GitRepo on the management cluster.
func Sources(r *v1alpha1.Resolved, o *v1alpha1.ResolvedOverlay) []Secret {
	all := Of(o)
	if Copied(r, o) {
		for i := range all {
			all[i].Namespace = r.Fleet.GitRepo.Namespace
		}
	}
	return all
}

func baseSecrets(b *v1alpha1.Base, add func(namespace, name, kind, purpose string, keys ...Key)) {
	if e := b.Engine; e != nil { // before the chat, which has the same key
		add(b.Namespace, e.SecretName, "Opaque", "lets clients ask the engine", Key{Name: v1alpha1.EngineKey, Form: Token, Purpose: "the key of the engine"})
		programSecrets(b.Namespace, &e.Workload, add)
	}
	if w := b.OpenWebUI; w != nil {
		add(b.Namespace, w.SecretName, "Opaque", "signs Open WebUI's sessions", Key{Name: "secret-key", Form: Random})
		if w.SignUp == v1alpha1.SignUpClosed {
			add(b.Namespace, w.SecretName, "Opaque", "",
				Key{Name: "admin-email", Form: Email, Purpose: "the admin's e-mail address"},
				Key{Name: "admin-password", Form: Password})
		}
		if o := w.OIDC; o != nil {
			purpose := "signs people in at " + o.ProviderURL
			if ref := o.ClientID.SecretKeyRef; ref != nil {
				add(b.Namespace, ref.Name, "Opaque", purpose, Key{Name: ref.Key, Form: Given, Purpose: "the client's ID at " + o.ProviderURL})
			}
			add(b.Namespace, o.ClientSecret.Name, "Opaque", purpose, Key{Name: o.ClientSecret.Key, Form: Given, Purpose: "the client's secret at " + o.ProviderURL})
		}
		for _, k := range w.Backends {
			if ref := k.APIKey; ref != nil {
				purpose := "the key of " + k.URL
				add(b.Namespace, ref.Name, "Opaque", purpose, Key{Name: ref.Key, Form: Given, Purpose: purpose})
			}
		}
		if w.Database.Type == v1alpha1.DatabasePostgres {
			const purpose = "the URL of the chat's database: postgresql://USER:PASSWORD@HOST:5432/DATABASE"
			ref := w.Database.URL()
			add(b.Namespace, ref.Name, "Opaque", "where the chat's database is", Key{Name: ref.Key, Form: Given, Purpose: purpose})
		}
		if r := w.Redis; r != nil && r.URL.SecretKeyRef != nil {
			const purpose = "the URL of the chat's Redis: redis://:PASSWORD@HOST:6379/0"
			add(b.Namespace, r.URL.SecretKeyRef.Name, "Opaque", "where the chat's Redis is", Key{Name: r.URL.SecretKeyRef.Key, Form: Given, Purpose: purpose})
		}
		if q := w.Vectors.Qdrant; q != nil && q.APIKey != nil {
			purpose := "the key of " + q.URL
			add(b.Namespace, q.APIKey.Name, "Opaque", purpose, Key{Name: q.APIKey.Key, Form: Given, Purpose: purpose})
		}
		programSecrets(b.Namespace, &w.Workload, add)
	}
	if o := b.Ollama; o != nil {
		programSecrets(b.Namespace, &o.Workload, add)
	}
	for _, name := range b.Images.PullSecrets {
		add(b.Namespace, name, "kubernetes.io/dockerconfigjson", "pulls images", Key{Name: ".dockerconfigjson", Form: Given})
	}
	e := b.Expose
	if auth := e.BasicAuth(); auth != nil {
		form := route.Passwords(e)
		add(b.Namespace, auth.SecretName, form.Type, "asks for a password at "+e.URL(), Key{Name: form.Key, Form: Htpasswd})
	}
	if k := e.APIKeys; k != nil {
		for _, name := range k.Names {
			add(b.Namespace, k.SecretName, "Opaque", "lets programs in at "+e.URL(), Key{Name: name, Form: Token, Purpose: "the key of the program " + name + " at " + e.URL()})
		}
	}
	if e.TLS != nil && e.TLS.Type == v1alpha1.TLSSecret {
		add(b.Namespace, e.TLS.SecretName, "kubernetes.io/tls", "the certificate of "+hosts(e),
			Key{Name: "tls.crt", Form: Given},
			Key{Name: "tls.key", Form: Given, Purpose: "the key of the certificate of " + hosts(e)})
	}
}

func hosts(e *v1alpha1.Expose) string {
	all := make([]string, len(e.Hosts()))
	for i, h := range e.Hosts() {
		all[i] = string(h)
	}
	return strings.Join(all, ", ")
}

// RedirectURIs are what the providers that sign people in to the overlay's chats
// have to be told.
func RedirectURIs(o *v1alpha1.ResolvedOverlay) []RedirectURI {
	var out []RedirectURI
	for i := range o.Bases {
		if w := o.Bases[i].OpenWebUI; w != nil && w.OIDC != nil {
			out = append(out, RedirectURI{w.OIDC.ProviderURL, o.Bases[i].RedirectURI()})
		}
	}
	return out
}

// RedirectURI is where a provider sends people back to.
type RedirectURI struct {
	Provider string `json:"provider"`
	URI      string `json:"uri"`
}

// programSecrets are those of a program's variables, of its containers' and of its volumes.
func programSecrets(namespace string, w *v1alpha1.Workload, add func(namespace, name, kind, purpose string, keys ...Key)) {
	envSecrets(namespace, w.Env, w.EnvFrom, add)
	for _, containers := range []map[string]v1alpha1.Container{w.InitContainers, w.Sidecars} {
		for _, name := range slices.Sorted(maps.Keys(containers)) {
			envSecrets(namespace, containers[name].Env, containers[name].EnvFrom, add)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(w.Volumes)) {
		if secret := w.Volumes[name].SecretName; secret != "" {
			purpose := "files of the volume " + name + ", as lines of NAME=VALUE"
			add(namespace, secret, "Opaque", purpose, Key{Name: AllKeys, Form: Variables, Purpose: purpose})
		}
	}
}

func envSecrets(namespace string, env map[string]v1alpha1.EnvValue, from []v1alpha1.EnvFrom, add func(namespace, name, kind, purpose string, keys ...Key)) {
	for _, name := range slices.Sorted(maps.Keys(env)) {
		if ref := env[name].SecretKeyRef; ref != nil {
			add(namespace, ref.Name, "Opaque", "environment variable "+name, Key{Name: ref.Key, Form: Given, Purpose: "environment variable " + name})
		}
	}
	for _, f := range from {
		if f.SecretName != "" && !f.Optional {
			const purpose = "environment variables, as lines of NAME=VALUE"
			add(namespace, f.SecretName, "Opaque", purpose, Key{Name: AllKeys, Form: Variables, Purpose: purpose})
		}
	}
}
