package keys_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/internal/build/keys"
)

var caddy = flag.Bool("caddy", false, "run the command caddy of tools/caddy with the configuration")

const module = "../../../tools/caddy/"

// What another one wrote, and what somebody changed, is not taken for ours.
func TestGuards(t *testing.T) {
	ours := keys.Proxy{Upstream: "ollama:11434", Names: []string{"laptop", "n8n"}}.Caddyfile()
	if !keys.Guards(ours) {
		t.Error("it does not know what it wrote")
	}
	for name, change := range map[string][2]string{
		"open for all":   {"\t\trespond 401\n", "\t\timport ollama\n"},
		"a short key":    {"{32,}", "{0,}"},
		"another header": {"vars {re.bearer.1}", "header Authorization"},
		"one key open":   {"\t\t\troute @key-n8n {", "\t\t\troute {"},
		"another host":   {":8080 {", "ollama.example.org {\n\treverse_proxy ollama:11434\n}\n:8080 {"},
		"another folder": {"{file./keys/n8n}", "{file./tmp/n8n}"},
		"the header":     {"\t\theader_up -Authorization\n", ""},
	} {
		changed := strings.Replace(ours, change[0], change[1], 1)
		if changed == ours {
			t.Fatalf("%s: changes nothing", name)
		}
		if keys.Guards(changed) {
			t.Errorf("%s: is taken for ours", name)
		}
	}
	for _, other := range []string{"", ":8080 {\n\treverse_proxy ollama:11434\n}\n", ours + ours} {
		if keys.Guards(other) {
			t.Errorf("is taken for ours: %q", other)
		}
	}
}

// The program that is judged is the one that runs.
func TestVersion(t *testing.T) {
	text, err := os.ReadFile(module + "go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if want := "github.com/caddyserver/caddy/v2 v" + v1alpha1.CaddyVersion + "\n"; !strings.Contains(string(text), want) && !strings.Contains(string(text), strings.TrimSpace(want)+" //") {
		t.Errorf("tools/caddy/go.mod has another version than v1alpha1.CaddyVersion, which is %s", v1alpha1.CaddyVersion)
	}
}

// stub is an Ollama that answers with a word at a time.
type stub struct {
	*httptest.Server
	mu    sync.Mutex
	asked []http.Header
	next  chan string   // what it is to say
	gone  chan struct{} // closed when a client went away
}

func newStub(t *testing.T) *stub {
	s := &stub{next: make(chan string), gone: make(chan struct{})}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r.Header)
		s.mu.Unlock()
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/x-ndjson")
		if r.URL.Path != "/api/chat" {
			_, _ = io.WriteString(w, "{}\n")
			return
		}
		w.(http.Flusher).Flush()
		for {
			select {
			case word := <-s.next:
				_, _ = io.WriteString(w, word+"\n")
				w.(http.Flusher).Flush()
			case <-r.Context().Done():
				close(s.gone)
				return
			}
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *stub) say(t *testing.T, word string) {
	t.Helper()
	select {
	case s.next <- word:
	case <-time.After(20 * time.Second):
		t.Fatalf("nobody is there to say %q", word)
	}
}

