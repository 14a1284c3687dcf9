package reach

import (
	"cmp"
	"fmt"
	"hash/maphash"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/hostname"
	"github.com/hearth-dev/hearth/internal/objects"
)

// Ref names an object.
type Ref = objects.Ref

// Guard is what asks on a way who comes.
type Guard int

// From a door that stands open to one that is watched.
const (
	// Open lets everybody through.
	Open Guard = iota
	// Unseen may ask: what decides stands somewhere else.
	Unseen
	// Asked is a password, an identity provider or a certificate.
	Asked
)

// Program is what a way leads to.
type Program string

// The programs that are looked for.
const (
	Ollama    Program = "Ollama"
	OpenWebUI Program = "Open WebUI"
	VLLM      Program = "vLLM"
	LlamaRPC  Program = "llama.cpp's RPC server"
)

// Way is one way from outside the cluster to a program.
type Way struct {
	// Entry is the object by which people come in, and Path the field of it.
	Entry Ref
	Path  string
	// Hosts that it answers for, as written; "" is every host. None for an
	// address.
	Hosts []string
	// Via are the first objects between the entry and the program, and More is how
	// many there are behind them.
	Via  []Ref
	More int
	// Program at the end, and its container; nil where it runs out of sight.
	Program   Program
	Container *objects.Container
	// Private says that only a private network reaches it.
	Private bool
	// Guard on the way. For Unseen, Blind is the object that could not be seen
	// through, and Why what it may do.
	Guard Guard
	Blind Ref
	Why   string
}

// Blind is what could not be followed, and may lead to one of the programs.
type Blind struct {
	// Object that cannot be followed, and the field of it.
	Object Ref
	Path   string
	// Message says what cannot be seen.
	Message string
}

// Facts are what a person said about the objects, which does not stand in them.
type Facts struct {
	// Private are hosts that only a private network reaches, whatever their
	// names look like.
	Private map[string]bool
	// Unauthenticated are hosts where Ollama stands open on purpose.
	Unauthenticated map[string]bool
	// OpenServices are the Services, NAMESPACE/NAME, by which Ollama stands open on
	// purpose.
	OpenServices map[string]bool
	// IngressNGINX are hosts whose route is meant for ingress-nginx, though F5's
	// controller has the same class.
	IngressNGINX map[string]bool
}

// FactsOf are those that an overlay states.
func FactsOf(o *v1alpha1.ResolvedOverlay) Facts {
	f := Facts{Private: map[string]bool{}, Unauthenticated: map[string]bool{}, OpenServices: map[string]bool{}, IngressNGINX: map[string]bool{}}
	for _, b := range o.Bases {
		if b.Ollama != nil && b.Ollama.Service.DangerouslyUnauthenticated {
			f.OpenServices[b.Namespace+"/"+b.Ollama.ServiceName()] = true
		}
		if b.Expose == nil {
			continue
		}
		for _, h := range b.Expose.Hosts() {
			h := hostname.Fold(string(h))
			f.Private[h] = b.Expose.Audience == v1alpha1.AudiencePrivate
			f.IngressNGINX[h] = b.Expose.Type == v1alpha1.ExposeIngressNGINX
			f.Unauthenticated[h] = b.Expose.DangerouslyUnauthenticated
		}
	}
	return f
}

// private reports whether only a private network knows a host.
func (f Facts) private(host string) bool { return f.Private[host] || v1alpha1.Host(host).Private() }

// Result is what the analysis found, in the order of the objects.
type Result struct {
	// Routes are those of the list, whoever they lead to.
	Routes []Route
	Ways   []Way
	Blind  []Blind

	set   *objects.Set
	facts Facts
}

// Analyze follows every way in.
func Analyze(set *objects.Set, facts Facts) Result {
	a := newAnalysis(set, facts)
	for i, o := range set.All {
		ref := set.Refs[i]
		switch route, known := routeOf(set, o, ref); {
		case known:
			a.result.Routes = append(a.result.Routes, route)
			a.route(route)
			if ref.Group() == f5Group {
				a.snippets(o["spec"], "spec", ref)
			}
		case ref.Is("", "Service"):
			// below, by its decoded form
		default:
			a.unknown(o, ref)
		}
	}
	for i := range set.Services {
		a.opened(&set.Services[i])
	}
	for i := range set.Pods {
		a.onNode(&set.Pods[i])
	}
	return a.result
}

// analysis is one run.
type analysis struct {
	*objects.Set
	facts     Facts
	sensitive map[string]bool // namespaces with such pods
	admitted  map[*objects.Pod]passage
	fixed     map[string]*corev1.Service // by their addresses
	memo      map[target][]stop          // what Services and containers lead to
	part      map[target]part            // the same, of places that are being followed
	round     int
	cuts      int // how often a way came back to where it had been
	grown     int // how often a place was found to lead to more
	said      map[Blind]bool
	steps     int
	result    Result
}

// maxSteps is how many places are looked at: a list of 10,000 objects that lead
// to one another, and not in all ways, has fewer.
const maxSteps = 300_000

// once follows a place unless it was followed before. In places that lead to one
// another in a circle, what each leads to is what was found of it so far, until
// going round finds nothing new: so the order of the objects changes nothing.
func (a *analysis) once(t target, follow func() []stop) []stop {
	if ends, known := a.memo[t]; known {
		return ends
	}
	if p, round := a.part[t]; round && p.round == a.round {
		a.cuts++
		return p.ends
	}
	outermost := len(a.part) == 0
	for {
		if a.steps++; a.steps > maxSteps {
			a.blind(Blind{Message: fmt.Sprintf("the objects lead to one another in more than %d ways: not all were followed", maxSteps)})
			return a.part[t].ends
		}
		cuts, grown := a.cuts, a.grown
		a.part[t] = part{a.round, a.part[t].ends}
		all := follow()
		a.steps += len(all)
		ends := nearest(all)
		if !slices.EqualFunc(ends, a.part[t].ends, func(x, y stop) bool { return x.place() == y.place() && x.via.same(y.via) }) {
			a.grown++
		}
		a.part[t] = part{a.round, ends}
		switch {
		case a.cuts == cuts:
			a.memo[t] = ends
			delete(a.part, t)
			return ends
		case !outermost:
			return ends
		case a.grown == grown:
			for t, p := range a.part {
				a.memo[t] = p.ends
			}
			clear(a.part)
			return ends
		}
		a.round++
	}
}

