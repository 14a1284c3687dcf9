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
	password := env.on("ENABLE_PASSWORD_AUTH", true) // without it /signin and /ldap answer 403: routers/auths.py
	if password {
		j.header()
		if j.off() {
			return j.found // nobody is asked, so that nothing else matters
		}
	}
	j.signUp()
	j.oauth()
	if password {
		j.ldap()
	}
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
// but true, and all are then the one user admin@localhost. Where there are other
// accounts already, which cannot be known, it refuses everybody. Source: env.py;
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
	if role := j.env.text("DEFAULT_USER_ROLE"); role == "admin" || role == "user" {
		return role
	}
	return "pending" // any other word is refused as this one is: utils/auth.py, get_verified_user
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
	admin := j.admin()
	const first = "ENABLE_INITIAL_ADMIN_SIGNUP"
	hidden := j.env.hidden("ENABLE_SIGNUP")
	closed := !j.env.on("ENABLE_SIGNUP", true) || !j.env.on("ENABLE_LOGIN_FORM", true)
	switch {
	case (hidden || closed) && j.env.on(first, false) && !admin:
		j.add(j.severity, "the first to come makes the account of the admin", "remove it, and set WEBUI_ADMIN_EMAIL and WEBUI_ADMIN_PASSWORD from a Secret", first)
	case closed:
	case hidden:
		j.unseen("ENABLE_SIGNUP", "whether strangers can make accounts")
	case !admin:
		j.add(j.severity, "sign-up is open: the first to come is admin",
			"set ENABLE_SIGNUP=False, and WEBUI_ADMIN_EMAIL and WEBUI_ADMIN_PASSWORD from a Secret", "ENABLE_SIGNUP")
	case !j.env.on("ENABLE_PERSISTENT_CONFIG", true) && j.role() != "pending":
		j.add(j.severity, fmt.Sprintf("sign-up is open after a restart, and whoever signs up has the role %s at once", problem.Clip(j.role())),
			"set ENABLE_SIGNUP=False", "ENABLE_SIGNUP", "DEFAULT_USER_ROLE", "ENABLE_PERSISTENT_CONFIG")
	}
}

// admin reports whether the first account is made at the start, from the
// environment. Source: main.py, lifespan.
func (j *judge) admin() bool {
	return j.env.given("WEBUI_ADMIN_EMAIL") && j.env.given("WEBUI_ADMIN_PASSWORD")
}

// provider is an identity provider. Where anybody can have an account, strangers
// are who it lets in. Where they choose their own e-mail address, a domain keeps
// nobody out.
type provider struct {
	variable string
	public   bool
	anyEmail bool
}

// oauth is the way by identity providers. Source: config.py,
// load_oauth_providers; utils/oauth.py, handle_callback, which makes the only
// account admin whatever its role, and get_user_role.
func (j *judge) oauth() {
	const signUp = "ENABLE_OAUTH_SIGNUP"
	all := j.providers()
	if len(all) == 0 {
		return
	}
	limited := j.domains()
	i := slices.IndexFunc(all, func(p provider) bool { return p.public && (p.anyEmail || !limited) })
	strangers, role := i >= 0, j.role()
	managed := j.env.on("ENABLE_OAUTH_ROLE_MANAGEMENT", false) // gives the role at each sign-in
	const anybody = "everybody with an account at the identity provider, where anybody gets one, "
	const waits = "remove DEFAULT_USER_ROLE: new accounts wait for an admin then"
	switch on := j.env.on(signUp, false); {
	case strangers && on && !j.admin():
		j.add(j.severity, "the first to come from the identity provider, where anybody gets an account, is admin",
			"set WEBUI_ADMIN_EMAIL and WEBUI_ADMIN_PASSWORD from a Secret", signUp, all[i].variable)
	case strangers && (on || managed) && role == "admin":
		j.add(j.severity, anybody+"becomes admin", waits, "DEFAULT_USER_ROLE", signUp, all[i].variable)
	case strangers && on && role != "pending":
		j.add(j.severity, fmt.Sprintf(anybody+"has the role %s at once", role), "set OAUTH_ALLOWED_DOMAINS, or remove DEFAULT_USER_ROLE", "DEFAULT_USER_ROLE", signUp, all[i].variable)
	case (on || managed) && role == "admin":
		j.add(problem.Warning, "everybody whom the identity provider knows becomes admin", waits, "DEFAULT_USER_ROLE", signUp)
	}
	const merge = "OAUTH_MERGE_ACCOUNTS_BY_EMAIL"
	switch on := j.env.on(merge, false); {
	case on && strangers:
		j.add(j.severity, "whoever has the admin's e-mail address in an account at the identity provider, where anybody gets one, is the admin",
			"remove it", merge, all[i].variable)
	case on:
		j.add(problem.Warning, "whoever can write the admin's e-mail address into an account at the identity provider is the admin",
			"remove it, or make sure that the provider verifies addresses", merge, all[0].variable)
	}
	const exchange = "ENABLE_OAUTH_TOKEN_EXCHANGE"
	if j.env.on(exchange, false) {
		j.add(problem.Warning, "a token that the identity provider gave any other program signs its owner in here", "remove it", exchange, all[0].variable)
	}
}

