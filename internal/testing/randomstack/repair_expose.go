package randomstack

import (
	"reflect"
	"slices"
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

func (d *drawing) repairExpose(e, webUI object) {
	for name := range memberTypes {
		if d.focused("base.expose."+name) && d.chance(0.9) {
			e["type"] = name
		}
	}
	if d.focused("base.expose.apiKeys") && d.chance(0.9) {
		e["type"] = pick(d, "nginx", "ingressNGINX", "traefik", "gateway")
	}
	kind, _ := e["type"].(string)
	if kind == "" || kind == "internal" {
		for name := range e {
			if name != "type" {
				delete(e, name)
			}
		}
		return
	}
	if e["host"] == nil {
		e["host"] = d.value("expose.host", reflect.TypeFor[v1alpha1.Host]())
	}
	for _, name := range []string{"nginx", "ingressNGINX", "traefik", "gateway"} {
		if name != kind {
			remove(e, name)
		} else if e[name] == nil && d.chance(d.density) {
			e[name] = d.value("expose."+name, memberTypes[name])
		}
	}
	if kind == "gateway" {
		if e["from"] == nil {
			e["from"] = object{"namespace": "envoy-gateway-system"}
		}
		if webUI == nil {
			e["dangerouslyUnauthenticated"] = true
		}
	}
	member := child(e, kind)
	own := func(name string) bool { return member[name] != nil && d.focused("base.expose."+kind+"."+name) }
	if keys := child(e, "apiKeys"); keys != nil && webUI == nil && !own("basicAuth") && !own("forwardAuth") {
		remove(member, "basicAuth", "forwardAuth")
		names := list(keys["names"])
		slices.SortFunc(names, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
		if keys["names"] = slices.Compact(names); len(names) == 0 {
			keys["names"] = []any{"laptop"}
		}
	} else {
		remove(e, "apiKeys")
	}
	for _, name := range []string{"allowList", "entryPoints"} {
		if isEmpty(member[name]) {
			remove(member, name)
		}
	}
	if member["forwardAuth"] != nil {
		remove(member, "basicAuth")
	}
	for key := range child(e, "annotations") {
		if strings.HasPrefix(key, "nginx.org/") && kind != "nginx" || strings.HasPrefix(key, "nginx.ingress.") && kind != "ingressNGINX" ||
			strings.HasPrefix(key, "traefik.") && (kind != "traefik" || member["route"] == "ingressRoute") {
			remove(child(e, "annotations"), key)
		}
	}
	if kind == "gateway" || member["route"] == "ingressRoute" {
		remove(child(e, "tile"), "hajimari")
	}
	if webUI == nil {
		remove(e, "webSocket")
	}
	if from := child(e, "from"); from != nil {
		d.repairPeer(from)
	}
	hosts := []any{e["host"]}
	for _, h := range list(e["additionalHosts"]) {
		if !slices.Contains(hosts, h) {
			hosts = append(hosts, h)
		}
	}
	if e["additionalHosts"] != nil {
		e["additionalHosts"] = hosts[1:]
	}
	public := e["audience"] != "private" && (e["audience"] == "public" || slices.ContainsFunc(hosts, func(h any) bool {
		return strings.HasSuffix(h.(string), ".org") || strings.Contains(h.(string), "8.8.8.8")
	}))
	d.repairTLS(e, kind, public)
	if kind == "gateway" {
		d.repairGateway(e)
	}
	if e["dangerouslyUnauthenticated"] == true && d.focused("base.expose.dangerouslyUnauthenticated") {
		remove(member, "basicAuth")
		remove(member, "forwardAuth")
		remove(e, "apiKeys")
	}
	authenticated := member["basicAuth"] != nil || member["forwardAuth"] != nil || e["apiKeys"] != nil
	switch {
	case webUI != nil:
		remove(member, "basicAuth")
		remove(e, "dangerouslyUnauthenticated")
		if public {
			webUI["signUp"] = "closed"
		}
	case authenticated:
		if e["dangerouslyUnauthenticated"] == true {
			remove(e, "dangerouslyUnauthenticated")
		}
	case e["dangerouslyUnauthenticated"] != true:
		if member == nil {
			member = object{}
			e[kind] = member
		}
		member["basicAuth"] = object{"secretName": "ollama-users"}
	}
}

// memberTypes are those of what only one controller can do.
var memberTypes = map[string]reflect.Type{
	"nginx":        reflect.TypeFor[v1alpha1.NGINX](),
	"ingressNGINX": reflect.TypeFor[v1alpha1.IngressNGINX](),
	"traefik":      reflect.TypeFor[v1alpha1.Traefik](),
	"gateway":      reflect.TypeFor[v1alpha1.Gateway](),
}

// repairGateway makes it one that is there where the certificate is its own or
// there is none, and else one of the base's.
func (d *drawing) repairGateway(e object) {
	g := child(e, "gateway")
	if g == nil {
		g = object{}
		e["gateway"] = g
	}
	switch child(e, "tls")["type"] {
	case "gateway", "none":
		remove(g, "className", "httpsPort", "httpPort")
		if g["name"] == nil {
			g["name"] = "public"
		}
		d.fillGateway(g, reflect.TypeFor[string](), "namespace", "sectionName", "redirectSectionName")
	default:
		remove(g, "namespace", "sectionName", "redirectSectionName")
		if g["className"] == nil {
			g["className"] = "envoy"
		}
		if g["httpPort"] == nil && g["httpsPort"] == nil {
			d.fillGateway(g, reflect.TypeFor[v1alpha1.Port](), "httpPort", "httpsPort")
		}
	}
}

// fillGateway draws more of the fields: few stacks get as far as to have them.
func (d *drawing) fillGateway(g object, t reflect.Type, names ...string) {
	for _, name := range names {
		if g[name] == nil && d.chance(0.5) {
			g[name] = d.value("expose.gateway."+name, t)
		}
	}
}

func (d *drawing) repairTLS(e object, kind string, public bool) {
	tls := child(e, "tls")
	if tls == nil {
		tls = object{"type": d.value("tls.type", reflect.TypeFor[v1alpha1.TLSType]())}
		e["tls"] = tls
	}
	if tls["type"] == "none" && public || tls["type"] == "certResolver" && kind != "traefik" || tls["type"] == "gateway" && kind != "gateway" {
		tls["type"] = "certManager"
	}
	switch tls["type"] {
	case "certManager":
		remove(tls, "certResolver")
		if tls["certManager"] == nil {
			tls["certManager"] = object{}
		}
		c := child(tls, "certManager")
		if c["issuer"] == nil {
			c["issuer"] = object{"name": "minicloud-ca"}
		}
		if key := child(c, "privateKey"); key != nil {
			d.repairKey(key)
		}
	case "secret":
		remove(tls, "certResolver", "certManager")
		if tls["secretName"] == nil {
			tls["secretName"] = "wildcard"
		}
	case "certResolver":
		remove(tls, "secretName", "certManager")
		if tls["certResolver"] == nil {
			tls["certResolver"] = "letsencrypt"
		}
	default:
		remove(tls, "secretName", "certResolver", "certManager")
		if tls["type"] == "none" && e["redirectHTTP"] == true {
			e["redirectHTTP"] = false
		}
	}
}

func (d *drawing) repairKey(key object) {
	switch algorithm := key["algorithm"]; {
	case key["size"] == nil:
	case algorithm == "Ed25519":
		remove(key, "size")
	case algorithm == "RSA":
		key["size"] = pick(d, 2048, 4096, 8192)
	default:
		key["size"] = pick(d, 256, 384, 521)
	}
}
