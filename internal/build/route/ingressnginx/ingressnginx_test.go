package ingressnginx_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/object"
	"github.com/hearth-dev/hearth/internal/build/route/controller"
	"github.com/hearth-dev/hearth/internal/build/route/ingressnginx"
)

var judge = flag.Bool("ingressnginx", false, "ask the controller's own parser, which go builds first")

const prefix = "nginx.ingress.kubernetes.io/"

// values are what a form is asked about.
var values = []string{
	"true", "False", "1", "0", "yes", "on", "off", "60", "60s", "1m", "10M", "16k", "1g", "1t", "16kb", "1.5m", "-1", "10.0.0.0/8", "10.1.2.3,10.2.0.0/16",
	"fd00::/8", "10.0.0.0/33", "10.0.0", "any", "all", "both", "basic", "digest", "auth-file", "auth-map", "1.1", "2.0", "balanced", "persistent", "cookie",
	"sticky", "legacy", "Lax", "round_robin", "ewma", "least_conn", "HTTP", "GRPC", "404,503", "404 503", "close", "keep-alive", "X-A, X-B", "X-A: b",
	"http://auth.lan/check?a=b&c=d", "http://auth.lan/check#a", `http://auth.lan/"`, "ollama", "say; hello", "users", "ai/users",
}

func TestAnnotationValues(t *testing.T) {
	for key, fits := range map[string]string{
		"ssl-redirect":            "true False 1 0",
		"proxy-read-timeout":      "1 0 60 -1",
		"proxy-body-size":         "1 0 60 1m 10M 16k 1g",
		"proxy-request-buffering": "on off",
		"denylist-source-range":   "10.0.0.0/8 10.1.2.3,10.2.0.0/16 fd00::/8",
		"custom-http-errors":      "404,503",
	} {
		var got []string
		for _, value := range values {
			if ingressnginx.Annotations()[prefix+key].Fits(value) {
				got = append(got, value)
			}
		}
		if want := strings.Fields(fits); !slices.Equal(got, want) {
			t.Errorf("%s takes %q, want %q", key, got, want)
		}
	}
}

// routes are all forms that a route has.
func routes() map[string]*v1alpha1.Expose {
	all := map[string]*v1alpha1.Expose{}
	for name, n := range map[string]*v1alpha1.IngressNGINX{
		"plain":     nil,
		"unlimited": {MaxBodySize: "0", ReadTimeout: "24h", SendTimeout: "1s", ConnectTimeout: "75s"},
		"kibibytes": {MaxBodySize: "1500Ki"},
		"passwords": {BasicAuth: &v1alpha1.BasicAuth{SecretName: "users"}, AllowList: []v1alpha1.CIDR{"10.0.0.0/8", "fd00::/8"}},
		"asked": {ForwardAuth: &v1alpha1.AuthRequest{
			Address: "http://oauth2-proxy.auth.svc:4180/oauth2/auth?a=b&c=d", SignInURL: "https://auth.example.org/start_~-",
			AuthResponseHeaders: []string{"X-Email", "Remote-User"},
		}},
	} {
		e := &v1alpha1.Expose{Type: v1alpha1.ExposeIngressNGINX, Host: "ollama.lan", TLS: &v1alpha1.TLS{Type: v1alpha1.TLSSecret, SecretName: "tls"}, IngressNGINX: n}
		e.Default("ollama", v1alpha1.ProgramOllama)
		all[name] = e
	}
	return all
}

// parsed is what the controller reads of a route.
type parsed struct {
	Proxy struct {
		BodySize, ProxyBuffering                 string
		ConnectTimeout, ReadTimeout, SendTimeout int
	}
	Rewrite         struct{ SSLRedirect bool }
	BasicDigestAuth struct {
		Type, Realm, Secret string
		Secured             bool
	}
	ExternalAuth struct {
		URL, SigninURL  string
		ResponseHeaders []string
	}
	Allowlist struct{ CIDR []string }
}

type verdict struct {
	Error, Denied    string
	Unknown, Invalid []string
	Parsed           *parsed
}

