package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/e2e/internal/images"
	"github.com/hearth-dev/hearth/e2e/internal/ollama"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/secrets"
)

// chatsStack is a chat of two pods, on the servers of testdata/chats-servers.yaml.
const (
	chatsStack   = "testdata/chats.yaml"
	overChroma   = "home"
	overPGVector = "pgvector"
	redisAddress = "redis." + databaseNamespace + ".svc:6379"
	chromaServer = "chroma." + databaseNamespace + ".svc:8000"

	// crowdTime is how long the crowd asks.
	crowdTime = 5 * time.Minute
)

// TestChatsStack is hermetic: what a cluster is given later can be rendered.
func TestChatsStack(t *testing.T) {
	newest.generates(t, chatsStack)
}

// chats is somebody whose chat is two pods.
type chats struct {
	*keeper
	overlay  string           // of chatsStack
	file     string           // that is uploaded
	restarts map[string]int32 // of each pod, when it was ready first
}

// TestChats has two pods be one chat, in a network that enforces NetworkPolicies: the newest with the vectors on a Chroma, the documents' with
// pgvector.
func TestChats(t *testing.T) {
	for _, at := range []struct {
		pair
		overlay string
		server  images.PostgreSQL
	}{{newest, overChroma, images.PostgreSQL15}, {documents, overPGVector, images.PGVector}} {
		p := at.pair
		t.Run(p.chat.Version, func(t *testing.T) {
			pairs := []pair{p}
			if p != newest {
				pairs = append(pairs, newest)
			}
			s := start(t, wants{
				full: true, chat: true, postgresql: &at.server, redis: true, policies: true, pairs: pairs,
				models: []ollama.Model{ollama.SmolLM2(), ollama.MiniLM()}, namespaces: []string{chatNamespace},
			})
			c := &chats{overlay: at.overlay, keeper: &keeper{
				exposure: &exposure{suite: s, folder: "/hearth/chats"}, ann: account{at: s, namespace: chatNamespace}, server: at.server, asks: ownServer,
			}}
			parts := []part{
				{"somebody runs PostgreSQL", c.startPostgreSQL},
				{"and Redis and Chroma", c.startServers},
				{"two pods start, and one of them migrates", c.deploys},
				{"an account, an answer, and a chat that is kept", c.signsUp},
				{"hearth verify is green", c.isVerified},
				{"the policy lets the pods out to the servers, and to no other", c.isClosed},
				{"an upload to one is found by the other", c.findsUpload},
				{"a setting that one is told counts at the other", c.sharesSettings},
				{"a sign-out at one counts at the other", c.sharesSignOut},
				{"four people ask at once for five minutes", c.isCrowded},
				{"one is killed in the middle of an answer", c.losesOne},
				{"a change ends all pods before the first new one starts", c.changes},
				{"hearth verify is green again", c.isVerified},
			}
			if p != newest {
				parts = append(parts, part{"both become the newest, and one of them migrates", c.isUpgraded}, part{"hearth verify is green after it", c.isVerified})
			}
			inOrder(t, parts)
		})
	}
}

func (c *chats) startServers(t *testing.T) {
	manifest, err := os.ReadFile("testdata/chats-servers.yaml")
	must(t, err)
	c.docker(t, "exec", c.Node(), "mkdir", "--mode=0777", "/chats")
	c.applyText(t, strings.NewReplacer("REDIS", images.RedisRef, "CHAT", c.pair.chat.Ref(), "GIVEN", databasePassword).Replace(string(manifest)))
	c.waitReady(t, databaseNamespace, "redis", nil, 2*time.Minute)
	c.waitReady(t, databaseNamespace, "chroma", nil, 5*time.Minute)
}

// pods are those that there are, also one that ends.
func (c *chats) pods() ([]corev1.Pod, error) {
	list, err := c.Client.CoreV1().Pods(chatNamespace).List(c.ctx, metav1.ListOptions{LabelSelector: "app.kubernetes.io/name=open-webui"})
	if err != nil {
		return nil, err
	}
	return list.Items, nil
}