// domains reports whether only people of some domains are let in. One where
// anybody gets an address is none. Source: utils/oauth.py, handle_callback.
func (j *judge) domains() bool {
	v, set := j.env("OAUTH_ALLOWED_DOMAINS")
	if !set || v.Hidden {
		return set
	}
	for domain := range strings.SplitSeq(v.Text, ",") {
		if domain = strings.ToLower(strings.TrimSpace(domain)); domain == "*" || slices.Contains(mailDomains, domain) {
			return false
		}
	}
	return true
}

// mailDomains are where anybody gets an e-mail address, by each one's own page.
var mailDomains = []string{
	"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "icloud.com", "me.com", "aol.com",
	"proton.me", "protonmail.com", "gmx.net", "gmx.de", "gmx.com", "web.de", "mail.com", "mail.ru", "yandex.com", "qq.com", "163.com", "zoho.com",
}

// providers are those that are set up.
func (j *judge) providers() []provider {
	var all []provider
	set := func(names ...string) bool {
		return !slices.ContainsFunc(names, func(name string) bool { return !j.env.given(name) })
	}
	for _, name := range []string{"GOOGLE", "GITHUB"} {
		if set(name+"_CLIENT_ID", name+"_CLIENT_SECRET") {
			all = append(all, provider{variable: name + "_CLIENT_ID", public: true})
		}
	}
	if set("FEISHU_CLIENT_ID", "FEISHU_CLIENT_SECRET") { // whose apps are of one company
		all = append(all, provider{variable: "FEISHU_CLIENT_ID"})
	}
	if set("MICROSOFT_CLIENT_ID", "MICROSOFT_CLIENT_SECRET", "MICROSOFT_CLIENT_TENANT_ID") {
		many := manyTenants(j.env.text("MICROSOFT_CLIENT_TENANT_ID"))
		all = append(all, provider{"MICROSOFT_CLIENT_TENANT_ID", many, many})
	}
	if set("OAUTH_CLIENT_ID", "OPENID_PROVIDER_URL") && (set("OAUTH_CLIENT_SECRET") || set("OAUTH_CODE_CHALLENGE_METHOD")) {
		issuer := j.env.text("OPENID_PROVIDER_URL")
		all = append(all, provider{"OPENID_PROVIDER_URL", PublicIssuer(issuer), PublicIssuer(issuer) && strings.Contains(issuer, microsoft)})
	}
	return all
}

// microsoft is the host of Microsoft's issuers. In an account of another company
// its admin writes what e-mail address he likes: learn.microsoft.com, Secure
// applications and APIs by validating claims.
const microsoft = "login.microsoftonline.com"

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
	if host == microsoft {
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

// scim is the interface by which a directory makes and changes accounts, with one
// password. Without a token it refuses everybody. Source: env.py; routers/scim.py,
// get_scim_auth.
func (j *judge) scim() {
	if !j.env.on("ENABLE_SCIM", j.env.on("SCIM_ENABLED", false)) || j.env.hidden("SCIM_TOKEN") || !j.env.given("SCIM_TOKEN") {
		return
	}
	j.add(j.severity, "the token stands in the open: whoever has it makes accounts, and gives the admin's another e-mail address", "set SCIM_TOKEN from a Secret", "SCIM_TOKEN")
}

// sessionKey is what sessions are signed by. Source: env.py, whose default is in
// everybody's copy.
func (j *judge) sessionKey() {
	name := "WEBUI_SECRET_KEY"
	if _, set := j.env(name); !set {
		name = "WEBUI_JWT_SECRET_KEY"
	}
	if j.env.text(name) == "t0p-s3cr3t" {
		j.add(j.severity, "the key is Open WebUI's default, which everybody knows: whoever learns an account's id makes himself a session of it", "set it from a Secret", name)
	}
}
