package browser_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/e2e/internal/browser"
	"github.com/hearth-dev/hearth/e2e/internal/needs"
	"github.com/hearth-dev/hearth/e2e/internal/ollama/authority"
)

// TestTrust shows that a certificate is verified: the same page opens for who trusts its authority, and for nobody else.
func TestTrust(t *testing.T) {
	if os.Getenv("E2E") != "full" {
		t.Skip("needs Chromium: set E2E=full to run it")
	}
	if err := needs.Missing(browser.Programs()...); err != nil {
		t.Fatal(err)
	}
	const host = "page.e2e.internal"
	ca, err := authority.New("a test")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := ca.Issue(host)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := tls.X509KeyPair(pair.Certificate, pair.Key)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<title>a page</title><p>it is here"))
	}))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	server.StartTLS()
	defer server.Close()
	for name, c := range map[string]struct {
		authority []byte
		want      string
	}{
		"trusted":  {ca.Certificate, ""},
		"stranger": {nil, "ERR_CERT_AUTHORITY_INVALID"},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := browser.Start(t.Context(), browser.Options{
				Dir: t.TempDir(), Authority: c.authority, Resolve: map[string]string{host + ":443": server.Listener.Addr().String()},
			})
			if err != nil {
				t.Fatal(err)
			}
			defer b.Close()
			err = b.Open(t.Context(), "https://"+host+"/")
			if c.want != "" {
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Fatalf("got %v, want %s", err, c.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if text, err := b.Text(t.Context()); err != nil || text != "it is here" {
				t.Errorf("got %q, %v", text, err)
			}
		})
	}
}
