package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/go-logr/logr"
	"github.com/spf13/cobra"
	"k8s.io/klog/v2"

	"github.com/hearth-dev/hearth/internal/budget"
	"github.com/hearth-dev/hearth/internal/live"
	"github.com/hearth-dev/hearth/internal/vet"
)

// cluster looks at what is in the cluster of the context; args are at most the
// overlay that is deployed there.
func (v *vetVerb) cluster(cmd *cobra.Command, args []string) ([]vet.Result, error) {
	if len(args) > 1 {
		return nil, fmt.Errorf("got %q: with --context name one overlay, or none", args)
	}
	var known vet.ClusterInput
	namespaces := v.namespaces
	if len(args) == 1 {
		stack, err := v.loadPinned(cmd)
		if err != nil {
			return nil, err
		}
		if known.Overlay, err = v.overlay(stack, args); err != nil {
			return nil, err
		}
		o := stack.Overlay(known.Overlay)
		known.Facts, known.Exceptions = vet.FactsOf(o), stack.Exceptions
		if namespaces == nil {
			for i := range o.Bases {
				namespaces = append(namespaces, o.Bases[i].Namespace)
			}
		}
	}
	config, err := v.config()
	if err != nil {
		return nil, err
	}
	klog.SetLogger(logr.Discard()) // client-go logs what it returns anyway
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	slices.Sort(namespaces)
	result, err := lookAtCluster(ctx, live.Options{Config: config, Namespaces: slices.Compact(namespaces)}, known, "context "+v.context)
	switch {
	case ctx.Err() != nil:
		return nil, errors.New("interrupted")
	case err != nil:
		return nil, fmt.Errorf("context %s: %w", v.context, err)
	}
	return []vet.Result{result}, nil
}

// lookAtCluster reads a cluster and looks at what is there, in the time and memory
// of package budget.
func lookAtCluster(ctx context.Context, o live.Options, known vet.ClusterInput, name string) (vet.Result, error) {
	var result vet.Result
	var failed error
	err := budget.Within("looking at the cluster", func() {
		in, err := live.Read(ctx, o)
		if failed = err; err == nil {
			in.Name, in.Overlay, in.Facts, in.Exceptions = name, known.Overlay, known.Facts, known.Exceptions
			result = vet.New().Cluster(in)
		}
	})
	if err != nil {
		return vet.Result{}, fmt.Errorf("%w; name fewer namespaces with --namespace", err)
	}
	return result, failed
}
