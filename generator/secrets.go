package generator

import (
	"fmt"
	"maps"
	"slices"

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
	Keys []SecretKey `json:"keys"`
	// Purpose in a few words.
	Purpose string `json:"purpose"`
}

// SecretKey is one key of a Secret.
type SecretKey struct {
	Name string        `json:"name"`
	Form SecretKeyForm `json:"form"`
	// Purpose of the key in a few words. Default: that of the Secret.
	Purpose string `json:"purpose,omitempty"`
}

// SecretKeyForm says what a key holds, and so whether it can be made up.
type SecretKeyForm string

// What a key of a Secret holds.
const (
	// SecretRandom is a random text of 32 bytes or more.
	SecretRandom SecretKeyForm = "random"
	// SecretPassword is a password that a person types.
	SecretPassword SecretKeyForm = "password"
	// SecretEmail is an e-mail address.
	SecretEmail SecretKeyForm = "email"
	// SecretHtpasswd is lines of user:bcrypt.
	SecretHtpasswd SecretKeyForm = "htpasswd"
	// SecretGiven is something only the person has.
	SecretGiven SecretKeyForm = "given"
)

// Secrets lists what the overlay's namespaces must hold before it can run,
// sorted by namespace and name.
func Secrets(r *v1alpha1.Resolved, overlay string) ([]Secret, error) {
	o := r.Overlay(overlay)
	if o == nil {
		return nil, fmt.Errorf("overlay %q: not in the stack", overlay)
	}
	found := map[string]*Secret{}
	add := func(namespace, name, kind, purpose string, keys ...SecretKey) {
		id := namespace + "/" + name
		s, known := found[id]
		if !known {
			s = &Secret{Name: name, Namespace: namespace, Type: kind, Purpose: purpose}
			found[id] = s
		}
		for _, k := range keys {
			if !slices.ContainsFunc(s.Keys, func(have SecretKey) bool { return have.Name == k.Name }) {
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
	return out, nil
}

func baseSecrets(b *v1alpha1.Base, add func(namespace, name, kind, purpose string, keys ...SecretKey)) {
	if w := b.OpenWebUI; w != nil {
		add(b.Namespace, w.SecretName, "Opaque", "signs Open WebUI's sessions", SecretKey{Name: "secret-key", Form: SecretRandom})
		if w.SignUp == v1alpha1.SignUpClosed {
			add(b.Namespace, w.SecretName, "Opaque", "",
				SecretKey{Name: "admin-email", Form: SecretEmail, Purpose: "the admin's e-mail address"},
				SecretKey{Name: "admin-password", Form: SecretPassword})
		}
		if o := w.OIDC; o != nil {
			purpose := "signs people in at " + o.ProviderURL
			if ref := o.ClientID.SecretKeyRef; ref != nil {
				add(b.Namespace, ref.Name, "Opaque", purpose, SecretKey{Name: ref.Key, Form: SecretGiven, Purpose: "the client's ID at " + o.ProviderURL})
			}
			add(b.Namespace, o.ClientSecret.Name, "Opaque", purpose, SecretKey{Name: o.ClientSecret.Key, Form: SecretGiven, Purpose: "the client's secret at " + o.ProviderURL})
		}
		envSecrets(b.Namespace, w.Env, add)
	}
	if o := b.Ollama; o != nil {
		envSecrets(b.Namespace, o.Env, add)
	}
	for _, name := range b.Images.PullSecrets {
		add(b.Namespace, name, "kubernetes.io/dockerconfigjson", "pulls images", SecretKey{Name: ".dockerconfigjson", Form: SecretGiven})
	}
	e := b.Expose
	if auth := e.BasicAuth(); auth != nil {
		form := route.Passwords(e)
		add(b.Namespace, auth.SecretName, form.Type, "asks for a password at "+e.URL(), SecretKey{Name: form.Key, Form: SecretHtpasswd})
	}
	if e.TLS != nil && e.TLS.Type == v1alpha1.TLSSecret {
		add(b.Namespace, e.TLS.SecretName, "kubernetes.io/tls", "the certificate of "+string(e.Host),
			SecretKey{Name: "tls.crt", Form: SecretGiven},
			SecretKey{Name: "tls.key", Form: SecretGiven, Purpose: "the key of the certificate of " + string(e.Host)})
	}
}

// RedirectURIs are what the providers that sign people in to the overlay's chats
// have to be told.
func RedirectURIs(r *v1alpha1.Resolved, overlay string) ([]RedirectURI, error) {
	o := r.Overlay(overlay)
	if o == nil {
		return nil, fmt.Errorf("overlay %q: not in the stack", overlay)
	}
	var out []RedirectURI
	for i := range o.Bases {
		if w := o.Bases[i].OpenWebUI; w != nil && w.OIDC != nil {
			out = append(out, RedirectURI{w.OIDC.ProviderURL, o.Bases[i].RedirectURI()})
		}
	}
	return out, nil
}

// RedirectURI is where a provider sends people back to.
type RedirectURI struct {
	Provider string `json:"provider"`
	URI      string `json:"uri"`
}

func envSecrets(namespace string, env map[string]v1alpha1.EnvValue, add func(namespace, name, kind, purpose string, keys ...SecretKey)) {
	for _, name := range slices.Sorted(maps.Keys(env)) {
		if ref := env[name].SecretKeyRef; ref != nil {
			add(namespace, ref.Name, "Opaque", "environment variable "+name, SecretKey{Name: ref.Key, Form: SecretGiven, Purpose: "environment variable " + name})
		}
	}
}
