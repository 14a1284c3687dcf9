package v1alpha1

import (
	"net/url"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// OIDC signs people in at an OpenID Connect provider, beside the chat's own
// accounts.
type OIDC struct {
	// ProviderURL is the provider's issuer, or its discovery document, which
	// hearth finds below it (OPENID_PROVIDER_URL). The NetworkPolicy lets the
	// chat out to a public one; name a private one in allowTo, and also one
	// whose public name leads to a private address.
	ProviderURL string `json:"providerURL"`
	// ClientID that the provider gave the chat: a value, or a secretKeyRef
	// (OAUTH_CLIENT_ID). Tell the provider the redirect URI
	// https://HOST/oauth/oidc/callback.
	ClientID EnvValue `json:"clientID,omitzero"`
	// ClientSecret is where the client's secret is (OAUTH_CLIENT_SECRET).
	// Default: the key oidc-client-secret of the Secret secretName.
	ClientSecret *SecretKeyRef `json:"clientSecret,omitzero"`
	// Name of the provider on the button (OAUTH_PROVIDER_NAME). Default: Open
	// WebUI's own, SSO.
	Name string `json:"name,omitzero"`
	// SignUp gives everybody whom the provider knows an account, which waits for
	// the admin's consent (ENABLE_OAUTH_SIGNUP). Default true; with false only
	// those with an account can sign in.
	SignUp *bool `json:"signUp,omitzero"`
}

const discovery = "/.well-known/openid-configuration"

// Discovery is the URL of the provider's discovery document.
func (o *OIDC) Discovery() string {
	if strings.Contains(o.ProviderURL, discovery) {
		return o.ProviderURL
	}
	return strings.TrimSuffix(o.ProviderURL, "/") + discovery
}

// Public reports whether the provider's name is one of the internet. There is no DNS
// look-up.
func (o *OIDC) Public() bool {
	u, err := url.Parse(o.ProviderURL)
	return err == nil && !HasVariable(o.ProviderURL) && reachable(u.Hostname(), u.Port())
}

// RedirectURI is where the provider sends people back to, and what it has to be
// told: http://localhost:PORT for a chat without a route, which a port-forward
// reaches.
func (b *Base) RedirectURI() string {
	at := "http://localhost:PORT"
	if b.Expose.Exposed() {
		at = b.Expose.URL()
	}
	return at + "/oauth/oidc/callback"
}

// applyDefaults fills in the rest; secret is the chat's own.
func (o *OIDC) applyDefaults(secret string) {
	fillPointer(&o.ClientSecret, SecretKeyRef{Name: secret, Key: "oidc-client-secret"})
	fill(&o.Name, "SSO")
	fillPointer(&o.SignUp, true)
}

func (v validator) oidc(base *field.Path, given *OIDC, b *Base) {
	w := b.OpenWebUI
	o := w.OIDC
	if o == nil {
		return
	}
	at, allowTo := base.Child("openWebUI", "oidc"), base.Child("openWebUI", "allowTo")
	if e := b.Expose; e.Exposed() && len(e.AdditionalHosts) > 0 {
		v.because(at).warnf(base.Child("expose", "additionalHosts"), "",
			"people who open one of these cannot sign in at the provider: it sends them back to %s, where their sign-in did not begin", e.Host)
	}
	closed := len(w.AllowTo) == 0 // no way out but to the base's own Ollama
	if o.ProviderURL == "" {
		v.errorf(at.Child("providerURL"), "", `missing: want the provider's issuer, such as https://auth.example.org`)
	}
	provider := filled(o.ProviderURL, "x")
	if HasVariable(o.ProviderURL) && !strings.HasPrefix(o.ProviderURL, "https://") || strings.HasPrefix(o.ProviderURL, "https://${") {
		v.errorf(at.Child("providerURL"), "write such as https://auth.${DOMAIN}, or the URL itself", "got %q, want one that begins with https:// and a name of the provider's: with another value anybody has an account there, or the client's secret is sent in clear", o.ProviderURL)
	} else if u := v.url(at.Child("providerURL"), provider, "https://auth.example.org", "https", "http"); u != nil {
		if u.Scheme == "http" && o.Public() {
			v.errorf(at.Child("providerURL"), "write https", "got %q: the client's secret would cross the internet in clear", o.ProviderURL)
		} else if !o.Public() && closed {
			v.because(allowTo).errorf(at.Child("providerURL"), "name the provider in openWebUI.allowTo, by namespace and podLabels or by cidrs, with its port",
				"got %q: the NetworkPolicy lets the chat out to a provider only that is public by its name, at ports 80 and 443", o.ProviderURL)
		}
	}
	if p := b.Proxy; p != nil && closed {
		if u := parseURL(p.HTTPS); u != nil && !reachable(u.Hostname(), u.Port()) {
			v.because(allowTo, base.Child("proxy")).errorf(at, "name the proxy in openWebUI.allowTo, by namespace and podLabels or by cidrs, with its port",
				"goes through the proxy %s, and the NetworkPolicy lets the chat out to public addresses only", p.HTTPS)
		}
	}
	switch {
	case o.ClientID.SecretKeyRef != nil:
		v.secretKeyRef(at.Child("clientID"), o.ClientID)
	case o.ClientID.Value == "":
		v.errorf(at.Child("clientID"), "", `missing or "": want the client's name at the provider, or a secretKeyRef`)
	}
	if given.ClientSecret != nil {
		v.secretKey(at.Child("clientSecret"), *o.ClientSecret)
	}
	v.oneLine(at.Child("name"), o.Name)
}
