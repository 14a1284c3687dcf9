package v1alpha1

import (
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Backend is a server that the chat asks by OpenAI's API.
type Backend struct {
	// URL that /models and /chat/completions are below, of most servers one that
	// ends in /v1: http://vllm.vllm.svc:8000/v1 (OPENAI_API_BASE_URLS).
	URL string `json:"url"`
	// APIKey is where the server's key is, in a Secret of the base's namespace
	// (OPENAI_API_KEYS). It has no ";" in it, at which Open WebUI would cut it in
	// two. Default: no key is sent.
	APIKey *SecretKeyRef `json:"apiKey,omitzero"`
	// To is where the URL leads, for the NetworkPolicy, which sees the ports of
	// pods and not those of Services. Without ports it is the URL's. Default, by
	// the URL's host: all pods of a Service's namespace, an address, or the
	// internet; a private name says too little, and needs it.
	To *Destination `json:"to,omitzero"`
}

// backendKey begins the names of the variables that OPENAI_API_KEYS is put
// together of; the backend's place in the list follows.
const backendKey = "OPENAI_API_KEY_"

// KeyVariable is the name of the variable with the key of the backend at a place
// of the list.
func KeyVariable(place int) string { return backendKey + strconv.Itoa(place) }

// IsKeyVariable reports whether a variable is one of KeyVariable's.
func IsKeyVariable(name string) bool { return strings.HasPrefix(name, backendKey) }

// Address is the URL as Open WebUI appends to it.
func (k *Backend) Address() string { return strings.TrimRight(k.URL, "/") }

// Way is where the NetworkPolicy has to let the chat out to: nil for the
// internet, at the port. The second result is false where the URL does not say
// it. There is no DNS look-up. The namespace is the base's own.
func (k *Backend) Way(namespace string) (to *Destination, port Port, known bool) {
	return way(parseURL(k.URL), k.To, 0, namespace)
}

// way is where a URL leads to, or what a person said of it instead; usual is the
// port of one that names none, 0 for that of http and https.
func way(u *url.URL, said *Destination, usual Port, namespace string) (to *Destination, port Port, known bool) {
	if u == nil {
		return nil, 0, false
	}
	if port = usual; port == 0 || u.Port() != "" {
		port = portOf(u)
	}
	if said != nil {
		to := clone(*said)
		if len(to.Ports) == 0 {
			to.Ports = []Port{port}
		}
		return &to, port, true
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if addr, err := netip.ParseAddr(host); err == nil {
		addr = addr.Unmap()
		return &Destination{Peer{CIDRs: []CIDR{CIDR(netip.PrefixFrom(addr, addr.BitLen()).String())}}, []Port{port}}, port, true
	}
	if _, in, ok := ServiceOf(host, namespace); ok {
		return &Destination{Peer{Namespace: in}, []Port{port}}, port, true
	}
	return nil, port, !inCluster(host) && !Host(host).Private()
}

// public reports whether anybody on the way can read what goes there in clear.
func (k *Backend) public(namespace string) bool {
	to, _, known := k.Way(namespace)
	return overInternet(to, known)
}

// overInternet reports whether a way leads over the internet, or to addresses of it.
func overInternet(to *Destination, known bool) bool {
	if to == nil {
		return known
	}
	return slices.ContainsFunc(to.CIDRs, func(c CIDR) bool {
		p, err := netip.ParsePrefix(string(c))
		return err == nil && !PrivateRange(p)
	})
}

// portOf is the port of a URL of http or https.
func portOf(u *url.URL) Port {
	if n, err := strconv.ParseUint(u.Port(), 10, 16); err == nil {
		return Port(n)
	}
	if u.Scheme == "http" {
		return 80
	}
	return 443
}

// ServiceOf is the Service that a host in a cluster is, and its namespace: NAME
// alone, NAME.NAMESPACE.svc, or one pod's below it; own is the asking pod's. The
// last result is false for a host that is none. There is no DNS look-up.
func ServiceOf(host, own string) (name, namespace string, ok bool) {
	labels := strings.Split(strings.ToLower(host), ".")
	if len(labels) == 1 {
		return host, own, host != ""
	}
	if i := slices.Index(labels, "svc"); i >= 2 {
		return labels[i-2], labels[i-1], namespaceForm().MatchString(labels[i-1])
	}
	return "", "", false
}

// AsksOllama reports whether the base has a chat that asks an Ollama.
func (b *Base) AsksOllama() bool {
	return b.OpenWebUI != nil && (b.Ollama != nil || len(b.OpenWebUI.OllamaURLs) > 0)
}

// backends checks those that a person wrote.
func (v validator) backends(base *field.Path, written []Backend, b *Base) {
	first := map[string]int{}
	for i := range written {
		k, at := &b.OpenWebUI.Backends[i], base.Child("openWebUI", "backends").Index(i)
		if k.APIKey != nil {
			v.secretKey(at.Child("apiKey"), *k.APIKey)
		}
		if k.To != nil {
			v.destination(at.Child("to"), k.To.Peer)
		}
		if j, again := first[k.Address()]; again && k.URL != "" {
			v.errorf(at.Child("url"), "remove one of them", "got %q, which is openWebUI.backends[%d] too", k.URL, j)
			continue
		}
		first[k.Address()] = i
		v.backend(base, at, b, k)
	}
}

// backend checks the URL, and that the chat gets there.
func (v validator) backend(base, at *field.Path, b *Base, k *Backend) {
	const example = "http://vllm.vllm.svc:8000/v1"
	place, to := at.Child("url"), at.Child("to")
	if k.URL == "" {
		v.errorf(place, "", `missing or "": want a URL such as %s`, example)
	}
	u := v.url(place, k.URL, example, "http", "https")
	if u == nil {
		return
	}
	host := u.Hostname()
	addr, _ := netip.ParseAddr(host)
	_, _, known := k.Way(b.Namespace)
	switch path := strings.TrimRight(u.Path, "/"); {
	case u.RawQuery != "" || u.Fragment != "" || strings.Contains(k.URL, "$("):
		v.errorf(place, "", "got %q, want a URL that Open WebUI can append /models to, such as %s", k.URL, example)
		return
	case strings.HasSuffix(path, "/models") || strings.HasSuffix(path, "/completions"):
		v.errorf(place, "write it up to /v1", "got %q: Open WebUI appends /models and /chat/completions itself", k.URL)
		return
	case host == "localhost" || addr.IsLoopback() || addr.IsUnspecified():
		v.errorf(place, "write the server's name in the cluster or its address", "got the host %s, which is the pod itself", host)
		return
	case path == "":
		v.warnf(place, "write "+k.Address()+"/v1, if that is where the server has it", "got %q: most servers have OpenAI's API below /v1", k.URL)
	}
	v = v.because(to)
	switch {
	case !known:
		v.errorf(place, "name the server in "+relative(base, to)+", by namespace and podLabels or by cidrs",
			"got %q, and its name does not say to the NetworkPolicy where it is", k.URL)
	case u.Scheme == "http" && k.public(b.Namespace) && k.APIKey != nil:
		v.because(at.Child("apiKey")).errorf(place, "write https, NAME.NAMESPACE.svc for a Service, or name a private server in "+relative(base, to), "got %q: the key would cross the internet in clear", k.URL)
	case u.Scheme == "http" && k.public(b.Namespace):
		v.errorf(place, "write https, NAME.NAMESPACE.svc for a Service, or name a private server in "+relative(base, to), "got %q: questions and answers would cross the internet in clear", k.URL)
	case k.To == nil && inCluster(host) && (portOf(u) == 80 || portOf(u) == 443):
		v.warnf(place, "write the namespace in "+relative(base, to)+", and the port that the pods listen on in its ports",
			"got %q: the NetworkPolicy sees the pods' own port behind the Service, and lets the chat out to %d", k.URL, int(portOf(u)))
	}
	v.throughProxy(base, place, b, k)
}

// throughProxy refuses a proxy that the NetworkPolicy keeps the chat from, on the
// way to a server on the internet.
func (v validator) throughProxy(base, place *field.Path, b *Base, k *Backend) {
	u := parseURL(k.URL)
	if p := b.Proxy; p != nil && len(b.OpenWebUI.AllowTo) == 0 && k.To == nil && k.public(b.Namespace) {
		through := p.HTTPS
		if u.Scheme == "http" {
			through = p.HTTP
		}
		if proxy := parseURL(through); proxy != nil && !reachable(proxy.Hostname(), proxy.Port()) {
			v.because(base.Child("openWebUI", "allowTo"), base.Child("proxy")).errorf(place, "name the proxy in openWebUI.allowTo, by namespace and podLabels or by cidrs, with its port",
				"goes through the proxy %s, and the NetworkPolicy lets the chat out to public addresses only", through)
		}
	}
}
