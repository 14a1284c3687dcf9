package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/hearth-dev/hearth/e2e/internal/ollama"
	"github.com/hearth-dev/hearth/sizing"
)

// LimitRow is what a server did under a memory limit.
type LimitRow struct {
	Load
	Measured
	// LimitMiB of the container.
	LimitMiB int64 `json:"limitMiB"`
	// Cgroup is the version of the interface that Ollama saw.
	Cgroup string `json:"cgroup"`
	// Outcome is answered, refused (by Ollama) or killed (by the kernel), Message what Ollama's API said.
	Outcome string `json:"outcome"`
	Message string `json:"message,omitempty"`
	// Kills is how many processes the kernel killed for want of memory; Alive reports whether the server outlived them.
	Kills int64 `json:"kills"`
	Alive bool  `json:"alive"`
}

const (
	answered = "answered"
	refused  = "refused"
	killed   = "killed"

	cgroup1, cgroup2 = "1", "2"
	// shownAs2 is a version 1 machine whose container finds version 2's files, with the limit in them. The kernel enforces
	// version 1; what is tried is how Ollama acts on the files.
	shownAs2 = "1, with version 2's files"
)

// limitStep is by how much hearth rounds a limit up.
const limitStep = 256 << 20

// limits runs a model under the limit that hearth derives, and then under those that it refuses, step by step,
// until two have failed.
func (b *bench) limits(ctx context.Context) error {
	load := Load{Models: []string{"llama3.2:1b"}, Context: 4096, Parallel: 1, KVCacheType: "f16", Threads: 1, Prompt: oneBatch}
	if err := b.open(ctx, load.Models...); err != nil {
		return err
	}
	need, err := b.data.need(load)
	if err != nil {
		return err
	}
	views := []string{cgroup1, shownAs2}
	if b.data.Machine.CgroupVersion == 2 {
		views = []string{cgroup2}
	}
	b.data.Limits = nil
	for _, view := range views {
		failures := 0
		for limit := need.Limit; limit > 0 && failures < 2; limit = below(limit, need.Required) {
			row, err := b.squeeze(ctx, load, limit, view)
			if err != nil {
				return fmt.Errorf("%d MiB, cgroup %s: %w", limit>>20, view, err)
			}
			b.data.Limits = append(b.data.Limits, row)
			if err := b.save(); err != nil {
				return err
			}
			fmt.Fprintf(b.out, "%s: %d MiB of %s required, cgroup %s: %s %s\n", load, row.LimitMiB, sizing.MiB(need.Required), view, row.Outcome, row.Message)
			if row.Outcome != answered {
				failures++
			}
		}
	}
	return nil
}

// below is the next smaller limit that hearth refuses.
func below(limit, required int64) int64 { return (min(limit, required) - 1) / limitStep * limitStep }

// squeeze runs one load under one limit. That the load fails is a result.
func (b *bench) squeeze(ctx context.Context, l Load, limit int64, view string) (row LimitRow, err error) {
	row = LimitRow{Load: l, Measured: b.measured(), LimitMiB: limit >> 20, Cgroup: view}
	bytes := strconv.FormatInt(limit, 10)
	flags := []string{"--memory", bytes, "--memory-swap", bytes}
	if view == shownAs2 {
		dir, err := version2(limit)
		if err != nil {
			return row, err
		}
		defer os.RemoveAll(dir)
		flags = append(flags, "--volume", dir+":/sys/fs/cgroup:ro")
	}
	s, err := b.start(ctx, l, flags...)
	if err != nil {
		return row, err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	var answer ollama.Answer
	failed := s.ask(ctx, l, l.Models[0], 0, nil)
	if failed == nil {
		failed = s.ask(ctx, l, l.Models[0], l.Prompt, &answer)
	}
	if ctx.Err() != nil {
		return row, ctx.Err()
	}
	if row.Alive, err = s.container.Running(ctx); err != nil {
		return row, err
	}
	// The group is gone with the server's last process; then the server itself was killed.
	if row.Kills, err = s.group.Kills(); err != nil && row.Alive {
		return row, err
	}
	row.Outcome = answered
	if failed != nil {
		row.Outcome, row.Message = refused, apiMessage(failed)
		if row.Kills > 0 || !row.Alive {
			row.Outcome = killed
		}
	}
	return row, nil
}

// version2 is a folder with the files of cgroup version 2 that Ollama reads: the limit, and what a fresh server uses.
func version2(limit int64) (string, error) {
	dir, err := os.MkdirTemp("", "hearth-calibrate-")
	if err != nil {
		return "", err
	}
	for name, content := range map[string]int64{"memory.max": limit, "memory.current": 20 << 20} {
		if err := os.WriteFile(filepath.Join(dir, name), fmt.Appendln(nil, content), 0o644); err != nil {
			return "", errors.Join(err, os.RemoveAll(dir))
		}
	}
	return dir, nil
}

// apiMessage is the text of {"error": "..."} in an error of the client, without the address of this run's container.
func apiMessage(err error) string {
	_, message, ok := strings.Cut(err.Error(), `{"error":"`)
	if !ok {
		return "the connection was cut"
	}
	return strings.TrimSuffix(message, `"}`)
}
