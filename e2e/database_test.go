package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/e2e/internal/images"
	"github.com/hearth-dev/hearth/e2e/internal/ollama"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/secrets"
)

// The names in testdata/database.yaml and testdata/postgres.yaml.
const (
	databaseStack, databaseOverlay = "testdata/database.yaml", "home"
	databaseNamespace              = "databases"
	databaseAddress                = "postgres." + databaseNamespace + ".svc:5432"
	databasePassword               = "p@ss/w:rd" // none of it stands in a URL as it is
)

// keeper is somebody whose chat keeps its data on a server.
type keeper struct {
	*exposure
	ann    account
	chat   string
	server images.PostgreSQL
	// asks are kubectl's words to ask the server as its superuser, before the query.
	asks []string
}

// ownServer asks the server of testdata/postgres.yaml.
var ownServer = []string{"-n", databaseNamespace, "exec", "deployment/postgres", "--container=postgres", "--", "psql", "--host=/data", "--username=postgres", "--dbname=chat"}

// TestDatabase has a chat keep its data on PostgreSQL, in a network that enforces NetworkPolicies; of the newest versions, and of the
// documents'.
func TestDatabase(t *testing.T) {
	for _, p := range []pair{newest, documents} {
		t.Run(p.chat.Version, func(t *testing.T) {
			s := start(t, wants{
				full: true, chat: true, postgresql: &images.PostgreSQL15, policies: true, pairs: []pair{p},
				models: []ollama.Model{ollama.SmolLM2(), ollama.MiniLM()}, namespaces: []string{chatNamespace},
			})
			k := &keeper{exposure: &exposure{suite: s, folder: "/hearth/database"}, ann: account{at: s, namespace: chatNamespace}, server: images.PostgreSQL15, asks: ownServer}
			inOrder(t, []part{
				{"somebody runs PostgreSQL", k.startPostgreSQL},
				{"a chat starts on it", k.deploys},
				{"an account, an answer, and a chat that is kept", k.uses},
				{"hearth verify is green", k.isVerified},
				{"the policy lets the chat out to the server, and to no other", k.isClosed},
				{"a deleted pod loses nothing and signs nobody out", k.survivesDeletion},
				{"the server restarts, and the chat does not", k.survivesRestart},
			})
		})
	}
}

func (k *keeper) startPostgreSQL(t *testing.T) {
	k.enforcePolicies(t)
	manifest, err := os.ReadFile("testdata/postgres.yaml")
	must(t, err)
	k.applyText(t, strings.NewReplacer("IMAGE", k.server.Ref, "GIVEN", databasePassword).Replace(string(manifest)))
	k.waitReady(t, databaseNamespace, "postgres", nil, 2*time.Minute)
	t.Log(k.sql(t, "SELECT version()"))
}

// sql asks the server itself, as its superuser.
func (k *keeper) sql(t *testing.T, query string) string {
	t.Helper()
	return strings.TrimSpace(k.kubectl(t, slices.Concat(k.asks, []string{"--tuples-only", "--no-align", "--command=" + query})...))
}

// count is the one number that a query gives.
func (k *keeper) count(t *testing.T, query string) int {
	t.Helper()
	n, err := strconv.Atoi(k.sql(t, query))
	must(t, err)
	return n
}

func (k *keeper) deploys(t *testing.T) {
	k.stack = k.render(t, databaseStack, k.folder)
	needs, err := generator.Secrets(k.stack, databaseOverlay)
	must(t, err)
	at := url.URL{Scheme: "postgresql", User: url.UserPassword("chat", databasePassword), Host: databaseAddress, Path: "/chat"}
	k.makeSecrets(t, needs, secrets.Known{Given: map[string]string{chatNamespace + "/chat-database/url": at.String()}})
	t.Log(k.applyOverlay(t, databaseOverlay))
	k.waitReady(t, chatNamespace, "ollama", nil, 10*time.Minute)
	pod := k.waitReady(t, chatNamespace, "open-webui", nil, 15*time.Minute)
	if n := restarts(pod); n != 0 {
		t.Errorf("it was restarted %d times while it started", n)
	}
	t.Logf("%d tables", k.count(t, "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"))
}

