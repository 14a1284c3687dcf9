package main

import (
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/hearth-dev/hearth/internal/versions"
)

// answered is init on a terminal: the stack that it makes of flags and answers,
// and what was shown.
func answered(t *testing.T, answers string, args ...string) (stack, shown string, err error) {
	t.Helper()
	t.Chdir(t.TempDir())
	var out strings.Builder
	v := &initVerb{}
	cmd := v.command(func(*cobra.Command) *dialogue { return spoken(&out, answers) })
	cmd.SetArgs(args)
	cmd.SetErr(&out)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	err = cmd.Execute()
	data, _ := os.ReadFile(stackFile)
	return string(data), out.String(), err
}

func TestInitAsks(t *testing.T) {
	for name, test := range map[string]struct {
		args    []string
		answers string
		want    []string // in the stack
		not     string   // that is not asked
	}{
		"everything by default": {answers: "\n\n", want: []string{"- llama3.2:3b\n", "type: internal\n"}, not: "DNS"},
		"nobody types":          {want: []string{"type: internal\n"}},
		"nginx": {
			answers: "qwen3:4b\nnginx\nchat.example.org\nmy-ca\n\n",
			want:    []string{"- qwen3:4b\n", "type: nginx\n", "host: chat.example.org\n", "name: my-ca\n", "signUp: closed\n"},
		},
		"mistakes are asked again": {
			answers: "\ningress\nnginx\nhttps://chat.example.org\nchat.example.org\n\nmy-ca\nMy_Space\n\n",
			want:    []string{"type: nginx\n", "host: chat.example.org\n", "name: my-ca\n"},
		},
		"k3s": {
			answers: "\ntraefik\nchat.example.org\nmy-ca\nkube-system\n",
			want:    []string{"type: traefik\n", "namespace: kube-system\n", "app.kubernetes.io/name: traefik\n"},
		},
		"a private host needs no certificate": {
			answers: "\nnginx\nchat.10.0.0.200.nip.io\n\n\n", want: []string{"type: none\n"},
		},
		"a Gateway has its own": {
			answers: "\ngateway\npublic\ninfra/public\nchat.example.org\nenvoy-gateway-system\n",
			want:    []string{"name: public\n", "namespace: infra\n", "namespace: envoy-gateway-system\n"}, not: "Certificate",
		},
		"one flag says the rest by default": {args: []string{"--model", "qwen3:4b"}, want: []string{"- qwen3:4b\n", "type: internal\n"}, not: ":"},
		"what has no default": {
			args: []string{"--expose", "nginx"}, answers: "chat.example.org\nmy-ca\n",
			want: []string{"host: chat.example.org\n", "name: my-ca\n"}, not: "Model",
		},
		"flags say all": {
			args: []string{"--expose", "nginx", "--host", "chat.example.org", "--issuer", "my-ca"}, want: []string{"name: my-ca\n"}, not: ":",
		},
	} {
		t.Run(name, func(t *testing.T) {
			stack, shown, err := answered(t, test.answers, test.args...)
			if err != nil {
				t.Fatalf("%v\n%s", err, shown)
			}
			for _, want := range test.want {
				if !strings.Contains(stack, want) {
					t.Errorf("the stack has no %q:\n%s", want, stack)
				}
			}
			if asked, _, _ := strings.Cut(shown, "wrote "); test.not != "" && strings.Contains(asked, test.not) {
				t.Errorf("asked, with %q:\n%s", test.not, asked)
			}
		})
	}
}

// A person who gives no good answer gets no file.
func TestInitGivesUp(t *testing.T) {
	stack, shown, err := answered(t, "\nnginx\n\n\n\n")
	if err == nil || stack != "" || strings.Count(shown, "DNS name that people use") != tries {
		t.Errorf("got %v and the stack %q after:\n%s", err, stack, shown)
	}
}

// TestReadmeStart runs what the README tells a newcomer to run, up to a cluster.
func TestReadmeStart(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, start, _ := strings.Cut(string(readme), "\ngo install ")
	start, _, _ = strings.Cut(start, "\n```")
	t.Chdir(t.TempDir())
	ran := map[string]int{}
	for line := range strings.Lines(start) {
		line, _, _ = strings.Cut(strings.TrimSpace(line), " #")
		words := strings.Fields(line)
		if len(words) == 0 || words[0] != "hearth" {
			continue
		}
		var stdout, stderr strings.Builder
		code := run(words[1:], strings.NewReader(""), &stdout, &stderr)
		want := exitOK
		if strings.Contains(line, "CONTEXT") { // there is no such cluster: it comes that far, and says so
			want = exitFailure
			if !strings.Contains(stderr.String(), `no context "CONTEXT"`) && !strings.Contains(stderr.String(), "kubeconfig") {
				t.Errorf("%s: does not get to the cluster:\n%s", line, stderr.String())
			}
		}
		if code != want {
			t.Errorf("%s: exit code %d, want %d\n%s", line, code, want, stderr.String())
		}
		ran[words[1]]++
	}
	for _, verb := range []string{"init", "size", "render", "secrets", "doctor", "verify"} {
		if ran[verb] == 0 {
			t.Errorf("the README's start has no hearth %s", verb)
		}
	}
}

// The tutorial sizes for the version that init wrote.
func TestTutorialSizesWhatInitWrites(t *testing.T) {
	page, err := os.ReadFile("../../docs/tutorial.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := "\nhearth size --ollama-version " + versions.Ollama.Measured + " "; !strings.Contains(string(page), want) {
		t.Errorf("docs/tutorial.md has no %q", want)
	}
}