// The controller's own parser reads what a route says as it was meant.
func TestControllerReadsRoutes(t *testing.T) {
	all := routes()
	names := slices.Sorted(maps.Keys(all))
	var ingresses []*networkingv1.Ingress
	for _, name := range names {
		target := controller.Target{Component: object.Component{Stack: "home", Namespace: "ai", Name: "ollama"}, Port: 80}
		ingresses = append(ingresses, ingressnginx.Controller().Objects(target, all[name])[0].(*networkingv1.Ingress))
	}
	sizes := map[string]string{"plain": "10m", "unlimited": "0", "kibibytes": "1500k"}
	for i, v := range ask(t, ingresses...) {
		e, name := all[names[i]], names[i]
		n := e.IngressNGINX
		if v.Error != "" || v.Denied != "" || len(v.Unknown)+len(v.Invalid) > 0 {
			t.Errorf("%s: error %q, denied %q, unknown %q, invalid %q", name, v.Error, v.Denied, v.Unknown, v.Invalid)
			continue
		}
		p := v.Parsed
		if got, want := p.Proxy.ReadTimeout, int(n.ReadTimeout.Parsed().Seconds()); got != want {
			t.Errorf("%s: read timeout %d, want %d", name, got, want)
		}
		if want := sizes[name]; want != "" && p.Proxy.BodySize != want {
			t.Errorf("%s: body %q, want %q", name, p.Proxy.BodySize, want)
		}
		if got, want := p.Proxy.SendTimeout, int(n.SendTimeout.Parsed().Seconds()); got != want {
			t.Errorf("%s: send timeout %d, want %d", name, got, want)
		}
		if p.Proxy.ProxyBuffering != "off" || !p.Rewrite.SSLRedirect {
			t.Errorf("%s: buffering %q, redirect %v", name, p.Proxy.ProxyBuffering, p.Rewrite.SSLRedirect)
		}
		if asks := n.BasicAuth != nil; p.BasicDigestAuth.Secured != asks || asks && p.BasicDigestAuth.Secret != "ai/users" {
			t.Errorf("%s: %+v, want a password: %v", name, p.BasicDigestAuth, asks)
		}
		if f := n.ForwardAuth; f != nil && (p.ExternalAuth.URL != f.Address || p.ExternalAuth.SigninURL != f.SignInURL || !slices.Equal(p.ExternalAuth.ResponseHeaders, f.AuthResponseHeaders)) {
			t.Errorf("%s: %+v, want %+v", name, p.ExternalAuth, f)
		}
		if len(p.Allowlist.CIDR) != len(n.AllowList) {
			t.Errorf("%s: admits %q, want %q", name, p.Allowlist.CIDR, n.AllowList)
		}
	}
}

// What the table takes for a value, the controller takes; and what the table
// refuses it refuses, but for what nginx or Kubernetes would.
func TestControllerAgreesOnAnnotations(t *testing.T) {
	table := ingressnginx.Annotations()
	if *judge {
		var theirs []string
		if err := json.Unmarshal(run(t, nil, "-names"), &theirs); err != nil {
			t.Fatal(err)
		}
		for i := range theirs {
			theirs[i] = prefix + theirs[i]
		}
		newer := []string{prefix + "proxy-busy-buffers-size", prefix + "relative-redirects"} // of version 1.13
		if got := slices.DeleteFunc(table.Keys(), func(key string) bool { return slices.Contains(newer, key) }); !slices.Equal(got, theirs) {
			t.Errorf("the table has %q, want %q", got, theirs)
		}
	}
	type question struct{ key, value string }
	var questions []question
	var ingresses []*networkingv1.Ingress
	for _, key := range table.Keys() {
		if table[key].Want == "any text" {
			continue
		}
		for _, value := range values {
			questions = append(questions, question{key, value})
			ingresses = append(ingresses, &networkingv1.Ingress{ObjectMeta: metav1.ObjectMeta{Name: "x", Namespace: "ai", Annotations: map[string]string{key: value}}})
		}
	}
	for i, v := range ask(t, ingresses...) {
		q := questions[i]
		if slices.Contains(v.Unknown, q.key) {
			continue
		}
		fits, takes := table[q.key].Fits(q.value), len(v.Invalid) == 0
		// It takes spaces away for its check and leaves them to nginx, and a Secret's
		// name that none can have it looks up.
		stricter := !fits && takes && (strings.Contains(q.value, " ") || q.key == prefix+"auth-secret")
		if fits != takes && !stricter {
			t.Errorf("%s: %q fits: %v; the controller takes it: %v", q.key, q.value, fits, takes)
		}
	}
}

// ask has the controller judge Ingresses.
func ask(t *testing.T, ingresses ...*networkingv1.Ingress) []verdict {
	t.Helper()
	var in bytes.Buffer
	for _, i := range ingresses {
		line, err := json.Marshal(i)
		if err != nil {
			t.Fatal(err)
		}
		in.Write(append(line, '\n'))
	}
	var all []verdict
	for out := json.NewDecoder(bytes.NewReader(run(t, in.Bytes()))); out.More(); {
		var v verdict
		if err := out.Decode(&v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	if len(all) != len(ingresses) {
		t.Fatalf("%d answers to %d", len(all), len(ingresses))
	}
	return all
}

func run(t *testing.T, in []byte, args ...string) []byte {
	t.Helper()
	if !*judge {
		t.Skip("go builds the parser when it first runs: go test ./internal/build/route/ingressnginx -ingressnginx")
	}
	c := exec.Command("go", append([]string{"run", "-C", "../../../../tools/ingressnginx", "."}, args...)...)
	c.Stdin = bytes.NewReader(in)
	var out, log bytes.Buffer
	c.Stdout, c.Stderr = &out, &log
	if err := c.Run(); err != nil {
		t.Fatalf("%v\n%s", err, log.String())
	}
	return out.Bytes()
}
