package v1alpha1

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/api/problem"
)

// The Services of the two programs; an Ollama may have a name of its own.
const (
	serviceOllama    = "ollama"
	serviceOpenWebUI = "open-webui"
)

// ServiceName is the name of the Ollama's Service, and with it of its Deployment or
// StatefulSet, its container, its claim, its ServiceAccount and its NetworkPolicy. Without a
// name, or an Ollama, it is ollama.
func (o *Ollama) ServiceName() string {
	if o == nil {
		return serviceOllama
	}
	return cmp.Or(o.Name, serviceOllama)
}

// Title is what people call the Ollama: by its name too, where it has one of its own.
func (o *Ollama) Title() string {
	if name := o.ServiceName(); name != serviceOllama {
		return string(ProgramOllama) + " " + name
	}
	return string(ProgramOllama)
}

// SpeedName is the name of the CronJob that asks the base's Ollama how fast it
// answers, and of its companions.
func (b *Base) SpeedName() string { return b.Ollama.ServiceName() + speedSuffix }

const speedSuffix = "-speed"

// KeysName is the name of what asks programs for keys in front of the base's
// Ollama, and of its companions.
func (b *Base) KeysName() string { return b.Ollama.ServiceName() + "-keys" }

// Keys are what the base's route asks programs for; nil for none.
func (b *Base) Keys() *APIKeys {
	if b.Expose.Exposed() && b.Ollama != nil && b.OpenWebUI == nil {
		return b.Expose.APIKeys
	}
	return nil
}

// longestOllamaName leaves room for speedSuffix: a CronJob's name has 52 characters
// at most, for its Jobs' get 11 more.
const longestOllamaName = 52 - len(speedSuffix)

// OllamaURL is where the base's own Ollama is in the cluster.
func (b *Base) OllamaURL() string {
	return fmt.Sprintf("http://%s.%s.svc:%d", b.Ollama.ServiceName(), b.Namespace, cmp.Or(b.Ollama.Service.Port, OllamaPort))
}

// Selector picks the pods of the program whose Service has the name. It never
// changes: a Deployment's selector is immutable, and so are labels that a
// NetworkPolicy relies on.
func Selector(service string) map[string]string {
	return map[string]string{"app.kubernetes.io/name": service, "app.kubernetes.io/instance": service}
}

// LeadsTo reports whether a URL, asked for in one namespace, is that of a Service
// in another. There is no DNS look-up.
func LeadsTo(text, from, service, namespace string) bool {
	u := parseURL(text)
	if u == nil {
		return false
	}
	host := strings.TrimSuffix(u.Hostname(), ".")
	if name, in, ok := ServiceOf(host, from); ok {
		return name == service && in == namespace
	}
	// The cluster's DNS is asked for such a name before the world's.
	return strings.EqualFold(host, service+"."+namespace)
}

// ollamaName checks the name against what else has one in the namespace and in
// the pod.
func (v validator) ollamaName(at *field.Path, o *Ollama) {
	name, taken := o.ServiceName(), append(ContainerNames(), serviceOpenWebUI+HeadlessSuffix, EngineGroup)
	at = at.Child("name")
	switch {
	case name == serviceOllama:
	case len(name) > longestOllamaName:
		v.errorf(at, "", "got %q of %d characters, want at most %d: NAME%s is a CronJob's name", name, len(name), longestOllamaName, speedSuffix)
	case len(validation.IsDNS1035Label(name)) > 0:
		v.errorf(at, "", "got %q, want the name of a Service, such as ollama-b: lower-case letters, digits and '-', first a letter, the last not '-'", name)
	case slices.Contains(taken, name):
		v.errorf(at, "give it another name", "got %q, which others of hearth's objects and containers have: %s", name, list(taken))
	default:
		v.staysText(at, name)
	}
	o.all(func(group, container string, _ *Container) {
		if container == name && name != serviceOllama { // of which it is said there
			v.because(at).errorf(at, "give one of them another name", "got %q, which ollama.%s has too, and a pod has each name once", name, group)
		}
	})
}

// programs are the names of the Services that the base brings, and of what has
// objects as a Service has.
func (b *Base) programs() []string {
	var names []string
	if b.Ollama != nil {
		names = append(names, b.Ollama.ServiceName())
		if b.Ollama.VolumeEach() {
			names = append(names, b.Ollama.ServiceName()+HeadlessSuffix)
		}
		if b.Monitoring != nil && b.Monitoring.Speed != nil {
			names = append(names, b.SpeedName())
		}
		if b.Expose != nil && b.Expose.APIKeys != nil && b.OpenWebUI == nil {
			names = append(names, b.KeysName())
		}
	}
	if b.OpenWebUI != nil {
		names = append(names, serviceOpenWebUI)
	}
	if b.Engine != nil {
		names = append(names, serviceEngine, EngineGroup)
	}
	return names
}

