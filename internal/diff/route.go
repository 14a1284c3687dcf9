package diff

import (
	"reflect"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/traefikrule"
)

const (
	networking = "networking.k8s.io"
	gatewayAPI = "gateway.networking.k8s.io"
	certs      = "cert-manager.io"
)

// isRoute reports whether an object tells a controller what to serve.
func isRoute(r objects.Ref) bool {
	switch r.Group() {
	case networking:
		return r.Kind == "Ingress"
	case gatewayAPI, "traefik.io", "k8s.nginx.org":
		return true
	}
	return false
}

// hostsOf are the names that an object answers at; "*" is any.
func hostsOf(o objects.Object) []string {
	ref := objects.RefOf(o)
	var all []string
	add := func(host string) {
		if host == "" {
			host = "*"
		}
		if !slices.Contains(all, host) {
			all = append(all, host)
		}
	}
	switch {
	case ref.Is(networking, "Ingress"):
		for _, rule := range objects.List(o, "spec", "rules") {
			add(objects.Text(rule, "host"))
		}
	case ref.Group() == gatewayAPI && strings.HasSuffix(ref.Kind, "Route"):
		names, _ := objects.At(o, "spec", "hostnames").([]any)
		for _, name := range names {
			text, _ := name.(string)
			add(text)
		}
	case ref.Is("traefik.io", "IngressRoute"):
		for _, r := range objects.List(o, "spec", "routes") {
			hosts, others, err := traefikrule.Hosts(objects.Text(r, "match"), objects.Text(r, "syntax"))
			for _, host := range hosts {
				add(host)
			}
			if others || err != nil {
				add("*")
			}
		}
	case ref.Is("k8s.nginx.org", "VirtualServer"):
		add(objects.Text(o, "spec", "host"))
	}
	slices.Sort(all)
	return all
}

// without is what is in one list and not in the other.
func without(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(other, s) })
}

func hosts(c *change) []Effect {
	before, after := hostsOf(c.old), hostsOf(c.new)
	var all []Effect
	if more := without(after, before); len(more) > 0 {
		all = append(all, one(Opens, "answers at %s: its name in DNS has to lead to the controller", and(more))...)
	}
	if less := without(before, after); len(less) > 0 {
		all = append(all, one(Down, "no longer answers at %s", and(less))...)
	}
	return all
}

// anew are the fields of a Certificate that cert-manager holds against the one it
// has (RequestMatchesSpec of its pkg/util/certificates); others, such as
// renewBefore, it follows without a new one.
var anew = []string{
	"spec.commonName", "spec.dnsNames", "spec.ipAddresses", "spec.uris", "spec.emailAddresses", "spec.subject", "spec.literalSubject",
	"spec.isCA", "spec.usages", "spec.duration", "spec.issuerRef", "spec.privateKey.algorithm", "spec.privateKey.size", "spec.secretName",
}

// certificate is what a route's or a Certificate's change does to what clients are
// shown.
func certificate(c *change) []Effect {
	if c.ref.Is(certs, "Certificate") {
		return certificateOf(c)
	}
	if !c.ref.Is(networking, "Ingress") || c.new == nil {
		return nil
	}
	before, after := objects.Annotations(c.old), objects.Annotations(c.new)
	tls := !reflect.DeepEqual(objects.At(c.old, "spec", "tls"), objects.At(c.new, "spec", "tls"))
	names := !slices.Equal(hostsOf(c.old), hostsOf(c.new))
	const resolver = "traefik.ingress.kubernetes.io/router.tls.certresolver"
	issuer := ""
	for _, key := range []string{"cert-manager.io/cluster-issuer", "cert-manager.io/issuer"} {
		if after[key] != "" {
			issuer = key
		}
	}
	switch {
	case after[resolver] != "" && (names || before[resolver] != after[resolver]):
		return one(Note, "Traefik asks its resolver %s for a new certificate of %s; until it has one, clients are shown Traefik's own", after[resolver], and(hostsOf(c.new)))
	case after[resolver] != "":
		return nil
	case issuer != "" && (tls || names || before[issuer] != after[issuer]):
		return one(Note, "cert-manager makes a new certificate, by %s", after[issuer])
	case objects.At(c.new, "spec", "tls") == nil && objects.At(c.old, "spec", "tls") != nil:
		return one(Opens, "no TLS of its own any more: passwords and chats may cross the network in clear")
	case tls:
		// A Certificate of the tree speaks for itself.
		if secrets := without(tlsSecrets(c.new), certified(c.after)); len(secrets) > 0 {
			return one(Note, "another certificate: the Secret %s has to be there, with one for %s", and(secrets), and(hostsOf(c.new)))
		}
	}
	return nil
}

func tlsSecrets(ingress objects.Object) []string {
	var all []string
	for _, t := range objects.List(ingress, "spec", "tls") {
		name := objects.Text(t, "secretName")
		if name == "" {
			name = "of the controller's choice"
		}
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// certified are the Secrets that cert-manager makes.
func certified(set *objects.Set) []string {
	var all []string
	for i, ref := range set.Refs {
		if ref.Is(certs, "Certificate") {
			all = append(all, objects.Text(set.All[i], "spec", "secretName"))
		}
	}
	return all
}

func certificateOf(c *change) []Effect {
	switch {
	case c.new == nil:
		return nil
	case c.old == nil, c.touches(anew...):
		text := "cert-manager makes a new certificate"
		if names, _ := objects.At(c.new, "spec", "dnsNames").([]any); len(names) > 0 {
			text += " for " + and(texts(names))
		}
		if issuer := objects.Text(c.new, "spec", "issuerRef", "name"); issuer != "" {
			text += ", by the issuer " + issuer
		}
		if c.old != nil {
			text += "; the old one is shown until it is there"
		}
		if c.old != nil && c.touches("spec.privateKey.algorithm", "spec.privateKey.size") {
			text += ". Its key is another one: with rotationPolicy Never cert-manager waits until the old Secret is deleted"
		}
		return one(Note, "%s", text)
	case c.touches("spec"):
		return one(Note, "no new certificate: cert-manager follows it with the one that it has")
	}
	return nil
}

func texts(list []any) []string {
	var all []string
	for _, v := range list {
		text, _ := v.(string)
		all = append(all, text)
	}
	return all
}

// route is what else changes in one.
func route(c *change) []Effect {
	if !isRoute(c.ref) {
		return nil
	}
	if c.touches("spec.ingressClassName", "spec.parentRefs", "spec.gatewayClassName") {
		return one(Down, "another controller or gateway serves it: its address is another, and DNS has to follow")
	}
	return one(Note, "the controller takes it over in place; no pod restarts")
}
