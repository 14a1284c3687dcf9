package live_test

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"

	"github.com/hearth-dev/hearth/internal/objects"
)

// real is a world with Kubernetes' own API server. Nothing runs on it.
type real struct {
	admin, looker *rest.Config
	objects       dynamic.Interface
	kinds         *restmapper.DeferredDiscoveryRESTMapper
	known         map[schema.GroupKind]bool
	applied       []*unstructured.Unstructured
}

// startReal starts etcd and the API server, with a user who may get and list, and
// nothing else.
func startReal(t *testing.T) *real {
	t.Helper()
	etcd, server, found := strings.Cut(*apiserver, ",")
	if !found {
		t.Fatalf("-apiserver %q: want ETCD,KUBE-APISERVER", *apiserver)
	}
	dir := t.TempDir()
	store, peers, port := "http://"+free(t), "http://"+free(t), free(t)
	tokens, key := filepath.Join(dir, "tokens.csv"), filepath.Join(dir, "sa.key")
	write(t, tokens, "admin,admin,1,system:masters\nlooker,looker,2\n")
	if out, err := exec.Command("openssl", "genrsa", "-out", key, "2048").CombinedOutput(); err != nil {
		t.Fatalf("openssl: %v\n%s", err, out)
	}
	run(t, filepath.Join(dir, "etcd.log"), etcd, "--data-dir", filepath.Join(dir, "etcd"), "--unsafe-no-fsync", "--listen-client-urls", store, "--advertise-client-urls", store,
		"--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers, "--initial-cluster", "default="+peers)
	u, err := url.Parse("https://" + port)
	if err != nil {
		t.Fatal(err)
	}
	run(t, filepath.Join(dir, "apiserver.log"), server, "--etcd-servers", store, "--secure-port", u.Port(), "--bind-address", u.Hostname(), "--cert-dir", filepath.Join(dir, "certs"),
		"--token-auth-file", tokens, "--authorization-mode", "RBAC", "--service-cluster-ip-range", "10.96.0.0/16",
		"--service-account-issuer", "https://kubernetes.default.svc", "--service-account-key-file", key, "--service-account-signing-key-file", key,
		"--disable-admission-plugins", "StorageObjectInUseProtection,NamespaceLifecycle")
	config := func(token string) *rest.Config {
		return &rest.Config{Host: u.String(), BearerToken: token, TLSClientConfig: rest.TLSClientConfig{Insecure: true}, QPS: -1, WarningHandler: rest.NoWarnings{}}
	}
	r := &real{admin: config("admin"), looker: config("looker"), known: map[schema.GroupKind]bool{}}
	client, err := discovery.NewDiscoveryClientForConfig(r.admin)
	if err != nil {
		t.Fatal(err)
	}
	if r.objects, err = dynamic.NewForConfig(r.admin); err != nil {
		t.Fatal(err)
	}
	r.kinds = restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(client))
	wait(t, "the API server", func() error { return client.RESTClient().Get().AbsPath("/readyz").Do(t.Context()).Error() })
	rules := []any{map[string]any{"apiGroups": []any{"*"}, "resources": []any{"*"}, "verbs": []any{"get", "list"}}}
	ref := map[string]any{"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "looker"}
	for _, o := range []objects.Object{
		{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": objects.Object{"name": "looker"}, "rules": rules},
		{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": objects.Object{"name": "looker"}, "roleRef": ref,
			"subjects": []any{map[string]any{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "looker"}}},
	} {
		if _, err := r.create(t.Context(), &unstructured.Unstructured{Object: o}); err != nil {
			t.Fatal(err)
		}
	}
	r.applied = nil // they stay
	return r
}

func (r *real) config() *rest.Config { return r.looker }

// apply applies in the order of kubectl: namespaces first, and accounts before pods.
func (r *real) apply(t *testing.T, all []objects.Object) bool {
	t.Helper()
	r.know(t, all)
	var first, then []*unstructured.Unstructured
	for _, name := range namespaces(all) {
		for _, o := range []objects.Object{
			{"apiVersion": "v1", "kind": "Namespace", "metadata": objects.Object{"name": name}},
			{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": objects.Object{"name": "default", "namespace": name}}, // a controller would make it
		} {
			first = append(first, &unstructured.Unstructured{Object: o})
		}
	}
	for _, o := range all {
		u := &unstructured.Unstructured{Object: o}
		if u.GetKind() == "Namespace" || u.GetKind() == "ServiceAccount" {
			first = append(first, u)
		} else {
			then = append(then, u)
		}
	}
	for _, u := range slices.Concat(first, then) {
		made, err := r.create(t.Context(), u)
		if apierrors.IsAlreadyExists(err) && (u.GetKind() == "Namespace" || u.GetName() == "default") { // of another tree
			var at dynamic.ResourceInterface
			if at, err = r.at(u); err == nil {
				made, err = at.Update(t.Context(), u, metav1.UpdateOptions{})
			}
		}
		if err != nil {
			t.Logf("%s %s: %v", u.GetKind(), u.GetName(), err)
			return false
		}
		for _, child := range children(made) {
			if _, err := r.create(t.Context(), child); err != nil {
				t.Logf("made of %s %s: %v", u.GetKind(), u.GetName(), err)
				return false
			}
		}
	}
	return true
}

func (r *real) create(ctx context.Context, u *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	at, err := r.at(u)
	if err != nil {
		return nil, err
	}
	uid := u.GetUID()
	u.SetUID("")
	made, err := at.Create(ctx, u, metav1.CreateOptions{FieldManager: "kubectl", FieldValidation: "Strict"})
	if err == nil {
		r.applied = append(r.applied, made)
	}
	u.SetUID(uid)
	return made, err
}

func (r *real) at(u *unstructured.Unstructured) (dynamic.ResourceInterface, error) {
	gvk := u.GroupVersionKind()
	mapping, err := r.kinds.RESTMapping(gvk.GroupKind(), gvk.Version)
	if err != nil {
		return nil, err
	}
	if mapping.Scope.Name() == meta.RESTScopeNameNamespace {
		return r.objects.Resource(mapping.Resource).Namespace(u.GetNamespace()), nil
	}
	return r.objects.Resource(mapping.Resource), nil
}

// know defines the kinds of controllers, each with any field.
func (r *real) know(t *testing.T, all []objects.Object) {
	t.Helper()
	for _, o := range all {
		u := &unstructured.Unstructured{Object: o}
		gvk := u.GroupVersionKind()
		if _, err := r.kinds.RESTMapping(gvk.GroupKind(), gvk.Version); err == nil || !strings.Contains(gvk.Group, ".") || r.known[gvk.GroupKind()] {
			continue
		}
		r.known[gvk.GroupKind()] = true
		plural, singular := meta.UnsafeGuessKindToResource(gvk)
		scope := "Namespaced"
		if u.GetNamespace() == "" {
			scope = "Cluster"
		}
		open := map[string]any{"openAPIV3Schema": map[string]any{"type": "object", "x-kubernetes-preserve-unknown-fields": true}}
		definition := &unstructured.Unstructured{Object: objects.Object{
			"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
			"metadata": objects.Object{"name": plural.Resource + "." + gvk.Group, "annotations": map[string]any{"api-approved.kubernetes.io": "unapproved, a test"}},
			"spec": objects.Object{
				"group": gvk.Group, "scope": scope,
				"names":    map[string]any{"kind": gvk.Kind, "plural": plural.Resource, "singular": singular.Resource},
				"versions": []any{map[string]any{"name": gvk.Version, "served": true, "storage": true, "schema": open}},
			},
		}}
		kept := len(r.applied)
		if _, err := r.create(t.Context(), definition); err != nil {
			t.Logf("%s: %v", gvk, err)
			continue
		}
		r.applied = r.applied[:kept]
		wait(t, gvk.String(), func() error {
			r.kinds.Reset()
			at, err := r.at(u)
			if err != nil {
				return err
			}
			_, err = at.List(t.Context(), metav1.ListOptions{Limit: 1})
			return err
		})
	}
}

func (r *real) clear(t *testing.T) {
	t.Helper()
	now := int64(0)
	orphan := metav1.DeletePropagationBackground
	for _, u := range slices.Backward(r.applied) {
		if u.GetKind() == "Namespace" {
			continue // nobody would finish that; and they hold nothing
		}
		at, err := r.at(u)
		if err == nil {
			err = at.Delete(context.WithoutCancel(t.Context()), u.GetName(), metav1.DeleteOptions{GracePeriodSeconds: &now, PropagationPolicy: &orphan})
		}
		if err != nil && !apierrors.IsNotFound(err) {
			t.Fatalf("deleting %s %s: %v", u.GetKind(), u.GetName(), err)
		}
	}
	r.applied = nil
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// free is an address at which nobody listens.
func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// run runs a program until the test ends, and shows the end of its log if the test
// fails.
func run(t *testing.T, log, program string, args ...string) {
	t.Helper()
	file, err := os.Create(log)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr = file, file
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
		file.Close()
		if text, err := os.ReadFile(log); err == nil && t.Failed() {
			t.Logf("%s: ...%s", program, text[max(0, len(text)-3000):])
		}
	})
}

func wait(t *testing.T, what string, ready func() error) {
	t.Helper()
	var err error
	for range 600 {
		if err = ready(); err == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal(fmt.Errorf("%s is not there: %w", what, err))
}