// signsUp has an account, an answer, and a chat that is kept.
func (k *keeper) signsUp(t *testing.T) {
	k.ann.session = k.ann.token(t, "signup", map[string]string{"name": "Ann", "email": restoredEmail, "password": restoredPassword})
	k.ann.isAnswered(t)
	k.chat = k.ann.newChat(t, restoredText)
	k.ann.isKnown(t, k.chat)
}

func (k *keeper) uses(t *testing.T) {
	k.signsUp(t)
	if n := k.count(t, fmt.Sprintf("SELECT count(*) FROM chat WHERE id = '%s'", k.chat)); n != 1 {
		t.Errorf("the server has %d rows of the chat, want 1", n)
	}
	if role := k.sql(t, `SELECT role FROM "user"`); role != "admin" {
		t.Errorf("the server's people are %q, want one administrator", role)
	}
	pod, err := k.pod(chatNamespace, "open-webui")
	must(t, err)
	if got := k.kubectl(t, "-n", chatNamespace, "exec", pod.Name, "--", "sh", "-c", "if [ -e "+database+" ]; then echo there; fi"); got != "" {
		t.Errorf("%s is on the volume", database)
	}
	// Forty, less the ten that it leaves.
	if n := k.count(t, "SELECT count(*) FROM pg_stat_activity WHERE usename = 'chat'"); n == 0 || n > 30 {
		t.Errorf("the chat has %d connections, want some, and at most 30", n)
	} else {
		t.Logf("the chat has %d connections", n)
	}
}

func (k *keeper) isVerified(t *testing.T) { k.passes(t, k.stack, databaseOverlay) }

func (k *keeper) isClosed(t *testing.T) {
	pod, err := k.pod(chatNamespace, "open-webui")
	must(t, err)
	for address, want := range map[string]string{
		databaseAddress: "open",
		fmt.Sprintf("%s.%s.svc:%d", registryName, registryNamespace, ollama.RegistryPort): "closed",
	} {
		got := k.knocks(t, chatNamespace, pod.Name, address)
		if t.Logf("to %s: %s", address, got); got != want {
			t.Errorf("to %s: %s, want %s", address, got, want)
		}
	}
}

func (k *keeper) survivesDeletion(t *testing.T) {
	pod, err := k.pod(chatNamespace, "open-webui")
	must(t, err)
	must(t, k.Client.CoreV1().Pods(chatNamespace).Delete(k.ctx, pod.Name, metav1.DeleteOptions{}))
	k.waitReady(t, chatNamespace, "open-webui", pod, 10*time.Minute)
	k.ann.isKnown(t, k.chat)
	k.ann.isAnswered(t)
}

// hasAgain waits until the chat has the server, and what it kept there.
func (k *keeper) hasAgain(t *testing.T) {
	k.eventually(t, time.Minute, "the chat has it again", func() (string, error) {
		if status, body := k.ann.ask(t, http.MethodGet, "/api/v1/chats/"+k.chat, "", nil); status != http.StatusOK {
			return fmt.Sprintf("%d %s", status, body), nil
		}
		return "", nil
	})
	k.ann.isKnown(t, k.chat)
}

// restarts of a pod's container.
func restarts(p *corev1.Pod) int32 { return p.Status.ContainerStatuses[0].RestartCount }

func (k *keeper) survivesRestart(t *testing.T) {
	before, err := k.pod(chatNamespace, "open-webui")
	must(t, err)
	k.kubectl(t, "-n", databaseNamespace, "exec", "deployment/postgres", "--container=postgres", "--", "pg_ctl", "stop", "--no-wait", "--mode=fast")
	k.eventually(t, 2*time.Minute, "the server is back", func() (string, error) {
		p, err := k.pod(databaseNamespace, "postgres")
		if err != nil || restarts(p) == 0 || !p.Status.ContainerStatuses[0].Ready {
			return "it has not restarted yet", err
		}
		return k.unserved(p)
	})
	k.hasAgain(t)
	after, err := k.pod(chatNamespace, "open-webui")
	must(t, err)
	if after.UID != before.UID || restarts(after) != restarts(before) {
		t.Error("the chat was restarted with its server")
	}
}
