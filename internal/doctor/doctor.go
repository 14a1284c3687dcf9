package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"github.com/hearth-dev/hearth/api/v1alpha1"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/verify"
)

// Options say what is needed, and where.
type Options struct {
	// Config reaches the cluster. Required.
	Config *rest.Config
	// Context is the kubeconfig's name for the cluster, for the commands in
	// hints. Default: none is named.
	Context string
	// Stack and Overlay say what should run. Required.
	Stack   *v1alpha1.Resolved
	Overlay string
	// Probe asks whether the network enforces a policy by making one, and two
	// pods, in a namespace of its own. Default: nothing on the cluster is changed.
	Probe *Probe
}

// Run looks at each need once, and calls report, if not nil, with every row: first
// as one that waits, then as it is. An error means that the cluster could not be
// asked.
func Run(ctx context.Context, o Options, report func(verify.Row)) (verify.Report, error) {
	start := time.Now()
	all, problems := generator.Objects(o.Stack, o.Overlay)
	if err := problems.Err(); err != nil {
		return verify.Report{}, err
	}
	secrets, err := generator.Secrets(o.Stack, o.Overlay)
	if err != nil {
		return verify.Report{}, err
	}
	cluster, err := verify.Connect(ctx, o.Config)
	if err != nil {
		return verify.Report{}, fmt.Errorf("reaching the cluster: %w", err)
	}
	d := &doctor{Options: o, Cluster: cluster, set: objects.New(all), secrets: secrets, bases: o.Stack.Overlay(o.Overlay).Bases}
	out := verify.Report{Context: o.Context, Overlay: o.Overlay}
	checks := d.checks()
	for _, c := range checks {
		row := verify.Row{Check: c.id, Subject: c.subject, Title: c.title, Status: verify.Waiting}
		out.Rows = append(out.Rows, row)
		if report != nil {
			report(row)
		}
	}
	for i, c := range checks {
		row := &out.Rows[i]
		d.say = func(format string, args ...any) {
			if detail := fmt.Sprintf(format, args...); detail != row.Detail && report != nil {
				row.Detail = detail
				report(*row)
			}
		}
		found, err := c.look(ctx)
		if ctx.Err() != nil {
			d.say("%s", found.detail)
			return out, ctx.Err()
		}
		if err != nil {
			found = d.unseen(err)
		}
		row.Status, row.Detail = found.status, found.detail
		if row.Status == verify.Failed {
			row.Hint = found.hint
		}
		if report != nil {
			report(*row)
		}
	}
	out.Passed = out.Count(verify.Failed) == 0
	out.Seconds = time.Since(start).Seconds()
	return out, nil
}

// doctor is one run: the checks are its methods.
type doctor struct {
	Options
	*verify.Cluster
	set     *objects.Set
	secrets []generator.Secret
	bases   []v1alpha1.Base
	say     func(format string, args ...any) // what the current row waits for
}

// check is a row to fill in.
type check struct {
	id, subject, title string
	look               func(context.Context) (result, error)
}

// result is what a look gave.
type result struct {
	status       verify.Status
	detail, hint string
}

func passed(format string, args ...any) result {
	return result{status: verify.Passed, detail: fmt.Sprintf(format, args...)}
}

func failed(hint, format string, args ...any) result {
	return result{verify.Failed, fmt.Sprintf(format, args...), hint}
}

func notChecked(format string, args ...any) result {
	return result{status: verify.NotChecked, detail: fmt.Sprintf(format, args...)}
}

func (d *doctor) unseen(err error) result {
	if verify.Denied(err) {
		return notChecked("this user may not look: %v", err)
	}
	return failed(d.kubectl("get --raw '/readyz?verbose'"), "could not look: %v", err)
}

