package verify

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// route is the way in from outside, of one base.
type route struct {
	*verifier
	base *v1alpha1.Base
	host string
	url  string // of the host, without a slash at the end
}

// exposure is the way in from outside; nothing for a base without one.
func (v *verifier) exposure(b *v1alpha1.Base) []check {
	e := b.Expose
	if e.Type == v1alpha1.ExposeInternal {
		return nil
	}
	r := route{verifier: v, base: b, host: string(e.Host), url: e.URL()}
	var all []check
	if e.TLS.Type == v1alpha1.TLSCertManager {
		all = append(all, r.certificate())
	}
	if e.Type == v1alpha1.ExposeGateway {
		all = append(all, r.accepted(e.Name))
		if e.TLS.Type != v1alpha1.TLSNone && *e.RedirectHTTP {
			all = append(all, r.accepted(e.Name+"-redirect"))
		}
	}
	for i, host := range e.Hosts() {
		r := route{verifier: v, base: b, host: string(host), url: e.URLs()[i]}
		if v1alpha1.HasVariable(r.host) {
			all = append(all, check{id: "https", subject: r.host, title: "the host answers", look: func(context.Context) (result, error) {
				return notChecked("the host is known to Flux alone; see it with: %s", r.describe()), nil
			}})
			continue
		}
		if e.TLS.Type != v1alpha1.TLSNone {
			all = append(all, r.tls())
		}
		all = append(all, r.https())
		if e.TLS.Type != v1alpha1.TLSNone && *e.RedirectHTTP {
			all = append(all, r.redirect())
		}
	}
	if b.OpenWebUI != nil && !e.Authenticated() && !v1alpha1.HasVariable(r.host) { // nobody gets to the page without signing in
		all = append(all, r.title())
	}
	return all
}

// field names a field of the exposure for a hint.
func (r route) field(name string) string { return "expose." + name + " (base " + r.base.Name + ")" }

// own names a field that only the route's controller has.
func (r route) own(name string) string { return r.field(string(r.base.Expose.Type) + "." + name) }

// restricted reports whether the route admits some addresses only.
func restricted(e *v1alpha1.Expose) bool {
	return e.AllowList() != nil
}

// port of the host.
func (r route) port() int {
	if r.base.Expose.TLS.Type == v1alpha1.TLSNone {
		return 80
	}
	return 443
}

// describe is what says how the controller took the route.
func (r route) describe() string {
	kind := "ingress"
	switch {
	case r.base.Expose.Type == v1alpha1.ExposeGateway:
		kind = "httproute"
	case r.base.Expose.Traefik != nil && r.base.Expose.Traefik.Route == v1alpha1.TraefikIngressRoute:
		kind = "ingressroute"
	}
	return r.kubectl("-n %s describe %s %s", r.base.Namespace, kind, r.base.Expose.Name)
}

// https wants the page: 200, or where somebody has to say who they are, a
// refusal, because nobody does.
func (r route) https() check {
	e := r.base.Expose
	id, title, needs := "https", "the host answers over HTTPS", []string{key("tls", r.host)}
	if e.TLS.Type == v1alpha1.TLSNone {
		id, title, needs = "http", "the host answers", nil
	}
	return check{id: id, subject: r.host, title: title, needs: needs, look: func(ctx context.Context) (result, error) {
		client := r.web()
		defer client.CloseIdleConnections()
		page, err := fetch(ctx, client, r.url+"/")
		if err != nil {
			return r.unreachable(err, r.port()), nil
		}
		return r.judge(page), nil
	}}
}

// judge looks at the answer to somebody who said nothing about themselves.
func (r route) judge(page page) result {
	e := r.base.Expose
	field, without, want := r.own("basicAuth"), "a password", []int{http.StatusOK}
	switch {
	case e.APIKeys != nil:
		field, without, want = r.field("apiKeys"), "a key", []int{http.StatusUnauthorized}
	case e.Refuses():
		want = []int{http.StatusUnauthorized}
	case e.Authenticated():
		// Some programs refuse, others send to a page for signing in.
		field, want = r.own("forwardAuth"), []int{
			http.StatusUnauthorized, http.StatusForbidden,
			http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect,
		}
	}
	switch {
	case page.status == http.StatusForbidden && restricted(e):
		return notChecked("%s: this machine is not in %s", page.state(), r.own("allowList"))
	case !slices.Contains(want, page.status) && page.status == http.StatusOK:
		return failed(field, "%s without %s: anybody can use it", page.state(), without)
	case !slices.Contains(want, page.status):
		return failed(r.statusHint(page.status), "%s, want %d", page.state(), want[0])
	case e.Authenticated():
		return passed("%s without %s", page.state(), without)
	}
	return passed("%s", page.state())
}

// statusHint says what an ingress controller means by a status.
func (r route) statusHint(status int) string {
	namespace := r.base.Namespace
	switch status {
	case http.StatusNotFound: // it has no such host, or rejected the Ingress
		if r.base.Expose.Type == v1alpha1.ExposeGateway {
			return r.field("gateway") + "; " + r.describe()
		}
		return r.own("className") + "; " + r.describe()
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return r.field("from") + ": the NetworkPolicy admits the controller by it; " + r.kubectl("-n %s get endpointslices,networkpolicies", namespace)
	default:
		return r.describe()
	}
}

// redirect wants plain HTTP to lead to HTTPS for good.
func (r route) redirect() check {
	return check{id: "redirect", subject: r.host, title: "HTTP leads to HTTPS", look: func(ctx context.Context) (result, error) {
		client := r.web()
		defer client.CloseIdleConnections()
		page, err := fetch(ctx, client, "http://"+r.host+"/")
		if err != nil {
			return r.unreachable(err, 80), nil
		}
		hint := r.field("redirectHTTP") + "; " + r.describe()
		if page.status != http.StatusMovedPermanently && page.status != http.StatusPermanentRedirect {
			return failed(hint, "%s, want 301 or 308", page.state()), nil
		}
		to, err := url.Parse(page.location)
		if err != nil || to.Scheme != "https" || to.Hostname() != r.host {
			return failed(hint, "%d to %q, want https://%s/", page.status, page.location, r.host), nil
		}
		return passed("%d to %s", page.status, page.location), nil
	}}
}

// title wants the chat's own page, and not somebody else's 200.
func (r route) title() check {
	needs := key("https", r.host)
	if r.base.Expose.TLS.Type == v1alpha1.TLSNone {
		needs = key("http", r.host)
	}
	return check{id: "title", subject: r.host, title: "the page is Open WebUI's", needs: []string{needs}, look: func(ctx context.Context) (result, error) {
		client := r.web()
		defer client.CloseIdleConnections()
		page, err := fetch(ctx, client, r.url+"/")
		if err != nil {
			return r.unreachable(err, r.port()), nil
		}
		return judgeTitle(page, r.describe()), nil
	}}
}
