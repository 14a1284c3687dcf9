package secrets

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/bcrypt"
	corev1 "k8s.io/api/core/v1"

	"github.com/hearth-dev/hearth/generator"
)

func need(kind string, keys ...generator.SecretKey) generator.Secret {
	return generator.Secret{Name: "s", Namespace: "ai", Type: kind, Keys: keys}
}

func TestMake(t *testing.T) {
	known := Known{User: "ann", AdminEmail: "ann@example.org"}
	secret, credentials, err := Make(need("Opaque",
		generator.SecretKey{Name: "secret-key", Form: generator.SecretRandom},
		generator.SecretKey{Name: "admin-email", Form: generator.SecretEmail},
		generator.SecretKey{Name: "admin-password", Form: generator.SecretPassword},
		generator.SecretKey{Name: "users", Form: generator.SecretHtpasswd},
	), known)
	if err != nil {
		t.Fatal(err)
	}
	if secret.Name != "s" || secret.Namespace != "ai" || secret.Type != corev1.SecretTypeOpaque {
		t.Errorf("got %s/%s of type %s", secret.Namespace, secret.Name, secret.Type)
	}
	key, err := base64.StdEncoding.DecodeString(secret.StringData["secret-key"])
	if err != nil || len(key) < 32 {
		t.Errorf("secret-key: got %d bytes (%v), want 32 or more", len(key), err)
	}
	if len(credentials) != 2 {
		t.Fatalf("got credentials %v, want the admin's and the user's", credentials)
	}
	admin, user := credentials[0], credentials[1]
	if diff := cmp.Diff("ann@example.org", secret.StringData["admin-email"]); diff != "" {
		t.Errorf("admin-email (-want +got):\n%s", diff)
	}
	if admin.User != "ann@example.org" || admin.Password != secret.StringData["admin-password"] {
		t.Errorf("the admin's credential %v is not what the Secret holds", admin)
	}
	name, hash, _ := strings.Cut(strings.TrimSuffix(secret.StringData["users"], "\n"), ":")
	if name != "ann" || user.User != "ann" {
		t.Errorf("got users %q and %q, want ann", name, user.User)
	}
	if !strings.HasPrefix(hash, "$2y$") {
		t.Errorf("got the hash %q, want one that every crypt(3) knows: $2y$", hash)
	}
	if err := bcrypt.CompareHashAndPassword([]byte(hash), []byte(user.Password)); err != nil {
		t.Errorf("the hash does not fit the password: %v", err)
	}
}

func TestMakeCannotInvent(t *testing.T) {
	given := need("kubernetes.io/tls", generator.SecretKey{Name: "tls.crt", Form: generator.SecretGiven})
	if _, _, err := Make(given, Known{}); !errors.Is(err, ErrMissing) {
		t.Errorf("got error %v, want ErrMissing", err)
	}
	email := need("Opaque", generator.SecretKey{Name: "admin-email", Form: generator.SecretEmail})
	if _, _, err := Make(email, Known{}); !errors.Is(err, ErrMissing) {
		t.Errorf("got error %v, want ErrMissing", err)
	}
}

func TestCommand(t *testing.T) {
	tests := map[string]generator.Secret{
		"kubectl --namespace ai create secret generic s --from-env-file=FILE": need("Opaque",
			generator.SecretKey{Name: ".env", Form: generator.SecretVariables}),
		"kubectl --namespace ai create secret generic s --type=kubernetes.io/dockerconfigjson --from-file=.dockerconfigjson=CONFIG.json": need("kubernetes.io/dockerconfigjson"),
		"kubectl --namespace ai create secret tls s --cert=CERTIFICATE.pem --key=KEY.pem":                                                need("kubernetes.io/tls"),
		`kubectl --namespace ai create secret generic s --from-file=token=FILE --from-file=secret-key=FILE`: need("Opaque",
			generator.SecretKey{Name: "token", Form: generator.SecretGiven}, generator.SecretKey{Name: "secret-key", Form: generator.SecretRandom}),
		`kubectl --namespace ai create secret generic s --type=nginx.org/htpasswd --from-file=htpasswd=FILE`: need("nginx.org/htpasswd",
			generator.SecretKey{Name: "htpasswd", Form: generator.SecretHtpasswd}),
		"kubectl --namespace ai create secret generic s --from-literal=admin-email=ADDRESS --from-file=admin-password=FILE": need("Opaque",
			generator.SecretKey{Name: "admin-email", Form: generator.SecretEmail}, generator.SecretKey{Name: "admin-password", Form: generator.SecretPassword}),
	}
	for want, need := range tests {
		if diff := cmp.Diff(want, Command(need)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// TestVariables: a file of variables fills a Secret as kubectl's --from-env-file
// does, and one that kubectl would read otherwise is refused.
func TestVariables(t *testing.T) {
	slot := Slot{need("Opaque"), generator.SecretKey{Name: ".env", Form: generator.SecretVariables}}
	slot.Secret.Keys = []generator.SecretKey{slot.Key}
	if missing := Missing([]generator.Secret{slot.Secret}, Known{}); len(missing) != 1 || slot.OneLine() {
		t.Errorf("missing: %v, of one line: %t", missing, slot.OneLine())
	}
	value, err := slot.Accept([]byte("\uFEFF# keys\n\nA=1\n  B=\"x=y\" \r\nC="))
	if err != nil {
		t.Fatal(err)
	}
	secret, _, err := Make(slot.Secret, Known{Given: map[string]string{slot.ID(): value}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"A": "1", "B": `"x=y" `, "C": ""}, secret.StringData); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, wrong := range []string{"", "# none", "HOME", "A B=1", "A=1\nA=2"} {
		if _, err := slot.Accept([]byte(wrong)); err == nil {
			t.Errorf("%q is accepted", wrong)
		}
	}
	if out := judge(slot.Secret, &corev1.Secret{}); out.Wrong == "" {
		t.Error("an empty Secret is taken")
	}
	if out := judge(slot.Secret, &corev1.Secret{Data: map[string][]byte{"A": nil}}); out.Wrong != "" {
		t.Error(out.Wrong)
	}
}
