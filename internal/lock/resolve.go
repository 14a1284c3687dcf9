package lock

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
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
}

// Resolve returns the digest of every image. It asks for all of them before it
// gives up, and its error names each one that failed.
func (r Resolver) Resolve(ctx context.Context, images []string) (map[string]string, error) {
	if r.Keychain == nil {
		r.Keychain = authn.DefaultKeychain
	}
	digests := map[string]string{}
	var failed []error
	for _, image := range images {
		if r.Progress != nil {
			r.Progress(image)
		}
		digest, err := r.one(ctx, image)
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", image, explain(err)))
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
	ref, err := name.ParseReference(image, name.StrictValidation)
	if err != nil {
		return "", err
	}
	options := []remote.Option{remote.WithContext(ctx), remote.WithAuthFromKeychain(r.Keychain)}
	if r.Transport != nil {
		options = append(options, remote.WithTransport(r.Transport))
	}
	// Get, not Head: some registries answer HEAD without a digest. The descriptor
	// of a multi-architecture tag is its index.
	d, err := remote.Get(ref, options...)
	if err != nil {
		return "", err
	}
	return d.Digest.String(), nil
}

// explain adds what to do to an error of a registry.
func explain(err error) error {
	var answer *transport.Error
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(err, &answer) && (answer.StatusCode == http.StatusUnauthorized || answer.StatusCode == http.StatusForbidden):
		return fmt.Errorf("the registry refuses us, or has no such image; sign in with: docker login HOST: %w", err)
	case errors.As(err, &answer) && answer.StatusCode == http.StatusNotFound:
		return fmt.Errorf("the registry has no such image or tag: %w", err)
	case errors.As(err, &answer) && answer.StatusCode == http.StatusTooManyRequests:
		return fmt.Errorf("the registry has had enough of us for now; try later, or sign in with: docker login HOST: %w", err)
	case errors.As(err, &unknown):
		return fmt.Errorf("the registry's certificate is signed by nobody this machine trusts; name its authority in SSL_CERT_FILE: %w", err)
	case errors.As(err, &answer):
		return err
	}
	return fmt.Errorf("the registry is out of reach: %w", err)
}
