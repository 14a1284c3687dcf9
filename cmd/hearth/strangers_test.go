package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What strangers wrote does not reach a terminal as they wrote it, and a lock
// file stays as it was where a registry does not say what an image is.
func TestStrangersText(t *testing.T) {
	const escapes, shown = "\x1b[2J\x1b[31mowned\u202e", `\x1b[2J\x1b[31mowned\u202e`
	registry := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v2/" {
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = io.WriteString(w, escapes)
		}
	}))
	defer registry.Close()
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }))
	defer page.Close()
	stack := func(s *httptest.Server) string {
		return `apiVersion: hearth.dev/v1alpha1
kind: Stack
metadata: {name: homelab}
spec:
  bases:
    - name: ollama
      namespace: ollama
      images: {mirrors: {docker.io: "` + s.Listener.Addr().String() + `/hub"}}
      ollama: {models: ["llama3.2:3b"]}
`
	}
	for name, c := range map[string]struct {
		args  []string
		stdin string
		code  int
		want  string
	}{
		"a registry's failure": {[]string{"lock"}, stack(registry), exitFailure, shown},
		"a page":               {[]string{"lock"}, stack(page), exitFailure, `type "text/html; charset=utf-8"`},
		"an object's name": {[]string{"vet", "-"}, "apiVersion: v1\nkind: Secret\nmetadata: {name: \"\\e[2J\\e[31mowned\\u202e 模型\"}\nx: y\n",
			exitProblems, shown + " 模型"},
		"a file's name":   {[]string{"vet", escapes}, "", exitFailure, shown},
		"a model's name":  {[]string{"size", escapes}, "", exitFailure, shown},
		"a YAML's key":    {[]string{"vet", "-"}, "kind: A\n\"\\e[31m\": 1\n\"\\e[31m\": 2\n", exitProblems, `\x1b[31m`},
		"a stack's field": {[]string{"render", "-f", "-", "--dry-run"}, "apiVersion: hearth.dev/v1alpha1\nkind: Stack\n\"\\e[2J\\e[31m\": 1\n", exitProblems, `\x1b[2J`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			const before = "# as it was\n"
			file := filepath.Join(".", "hearth.lock.yaml")
			if err := os.WriteFile(file, []byte(before), 0o600); err != nil {
				t.Fatal(err)
			}
			args := c.args
			if args[0] == "lock" {
				args = append(args, "-f", "-")
			}
			var stdout, stderr strings.Builder
			code := run(args, strings.NewReader(c.stdin), &stdout, &stderr)
			out := stdout.String() + stderr.String()
			if code != c.code || !strings.Contains(out, c.want) || strings.ContainsAny(out, "\x1b\u202e") {
				t.Errorf("got exit code %d, want %d, and %q in it:\n%q", code, c.code, c.want, out)
			}
			if after, err := os.ReadFile(file); string(after) != before {
				t.Errorf("the lock file is %q, and the error %v", after, err)
			}
			if files, _ := os.ReadDir("."); len(files) != 1 {
				t.Errorf("the folder has %v", files)
			}
		})
	}
}