// part is what a place was found to lead to so far, and the round that found it.
type part struct {
	round int
	ends  []stop
}

// nearest are stops without those that are alike, each by the shortest way.
func nearest(all []stop) []stop {
	slices.SortStableFunc(all, nearer)
	ends, seen := all[:0:0], map[place]bool{}
	for _, end := range all {
		if at := end.place(); !seen[at] {
			seen[at] = true
			ends = append(ends, end)
		}
	}
	return ends
}

func newAnalysis(set *objects.Set, facts Facts) *analysis {
	a := &analysis{Set: set, facts: facts, sensitive: map[string]bool{}, memo: map[target][]stop{}, part: map[target]part{}, said: map[Blind]bool{}, admitted: map[*objects.Pod]passage{}, result: Result{set: set, facts: facts}}
	for i := range a.Pods {
		for _, c := range a.Pods[i].Containers() {
			if ProgramsOf(c) != nil {
				a.sensitive[objects.Namespace(a.Pods[i].Ref.Namespace)] = true
			}
		}
	}
	return a
}

// Behind are the programs that a port of a Service leads to; "" is any port.
func Behind(set *objects.Set, namespace, service, port string) []Program {
	var all []Program
	for _, end := range newAnalysis(set, Facts{}).follow(target{namespace: namespace, name: service, port: port}, Ref{}, "") {
		if end.program != "" && !slices.Contains(all, end.program) {
			all = append(all, end.program)
		}
	}
	return all
}

func (a *analysis) blind(b Blind) {
	if !a.said[b] {
		a.said[b] = true
		a.result.Blind = append(a.result.Blind, b)
	}
}

// passage is what lies between two places.
type passage struct {
	guard   Guard
	blind   Ref
	why     string
	private bool
	closed  bool // nobody gets through
}

// then is one passage after another: who is asked once is asked.
func (p passage) then(q passage) passage {
	if q.guard > p.guard {
		p.guard, p.blind, p.why = q.guard, q.blind, q.why
	}
	p.private = p.private || q.private
	p.closed = p.closed || q.closed
	return p
}

// stop is where a way ends.
type stop struct {
	program   Program
	container *objects.Container
	via       *leg
	passage   passage
	admits    passage // what its NetworkPolicies make of a client's own address
}

// place is what tells stops apart. One Ollama that is open is as good as another;
// each chat has a sign-in of its own.
type place struct {
	program         Program
	pod, container  string
	passage, admits passage
}

func (s stop) place() place {
	p := place{program: s.program, passage: s.passage, admits: s.admits}
	if s.program == OpenWebUI && s.container != nil {
		p.pod, p.container = s.container.Pod.Ref.String(), s.container.Path
	}
	return p
}

// nearer orders stops by the way there, the shortest in front.
func nearer(x, y stop) int {
	return cmp.Or(x.via.compare(y.via), cmp.Compare(x.program, y.program), cmp.Compare(x.passage.guard, y.passage.guard), cmp.Compare(x.passage.why, y.passage.why))
}

// leg is the first object of a way, and the way behind it: ways have their ends in
// common, of which a list with thousands of relays may have thousands.
type leg struct {
	ref  Ref
	next *leg
	n    int    // of the objects
	sum  uint64 // of all of them
}

var seed = maphash.MakeSeed()

// before is a way with an object in front.
func (l *leg) before(ref Ref) *leg {
	var h maphash.Hash
	h.SetSeed(seed)
	maphash.WriteComparable(&h, ref)
	maphash.WriteComparable(&h, l.hash())
	return &leg{ref, l, l.length() + 1, h.Sum64()}
}

func (l *leg) length() int {
	if l == nil {
		return 0
	}
	return l.n
}

func (l *leg) hash() uint64 {
	if l == nil {
		return 0
	}
	return l.sum
}

func (l *leg) same(m *leg) bool { return l.length() == m.length() && l.hash() == m.hash() }

// compare orders ways, the shortest in front.
func (l *leg) compare(m *leg) int {
	if c := cmp.Compare(l.length(), m.length()); c != 0 {
		return c
	}
	for ; !l.same(m); l, m = l.next, m.next {
		a, b := l.ref, m.ref
		if c := cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name)); c != 0 {
			return c
		}
	}
	return 0
}

// maxVia is how many objects of a way are named.
const maxVia = 8

// refs are the first of a way.
func (l *leg) refs() []Ref {
	var all []Ref
	for ; l != nil && len(all) < maxVia; l = l.next {
		all = append(all, l.ref)
	}
	return all
}

// way adds what a branch of an entry leads to.
func (a *analysis) way(entry Ref, path string, hosts []string, before passage, ends []stop) {
	for _, end := range ends {
		p := before.then(end.passage)
		if p.closed {
			continue
		}
		a.result.Ways = append(a.result.Ways, Way{
			Entry: entry, Path: path, Hosts: hosts, Via: end.via.refs(), More: max(0, end.via.length()-maxVia), Program: end.program, Container: end.container,
			Private: p.private, Guard: p.guard, Blind: p.blind, Why: p.why,
		})
	}
}
