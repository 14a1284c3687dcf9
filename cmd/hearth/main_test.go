package main

import (
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/hearth-dev/hearth/internal/columns"
)

var update = flag.Bool("update", false, "rewrite what cmp compares with in testdata")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"hearth": main})
}

// The scripts in testdata are the specification of the command line.
func TestScripts(t *testing.T) {
	cache := t.TempDir() // one for all, as a user has
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			// Nobody's git settings, cache, kubeconfig or colours.
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("XDG_CACHE_HOME", cache)
			env.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
			env.Setenv("GIT_CONFIG_NOSYSTEM", "1")
			env.Setenv("GIT_CEILING_DIRECTORIES", filepath.Dir(env.WorkDir))
			env.Setenv("KUBECONFIG", "")
			env.Setenv("NO_COLOR", "")
			env.Setenv("TERM", "xterm")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "cluster": startCluster, "running": startRunning, "prepared": startPrepared, "gguf": writeGGUF, "push": pushImage, "model": pushModel, "tls": serveTLS, "certificate": writeCertificate, "stopped": stopRender},
	})
}

// exits runs a command and wants an exit code: exits 1 hearth render --check.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARGUMENT]...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("got exit code %d, want %d", got, want)
	}
}

// What every command prints of itself fits a terminal of 80 columns.
func TestHelpFits(t *testing.T) {
	commands := [][]string{nil}
	for _, command := range newRoot().Commands() {
		commands = append(commands, []string{command.Name()})
	}
	for _, command := range commands {
		var stdout, stderr strings.Builder
		if code := run(append(command, "--help"), strings.NewReader(""), &stdout, &stderr); code != exitOK || !strings.Contains(stdout.String(), "\nFlags:\n") {
			t.Errorf("hearth %v --help: exit code %d\n%s%s", command, code, stdout.String(), stderr.String())
		}
		for line := range strings.Lines(stdout.String()) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > columns.Width {
				t.Errorf("hearth %v --help: %d columns: %s", command, n, line)
			}
		}
	}
}

// A program that runs a template may call any method by its name, so that the
// linker keeps all of them: 10 MB, most of them Kubernetes'. cobra runs one only
// where a program sets one.
func TestNoTemplates(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(file, "_test.go") && regexp.MustCompile(`\.Set\w*Template\(`).Match(text) {
			t.Errorf("%s sets a template of cobra's; see docs/release.md, size", file)
		}
	}
}
