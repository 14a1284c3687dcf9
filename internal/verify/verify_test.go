package verify_test

import (
	"bytes"
	"crypto/x509"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/testing/fakecluster"
	"github.com/hearth-dev/hearth/internal/testing/golden"
	"github.com/hearth-dev/hearth/internal/verify"
)

var update = flag.Bool("update", false, "rewrite testdata")

// TestEverythingInOrder shows what a person sees for each committed overlay.
func TestEverythingInOrder(t *testing.T) {
	golden.Files(t, "testdata/in-order.txtar", *update, func(t *testing.T, overlay string) string {
		stack, cluster := start(t, overlay)
		var out bytes.Buffer
		table := verify.Table{Out: &out}
		report := run(t, cluster, verify.Options{Stack: stack, Overlay: overlay, MinTPS: 10, Context: "lab"}, table.Show)
		if err := table.End(report); err != nil {
			t.Fatal(err)
		}
		if !report.Passed {
			t.Error("a row failed")
		}
		return untimed(out.String())
	})
}

// start runs an overlay of the committed stack, or of the one with further
// routes, on a fake cluster.
func start(t *testing.T, overlay string) (*v1alpha1.Resolved, *fakecluster.Cluster) {
	t.Helper()
	stack := parse(t, "../../hearth.yaml")
	if stack.Overlay(overlay) == nil {
		stack = parse(t, "testdata/routes.yaml")
	}
	cluster, err := fakecluster.New(stack, overlay)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	return stack, cluster
}

func parse(t *testing.T, file string) *v1alpha1.Resolved {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	stack, problems := generator.Load("hearth.yaml", data)
	if stack == nil {
		t.Fatal(problems)
	}
	return stack
}

// run verifies, with the way to the cluster and its route filled in.
func run(t *testing.T, cluster *fakecluster.Cluster, o verify.Options, report func(verify.Row)) verify.Report {
	t.Helper()
	o.Config = cluster.Config()
	if r := cluster.Route; r != nil && o.Resolve == nil {
		o.Resolve = r.Resolve
	}
	if r := cluster.Route; r != nil && o.Roots == nil {
		o.Roots = newRoots(r.CA)
	}
	got, err := verify.Run(t.Context(), o, report)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func newRoots(pem []byte) *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	return pool
}

var times = regexp.MustCompile(`wall +[0-9.]+s| in [0-9.]+m?s\n|: [0-9]+Mi, [0-9]+Mi with file cache; [0-9]+Mi derived`)

// untimed takes out what the clock decides, or the calibration.
func untimed(s string) string {
	return times.ReplaceAllStringFunc(s, func(m string) string {
		if strings.HasPrefix(m, "wall") {
			return "wall   ..."
		}
		if strings.HasPrefix(m, ":") {
			return ": ...Mi derived"
		}
		return " in ...\n"
	})
}
