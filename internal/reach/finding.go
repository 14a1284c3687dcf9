package reach

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/build/object"
	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/signin"
)

// The rules that the analysis answers.
const (
	OllamaExposed  = "ollama-exposed"
	OllamaOpen     = "ollama-open"
	EngineExposed  = "engine-exposed"
	EngineOpen     = "engine-open"
	ChatExposed    = "chat-exposed"
	ExposureUnseen = "exposure-unseen"
)

// LookYourself is what to do about what cannot be seen.
const LookYourself = "look at it yourself, and accept it with an exception and the reason"

// Finding is one door that stands open, or that cannot be seen.
type Finding struct {
	Rule     string
	Severity problem.Severity
	Object   Ref
	Path     string
	Message  string
	Fix      string
}

// Check returns everything that stands open, in the order of the objects.
func Check(set *objects.Set, facts Facts) []Finding {
	r := Analyze(set, facts)
	return slices.Concat(OllamaIsOpen(set), EngineIsOpen(set), r.OllamaExposed(), r.EngineExposed(), r.ChatExposed(), r.Unseen())
}

// By are the findings about the ways that begin at some objects.
func (r Result) By(entry func(Ref) bool) []Finding {
	r.Ways = slices.DeleteFunc(slices.Clone(r.Ways), func(w Way) bool { return !entry(w.Entry) })
	return slices.Concat(r.OllamaExposed(), r.EngineExposed(), r.ChatExposed())
}

// entries are the ways that satisfy a condition, by the object that they begin
// at, in the order of the objects.
func (r Result) entries(want func(Way) bool) [][]Way {
	var all [][]Way
	at := map[Ref]int{}
	for _, w := range r.Ways {
		if !want(w) {
			continue
		}
		i, seen := at[w.Entry]
		if !seen {
			i = len(all)
			at[w.Entry], all = i, append(all, nil)
		}
		all[i] = append(all[i], w)
	}
	return all
}

// whom names the people that ways are for, by their hosts.
func whom(ways []Way) string {
	var hosts []string
	for _, w := range ways {
		for _, h := range w.Hosts {
			if h == "" { // which has all others in it
				return "the controller"
			}
			if !slices.Contains(hosts, h) {
				hosts = append(hosts, h)
			}
		}
	}
	if len(hosts) == 0 {
		return "its address"
	}
	if len(hosts) > 3 {
		return fmt.Sprintf("%s and %d more hosts", strings.Join(hosts[:3], ", "), len(hosts)-3)
	}
	return strings.Join(hosts, ", ")
}

// detour names what a way goes through besides the Service that its entry names.
func detour(w Way) string {
	var names []string
	for _, v := range w.Via {
		names = append(names, v.Kind+" "+v.Name)
	}
	if len(names) < 2 && !(w.Entry.Kind == "Service" && len(names) == 1) {
		return ""
	}
	if w.More > 0 {
		names = append(names, fmt.Sprintf("and %d more", w.More))
	}
	return " through " + strings.Join(names, ", ")
}

// OllamaExposed finds every entry by which Ollama is reached without
// authentication: by strangers an error, by a private network a warning.
func (r Result) OllamaExposed() []Finding {
	return r.exposed(Ollama, OllamaExposed, "leads to Ollama without authentication%s: everybody who reaches %s can use it and delete its models")
}

// EngineExposed finds every entry by which vLLM is reached without authentication
// besides its own, which it asks for on some of its paths alone; or llama.cpp's RPC
// server, which has none.
func (r Result) EngineExposed() []Finding {
	return append(
		r.exposed(VLLM, EngineExposed, "leads to vLLM%s, which asks for its key on some of its paths alone: everybody who reaches %s can have answers without it, and stop it"),
		r.exposed(LlamaRPC, EngineExposed, "leads to llama.cpp's RPC server%s, which asks nobody who it is: everybody who reaches %s writes to the memory of its pod")...)
}