// both are the pods, once the Service leads to both.
func (c *chats) both(t *testing.T, timeout time.Duration) []corev1.Pod {
	t.Helper()
	var pods []corev1.Pod
	c.eventually(t, timeout, "two ready pods", func() (string, error) {
		all, err := c.pods()
		if err != nil {
			return "", err
		}
		pods = slices.DeleteFunc(all, func(p corev1.Pod) bool { return p.DeletionTimestamp != nil })
		if len(pods) != 2 {
			return fmt.Sprintf("%d pods", len(pods)), nil
		}
		for i := range pods {
			if !ready(&pods[i]) {
				return describe(&pods[i]), nil
			}
			if waiting, err := c.unserved(&pods[i]); waiting != "" || err != nil {
				return waiting, err
			}
		}
		return "", nil
	})
	return pods
}

func (c *chats) deploys(t *testing.T) {
	if c.overlay == overPGVector {
		t.Log(c.sql(t, "CREATE EXTENSION vector")) // as the documents say: the chat's user may not
	}
	c.stack = c.render(t, chatsStack, c.folder)
	needs, err := generator.Secrets(c.stack, c.overlay)
	must(t, err)
	database := url.URL{Scheme: "postgresql", User: url.UserPassword("chat", databasePassword), Host: databaseAddress, Path: "/chat"}
	redis := url.URL{Scheme: "redis", User: url.UserPassword("", databasePassword), Host: redisAddress, Path: "/0"}
	c.makeSecrets(t, needs, secrets.Known{Given: map[string]string{
		chatNamespace + "/chat-database/url": database.String(), chatNamespace + "/chat-redis/url": redis.String(),
	}})
	t.Log(c.applyOverlay(t, c.overlay))
	c.waitReady(t, chatNamespace, "ollama", nil, 10*time.Minute)
	c.restarts = map[string]int32{}
	c.oneMigrates(t, c.both(t, 20*time.Minute))
}

// oneMigrates wants one pod to have migrated the database, and the other to have found it done.
func (c *chats) oneMigrates(t *testing.T, pods []corev1.Pod) {
	t.Helper()
	migrators := 0
	for i := range pods {
		p := &pods[i]
		log := c.podLog(t, p, v1alpha1.ContainerMigrate)
		steps := strings.Count(log, "Running upgrade")
		t.Logf("%s: %d migrations, %d restarts", p.Name, steps, restarts(p))
		c.restarts[p.Name] = restarts(p)
		if steps > 0 {
			migrators++
		}
		if !strings.Contains(log, "the database is at ") {
			t.Errorf("%s started, and its migrator says %s", p.Name, log)
		}
	}
	if migrators != 1 {
		t.Errorf("%d pods migrated the database, want one", migrators)
	}
}

func (c *chats) signsUp(t *testing.T) {
	c.ann.session = c.ann.token(t, "signup", map[string]string{"name": "Ann", "email": restoredEmail, "password": restoredPassword})
	c.chat = c.ann.newChat(t, restoredText)
	for _, at := range c.each(t) {
		at.isKnown(t, c.chat)
		at.isAnswered(t)
	}
	if n := c.count(t, "SELECT count(*) FROM pg_stat_activity WHERE usename = 'chat'"); n == 0 || n > 30 {
		t.Errorf("the chat has %d connections, want some, and at most 30", n)
	} else {
		t.Logf("the chat has %d connections", n)
	}
}

// each is the person at one pod, and at the other.
func (c *chats) each(t *testing.T) []account {
	t.Helper()
	var all []account
	for _, p := range c.both(t, 10*time.Minute) {
		at := c.ann
		at.only = p.Name
		all = append(all, at)
	}
	return all
}

func (c *chats) isVerified(t *testing.T) { c.passes(t, c.stack, c.overlay) }

func (c *chats) isClosed(t *testing.T) {
	chroma := "open"
	if c.overlay != overChroma {
		chroma = "closed"
	}
	for address, want := range map[string]string{
		databaseAddress: "open", redisAddress: "open", chromaServer: chroma,
		fmt.Sprintf("%s.%s.svc:%d", registryName, registryNamespace, ollama.RegistryPort): "closed",
	} {
		for _, at := range c.each(t) {
			got := c.knocks(t, chatNamespace, at.only, address)
			if t.Logf("%s to %s: %s", at.only, address, got); got != want {
				t.Errorf("%s to %s: %s, want %s", at.only, address, got, want)
			}
		}
	}
}

