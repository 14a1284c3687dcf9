package modelregistry

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// What https began, http does not go on with.
func TestNoRedirectToHTTP(t *testing.T) {
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("was asked") }))
	defer plain.Close()
	secure := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, plain.URL, http.StatusTemporaryRedirect)
	}))
	defer secure.Close()
	c := newClient()
	c.Transport.(*http.Transport).TLSClientConfig = secure.Client().Transport.(*http.Transport).TLSClientConfig
	answer, err := get(t.Context(), c, secure.URL, http.Header{})
	if err == nil {
		defer answer.Body.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "a redirect from https to "+plain.URL) {
		t.Error(err)
	}
}
