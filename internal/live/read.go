package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"

	"github.com/hearth-dev/hearth/internal/objects"
	"github.com/hearth-dev/hearth/internal/verify"
	"github.com/hearth-dev/hearth/internal/vet"
)

const (
	// page is how many objects one request asks for.
	page = 100
	// maxObjects is what the rules look at in one second.
	maxObjects = 10_000
	// maxAnswer is the size in bytes of one answer. The API server takes objects of
	// 1.5 MiB, and few have a thousandth of it.
	maxAnswer = 32 << 20
)

// Options say what to read.
type Options struct {
	// Config reaches the cluster. Required.
	Config *rest.Config
	// Namespaces to read. Default: those where Ollama or Open WebUI is.
	Namespaces []string
}

// Read reads a cluster. What the user may not see is named as not seen. An error
// means that the cluster could not be asked, or has more than a limit allows.
func Read(ctx context.Context, o Options) (vet.ClusterInput, error) {
	config := rest.CopyConfig(o.Config)
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return limited{next} })
	cluster, err := verify.Connect(ctx, config)
	if err != nil {
		return vet.ClusterInput{}, fmt.Errorf("reaching the cluster: %w", err)
	}
	r := &reader{cluster: cluster, namespaces: o.Namespaces, named: len(o.Namespaces) > 0}
	if !r.named {
		if err := r.search(ctx); err != nil {
			return vet.ClusterInput{}, err
		}
	}
	if len(r.namespaces) > 0 {
		if err := r.read(ctx); err != nil {
			return vet.ClusterInput{}, err
		}
	}
	return vet.ClusterInput{Namespaces: r.namespaces, Objects: authored(r.all, r.unread), Unseen: r.rows(), Unread: r.unread}, nil
}

// reader is one run.
type reader struct {
	cluster    *verify.Cluster
	namespaces []string
	named      bool // by a person
	all        []objects.Object
	unseen     []vet.Unseen
	unread     []string   // kinds
	refused    []refusals // by place, in order
}

// refusals are the kinds of a place that the user may not read.
type refusals struct {
	place string
	kinds []string
}

// aside are kinds that nobody writes, or that no rule has anything to say about,
// and those whose values hearth never reads.
var aside = map[schema.GroupKind]bool{
	{Kind: "Secret"}: true, {Kind: "Event"}: true, {Kind: "PodTemplate"}: true,
	{Group: "apps", Kind: "ControllerRevision"}: true,
}

// asideGroups are groups of such kinds. What those that deploy others have made is
// there, and read.
var asideGroups = []string{
	"events.k8s.io", "coordination.k8s.io", "metrics.k8s.io", "custom.metrics.k8s.io", "external.metrics.k8s.io", "packages.operators.coreos.com",
	"aquasecurity.github.io", "wgpolicyk8s.io", "openreports.io", "acme.cert-manager.io",
	"helm.toolkit.fluxcd.io", "source.toolkit.fluxcd.io", "argoproj.io", "fleet.cattle.io", "helm.cattle.io", "snapshot.storage.k8s.io",
}

// everywhere are groups whose objects lead from one namespace into another, or
// apply what is in it.
var everywhere = []string{"gateway.networking.k8s.io", "traefik.io", "traefik.containo.us", "networking.istio.io", "security.istio.io", "kustomize.toolkit.fluxcd.io"}

// ofCluster are the kinds without a namespace that decide who gets in.
var ofCluster = []schema.GroupKind{
	{Group: "networking.k8s.io", Kind: "IngressClass"}, {Group: "gateway.networking.k8s.io", Kind: "GatewayClass"},
	{Group: "cilium.io", Kind: "CiliumClusterwideNetworkPolicy"}, {Group: "crd.projectcalico.org", Kind: "GlobalNetworkPolicy"},
	{Group: "projectcalico.org", Kind: "GlobalNetworkPolicy"},
	{Group: "policy.networking.k8s.io", Kind: "AdminNetworkPolicy"}, {Group: "policy.networking.k8s.io", Kind: "BaselineAdminNetworkPolicy"},
}

// kind is one that the cluster knows.
type kind struct {
	schema.GroupVersionKind
	resource   string
	namespaced bool
}

// path of the kind's objects in a namespace, or of all of them.
func (k kind) path(namespace string) string {
	path := "/apis/" + k.Group + "/" + k.Version + "/"
	if k.Group == "" {
		path = "/api/" + k.Version + "/"
	}
	if namespace != "" {
		path += "namespaces/" + namespace + "/"
	}
	return path + k.resource
}

// kinds that the cluster knows and lists.
func (r *reader) kinds(ctx context.Context) ([]kind, error) {
	resources, silent, err := r.cluster.Kinds().Preferred(ctx)
	if err != nil {
		return nil, fmt.Errorf("asking for the kinds of the cluster: %w", err)
	}
	for _, gv := range silent {
		if !slices.Contains(asideGroups, gv.Group) {
			r.unseen = append(r.unseen, vet.Unseen{What: "the kinds of " + gv.String(), Why: "what serves them does not answer", Fix: "see: kubectl get apiservices"})
		}
	}
	slices.SortFunc(r.unseen, func(a, b vet.Unseen) int { return strings.Compare(a.What, b.What) })
	var all []kind
	for _, resource := range resources {
		k := kind{schema.GroupVersionKind{Group: resource.Group, Version: resource.Version, Kind: resource.Kind}, resource.Name, resource.Namespaced}
		if slices.Contains(resource.Verbs, "list") && !aside[k.GroupKind()] && !slices.Contains(asideGroups, k.Group) &&
			(k.namespaced || slices.Contains(ofCluster, k.GroupKind())) {
			all = append(all, k)
		}
	}
	slices.SortStableFunc(all, func(a, b kind) int { return strings.Compare(a.Group+"/"+a.Kind, b.Group+"/"+b.Kind) })
	return all, nil
}

