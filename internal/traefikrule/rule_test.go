package traefikrule_test

import (
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hearth-dev/hearth/internal/traefikrule"
)

func TestHosts(t *testing.T) {
	for _, c := range []struct {
		rule, syntax string
		want         string // others are "…"
	}{
		{"Host(`a.internal`)", "", "a.internal"},
		{"Host(\"A.Internal.\")", "", "a.internal"},
		{"Host(`a.internal`) || PathPrefix(`/`)", "", "a.internal …"},
		{"Host(`a.internal`) && PathPrefix(`/`)", "", "a.internal"},
		{"!Host(`a.internal`)", "", "…"},
		{"!!Host(`a.internal`)", "", "a.internal"},
		{"Host(`a`) && !Host(`b`)", "", "a"},
		{"Host(`a`) && !Host(`a`)", "", ""},
		{"Host(`a`) && Host(`b`)", "", ""},
		{"(Host(`a`) || Host(`b`)) && (Host(`b`) || Host(`c`))", "", "b"},
		{"!(Host(`a`) && Path(`/x`))", "", "…"},
		{"!(!Host(`a`) || Path(`/x`))", "", "a"},
		{"PathPrefix(`/`)", "", "…"},
		{"Host(`a`) && ClientIP(`10.0.0.0/8`)", "", "a"},
		{"Header(`Host`, `a`)", "", "…"},
		{"HeaderRegexp(`Host`, `a`)", "", "…"},
		{"host(`a`) || HOST(`b`) || Hostregexp(`^c$`)", "", "a b c"},
		{"HostRegexp(`^.+\\.internal$`)", "", "*.internal"},
		{"HostRegexp(`^.+\\.internal$`) && Host(`a.b.internal`)", "", "a.b.internal"},
		{"HostRegexp(`^[^.]+\\.internal$`) && Host(`a.b.internal`)", "", ""},
		{"Host(`a.internal`) && HostRegexp(`^.+\\.example\\.com$`)", "", ""},
		{"HostRegexp(`^.+\\.internal$`) && HostRegexp(`\\.ai\\.internal$`)", "", "*.ai.internal"},
		{"HostRegexp(`^(chat|ai)\\.example\\.com$`)", "", "ai.example.com chat.example.com"},
		{"HostRegexp(`^(a$|b\\.internal$)`)", "", "a b.internal"},
		{"HostRegexp(`^(www\\.)?example\\.com$`)", "", "example.com www.example.com"},
		{"HostRegexp(`(?i)^A\\.internal$`)", "", "a.internal"},
		{"HostRegexp(`^A\\.internal$`)", "", ""},
		{"HostRegexp(`^a\\.internal\\.$`)", "", "a.internal"},
		{"HostRegexp(`a\\.internal`)", "", "…"},
		{"HostRegexp(`^a\\.internal`)", "", "…"},
		{"HostRegexp(`.*internal$`)", "", "…"},
		{"HostRegexp(`.*a\\.internal$`)", "", "*.internal"},
		{"HostRegexp(`(?m)^a\\.internal$`)", "", "…"},
		{"HostRegexp(`^$`)", "", "…"},
		{"HostRegexp(`^(a\\.internal)?$`)", "", "a.internal …"},
		{"HostRegexp(`" + strings.Repeat("a", 9000) + "$`)", "", "…"},
		{"HostSNI(`*`)", "", "…"},
		{"!HostSNI(`*`)", "", ""},
		{"Host(`*`)", "", "*"},
		{"HostSNI(`a.internal...`)", "", "a.internal"},
		{"!HostSNI(`a.internal..`) && HostSNI(`a.internal`)", "", "a.internal"},
		{"HostSNI(`a.internal`)", "", "a.internal"},
		{"!HostSNI(`A.internal`) && HostSNI(`a.internal`)", "", "a.internal"},
		{"HostSNIRegexp(`\\.internal$`) && ALPN(`h2`)", "", "*.internal"},
		{"Host(`a`, `b`)", "v2", "a b"},
		{"HostHeader(`a`)", "v2", "a"},
		{"HostRegexp(`{sub:[a-z]+}.example.com`)", "v2", "*.example.com"},
		{"HostRegexp(`{sub}.example.com`, `b.internal`)", "v2", "*.example.com b.internal"},
		{"HostRegexp(`{any:.*}`)", "v2", "…"},
		{"HostSNIRegexp(`{a:x{2}}.internal`)", "v2", "*.internal"},
		{"HostSNIRegexp(`{a:x)$|(y}.internal`)", "v2", "*.internal x"},
		{"HostSNI(`a`, `*`)", "v2", "a …"},
		{"!HostSNI(`a`, `*`)", "v2", "…"},
		{"!HostSNI(`*`, `a`)", "v2", ""},
		{"Host(`a`) || \n Host(`b`) // a remark", "v9", "a b"},
	} {
		hosts, others, err := traefikrule.Hosts(c.rule, c.syntax)
		if err != nil {
			t.Errorf("%.80s: %v", c.rule, err)
			continue
		}
		if others {
			hosts = append(hosts, "…")
		}
		// Where others match, names are told as well, but not all.
		if got := strings.Join(hosts, " "); got != c.want && (!others || !strings.HasSuffix(c.want, "…")) {
			t.Errorf("%.80s: %q, want %q", c.rule, got, c.want)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct{ rule, syntax, want string }{
		{"", "", "not in the language"},
		{"Host(`a`", "", "not in the language"},
		{"Host(`a`) & Path(`/`)", "", "the operator &"},
		{"-Host(`a`)", "", "the operator -"},
		{"`a`", "", "besides matchers"},
		{"Host", "", "besides matchers"},
		{"Host(a)", "", "no string"},
		{"Host(1)", "", "no string"},
		{"Host('a')", "", "no string"},
		{"Host()", "", "0 values: want 1"},
		{"Host(``)", "", "empty value"},
		{"Host(`a`, `b`)", "", "2 values: want 1"},
		{"Header(`a`)", "", "1 values: want 2"},
		{"Query()", "", "0 values: want 1 to 2"},
		{"Host()", "v2", "0 values: want 1 or more"},
		{"Hosts(`a`)", "", `the matcher "Hosts": want one of ALPN, ClientIP, Header,`},
		{"HostHeader(`a`)", "", "the matcher"},
		{"Header(`a`, `b`)", "v2", "the matcher"},
		{"(Host)(`a`)", "", "besides a matcher"},
		{"Host(`ä`)", "", "outside of ASCII"},
		{"HostRegexp(`(`)", "", "missing closing"},
		{"HostRegexp(`{a`)", "v2", "{ without a }"},
		{"HostRegexp(`a}`)", "v2", "} without a {"},
		{"HostRegexp(`{}`)", "v2", "without a name"},
		{"HostRegexp(`{a:(}`)", "v2", "missing closing"},
		{"PathRegexp(`(`)", "", "missing closing"},
		{"PathPrefix(`a`)", "", "begins with /"},
		{"ClientIP(`10`)", "", "a CIDR"},
		{"HostSNI(`*.a`)", "", "a host's name"},
		{"ALPN(`acme-tls/1`)", "", "for itself"},
		{"Host(`a`) && HostSNI(`a`)", "", "no router knows both"},
		{strings.Repeat(" ", 2<<20), "", "1572864"},
		{"\x1b[2J", "", `not in the language`},
	} {
		_, _, err := traefikrule.Hosts(c.rule, c.syntax)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\x1b") || len(err.Error()) > 500 {
			t.Errorf("%.80s: %v, want %q", c.rule, err, c.want)
		}
		if _, second := traefikrule.Clients(c.rule, c.syntax); err != nil && (second == nil || second.Error() != err.Error()) {
			t.Errorf("%.80s: the clients: %v, want %v", c.rule, second, err)
		}
	}
}

func TestClients(t *testing.T) {
	for _, c := range []struct{ rule, syntax, want string }{
		{"Host(`a`)", "", ""},
		{"ClientIP(`10.1.2.3/8`)", "", "10.0.0.0/8"},
		{"ClientIP(`::ffff:10.1.2.3`)", "", "10.1.2.3/32"},
		{"ClientIP(`::ffff:10.0.0.0/104`)", "", "10.0.0.0/8"},
		{"ClientIP(`fd00::/8`) || ClientIP(`10.0.0.0/8`)", "", "10.0.0.0/8 fd00::/8"},
		{"Host(`a`) && ClientIP(`10.0.0.0/8`)", "", "10.0.0.0/8"},
		{"Host(`a`) || ClientIP(`10.0.0.0/8`)", "", ""},
		{"!ClientIP(`10.0.0.0/8`)", "", ""},
		{"!(Host(`a`) || !ClientIP(`10.0.0.0/8`))", "", "10.0.0.0/8"},
		{"ClientIP(`10.0.0.0/8`) && ClientIP(`10.1.0.0/16`)", "", "10.1.0.0/16"},
		{"HostSNI(`*`) && ClientIP(`10.0.0.0/8`, `10.0.0.0/8`, `192.168.0.1`)", "v2", "10.0.0.0/8 192.168.0.1/32"},
	} {
		networks, err := traefikrule.Clients(c.rule, c.syntax)
		if err != nil {
			t.Errorf("%s: %v", c.rule, err)
			continue
		}
		var got []string
		for _, n := range networks {
			got = append(got, n.String())
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %q", c.rule, got, c.want)
		}
	}
}

// hostile rules are near what an object in a cluster can hold.
func hostile() map[string]string {
	many := func(n int, sep, s string) string { return strings.TrimSuffix(strings.Repeat(s+sep, n), sep) }
	numbered := func(n int, open, end, sep string) string {
		all := make([]string, n)
		for i := range all {
			all[i] = open + strings.Repeat("a", 1+i%7) + string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676%26)) + end
		}
		return strings.Join(all, sep)
	}
	names := numbered(40_000, "Host(`", "`)", "||")
	return map[string]string{
		"alternatives":           numbered(90_000, "Host(`", "`)", "||"),
		"too many alternatives":  many(110_000, "||", "Host(`a`)"),
		"names against patterns": "(" + names + ")&&(" + numbered(20_000, "HostRegexp(`^", "+$`)", "||") + ")",
		"names, again and again": "(" + names + ")&&" + many(40_000, "&&", "HostRegexp(`b$`)"),
		"names against names":    "(" + names + ")&&(" + names + ")",
		"large patterns":         many(55_000, "||", "HostRegexp(`(a{1000}){1}`)"),
		"large patterns, asked":  "Host(`" + strings.Repeat("a", 200) + "`)&&(" + many(60_000, "||", "HostRegexp(`b{1000}$`)") + ")",
		"a pattern of groups":    "HostRegexp(`" + strings.Repeat("()", 700_000) + "`)",
		"a pattern of choices":   "HostRegexp(`^" + strings.Repeat("(a|b)", 1500) + "$`)",
		"a pattern of letters":   "HostRegexp(`^" + strings.Repeat("(a)", 2700) + "$`)",
		"a name of dots":         "Host(`" + strings.Repeat("a.", 700_000) + "`)&&HostRegexp(`a\\.b$`)",
		"parentheses":            strings.Repeat("(", 700_000) + "Host(`a`)",
		"closed parentheses":     strings.Repeat("(", 90_000) + "Host(`a`)" + strings.Repeat(")", 90_000),
		"negations":              strings.Repeat("!", 1_500_000) + "Host(`a`)",
		"negated alternatives":   strings.Repeat("!", 40_000) + "(" + numbered(50_000, "Host(`", "`)", "||") + ")",
		"networks":               many(40_000, "||", "ClientIP(`10.0.0.0/8`)") + "&&" + many(20_000, "&&", "ClientIP(`10.0.0.0/8`)"),
		"networks, crossed":      "(" + many(25_000, "||", "ClientIP(`10.0.0.0/8`)") + ")&&(" + many(25_000, "||", "ClientIP(`10.0.0.1`)") + ")",
		"spaces":                 strings.Repeat(" ", 1_500_000),
		"functions":              strings.Repeat("func(){", 200_000),
	}
}

