package gitops

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/kube"
	kubefake "helm.sh/helm/v3/pkg/kube/fake"
	"helm.sh/helm/v3/pkg/release"
	"helm.sh/helm/v3/pkg/storage"
	"helm.sh/helm/v3/pkg/storage/driver"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/meta/testrestmapper"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/cli-runtime/pkg/resource"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"

	"github.com/hearth-dev/hearth/internal/testing/built"
)

// apiServer holds objects by their paths, and knows how to read and delete them.
type apiServer struct {
	*httptest.Server
	mapper  meta.RESTMapper
	mu      sync.Mutex // Helm deletes several at once
	objects map[string][]byte
}

func newAPIServer(t *testing.T) *apiServer {
	s := &apiServer{mapper: testrestmapper.TestOnlyStaticRESTMapper(scheme.Scheme), objects: map[string][]byte{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		data, found := s.objects[r.URL.Path]
		if !found {
			w.WriteHeader(http.StatusNotFound)
			data = []byte(`{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","code":404}`)
		} else if r.Method == http.MethodDelete {
			delete(s.objects, r.URL.Path)
		}
		_, _ = w.Write(data)
	}))
	t.Cleanup(s.Close)
	return s
}

// info is an object as Helm's client handles it.
func (s *apiServer) info(t *testing.T, u *unstructured.Unstructured) (*resource.Info, string) {
	t.Helper()
	gv := u.GroupVersionKind().GroupVersion()
	root := "/apis"
	if gv.Group == "" {
		root = "/api"
	}
	client, err := rest.RESTClientFor(&rest.Config{Host: s.URL, APIPath: root, ContentConfig: rest.ContentConfig{
		GroupVersion: &gv, NegotiatedSerializer: resource.UnstructuredPlusDefaultContentConfig().NegotiatedSerializer,
	}})
	if err != nil {
		t.Fatal(err)
	}
	mapping, err := s.mapper.RESTMapping(u.GroupVersionKind().GroupKind(), gv.Version)
	if err != nil {
		t.Fatal(err)
	}
	path := root + "/" + gv.String()
	if u.GetNamespace() != "" {
		path += "/namespaces/" + u.GetNamespace()
	}
	return &resource.Info{Client: client, Mapping: mapping, Namespace: u.GetNamespace(), Name: u.GetName(), Object: u},
		path + "/" + mapping.Resource.Resource + "/" + u.GetName()
}

// put makes the objects be there, and returns them as Helm knows them.
func (s *apiServer) put(t *testing.T, all []*unstructured.Unstructured) kube.ResourceList {
	t.Helper()
	var list kube.ResourceList
	for _, u := range all {
		info, path := s.info(t, u)
		data, err := json.Marshal(u)
		if err != nil {
			t.Fatal(err)
		}
		s.objects[path] = data
		list.Append(info)
	}
	return list
}

func (s *apiServer) has(t *testing.T) func(*unstructured.Unstructured) bool {
	return func(u *unstructured.Unstructured) bool {
		_, path := s.info(t, u)
		return s.objects[path] != nil
	}
}

// TestHelmUpgradeKeepsData is what Fleet does with what left Git: an upgrade of
// the release by Helm, whose manifest no longer has it.
func TestHelmUpgradeKeepsData(t *testing.T) {
	var left built.Outcome
	for _, build := range built.Overlays(t, "../../hearth.yaml", *stacks/4) {
		all := built.Builtin(t, build)
		server := newAPIServer(t)
		if _, err := kube.New(nil).Update(server.put(t, all), kube.ResourceList{}, false); err != nil {
			t.Fatal(err)
		}
		left.Count(t, all, server.has(t))
	}
	left.Some(t)
}

// helmClient is Helm's, but that it needs no discovery.
type helmClient struct {
	kubefake.PrintingKubeClient
	t      *testing.T
	server *apiServer
}

func (c *helmClient) Build(manifest io.Reader, _ bool) (kube.ResourceList, error) {
	data, err := io.ReadAll(manifest)
	if err != nil {
		return nil, err
	}
	var list kube.ResourceList
	for _, text := range strings.Split("\n"+string(data), "\n---\n") {
		if strings.TrimSpace(text) == "" {
			continue
		}
		u := &unstructured.Unstructured{}
		if err := yaml.Unmarshal([]byte(text), u); err != nil {
			return nil, err
		}
		info, _ := c.server.info(c.t, u)
		list.Append(info)
	}
	return list, nil
}

func (c *helmClient) DeleteWithPropagationPolicy(list kube.ResourceList, policy metav1.DeletionPropagation) (*kube.Result, []error) {
	return kube.New(nil).DeleteWithPropagationPolicy(list, policy)
}

// TestHelmUninstallKeepsData is what Fleet does when its GitRepo goes.
func TestHelmUninstallKeepsData(t *testing.T) {
	var left built.Outcome
	for _, build := range built.Overlays(t, "../../hearth.yaml", *stacks/4) {
		all := built.Builtin(t, build)
		server := newAPIServer(t)
		server.put(t, all)
		var manifest bytes.Buffer
		for _, u := range all {
			data, err := yaml.Marshal(u)
			if err != nil {
				t.Fatal(err)
			}
			manifest.WriteString("---\n" + string(data))
		}
		config := &action.Configuration{
			Releases: storage.Init(driver.NewMemory()), KubeClient: &helmClient{kubefake.PrintingKubeClient{Out: io.Discard}, t, server},
			Capabilities: chartutil.DefaultCapabilities, Log: func(string, ...any) {},
		}
		if err := config.Releases.Create(&release.Release{
			Name: "ai", Namespace: "default", Version: 1, Manifest: manifest.String(), Info: &release.Info{Status: release.StatusDeployed},
			Chart: &chart.Chart{Metadata: &chart.Metadata{Name: "ai"}},
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := action.NewUninstall(config).Run("ai"); err != nil {
			t.Fatal(err)
		}
		left.Count(t, all, server.has(t))
	}
	left.Some(t)
}
