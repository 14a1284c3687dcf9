package signin_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/internal/signin"
)

// What each environment means for the internet and for a private network: the
// first letters of the severities, and the variables they are reported at.
func TestWeaknesses(t *testing.T) {
	const (
		closed    = "ENABLE_SIGNUP=False"
		admin     = " WEBUI_ADMIN_EMAIL=a@b WEBUI_ADMIN_PASSWORD=?"
		google    = " ENABLE_OAUTH_SIGNUP=true GOOGLE_CLIENT_ID=x GOOGLE_CLIENT_SECRET=?"
		microsoft = admin + " ENABLE_OAUTH_SIGNUP=true MICROSOFT_CLIENT_ID=x MICROSOFT_CLIENT_SECRET=? MICROSOFT_CLIENT_TENANT_ID="
		oidc      = admin + " ENABLE_OAUTH_SIGNUP=true OAUTH_CLIENT_ID=x OAUTH_CLIENT_SECRET=? OPENID_PROVIDER_URL="
	)
	for _, c := range []struct{ env, public, private string }{
		{"", "e ENABLE_SIGNUP", ""},
		{"ENABLE_SIGNUP=true", "e ENABLE_SIGNUP", ""},
		{"ENABLE_SIGNUP=0", "", ""},
		{"ENABLE_SIGNUP=", "", ""},
		{"ENABLE_SIGNUP=?", "w ENABLE_SIGNUP", ""},
		{"ENABLE_SIGNUP=? ENABLE_INITIAL_ADMIN_SIGNUP=true", "e ENABLE_INITIAL_ADMIN_SIGNUP", ""},
		{"ENABLE_LOGIN_FORM=no", "", ""},
		{closed + " ENABLE_INITIAL_ADMIN_SIGNUP=true", "e ENABLE_INITIAL_ADMIN_SIGNUP", ""},
		{closed + " ENABLE_INITIAL_ADMIN_SIGNUP=true WEBUI_ADMIN_EMAIL=a@b WEBUI_ADMIN_PASSWORD=?", "", ""},
		// The admin is made at the first start, and sign-up closed with it.
		{"WEBUI_ADMIN_EMAIL=a@b WEBUI_ADMIN_PASSWORD=?", "", ""},
		{"WEBUI_ADMIN_EMAIL=a@b WEBUI_ADMIN_PASSWORD=? ENABLE_PERSISTENT_CONFIG=False", "", ""},
		{"WEBUI_ADMIN_EMAIL=a@b WEBUI_ADMIN_PASSWORD=? ENABLE_PERSISTENT_CONFIG=False DEFAULT_USER_ROLE=user", "e ENABLE_SIGNUP", ""},
		{closed + " WEBUI_AUTH=True", "", ""},
		{closed + " WEBUI_AUTH=TRUE", "", ""},
		{closed + " WEBUI_AUTH=false", "e WEBUI_AUTH", "w WEBUI_AUTH"},
		{closed + " WEBUI_AUTH=no", "e WEBUI_AUTH", "w WEBUI_AUTH"},
		{closed + " WEBUI_AUTH=1", "e WEBUI_AUTH", "w WEBUI_AUTH"},
		{closed + " WEBUI_AUTH=", "e WEBUI_AUTH", "w WEBUI_AUTH"},
		{closed + " WEBUI_AUTH=?", "w WEBUI_AUTH", ""},
		{closed + " WEBUI_AUTH_TRUSTED_EMAIL_HEADER=X-Email", "e WEBUI_AUTH_TRUSTED_EMAIL_HEADER", "e WEBUI_AUTH_TRUSTED_EMAIL_HEADER"},
		{closed + " WEBUI_AUTH_TRUSTED_EMAIL_HEADER=?", "e WEBUI_AUTH_TRUSTED_EMAIL_HEADER", "e WEBUI_AUTH_TRUSTED_EMAIL_HEADER"},
		{closed + " WEBUI_AUTH_TRUSTED_EMAIL_HEADER=", "", ""},
		{closed + " WEBUI_AUTH=no ENABLE_PASSWORD_AUTH=false", "", ""},                            // /signin answers 403
		{closed + " ENABLE_OAUTH_SIGNUP=true DEFAULT_USER_ROLE=admin", "", ""},                    // no provider
		{closed + " ENABLE_OAUTH_SIGNUP=true GOOGLE_CLIENT_ID=x DEFAULT_USER_ROLE=admin", "", ""}, // which has no secret
		{closed + google, "e ENABLE_OAUTH_SIGNUP", "w ENABLE_OAUTH_SIGNUP"},                       // the first is admin
		{closed + google + admin, "", ""},                                                         // they wait for the admin
		{closed + google + admin + " DEFAULT_USER_ROLE=user", "e DEFAULT_USER_ROLE", "w DEFAULT_USER_ROLE"},
		{closed + google + admin + " DEFAULT_USER_ROLE=User", "", ""}, // no role, and refused
		{closed + google + admin + " DEFAULT_USER_ROLE=user OAUTH_ALLOWED_DOMAINS=b.example", "", ""},
		{closed + google + admin + " DEFAULT_USER_ROLE=user OAUTH_ALLOWED_DOMAINS=b.example,Gmail.com", "e DEFAULT_USER_ROLE", "w DEFAULT_USER_ROLE"},
		{closed + google + admin + " DEFAULT_USER_ROLE=user OAUTH_ALLOWED_DOMAINS=*", "e DEFAULT_USER_ROLE", "w DEFAULT_USER_ROLE"},
		{closed + google + admin + " DEFAULT_USER_ROLE=user OAUTH_ALLOWED_DOMAINS=", "", ""},    // nobody
		{closed + " GITHUB_CLIENT_ID=x GITHUB_CLIENT_SECRET=? DEFAULT_USER_ROLE=admin", "", ""}, // nobody new
		{closed + " GITHUB_CLIENT_ID=x GITHUB_CLIENT_SECRET=? DEFAULT_USER_ROLE=admin ENABLE_OAUTH_ROLE_MANAGEMENT=true", "e DEFAULT_USER_ROLE", "w DEFAULT_USER_ROLE"},
		{closed + " ENABLE_OAUTH_TOKEN_EXCHANGE=true GITHUB_CLIENT_ID=x GITHUB_CLIENT_SECRET=?", "w ENABLE_OAUTH_TOKEN_EXCHANGE", "w ENABLE_OAUTH_TOKEN_EXCHANGE"},
		{closed + microsoft + "common DEFAULT_USER_ROLE=admin", "e DEFAULT_USER_ROLE", "w DEFAULT_USER_ROLE"},
		{closed + microsoft + "common DEFAULT_USER_ROLE=user OAUTH_ALLOWED_DOMAINS=b.example", "e DEFAULT_USER_ROLE", "w DEFAULT_USER_ROLE"},
		{closed + microsoft + "ours DEFAULT_USER_ROLE=user", "", ""},
		{closed + oidc + "https://sso.b.example DEFAULT_USER_ROLE=admin", "w DEFAULT_USER_ROLE", "w DEFAULT_USER_ROLE"},
		{closed + oidc + "https://sso.b.example", "", ""},
		{closed + oidc + "https://sso.b.example OAUTH_MERGE_ACCOUNTS_BY_EMAIL=true", "w OAUTH_MERGE_ACCOUNTS_BY_EMAIL", "w OAUTH_MERGE_ACCOUNTS_BY_EMAIL"},
		{closed + oidc + "https://gitlab.com OAUTH_MERGE_ACCOUNTS_BY_EMAIL=true", "e OAUTH_MERGE_ACCOUNTS_BY_EMAIL", "w OAUTH_MERGE_ACCOUNTS_BY_EMAIL"},
		{closed + " ENABLE_LDAP=true", "", ""},
		{closed + " ENABLE_LDAP=true DEFAULT_USER_ROLE=admin", "e DEFAULT_USER_ROLE", "w DEFAULT_USER_ROLE"},
		{closed + " ENABLE_LDAP=true LDAP_USE_TLS=no", "w LDAP_USE_TLS", "w LDAP_USE_TLS"},
		{closed + " ENABLE_LDAP=true LDAP_VALIDATE_CERT=no", "w LDAP_VALIDATE_CERT", "w LDAP_VALIDATE_CERT"},
		{closed + " LDAP_USE_TLS=no", "", ""},
		{closed + " ENABLE_SCIM=true SCIM_TOKEN=abc", "e SCIM_TOKEN", "w SCIM_TOKEN"},
		{closed + " SCIM_ENABLED=true SCIM_TOKEN=abc", "e SCIM_TOKEN", "w SCIM_TOKEN"},
		{closed + " ENABLE_SCIM=true", "", ""}, // refuses everybody
		{closed + " ENABLE_SCIM=true SCIM_TOKEN=?", "", ""},
		{closed + " SCIM_TOKEN=abc", "", ""},
		{closed + " WEBUI_SECRET_KEY=t0p-s3cr3t", "e WEBUI_SECRET_KEY", "w WEBUI_SECRET_KEY"},
		{closed + " WEBUI_SECRET_KEY=?", "", ""},
		{closed + " WEBUI_JWT_SECRET_KEY=t0p-s3cr3t", "e WEBUI_JWT_SECRET_KEY", "w WEBUI_JWT_SECRET_KEY"},
		{closed + " WEBUI_SECRET_KEY=? WEBUI_JWT_SECRET_KEY=t0p-s3cr3t", "", ""}, // which is not read then
	} {
		env := map[string]signin.Value{}
		for _, pair := range strings.Fields(c.env) {
			name, value, _ := strings.Cut(pair, "=")
			env[name] = signin.Value{Text: value}
			if value == "?" {
				env[name] = signin.Value{Hidden: true}
			}
		}
		look := func(name string) (signin.Value, bool) {
			v, ok := env[name]
			return v, ok
		}
		for audience, want := range map[signin.Audience]string{signin.Public: c.public, signin.Private: c.private, signin.Cluster: ""} {
			var got []string
			for _, w := range signin.Weaknesses(look, audience) {
				got = append(got, fmt.Sprintf("%c %s", w.Severity[0], w.Variables[0]))
				if w.Message == "" || w.Fix == "" {
					t.Errorf("%q: %v has no message or fix", c.env, w)
				}
			}
			if s := strings.Join(got, ", "); s != want {
				t.Errorf("%q for audience %d: got %q, want %q", c.env, audience, s, want)
			}
		}
	}
}

func TestPublicIssuer(t *testing.T) {
	for issuer, want := range map[string]bool{
		"https://accounts.google.com":                                                 true,
		"https://accounts.google.com/.well-known/openid-configuration":                true,
		"https://login.microsoftonline.com/common/v2.0":                               true,
		"https://login.microsoftonline.com/consumers/v2.0":                            true,
		"https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0": false,
		"https://GitLab.com":           true,
		"https://gitlab.example.com":   false,
		"https://example.eu.auth0.com": false,
		"https://auth.lan/realms/home": false,
		"://":                          false,
	} {
		if got := signin.PublicIssuer(issuer); got != want {
			t.Errorf("PublicIssuer(%q) is %t", issuer, got)
		}
	}
}
