package lock

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"time"
)

const (
	// maxBody of an answer. Registries need not take, and so clients need not
	// read, manifests of more: "a limit of at least 4 megabytes", OCI's
	// distribution specification, pushing manifests.
	maxBody = 4 << 20
	// maxRedirects is net/http's own number.
	maxRedirects = 10
	// requestTime is enough for a manifest over a slow line.
	requestTime = 30 * time.Second
	// wholeTime is enough for the images of a large stack.
	wholeTime = 3 * time.Minute
)

// bounded gives every request an end: in time, and in the bytes of its answer.
type bounded struct {
	inner http.RoundTripper
	time  time.Duration
}

func (b bounded) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeoutCause(req.Context(), b.time, fmt.Errorf("no whole answer within %s", b.time))
	answer, err := b.inner.RoundTrip(req.WithContext(ctx))
	if err != nil {
		defer cancel()
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, err
	}
	answer.Body = &body{answer.Body, ctx, cancel, maxBody}
	return answer, nil
}

type body struct {
	io.ReadCloser
	ctx    context.Context
	cancel context.CancelFunc
	left   int
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	switch b.left -= n; {
	case b.left < 0:
		return 0, fmt.Errorf("the answer has more than %d MiB, which no manifest has", maxBody>>20)
	case err != nil && !errors.Is(err, io.EOF) && b.ctx.Err() != nil:
		err = context.Cause(b.ctx)
	}
	return n, err
}

func (b *body) Close() error {
	defer b.cancel()
	return b.ReadCloser.Close()
}

// follow decides on a redirect of a manifest. registry.k8s.io, for one, sends to
// other hosts; nobody has a reason to send into a private network or to http.
func follow(req *http.Request, via []*http.Request) error {
	from, to := via[0].URL, req.URL
	if len(via) > maxRedirects {
		return fmt.Errorf("more than %d redirects, the last to %q", maxRedirects, clip(to.String()))
	}
	if from.Scheme == "https" && to.Scheme != "https" {
		return fmt.Errorf("a redirect from https to %q", clip(to.String()))
	}
	ip, err := netip.ParseAddr(to.Hostname())
	if err == nil && to.Hostname() != from.Hostname() && (!ip.Unmap().IsGlobalUnicast() || ip.Unmap().IsPrivate()) {
		return fmt.Errorf("a redirect from %s to the private address %s", from.Host, to.Host)
	}
	return nil
}
