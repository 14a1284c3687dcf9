package v1alpha1_test

import (
	"fmt"
	"github.com/hearth-dev/hearth/generator"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// TestDefaults reads testdata/defaults.txtar: NAME.yaml is what a person writes
// below spec, NAME.all.yaml what hearth makes of it, with every default.
func TestDefaults(t *testing.T) {
	const name = "testdata/defaults.txtar"
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	const head = "apiVersion: hearth.dev/v1alpha1\nkind: Stack\nmetadata: {name: homelab}\nspec:\n"
	for i := 0; i+1 < len(archive.Files); i += 2 {
		written, all := archive.Files[i], &archive.Files[i+1]
		topic := strings.TrimSuffix(written.Name, ".yaml")
		t.Run(topic, func(t *testing.T) {
			if all.Name != topic+".all.yaml" {
				t.Fatalf("%s is followed by %s, want %s.all.yaml", written.Name, all.Name, topic)
			}
			stack, problems := generator.Load(written.Name, []byte(head+string(written.Data)))
			if stack == nil {
				t.Fatal(problems)
			}
			got, err := yaml.Marshal(stack)
			if err != nil {
				t.Fatal(err)
			}
			if *update {
				all.Data = got
			} else if diff := cmp.Diff(string(all.Data), string(got)); diff != "" {
				t.Errorf("the spec with its defaults (-want +got):\n%s", diff)
			}
		})
	}
	if *update {
		if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAudience parses a route to every host and asks who can reach it.
func TestAudience(t *testing.T) {
	hosts := map[v1alpha1.Audience][]v1alpha1.Host{
		v1alpha1.AudiencePrivate: {
			"chat.internal", "chat.local", "chat.lan", "chat.home.arpa", "a.b.lan",
			// nip.io and sslip.io answer with the address in the name.
			"10.0.0.200.nip.io", "chat.10.0.0.200.nip.io", "chat.10-0-0-200.nip.io", "chat-10-0-0-200.nip.io",
			"192.168.1.1.sslip.io", "www-192-168-1-1.sslip.io", "172.31.255.255.nip.io",
			"127.0.0.1.nip.io", "169.254.1.1.nip.io",
			"0a0000c8.nip.io", "chat.c0a80101.nip.io", "chat-0a0000c8.nip.io",
			"fd00--1.sslip.io", "chat.fd00-0-0-0-0-0-0-1.sslip.io", "fe80--1.sslip.io", "0--ffff-a00-1.sslip.io",
		},
		v1alpha1.AudiencePublic: {
			"chat.example.org", "lan.example.org", "chat.mylan", "chat.local.example.org", "chat.test",
			"8.8.8.8.nip.io", "chat.172.32.0.1.nip.io", "chat-8-8-8-8.sslip.io", "08080808.nip.io",
			"2001-db8--1.sslip.io", "0--ffff-808-808.sslip.io",
			// The address range of carriers is not routed, but not private either.
			"100.64.0.1.nip.io",
			// Not an address, or more than one: which one counts is the server's secret.
			"chat.nip.io", "1.2.nip.io", "10.0.0.nip.io", "10.0.0.256.nip.io", "10.0.0.01.nip.io",
			"10.0.0.1.8.8.8.8.nip.io", "8.8.8.8.10.0.0.1.nip.io", "chat-2.10.0.0.200.nip.io", "10.0-0.200.nip.io", "10.chat.0.0.1.nip.io",
			"08080808.10.0.0.1.nip.io", "ab080808.10.0.0.1.nip.io", "0a000001.0a000002.nip.io",
			"2001-db8--1.10.0.0.1.sslip.io", "chat-fd00--1.sslip.io", "xn--bcher-kva.10.0.0.1.nip.io", "1-2-3-4-5-6-7-8.nip.io",
			// Neither nip.io nor sslip.io.
			"10.0.0.1.xip.io", "10.0.0.1.nip.io.example.org", "10.0.0.1.mynip.io",
		},
	}
	for want, names := range hosts {
		for _, host := range names {
			t.Run(string(host), func(t *testing.T) {
				stack, problems := generator.Load("hearth.yaml", fmt.Appendf(nil, `
apiVersion: hearth.dev/v1alpha1
kind: Stack
metadata: {name: homelab}
spec:
  bases:
    - name: ollama
      namespace: ollama
      ollama: {models: [qwen3]}
      expose: {type: nginx, host: %s, tls: {type: secret, secretName: t}, nginx: {basicAuth: {secretName: users}}}
`, host))
				if stack == nil {
					t.Fatal(problems)
				}
				if got := stack.Base("ollama").Expose.Audience; got != want {
					t.Errorf("audience of %s: got %s, want %s", host, got, want)
				}
			})
		}
	}
}

// TestDerived asks a Stack for what follows from its fields.
func TestDerived(t *testing.T) {
	stack, problems := generator.Load("hearth.yaml", []byte(`
apiVersion: hearth.dev/v1alpha1
kind: Stack
metadata: {name: homelab}
spec:
  bases:
    - name: chat
      namespace: ai
      ollama: {models: [qwen3], contextLength: 8192}
      openWebUI: {}
      expose: {type: nginx, host: chat.lan, tls: {type: secret, secretName: t}, nginx: {maxBodySize: 1.5Mi, readTimeout: 1h30m}}
  overlays:
    - name: plain
      bases: [{name: chat, expose: {tls: {type: none, secretName: null}, nginx: {maxBodySize: 0}}}]
    - name: inside
      bases: [{name: chat, expose: null}]
`))
	if stack == nil {
		t.Fatal(problems)
	}
	tls, plain, inside := stack.Base("chat").Expose, stack.Overlay("plain").Bases[0].Expose, stack.Overlay("inside").Bases[0].Expose
	if stack.Base("plain") != nil || stack.Overlay("chat") != nil {
		t.Error("found a base and an overlay that are not there")
	}
	got := []any{tls.URL(), plain.URL(), tls.BodyLimit(), plain.BodyLimit(), inside.BodyLimit(), tls.Patience(), inside.Patience()}
	want := []any{"https://chat.lan", "http://chat.lan", int64(1.5 * (1 << 20)), int64(0), int64(0), 90 * time.Minute, time.Duration(0)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("URLs, sizes and times (-want +got):\n%s", diff)
	}
	if q := v1alpha1.Quantity("").Parsed(); !q.IsZero() {
		t.Errorf("no quantity: got %s, want 0", q.String())
	}
}
