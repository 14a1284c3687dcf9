package gatus_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/catalog/gatus"
)

const stack = `
name: homelab
overlays:
  - name: home
    bases:
      - name: chat
        openWebUI: {}
        expose: {type: nginx, host: chat.lan, tls: {type: certManager, certManager: {issuer: {name: ca}}}}
      - name: api
        ollama: {models: ["llama3.2:3b"]}
        expose: {type: nginx, host: ollama.lan, tls: {type: secret}, nginx: {basicAuth: {secretName: users}}}
  - name: short
    bases:
      - name: chat
        openWebUI: {}
        expose: {type: nginx, host: chat.lan, tls: {type: certManager, certManager: {issuer: {name: ca}, duration: 24h, renewBefore: 8h30m}}}
      - name: api
        ollama: {models: ["llama3.2:3b"]}
        expose: {type: traefik, host: ollama.lan, tls: {type: none}, traefik: {forwardAuth: {address: "http://auth.lan"}}}
  - name: open
    bases:
      - name: api
        ollama: {models: ["llama3.2:3b"]}
        expose: {type: traefik, host: ollama.lan, tls: {type: secret}}
  - name: inside
    bases: [{name: chat, openWebUI: {}}]
`

func TestOf(t *testing.T) {
	var r v1alpha1.Resolved
	if err := sigsyaml.UnmarshalStrict([]byte(stack), &r); err != nil {
		t.Fatal(err)
	}
	for _, o := range r.Overlays {
		for i := range o.Bases {
			o.Bases[i].Default()
		}
	}
	data, err := yaml.Marshal(gatus.Of(&r))
	if err != nil {
		t.Fatal(err)
	}
	const want = `endpoints:
    - name: chat
      group: home
      url: https://chat.lan/health
      conditions:
        - '[STATUS] == 200'
        - '[BODY].status == true'
        - '[RESPONSE_TIME] < 5000'
        - '[CERTIFICATE_EXPIRATION] > 168h'
    - name: api
      group: home
      url: https://ollama.lan/api/version
      conditions:
        - '[STATUS] == 401'
        - '[RESPONSE_TIME] < 5000'
        - '[CERTIFICATE_EXPIRATION] > 168h'
    - name: chat
      group: short
      url: https://chat.lan/health
      conditions:
        - '[STATUS] == 200'
        - '[BODY].status == true'
        - '[RESPONSE_TIME] < 5000'
        - '[CERTIFICATE_EXPIRATION] > 255m'
    - name: api
      group: short
      url: http://ollama.lan/api/version
      client:
        ignore-redirect: true
      conditions:
        - '[STATUS] == any(302, 303, 307, 401, 403)'
        - '[RESPONSE_TIME] < 5000'
    - name: api
      group: open
      url: https://ollama.lan/api/version
      conditions:
        - '[STATUS] == 200'
        - has([BODY].version) == true
        - '[RESPONSE_TIME] < 5000'
        - '[CERTIFICATE_EXPIRATION] > 168h'
`
	if diff := cmp.Diff(want, string(data)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
