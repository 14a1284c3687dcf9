package lock_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hearth-dev/hearth/internal/lock"
)

const (
	index = "application/vnd.oci.image.index.v1+json"
	image = "application/vnd.oci.image.manifest.v1+json"
	zeros = "0000000000000000000000000000000000000000000000000000000000000000"
)

// answer is a manifest's answer of a registry that asks for no password.
func answer(kind, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v2/" {
			return
		}
		w.Header().Set("Content-Type", kind)
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		_, _ = io.WriteString(w, body)
	}
}

// then answers the first question, by which a registry is known, and leaves the
// manifest to f.
func then(f http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v2/" {
			f(w, r)
		}
	}
}

func status(code int, body string) http.HandlerFunc {
	return then(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	})
}

// drip writes a byte at a time and never ends.
func drip(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", index)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-tick.C:
			_, _ = io.WriteString(w, "{")
			w.(http.Flusher).Flush()
		}
	}
}

// flood writes until nobody reads any more.
func flood(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", index)
	for page := make([]byte, 1<<16); ; {
		if _, err := w.Write(page); err != nil {
			return
		}
	}
}

func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// Whatever a registry answers that is no manifest is refused within bounds. The
// error names the image, what was seen, what is wanted, and what to do.
func TestHostileRegistries(t *testing.T) {
	for name, c := range map[string]struct {
		registry http.HandlerFunc
		want     []string
	}{
		"an HTML page":        {answer("text/html; charset=utf-8", "<html>"), []string{`type "text/html; charset=utf-8" and 6 bytes, want an image's manifest`, "sign-in page"}},
		"an empty answer":     {answer("", ""), []string{`type "" and 0 bytes, want`}},
		"any text":            {answer("text/plain", "hello"), []string{`type "text/plain" and 5 bytes, want`}},
		"JSON":                {answer("application/json", "{}"), []string{`type "application/json"`}},
		"a type with escapes": {answer("text/\x1b[31mhtml", ""), []string{"malformed MIME header"}},
		"Docker's first form": {answer("application/vnd.docker.distribution.manifest.v1+prettyjws", `{"schemaVersion": 1}`), []string{"manifest.v1+prettyjws", "want an image's"}},
		"no manifest":         {answer(index, ""), []string{"got 0 bytes of type " + index, "unexpected end", "run hearth lock again"}},
		"text by its name":    {answer(index, "hello"), []string{"got 5 bytes of type " + index}},
		"a list":              {answer(image, "[]"), []string{"cannot unmarshal array"}},
		"an empty object":     {answer(image, "{}"), []string{"without a config's digest"}},
		"an empty index":      {answer(index, `{"schemaVersion": 2, "manifests": []}`), []string{"an index without manifests"}},
		"no digest in it":     {answer(index, `{"schemaVersion": 2, "manifests": [{}]}`), []string{"a manifest without a digest"}},
		"another digest's form": {answer(image, `{"schemaVersion": 2, "config": {"digest": "sha256:12"}}`),
			[]string{"wrong number of hex digits"}},
		"another version":      {answer(image, `{"schemaVersion": 1, "config": {"digest": "sha256:`+zeros+`"}}`), []string{"schemaVersion 1, want 2"}},
		"a type in a type":     {answer(image, `{"schemaVersion": 2, "mediaType": "`+index+`", "config": {"digest": "sha256:`+zeros+`"}}`), []string{"mediaType " + index}},
		"two manifests in one": {answer(image, manifest+manifest), []string{"after top-level value"}},
		"another digest":       {answer(image, manifest, "Docker-Content-Digest", "sha256:"+zeros), []string{"header Docker-Content-Digest says sha256:" + zeros, "want the same"}},
		"no digest":            {answer(image, manifest, "Docker-Content-Digest", "\"<b>\""), []string{`got the digest "\"<b>\""`, "want sha256:"}},
		"a flood":              {then(flood), []string{"more than 4 MiB"}},
		"a flood at first":     {flood, []string{"more than 4 MiB"}},
		"a slow drip":          {then(drip), []string{"no whole answer within 300ms"}},
		"no answer":            {then(hang), []string{"no whole answer within 300ms"}},
		"none at first":        {hang, []string{"no whole answer within 300ms", "can be reached"}},
		"a failure with escapes": {status(500, "\x1b[2J\x1b[31mowned\r\nhearth: all is well"),
			[]string{"got the status 500 Internal Server Error, want 200", `\x1b[2J\x1b[31mowned\r\nhearth: all is well`, "try later"}},
		"a long failure":  {status(502, strings.Repeat("x", 60_000)), []string{"502 Bad Gateway", "xxx..."}},
		"a flood of 500s": {status(500, strings.Repeat("x", 10<<20)), []string{"limit"}},
		"a teapot":        {status(418, ""), []string{"got the status 418 I'm a teapot, want 200"}},
		"no challenge": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) },
			[]string{"refuses us", "docker login 127.0.0.1:"}},
		"a challenge to a private network": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", `Bearer realm="http://169.254.169.254/latest",service="x"`)
			w.WriteHeader(http.StatusUnauthorized)
		}, []string{"169.254.169.254", "private or link-local"}},
		"redirects without an end": {then(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
		}), []string{"more than 10 redirects", "can be reached and is a registry"}},
		"redirects at first": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
		}, []string{"10 redirects"}},
		"a redirect to a private network": {then(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://169.254.169.254/latest/meta-data", http.StatusFound)
		}), []string{"redirect from 127.0.0.1:", "to the private address 169.254.169.254"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				c.registry(w, r)
			}))
			defer server.Close()
			image := server.Listener.Addr().String() + "/a:1"
			got, err := lock.Resolver{Keychain: password("ann"), RequestTime: 300 * time.Millisecond}.Resolve(t.Context(), []string{image})
			if err == nil || got != nil {
				t.Fatalf("got %v and the error %v, want an error alone", got, err)
			}
			for _, want := range append(c.want, image+": ") {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got the error\n%s\nwant %q in it", err, want)
				}
			}
			if strings.ContainsAny(err.Error(), "\x1b\r\n") || len(err.Error()) > 1200 {
				t.Errorf("the error is not to be shown: %q", err)
			}
			if n := asked.Load(); n > 40 {
				t.Errorf("asked %d times", n)
			}
		})
	}
}

