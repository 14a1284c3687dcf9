package verify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/client-go/transport/spdy"
	"k8s.io/streaming/pkg/httpstream"
)

// forward returns a client for HTTP to a port of a pod, whatever host a URL
// names. Call CloseIdleConnections on it after use. Unlike kubectl
// port-forward it opens no local port, which others on this machine could use.
func (c *Cluster) forward(namespace, pod string, port int) *http.Client {
	return &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			conn, err := c.dialPod(ctx, namespace, pod, port)
			if err != nil {
				return nil, fmt.Errorf("port-forward to %s/%s: %w", namespace, pod, err)
			}
			return conn, nil
		},
	}}
}

// dialPod connects to a port of a pod by way of the API server: WebSocket first
// and SPDY where that is refused, as kubectl does.
func (c *Cluster) dialPod(ctx context.Context, namespace, pod string, port int) (net.Conn, error) {
	url := c.PortForward(namespace, pod).URL()
	roundTripper, upgrader, err := spdy.RoundTripperFor(c.config)
	if err != nil {
		return nil, err
	}
	overWebSocket, err := portforward.NewSPDYOverWebsocketDialerForStreaming(url, c.config)
	if err != nil {
		return nil, err
	}
	overSPDY := spdy.NewDialerForStreaming(upgrader, &http.Client{Transport: roundTripper}, http.MethodPost, url)
	dialer := portforward.NewFallbackDialerForStreaming(overWebSocket, overSPDY, func(err error) bool {
		return httpstream.IsUpgradeFailure(err) && !apierrors.IsForbidden(cause(err)) || httpstream.IsHTTPSProxyError(err)
	})

	// The dialers know no context.
	type dialed struct {
		connection httpstream.Connection
		err        error
	}
	done := make(chan dialed, 1)
	go func() {
		connection, _, err := dialer.Dial(portforward.PortForwardProtocolV1Name)
		done <- dialed{connection, err}
	}()
	select {
	case d := <-done:
		if d.err != nil {
			return nil, cause(d.err)
		}
		return openTunnel(d.connection, port)
	case <-ctx.Done():
		go func() {
			if d := <-done; d.err == nil {
				_ = d.connection.Close()
			}
		}()
		return nil, ctx.Err()
	}
}

// cause is what the API server said, which the failed upgrade around it hides.
func cause(err error) error {
	var failure *httpstream.UpgradeFailureError
	if errors.As(err, &failure) {
		return failure.Cause
	}
	return err
}

// tunnel is one connection to a port of a pod.
type tunnel struct {
	httpstream.Stream // the data
	connection        httpstream.Connection
	answered          chan struct{} // closed once the kubelet has nothing more to say
	refusal           error         // why it cannot connect, if so; to be read after answered
}

// openTunnel opens the two streams of a port-forward: errors, then data.
func openTunnel(connection httpstream.Connection, port int) (net.Conn, error) {
	t := &tunnel{connection: connection, answered: make(chan struct{})}
	headers := http.Header{}
	headers.Set(corev1.StreamType, corev1.StreamTypeError)
	headers.Set(corev1.PortHeader, strconv.Itoa(port))
	headers.Set(corev1.PortForwardRequestIDHeader, "0")
	errorStream, err := connection.CreateStream(headers)
	if err != nil {
		_ = connection.Close()
		return nil, err
	}
	_ = errorStream.Close() // nothing is written to it
	headers.Set(corev1.StreamType, corev1.StreamTypeData)
	if t.Stream, err = connection.CreateStream(headers); err != nil {
		_ = connection.Close()
		return nil, err
	}
	go func() {
		message, _ := io.ReadAll(io.LimitReader(errorStream, 4<<10))
		if len(message) > 0 {
			t.refusal = errors.New(string(message))
		}
		close(t.answered)
		if len(message) > 0 {
			_ = connection.Close() // ends the data stream's reader
		}
	}()
	return t, nil
}

// Read and Write turn the end that a refusal causes into the kubelet's reason:
// which of the two meets it first is not decided.

func (t *tunnel) Read(p []byte) (int, error) {
	n, err := t.Stream.Read(p)
	if n == 0 {
		err = t.reason(err)
	}
	return n, err
}

func (t *tunnel) Write(p []byte) (int, error) {
	n, err := t.Stream.Write(p)
	return n, t.reason(err)
}

// reason is the kubelet's where it has one, else err.
func (t *tunnel) reason(err error) error {
	if err == nil {
		return nil
	}
	select {
	case <-t.answered:
		if t.refusal != nil {
			return t.refusal
		}
	case <-time.After(100 * time.Millisecond): // the reason may come just after the end
	}
	return err
}

// Close ends the connection as a whole: a stream's own Close leaves readers
// waiting.
func (t *tunnel) Close() error { return t.connection.Close() }

// The rest of net.Conn. http.Transport sets no deadlines; it closes instead.

func (t *tunnel) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (t *tunnel) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (t *tunnel) SetDeadline(time.Time) error      { return nil }
func (t *tunnel) SetReadDeadline(time.Time) error  { return nil }
func (t *tunnel) SetWriteDeadline(time.Time) error { return nil }
