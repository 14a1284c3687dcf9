package repository

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// inArgv are commands that would show a secret to everybody on the machine: the
// processes' list has every command line, and the shell's history keeps it.
var inArgv = []*regexp.Regexp{
	regexp.MustCompile(`--from-literal[= ]\S*(?i:pass|token|secret|key|credential|htpasswd|users)\S*=`),
	regexp.MustCompile(`htpasswd -\w*b`),
	regexp.MustCompile(`curl [^|\n]*(-u|--user)[ =]?\S+:[^@\s]+`),
	regexp.MustCompile(`docker login [^|\n]*(-p |--password[ =])`),
	regexp.MustCompile(`--(docker-)?password[= ][^-\s|]`),
	regexp.MustCompile(`openssl passwd [^|\n]*-(1|5|6|apr1) [^-\s]`),
}

func secretInArgv(text string) string {
	for _, form := range inArgv {
		if found := form.FindString(text); found != "" {
			return found
		}
	}
	return ""
}

// TestNoSecretInArgv looks at everything that hearth prints or documents: the
// pages, and the sources that have its messages and help.
func TestNoSecretInArgv(t *testing.T) {
	for text, want := range map[string]bool{
		"kubectl create secret generic s --from-literal=password=hunter2": true,
		"kubectl create secret generic s --from-literal=admin-email=ME":   false,
		"kubectl create secret generic s --from-file=password=FILE":       false,
		"htpasswd -nbB me hunter2":                                        true,
		"htpasswd -nB me":                                                 false,
		"curl -u me:hunter2 https://llm.example.org":                      true,
		"curl --user me https://llm.example.org":                          false,
		"docker login -u me -p hunter2":                                   true,
		"docker login -u me --password-stdin":                             false,
		"create secret docker-registry r --docker-password=hunter2":       true,
	} {
		if got := secretInArgv(text) != ""; got != want {
			t.Errorf("%q: has a secret in its arguments is %t", text, got)
		}
	}
	atRoot(t)
	looked := 0
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md", "cmd/*/*.go", "cmd/*/*.txt", "internal/*/*.go", "fns/*.go", "api/*/*.go", "generator/*.go", "examples/*"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			data, err := os.ReadFile(file)
			if err != nil {
				continue // a folder
			}
			looked++
			if found := secretInArgv(string(data)); found != "" {
				t.Errorf("%s: %q shows a secret to everybody on the machine: read it from a file", file, found)
			}
		}
	}
	if looked < 100 {
		t.Errorf("only %d files were looked at", looked)
	}
}

// TestFileOfASecret runs what the help says of making one.
func TestFileOfASecret(t *testing.T) {
	atRoot(t)
	help, err := os.ReadFile("cmd/hearth/secrets.go")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(help), "\n")
	i := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, "  umask 077;") })
	if i < 0 {
		t.Fatal("the help of hearth secrets has no such command")
	}
	script := strings.TrimRight(strings.TrimSpace(lines[i]), "`,")
	cmd := exec.CommandContext(t.Context(), "bash", "-c", script)
	cmd.Dir, cmd.Stdin = t.TempDir(), strings.NewReader("a b\\c$d\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
	file := filepath.Join(cmd.Dir, "FILE")
	if got, err := os.ReadFile(file); err != nil || string(got) != "a b\\c$d" {
		t.Errorf("the file has %q, %v", got, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file's mode is %v, %v", info.Mode(), err)
	}
}