// claims are the names of the base's claims, by the field of the program that
// mounts each.
func (b *Base) claims() map[string][]string {
	claims := map[string][]string{}
	if o := b.Ollama; o != nil {
		claims["ollama"] = o.Claims()
	}
	if w := b.OpenWebUI; w != nil {
		claims["openWebUI"] = []string{w.Storage.Claim(serviceOpenWebUI)}
	}
	if e := b.Engine; e != nil && !e.VolumeEach() {
		claims["engine"] = []string{e.Storage.Claim(serviceEngine)}
	}
	return claims
}

// asksOwn reports whether a URL is that of the base's own Ollama.
func (b *Base) asksOwn(text string) bool {
	return b.Ollama != nil && LeadsTo(text, b.Namespace, b.Ollama.ServiceName(), b.Namespace)
}

// OllamaWay is where the NetworkPolicy has to let the chat out to, for one of its
// ollamaURLs: nil with a port for the internet, nil without for nowhere, since the
// base's own Ollama is reached anyway, and allowTo may name the server. The last
// result is false where neither the URL nor allowTo says it. There is no DNS look-up.
func (b *Base) OllamaWay(text string) (to *Destination, port Port, known bool) {
	if b.asksOwn(text) {
		return nil, 0, true
	}
	k := Backend{URL: text}
	to, port, known = k.Way(b.Namespace)
	if u := parseURL(text); known && u.Scheme == "http" && k.public(b.Namespace) {
		known = false // such a name is often one of a private address, and else nobody should ask it in clear
	}
	allowed := b.OpenWebUI.AllowTo
	if !known {
		return nil, 0, len(allowed) > 0
	}
	if slices.ContainsFunc(allowed, func(d Destination) bool { return d.names(b.Namespace, to) }) {
		return nil, 0, true
	}
	return to, port, true
}

// names reports whether a person has named the namespace or the address of a
// destination, nil for the internet: which pods and ports of it, is theirs to say
// then. The namespace is the policy's.
func (d *Destination) names(namespace string, to *Destination) bool {
	if to != nil && len(to.CIDRs) == 0 {
		return len(d.CIDRs) == 0 && cmp.Or(d.Namespace, namespace) == cmp.Or(to.Namespace, namespace)
	}
	return slices.ContainsFunc(d.CIDRs, func(c CIDR) bool {
		r, err := netip.ParsePrefix(string(c))
		if err != nil || to == nil {
			return err == nil && !PrivateRange(r)
		}
		a, err := netip.ParsePrefix(string(to.CIDRs[0]))
		return err == nil && r.Contains(a.Addr())
	})
}

// Connect lets each chat of bases that are deployed together out to those of their
// Ollamas that its ollamaURLs name, and these admit it: what allowTo and allowFrom
// do not say already is added to them.
func Connect(bases []Base) {
	for i := range bases {
		chat := &bases[i]
		if chat.OpenWebUI == nil {
			continue
		}
		for j := range bases {
			server := &bases[j]
			asks := func(text string) bool {
				return LeadsTo(text, chat.Namespace, server.Ollama.ServiceName(), server.Namespace)
			}
			if i != j && server.Ollama != nil && slices.ContainsFunc(chat.OpenWebUI.OllamaURLs, asks) {
				chat.connect(server)
			}
		}
	}
}

// connect opens the way from the base's chat to another's Ollama.
func (b *Base) connect(server *Base) {
	w, o := b.OpenWebUI, server.Ollama
	out := Destination{Peer{Namespace: server.Namespace, PodLabels: Selector(o.ServiceName())}, []Port{OllamaPort}}
	if !slices.ContainsFunc(w.AllowTo, func(d Destination) bool {
		return d.covers(b.Namespace, out.Peer) && (len(d.Ports) == 0 || slices.Contains(d.Ports, OllamaPort))
	}) {
		w.AllowTo = append(slices.Clip(w.AllowTo), out)
	}
	in := Peer{Namespace: b.Namespace, PodLabels: Selector(serviceOpenWebUI)}
	if !slices.ContainsFunc(*o.AllowFrom, func(p Peer) bool { return p.covers(server.Namespace, in) }) {
		all := append(slices.Clip(*o.AllowFrom), in)
		o.AllowFrom = &all
	}
}

// covers reports whether the pods of another peer are among its own; the namespace
// is the policy's.
func (p *Peer) covers(namespace string, other Peer) bool {
	if len(p.CIDRs) > 0 || cmp.Or(p.Namespace, namespace) != other.Namespace {
		return false
	}
	for key, value := range p.PodLabels {
		if got, has := other.PodLabels[key]; !has || got != value {
			return false
		}
	}
	return true
}

