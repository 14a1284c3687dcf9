// Package traefikrule asks Traefik itself what hearth's reading of its rules is
// worth.
package traefikrule

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/internal/traefikrule"
	"github.com/traefik/traefik/v3/pkg/middlewares/requestdecorator"
	httpmuxer "github.com/traefik/traefik/v3/pkg/muxer/http"
	tcpmuxer "github.com/traefik/traefik/v3/pkg/muxer/tcp"
	"github.com/traefik/traefik/v3/pkg/tcp"
)

var (
	// rules that are asked about, of each syntax and protocol.
	rules = flag.Int("rules", 3000, "how many rules")
	seed  = flag.Uint64("seed", 1, "of the rules")
)

// visit is a request, or a connection.
type visit struct {
	host, path, client string
	header             bool
}

var (
	hosts    = []string{"a.internal", "b.internal", "a.b.internal", "a.internal.", "a.internal.evil.com", "xa.internal", "a.example.com", "www.example.com", "example.com", "a", "1.2.3.4"}
	clients  = []string{"10.1.2.3", "192.168.0.1", "203.0.113.9", "fd00::1"}
	patterns = []string{
		`^a\.internal$`, `^.+\.internal$`, `a\.internal`, `.*`, `^$`, `^(a|b)\.internal$`, `^(www\.)?example\.com$`, `\.internal$`, `internal$`, `(?i)^A\.INTERNAL$`, `^A\.internal$`,
		`^a\.internal\.?$`, `(^a|b)\.internal$`, `^a$|^b\.internal$`, `(?m)^a\.internal$`, `[ab]\.internal$`, `^a\.inter(nal){1,2}$`, `\ba\.internal$`, `^(a\.internal)?$`, `(`, `^(a$|b\.internal$)`,
		`^a\.internal\.$`, `$`, `^`, `a$b`, `^(?:a\.){0,2}internal$`, `(x?|y)\.b\.internal$`,
	}
	templates = []string{`{sub:[a-z]+}.internal`, `{sub}.internal`, `a.internal`, `A.internal`, `{any:.*}`, `{a:a|b}.internal`, `{a`, `}`, `{:x}`, `{a:}`, `{a:x{2}}.internal`, `{x:a)|(b}.internal`, `{a}.{b}.internal`, `{a:^a$}.internal`, `{a:a$|b}.internal`}
	paths     = []string{"/", "/x", "/api/version"}
)

// maker makes rules.
type maker struct {
	*rand.Rand
	v2, tcp bool
	plain   bool // hosts alone, and no mistakes
}

func (m maker) of(all []string) string { return all[m.IntN(len(all))] }

func (m maker) rule(depth int) string {
	if depth > 0 {
		switch m.IntN(8) {
		case 0, 1:
			return m.rule(depth-1) + " && " + m.rule(depth-1)
		case 2, 3:
			return m.rule(depth-1) + "||" + m.rule(depth-1)
		case 4:
			return "(" + m.rule(depth-1) + ")"
		case 5:
			return "!" + m.rule(depth-1)
		case 6:
			return "!(" + m.rule(depth-1) + ")"
		}
	}
	return m.matcher()
}

// spoilt is a rule with a slip of the pen.
func (m maker) spoilt(rule string) string {
	from := m.IntN(len(rule))
	to := min(len(rule), from+m.IntN(3))
	return rule[:from] + m.of([]string{"", "", "(", ")", "`", "!", "&", "|", "&&", ",", "...", " ", "\n", "\n/*", "*/", ".", "x", "[", "{}", "\x00", "\xff", "'", "=="}) + rule[to:]
}

