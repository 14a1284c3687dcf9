package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/e2e/internal/cluster"
	"github.com/hearth-dev/hearth/e2e/internal/images"
	"github.com/hearth-dev/hearth/e2e/internal/ollama/authority"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/clientset"
	"github.com/hearth-dev/hearth/internal/secrets"
	"github.com/hearth-dev/hearth/internal/verify"
)

// The names in testdata/exposed.yaml, and where testdata/traefik.yaml listens on the node.
const (
	host                = "ollama.e2e.internal"
	webPort, securePort = "30080", "30443"
)

// exposure is a way in to the deployed server, through an ingress controller.
type exposure struct {
	*suite
	stack      *v1alpha1.Resolved
	folder     string // the rendered stack, on the node
	authority  *authority.Authority
	credential secrets.Credential
	options    verify.Options
}

// exposed puts Traefik in front of the deployed server and holds every row that is about it to what is there.
func (s *suite) exposed(t *testing.T) {
	e := &exposure{suite: s, folder: "/hearth/exposed"}
	e.prepare(t)
	inOrder(t, []part{
		{"every row is green", e.isGreen},
		{"the API asks for a password and streams", e.streams},
		{"rows turn red", e.turnsRed},
		{"the certificate's row follows cert-manager", e.followsCertificate},
		{"the memory's row turns red", e.fillsMemory},
		{"Traefik's own objects, and its Middlewares", e.ownObjects},
	})
}

// prepare deploys the controller and the overlay, as the people would who run them.
func (e *exposure) prepare(t *testing.T) {
	e.startTraefik(t)
	e.startMetricsServer(t)
	e.stack = e.render(t, "testdata/exposed.yaml", e.folder)
	var err error
	e.authority, err = authority.New("hearth e2e")
	must(t, err)
	e.serve(t, host)
	needs, err := generator.Secrets(e.stack, "traefik")
	must(t, err)
	e.makeSecrets(t, needs, secrets.Known{User: "ann"})
	t.Log(e.restore(t))
	e.kubectl(t, "-n", "ollama", "rollout", "status", "deployment/ollama", "--timeout=3m") // earlier parts have changed it

	e.resolve(t, host, "traefik")
	e.options.Cold = true
}

// makeSecrets makes those that the cluster lacks, and keeps the password that was made up.
func (e *exposure) makeSecrets(t *testing.T, needs []generator.Secret, known secrets.Known) {
	t.Helper()
	clients, err := clientset.New(e.Config)
	must(t, err)
	absent, there, err := secrets.Look(e.ctx, clients, needs)
	must(t, err)
	made, err := secrets.Create(e.ctx, clients, absent, known)
	must(t, err)
	for _, o := range append(there, made...) {
		if o.Wrong != "" {
			t.Errorf("secret %s %s", o.Need.Name, o.Wrong)
		}
		for _, c := range o.Credentials {
			e.credential = c
		}
	}
}

// resolve says how to look at the overlay from outside: its host is where Traefik listens on the node.
func (e *exposure) resolve(t *testing.T, host, overlay string) {
	t.Helper()
	node, err := e.Client.CoreV1().Nodes().Get(e.ctx, e.Node(), metav1.GetOptions{})
	must(t, err)
	address := node.Status.Addresses[0].Address // the node's in Docker's network, which its host reaches
	e.options = verify.Options{
		Config: e.Config, Context: e.Context(), Stack: e.stack, Overlay: overlay, Roots: e.authority.Pool(),
		Resolve: map[string]string{host + ":443": address + ":" + securePort, host + ":80": address + ":" + webPort},
	}
}

// render reads a stack of the tests, with the versions that are deployed, and puts what it describes into a folder of the node.
func (s *suite) render(t *testing.T, file, folder string) *v1alpha1.Resolved {
	t.Helper()
	stack := s.pair.load(t, file)
	must(t, s.CopyDir(s.ctx, tree(t, stack), folder))
	return stack
}

