// Package keys writes what Caddy is told to let programs through to Ollama that
// bring a key, and recognizes it: package reach has to know such a proxy from any
// other one.
package keys

import (
	"fmt"
	"strings"

	"github.com/hearth-dev/hearth/internal/lazyregexp"
)

const (
	// Port of the proxy.
	Port = 8080
	// HealthPort answers 200 to probes.
	HealthPort = 8081
	// Folder of the keys: a file for each, named as the key is.
	Folder = "/keys"
)

// Proxy is what lies between a route and Ollama.
type Proxy struct {
	// Upstream is Ollama's Service, as host:port.
	Upstream string
	// Names of the keys, DNS labels.
	Names []string
}

// token is what a key has to be: one of RFC 6750, and long enough that nobody
// guesses it.
const token = `[A-Za-z0-9._~+/=-]{32,}`

var tokenForm = lazyregexp.New("^" + token + "$")

// Token reports whether the proxy may take a text as a key.
func Token(text string) bool { return tokenForm().MatchString(text) }

// The parts of a Caddyfile. Each is as it is for a reason:
//
//   - vars compares texts. The matcher header would take a '*' at the start or the
//     end of a key for any text.
//   - The key is cut out of the header before it is compared, and has 32
//     characters at least: a file that is empty or missing equals no key. What may
//     be in a key has no brace in it, and so no placeholder.
//   - A placeholder {file.*} is read at each request, without the line feed at its
//     end: a new key counts as soon as the kubelet has written it.
//   - Who gets to the end of the route is refused: no order of matchers lets one
//     through.
//   - log_append with '<' happens before the answer, so that it is in the log of
//     one that was broken off. The log has no headers, in which a key may stand
//     under another name.
//   - Answers of unknown length are passed on as they come, which Ollama's are, and
//     nothing bounds their time. Who goes away ends the request to Ollama.
const (
	head = `{
	admin off
	auto_https off
	persist_config off
	log {
		format filter {
			request>headers delete
		}
	}
	servers {
		protocols h1
		trusted_proxies static private_ranges
	}
}

(ollama) {
	reverse_proxy %s {
		header_up -Authorization
		transport http {
			compression off
		}
	}
}

:%d {
	log
	route {
		@bearer header_regexp bearer Authorization ` + "`^(?i:bearer) +(" + token + ")$`" + `
		route @bearer {
`
	one = `			@key-%[1]s vars {re.bearer.1} {file.%[2]s/%[1]s}
			route @key-%[1]s {
				log_append <key %[1]s
				import ollama
			}
`
	tail = `		}
		header WWW-Authenticate Bearer
		respond 401
	}
}

:%d {
	respond 200
}
`
)

// Caddyfile is the proxy's configuration.
func (p Proxy) Caddyfile() string {
	var b strings.Builder
	fmt.Fprintf(&b, head, p.Upstream, Port)
	for _, name := range p.Names {
		fmt.Fprintf(&b, one, name, Folder)
	}
	fmt.Fprintf(&b, tail, HealthPort)
	return b.String()
}

var (
	upstreamForm = lazyregexp.New(`(?m)^\treverse_proxy ([a-z0-9.:-]+) \{$`)
	nameForm     = lazyregexp.New(`(?m)^\t\t\t@key-([a-z0-9-]+) vars `)
)

// Guards reports whether a text is the configuration of such a proxy, and nothing
// else: what was changed by a hair is not.
func Guards(text string) bool {
	upstream := upstreamForm().FindStringSubmatch(text)
	if upstream == nil {
		return false
	}
	p := Proxy{Upstream: upstream[1]}
	for _, m := range nameForm().FindAllStringSubmatch(text, -1) {
		p.Names = append(p.Names, m[1])
	}
	return p.Caddyfile() == text
}

// Command starts the proxy with its configuration as the only argument: a change
// of it is one of the pod, which then starts anew.
func Command() []string {
	return []string{"/bin/sh", "-c", `printf %s "$1" >/tmp/Caddyfile && exec caddy run --config /tmp/Caddyfile --adapter caddyfile`, "ollama-keys"}
}