func (m maker) matcher() string {
	names := []string{"Host", "Host", "HostRegexp", "Path", "PathPrefix", "PathRegexp", "Method", "Header", "HeaderRegexp", "Query", "QueryRegexp", "ClientIP"}
	switch {
	case m.plain && m.tcp:
		names = []string{"HostSNI", "HostSNI", "HostSNIRegexp"}
	case m.plain:
		names = names[:3]
	case m.tcp:
		names = []string{"HostSNI", "HostSNI", "HostSNIRegexp", "ALPN", "ClientIP"}
	case m.v2:
		names = []string{"Host", "HostHeader", "HostRegexp", "Path", "PathPrefix", "Method", "Headers", "HeadersRegexp", "Query", "ClientIP"}
	}
	name := m.of(names)
	if !m.plain && m.IntN(200) == 0 {
		name = m.of([]string{"Host", "HostSNI", "Hosts", "HostHeader", "Header", "Headers", "PathRegexp"})
	}
	var values []string
	for range m.count(name) {
		v := m.value(name)
		quote := "`"
		if !strings.ContainsAny(v, "\\\"") && m.IntN(4) == 0 {
			quote = `"`
		}
		values = append(values, quote+v+quote)
	}
	switch m.IntN(12) {
	case 0:
		name = strings.ToLower(name)
	case 1:
		name = strings.ToUpper(name)
	case 2:
		name = name[:1] + strings.ToLower(name[1:])
	}
	return name + "(" + strings.Join(values, ", ") + ")"
}

func (m maker) count(name string) int {
	n := 1
	if strings.HasPrefix(name, "Header") {
		n = 2
	}
	switch {
	case strings.HasPrefix(name, "Query") && m.IntN(2) == 0:
		n = 2
	case m.v2 && n == 1:
		n += m.IntN(3)
	}
	if !m.plain && m.IntN(60) == 0 {
		n = m.IntN(4)
	}
	return n
}

func (m maker) value(name string) string {
	if !m.plain && m.IntN(100) == 0 {
		return m.of([]string{"", "*", "ä", "x", "*.internal", "(", "10.0.0.0/33", "acme-tls/1", "a b", "{", "010.0.0.1", "::ffff:10.0.0.0/104"})
	}
	switch name {
	case "HostRegexp", "HostSNIRegexp":
		if m.v2 {
			return m.of(templates)
		}
		return m.of(patterns)
	case "Host", "HostSNI", "HostHeader":
		if m.tcp && m.IntN(5) == 0 {
			return "*"
		}
		h := m.of(hosts)
		if !m.plain && m.IntN(6) == 0 {
			h = strings.ToUpper(h)
		}
		return h
	case "Path", "PathPrefix":
		return m.of(paths)
	case "Method":
		return m.of([]string{"GET", "get", "POST"})
	case "ClientIP":
		return m.of([]string{"10.0.0.0/8", "10.1.2.3", "10.1.2.3/16", "192.168.0.0/16", "0.0.0.0/0", "fd00::/8", "::ffff:10.1.2.3"})
	case "ALPN":
		return m.of([]string{"h2", "http/1.1"})
	}
	return m.of([]string{"X", "x", "h", ".*"})
}

// traefik is a router with one rule; nil where it refuses.
type traefik func(visit) bool

func newHTTP(t *testing.T, rule, syntax string) (traefik, error) {
	t.Helper()
	parser, err := httpmuxer.NewSyntaxParser()
	if err != nil {
		t.Fatal(err)
	}
	mux := httpmuxer.NewMuxer(parser)
	if err := mux.AddRoute(rule, syntax, 0, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })); err != nil {
		return nil, err
	}
	decorator := requestdecorator.New(nil)
	return func(v visit) bool {
		r := httptest.NewRequest(http.MethodGet, "http://x"+v.path, nil)
		r.Host, r.RemoteAddr = v.host, net.JoinHostPort(v.client, "1")
		if v.header {
			r.Header.Set("X", "x")
		}
		w := httptest.NewRecorder()
		decorator.ServeHTTP(w, r, mux.ServeHTTP)
		return w.Code == http.StatusTeapot
	}, nil
}

type conn struct {
	tcp.WriteCloser
	client string
}

func (c conn) RemoteAddr() net.Addr {
	return &net.TCPAddr{IP: net.ParseIP(c.client), Port: 1}
}

func newTCP(t *testing.T, rule, syntax string) (traefik, error) {
	t.Helper()
	mux, err := tcpmuxer.NewMuxer()
	if err != nil {
		t.Fatal(err)
	}
	if err := mux.AddRoute(rule, syntax, 0, tcp.HandlerFunc(func(tcp.WriteCloser) {})); err != nil {
		return nil, err
	}
	return func(v visit) bool {
		var alpn []string
		if v.header {
			alpn = []string{"h2"}
		}
		data, err := tcpmuxer.NewConnData(v.host, conn{client: v.client}, alpn)
		if err != nil {
			t.Fatal(err)
		}
		handler, _ := mux.Match(data)
		return handler != nil
	}, nil
}

