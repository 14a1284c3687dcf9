// Command ingressnginx says what the controller makes of Ingresses: it reads one
// in JSON per line, and answers each by a line. The namespace has the Secret
// "users" in the form of basic authentication.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"log"
	"maps"
	"os"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/ingress-nginx/internal/ingress/annotations"
	"k8s.io/ingress-nginx/internal/ingress/annotations/alias"
	"k8s.io/ingress-nginx/internal/ingress/annotations/auth"
	"k8s.io/ingress-nginx/internal/ingress/annotations/authreq"
	"k8s.io/ingress-nginx/internal/ingress/annotations/authreqglobal"
	"k8s.io/ingress-nginx/internal/ingress/annotations/authtls"
	"k8s.io/ingress-nginx/internal/ingress/annotations/backendprotocol"
	"k8s.io/ingress-nginx/internal/ingress/annotations/canary"
	"k8s.io/ingress-nginx/internal/ingress/annotations/clientbodybuffersize"
	"k8s.io/ingress-nginx/internal/ingress/annotations/connection"
	"k8s.io/ingress-nginx/internal/ingress/annotations/cors"
	"k8s.io/ingress-nginx/internal/ingress/annotations/customheaders"
	"k8s.io/ingress-nginx/internal/ingress/annotations/customhttperrors"
	"k8s.io/ingress-nginx/internal/ingress/annotations/defaultbackend"
	"k8s.io/ingress-nginx/internal/ingress/annotations/disableproxyintercepterrors"
	"k8s.io/ingress-nginx/internal/ingress/annotations/fastcgi"
	"k8s.io/ingress-nginx/internal/ingress/annotations/globalratelimit"
	"k8s.io/ingress-nginx/internal/ingress/annotations/http2pushpreload"
	"k8s.io/ingress-nginx/internal/ingress/annotations/ipallowlist"
	"k8s.io/ingress-nginx/internal/ingress/annotations/ipdenylist"
	"k8s.io/ingress-nginx/internal/ingress/annotations/loadbalancing"
	annotationlog "k8s.io/ingress-nginx/internal/ingress/annotations/log"
	"k8s.io/ingress-nginx/internal/ingress/annotations/mirror"
	"k8s.io/ingress-nginx/internal/ingress/annotations/modsecurity"
	"k8s.io/ingress-nginx/internal/ingress/annotations/opentelemetry"
	"k8s.io/ingress-nginx/internal/ingress/annotations/parser"
	"k8s.io/ingress-nginx/internal/ingress/annotations/portinredirect"
	"k8s.io/ingress-nginx/internal/ingress/annotations/proxy"
	"k8s.io/ingress-nginx/internal/ingress/annotations/proxyssl"
	"k8s.io/ingress-nginx/internal/ingress/annotations/ratelimit"
	"k8s.io/ingress-nginx/internal/ingress/annotations/redirect"
	"k8s.io/ingress-nginx/internal/ingress/annotations/rewrite"
	"k8s.io/ingress-nginx/internal/ingress/annotations/satisfy"
	"k8s.io/ingress-nginx/internal/ingress/annotations/serversnippet"
	"k8s.io/ingress-nginx/internal/ingress/annotations/serviceupstream"
	"k8s.io/ingress-nginx/internal/ingress/annotations/sessionaffinity"
	"k8s.io/ingress-nginx/internal/ingress/annotations/snippet"
	"k8s.io/ingress-nginx/internal/ingress/annotations/sslcipher"
	"k8s.io/ingress-nginx/internal/ingress/annotations/sslpassthrough"
	"k8s.io/ingress-nginx/internal/ingress/annotations/streamsnippet"
	"k8s.io/ingress-nginx/internal/ingress/annotations/upstreamhashby"
	"k8s.io/ingress-nginx/internal/ingress/annotations/upstreamvhost"
	"k8s.io/ingress-nginx/internal/ingress/annotations/xforwardedprefix"
	"k8s.io/ingress-nginx/internal/ingress/defaults"
	"k8s.io/ingress-nginx/internal/ingress/resolver"
	"k8s.io/klog/v2"
)

// cluster is what the parsers may ask for.
type cluster struct{ resolver.Mock }

func (cluster) GetSecret(name string) (*corev1.Secret, error) {
	if strings.HasSuffix(name, "/users") {
		return &corev1.Secret{Data: map[string][]byte{"auth": []byte("me:hash\n")}}, nil
	}
	return resolver.Mock{}.GetSecret(name)
}

