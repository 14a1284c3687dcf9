package v1alpha1

import (
	"errors"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/api/problem"
)

// About is what no object says of the service that an overlay is: for its
// page, and for catalogues. What is left out is derived, or stands there as not
// said.
type About struct {
	// Title of the page. Default: the chat's name, else the name of the overlay.
	Title string `json:"title,omitzero"`
	// Purpose in one sentence. Default: what the overlay deploys.
	Purpose string `json:"purpose,omitzero"`
	// Impact is what happens if it fails. Default: what stops by what is
	// deployed.
	Impact string `json:"impact,omitzero"`
	// Criticality in the words of the house, such as Tier 3. Default: not said.
	Criticality string `json:"criticality,omitzero"`
	// Owner is who answers for it. Default: not said.
	Owner string `json:"owner,omitzero"`
	// Users of the route, such as operators and integrated clients. Default: by
	// the kind of service.
	Users string `json:"users,omitzero"`
	// Clusters that have the overlay. Default: those of Fleet's targets.
	Clusters []string `json:"clusters,omitzero"`
	// RPO is how much may be lost (recovery point objective). Default: by the
	// volumes' backups.
	RPO string `json:"rpo,omitzero"`
	// RTO is how long a recovery may take (recovery time objective). Default:
	// not said.
	RTO string `json:"rto,omitzero"`
	// LastReviewed is the day on which somebody last read the page for truth,
	// as 2026-05-20. Default: not said.
	LastReviewed Date `json:"lastReviewed,omitzero"`
	// LastChange is the last change of weight, in a sentence. Default: Git's
	// history has it.
	LastChange string `json:"lastChange,omitzero"`
	// Dependencies besides those that follow from the objects.
	Dependencies []Dependency `json:"dependencies,omitzero"`
	// Links to what the service has elsewhere.
	Links []Link `json:"links,omitzero"`
	// Hidden leaves the overlay out of all files of the catalog, as one that
	// nobody is to look for: a test's. Default false.
	Hidden bool `json:"hidden,omitzero"`
}

// Dependency is something that the service needs.
type Dependency struct {
	// Name of it.
	Name string `json:"name"`
	// Type in a word, such as storage, ingress or identity.
	Type string `json:"type"`
	// Why it matters.
	Why string `json:"why"`
}

// Link leads to something of the service that is elsewhere.
type Link struct {
	// Title of the link.
	Title string `json:"title"`
	// URL of http or https, without a password.
	URL string `json:"url"`
	// Type is dashboard, logs, alerts, runbook or other (default).
	Type LinkType `json:"type,omitzero"`
}

// LinkType is what a link leads to.
type LinkType string

// What a link leads to.
const (
	LinkDashboard LinkType = "dashboard"
	LinkLogs      LinkType = "logs"
	LinkAlerts    LinkType = "alerts"
	LinkRunbook   LinkType = "runbook"
	LinkOther     LinkType = "other"
)

// Values lists the allowed types.
func (LinkType) Values() []string {
	return texts(LinkDashboard, LinkLogs, LinkAlerts, LinkRunbook, LinkOther)
}

// Date is a day as YEAR-MONTH-DAY: 2026-05-20.
type Date string

// UnmarshalText accepts a day of the calendar. YAML 1.1 has a type for days, and
// tools that read it write the moment at which one begins.
func (d *Date) UnmarshalText(text []byte) error {
	day := strings.TrimSuffix(string(text), "T00:00:00Z")
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return errors.New("not a day: want such as 2026-05-20")
	}
	*d = Date(day)
	return nil
}

// Default fills in what is left out and follows from nothing else.
func (s *About) Default() {
	for i := range s.Links {
		fill(&s.Links[i].Type, LinkOther)
	}
}

// Validate reports everything that is wrong with it; paths count from it. It
// changes nothing.
func (s *About) Validate() problem.List {
	v := newValidator()
	v.about(nil, s)
	return v.problems.Sorted()
}

// longestText is about as much as a cell of a table holds.
const longestText = 500

func (v validator) about(at *field.Path, s *About) {
	for name, text := range map[string]string{
		"title": s.Title, "purpose": s.Purpose, "impact": s.Impact, "criticality": s.Criticality, "owner": s.Owner,
		"users": s.Users, "rpo": s.RPO, "rto": s.RTO, "lastChange": s.LastChange,
	} {
		v.line(at.Child(name), text)
	}
	for i, cluster := range s.Clusters {
		v.required(at.Child("clusters").Index(i), cluster, "the name of a cluster")
	}
	for i, d := range s.Dependencies {
		at := at.Child("dependencies").Index(i)
		v.required(at.Child("name"), d.Name, "what the service needs")
		v.required(at.Child("type"), d.Type, "its kind in a word, such as storage")
		v.required(at.Child("why"), d.Why, "why it matters")
	}
	for i, l := range s.Links {
		at := at.Child("links").Index(i)
		v.required(at.Child("title"), l.Title, "the link's text")
		v.link(at.Child("url"), l.URL)
	}
}

// required is line for a text that must be there.
func (v validator) required(at *field.Path, text, what string) {
	if strings.TrimSpace(text) == "" {
		v.errorf(at, "", "missing: want %s", what)
		return
	}
	v.line(at, text)
}

// line checks a text that stands in a line, or in a cell of a table.
func (v validator) line(at *field.Path, text string) {
	if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		v.errorf(at, "write it in one line", "got %q, want a text in one line, without control characters", text)
	} else if n := utf8.RuneCountInString(text); n > longestText {
		v.errorf(at, "link to a page of your own", "got %q of %d characters, want at most %d", text, n, longestText)
	}
}

// link checks the address of a page.
func (v validator) link(at *field.Path, text string) {
	u, err := url.Parse(text)
	switch {
	case text == "":
		v.errorf(at, "", "missing: want a URL such as https://grafana.example.org/d/ai")
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) || r == ' ' }):
		v.errorf(at, "", "got %q, want a URL such as https://grafana.example.org/d/ai", text)
	case !isHostname(u.Hostname()) || !isPort(u.Port()):
		v.errorf(at, "", "got %q, want the name or address of a host, and a port of at most 65535, if any", text)
	case u.User != nil:
		v.errorf(at, "leave it out: the browser asks for it", "the URL of %s holds a user or password, which would be in Git for everybody to read", u.Host)
	}
}

// isHostname reports whether a browser would look the host up: one whose last
// label begins with a digit is an address of IPv4, or nothing.
func isHostname(host string) bool {
	last := host[strings.LastIndex(host, ".")+1:]
	if strings.Contains(host, ":") || last != "" && last[0] >= '0' && last[0] <= '9' {
		_, err := netip.ParseAddr(host)
		return err == nil
	}
	return host != "" && !strings.ContainsAny(host, "<>^|%`{}\"\\")
}

func isPort(text string) bool {
	_, err := strconv.ParseUint(text, 10, 16)
	return text == "" || err == nil
}

// AboutPatch is an About in an overlay: a JSON merge patch (RFC 7386) on that
// of the catalog.
type AboutPatch map[string]any

// Patched is an empty value of the type that it is a patch of.
func (AboutPatch) Patched() any { return &About{} }
