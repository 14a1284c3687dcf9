package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hearth-dev/hearth/internal/verify"
)

// ownObjects replaces the Ingress by Traefik's own objects and asks what each Middleware does.
func (e *exposure) ownObjects(t *testing.T) {
	e.options.Cold = true // the rows before have turned it off, and green means every row
	for _, o := range []struct {
		overlay string
		run     func(*exposure, *testing.T)
	}{
		{"ingress-route", (*exposure).limits},
		{"forward-auth", (*exposure).decidedByAuthServer},
	} {
		t.Run(o.overlay, func(t *testing.T) {
			e.kubectl(t, "-n", "ollama", "delete", "ingress,ingressroutes.traefik.io,middlewares.traefik.io", "--all")
			t.Log(e.kubectl(t, "apply", "-k", e.folder+"/overlays/"+o.overlay))
			look := *e
			look.options.Overlay = o.overlay
			look.isGreen(t)
			o.run(&look, t)
		})
	}
}

// limits wants each Middleware of the overlay ingress-route at its place in the chain.
func (e *exposure) limits(t *testing.T) {
	_, refused := e.status(t, "", "")
	for name, want := range map[string]string{
		"Strict-Transport-Security": "max-age=31536000", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "SAMEORIGIN",
	} {
		if got := refused.Get(name); got != want {
			t.Errorf("%s of a refusal is %q, want %q", name, got, want)
		}
	}
	running, err := e.ask(e.credential.User, e.credential.Password, long) // not over before the next one comes
	must(t, err)
	defer running.Body.Close()
	if running.StatusCode != http.StatusOK {
		t.Fatalf("with the password: %s", running.Status)
	}
	if second, _ := e.status(t, e.credential.User, e.credential.Password); second != http.StatusTooManyRequests {
		t.Errorf("a second question while the first is answered: %d, want 429", second)
	}
	if stranger, _ := e.status(t, "", ""); stranger != http.StatusUnauthorized {
		t.Errorf("a stranger meanwhile: %d, want 401: they take up no place", stranger)
	}
	const most = 400
	for n := range most {
		if code, _ := e.status(t, "", ""); code == http.StatusTooManyRequests {
			t.Logf("429 after %d requests in a row", n+1)
			return
		}
	}
	t.Errorf("%d requests in a row were counted by nobody", most)
}

// decidedByAuthServer wants the other program's word to count.
func (e *exposure) decidedByAuthServer(t *testing.T) {
	if row, _ := e.verify(t).Row("https", ""); row.Status != verify.Passed || !strings.Contains(row.Detail, "401") {
		t.Errorf("the row https: %+v, want it passed by a 401", row)
	}
	e.streams(t)
	e.kubectl(t, "-n", "ollama", "delete", "ingressroutes.traefik.io", "gate")
	e.eventually(t, time.Minute, "nobody gets in while nobody decides", func() (string, error) {
		if code, _ := e.status(t, e.credential.User, e.credential.Password); code == http.StatusOK {
			return "somebody got in", nil
		}
		return "", nil
	})
}

// status asks, and does not wait for the answer.
func (e *exposure) status(t *testing.T, user, password string) (code int, header http.Header) {
	t.Helper()
	response, err := e.ask(user, password, short)
	must(t, err)
	must(t, response.Body.Close())
	return response.StatusCode, response.Header
}
