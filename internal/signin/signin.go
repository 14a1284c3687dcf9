// Package signin judges who can sign in to an Open WebUI, by its environment.
//
// Each judgement names the file of open-webui 0.9.4's wheel that decides it. What
// an admin has changed in the page since, and the database keeps, it cannot know.
package signin

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/problem"
)

// Value of a variable as an object shows it.
type Value struct {
	// Text as it stands; meaningless if Hidden.
	Text string
	// Hidden says that it comes from a Secret or is put together by the kubelet,
	// and cannot be read.
	Hidden bool
}

// Env looks a variable up; ok reports whether it is set.
type Env func(name string) (v Value, ok bool)

// Audience is who can reach the chat.
type Audience int

// From the fewest to everybody.
const (
	// Cluster is the pods of the cluster alone.
	Cluster Audience = iota
	// Private is a private network.
	Private
	// Public is the internet.
	Public
)

// Weakness is one way past the sign-in.
type Weakness struct {
	// Variables that make it. The first is the one to report it at.
	Variables []string
	Severity  problem.Severity
	// Message says what somebody of the audience can do. It names no host.
	Message string
	Fix     string
}

// True reports whether Open WebUI takes the value of a variable for true: the
// word itself in any case. Everything else, 1 and yes and nothing among it, is
// false. Source: env.py and config.py.
func True(value string) bool { return strings.EqualFold(value, "true") }

// on reports whether a switch is on; one that is hidden or not set has the
// default that is given.
func (e Env) on(name string, otherwise bool) bool {
	if v, set := e(name); set && !v.Hidden {
		return True(v.Text)
	}
	return otherwise
}

// given reports whether a variable has any value.
func (e Env) given(name string) bool {
	v, set := e(name)
	return set && (v.Hidden || v.Text != "")
}

func (e Env) hidden(name string) bool {
	v, _ := e(name)
	return v.Hidden
}

func (e Env) text(name string) string {
	v, _ := e(name)
	return v.Text
}

// Weaknesses are all ways past the sign-in for somebody of an audience, errors
// first. For the internet they are errors, for a private network warnings: people
// who run a chat at home leave its door open among themselves.
//
// For pods of the cluster there are none: whom a NetworkPolicy admits is another
// question, and a trusted header is set by the pod that is admitted.
func Weaknesses(env Env, a Audience) []Weakness {
	if a == Cluster {
		return nil
	}
	j := &judge{env: env, audience: a, severity: problem.Error}
	if a == Private {
		j.severity = problem.Warning
	}
	j.header()
	if j.off() {
		return j.found // nobody is asked, so that nothing else matters
	}
	j.signUp()
	j.oauth()
	j.ldap()
	j.scim()
	j.sessionKey()
	slices.SortStableFunc(j.found, func(a, b Weakness) int { return strings.Compare(string(a.Severity), string(b.Severity)) })
	return j.found
}

// judge is one run over an environment.
type judge struct {
	env      Env
	audience Audience
	severity problem.Severity
	found    []Weakness
}

func (j *judge) add(severity problem.Severity, message, fix string, variables ...string) {
	j.found = append(j.found, Weakness{Variables: variables, Severity: severity, Message: message, Fix: fix})
}

// header is the one that Open WebUI believes. A route passes on what a client
// sends, so that it is an error on any. Source: routers/auths.py, signin.
func (j *judge) header() {
	const name = "WEBUI_AUTH_TRUSTED_EMAIL_HEADER"
	if !j.env.given(name) {
		return
	}
	header := problem.Clip(j.env.text(name))
	if j.env.hidden(name) {
		header = "the trusted header"
	}
	j.add(problem.Error, fmt.Sprintf("whoever sends %s himself signs in as anybody, the admin too", header),
		"take the way in away, and let the proxy that sets the header lead here", name)
}

// off reports whether nobody is asked who he is: WEBUI_AUTH is off for every value
// but true, and all are then the one user admin@localhost. Source: env.py;
// routers/auths.py, signin.
func (j *judge) off() bool {
	const name = "WEBUI_AUTH"
	if j.env.hidden(name) {
		j.unseen(name, "whether people are asked who they are")
		return false
	}
	if j.env.on(name, true) {
		return false
	}
	j.add(j.severity, fmt.Sprintf("got %q, which is off: everybody is signed in as admin", problem.Clip(j.env.text(name))), problem.Remove, name)
	return true
}

