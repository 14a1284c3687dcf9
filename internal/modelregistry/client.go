package modelregistry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/hearth-dev/hearth/sizing"
)

const (
	// answerTime is how long a registry may be silent before it answers.
	answerTime = 30 * time.Second
	// wholeTime is enough for a header over a line of 1 Mbit/s.
	wholeTime = 5 * time.Minute
	// maxRedirects is net/http's own number.
	maxRedirects = 10
)

// Read asks a model's registry what its weights are. An error that is
// fs.ErrNotExist says that the registry has no such model.
func Read(ctx context.Context, n Name) (sizing.Model, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, wholeTime, fmt.Errorf("%s: no whole header within %s", n.Host, wholeTime))
	defer cancel()
	c := newClient()
	defer c.CloseIdleConnections()
	m, err := func() (sizing.Model, error) {
		answer, err := get(ctx, c, n.Manifest(), http.Header{"Accept": {manifestType, ociType}})
		if err != nil {
			return sizing.Model{}, err
		}
		defer answer.Body.Close()
		return Describe(answer.Body, func(b Blob) (io.ReadCloser, error) {
			return &ranges{ctx: ctx, client: c, address: n.blob(b.Digest), size: b.Size}, nil
		})
	}()
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return m, err
}

// Digest asks a model's registry for its manifest, in the form that Ollama asks
// for, and returns the digest of it: Ollama from 0.20 on keeps the manifest as it
// comes, and names the model by that. An error that is fs.ErrNotExist says that
// the registry has no such model.
func Digest(ctx context.Context, n Name) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, answerTime, fmt.Errorf("%s: no manifest within %s", n.Host, answerTime))
	defer cancel()
	c := newClient()
	defer c.CloseIdleConnections()
	digest, err := func() (string, error) {
		answer, err := get(ctx, c, n.Manifest(), http.Header{"Accept": {manifestType}})
		if err != nil {
			return "", err
		}
		defer answer.Body.Close()
		data, m, err := readManifest(answer.Body)
		if err == nil && len(m.Layers) == 0 {
			err = errors.New("the manifest: names no blobs")
		}
		if err != nil {
			return "", fmt.Errorf("%s: %w", n.Manifest(), err)
		}
		digest := digestOf(data)
		if said := answer.Header.Get("Docker-Content-Digest"); strings.HasPrefix(said, "sha256:") && said != digest {
			return "", fmt.Errorf("%s: got a manifest whose digest is %s, and the header Docker-Content-Digest says %q", n.Manifest(), digest, said)
		}
		return digest, nil
	}()
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return digest, err
}

// newClient honours the environment's proxies (net/http.ProxyFromEnvironment).
func newClient() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			DialContext:           (&net.Dialer{Timeout: answerTime}).DialContext,
			ForceAttemptHTTP2:     true,
			TLSHandshakeTimeout:   answerTime,
			ResponseHeaderTimeout: answerTime,
			DisableCompression:    true, // ranges are of the bytes themselves
		},
		CheckRedirect: func(to *http.Request, via []*http.Request) error {
			switch {
			case len(via) > maxRedirects:
				return fmt.Errorf("more than %d redirects", maxRedirects)
			case via[0].URL.Scheme == "https" && to.URL.Scheme != "https":
				return fmt.Errorf("a redirect from https to %s://%s, which anybody on the way can read and change", to.URL.Scheme, to.URL.Host)
			}
			return nil
		},
	}
}

// get asks for an address; any answer but OK is an error that names it.
func get(ctx context.Context, c *http.Client, address string, header http.Header) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	request.Header = header
	answer, err := c.Do(request)
	if err != nil {
		return nil, err
	}
	switch answer.StatusCode {
	case http.StatusOK, http.StatusPartialContent:
		return answer, nil
	case http.StatusNotFound:
		err = fmt.Errorf("%s: %s: the registry has no such model: %w", address, answer.Status, fs.ErrNotExist)
	case http.StatusUnauthorized, http.StatusForbidden:
		err = fmt.Errorf("%s: %s: no such model, or a private one, which hearth does not ask for; pull it and give its file", address, answer.Status)
	default:
		err = fmt.Errorf("%s: %s", address, answer.Status)
	}
	return nil, errors.Join(err, answer.Body.Close())
}
