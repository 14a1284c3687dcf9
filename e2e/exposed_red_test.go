package e2e

import (
	"fmt"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/e2e/internal/images"
	"github.com/hearth-dev/hearth/internal/verify"
)

// turnsRed breaks the way in, each time so that another row or another reason shows it.
func (e *exposure) turnsRed(t *testing.T) {
	e.options.Cold = false // each look would load the model anew
	scale := func(replicas int) {
		e.kubectl(t, "-n", "traefik", "scale", "deployment/traefik", fmt.Sprintf("--replicas=%d", replicas))
	}
	inOllama := func(args ...string) { e.kubectl(t, append([]string{"-n", "ollama"}, args...)...) }
	for _, c := range []struct {
		check, name string
		inject      func()
	}{
		{"tls", "the certificate is another host's", func() { e.serve(t, "other.e2e.internal") }},
		{"tls", "the certificate is missing", func() { inOllama("delete", "secret", "ollama-tls") }},
		{"tls", "nobody listens", func() { scale(0) }},
		{"https", "anybody may use it", func() {
			inOllama("annotate", "ingress", "ollama", "traefik.ingress.kubernetes.io/router.middlewares-")
		}},
		{"https", "the middleware is missing", func() { inOllama("delete", "middleware", "ollama-basic-auth") }},
		{"redirect", "its Ingress is missing", func() { inOllama("delete", "ingress", "ollama-redirect") }},
		{"redirect", "nobody listens", func() { scale(0) }},
	} {
		t.Run(c.check+": "+c.name, func(t *testing.T) {
			c.inject()
			e.seesRed(t, breakage{check: c.check}, func() verify.Report { return e.verify(t) })
			e.restore(t)
			e.serve(t, host)
			scale(1)
			e.eventually(t, 2*time.Minute, "the row "+c.check+" is green again", func() (string, error) {
				row, _ := e.verify(t).Row(c.check, "")
				if row.Status != verify.Passed {
					return string(row.Status) + ": " + row.Detail, nil
				}
				return "", nil
			})
		})
	}
}

// followsCertificate plays cert-manager, which takes three programs and an authority to run: it writes the status that
// cert-manager would.
func (e *exposure) followsCertificate(t *testing.T) {
	e.applyModule(t, images.CertManager(), "deploy/crds/cert-manager.io_certificates.yaml")
	e.kubectl(t, "wait", "--for=condition=Established", "crd/certificates.cert-manager.io", "--timeout=60s")
	e.kubectl(t, "apply", "-f", e.folder+"/overlays/nginx/ollama-issued-certificate.yaml")
	look := *e
	look.options.Overlay = "nginx"
	for _, c := range []struct {
		status, detail string
		want           verify.Status
	}{
		{"", "cert-manager has not looked at it yet", verify.Failed},
		{`{"conditions":[{"type":"Ready","status":"False","reason":"Pending","message":"the issuer is not ready"}]}`, "not ready: the issuer is not ready", verify.Failed},
		{`{"conditions":[{"type":"Ready","status":"True"}],"notAfter":"2036-01-01T00:00:00Z"}`, "ready, until 2036-01-01T00:00:00Z", verify.Passed},
	} {
		if c.status != "" {
			e.kubectl(t, "-n", "ollama", "patch", "certificate", "ollama-issued", "--subresource=status", "--type=merge", "-p", `{"status":`+c.status+`}`)
		}
		row, ok := look.verify(t).Row("certificate", "ollama/ollama-issued")
		if !ok || row.Status != c.want || row.Detail != c.detail {
			t.Errorf("status %s gives %+v, want %s: %s", c.status, row, c.want, c.detail)
		}
		if row.Status == verify.Failed && row.Hint == "" {
			t.Errorf("status %s: no hint", c.status)
		}
	}
}

// fillsMemory starts a program in the server's container that takes what is left of the limit up to a twentieth, and
// removes the pod with it.
func (e *exposure) fillsMemory(t *testing.T) {
	row, _ := e.verify(t).Row("memory", "")
	used, ok := row.Measured.(verify.Memory)
	if !ok {
		t.Fatalf("nothing was measured: %+v", row)
	}
	fill := used.LimitBytes*95/100 - used.UsedBytes
	// tail keeps a line until its end, and this one has none.
	e.seesRed(t, breakage{check: "memory", inject: []string{
		"-n", "ollama", "exec", "deployment/ollama", "--container=ollama", "--", "sh", "-c",
		fmt.Sprintf("{ { head -c %d /dev/zero; sleep 600; } | tail; } < /dev/null > /dev/null 2>&1 &", fill),
	}}, func() verify.Report { return e.verify(t) })
	full, err := e.pod("ollama", "ollama")
	must(t, err)
	must(t, e.Client.CoreV1().Pods("ollama").Delete(e.ctx, full.Name, metav1.DeleteOptions{}))
	e.waitReady(t, "ollama", "ollama", full, 2*time.Minute)
}