// unseen is a warning for the internet: on a private network nobody minds.
func (j *judge) unseen(name, what string) {
	if j.audience == Public {
		j.add(problem.Warning, name+" cannot be read here: "+what+" is not known", "write it as a plain value", name)
	}
}

// role is what a new account gets: pending, which an admin has to let in, unless
// something else is set. Source: config.py, DEFAULT_USER_ROLE.
func (j *judge) role() string {
	if j.env.given("DEFAULT_USER_ROLE") && !j.env.hidden("DEFAULT_USER_ROLE") {
		return strings.ToLower(j.env.text("DEFAULT_USER_ROLE"))
	}
	return "pending"
}

// signUp is the form by which people make accounts. It closes after the first
// account, which is the admin's; where the admin comes from the environment it
// closes at the first start. Both is a setting in the database, that settings from
// the environment alone forget. Source: routers/auths.py, signup and
// signup_handler; main.py, lifespan.
func (j *judge) signUp() {
	if j.audience != Public {
		return // the first to come is one of the people at home
	}
	admin := j.env.given("WEBUI_ADMIN_EMAIL") && j.env.given("WEBUI_ADMIN_PASSWORD")
	const first = "ENABLE_INITIAL_ADMIN_SIGNUP"
	switch {
	case j.env.hidden("ENABLE_SIGNUP"):
		j.unseen("ENABLE_SIGNUP", "whether strangers can make accounts")
	case !j.env.on("ENABLE_SIGNUP", true) || !j.env.on("ENABLE_LOGIN_FORM", true):
		if j.env.on(first, false) && !admin {
			j.add(j.severity, "the first to come makes the account of the admin", "remove it, and set WEBUI_ADMIN_EMAIL and WEBUI_ADMIN_PASSWORD from a Secret", first)
		}
	case !admin:
		j.add(j.severity, "sign-up is open: the first to come is admin",
			"set ENABLE_SIGNUP=False, and WEBUI_ADMIN_EMAIL and WEBUI_ADMIN_PASSWORD from a Secret", "ENABLE_SIGNUP")
	case !j.env.on("ENABLE_PERSISTENT_CONFIG", true) && j.role() != "pending":
		j.add(j.severity, fmt.Sprintf("sign-up is open after a restart, and whoever signs up has the role %s at once", problem.Clip(j.role())),
			"set ENABLE_SIGNUP=False", "ENABLE_SIGNUP", "DEFAULT_USER_ROLE", "ENABLE_PERSISTENT_CONFIG")
	}
}

// provider is an identity provider. Where anybody can have an account, strangers
// are who it lets in.
type provider struct {
	variable string
	public   bool
}

// oauth is the way by identity providers. Source: config.py,
// load_oauth_providers; utils/oauth.py, handle_callback and get_user_role.
func (j *judge) oauth() {
	const signUp = "ENABLE_OAUTH_SIGNUP"
	all := j.providers()
	if len(all) == 0 {
		return
	}
	i := slices.IndexFunc(all, func(p provider) bool { return p.public })
	domains := j.env.given("OAUTH_ALLOWED_DOMAINS") && !strings.Contains(j.env.text("OAUTH_ALLOWED_DOMAINS"), "*")
	strangers := i >= 0 && !domains
	role := j.role()
	switch {
	case !j.env.on(signUp, false):
	case strangers && role == "admin":
		j.add(j.severity, "everybody with an account at the identity provider, where anybody gets one, becomes admin",
			"remove DEFAULT_USER_ROLE: new accounts wait for an admin then", "DEFAULT_USER_ROLE", signUp, all[i].variable)
	case strangers && role != "pending":
		j.add(j.severity, fmt.Sprintf("everybody with an account at the identity provider, where anybody gets one, has the role %s at once", problem.Clip(role)),
			"set OAUTH_ALLOWED_DOMAINS, or remove DEFAULT_USER_ROLE", "DEFAULT_USER_ROLE", signUp, all[i].variable)
	case role == "admin":
		j.add(problem.Warning, "everybody whom the identity provider knows becomes admin",
			"remove DEFAULT_USER_ROLE: new accounts wait for an admin then", "DEFAULT_USER_ROLE", signUp)
	}
	const merge = "OAUTH_MERGE_ACCOUNTS_BY_EMAIL"
	if strangers && j.env.on(merge, false) {
		j.add(j.severity, "whoever has an account with the admin's e-mail address at the identity provider, where anybody gets one, is the admin",
			"remove it, or set OAUTH_ALLOWED_DOMAINS", merge, all[i].variable)
	}
}

