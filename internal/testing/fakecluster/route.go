package fakecluster

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// Route is an ingress controller with one host.
type Route struct {
	// Host that it serves, and CA, the PEM of the authority that signed its
	// certificate.
	Host string
	CA   []byte
	// Resolve leads to it: host:port to address.
	Resolve map[string]string
	// Status answers instead of what is behind it. Default 0: what is behind it.
	Status int
	// Redirect is the status of an answer to plain HTTP. Default 301.
	Redirect int

	others      []string // hosts besides the first
	mu          sync.Mutex
	certificate *tls.Certificate
	authority   *authority
	servers     []*httptest.Server
}

func newRoute(b *v1alpha1.Base, c *Cluster) (*Route, error) {
	r := &Route{Host: string(b.Expose.Host), Redirect: http.StatusMovedPermanently}
	for _, h := range b.Expose.AdditionalHosts {
		r.others = append(r.others, string(h))
	}
	var err error
	if r.authority, err = newAuthority(); err != nil {
		return nil, err
	}
	r.CA = r.authority.pem
	if err := r.Certify(r.Host, time.Now().Add(-time.Hour), time.Now().Add(2000*time.Hour)); err != nil {
		return nil, err
	}
	behind := http.Handler(c.Chat)
	if b.OpenWebUI == nil {
		behind = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, "Ollama is running") })
	}
	secure := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		switch ok := request.Header.Get("Authorization") != ""; {
		case r.Status != 0:
			w.WriteHeader(r.Status)
		case b.Expose.Refuses() && !ok:
			w.WriteHeader(http.StatusUnauthorized)
		case !b.Expose.Refuses() && b.Expose.Authenticated():
			w.Header().Set("Location", "https://auth.example.org/sign-in")
			w.WriteHeader(http.StatusFound)
		default:
			behind.ServeHTTP(w, request)
		}
	}))
	secure.TLS = &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.certificate, nil
	}}
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // clients that distrust it are what tests are about
	secure.StartTLS()
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		w.Header().Set("Location", "https://"+request.Host+"/")
		w.WriteHeader(r.Redirect)
	}))
	if b.Expose.TLS.Type == v1alpha1.TLSNone {
		plain.Config.Handler = secure.Config.Handler
	}
	r.servers = []*httptest.Server{secure, plain}
	r.Resolve = map[string]string{}
	for _, host := range append([]string{r.Host}, r.others...) {
		r.Resolve[host+":443"] = secure.Listener.Addr().String()
		r.Resolve[host+":80"] = plain.Listener.Addr().String()
	}
	return r, nil
}

func (r *Route) close() {
	for _, s := range r.servers {
		s.Close()
	}
}

// Certify gives the route a certificate for a host, and for those besides the
// first.
func (r *Route) Certify(host string, from, until time.Time) error {
	certificate, err := r.authority.sign(append([]string{host}, r.others...), from, until)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.certificate = certificate
	return nil
}

// authority signs certificates.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	pem         []byte
}

func newAuthority() (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "minicloud-ca"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * 365 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	template.Raw = der
	return &authority{certificate: template, key: key, pem: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}, nil
}

func (a *authority) sign(hosts []string, from, until time.Time) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), DNSNames: hosts, NotBefore: from, NotAfter: until,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, &key.PublicKey, a.key)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}
