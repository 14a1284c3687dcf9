package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/hearth-dev/hearth/internal/fnimage"
	"github.com/hearth-dev/hearth/internal/testing/pinned"
)

var update = flag.Bool("update", false, "rewrite what cmp compares with in testdata")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"hearth-fn": main, "objects": objects})
}

// objects prints kind and name of each document on standard input, as a command
// for scripts.
func objects() {
	var kind, name string
	metadata := false
	printObject := func() {
		if kind != "" {
			fmt.Println(kind + "/" + name)
		}
		kind, name = "", ""
	}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		line := lines.Text()
		key, value, _ := strings.Cut(line, ": ")
		switch {
		case line == "---":
			printObject()
		case !strings.HasPrefix(line, " "):
			metadata = line == "metadata:"
			if key == "kind" {
				kind = value
			}
		case metadata && key == "  name":
			name = value
		}
	}
	printObject()
}

// The scripts run the examples and what the guide says with the real kustomize,
// and with kpt and Docker where they are. hearth-fn on their PATH is this test
// itself.
func TestScripts(t *testing.T) {
	kustomize, err := pinned.Kustomize(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	examples, err := filepath.Abs(filepath.Join("..", "..", "examples"))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", filepath.Dir(kustomize)+string(os.PathListSeparator)+env.Getenv("PATH"))
			env.Setenv("HOME", env.WorkDir)
			// The scripts change what they run, so they get a copy.
			return os.CopyFS(filepath.Join(env.WorkDir, "examples"), os.DirFS(examples))
		},
		Condition: func(condition string) (bool, error) {
			if condition != "docker" {
				return false, fmt.Errorf("unknown condition %q", condition)
			}
			err := exec.Command("docker", "info").Run()
			if err != nil && os.Getenv("E2E") != "" {
				return false, fmt.Errorf("E2E is set, and no Docker daemon answers: %w", err)
			}
			return err == nil, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"load-image": loadImage, "push-image": pushImage},
	})
}

// loadImage builds the function's image and gives it to Docker under a name, so
// that the examples find the image that they speak of.
func loadImage(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: load-image NAME")
	}
	tag, err := name.NewTag(args[0])
	ts.Check(err)
	file := ts.MkAbs("image.tar")
	ts.Check(tarball.WriteToFile(file, tag, image(ts)))
	ts.Check(ts.Exec("docker", "load", "--input", file))
	removeImage(ts, args[0])
}

// pushImage pushes the function's image to a registry of the script's own, and
// sets IMAGE to its name there.
func pushImage(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: push-image")
	}
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	ts.Defer(server.Close)
	ref, err := name.ParseReference(strings.TrimPrefix(server.URL, "http://") + "/hearth/hearth-fn:v0.1.0")
	ts.Check(err)
	ts.Check(remote.Write(ref, image(ts)))
	ts.Setenv("IMAGE", ref.String())
	removeImage(ts, ref.String())
}

// image is the function's image for the platform of the Docker daemon.
func image(ts *testscript.TestScript) v1.Image {
	version, err := exec.Command("docker", "version", "--format", "{{.Server.Os}} {{.Server.Arch}}").Output()
	ts.Check(err)
	system, architecture, _ := strings.Cut(strings.TrimSpace(string(version)), " ")
	built, err := fnimage.Image(context.Background(), v1.Platform{OS: system, Architecture: architecture})
	ts.Check(err)
	return built
}

// removeImage takes an image from Docker once the script has ended.
func removeImage(ts *testscript.TestScript, name string) {
	ts.Defer(func() { _ = exec.Command("docker", "rmi", "--force", name).Run() })
}
