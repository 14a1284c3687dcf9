package lock

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// Resolver asks registries.
type Resolver struct {
	// Transport for every request. Default: http's own, with the proxy of the
	// environment.
	Transport http.RoundTripper
	// Keychain with the passwords. Default: Docker's, ~/.docker/config.json.
	Keychain authn.Keychain
	// Progress is called with each image before its registry is asked. Default: not called.
	Progress func(image string)
	// RequestTime is how long one request may take, WholeTime all of them.
	// Default: half a minute and three minutes.
	RequestTime, WholeTime time.Duration
}

// Resolve returns the digest of every image. It asks for all of them before it
// gives up, and its error names each one that failed.
func (r Resolver) Resolve(ctx context.Context, images []string) (map[string]string, error) {
	if r.Keychain == nil {
		r.Keychain = authn.DefaultKeychain
	}
	if r.Transport == nil {
		r.Transport = http.DefaultTransport
	}
	r.RequestTime, r.WholeTime = cmp.Or(r.RequestTime, requestTime), cmp.Or(r.WholeTime, wholeTime)
	ctx, cancel := context.WithTimeoutCause(ctx, r.WholeTime, fmt.Errorf("not done within %s, which is for all images together", r.WholeTime))
	defer cancel()
	digests := map[string]string{}
	var failed []error
	for _, image := range images {
		if ctx.Err() != nil {
			failed = append(failed, fmt.Errorf("%s: not asked: %w", image, context.Cause(ctx)))
			continue
		}
		if r.Progress != nil {
			r.Progress(image)
		}
		digest, err := r.one(ctx, image)
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", image, err))
			continue
		}
		digests[image] = digest
	}
	if failed != nil {
		return nil, errors.Join(failed...)
	}
	return digests, nil
}

func (r Resolver) one(ctx context.Context, image string) (string, error) {
	tag, err := name.NewTag(image, name.StrictValidation)
	if err != nil {
		return "", err
	}
	auth, err := authn.Resolve(ctx, r.Keychain, tag.Context())
	if err != nil {
		return "", fmt.Errorf("reading the password of %s: %w; sign in with: docker login %s", tag.RegistryStr(), err, tag.RegistryStr())
	}
	retried := transport.NewRetry(bounded{r.Transport, r.RequestTime}, transport.WithRetryStatusCodes(
		http.StatusRequestTimeout, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout))
	signed, err := transport.NewWithContext(ctx, tag.Registry, auth, retried, []string{tag.Scope(transport.PullScope)})
	if err != nil {
		return "", explain(tag, err)
	}
	// GET, not HEAD: some registries answer HEAD without a digest, and what is
	// pinned is what was read.
	address := url.URL{Scheme: tag.Scheme(), Host: tag.RegistryStr(), Path: "/v2/" + tag.RepositoryStr() + "/manifests/" + tag.TagStr()}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("Accept", accept())
	client := http.Client{Transport: signed, CheckRedirect: follow}
	answer, err := client.Do(req)
	if err != nil {
		return "", explain(tag, err)
	}
	defer answer.Body.Close()
	if err := transport.CheckError(answer, http.StatusOK); err != nil {
		return "", explain(tag, err)
	}
	data, err := io.ReadAll(answer.Body)
	if err != nil {
		return "", fmt.Errorf("reading the manifest: %w; %s", err, noRegistry)
	}
	return digestOf(answer.Header, data)
}

// explain adds what to do to an error of a registry.
func explain(tag name.Tag, err error) error {
	var answer *transport.Error
	var unknown x509.UnknownAuthorityError
	said := clip(err.Error())
	switch {
	case errors.As(err, &unknown):
		return fmt.Errorf("the registry's certificate is signed by nobody this machine trusts; name its authority in SSL_CERT_FILE: %w", err)
	case !errors.As(err, &answer):
		return fmt.Errorf("asking the registry: %w; check the image's name, and that %s can be reached and is a registry", err, tag.RegistryStr())
	}
	switch answer.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		return fmt.Errorf("the registry refuses us, or has no such image; sign in with: docker login %s; it says %q", tag.RegistryStr(), said)
	case http.StatusNotFound:
		return fmt.Errorf("the registry has no such image or tag; check its name; it says %q", said)
	case http.StatusTooManyRequests:
		return fmt.Errorf("the registry has had enough of us for now; try later, or sign in with: docker login %s; it says %q", tag.RegistryStr(), said)
	}
	return fmt.Errorf("got the status %d %s, want 200 and a manifest; try later; it says %q", answer.StatusCode, http.StatusText(answer.StatusCode), said)
}

// clip is the beginning of a text that somebody else wrote.
func clip(s string) string {
	const most = 300
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "..."
}
