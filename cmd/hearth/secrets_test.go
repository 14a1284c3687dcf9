package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/secrets"
)

// writeCertificate is a script command: certificate writes ca.crt with its key
// ca.key, and another key, other.key.
func writeCertificate(ts *testscript.TestScript, _ bool, _ []string) {
	for _, name := range []string{"ca.key", "other.key"} {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		ts.Check(err)
		der, err := x509.MarshalPKCS8PrivateKey(key)
		ts.Check(err)
		ts.Check(os.WriteFile(ts.MkAbs(name), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600))
		if name != "ca.key" {
			continue
		}
		template := &x509.Certificate{SerialNumber: big.NewInt(1)}
		der, err = x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
		ts.Check(err)
		ts.Check(os.WriteFile(ts.MkAbs("ca.crt"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	}
}

// spoken is a dialogue with a person who types lines; hidden are what they type
// where it is not shown.
func spoken(out *strings.Builder, typed string, hidden ...string) *dialogue {
	return &dialogue{in: bufio.NewReader(strings.NewReader(typed)), out: out, terminal: true, hidden: func() (string, error) {
		if len(hidden) == 0 {
			return "", errors.New("nothing was to be asked")
		}
		line := hidden[0]
		hidden = hidden[1:]
		return line, nil
	}}
}

func TestSecretsAreAskedForOnATerminal(t *testing.T) {
	config := filepath.Join(t.TempDir(), "config.json")
	if err := os.WriteFile(config, []byte(`{"auths": {"r.example.org": {"auth": "YTpi"}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	needs := []generator.Secret{
		{Name: "open-webui", Namespace: "ai", Type: "Opaque", Keys: []generator.SecretKey{
			{Name: "secret-key", Form: generator.SecretRandom},
			{Name: "admin-email", Form: generator.SecretEmail, Purpose: "the admin's e-mail address"},
			{Name: "oidc-client-secret", Form: generator.SecretGiven, Purpose: "the client's secret"},
		}},
		{Name: "registry", Namespace: "ai", Type: "kubernetes.io/dockerconfigjson", Purpose: "pulls images", Keys: []generator.SecretKey{
			{Name: ".dockerconfigjson", Form: generator.SecretGiven},
		}},
	}
	t.Run("all of it", func(t *testing.T) {
		var out strings.Builder
		v := &secretsVerb{known: secrets.Known{Given: map[string]string{}}}
		// The first address is none, and the first file is not there.
		r := secretsRun{v, "lab", needs, spoken(&out, "ann\nann@example.org\nabsent.json\n"+config+"\n", "hunter2")}
		if err := r.complete(needs); err != nil {
			t.Fatalf("%v\n%s", err, out.String())
		}
		if v.known.AdminEmail != "ann@example.org" || v.known.Given["ai/open-webui/oidc-client-secret"] != "hunter2" || v.known.Given["ai/registry/.dockerconfigjson"] == "" {
			t.Errorf("got %v", v.known)
		}
		if strings.Contains(out.String(), "hunter2") {
			t.Errorf("the secret is shown:\n%s", out.String())
		}
	})
	t.Run("no answers", func(t *testing.T) {
		var out strings.Builder
		v := &secretsVerb{known: secrets.Known{Given: map[string]string{}}, input: input{file: stackFile}}
		r := secretsRun{v, "lab", needs, spoken(&out, "", "")}
		if err := r.complete(needs); err == nil {
			t.Error("nothing was given, and nothing is missing")
		}
		for _, want := range []string{"--admin-email YOU@EXAMPLE.ORG", "--from-file open-webui/oidc-client-secret=FILE", "--from-file registry/.dockerconfigjson=CONFIG.json"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("does not say %q:\n%s", want, out.String())
			}
		}
	})
	t.Run("nobody there", func(t *testing.T) {
		var out strings.Builder
		v := &secretsVerb{known: secrets.Known{Given: map[string]string{}}, input: input{file: stackFile}}
		d := spoken(&out, "ann@example.org\n")
		d.terminal = false
		if err := (secretsRun{v, "lab", needs, d}).complete(needs); err == nil || v.known.AdminEmail != "" {
			t.Errorf("got %v and %q: something was asked", err, v.known.AdminEmail)
		}
	})
}

// TestSecretsCommandOfRender runs the command that render shows, as it is.
func TestSecretsCommandOfRender(t *testing.T) {
	t.Chdir(t.TempDir())
	hearth := func(args ...string) string {
		var stdout, stderr strings.Builder
		if code := run(args, strings.NewReader(""), &stdout, &stderr); code != exitOK {
			t.Fatalf("hearth %v: exit code %d\n%s", args, code, stderr.String())
		}
		return stdout.String() + stderr.String()
	}
	hearth("init", "--chat", "--expose", "nginx", "--host", "chat.10.0.0.200.nip.io", "--issuer", "my-ca")
	command := regexp.MustCompile(`(?m)^  hearth (secrets .*)$`).FindStringSubmatch(hearth("render"))
	if command == nil {
		t.Fatal("render shows no command")
	}
	if made := hearth(strings.Fields(command[1])...); !strings.Contains(made, "admin-password: ") {
		t.Errorf("hearth %s made\n%s", command[1], made)
	}
}
