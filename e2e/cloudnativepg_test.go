package e2e

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/e2e/internal/images"
	"github.com/hearth-dev/hearth/e2e/internal/ollama"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/secrets"
)

const (
	operatedStack = "testdata/cloudnativepg.yaml"
	operatedPod   = "open-webui-database-1"
)

// operatedServer asks the server of operatedStack.
var operatedServer = []string{"-n", chatNamespace, "exec", operatedPod, "--container=postgres", "--", "psql", "--dbname=app"}

// TestCloudNativePGStack is hermetic: what a cluster is given later can be rendered.
func TestCloudNativePGStack(t *testing.T) {
	newest.generates(t, operatedStack)
}

// operated is somebody whose chat brings its server, which an operator makes.
type operated struct{ *keeper }

// TestCloudNativePG has CloudNativePG's own operator make the server of a chat, and add the extension that keeps its vectors.
func TestCloudNativePG(t *testing.T) {
	s := start(t, wants{
		full: true, chat: true, postgresql: &images.CloudNativePGPostgreSQL, policies: true, pairs: []pair{newest},
		addons: []images.Addon{images.CloudNativePG()},
		models: []ollama.Model{ollama.SmolLM2(), ollama.MiniLM()}, namespaces: []string{chatNamespace},
	})
	o := &operated{&keeper{exposure: &exposure{suite: s, folder: "/hearth/operated"}, ann: account{at: s, namespace: chatNamespace}, asks: operatedServer}}
	inOrder(t, []part{
		{"the network enforces policies", o.enforcePolicies},
		{"the operator runs", o.startOperator},
		{"it makes the server, and a chat starts on it", o.deploys},
		{"an account, an answer, and a chat that is kept", o.signsUp},
		{"an upload is found by its vectors", o.findsUpload},
		{"hearth verify is green", o.isVerified},
		{"a deleted pod of the server loses nothing", o.survivesServer},
	})
}

func (o *operated) startOperator(t *testing.T) {
	const folder = "/hearth/cloudnativepg"
	operator := images.CloudNativePG()
	manifest := folder + "/cnpg-" + strings.TrimPrefix(operator.Version, "v") + ".yaml"
	dir, err := operator.Dir(o.ctx)
	must(t, err)
	must(t, o.CopyDir(o.ctx, filepath.Join(dir, "releases"), folder))
	o.docker(t, "exec", o.Node(), "sed", "-i", "s/imagePullPolicy: Always/imagePullPolicy: IfNotPresent/", manifest) // it is there
	o.kubectl(t, "apply", "--server-side", "-f", manifest)
	o.kubectl(t, "-n", "cnpg-system", "wait", "--for=condition=Available", "deployment/cnpg-controller-manager", "--timeout=3m")
}

func (o *operated) deploys(t *testing.T) {
	o.stack = o.render(t, operatedStack, o.folder)
	needs, err := generator.Secrets(o.stack, databaseOverlay)
	must(t, err)
	o.makeSecrets(t, needs, secrets.Known{})
	o.kubectl(t, "-n", "cnpg-system", "rollout", "status", "deployment/cnpg-controller-manager")
	t.Log(o.applyOverlay(t, databaseOverlay))
	o.kubectl(t, "-n", chatNamespace, "wait", "--for=jsonpath={.status.applied}=true", "databases.postgresql.cnpg.io/open-webui-database", "--timeout=5m")
	o.waitReady(t, chatNamespace, "ollama", nil, 10*time.Minute)
	pod := o.waitReady(t, chatNamespace, "open-webui", nil, 15*time.Minute)
	t.Logf("the chat was restarted %d times while its server started; %s", restarts(pod), o.sql(t, "SELECT version()"))
	if super := o.sql(t, "SELECT rolsuper FROM pg_roles WHERE rolname = 'app'"); super != "f" {
		t.Errorf("the chat's user is a superuser: %s", super)
	}
}

func (o *operated) findsUpload(t *testing.T) {
	o.ann.upload(t, "The ferry to the island leaves at seven.\n", "")
	o.eventually(t, 2*time.Minute, "its vector is in the database", func() (string, error) {
		if o.count(t, "SELECT count(*) FROM document_chunk") == 0 {
			return "none is there", nil
		}
		return "", nil
	})
}

func (o *operated) survivesServer(t *testing.T) {
	o.kubectl(t, "-n", chatNamespace, "delete", "pod", operatedPod)
	o.eventually(t, 2*time.Minute, "the operator has made it again", func() (string, error) {
		p, err := o.Client.CoreV1().Pods(chatNamespace).Get(o.ctx, operatedPod, metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			return "it is not there", nil
		}
		if err != nil || stays(p) {
			return "", err
		}
		return describe(p), nil
	})
	o.hasAgain(t)
}