// exposed finds the entries by which a program is reached without authentication.
// The message takes the detour, and whom the way is for.
func (r Result) exposed(program Program, rule, message string) []Finding {
	var found []Finding
	for _, ways := range r.entries(func(w Way) bool { return w.Program == program && w.Guard == Open }) {
		// The worst stands for all: one that is private does not make another so.
		public := slices.DeleteFunc(slices.Clone(ways), func(w Way) bool { return w.Private || program == Ollama && r.chosen(w) })
		f := Finding{Rule: rule, Severity: problem.Error, Object: ways[0].Entry, Path: ways[0].Path,
			Fix: "put basic authentication or an identity provider in front of it, or take the way in away"}
		if len(public) == 0 {
			f.Severity = problem.Warning
		} else {
			ways = public
		}
		w := ways[0]
		f.Path = w.Path
		f.Message = fmt.Sprintf(message, detour(w), whom(ways))
		switch {
		case w.Entry.Kind == "Service":
			f.Fix = "write ClusterIP, with a route that asks for a password in front"
		case program == Ollama && r.allows(w.Entry) && len(public) > 0:
			f.Fix = "protect it, or accept it with an exception: " + object.AllowsAnnotation + " is believed of no route but a stack's own"
		}
		found = append(found, f)
	}
	return found
}

// allows reports whether an object has the annotation of a stack's own routes.
func (r Result) allows(ref Ref) bool {
	o := r.set.Find(ref.Group(), ref.Kind, ref.Namespace, ref.Name)
	return objects.Annotations(o)[object.AllowsAnnotation] != ""
}

// chosen reports whether the stack of a way says by a field that it stands open.
// An annotation that says so proves nothing: anybody can write one.
func (r Result) chosen(w Way) bool {
	if w.Entry.Is("", "Service") {
		return r.facts.OpenServices[w.Entry.Namespace+"/"+w.Entry.Name]
	}
	return len(w.Hosts) > 0 && !slices.ContainsFunc(w.Hosts, func(host string) bool { return !r.facts.Unauthenticated[host] })
}

// OllamaIsOpen looks at every NetworkPolicy of Ollama's pods: what one admits no
// other can refuse, and what none admits alone all may admit together.
func OllamaIsOpen(set *objects.Set) []Finding { return isOpen(set, Ollama, OllamaOpen) }

// EngineIsOpen looks at every NetworkPolicy of the pods of vLLM and of llama.cpp's
// RPC server in the same way.
func EngineIsOpen(set *objects.Set) []Finding {
	return append(isOpen(set, VLLM, EngineOpen), isOpen(set, LlamaRPC, EngineOpen)...)
}

func isOpen(set *objects.Set, program Program, rule string) []Finding {
	var found []Finding
	for i := range set.Pods {
		p := &set.Pods[i]
		var ports []corev1.ContainerPort
		serves, every := false, false
		for _, c := range p.Containers() {
			if c.Init || !slices.Contains(ProgramsOf(c), program) {
				continue
			}
			group := program == VLLM && oneOfGroup(c)
			if group || len(listens(c, program)) > 0 {
				serves, every, ports = true, every || group, append(ports, Ports(c, program)...)
			}
		}
		if every {
			ports = nil
		}
		if !serves {
			continue
		}
		f := Finding{Rule: rule, Severity: problem.Error, Object: p.Ref, Path: p.Path,
			Fix: "select the pod in a NetworkPolicy that admits its clients alone"}
		rules, isolated := Admits(set, p, ports)
		if !isolated {
			f.Message = "no NetworkPolicy here selects the pod for what comes in"
			if other, selects := foreignPolicy(set, p); selects {
				f.Severity = problem.Warning
				f.Message += fmt.Sprintf("; %s may, which is not looked into", other)
				f.Fix = LookYourself
			}
			found = append(found, f)
			continue
		}
		f.Fix = "name the clients' pods and namespaces"
		all, alone := []networkingv1.NetworkPolicyIngressRule{}, false
		for _, rule := range rules {
			all = append(all, rule.NetworkPolicyIngressRule)
			if whom := Everybody(all[len(all)-1:]); whom != "" {
				alone = true
				f.Object, f.Path = rule.Policy, fmt.Sprintf("spec.ingress[%d].from", rule.Index)
				f.Message = fmt.Sprintf("admits %s to %s", whom, p.Ref)
				found = append(found, f)
			}
		}
		if whom := Everybody(all); whom != "" && !alone {
			f.Object, f.Path = slices.MinFunc(rules, func(x, y Rule) int { return cmp.Compare(x.Policy.String(), y.Policy.String()) }).Policy, "spec.ingress"
			f.Message = fmt.Sprintf("admits, together with the other rules for it, %s to %s", whom, p.Ref)
			found = append(found, f)
		}
	}
	return found
}