// applyOverlay applies it with one change: that Ollama finds the cluster's registry under the public one's name, so that the
// stack can name its models as people do. A node built from source has no DNS server that could rewrite a name.
func (e *exposure) applyOverlay(t *testing.T, name string) string {
	t.Helper()
	registry, err := e.Client.CoreV1().Services(registryNamespace).Get(e.ctx, registryName, metav1.GetOptions{})
	must(t, err)
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "kustomization.yaml"), fmt.Appendf(nil, `resources: [../../overlays/%s]
patches:
- target: {kind: Deployment, name: ollama}
  patch: '[{"op": "add", "path": "/spec/template/spec/hostAliases", "value": [{"ip": "%s", "hostnames": ["%s"]}]}]'
`, name, registry.Spec.ClusterIP, publicRegistry), 0o644))
	folder := e.folder + "/aliased/" + name
	must(t, e.CopyDir(e.ctx, dir, folder))
	return e.kubectl(t, "apply", "-k", folder)
}

func (e *exposure) restore(t *testing.T) string {
	t.Helper()
	return e.kubectl(t, "apply", "-k", e.folder+"/overlays/traefik")
}

func (e *exposure) startMetricsServer(t *testing.T) {
	const folder = "/hearth/metrics-server"
	server := images.MetricsServer()
	dir, err := server.Dir(e.ctx)
	must(t, err)
	must(t, e.CopyDir(e.ctx, filepath.Join(dir, "manifests", "base"), folder+"/base"))
	must(t, e.CopyDir(e.ctx, "testdata/metrics-server", folder))
	name, tag, _ := strings.Cut(server.Ref, ":")
	e.docker(t, "exec", e.Node(), "sed", "-i", "s|NAME|"+name+"|; s|TAG|"+tag+"|", folder+"/kustomization.yaml")
	e.rejectUnserved(t)
	e.kubectl(t, "apply", "-k", folder)
}

// rejectUnserved is for what the API server asks itself, a webhook's Service or an aggregated API's: it does so before kube-proxy has
// put the Service's address into the node's tables. Where a gateway outside answers for every address, that connection stays, and
// with it "404" for an availability.
func (s *suite) rejectUnserved(t *testing.T) {
	t.Helper()
	s.docker(t, "exec", s.Node(), "iptables", "-A", "OUTPUT", "-d", "10.96.0.0/16", "-j", "REJECT")
}

func (e *exposure) applyModule(t *testing.T, m images.Module, file string) {
	t.Helper()
	dir, err := m.Dir(e.ctx)
	must(t, err)
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(file)))
	must(t, err)
	e.applyText(t, string(data))
}

// enforces reports whether the node's network enforces NetworkPolicies by itself: kind's own does, that of a node from source does not.
func (s *suite) enforces() bool { return s.mode != cluster.Source }

// enforcePolicies starts what enforces NetworkPolicies, where the node's network does not.
func (s *suite) enforcePolicies(t *testing.T) {
	t.Helper()
	if s.enforces() {
		return
	}
	manifest, err := os.ReadFile("testdata/kube-router.yaml")
	must(t, err)
	s.applyText(t, strings.Replace(string(manifest), "IMAGE", images.KubeRouterRef, 1))
	s.kubectl(t, "-n", "kube-system", "rollout", "status", "daemonset/kube-router", "--timeout=2m")
}

// applyText leaves the merging to the server: custom resource definitions do not fit into the annotation of a client's.
func (s *suite) applyText(t *testing.T, manifest string) {
	t.Helper()
	_, err := s.Kubectl(s.ctx, strings.NewReader(manifest), "apply", "--server-side", "-f", "-")
	must(t, err)
}

// serve puts a certificate for the host into the Secret that the overlay names.
func (e *exposure) serve(t *testing.T, host string) {
	t.Helper()
	pair, err := e.authority.Issue(host)
	must(t, err)
	manifest, err := json.Marshal(&corev1.Secret{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"},
		ObjectMeta: metav1.ObjectMeta{Name: "ollama-tls", Namespace: "ollama"}, Type: corev1.SecretTypeTLS,
		Data: map[string][]byte{corev1.TLSCertKey: pair.Certificate, corev1.TLSPrivateKeyKey: pair.Key},
	})
	must(t, err)
	e.applyText(t, string(manifest))
}