// ValidateServers reports what the chat of one base of an overlay asks of the overlay's
// Ollamas in vain: at another port than the Service's, or under a name that nothing
// there has. Paths count from the base. It is for a Resolved in which nothing else is
// wrong: a name that is misspelt has no Service either.
func (r *Resolved) ValidateServers(overlay, base int) problem.List {
	o := &r.Overlays[overlay]
	if o.Bases[base].OpenWebUI == nil {
		return nil
	}
	v := newValidator()
	v.servers(field.NewPath("spec", "overlays").Index(overlay).Child("bases"), base, o)
	return v.problems.Sorted()
}

// servers checks those that the chat of a base asks. bases is the path of the
// overlay's, where the others are.
func (v validator) servers(bases *field.Path, i int, o *ResolvedOverlay) {
	chat := &o.Bases[i]
	for j, value := range chat.OpenWebUI.OllamaURLs {
		u := parseURL(value)
		if u == nil || HasVariable(value) {
			continue
		}
		at := field.NewPath("openWebUI", "ollamaURLs").Index(j)
		name, namespace, service := ServiceOf(strings.TrimSuffix(u.Hostname(), "."), chat.Namespace)
		var there []string // Ollamas of the namespace
		found := false
		for k := range o.Bases {
			server := &o.Bases[k]
			if server.Ollama == nil {
				continue
			}
			if LeadsTo(value, chat.Namespace, server.Ollama.ServiceName(), server.Namespace) {
				found = true
				if port := server.Ollama.Service.Port; k != i && portOf(u) != port { // its own is said of the base
					v.errorf(at, "write "+server.OllamaURL(), "got %q, which is port %d, and the Service of the Ollama of %s (%s) has %d", value, portOf(u), bases.Index(k), server.Name, port)
				}
			}
			if server.Namespace == namespace {
				there = append(there, server.OllamaURL())
			}
		}
		if !found && service && len(there) > 0 && !o.brings(namespace, name) && !chat.admits(namespace) {
			v.errorf(at, "write one of them; or name the pods of somebody else's server in openWebUI.allowTo",
				"got %q, and the overlay brings no Service %s into the namespace %s: its Ollamas there are %s", value, name, namespace, strings.Join(there, ", "))
		}
	}
}

// brings reports whether the overlay has a Service of the name.
func (o *ResolvedOverlay) brings(namespace, name string) bool {
	is := func(x Object) bool {
		meta, _ := x["metadata"].(map[string]any)
		return x["kind"] == "Service" && meta["name"] == name && (meta["namespace"] == namespace || meta["namespace"] == nil)
	}
	return slices.ContainsFunc(o.Resources, is) || slices.ContainsFunc(o.Bases, func(b Base) bool {
		return b.Namespace == namespace && slices.Contains(b.programs(), name) || slices.ContainsFunc(b.Resources, is)
	})
}

// admits reports whether allowTo names a namespace, or pods of it that are no Ollama's of
// hearth.
func (b *Base) admits(namespace string) bool {
	return slices.ContainsFunc(b.OpenWebUI.AllowTo, func(d Destination) bool {
		name := d.PodLabels["app.kubernetes.io/name"]
		return cmp.Or(d.Namespace, b.Namespace) == namespace && !maps.Equal(d.PodLabels, Selector(name))
	})
}

// ollamaURLs checks the servers that the chat asks, and that it gets there.
func (v validator) ollamaURLs(base *field.Path, b *Base) {
	const example = "http://ollama.ai.svc:11434"
	at, first := base.Child("openWebUI", "ollamaURLs"), map[string]int{}
	for i, value := range b.OpenWebUI.OllamaURLs {
		at := at.Index(i)
		if value == "" {
			v.errorf(at, "", `got "", want a URL such as %s`, example)
		}
		if j, again := first[value]; again {
			v.errorf(at, "remove one of them", "got %q, which is openWebUI.ollamaURLs[%d] too", value, j)
			continue
		}
		first[value] = i
		u := v.url(at, value, example, "http", "https")
		if u == nil {
			continue
		}
		if b.asksOwn(value) && portOf(u) != b.Ollama.Service.Port {
			v.because(base.Child("ollama", "service", "port")).errorf(at, fmt.Sprintf("write port %d", b.Ollama.Service.Port),
				"got port %d, and the Service of the base's own Ollama has %d", portOf(u), b.Ollama.Service.Port)
		}
		v, k := v.because(base.Child("openWebUI", "allowTo"), base.Child("ollama", "name")), Backend{URL: value}
		switch _, _, known := b.OllamaWay(value); {
		case known:
			v.throughProxy(base, at, b, &k)
		case u.Scheme == "http" && k.public(b.Namespace):
			v.warnf(at, "write https, or name a private server in openWebUI.allowTo, by namespace and podLabels or by cidrs",
				"got %q: questions and answers would cross the internet in clear, and the NetworkPolicy stops the chat", value)
		default:
			v.warnf(at, "name the server in openWebUI.allowTo, by namespace and podLabels or by cidrs",
				"got %q, which does not say to the NetworkPolicy where the server is: it stops the chat", value)
		}
	}
}