// ChatExposed finds how people get past the sign-in of a chat, for each of those
// whom a way leads there, or who are in the cluster anyhow.
func (r Result) ChatExposed() []Finding {
	ways := map[string][]Way{} // to a container
	place := func(c objects.Container) string { return c.Pod.Ref.String() + " " + c.Path }
	for _, w := range r.Ways {
		if w.Program == OpenWebUI && w.Guard != Asked && w.Container != nil {
			ways[place(*w.Container)] = append(ways[place(*w.Container)], w)
		}
	}
	var found []Finding
	for i := range r.set.Pods {
		for _, c := range r.set.Pods[i].Containers() {
			if c.Init || !slices.Contains(ProgramsOf(c), OpenWebUI) {
				continue
			}
			audience, reached := signin.Cluster, ways[place(c)]
			public := slices.DeleteFunc(slices.Clone(reached), func(w Way) bool { return w.Private })
			switch {
			case len(public) > 0:
				audience, reached = signin.Public, public
			case len(reached) > 0:
				audience = signin.Private
			}
			slices.SortStableFunc(reached, func(x, y Way) int {
				return cmp.Or(cmp.Compare(x.Guard, y.Guard), cmp.Compare(x.Entry.String(), y.Entry.String()))
			})
			unseen := !slices.ContainsFunc(reached, func(w Way) bool { return w.Guard == Open })
			for _, weak := range signin.Weaknesses(Environment(r.set, c), audience) {
				f := Finding{Rule: ChatExposed, Severity: weak.Severity, Object: c.Pod.Ref,
					Path: fmt.Sprintf("%s.env[%s]", c.Path, weak.Variables[0]), Message: weak.Message, Fix: weak.Fix}
				if len(reached) > 0 {
					f.Message += fmt.Sprintf(", by %s at %s", reached[0].Entry, whom(reached))
					if unseen {
						f.Severity = problem.Warning
						f.Message += fmt.Sprintf(", unless %s asks who comes", reached[0].Blind)
					}
				}
				found = append(found, f)
			}
		}
	}
	return found
}

// Environment is how the list shows a container's variables.
func Environment(set *objects.Set, c objects.Container) signin.Env {
	config := func(name, key string) (signin.Value, bool) {
		o := set.Find("", "ConfigMap", c.Pod.Ref.Namespace, name)
		if o == nil {
			return signin.Value{Hidden: true}, true
		}
		text, ok := objects.At(o, "data", key).(string)
		return signin.Value{Text: text}, ok
	}
	return func(name string) (signin.Value, bool) {
		if v, set := c.Variable(name); set {
			switch {
			case v.ValueFrom != nil && v.ValueFrom.ConfigMapKeyRef != nil:
				return config(v.ValueFrom.ConfigMapKeyRef.Name, v.ValueFrom.ConfigMapKeyRef.Key)
			case v.ValueFrom != nil, strings.Contains(v.Value, "$("):
				return signin.Value{Hidden: true}, true
			}
			return signin.Value{Text: v.Value}, true
		}
		for _, from := range slices.Backward(c.EnvFrom) { // the last counts
			key, ours := strings.CutPrefix(name, from.Prefix)
			switch {
			case !ours:
			case from.ConfigMapRef != nil && set.Find("", "ConfigMap", c.Pod.Ref.Namespace, from.ConfigMapRef.Name) != nil:
				if v, ok := config(from.ConfigMapRef.Name, key); ok {
					return v, true
				}
			case name == "ENABLE_SIGNUP": // which is open where nobody closes it: maybe this does
				return signin.Value{Hidden: true}, true
			}
		}
		return signin.Value{}, false
	}
}

// Unseen are the places where a way could not be followed, each once.
func (r Result) Unseen() []Finding {
	var found []Finding
	seen := map[Finding]bool{}
	add := func(f Finding) {
		f.Rule, f.Severity, f.Fix = ExposureUnseen, problem.Warning, LookYourself
		if !seen[f] {
			seen[f] = true
			found = append(found, f)
		}
	}
	for _, b := range r.Blind {
		add(Finding{Object: b.Object, Path: b.Path, Message: b.Message})
	}
	for _, w := range r.Ways {
		if w.Guard != Unseen || w.Program == OpenWebUI { // which signs people in itself
			continue
		}
		to := string(w.Program)
		if to == "" {
			to = "what may be Ollama or the chat"
		}
		f := Finding{Object: w.Blind, Message: w.Why}
		if w.Entry != w.Blind {
			f.Message += fmt.Sprintf("; %s leads through it to %s", w.Entry, to)
		}
		add(f)
	}
	return found
}
