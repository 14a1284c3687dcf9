package e2e

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/hearth-dev/hearth/e2e/internal/ollama"
	"github.com/hearth-dev/hearth/e2e/internal/ollama/authority"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/secrets"
	"github.com/hearth-dev/hearth/internal/verify"
)

// TestKeysStack is hermetic: what a cluster is given later can be rendered.
func TestKeysStack(t *testing.T) {
	documents.generates(t, "testdata/keys.yaml")
}

// keyed is an API behind keys of programs.
type keyed struct {
	*exposure
	keys map[string]string // of the Secret, by the program's name
}

// TestKeys asks an Ollama behind Traefik and Caddy with the keys that hearth made, and without.
func TestKeys(t *testing.T) {
	s := start(t, wants{full: true, caddy: true, models: []ollama.Model{ollama.SmolLM2()}, namespaces: []string{"ollama"}})
	k := &keyed{exposure: &exposure{suite: s, folder: "/hearth/keys"}}
	inOrder(t, []part{
		{"keys are made, and the proxy runs", k.deploys},
		{"401 without a key of the Secret", k.refuses},
		{"200 with one, and the answer streams", k.streams},
		{"hearth verify asks without a key", k.isVerified},
		{"a key that is taken away is refused, and another is not", k.forgets},
	})
}

func (k *keyed) deploys(t *testing.T) {
	k.startTraefik(t)
	k.stack = k.render(t, "testdata/keys.yaml", k.folder)
	var err error
	k.authority, err = authority.New("hearth e2e")
	must(t, err)
	k.serve(t, host)
	needs, err := generator.Secrets(k.stack, "keys")
	must(t, err)
	k.makeSecrets(t, needs, secrets.Known{})
	k.resolve(t, host, "keys")
	t.Log(k.kubectl(t, "apply", "-k", k.folder+"/overlays/keys"))
	k.waitReady(t, "ollama", "ollama", nil, 5*time.Minute)
	k.waitReady(t, "ollama", "ollama-keys", nil, 2*time.Minute)
	secret, err := k.Client.CoreV1().Secrets("ollama").Get(k.ctx, "ollama-keys", metav1.GetOptions{})
	must(t, err)
	k.keys = map[string]string{}
	for name, key := range secret.Data {
		k.keys[name] = string(key)
	}
	if len(k.keys) != 2 || k.keys["laptop"] == k.keys["n8n"] {
		t.Errorf("the Secret has keys for %d programs, want two that differ", len(k.keys))
	}
}

// say asks the API from outside with an Authorization header, if there is one.
func (k *keyed) say(authorization, path string, body any) (*http.Response, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(k.ctx, http.MethodPost, "https://"+host+path, bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	client := &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		TLSClientConfig:   &tls.Config{RootCAs: k.options.Roots, MinVersion: tls.VersionTLS12},
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, k.options.Resolve[address])
		},
	}}
	return client.Do(request)
}

// status is that of a question about the model.
func (k *keyed) status(authorization string) (string, error) {
	response, err := k.say(authorization, "/api/show", map[string]string{"model": k.model})
	if err != nil {
		return "", err
	}
	_, err = io.Copy(io.Discard, response.Body)
	return response.Status, errors.Join(err, response.Body.Close())
}

func (k *keyed) refuses(t *testing.T) {
	k.eventually(t, time.Minute, "the route asks for a key", func() (string, error) {
		status, err := k.status("")
		if status == "401 Unauthorized" {
			status = ""
		}
		return status, err
	})
	laptop := k.keys["laptop"]
	for _, authorization := range []string{
		"Bearer", "Bearer ", "Bearer *", laptop, "Basic " + laptop, "Bearer " + laptop + "x", "Bearer " + laptop[1:], "Bearer {file./keys/laptop}",
		"Bearer " + strings.Repeat("x", len(laptop)),
	} {
		status, err := k.status(authorization)
		must(t, err)
		if status != "401 Unauthorized" {
			t.Errorf("Authorization of %d bytes: %s, want 401", len(authorization), status)
		}
	}
}

func (k *keyed) streams(t *testing.T) {
	for name, key := range k.keys {
		response, err := k.say("Bearer "+key, "/api/generate", map[string]any{
			"model": k.model, "prompt": "Tell me a story.", "options": map[string]any{"temperature": 0, "num_predict": short},
		})
		must(t, err)
		if response.StatusCode != http.StatusOK {
			t.Fatalf("with the key of %s: %s", name, response.Status)
		}
		t.Logf("%s: the answer came in %d pieces", name, streamed(t, response.Body))
		must(t, response.Body.Close())
	}
	p, err := k.pod("ollama", "ollama-keys")
	must(t, err)
	log := k.podLog(t, p, "ollama-keys")
	for name, key := range k.keys {
		if strings.Contains(log, key) || !strings.Contains(log, `"`+name+`"`) {
			t.Errorf("the proxy's log has the key of %s, or lacks its name", name)
		}
	}
}

func (k *keyed) isVerified(t *testing.T) {
	report := k.verify(t)
	for _, row := range report.Rows {
		t.Logf("%-12s %-11s %-40s %s", row.Check, row.Status, row.Subject, row.Detail)
	}
	if !report.Passed {
		t.Errorf("%d rows failed", report.Count(verify.Failed))
	}
}

func (k *keyed) forgets(t *testing.T) {
	_, err := k.Client.CoreV1().Secrets("ollama").Patch(k.ctx, "ollama-keys", types.JSONPatchType,
		[]byte(`[{"op": "remove", "path": "/data/laptop"}]`), metav1.PatchOptions{})
	must(t, err)
	k.eventually(t, 3*time.Minute, "the key is refused", func() (string, error) {
		status, err := k.status("Bearer " + k.keys["laptop"])
		if status == "401 Unauthorized" {
			status = ""
		}
		return status, err
	})
	if status, err := k.status("Bearer " + k.keys["n8n"]); err != nil || status != "200 OK" {
		t.Errorf("with the other key: %s %v", status, err)
	}
}
