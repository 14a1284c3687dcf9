// Package gatus writes what Gatus is to ask of a stack's routes: the endpoints
// of its configuration, as the README of TwiN/gatus has them. Gatus merges the
// files of a folder, and appends lists: the file has nothing but the list.
package gatus

import (
	"fmt"
	"time"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// Notes stand above the endpoints.
const Notes = "# What Gatus asks: put this file into the folder that GATUS_CONFIG_PATH names.\n"

// Config is a file of Gatus' that has endpoints alone.
type Config struct {
	Endpoints []Endpoint `yaml:"endpoints"`
}

// Endpoint is an address that Gatus asks once a minute, its default.
type Endpoint struct {
	// Group and Name are an overlay and its base. They are DNS labels: Gatus
	// makes one key of both, which has to be unique, and replaces the characters
	// of other names.
	Name  string `yaml:"name"`
	Group string `yaml:"group"`
	URL   string `yaml:"url"`
	// Client is nil for Gatus' own settings: 10 seconds, redirects followed.
	Client *Client `yaml:"client,omitempty"`
	// Conditions all have to hold.
	Conditions []string `yaml:"conditions"`
}

// Client is how Gatus asks.
type Client struct {
	IgnoreRedirect bool `yaml:"ignore-redirect"`
}

// slowest is how long an answer may take that needs no model, in milliseconds:
// half of Gatus' patience, and long for a page about nothing.
const slowest = 5000

// Of are the endpoints of every route of a stack.
func Of(r *v1alpha1.Resolved) Config {
	c := Config{Endpoints: []Endpoint{}}
	for _, o := range r.Overlays {
		for i := range o.Bases {
			if b := &o.Bases[i]; b.Expose.Exposed() {
				c.Endpoints = append(c.Endpoints, endpoint(o.Name, b))
			}
		}
	}
	return c
}

// endpoint asks without a password or a key: where the route asks for one, it must
// say so.
func endpoint(overlay string, b *v1alpha1.Base) Endpoint {
	e := Endpoint{Group: overlay, Name: b.Name, URL: b.Expose.URL()}
	switch chat := b.Program() == v1alpha1.ProgramOpenWebUI; {
	case b.Expose.Refuses():
		e.URL += "/api/version"
		e.Conditions = []string{"[STATUS] == 401"}
	case b.Expose.Authenticated(): // by another program, which may send people to its own page
		e.Client = &Client{IgnoreRedirect: true}
		e.URL += "/api/version"
		e.Conditions = []string{"[STATUS] == any(302, 303, 307, 401, 403)"}
	case chat:
		e.URL += "/health"
		e.Conditions = []string{"[STATUS] == 200", "[BODY].status == true"}
	default:
		e.URL += "/api/version"
		e.Conditions = []string{"[STATUS] == 200", "has([BODY].version) == true"}
	}
	e.Conditions = append(e.Conditions, fmt.Sprintf("[RESPONSE_TIME] < %d", slowest))
	if b.Expose.TLS.Type != v1alpha1.TLSNone {
		e.Conditions = append(e.Conditions, "[CERTIFICATE_EXPIRATION] > "+short(remaining(b.Expose.TLS)))
	}
	return e
}

// remaining is how long a certificate is still valid when somebody should look:
// half of the time in which it is renewed, and at most a week, which is what
// there is where the route does not know it.
func remaining(t *v1alpha1.TLS) time.Duration {
	const week = 7 * 24 * time.Hour
	if t.CertManager == nil {
		return week
	}
	return min(week, (t.CertManager.RenewBefore.Parsed() / 2).Truncate(time.Second))
}

// short is in one unit, as Gatus reads a span of time.
func short(d time.Duration) string {
	for _, unit := range []struct {
		name string
		size time.Duration
	}{{"h", time.Hour}, {"m", time.Minute}} {
		if d%unit.size == 0 {
			return fmt.Sprintf("%d%s", d/unit.size, unit.name)
		}
	}
	return fmt.Sprintf("%ds", d/time.Second)
}