// GetDefaultBackend has the settings that the controller starts with, as far as
// a parser falls back on them.
func (cluster) GetDefaultBackend() defaults.Backend {
	return defaults.Backend{ProxyBodySize: "1m", ProxyConnectTimeout: 5, ProxyReadTimeout: 60, ProxySendTimeout: 60, ProxyBuffering: "off", SSLRedirect: true}
}

// GetSecurityConfiguration is that of version 1.12 and later.
func (cluster) GetSecurityConfiguration() defaults.SecurityConfiguration {
	return defaults.SecurityConfiguration{AnnotationsRiskLevel: "High"}
}

// fields are all annotations that the controller documents, by their names.
func fields(r resolver.Resolver) parser.AnnotationFields {
	all := parser.AnnotationFields{}
	for _, p := range []parser.IngressAnnotation{
		alias.NewParser(r), auth.NewParser("", r), authreq.NewParser(r), authreqglobal.NewParser(r), authtls.NewParser(r),
		backendprotocol.NewParser(r), canary.NewParser(r), clientbodybuffersize.NewParser(r), connection.NewParser(r), cors.NewParser(r),
		customheaders.NewParser(r), customhttperrors.NewParser(r), defaultbackend.NewParser(r), disableproxyintercepterrors.NewParser(r),
		fastcgi.NewParser(r), globalratelimit.NewParser(r), http2pushpreload.NewParser(r), ipallowlist.NewParser(r), ipdenylist.NewParser(r),
		loadbalancing.NewParser(r), annotationlog.NewParser(r), mirror.NewParser(r), modsecurity.NewParser(r), opentelemetry.NewParser(r),
		portinredirect.NewParser(r), proxy.NewParser(r), proxyssl.NewParser(r), ratelimit.NewParser(r), redirect.NewParser(r), rewrite.NewParser(r),
		satisfy.NewParser(r), serversnippet.NewParser(r), serviceupstream.NewParser(r), sessionaffinity.NewParser(r), snippet.NewParser(r),
		sslcipher.NewParser(r), sslpassthrough.NewParser(r), streamsnippet.NewParser(r), upstreamhashby.NewParser(r), upstreamvhost.NewParser(r),
		xforwardedprefix.NewParser(r),
	} {
		for name, field := range p.GetDocumentation() {
			all[name] = field
			for _, other := range field.AnnotationAliases {
				all[other] = field
			}
		}
	}
	return all
}

// verdict is what the controller makes of an Ingress.
type verdict struct {
	// Error is why it takes none of it.
	Error string `json:"error"`
	// Denied is why it answers 503 in its place.
	Denied string `json:"denied"`
	// Unknown are annotations that no parser reads, Invalid those whose value is
	// refused.
	Unknown, Invalid []string
	// Parsed is what it reads.
	Parsed *annotations.Ingress `json:"parsed"`
}

func main() {
	names := flag.Bool("names", false, "list the annotations that the controller documents, and read nothing")
	flag.Parse()
	klog.LogToStderr(false)
	parser.EnableAnnotationValidation = true
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	auth.AuthDirectory = dir
	var r cluster
	known, out := fields(r), json.NewEncoder(os.Stdout)
	if *names {
		if err := out.Encode(slices.Sorted(maps.Keys(known))); err != nil {
			log.Fatal(err)
		}
		return
	}
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		if err := out.Encode(judge(r, known, in.Bytes())); err != nil {
			log.Fatal(err)
		}
	}
}

func judge(r resolver.Resolver, known parser.AnnotationFields, line []byte) verdict {
	var ingress networkingv1.Ingress
	if err := json.Unmarshal(line, &ingress); err != nil {
		log.Fatal(err)
	}
	var v verdict
	for key, value := range ingress.Annotations {
		name, ours := strings.CutPrefix(key, parser.AnnotationsPrefix+"/")
		field, found := known[name]
		switch {
		case !ours:
		case !found:
			v.Unknown = append(v.Unknown, key)
		case value != "" && field.Validator(value) != nil:
			v.Invalid = append(v.Invalid, key)
		}
	}
	parsed, err := annotations.NewAnnotationExtractor(r).Extract(&ingress)
	if err != nil {
		v.Error = err.Error()
		return v
	}
	if parsed.Denied != nil {
		v.Denied = *parsed.Denied
	}
	v.Parsed = parsed
	return v
}
