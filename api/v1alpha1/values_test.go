package v1alpha1_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// ofValues are the messages that only a Go program can get.
var ofValues = []string{
	"traefik.basicAuth: missing, and app.example.org is public: make sure that the program behind the Service asks for a password itself",
	"base ai: json: unsupported type: chan int",
	"1e1000000000 has an exponent of more than 4 digits",
}

// TestParseQuantity takes what Kubernetes takes, but for what it would not get
// done with.
func TestParseQuantity(t *testing.T) {
	if _, err := v1alpha1.ParseQuantity("1e1000000000"); err == nil || err.Error() != ofValues[2] {
		t.Errorf("got %v, want %s", err, ofValues[2])
	}
	for _, text := range []string{"1e3", "1E", "1Ei", "1e9999", "0.5", "100m"} {
		if _, err := v1alpha1.ParseQuantity(text); err != nil {
			t.Error(err)
		}
	}
}

// TestExposeOfAnotherProgram checks a route to a program that hearth does not
// know.
func TestExposeOfAnotherProgram(t *testing.T) {
	e := v1alpha1.Expose{
		Type: v1alpha1.ExposeTraefik, Host: "app.example.org",
		TLS: &v1alpha1.TLS{Type: v1alpha1.TLSSecret, SecretName: "app-tls"},
	}
	got := e.Validate(v1alpha1.ProgramOther, true)
	if want := "warning: " + ofValues[0]; got.String() != want || e.Name != "" {
		t.Errorf("got %q, want %q, and the route as it was", got, want)
	}
	e.Traefik = &v1alpha1.Traefik{BasicAuth: &v1alpha1.BasicAuth{SecretName: "users"}}
	if got := e.Validate(v1alpha1.ProgramOther, true); got != nil {
		t.Errorf("with a password: %s", got)
	}
}

// TestOverrideOf makes overrides of typed bases.
func TestOverrideOf(t *testing.T) {
	yes := true
	got, err := v1alpha1.OverrideOf(v1alpha1.Base{
		Name:   "ai",
		Images: v1alpha1.Images{Lock: &yes},
		OpenWebUI: &v1alpha1.OpenWebUI{
			SignUp:   v1alpha1.SignUpClosed,
			Workload: v1alpha1.Workload{Env: map[string]v1alpha1.EnvValue{"A": {Value: "1.10"}}},
		},
	})
	want := v1alpha1.Override{
		"name": "ai", "images": map[string]any{"lock": true},
		"openWebUI": map[string]any{"signUp": "closed", "env": map[string]any{"A": "1.10"}},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil || got.Name() != "ai" {
		t.Errorf("the override, %v (-want +got):\n%s", err, diff)
	}
	_, err = v1alpha1.OverrideOf(v1alpha1.Base{Name: "ai", Resources: []v1alpha1.Object{{"a": make(chan int)}}})
	if err == nil || err.Error() != ofValues[1] {
		t.Errorf("got %v, want %s", err, ofValues[1])
	}
}
