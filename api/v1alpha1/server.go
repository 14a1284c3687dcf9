package v1alpha1

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// server is one that the chat keeps something on, by its URL.
type server struct {
	url string
	to  *Destination
	// usual is the port of a URL that names none, 0 for that of http and https.
	usual Port
	// example of a URL, and what else is taken in its place.
	example, or string
	// clear and encrypted are the schemes; carries is what crosses the network.
	clear, encrypted, carries string
	// bare says that the URL has no path.
	bare bool
}

// server checks where a server is, and that the chat gets there.
func (v validator) server(base, at *field.Path, s server, namespace string) {
	place, to := at.Child("url"), at.Child("to")
	if s.to != nil {
		v.destination(to, s.to.Peer)
	}
	if s.url == "" {
		v.errorf(place, "", `missing or "": want a URL such as %s%s`, s.example, s.or)
	}
	u := v.url(place, s.url, s.example, s.clear, s.encrypted)
	if u == nil {
		return
	}
	leads, _, known := way(u, s.to, s.usual, namespace)
	v = v.because(to)
	switch {
	case strings.Contains(s.url, "$(") || u.Fragment != "" || s.bare && (strings.Trim(u.Path, "/") != "" || u.RawQuery != ""):
		v.errorf(place, "", "got %q, want a URL such as %s", s.url, s.example)
	case !known:
		v.errorf(place, "name the server in "+relative(base, to)+", by namespace and podLabels or by cidrs",
			"got %q, and its name does not say to the NetworkPolicy where it is", s.url)
	case u.Scheme == s.clear && overInternet(leads, known):
		v.errorf(place, "write "+s.encrypted+", NAME.NAMESPACE.svc for a Service, or name a private server in "+relative(base, to),
			"got %q: %s would cross the internet in clear", s.url, s.carries)
	case slices.Contains([]string{"localhost", "127.0.0.1", "::1"}, u.Hostname()):
		v.errorf(place, "write the server's name in the cluster or its address", "got the host %s, which is the pod itself", u.Hostname())
	}
}
