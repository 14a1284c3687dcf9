package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/go-logr/logr"
	"github.com/spf13/cobra"
	"golang.org/x/term"
	"k8s.io/klog/v2"

	"github.com/hearth-dev/hearth/internal/verify"
)

// verifyVerb looks at an overlay on a cluster.
type verifyVerb struct {
	input
	kubeconfig
	minTPS  float64
	prompt  string
	cold    bool
	caFile  string
	resolve []string
	timeout time.Duration
	format  format
}

func newVerify() *cobra.Command {
	v := &verifyVerb{}
	cmd := &cobra.Command{
		Use:   "verify [OVERLAY] --context CONTEXT",
		Short: "Check that an overlay runs on a cluster, and how fast it is",
		Long: `Verify compares a cluster with what an overlay of the stack puts there, and asks
the model a question: objects, Secrets, volumes, pods, the versions that run,
models, whether Ollama's cloud is off, tokens per second, memory, what the
models take of it against what hearth derives, and from outside the certificate,
HTTPS, the redirect and the page.

It waits for what the cluster is still working on, such as a model that is being
pulled, up to --timeout; --timeout 0 looks once. Each failed row says what to
do. A row that cannot be checked says why, and fails nothing.

Nothing on the cluster is changed, and pods are reached by port-forward. But a
question brings the model into memory, as anybody's would. How long a cold start
takes is measured if the model is not in memory; --cold unloads it first, which
everybody who uses it at that moment feels.

Exit code 1 means that a row failed, 2 that the cluster could not be asked.`,
		Example: `  hearth verify --context homelab    the only overlay of the stack
  hearth verify homelab-nginx --context minicloud --ca-file ca.crt
  hearth verify homelab-nginx --context minicloud --ca-file ca.crt \
    --resolve chat.10.0.0.200.nip.io:443:10.0.0.200 -o json`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: v.completeOverlay,
		RunE:              func(cmd *cobra.Command, args []string) error { return v.run(cmd, args) },
	}
	v.addFlag(cmd)
	v.addFlags(cmd, "; required, so that no cluster is meant by accident")
	flags := cmd.Flags()
	flags.Float64Var(&v.minTPS, "min-tps", 10, "how many tokens per second the model must write at least")
	flags.StringVar(&v.prompt, "prompt", verify.DefaultPrompt, "the `question` for the model")
	flags.BoolVar(&v.cold, "cold", false, "unload the model first, to measure a cold start")
	flags.StringVar(&v.caFile, "ca-file", "", "a `file` with the authorities to trust for the host, instead of the system's")
	flags.StringArrayVar(&v.resolve, "resolve", nil, "where to find a host, as for curl: `HOST:PORT:ADDRESS`; may be given several times")
	flags.DurationVar(&v.timeout, "timeout", 5*time.Minute, "how long to wait for what is not ready yet")
	v.format.addFlag(cmd, "`text`, or json")
	return cmd
}

func (v *verifyVerb) run(cmd *cobra.Command, args []string) error {
	if err := v.wanted(); err != nil {
		return err
	}
	// The objects on the cluster have the digests of the lock file.
	stack, err := v.loadPinned(cmd)
	if err != nil {
		return err
	}
	overlay, err := v.overlay(stack, args)
	if err != nil {
		return err
	}
	options := verify.Options{
		Context: v.context, Stack: stack, Overlay: overlay,
		MinTPS: v.minTPS, Prompt: v.prompt, Cold: v.cold, Timeout: v.timeout,
	}
	if options.Config, err = v.config(); err != nil {
		return err
	}
	if options.Roots, err = v.roots(); err != nil {
		return err
	}
	if options.Resolve, err = resolves(v.resolve); err != nil {
		return err
	}
	return showRows(cmd, v.format, v.context, func(ctx context.Context, show func(verify.Row)) (verify.Report, error) {
		return verify.Run(ctx, options, show)
	})
}

// showRows runs checks of a cluster, until Ctrl-C, and shows their rows while they
// come in.
func showRows(cmd *cobra.Command, f format, cluster string, run func(context.Context, func(verify.Row)) (verify.Report, error)) error {
	klog.SetLogger(logr.Discard()) // client-go logs into the table what it returns anyway
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends at once
	stdout := cmd.OutOrStdout()
	table := verify.Table{Out: stdout, Size: terminal(stdout), Progress: cmd.ErrOrStderr(), Paint: painter(stdout).status}
	if f == formatJSON {
		table.Out, table.Size = io.Discard, nil
	}
	report, err := run(ctx, table.Show)
	if len(report.Rows) > 0 { // else it could not even begin
		end := table.End
		if f == formatJSON {
			end = func(r verify.Report) error { return writeJSON(stdout, r) }
		}
		if err := end(report); err != nil {
			return err
		}
	}
	switch {
	case ctx.Err() != nil:
		return errors.New("interrupted")
	case err != nil:
		return fmt.Errorf("context %s: %w", cluster, err)
	case !report.Passed:
		return errProblems
	}
	return nil
}

// status colours the word for a row's status.
func (p paint) status(s verify.Status, word string) string {
	switch s {
	case verify.Passed:
		return p.in(green, word)
	case verify.Failed:
		return p.in(red, word)
	case verify.Waiting:
		return p.in(cyan, word)
	default:
		return p.in(yellow, word)
	}
}

// terminal is the size of the terminal behind w, or nil if there is none that
// can move its cursor.
func terminal(w io.Writer) func() (width, height int) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) || os.Getenv("TERM") == "dumb" {
		return nil
	}
	return func() (int, int) {
		width, height, err := term.GetSize(int(f.Fd()))
		if err != nil || width == 0 || height == 0 {
			return 80, 24
		}
		return width, height
	}
}

// roots are the authorities of --ca-file; nil without one.
func (v *verifyVerb) roots() (*x509.CertPool, error) {
	if v.caFile == "" {
		return nil, nil
	}
	data, err := read(v.caFile, tooMuch)
	if err != nil {
		return nil, fmt.Errorf("--ca-file: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(data) {
		return nil, fmt.Errorf("--ca-file %s: holds no certificate; want PEM", v.caFile)
	}
	return pool, nil
}

// resolves reads HOST:PORT:ADDRESS, where ADDRESS may have a port of its own.
func resolves(flags []string) (map[string]string, error) {
	to := map[string]string{}
	for _, text := range flags {
		host, rest, _ := strings.Cut(text, ":")
		port, address, _ := strings.Cut(rest, ":")
		if _, err := strconv.ParseUint(port, 10, 16); err != nil || host == "" || address == "" {
			return nil, fmt.Errorf("--resolve %q: want HOST:PORT:ADDRESS, such as chat.example.org:443:10.0.0.200", text)
		}
		if _, _, err := net.SplitHostPort(address); err != nil {
			address = net.JoinHostPort(strings.Trim(address, "[]"), port)
		}
		to[net.JoinHostPort(strings.ToLower(host), port)] = address
	}
	return to, nil
}
