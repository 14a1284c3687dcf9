package ollama

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Server is an Ollama that runs on this machine, outside any cluster: the other half of a comparison.
type Server struct {
	Client
	// Log is the path of its output.
	Log    string
	cmd    *exec.Cmd
	ended  chan struct{}
	status error
}

// ServerOptions say what a Server runs and from where.
type ServerOptions struct {
	// Binary is the path of Ollama.
	Binary string
	// Dir takes its home and its log.
	Dir string
	// Models is its store of models. Defaults to a new one in Dir.
	Models string
	// Env is added to the environment, as NAME=value. OLLAMA_* of the person who runs the tests are not passed on.
	Env []string
}

// Start runs an Ollama on a free port of the loopback address and returns once it answers.
func Start(ctx context.Context, o ServerOptions) (*Server, error) {
	host, err := freeAddress()
	if err != nil {
		return nil, err
	}
	models := o.Models
	if models == "" {
		models = filepath.Join(o.Dir, "models")
	}
	log, err := os.Create(filepath.Join(o.Dir, "ollama.log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	s := &Server{Client: Client{URL: "http://" + host}, Log: log.Name(), ended: make(chan struct{})}
	s.cmd = exec.Command(o.Binary, "serve")
	s.cmd.Stdout, s.cmd.Stderr = log, log
	// NOPRUNE: a store that the cache holds must not change by being looked at.
	s.cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + o.Dir, "OLLAMA_HOST=" + host, "OLLAMA_MODELS=" + models,
		"OLLAMA_NOPRUNE=1", "OLLAMA_NO_CLOUD=1",
	}, o.Env...)
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting Ollama: %w", err)
	}
	go func() {
		s.status = s.cmd.Wait()
		close(s.ended)
	}()
	if err := s.ready(ctx); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

// ready waits until the server answers; it takes a fifth of a second, and longer on a busy machine.
func (s *Server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, time.Minute, errors.New("no answer from Ollama within a minute"))
	defer cancel()
	for {
		if _, err := s.Version(ctx); err == nil {
			return nil
		}
		select {
		case <-s.ended:
			return fmt.Errorf("the server ended at once (%w); see %s", s.status, s.Log)
		case <-ctx.Done():
			return fmt.Errorf("%w; see %s", context.Cause(ctx), s.Log)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Stop ends the server and its model runners, and returns when they are gone. A second Stop does nothing.
func (s *Server) Stop() error {
	select {
	case <-s.ended:
		return nil
	default:
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-s.ended:
	case <-time.After(10 * time.Second):
		if err := syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL); err != nil {
			return err
		}
		<-s.ended
	}
	return nil
}

// freeAddress asks the kernel for a port that nobody uses now, on the loopback address.
func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}
