package knock

import (
	"go/ast"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// Object is a whole Kubernetes object as a JSON tree.
type Object = map[string]any

// arrival is where a request ends, as a set.
type arrival uint8

const (
	ollama  arrival = 1 << iota
	chat            // one that lets anybody past its sign-in
	unknown         // at a place, or past a guard, that the objects do not show
)

// Reached is who got through.
type Reached struct {
	// Public: somebody from the internet. Private: somebody in a private network.
	Public, Private bool
}

// Answer is what the requests at one door found.
type Answer struct {
	Ollama, Chat Reached
	// Unknown says that what became of a request cannot be seen.
	Unknown bool
}

// Door is an object by which requests come in.
type Door struct {
	Entry     Object
	Must, May Answer
}

// request is one, without a password. An address alone is no host.
type request struct {
	addr               netip.Addr
	host, path, method string
	header             bool // X-Version: 2
	public             bool // a stranger's
	may                bool // read what is left open in favour of who knocks
	hops               int
}

// maxHops ends loops of Services and relays.
const maxHops = 12

var (
	addresses = []netip.Addr{
		netip.MustParseAddr("8.8.8.8"), netip.MustParseAddr("200.1.1.1"),
		netip.MustParseAddr("10.1.2.3"), netip.MustParseAddr("192.168.1.5"),
	}
	paths   = []string{"/", "/api", "/api/tags", "/docs", "/docs/x"}
	methods = []string{"GET", "POST"}
	// strangers are hosts that no object is about, some of them close to one.
	strangers = []string{"stranger.example.org", "a.internal.example.com", "x.example.com", "x.y.example.com", "x.internal", "xa.internal"}
)

// home reports whether only a private network knows a host by that name.
func home(host string) bool {
	return slices.ContainsFunc([]string{".internal", ".lan", ".local", ".home.arpa"}, func(suffix string) bool {
		return strings.HasSuffix(host, suffix)
	})
}

// cluster is the objects, with what is looked up often.
type cluster struct {
	objects []Object
	kinds   map[string][]Object // by group and kind
	rules   map[string]ast.Expr
	dead    map[string]bool // rules that are for nobody
	regexps map[string]*regexp.Regexp
	// requests that are made at doors that have hosts.
	requests []request
}

// Doors knocks at every door of a list of objects.
func Doors(objects []Object) []Door {
	c := &cluster{objects: objects, kinds: map[string][]Object{}, rules: map[string]ast.Expr{}, dead: map[string]bool{}, regexps: map[string]*regexp.Regexp{}}
	hosts := slices.Clone(strangers)
	for _, o := range objects {
		group, _, versioned := strings.Cut(text(o, "apiVersion"), "/")
		if !versioned {
			group = ""
		}
		kind := group + " " + text(o, "kind")
		c.kinds[kind] = append(c.kinds[kind], o)
		hosts = append(hosts, hostsOf(o["spec"])...)
	}
	slices.Sort(hosts)
	hosts = slices.Compact(hosts)
	for _, addr := range addresses {
		for _, host := range hosts {
			for _, path := range paths {
				for _, method := range methods {
					c.requests = append(c.requests, request{addr: addr, host: host, path: path, method: method},
						request{addr: addr, host: host, path: path, method: method, header: true})
				}
			}
		}
	}
	var doors []Door
	for _, o := range objects {
		if enter := c.entry(o); enter != nil {
			doors = append(doors, c.knock(o, enter))
		}
	}
	return doors
}

// knock makes every request at one door.
func (c *cluster) knock(o Object, enter func(o Object, q request) arrival) Door {
	d := Door{Entry: o}
	requests := c.requests
	if byAddress(o) { // where nothing else of a request counts
		requests = nil
		for _, addr := range addresses {
			requests = append(requests, request{addr: addr})
		}
	}
	for _, q := range requests {
		q.public = !q.addr.IsPrivate() && !home(q.host)
		d.Must.add(enter(o, q), q.public)
		q.may = true
		got := enter(o, q)
		if got&unknown != 0 { // it may be either
			got |= ollama | chat
		}
		d.May.add(got, q.public)
	}
	return d
}

func (a *Answer) add(got arrival, public bool) {
	for program, reached := range map[arrival]*Reached{ollama: &a.Ollama, chat: &a.Chat} {
		if got&program != 0 {
			reached.Public = reached.Public || public
			reached.Private = reached.Private || !public
		}
	}
	a.Unknown = a.Unknown || got&unknown != 0
}

// byAddress reports whether a door is an address, which has no host.
func byAddress(o Object) bool { return o["kind"] == "Service" || podOf(o) != nil }

// entry is how requests come in by an object, nil if they do not.
func (c *cluster) entry(o Object) func(o Object, q request) arrival {
	switch o["kind"] {
	case "Service":
		return c.byService
	case "Ingress":
		return c.byIngress
	case "IngressRoute":
		return c.byIngressRoute("IngressRoute", "Middleware")
	case "IngressRouteTCP":
		return c.byIngressRoute("IngressRouteTCP", "MiddlewareTCP")
	case "HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute":
		return c.byGateway
	case "VirtualServer":
		return c.byVirtualServer
	case "TransportServer":
		return c.byTransportServer
	case "VirtualService":
		return c.byVirtualService
	case "Route":
		return c.byRoute
	}
	if podOf(o) != nil {
		return c.byNode
	}
	return nil
}

// name finds hosts in fields and in the arguments of a rule.
var name = regexp.MustCompile(`[a-z0-9*.-]+\.[a-z]+`)

// hostsOf are the hosts that occur in a value: one for each wildcard.
func hostsOf(v any) []string {
	var found []string
	switch v := v.(type) {
	case string:
		for _, host := range name.FindAllString(strings.ReplaceAll(v, `\`, ""), -1) {
			found = append(found, strings.TrimLeft(strings.ReplaceAll(host, "*", "any"), ".-"))
		}
	case []any:
		for _, e := range v {
			found = append(found, hostsOf(e)...)
		}
	case Object:
		for _, e := range v {
			found = append(found, hostsOf(e)...)
		}
	}
	return found
}

// guard is what somebody says who asks for a password.
type guard int

const (
	pass guard = iota
	unsure
	deny
)

// then is where a request ends behind a guard.
func (g guard) then(next func() arrival) arrival {
	switch g {
	case deny:
		return 0
	case unsure:
		return doubt(next())
	}
	return next()
}

// doubt is what is left of an arrival if it is not certain.
func doubt(a arrival) arrival {
	if a != 0 {
		return unknown
	}
	return 0
}
