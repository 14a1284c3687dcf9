package verify

import (
	"context"
	"crypto/x509"
	"fmt"
	"time"

	"k8s.io/client-go/rest"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// Options say what to look for, where, and for how long.
type Options struct {
	// Config reaches the cluster. Required.
	Config *rest.Config
	// Context is the kubeconfig's name for the cluster, for the commands in
	// hints. Default: none is named.
	Context string
	// Stack and Overlay say what should run. Required.
	Stack   *v1alpha1.Resolved
	Overlay string
	// MinTPS is how many tokens per second the model must write at least. The
	// reference system asks for 10. Default 0: any speed passes.
	MinTPS float64
	// Prompt for the model. Default DefaultPrompt.
	Prompt string
	// Cold unloads the model before the first question, which anybody who uses
	// it at that moment feels. Without it a cold start is measured only if
	// the model happens not to be loaded.
	Cold bool
	// Roots are the authorities to trust for the overlay's host. Default: the
	// system's.
	Roots *x509.CertPool
	// Resolve maps host:port to the address:port to connect to instead.
	// Default: DNS.
	Resolve map[string]string
	// Timeout is how long to wait for what the cluster is still working on: a
	// pod that starts, a model that is pulled, a certificate being signed.
	// Default 0: look once. A question has AnswerLimit besides.
	Timeout time.Duration
	// Interval between two looks. Default 2s.
	Interval time.Duration
}

// DefaultPrompt is the reference system's test prompt.
const DefaultPrompt = "What is Kubernetes in one sentence?"

// AnswerLimit is how long an answer may take, loading included. It is what a
// chat's user would have given up long before.
const AnswerLimit = 5 * time.Minute

// Run checks the overlay on the cluster. It calls report, if not nil, with
// every row at the beginning and whenever one changes, from one goroutine. An
// error means that it could not do its work; if ctx ends, the report comes with
// it as far as it got.
func Run(ctx context.Context, o Options, report func(Row)) (Report, error) {
	if o.Prompt == "" {
		o.Prompt = DefaultPrompt
	}
	if o.Interval == 0 {
		o.Interval = 2 * time.Second
	}
	if report == nil {
		report = func(Row) {}
	}
	want, err := expect(o.Stack, o.Overlay)
	if err != nil {
		return Report{}, err
	}
	cluster, err := Connect(ctx, o.Config)
	if err != nil {
		return Report{}, fmt.Errorf("reaching the cluster: %w", err)
	}
	v := &verifier{Options: o, Cluster: cluster, want: want}
	return v.run(ctx, report)
}

// verifier is one run: the checks are its methods.
type verifier struct {
	Options
	*Cluster
	want *expectation
}

// kubectl is a command for a person to run on this cluster.
func (v *verifier) kubectl(format string, args ...any) string {
	command := "kubectl "
	if v.Context != "" {
		command += "--context " + v.Context + " "
	}
	return command + fmt.Sprintf(format, args...)
}
