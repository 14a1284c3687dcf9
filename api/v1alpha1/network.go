package v1alpha1

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/internal/lazyregexp"
)

// directForm has the characters of a host, a domain, an address or a range.
var directForm = lazyregexp.New(`^[A-Za-z0-9*._:/-]+$`) // and at most 255 long

func (v validator) proxy(at *field.Path, b *Base) {
	p := b.Proxy
	if p == nil {
		return
	}
	allowTo := at.Child("ollama", "allowTo")
	at = at.Child("proxy")
	if p.HTTP == "" && p.HTTPS == "" {
		v.errorf(at, "write http, https, or both", "the proxy has no URL")
	}
	const example = "http://proxy.example.org:3128"
	http := v.url(at.Child("http"), p.HTTP, example, "http", "https", "socks5")
	https := v.url(at.Child("https"), p.HTTPS, example, "http", "https", "socks5")
	for i, host := range p.NoProxy {
		if !directForm().MatchString(host) || len(host) > 255 || strings.Contains(host, "://") {
			v.errorf(at.Child("noProxy").Index(i), "write one host, domain or range for each entry",
				"got %q, want such as example.org, .internal or 10.0.0.0/8", host)
		}
	}
	if b.Ollama == nil || b.Ollama.Pull == PullNever {
		return
	}
	if p.HTTPS == "" && p.HTTP != "" {
		v.warnf(at.Child("https"), "write https too", "missing: models come by https and would not use the proxy")
	}
	if len(b.Ollama.AllowTo) > 0 {
		return
	}
	for name, u := range map[string]*url.URL{"http": http, "https": https} {
		if u != nil && !reachable(u.Hostname(), u.Port()) {
			v.because(allowTo).errorf(at.Child(name), "name the proxy in ollama.allowTo, by namespace and podLabels or by cidrs, with its port",
				"got %q: the NetworkPolicy lets Ollama out to public addresses only, at ports 80 and 443", u.String())
		}
	}
}

// parseURL is a URL that url has checked, nil where there is none.
func parseURL(value string) *url.URL {
	u, err := url.Parse(value)
	if value == "" || err != nil {
		return nil
	}
	return u
}

// url checks an address that may be absent, and returns it if it is good.
func (v validator) url(at *field.Path, value, example string, schemes ...string) *url.URL {
	if value == "" {
		return nil
	}
	u, err := url.Parse(value)
	switch {
	case err != nil || !slices.Contains(schemes, u.Scheme) || u.Hostname() == "" || strings.ContainsAny(value, ", ;\t\n"),
		u.Port() != "" && new(Port).UnmarshalText([]byte(u.Port())) != nil:
		v.errorf(at, "", "got %q, want a URL such as %s", value, example)
	case u.User != nil:
		v.errorf(at, "use an address that asks for none", "the URL of %s holds a user or password, which would be in Git for everybody to read", u.Host)
	default:
		return u
	}
	return nil
}

// reachable reports whether the NetworkPolicy lets Ollama out to a server while
// it has models to pull: a public address, at port 80 or 443. It goes by the name
// alone.
func reachable(host, port string) bool {
	if port != "" && port != "80" && port != "443" {
		return false
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		return onInternet(addr)
	}
	return !inCluster(host) && !Host(host).Private()
}

// inCluster reports whether a name is one of a cluster's Services.
func inCluster(host string) bool {
	return !strings.Contains(host, ".") || strings.HasSuffix(host, ".svc") || strings.Contains(host, ".svc.")
}

// peer checks a source or destination of traffic.
func (v validator) peer(at *field.Path, p Peer) {
	if len(p.CIDRs) > 0 && (p.Namespace != "" || len(p.PodLabels) > 0) {
		v.errorf(at, "write two entries", "has both pods (namespace, podLabels) and cidrs")
	}
	v.optionalLabel(at.Child("namespace"), p.Namespace)
	v.labels(at.Child("podLabels"), p.PodLabels)
}

// destination is peer for where a pod may go: one without a place would be the
// pods of its own namespace, which nobody means who writes a port alone.
func (v validator) destination(at *field.Path, p Peer) {
	if p.Namespace == "" && len(p.PodLabels) == 0 && len(p.CIDRs) == 0 {
		v.errorf(at, "write namespace, podLabels or cidrs: 0.0.0.0/0 is everywhere", "names no destination")
	}
	v.peer(at, p)
}
