package verify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// web is a client for the overlay's host from outside the cluster.
func (v *verifier) web() *http.Client {
	transport := &http.Transport{
		Proxy:           http.ProxyFromEnvironment,
		TLSClientConfig: &tls.Config{RootCAs: v.Roots, MinVersion: tls.VersionTLS12},
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if to, ok := v.Resolve[address]; ok {
				address = to
			}
			return (&net.Dialer{}).DialContext(ctx, network, address)
		},
	}
	if len(v.Resolve) > 0 { // a proxy would resolve for itself
		transport.Proxy = nil
	}
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// page is an answer.
type page struct {
	status      int
	location    string
	body        string
	certificate *x509.Certificate // nil without TLS
}

// fetch gets a URL, without following redirects, up to a reasonable size.
func fetch(ctx context.Context, client *http.Client, address string) (page, error) {
	return fetchWith(ctx, client, address, "")
}

// fetchWith is fetch with a bearer token, unless that is "".
func fetchWith(ctx context.Context, client *http.Client, address, token string) (page, error) {
	ctx, cancel := context.WithTimeout(ctx, requestLimit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return page{}, err
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := client.Do(request)
	if err != nil {
		var wrapped *url.Error
		if errors.As(err, &wrapped) { // the row says which host
			err = wrapped.Err
		}
		return page{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return page{}, err
	}
	p := page{status: response.StatusCode, location: response.Header.Get("Location"), body: string(body)}
	if response.TLS != nil {
		p.certificate = response.TLS.PeerCertificates[0]
	}
	return p, nil
}

// state is the status in words: 502 Bad Gateway.
func (p page) state() string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", p.status, http.StatusText(p.status)))
}

var titleForm = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

func (p page) title() string {
	m := titleForm.FindStringSubmatch(p.body)
	if m == nil {
		return ""
	}
	return strings.TrimSpace(html.UnescapeString(m[1]))
}

// judgeTitle wants Open WebUI's page. WEBUI_NAME shows up in it only after the
// page's program has run.
func judgeTitle(p page, hint string) result {
	if p.status != http.StatusOK {
		return failed(hint, "the page answers %s", p.state())
	}
	if !strings.Contains(p.title(), "Open WebUI") {
		return failed(hint, "title %q, want \"Open WebUI\"", p.title())
	}
	return passed("%q", p.title())
}

func isDNS(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns)
}
