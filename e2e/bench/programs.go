//go:build unix

package main

import (
	"bytes"
	"context"
	_ "embed" // the stack
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/hearth-dev/hearth/internal/testing/pinned"
)

// stack is one base with Ollama and the chat, and one overlay.
//
//go:embed stack.yaml
var stack string

// programs are the programs to measure, and the folder with a rendered stack.
type programs struct {
	options
	work, tree                                     string
	hearth, hearthFn, nothing, kustomize, measured string
}

// build compiles everything as a release is, and renders the stack.
func build(ctx context.Context, o options, work string) (*programs, error) {
	p := &programs{options: o, work: work, tree: filepath.Join(work, "tree")}
	bin := filepath.Join(work, "bin")
	// The flags are those of .goreleaser.yaml.
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", bin+"/", "./cmd/hearth", "./cmd/hearth-fn", "./fns/testdata/noop", "./e2e/bench/measured")
	cmd.Dir, cmd.Env = o.dir, append(os.Environ(), "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building: %w\n%s", err, bytes.TrimSpace(said))
	}
	p.hearth, p.hearthFn, p.nothing = filepath.Join(bin, "hearth"), filepath.Join(bin, "hearth-fn"), filepath.Join(bin, "noop")
	p.measured = filepath.Join(bin, "measured")
	var err error
	if p.kustomize, err = pinned.Kustomize(ctx); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(p.tree, 0o755); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(p.tree, "hearth.yaml"), []byte(stack), 0o600); err != nil {
		return nil, err
	}
	return p, p.subject("render", p.warm(), p.hearth, "render").once(ctx)
}

// warm is an environment whose cache folder stays, cold one that can have none.
func (p *programs) warm() []string {
	home := filepath.Join(p.work, "home")
	return []string{"HOME=" + home, "XDG_CACHE_HOME=" + filepath.Join(home, ".cache")}
}

func (*programs) cold() []string {
	return []string{"HOME=" + os.DevNull, "XDG_CACHE_HOME=" + os.DevNull}
}

func (p *programs) subject(name string, env []string, command ...string) *subject {
	return &subject{name: name, measured: p.measured, dir: p.tree, env: env, commands: [][]string{command}}
}

// rows is what is measured beside what.
func (p *programs) rows(ctx context.Context) ([]row, error) {
	fresh := filepath.Join(p.work, "fresh")
	first := p.subject("`hearth render` into an empty folder, cold", p.cold(), p.hearth, "render", "--output-directory", fresh)
	first.before = func() error { return os.RemoveAll(fresh) }
	own := []*subject{
		p.subject("`hearth render`, nothing to write", p.warm(), p.hearth, "render"),
		p.subject("`hearth render --check`", p.warm(), p.hearth, "render", "--check"),
		p.subject("`hearth render --check`, cold", p.cold(), p.hearth, "render", "--check"),
		first,
	}
	rows := beside(own, p.subject("`kustomize build` of the overlay", p.cold(), p.kustomize, "build", "overlays/home"), nil)
	if len(p.charts) > 0 {
		helm := p.subject("`helm template` of the charts given", p.cold())
		helm.commands = nil
		for _, chart := range p.charts {
			helm.commands = append(helm.commands, []string{p.helm, "template", "release", chart})
		}
		rows = append(rows, beside(own, helm, []float64{0.2, 0.2, 0.5, 0.5})...)
	}
	functions, err := p.functions(ctx)
	if err != nil {
		return nil, err
	}
	inside, err := inProcess()
	return append(append(rows, functions...), inside...), err
}

func beside(own []*subject, peer *subject, goals []float64) []row {
	var rows []row
	for i, s := range own {
		r := row{own: s, peer: peer}
		if goals != nil {
			r.goal = goals[i]
		}
		rows = append(rows, r)
	}
	return rows
}

// functions are calls of hearth-fn, each beside one of a function that does
// nothing on the same list, and what kustomize takes that calls it.
func (p *programs) functions(ctx context.Context) ([]row, error) {
	const list = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"
	const ollama = "apiVersion: hearth.dev/v1alpha1\nkind: Ollama\nmetadata:\n  name: ollama\n  namespace: ai\n"
	const models = "spec: {models: [\"llama3.2:3b\"]}\n"
	config := func(object string) string {
		return "functionConfig:\n  " + strings.ReplaceAll(strings.TrimSpace(object), "\n", "\n  ") + "\n"
	}
	cmd := exec.CommandContext(ctx, p.hearthFn)
	cmd.Stdin = strings.NewReader(list + config(ollama+models))
	made, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("hearth-fn on an Ollama: %w", err)
	}
	items, _, _ := strings.Cut(string(made), "\nfunctionConfig:")
	var rows []row
	for _, call := range []struct{ kind, list string }{
		{"Ollama", list + config(ollama+models)},
		{"Stack", list + config(stack)},
		{"StackCheck of an Ollama's objects", items + "\n" + config("apiVersion: hearth.dev/v1alpha1\nkind: StackCheck\nmetadata: {name: check}")},
	} {
		own, nothing := p.subject("`hearth-fn`: "+call.kind, nil, p.hearthFn), p.subject("a function on kyaml that does nothing", nil, p.nothing)
		own.stdin, nothing.stdin = call.list, call.list
		rows = append(rows, row{own, nothing, 1.5})
	}
	builds, err := p.generators(ctx, map[string]string{
		"exec/kustomization.yaml":  "generators: [ollama.yaml]\n",
		"exec/ollama.yaml":         ollama + "  annotations: {config.kubernetes.io/function: \"exec: {path: " + p.hearthFn + "}\"}\n" + models,
		"files/kustomization.yaml": "resources: [objects.yaml]\n",
	})
	return append(rows, builds...), err
}

// generators is kustomize that calls hearth-fn beside kustomize that reads what
// hearth-fn makes.
func (p *programs) generators(ctx context.Context, files map[string]string) ([]row, error) {
	for name, text := range files {
		path := filepath.Join(p.work, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	called := p.subject("`kustomize build` that calls `hearth-fn`: Ollama", nil, p.kustomize, "build", "--enable-alpha-plugins", "--enable-exec", filepath.Join(p.work, "exec"))
	objects, err := exec.CommandContext(ctx, called.commands[0][0], called.commands[0][1:]...).Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", called.name, err)
	}
	read := p.subject("`kustomize build` of the objects it makes", nil, p.kustomize, "build", filepath.Join(p.work, "files"))
	return []row{{called, read, 0}}, os.WriteFile(filepath.Join(p.work, "files", "objects.yaml"), objects, 0o600)
}

// size is a program's, in bytes, and what it should be at most.
type size struct {
	name        string
	bytes, goal int64
}

// sizes are those of the programs as released.
func (p *programs) sizes() []size {
	all := []size{{name: "hearth", goal: 35e6}, {name: "hearth-fn", goal: 18e6}}
	for i, path := range []string{p.hearth, p.hearthFn} {
		if info, err := os.Stat(path); err == nil {
			all[i].bytes = info.Size()
		}
	}
	return all
}