func (c *chats) findsUpload(t *testing.T) {
	at := c.each(t)
	const text = "The ferry to the island leaves at seven.\n"
	c.file = at[0].upload(t, text, "")
	c.eventually(t, 2*time.Minute, "the other pod knows that the document can be searched", func() (string, error) {
		status, answer := at[1].ask(t, http.MethodGet, "/api/v1/files/"+c.file, "", nil)
		var state struct {
			Data struct{ Status, Error string }
		}
		if err := json.Unmarshal(answer, &state); err != nil || status != http.StatusOK || state.Data.Status != "completed" {
			return fmt.Sprintf("%d %s", status, answer), nil
		}
		return "", nil
	})
	if status, answer := at[1].ask(t, http.MethodGet, "/api/v1/files/"+c.file+"/content", "", nil); status != http.StatusOK || string(answer) != text {
		t.Errorf("the other pod has the file as %d %q", status, answer)
	}
	var found json.RawMessage
	at[1].post(t, "/api/v1/retrieval/query/collection", map[string]any{"collection_names": []string{"file-" + c.file}, "query": "When does the ferry leave?", "k": 1}, &found)
	if !strings.Contains(string(found), "leaves at seven") {
		t.Errorf("the other pod finds %s", found)
	}
	if c.overlay == overPGVector {
		if n := c.count(t, "SELECT count(*) FROM document_chunk"); n == 0 {
			t.Error("no vector is in the database")
		}
	}
}

func (c *chats) sharesSettings(t *testing.T) {
	at := c.each(t)
	var set json.RawMessage
	at[0].post(t, "/api/v1/configs/banners", map[string]any{"banners": []any{map[string]any{
		"id": "1", "type": "info", "content": "Dinner is at eight.", "dismissible": true, "timestamp": 1,
	}}}, &set)
	for _, a := range at {
		if status, answer := a.ask(t, http.MethodGet, "/api/v1/configs/banners", "", nil); status != http.StatusOK || !strings.Contains(string(answer), "Dinner is at eight.") {
			t.Errorf("%s has the setting as %d %s", a.only, status, answer)
		}
	}
}

func (c *chats) sharesSignOut(t *testing.T) {
	at := c.each(t)
	at[0].session = at[0].token(t, "signin", map[string]string{"email": restoredEmail, "password": restoredPassword})
	at[1].session = at[0].session
	if status, answer := at[1].ask(t, http.MethodGet, "/api/v1/auths/", "", nil); status != http.StatusOK {
		t.Fatalf("a session of one is worth %d %s at the other", status, answer)
	}
	if status, answer := at[0].ask(t, http.MethodPost, "/api/v1/auths/signout", "", nil); status != http.StatusOK {
		t.Fatalf("signing out: %d %s", status, answer)
	}
	for _, a := range at {
		if status, _ := a.ask(t, http.MethodGet, "/api/v1/auths/", "", nil); status != http.StatusUnauthorized {
			t.Errorf("after the sign-out the session is worth %d at %s, want 401", status, a.only)
		}
	}
	c.ann.isKnown(t, c.chat) // whose session is another
}

// isCrowded has people ask for a while, through the Service: everybody gets every answer, to its end.
func (c *chats) isCrowded(t *testing.T) {
	question, err := json.Marshal(map[string]any{
		"model": chatModel, "stream": true, "options": map[string]any{"num_predict": short},
		"messages": []map[string]string{{"role": "user", "content": "What is the capital of France?"}},
	})
	must(t, err)
	end := c.together(func() (int, error) {
		status, answer, err := c.ann.try(http.MethodPost, "/ollama/api/chat", "application/json", strings.NewReader(string(question)))
		if err == nil && (status != http.StatusOK || !strings.Contains(string(answer), `"done":true`)) {
			err = fmt.Errorf("%d %s", status, answer)
		}
		return strings.Count(string(answer), "\n"), err
	})
	time.Sleep(crowdTime)
	count(t, fmt.Sprintf("%d people for %s", crowd, crowdTime), end(), false)
	for _, p := range c.both(t, time.Minute) {
		if n := restarts(&p); n > c.restarts[p.Name] {
			t.Errorf("%s restarted: %d times, %d before", p.Name, n, c.restarts[p.Name])
		}
	}
}

