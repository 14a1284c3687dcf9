package v1alpha1

import (
	"net/url"
	"strings"
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
	ClientID EnvValue `json:"clientID"`
	// ClientSecret is where the client's secret is (OAUTH_CLIENT_SECRET).
	// Default: the key oidc-client-secret of the Secret secretName.
	ClientSecret *SecretKeyRef `json:"clientSecret,omitempty"`
	// Name of the provider on the button (OAUTH_PROVIDER_NAME). Default: Open
	// WebUI's own, SSO.
	Name string `json:"name,omitempty"`
	// SignUp gives everybody whom the provider knows an account, which waits for
	// the admin's consent (ENABLE_OAUTH_SIGNUP). Default true; with false only
	// those with an account can sign in.
	SignUp *bool `json:"signUp,omitempty"`
}

const discovery = "/.well-known/openid-configuration"

// Discovery is the URL of the provider's discovery document.
func (o *OIDC) Discovery() string {
	if strings.Contains(o.ProviderURL, discovery) {
		return o.ProviderURL
	}
	return strings.TrimSuffix(o.ProviderURL, "/") + discovery
}

// Public tells a provider whose name is one of the internet. There is no DNS
// look-up.
func (o *OIDC) Public() bool {
	u, err := url.Parse(o.ProviderURL)
	return err == nil && reachable(u.Hostname(), u.Port())
}

// applyDefaults fills in the rest; secret is the chat's own.
func (o *OIDC) applyDefaults(secret string) {
	fillPointer(&o.ClientSecret, SecretKeyRef{Name: secret, Key: "oidc-client-secret"})
	fill(&o.Name, "SSO")
	fillPointer(&o.SignUp, true)
}
