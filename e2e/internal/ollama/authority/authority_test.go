package authority_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/hearth-dev/hearth/e2e/internal/ollama/authority"
)

func TestOnlyWhoTrustsTheAuthorityConnects(t *testing.T) {
	ca, err := authority.New("test authority")
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := authority.New("another authority")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := ca.Issue("registry.models.svc", "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := tls.X509KeyPair(pair.Certificate, pair.Key)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = nil
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	server.StartTLS()
	defer server.Close()

	for name, c := range map[string]struct {
		pool *x509.CertPool
		host string
		want any
	}{
		"the address it was issued for":         {ca.Pool(), "127.0.0.1", nil},
		"the name it was issued for":            {ca.Pool(), "registry.models.svc", nil},
		"a name that it was not issued for":     {ca.Pool(), "registry.other.svc", new(x509.HostnameError)},
		"a reader who trusts another authority": {stranger.Pool(), "127.0.0.1", new(x509.UnknownAuthorityError)},
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := tls.Dial("tcp", server.Listener.Addr().String(), &tls.Config{RootCAs: c.pool, ServerName: c.host})
			if err == nil {
				defer conn.Close()
			}
			if c.want == nil && err != nil {
				t.Fatalf("got %v, want a connection", err)
			}
			if c.want != nil && !errors.As(err, c.want) {
				t.Fatalf("got %v, want %T", err, c.want)
			}
		})
	}
}