const manifest = `{"schemaVersion": 2, "config": {"digest": "sha256:` + zeros + `"}}`

// One registry that does not answer does not hold up the others for ever.
func TestWholeTime(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(hang))
	defer server.Close()
	image := server.Listener.Addr().String() + "/a:1"
	_, err := lock.Resolver{WholeTime: 200 * time.Millisecond}.Resolve(t.Context(), []string{image, image, image})
	if err == nil || strings.Count(err.Error(), image+": not asked: not done within 200ms") != 2 {
		t.Errorf("got the error %v, want that two were not asked", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (lock.Resolver{}).Resolve(ctx, []string{image}); err == nil || !strings.Contains(err.Error(), "canceled") {
		t.Errorf("got the error %v, want that it was canceled", err)
	}
}

// A registry may send to another one for a manifest, without our password.
func TestPasswordStaysHome(t *testing.T) {
	var leaked, served atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		served.Add(1)
		if r.Header.Get("Authorization") != "" || r.Header.Get("Cookie") != "" {
			leaked.Add(1)
		}
		answer(image, manifest)(w, r)
	}))
	defer other.Close()
	for _, to := range []string{other.Listener.Addr().String(), "other.example"} {
		for _, challenge := range []string{"Basic realm=test", `Bearer realm="http://%s/token",service="test"`} {
			home := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.URL.Path == "/token":
					_, _ = io.WriteString(w, `{"token": "secret"}`)
				case r.Header.Get("Authorization") == "":
					if strings.Contains(challenge, "%s") {
						w.Header().Set("WWW-Authenticate", fmt.Sprintf(challenge, r.Host))
					} else {
						w.Header().Set("WWW-Authenticate", challenge)
					}
					w.WriteHeader(http.StatusUnauthorized)
				case r.URL.Path != "/v2/":
					http.SetCookie(w, &http.Cookie{Name: "session", Value: "secret", Path: "/"})
					http.Redirect(w, r, "http://"+to+"/v2/a/manifests/1", http.StatusTemporaryRedirect)
				}
			}))
			defer home.Close()
			dial := func(ctx context.Context, network, address string) (net.Conn, error) {
				if address == "other.example:80" {
					address = other.Listener.Addr().String()
				}
				return new(net.Dialer).DialContext(ctx, network, address)
			}
			served.Store(0)
			image := home.Listener.Addr().String() + "/a:1"
			_, err := lock.Resolver{Keychain: password("ann"), Transport: &http.Transport{DialContext: dial}}.Resolve(t.Context(), []string{image})
			if err != nil || served.Load() == 0 || leaked.Load() > 0 {
				t.Errorf("%s to %s: got the error %v, served %d times, %d of them with a password", challenge, to, err, served.Load(), leaked.Load())
			}
		}
	}
}