func covers(found []string, others bool, host string) bool {
	host = strings.TrimSuffix(host, ".")
	return others || slices.ContainsFunc(found, func(h string) bool {
		end, wild := strings.CutPrefix(h, "*")
		return h == host || wild && strings.HasSuffix(host, end)
	})
}

// TestAgrees holds that Traefik and hearth take the same rules, and that Traefik
// routes no host and no client that hearth does not know of. Of rules that have
// matchers of hosts alone it routes every name that hearth tells.
func TestAgrees(t *testing.T) {
	for _, protocol := range []string{"http", "tcp"} {
		for _, syntax := range []string{"v3", "v2"} {
			for _, plain := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s-%s-plain=%v", protocol, syntax, plain), func(t *testing.T) {
					agrees(t, protocol, syntax, plain)
				})
			}
		}
	}
}

func agrees(t *testing.T, protocol, syntax string, plain bool) {
	m := maker{Rand: rand.New(rand.NewPCG(*seed, 2)), v2: syntax == "v2", tcp: protocol == "tcp", plain: plain}
	news := newHTTP
	if m.tcp {
		news = newTCP
	}
	taken, refused, routed, told, beyond := 0, 0, 0, 0, 0
	for range *rules {
		rule := m.rule(m.IntN(5))
		if !plain && m.IntN(10) == 0 {
			rule = m.spoilt(rule)
		}
		found, others, err := traefikrule.Hosts(rule, syntax)
		bounded, _ := traefikrule.Clients(rule, syntax)
		router, theirs := news(t, rule, syntax)
		if theirs != nil {
			refused++
			// Of v2, what is no host and no client is not looked at closely.
			// A rule of the other protocol is for the other router.
			if _, other := newOther(t, m.tcp, rule, syntax); err == nil && !m.v2 && other != nil {
				t.Errorf("%s: taken, Traefik says %v", rule, theirs)
			}
			continue
		}
		taken++
		if err != nil {
			t.Errorf("%s: %v, Traefik takes it", rule, err)
			continue
		}
		for _, v := range visits(m.tcp) {
			if !router(v) {
				continue
			}
			routed++
			if !covers(found, others, v.host) {
				t.Errorf("%s: Traefik routes %+v, hearth knows %q", rule, v, found)
				break
			}
			addr := netip.MustParseAddr(v.client)
			if len(bounded) > 0 && !slices.ContainsFunc(bounded, func(p netip.Prefix) bool { return p.Contains(addr) }) {
				t.Errorf("%s: Traefik routes %+v, hearth knows the clients %v", rule, v, bounded)
				break
			}
		}
		if others {
			beyond++
		}
		for _, h := range found {
			if !plain || others || strings.HasPrefix(h, "*") {
				continue
			}
			told++
			if !router(visit{h, "/", clients[0], false}) && !router(visit{h + ".", "/", clients[0], false}) {
				t.Errorf("%s: Traefik does not route %s", rule, h)
			}
		}
	}
	t.Logf("%d rules taken, %d refused, %d visits routed, %d rules for others, %d names told", taken, refused, routed, beyond, told)
	if taken < *rules/4 || routed < *rules || plain && told < *rules/20 || !plain && refused < *rules/100 {
		t.Error("too few to say anything")
	}
}

func newOther(t *testing.T, isTCP bool, rule, syntax string) (traefik, error) {
	t.Helper()
	if isTCP {
		return newHTTP(t, rule, syntax)
	}
	return newTCP(t, rule, syntax)
}

func visits(isTCP bool) (all []visit) {
	names := hosts
	paths := paths
	if isTCP {
		names, paths = append([]string{""}, hosts...), paths[:1]
		names = slices.DeleteFunc(names, func(h string) bool { return strings.HasSuffix(h, ".") }) // Go's TLS refuses them
	}
	for _, h := range names {
		for _, c := range clients {
			for _, p := range paths {
				all = append(all, visit{h, p, c, len(all)%2 == 0}, visit{h, p, c, len(all)%2 == 1})
			}
		}
	}
	return all
}