// checks are the rows, in the order in which things depend on each other.
func (d *doctor) checks() []check {
	all := append(d.kinds(), d.versions()...)
	for i := range d.bases {
		all = append(all, d.route(&d.bases[i])...)
	}
	all = append(all, d.storage()...)
	all = append(all, d.namespaces()...)
	all = append(all, d.needed()...)
	all = append(all, d.room()...)
	all = append(all, d.policies()...) // last: a probe takes room, and time
	var once []check                   // two bases may need the same
	seen := map[string]bool{}
	for _, c := range all {
		if key := c.id + " " + c.subject; !seen[key] {
			seen[key] = true
			once = append(once, c)
		}
	}
	return once
}

// kubectl is a command for a person to run on this cluster.
func (d *doctor) kubectl(format string, args ...any) string {
	command := "kubectl "
	if d.Context != "" {
		command += "--context " + d.Context + " "
	}
	return command + fmt.Sprintf(format, args...)
}

// errNoKind means that the cluster does not know the kind of an object.
type errNoKind struct{ kind schema.GroupKind }

func (e errNoKind) Error() string { return "the cluster knows no " + e.kind.String() }

// all are the objects of a kind in a namespace, or in the cluster.
func (d *doctor) all(ctx context.Context, kind schema.GroupKind, namespace string) (dynamic.ResourceInterface, error) {
	mapping, err := d.Kinds().RESTMapping(ctx, kind, "")
	if meta.IsNoMatchError(err) {
		return nil, errNoKind{kind}
	}
	if err != nil {
		return nil, err
	}
	return d.Dynamic().Resource(mapping.Resource).Namespace(namespace), nil
}

// get is an object of any kind; nil if there is none.
func (d *doctor) get(ctx context.Context, kind schema.GroupKind, namespace, name string) (*unstructured.Unstructured, error) {
	all, err := d.all(ctx, kind, namespace)
	if err != nil {
		return nil, err
	}
	found, err := all.Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	return found, err
}

// list is all objects of a kind, in a namespace or in all.
func (d *doctor) list(ctx context.Context, kind schema.GroupKind, namespace string) ([]unstructured.Unstructured, error) {
	all, err := d.all(ctx, kind, namespace)
	if err != nil {
		return nil, err
	}
	found, err := all.List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	return found.Items, nil
}

// wanted is an object that has to be there; else missing says so, with those that
// there are among a namespace's or the cluster's, and hint what to do. A kind that
// the cluster does not know is the row api's matter.
func (d *doctor) wanted(ctx context.Context, kind schema.GroupKind, among, namespace, name, hint string) (found *unstructured.Unstructured, missing result, err error) {
	found, err = d.get(ctx, kind, namespace, name)
	if unknown := (errNoKind{}); errors.As(err, &unknown) {
		return nil, notChecked("needs api %s", kind.Group), nil
	}
	if err != nil || found != nil {
		return found, result{}, err
	}
	there, err := d.list(ctx, kind, among)
	if err != nil {
		return nil, result{}, err
	}
	return nil, failed(hint, "no such %s; there are: %s", kind.Kind, names(there)), nil
}

// names of objects, of all but a few.
func names(all []unstructured.Unstructured) string {
	const most = 8
	var out []string
	for i := range all {
		if i == most {
			out = append(out, fmt.Sprintf("%d more", len(all)-most))
			break
		}
		out = append(out, strings.TrimPrefix(all[i].GetNamespace()+"/"+all[i].GetName(), "/"))
	}
	if len(out) == 0 {
		return "none"
	}
	return strings.Join(out, ", ")
}

// condition is an object's condition of a type: its status, and its message.
func condition(o *unstructured.Unstructured, kind string) (status, message string) {
	all, _, _ := unstructured.NestedSlice(o.Object, "status", "conditions")
	for _, c := range all {
		if m, ok := c.(map[string]any); ok && m["type"] == kind {
			status, _ = m["status"].(string)
			message, _ = m["message"].(string)
			return status, strings.Join(strings.Fields(message), " ")
		}
	}
	return "", ""
}