func (s *stub) requests() []http.Header {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// proxy is a running Caddy with the configuration that is rendered, but for its
// ports, its folder and its Ollama.
type proxy struct {
	url, folder string
	log         *log
}

type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func start(t *testing.T, upstream string, names ...string) proxy {
	t.Helper()
	dir := t.TempDir()
	p := proxy{folder: filepath.Join(dir, "keys"), log: &log{}}
	if err := os.Mkdir(p.folder, 0o700); err != nil {
		t.Fatal(err)
	}
	port, health := free(t), free(t)
	text := keys.Proxy{Upstream: strings.TrimPrefix(upstream, "http://"), Names: names}.Caddyfile()
	for _, r := range [][2]string{
		{fmt.Sprintf("\n:%d {", keys.Port), fmt.Sprintf("\n:%d {\n\tbind 127.0.0.1", port)},
		{fmt.Sprintf("\n:%d {", keys.HealthPort), fmt.Sprintf("\n:%d {\n\tbind 127.0.0.1", health)},
		{"{file." + keys.Folder + "/", "{file." + p.folder + "/"},
	} {
		if !strings.Contains(text, r[0]) {
			t.Fatalf("the configuration has no %q", r[0])
		}
		text = strings.ReplaceAll(text, r[0], r[1])
	}
	file := filepath.Join(dir, "Caddyfile")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	program, err := exec.Command("go", "tool", "-modfile="+module+"go.mod", "-n", "caddy").Output()
	if err != nil {
		t.Fatalf("go tool -n caddy: %v", err)
	}
	c := exec.Command(strings.TrimSpace(string(program)), "run", "--config", file, "--adapter", "caddyfile")
	c.Env = []string{"HOME=" + dir, "XDG_CONFIG_HOME=" + dir, "XDG_DATA_HOME=" + dir}
	c.Stderr, c.Stdout = p.log, p.log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	p.url = fmt.Sprintf("http://127.0.0.1:%d", port)
	for range 200 {
		r, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/", health))
		if err == nil {
			_ = r.Body.Close()
			if r.StatusCode != http.StatusOK {
				t.Fatalf("the probe is answered %d", r.StatusCode)
			}
			return p
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("it does not start:\n%s", p.log)
	return p
}

func free(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// write replaces a file as the kubelet does: the program sees the one or the other.
func (p proxy) write(t *testing.T, name, value string) {
	t.Helper()
	file := filepath.Join(p.folder, name)
	if err := os.WriteFile(file+".new", []byte(value), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(file+".new", file); err != nil {
		t.Fatal(err)
	}
}

// ask sends a request as it stands, past what a client of Go's would put right.
func (p proxy) ask(t *testing.T, path string, headers ...string) *http.Response {
	t.Helper()
	connection, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	_ = connection.SetDeadline(time.Now().Add(20 * time.Second))
	lines := append([]string{"GET " + path + " HTTP/1.1", "Host: ollama.example.org", "Connection: close"}, headers...)
	if _, err := io.WriteString(connection, strings.Join(lines, "\r\n")+"\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	r, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		t.Fatalf("%q: %v", headers, err)
	}
	return r
}

const (
	laptop = "kJ8+2mVtq0/x3hYbW5sZ1dLrC7uPf9aNgE4oQiTzXw0="
	n8n    = "0123456789abcdef0123456789abcdef"
)

// TestCaddy has Caddy itself ask for keys, before an Ollama that answers word by
// word.
func TestCaddy(t *testing.T) {
	if !*caddy {
		t.Skip("go builds it when it first runs, which takes minutes: go test ./internal/build/keys -run Caddy -caddy")
	}
	ollama := newStub(t)
	p := start(t, ollama.URL, "laptop", "n8n", "gone", "bare")
	bearer := func(key string) string { return "Authorization: Bearer " + key }
	status := func(t *testing.T, want int, headers ...string) http.Header {
		t.Helper()
		before := len(ollama.requests())
		r := p.ask(t, "/api/tags", headers...)
		_ = r.Body.Close()
		if asked := len(ollama.requests()) > before; r.StatusCode != want || asked != (want == http.StatusOK) {
			t.Errorf("%q: %d, want %d; Ollama was asked: %t", headers, r.StatusCode, want, asked)
		}
		return r.Header
	}
	refused := func(t *testing.T, headers ...string) {
		t.Helper()
		if answer := status(t, http.StatusUnauthorized, headers...); answer.Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%q: does not say what it wants: %v", headers, answer)
		}
	}
	p.write(t, "laptop", laptop)
	p.write(t, "n8n", n8n+"\n") // as an editor leaves it
	p.write(t, "bare", "")

	t.Run("right", func(t *testing.T) {
		for _, headers := range [][]string{
			{bearer(laptop)}, {bearer(n8n)}, {"authorization: bearer " + n8n}, {"Authorization: Bearer   " + n8n + "  "},
			{"Authorization: Basic bWU6aGFzaA==", bearer(n8n)},
		} {
			status(t, http.StatusOK, headers...)
		}
		for _, h := range ollama.requests() {
			if h.Get("Authorization") != "" {
				t.Errorf("Ollama was told the key: %v", h)
			}
		}
	})
	t.Run("wrong", func(t *testing.T) {
		for _, headers := range [][]string{
			{}, {"Authorization: "}, {"Authorization: Bearer"}, {"Authorization: Bearer "}, {bearer("*")}, {bearer("*" + n8n[1:])}, {bearer(n8n[:31] + "*")},
			{bearer(strings.Repeat("*", 32))}, {bearer(n8n + "x")}, {bearer(n8n[:31])}, {bearer(strings.ToUpper(n8n))}, {"Authorization: " + n8n},
			{"Authorization: Basic " + n8n}, {"X-Api-Key: " + n8n}, {bearer(n8n + ", Bearer " + n8n)}, {bearer(n8n + " " + n8n)}, {bearer(`"` + n8n + `"`)},
			{bearer("{file." + p.folder + "/n8n}")}, {bearer("{env.HOME}" + n8n)}, {bearer("{re.bearer.1}" + n8n)}, {bearer(strings.Repeat("a", 8000))},
			{bearer(n8n + "%0A")}, {bearer("x"), bearer("y")}, {bearer(strings.Repeat("a", 32)), "X-Forwarded-For: 10.0.0.1"},
		} {
			refused(t, headers...)
		}
	})
	t.Run("a file that is empty or not there equals no key", func(t *testing.T) {
		for _, headers := range [][]string{{bearer("")}, {bearer("gone")}, {bearer("bare")}, {bearer(strings.Repeat("=", 32))}} {
			refused(t, headers...)
		}
	})
	t.Run("a '*' in a key stands for itself", func(t *testing.T) {
		for _, value := range []string{"*", "*" + n8n, n8n + "*", "*" + n8n + "*"} {
			p.write(t, "n8n", value)
			refused(t, bearer(n8n+"anything"))
			refused(t, bearer("anything"+n8n))
			refused(t, bearer(value))
		}
	})
	t.Run("a placeholder in a key stands for itself", func(t *testing.T) {
		p.write(t, "n8n", "{http.request.header.X-Mine}")
		refused(t, bearer(n8n), "X-Mine: "+n8n)
	})
	t.Run("two lines are no key", func(t *testing.T) {
		p.write(t, "n8n", n8n+"\n"+laptop+"x\n")
		refused(t, bearer(n8n))
		refused(t, bearer(laptop+"x"))
	})
	t.Run("a key that is too short is none", func(t *testing.T) {
		p.write(t, "n8n", n8n[:31])
		refused(t, bearer(n8n[:31]))
	})
	t.Run("rotation", func(t *testing.T) {
		p.write(t, "n8n", n8n+"2")
		refused(t, bearer(n8n))
		status(t, http.StatusOK, bearer(n8n+"2"))
		if err := os.Remove(filepath.Join(p.folder, "n8n")); err != nil {
			t.Fatal(err)
		}
		refused(t, bearer(n8n+"2"))
		status(t, http.StatusOK, bearer(laptop))
	})
	t.Run("streams", func(t *testing.T) {
		t.Run("word by word", func(t *testing.T) {
			r := p.ask(t, "/api/chat", bearer(laptop))
			defer func() { _ = r.Body.Close() }()
			words := bufio.NewScanner(r.Body)
			for _, word := range []string{"each", "as", "it", "comes"} {
				ollama.say(t, word) // the next one is not said before this one is here
				if !words.Scan() || words.Text() != word {
					t.Fatalf("got %q, want %q: %v", words.Text(), word, words.Err())
				}
			}
		})
		select { // who goes away ends the answer
		case <-ollama.gone:
		case <-time.After(20 * time.Second):
			t.Error("Ollama goes on answering")
		}
	})
	t.Run("log", func(t *testing.T) {
		text := p.log.String()
		for _, secret := range []string{laptop, n8n, n8n[:31]} {
			if strings.Contains(text, secret) {
				t.Errorf("the log has a key: %s", secret)
			}
		}
		names := map[string]bool{}
		for line := range strings.Lines(text) {
			var entry struct {
				Key    string
				Status int
			}
			if json.Unmarshal([]byte(line), &entry) == nil && entry.Key != "" && entry.Status == http.StatusOK {
				names[entry.Key] = true
			}
		}
		if !names["laptop"] || !names["n8n"] || len(names) != 2 {
			t.Errorf("the log has the names %v, want laptop and n8n:\n%s", names, text)
		}
	})
}
