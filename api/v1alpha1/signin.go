package v1alpha1

import (
	"cmp"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/internal/signin"
)

// signIn checks that strangers cannot get past Open WebUI's sign-in, by the route
// and by the Service.
func (v validator) signIn(base *field.Path, b *Base) {
	w, e := b.OpenWebUI, b.Expose
	if w == nil {
		return
	}
	at := base.Child("openWebUI")
	switch {
	case !e.Exposed() || e.Host == "":
	case e.Audience == AudiencePublic:
		v.because(base.Child("expose", "type"), base.Child("expose", "audience"), base.Child("expose", "host"), base.Child("expose", "additionalHosts")).
			weaknesses(at, w, signin.Public, "at the public host "+string(cmp.Or(e.anyHost(Host.public), e.Host)))
		return // whoever comes by the Service can do no more
	default:
		v.because(base.Child("expose", "type"), base.Child("expose", "audience"), base.Child("expose", "host"), base.Child("expose", "additionalHosts")).
			weaknesses(at, w, signin.Private, "at "+string(e.Host))
	}
	if audience := w.addressed(); audience != signin.Cluster {
		v.because(at.Child("service", "type"), at.Child("allowFrom")).
			weaknesses(at, w, audience, "by the "+string(w.Service.Type)+", from the addresses in openWebUI.allowFrom")
	}
}

// weaknesses reports each where it was written.
func (v validator) weaknesses(at *field.Path, w *OpenWebUI, audience signin.Audience, where string) {
	fields := map[string]*field.Path{
		"ENABLE_SIGNUP":       at.Child("signUp"),
		"ENABLE_OAUTH_SIGNUP": at.Child("oidc", "signUp"),
		"OPENID_PROVIDER_URL": at.Child("oidc", "providerURL"),
	}
	place := func(variable string) *field.Path {
		if path := fields[variable]; path != nil {
			return path
		}
		return at.Child("env").Key(variable)
	}
	for _, weak := range signin.Weaknesses(w.environment(), audience) {
		var others []*field.Path
		for _, other := range weak.Variables[1:] {
			others = append(others, place(other))
		}
		v, fix := v.because(others...), weak.Fix
		if weak.Variables[0] == "ENABLE_SIGNUP" {
			fix = "write signUp: closed, which takes the admin from the Secret"
		}
		v.add(weak.Severity, place(weak.Variables[0]), fix, strings.ReplaceAll(weak.Message, "%", "%%")+", %s", where)
	}
}

// environment is what the chat's settings are to Open WebUI, as far as signing in
// goes.
func (w *OpenWebUI) environment() signin.Env {
	text := func(s string) signin.Value { return signin.Value{Text: s} }
	all := map[string]signin.Value{
		"ENABLE_SIGNUP":            text(strconv.FormatBool(w.SignUp == SignUpOpen)),
		"ENABLE_PERSISTENT_CONFIG": text(strconv.FormatBool(*w.PersistentConfig)),
	}
	if w.SignUp == SignUpClosed {
		all["WEBUI_ADMIN_EMAIL"], all["WEBUI_ADMIN_PASSWORD"] = signin.Value{Hidden: true}, signin.Value{Hidden: true}
	}
	if o := w.OIDC; o != nil {
		all["OPENID_PROVIDER_URL"] = text(o.ProviderURL)
		all["OAUTH_CLIENT_ID"], all["OAUTH_CLIENT_SECRET"] = signin.Value{Hidden: true}, signin.Value{Hidden: true}
		all["ENABLE_OAUTH_SIGNUP"] = text(strconv.FormatBool(*o.SignUp))
	}
	for name, value := range w.Env {
		if _, ours := all[name]; !ours {
			all[name] = signin.Value{Text: value.Value, Hidden: value.SecretKeyRef != nil}
		}
	}
	return func(name string) (signin.Value, bool) {
		v, ok := all[name]
		return v, ok
	}
}
