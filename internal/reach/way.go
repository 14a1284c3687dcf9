package reach

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
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
)

// Way is one way from outside the cluster to a program.
type Way struct {
	// Entry is the object by which people come in, and Path the field of it.
	Entry Ref
	Path  string
	// Hosts that it answers for, as written; "" is every host. None for an
	// address.
	Hosts []string
	// Via are the objects between the entry and the program.
	Via []Ref
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
}

// FactsOf are those that an overlay states.
func FactsOf(o *v1alpha1.ResolvedOverlay) Facts {
	f := Facts{Private: map[string]bool{}, Unauthenticated: map[string]bool{}}
	for _, b := range o.Bases {
		if b.Expose == nil {
			continue
		}
		if b.Expose.Audience == v1alpha1.AudiencePrivate {
			f.Private[string(b.Expose.Host)] = true
		}
		if b.Expose.DangerouslyUnauthenticated {
			f.Unauthenticated[string(b.Expose.Host)] = true
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
	open      map[target]bool            // those that are being followed
	cuts      int                        // how often a way came back to where it had been
	steps     int
	result    Result
}

// maxSteps is how many places are looked at: a list of 10,000 objects that lead
// to one another, and not in all ways, has fewer.
const maxSteps = 300_000

// once follows a place unless it was followed before. A way that comes back to
// where it has been ends there; what was found beyond such a place may lack
// something, and is not kept.
func (a *analysis) once(t target, follow func() []stop) []stop {
	if ends, known := a.memo[t]; known {
		return ends
	}
	if a.open[t] {
		a.cuts++
		return nil
	}
	if a.steps++; a.steps > maxSteps {
		a.blind(Blind{Message: fmt.Sprintf("the objects lead to one another in more than %d ways: not all were followed", maxSteps)})
		return nil
	}
	before := a.cuts
	a.open[t] = true
	all := follow()
	a.steps += len(all)
	ends, seen := all[:0:0], map[place]bool{}
	for _, end := range all {
		if at := end.place(); !seen[at] {
			seen[at] = true
			ends = append(ends, end)
		}
	}
	delete(a.open, t)
	if a.cuts == before || len(a.open) == 0 {
		a.memo[t] = ends
	}
	return ends
}

func newAnalysis(set *objects.Set, facts Facts) *analysis {
	a := &analysis{Set: set, facts: facts, sensitive: map[string]bool{}, memo: map[target][]stop{}, open: map[target]bool{}, admitted: map[*objects.Pod]passage{}, result: Result{set: set, facts: facts}}
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

func (a *analysis) blind(b Blind) { a.result.Blind = append(a.result.Blind, b) }

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
	via       []Ref
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

// way adds what a branch of an entry leads to.
func (a *analysis) way(entry Ref, path string, hosts []string, before passage, ends []stop) {
	for _, end := range ends {
		p := before.then(end.passage)
		if p.closed {
			continue
		}
		a.result.Ways = append(a.result.Ways, Way{
			Entry: entry, Path: path, Hosts: hosts, Via: end.via, Program: end.program, Container: end.container,
			Private: p.private, Guard: p.guard, Blind: p.blind, Why: p.why,
		})
	}
}
