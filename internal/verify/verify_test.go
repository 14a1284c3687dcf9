package verify_test

import (
	"bytes"
	"crypto/x509"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/testing/fakecluster"
	"github.com/hearth-dev/hearth/internal/verify"
)

var update = flag.Bool("update", false, "rewrite testdata")

// TestEverythingInOrder shows what a person sees for each committed overlay.
func TestEverythingInOrder(t *testing.T) {
	const golden = "testdata/in-order.txtar"
	archive, err := txtar.ParseFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range archive.Files {
		t.Run(f.Name, func(t *testing.T) {
			stack, cluster := start(t, f.Name)
			var out bytes.Buffer
			table := verify.Table{Out: &out}
			report := run(t, cluster, verify.Options{Stack: stack, Overlay: f.Name, MinTPS: 10, Context: "lab"}, table.Show)
			if err := table.End(report); err != nil {
				t.Fatal(err)
			}
			if !report.Passed {
				t.Error("a row failed")
			}
			got := untimed(out.String())
			archive.Files[i].Data = []byte(got)
			if diff := cmp.Diff(string(f.Data), got); diff != "" && !*update {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if *update {
		if err := os.WriteFile(golden, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
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

var times = regexp.MustCompile(`wall +[0-9.]+s| in [0-9.]+m?s\n`)

// untimed takes out what the clock decides.
func untimed(s string) string {
	return times.ReplaceAllStringFunc(s, func(m string) string {
		if strings.HasPrefix(m, "wall") {
			return "wall   ..."
		}
		return " in ...\n"
	})
}