// losesOne kills the pod that answers: its answer is lost, and nothing else.
func (c *chats) losesOne(t *testing.T) {
	at := c.each(t)
	question, err := json.Marshal(map[string]any{
		"model": chatModel, "stream": true, "options": map[string]any{"num_predict": 2000},
		"messages": []map[string]string{{"role": "user", "content": "Tell me a long story about a lighthouse."}},
	})
	must(t, err)
	response, err := at[0].open(http.MethodPost, "/ollama/api/chat", "application/json", strings.NewReader(string(question)))
	must(t, err)
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	if !lines.Scan() || response.StatusCode != http.StatusOK {
		t.Fatalf("no answer begins: %d %s %v", response.StatusCode, lines.Text(), lines.Err())
	}
	must(t, c.Client.CoreV1().Pods(chatNamespace).Delete(c.ctx, at[0].only, metav1.DeleteOptions{GracePeriodSeconds: new(int64(0))}))
	killed, done := time.Now(), false
	for lines.Scan() {
		done = done || strings.Contains(lines.Text(), `"done":true`)
	}
	t.Logf("the answer that was under way came to its end: %t; it broke off after %s", done, time.Since(killed).Round(100*time.Millisecond))

	at[1].isKnown(t, c.chat)
	at[1].isAnswered(t)
	c.eventually(t, time.Minute, "the Service leads to the other pod alone", func() (string, error) {
		if status, body := c.ann.ask(t, http.MethodGet, "/api/v1/chats/"+c.chat, "", nil); status != http.StatusOK {
			return fmt.Sprintf("%d %s", status, body), nil
		}
		return "", nil
	})
	c.ann.isAnswered(t)
	for _, a := range c.each(t) {
		if a.only == at[0].only {
			t.Errorf("%s is there still", a.only)
		}
		a.isKnown(t, c.chat)
		if status, answer := a.ask(t, http.MethodGet, "/api/v1/files/"+c.file+"/content", "", nil); status != http.StatusOK {
			t.Errorf("%s has the file as %d %s", a.only, status, answer)
		}
	}
}

// changes has a new template: no pod of it may run beside one of the old.
func (c *chats) changes(t *testing.T) {
	for _, p := range c.replaced(t, func() { c.kubectl(t, "-n", chatNamespace, "rollout", "restart", "deployment/open-webui") }) {
		if log := c.podLog(t, &p, v1alpha1.ContainerMigrate); strings.Contains(log, "Running upgrade") {
			t.Errorf("%s migrated again: %s", p.Name, log)
		}
	}
	c.ann.isKnown(t, c.chat)
}

// replaced makes a change, and returns the pods after it.
func (c *chats) replaced(t *testing.T, change func()) []corev1.Pod {
	t.Helper()
	old := map[string]bool{}
	for _, p := range c.both(t, time.Minute) {
		old[p.Name] = true
	}
	change()
	c.eventually(t, 10*time.Minute, "new pods alone", func() (string, error) {
		all, err := c.pods()
		if err != nil {
			return "", err
		}
		are := map[bool]int{}
		for _, p := range all {
			are[old[p.Name]]++
		}
		if are[true] > 0 && are[false] > 0 {
			t.Errorf("%d old pods and %d new ones at the same time", are[true], are[false])
		}
		if are[true] > 0 || are[false] < 2 {
			return fmt.Sprintf("%d old, %d new", are[true], are[false]), nil
		}
		return "", nil
	})
	return c.both(t, 15*time.Minute)
}

// isUpgraded moves both programs to the newest versions in place.
func (c *chats) isUpgraded(t *testing.T) {
	before, err := c.pod(chatNamespace, "ollama")
	must(t, err)
	c.oneMigrates(t, c.replaced(t, func() {
		c.pair, c.folder = newest, "/hearth/chats-newest"
		c.stack = c.render(t, chatsStack, c.folder)
		t.Log(c.applyOverlay(t, c.overlay))
	}))
	c.waitReady(t, chatNamespace, "ollama", before, 10*time.Minute)
	for _, at := range c.each(t) {
		var ran struct{ Version string }
		if status, body := at.ask(t, http.MethodGet, "/api/version", "", nil); status != http.StatusOK || json.Unmarshal(body, &ran) != nil || ran.Version != c.pair.chat.Version {
			t.Errorf("%s says %d %s, want %s", at.only, status, body, c.pair.chat.Version)
		}
		at.isKnown(t, c.chat)
		at.isAnswered(t)
	}
}
