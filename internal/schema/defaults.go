package schema

import (
	"reflect"
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// defaults are the values that Default fills in, by Type.field: those that are
// the same in every sample. What follows from the rest of the stack, such as an
// Ollama's memory from its models, is told by the field's comment alone.
func defaults() map[string]any {
	out := map[string]any{}
	for _, written := range samples() {
		full := written()
		full.Default()
		collect(out, reflect.ValueOf(written()), reflect.ValueOf(full))
	}
	return out
}

// collect notes the scalars that are in full and not in written. A value that
// differs from an earlier one is nil from then on: it is no default.
func collect(out map[string]any, written, full reflect.Value) {
	for full.Kind() == reflect.Pointer {
		if full.IsNil() {
			return
		}
		full = full.Elem()
		if written.IsValid() {
			written = written.Elem()
		}
	}
	if full.Kind() != reflect.Struct {
		return
	}
	for _, f := range reflect.VisibleFields(full.Type()) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || name == "" || name == "-" {
			continue
		}
		value, before := full.FieldByIndex(f.Index), reflect.Value{}
		if written.IsValid() {
			before = written.FieldByIndex(f.Index)
		}
		inner := value
		for inner.Kind() == reflect.Pointer && !inner.IsNil() {
			inner = inner.Elem()
		}
		switch inner.Kind() {
		case reflect.Struct:
			collect(out, before, value)
		case reflect.String, reflect.Bool, reflect.Int, reflect.Int32, reflect.Int64:
			if before.IsValid() && !before.IsZero() {
				continue // the sample's own
			}
			key := full.Type().Name() + "." + name
			got := inner.Interface()
			if inner.IsZero() && value.Kind() != reflect.Pointer {
				got = nil // none, and so nothing to tell
			}
			if other, met := out[key]; met && other != got {
				got = nil
			}
			out[key] = got
		}
	}
}

// samples are bases that differ in all that a default may follow from.
func samples() []func() *v1alpha1.Base {
	ollama := func(model string) *v1alpha1.Ollama { return &v1alpha1.Ollama{Models: []string{model}} }
	tls := func() *v1alpha1.TLS { return &v1alpha1.TLS{Type: v1alpha1.TLSCertManager} }
	return []func() *v1alpha1.Base{
		func() *v1alpha1.Base {
			b := &v1alpha1.Base{Ollama: ollama("llama3.2:3b")}
			b.Ollama.RunAsUser = 1000
			return b
		},
		func() *v1alpha1.Base {
			return &v1alpha1.Base{
				CABundle: &v1alpha1.CABundle{}, Ollama: ollama("qwen3:14b"), OpenWebUI: &v1alpha1.OpenWebUI{OIDC: &v1alpha1.OIDC{}},
				Expose: &v1alpha1.Expose{Type: v1alpha1.ExposeNginx, Host: "chat.lan", TLS: tls()},
			}
		},
		func() *v1alpha1.Base {
			rsa := tls()
			rsa.CertManager = &v1alpha1.CertManager{PrivateKey: v1alpha1.PrivateKey{Algorithm: "RSA"}}
			return &v1alpha1.Base{
				Ollama: ollama("mistral:7b"),
				Expose: &v1alpha1.Expose{Type: v1alpha1.ExposeNginx, Host: "llm.lan", TLS: rsa},
			}
		},
		func() *v1alpha1.Base {
			return &v1alpha1.Base{
				OpenWebUI: &v1alpha1.OpenWebUI{},
				Expose:    &v1alpha1.Expose{Type: v1alpha1.ExposeIngressNGINX, Host: "chat.lan", TLS: tls()},
			}
		},
		func() *v1alpha1.Base {
			return &v1alpha1.Base{
				OpenWebUI: &v1alpha1.OpenWebUI{SignUp: v1alpha1.SignUpClosed},
				Expose:    &v1alpha1.Expose{Type: v1alpha1.ExposeTraefik, Host: "chat.example.org", TLS: tls()},
			}
		},
		func() *v1alpha1.Base {
			return &v1alpha1.Base{
				OpenWebUI: &v1alpha1.OpenWebUI{},
				Expose: &v1alpha1.Expose{
					Type: v1alpha1.ExposeGateway, Host: "chat.lan", TLS: &v1alpha1.TLS{Type: v1alpha1.TLSGateway},
					Gateway: &v1alpha1.Gateway{Name: "web", Namespace: "infra"},
				},
			}
		},
	}
}