// providers are those that are set up.
func (j *judge) providers() []provider {
	var all []provider
	for _, name := range []string{"GOOGLE_CLIENT_ID", "GITHUB_CLIENT_ID", "FEISHU_CLIENT_ID"} {
		if j.env.given(name) {
			all = append(all, provider{name, true})
		}
	}
	if j.env.given("MICROSOFT_CLIENT_ID") {
		all = append(all, provider{"MICROSOFT_CLIENT_ID", manyTenants(j.env.text("MICROSOFT_CLIENT_TENANT_ID"))})
	}
	if j.env.given("OAUTH_CLIENT_ID") && j.env.given("OPENID_PROVIDER_URL") {
		all = append(all, provider{"OPENID_PROVIDER_URL", PublicIssuer(j.env.text("OPENID_PROVIDER_URL"))})
	}
	return all
}

// manyTenants reports whether a tenant of Microsoft's is no single one. Source:
// learn.microsoft.com, Microsoft identity platform and OpenID Connect.
func manyTenants(tenant string) bool {
	return slices.Contains([]string{"common", "organizations", "consumers", "9188040d-6c67-4c5b-b112-36a304b66dad"}, strings.ToLower(tenant))
}

// publicIssuers are hosts of identity providers where anybody gets an account, by
// each one's own documentation of OpenID Connect. A tenant of Auth0's or Okta's
// has a host of its own.
var publicIssuers = []string{
	"accounts.google.com", "github.com", "token.actions.githubusercontent.com", "gitlab.com", "appleid.apple.com", "www.facebook.com",
	"www.linkedin.com", "id.twitch.tv", "login.yahoo.com", "discord.com", "slack.com", "login.live.com", "bitbucket.org", "codeberg.org",
}

// PublicIssuer reports whether anybody gets an account at an issuer, by its URL.
func PublicIssuer(issuer string) bool {
	u, err := url.Parse(issuer)
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	if host == "login.microsoftonline.com" {
		tenant, _, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
		return manyTenants(tenant)
	}
	return slices.Contains(publicIssuers, host)
}

// ldap is the way by a directory. Source: routers/auths.py, ldap_auth; config.py.
func (j *judge) ldap() {
	if !j.env.on("ENABLE_LDAP", false) {
		return
	}
	if j.role() == "admin" {
		j.add(j.severity, "everybody in the directory becomes admin", "remove DEFAULT_USER_ROLE: new accounts wait for an admin then", "DEFAULT_USER_ROLE", "ENABLE_LDAP")
	}
	switch {
	case !j.env.on("LDAP_USE_TLS", true):
		j.add(problem.Warning, "passwords go to the directory in clear: whoever listens on the way has them", "remove it, and let the directory speak TLS", "LDAP_USE_TLS")
	case !j.env.on("LDAP_VALIDATE_CERT", true):
		j.add(problem.Warning, "whoever stands between answers as the directory, and lets in whom he likes", "remove it, and set LDAP_CA_CERT_FILE", "LDAP_VALIDATE_CERT")
	}
}

// scim is the interface by which a directory makes accounts, admins' too, with one
// password. Without a token it refuses everybody. Source: env.py; routers/scim.py,
// get_scim_auth.
func (j *judge) scim() {
	if !j.env.on("ENABLE_SCIM", j.env.on("SCIM_ENABLED", false)) || j.env.hidden("SCIM_TOKEN") || !j.env.given("SCIM_TOKEN") {
		return
	}
	j.add(j.severity, "the token stands in the open, and whoever has it makes accounts, admins' too", "set SCIM_TOKEN from a Secret", "SCIM_TOKEN")
}

// sessionKey is what sessions are signed by. Source: env.py, whose default is in
// everybody's copy.
func (j *judge) sessionKey() {
	for _, name := range []string{"WEBUI_SECRET_KEY", "WEBUI_JWT_SECRET_KEY"} {
		if !j.env.hidden(name) && j.env.text(name) == "t0p-s3cr3t" {
			j.add(j.severity, "the key is Open WebUI's default, which everybody knows: whoever signs a session himself is anybody", "set it from a Secret", name)
		}
	}
}