// read reads the namespaces, and what leads into them.
func (r *reader) read(ctx context.Context) error {
	kinds, err := r.kinds(ctx)
	if err != nil {
		return err
	}
	for _, namespace := range r.namespaces {
		if err := r.one(ctx, kind{schema.GroupVersionKind{Version: "v1", Kind: "Namespace"}, "namespaces", false}, namespace); err != nil {
			return err
		}
	}
	for _, k := range kinds {
		if !k.namespaced {
			if _, err := r.list(ctx, k, ""); err != nil {
				return err
			}
			continue
		}
		if slices.Contains(everywhere, k.Group) {
			if seen, err := r.list(ctx, k, ""); err != nil {
				return err
			} else if seen {
				continue
			}
		}
		for _, namespace := range r.namespaces {
			if _, err := r.list(ctx, k, namespace); err != nil {
				return err
			}
		}
	}
	return r.volumes(ctx)
}

// volumes reads those that the claims are bound to.
func (r *reader) volumes(ctx context.Context) error {
	for _, o := range slices.Clone(r.all) {
		if name := objects.Text(o, "spec", "volumeName"); name != "" && objects.RefOf(o).Is("", "PersistentVolumeClaim") {
			if err := r.one(ctx, kind{schema.GroupVersionKind{Version: "v1", Kind: "PersistentVolume"}, "persistentvolumes", false}, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// one reads an object without a namespace.
func (r *reader) one(ctx context.Context, k kind, name string) error {
	data, err := r.cluster.Get(k.path("") + "/" + name).Do(ctx).Raw()
	switch {
	case apierrors.IsNotFound(err) && k.Kind == "Namespace":
		return fmt.Errorf("the cluster has no namespace %q", name)
	case apierrors.IsNotFound(err):
		return nil
	case verify.Denied(err):
		r.refuse(k.Kind, "the cluster as a whole")
		return nil
	case err != nil:
		return fmt.Errorf("reading the %s %s: %w", k.Kind, name, err)
	}
	var o objects.Object
	if err := json.Unmarshal(data, &o); err != nil {
		return fmt.Errorf("reading the %s %s: %w", k.Kind, name, err)
	}
	r.all = append(r.all, o)
	return nil
}

// list reads the objects of a kind in a namespace, or everywhere, page by page. It
// reports whether the user may.
func (r *reader) list(ctx context.Context, k kind, namespace string) (seen bool, err error) {
	place, before := "the namespace "+namespace, len(r.all)
	if namespace == "" {
		place = "the cluster as a whole"
	}
	token := ""
	for again := true; ; {
		request := r.cluster.Get(k.path(namespace)).Param("limit", fmt.Sprint(page))
		if token != "" {
			request.Param("continue", token)
		}
		data, err := request.Do(ctx).Raw()
		switch {
		case apierrors.IsNotFound(err), apierrors.IsMethodNotSupported(err):
			return true, nil // gone meanwhile, or never a list
		case verify.Denied(err):
			r.refuse(k.Kind, place)
			return false, nil
		case apierrors.IsResourceExpired(err) && again:
			again, token, r.all = false, "", r.all[:before] // it took longer than the server keeps a list
			continue
		case err != nil:
			return false, fmt.Errorf("listing %s of %s: %w", k.resource, place, err)
		}
		var answer struct {
			Metadata metav1.ListMeta  `json:"metadata"`
			Items    []objects.Object `json:"items"`
		}
		if err := json.Unmarshal(data, &answer); err != nil {
			return false, fmt.Errorf("listing %s of %s: %w", k.resource, place, err)
		}
		for _, o := range answer.Items { // which say neither
			o["apiVersion"], o["kind"] = k.GroupVersion().String(), k.Kind
			delete(objects.Child(o, "metadata"), "managedFields") // often the greater half
			r.all = append(r.all, o)
		}
		if len(r.all) > maxObjects {
			return false, fmt.Errorf("more than %d objects; name fewer namespaces with --namespace", maxObjects)
		}
		if token = answer.Metadata.Continue; token == "" {
			return true, nil
		}
	}
}

// refuse notes a kind that the user may not read.
func (r *reader) refuse(kind, place string) {
	if !slices.Contains(r.unread, kind) {
		r.unread = append(r.unread, kind)
	}
	i := slices.IndexFunc(r.refused, func(f refusals) bool { return f.place == place })
	if i < 0 {
		i = len(r.refused)
		r.refused = append(r.refused, refusals{place: place})
	}
	if f := &r.refused[i]; !slices.Contains(f.kinds, kind) {
		f.kinds = append(f.kinds, kind)
	}
}

// rows are what was not seen.
func (r *reader) rows() []vet.Unseen {
	all := slices.Clone(r.unseen)
	for _, f := range r.refused {
		all = append(all, vet.Unseen{What: f.place + ": " + strings.Join(f.kinds, ", "), Why: "this user may not read them", Fix: "look as somebody who may get and list them"})
	}
	return all
}

// limited is a transport whose answers end at maxAnswer.
type limited struct{ http.RoundTripper }

var errAnswer = fmt.Errorf("the answer has more than %d MiB; name fewer namespaces with --namespace", maxAnswer>>20)

func (l limited) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := l.RoundTripper.RoundTrip(request)
	if err == nil && response.Body != nil {
		response.Body = &limitedBody{response.Body, maxAnswer}
	}
	return response, err
}

type limitedBody struct {
	io.ReadCloser
	left int
}

func (b *limitedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= n; b.left < 0 && (err == nil || errors.Is(err, io.EOF)) {
		return 0, errAnswer
	}
	return n, err
}