func TestHostile(t *testing.T) {
	for name, rule := range hostile() {
		t.Run(name, func(t *testing.T) {
			if len(rule) > 3<<19 {
				t.Fatalf("%d bytes", len(rule))
			}
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			started := time.Now()
			hosts, others, err := traefikrule.Hosts(rule, "v3")
			_, second := traefikrule.Clients(rule, "v3")
			took := time.Since(started)
			runtime.ReadMemStats(&after)
			t.Logf("%d bytes: %s, %d MB allocated in all, %d hosts, others %v, %.100v", len(rule), took, (after.TotalAlloc-before.TotalAlloc)>>20, len(hosts), others, err)
			if took > 10*time.Second {
				t.Errorf("took %s", took)
			}
			if (err == nil) != (second == nil) {
				t.Errorf("hosts: %v, clients: %v", err, second)
			}
		})
	}
}

// FuzzHosts holds the answers to what is true of every rule.
func FuzzHosts(f *testing.F) {
	for _, rule := range []string{
		"Host(`a.internal`) || PathPrefix(`/`)", "!(Host(`a`) && ClientIP(`10.0.0.0/8`))", "HostRegexp(`^(a|b)?\\.c$`) && !Host(`x.c`)",
		"HostSNI(`*`) && !ALPN(`h2`)", "HostSNIRegexp(`{a:x{2}}.internal`)",
	} {
		f.Add(rule, "v2")
		f.Add(rule, "v3")
	}
	f.Fuzz(func(t *testing.T, rule, syntax string) {
		hosts, others, err := traefikrule.Hosts(rule, syntax)
		clients, second := traefikrule.Clients(rule, syntax)
		if (err == nil) != (second == nil) {
			t.Fatalf("hosts: %v, clients: %v", err, second)
		}
		if err != nil || strings.ContainsAny(rule, "\n/") { // nothing to put in parentheses with more behind it
			return
		}
		for _, h := range hosts {
			if strings.ToLower(h) != h {
				t.Errorf("%q is not in lower case", h)
			}
		}
		if slices.ContainsFunc(clients, func(p netip.Prefix) bool { return !p.IsValid() }) {
			t.Errorf("clients %v", clients)
		}
		same := func(rule string) {
			t.Helper()
			again, o, err := traefikrule.Hosts(rule, syntax)
			if err != nil || o != others || !slices.Equal(again, hosts) {
				t.Errorf("%s: %q %v %v, want %q %v", rule, again, o, err, hosts, others)
			}
		}
		same("!!(" + rule + ")")
		same("(" + rule + ") && ClientIP(`10.0.0.0/8`)")
		same("(" + rule + ") || (" + rule + ")")
		if _, o, err := traefikrule.Hosts("("+rule+") || !ClientIP(`10.0.0.0/8`)", syntax); err != nil || !o {
			t.Errorf("with an alternative for everybody: %v, %v", o, err)
		}
	})
}
