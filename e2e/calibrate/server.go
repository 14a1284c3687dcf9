package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/hearth-dev/hearth/e2e/internal/cgroup"
	"github.com/hearth-dev/hearth/e2e/internal/docker"
	"github.com/hearth-dev/hearth/e2e/internal/ollama"
	"github.com/hearth-dev/hearth/sizing"
)

// server is an Ollama in a container, configured as hearth renders it.
type server struct {
	ollama.Client
	container docker.Container
	group     cgroup.Group
}

// start returns a server that answers. flags are further ones of docker run: limits.
func (b *bench) start(ctx context.Context, l Load, flags ...string) (*server, error) {
	args := []string{
		"--label", "dev.hearth.calibrate", "--volume", b.store + ":/models:ro", "--tmpfs", "/tmp", "--env", "HOME=/tmp",
		"--env", "OLLAMA_MODELS=/models", "--env", "OLLAMA_NOPRUNE=1", "--env", "OLLAMA_NO_CLOUD=1", "--env", "OLLAMA_KEEP_ALIVE=-1",
		"--env", "OLLAMA_CONTEXT_LENGTH=" + strconv.Itoa(l.Context),
		"--env", "OLLAMA_NUM_PARALLEL=" + strconv.Itoa(l.Parallel),
		"--env", "OLLAMA_MAX_LOADED_MODELS=" + strconv.Itoa(len(l.Models)),
		"--env", "OLLAMA_LOAD_TIMEOUT=30m",
	}
	if sizing.LlamaServer(b.release.Version) {
		args = append(args, "--env", fmt.Sprintf("LLAMA_ARG_CACHE_RAM=%d", l.PromptCacheMiB), "--env", fmt.Sprintf("LLAMA_ARG_THREADS=%d", l.Threads))
	}
	if l.KVCacheType != "f16" {
		args = append(args, "--env", "OLLAMA_KV_CACHE_TYPE="+l.KVCacheType, "--env", "OLLAMA_FLASH_ATTENTION=1")
	}
	container, err := docker.Run(ctx, append(append(args, flags...), b.release.Ref())...)
	s := &server{container: container}
	if err != nil {
		return nil, errors.Join(err, s.stop())
	}
	if s.group, err = cgroup.Of(container.PID); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	s.URL = "http://" + container.Address + ":11434"
	if err := until(ctx, 2*time.Minute, "an answer from Ollama", func(ctx context.Context) (bool, error) {
		_, err := s.Version(ctx)
		return err == nil, nil
	}); err != nil {
		return nil, errors.Join(fmt.Errorf("container %s: %w", container.ID, err), s.stop())
	}
	return s, nil
}

// stop removes the container, whether or not the measurement was interrupted.
func (s *server) stop() error {
	if s.container.ID == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return s.container.Remove(ctx)
}
