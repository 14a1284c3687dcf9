package spec

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/hearth-dev/hearth/generator/internal/strict"
	"github.com/hearth-dev/hearth/generator/problem"
)

// checkBase validates one base, merged and defaulted; node is what it was
// decoded from, and unread what went wrong then.
func checkBase(node *strict.Node, b *Base, unread problem.List) problem.List {
	c := &checker{node: node, unread: unread}
	c.label("name", b.Name, "the base's name")
	c.label("namespace", b.Namespace, "the namespace")
	if b.Ollama == nil && b.OpenWebUI == nil {
		c.errorf("", "write ollama, openWebUI, or both", "the base deploys nothing")
	}
	c.labels("namespaceLabels", b.NamespaceLabels)
	c.labels("labels", b.Labels)
	c.reservedLabels(b.Labels)
	for _, key := range slices.Sorted(maps.Keys(b.Annotations)) {
		c.labelKey(strict.Join("annotations", key), key)
	}
	c.images(b.Images)
	if b.Proxy != nil {
		c.proxy(*b.Proxy)
	}
	if b.CABundle != nil {
		c.name("caBundle.configMap", b.CABundle.ConfigMap, "a ConfigMap")
		if len(validation.IsConfigMapKey(b.CABundle.Key)) > 0 {
			c.errorf("caBundle.key", "", "got %q, want a key such as ca.crt", b.CABundle.Key)
		}
	}
	if b.Ollama != nil {
		c.ollama(b)
	}
	if b.OpenWebUI != nil {
		c.openWebUI(b)
	}
	c.expose(b)
	c.objects("resources", b.Resources)
	for i, r := range b.Resources {
		if ns, ok := metadata(r)["namespace"].(string); ok && ns != b.Namespace {
			c.errorf(fmt.Sprintf("resources[%d].metadata.namespace", i), "move it to an overlay's resources",
				"got %q: a base has one namespace, %s", ns, b.Namespace)
		}
	}
	c.patches("patches", b.Patches)
	return c.problems
}

// reservedLabels refuses the labels that hearth or the deploying tool sets.
func (c *checker) reservedLabels(labels map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		switch key {
		case "app.kubernetes.io/managed-by":
			c.errorf(strict.Join("labels", key), "remove it",
				"Helm sets this label on every object that Fleet deploys, so another value would be reported as drift for ever")
		case "app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component",
			"app.kubernetes.io/part-of", "app.kubernetes.io/version":
			c.errorf(strict.Join("labels", key), "remove it", "hearth sets this label, and selectors lean on it")
		}
	}
}

func (c *checker) images(images Images) {
	for _, registry := range slices.Sorted(maps.Keys(images.Mirrors)) {
		at := strict.Join("images.mirrors", registry)
		if !registryForm.MatchString(registry) {
			c.errorf(at, "", "got the registry %q, want a host such as docker.io or ghcr.io", registry)
		}
		mirror := images.Mirrors[registry]
		host, repository, hasPath := strings.Cut(strings.TrimSuffix(mirror, "/"), "/")
		if !registryForm.MatchString(host) || hasPath && !repositoryForm.MatchString(repository) {
			c.errorf(at, "", "got %q, want a host with an optional path and no scheme, such as harbor.example.org/dockerhub", mirror)
		}
	}
	for i, name := range images.PullSecrets {
		c.name(fmt.Sprintf("images.pullSecrets[%d]", i), name, "a Secret")
	}
	c.unique("images.pullSecrets[%d]", images.PullSecrets, "images.pullSecrets[%d]")
}

func (c *checker) proxy(p Proxy) {
	if p.HTTP == "" && p.HTTPS == "" {
		c.errorf("proxy", "write http, https, or both", "the proxy has no URL")
	}
	c.url("proxy.http", p.HTTP, "http", "https", "socks5")
	c.url("proxy.https", p.HTTPS, "http", "https", "socks5")
	for i, host := range p.NoProxy {
		if host == "" || strings.ContainsAny(host, ", \t\n") {
			c.errorf(fmt.Sprintf("proxy.noProxy[%d]", i), "write one host, domain or range for each entry",
				"got %q, want such as example.org, .internal or 10.0.0.0/8", host)
		}
	}
}

// url checks an address that may be absent.
func (c *checker) url(path, value string, schemes ...string) {
	if value == "" {
		return
	}
	u, err := url.Parse(value)
	switch {
	case err != nil || !slices.Contains(schemes, u.Scheme) || u.Hostname() == "" || strings.ContainsAny(value, "; \t\n"):
		c.errorf(path, "", "got %q, want a URL such as %s://host.example.org:3128", value, schemes[0])
	case u.User != nil:
		c.errorf(path, "put it into a Secret, and the variable into env with a secretKeyRef", "the URL holds a user or password, which would be in Git")
	}
}

// objects checks complete Kubernetes objects.
func (c *checker) objects(path string, objects []Object) {
	for i, o := range objects {
		at := fmt.Sprintf("%s[%d]", path, i)
		kind, _ := o["kind"].(string)
		apiVersion, _ := o["apiVersion"].(string)
		name, _ := metadata(o)["name"].(string)
		if apiVersion == "" {
			c.errorf(at+".apiVersion", "", "missing: want a complete Kubernetes object")
		}
		if kind == "" {
			c.errorf(at+".kind", "", "missing: want a complete Kubernetes object")
		}
		c.objectName(at+".metadata.name", name)
		switch {
		case kind == "Secret":
			c.errorf(at, "make it with kubectl, or with an operator such as External Secrets or Sealed Secrets",
				"a Secret here would be in Git for everybody to read")
		case strings.HasSuffix(kind, "List"):
			c.errorf(at+".kind", "write its items one by one", "got %s, want one object", kind)
		}
	}
}

func (c *checker) objectName(path, name string) {
	switch {
	case name == "":
		c.errorf(path, "", "missing: want the object's name")
	case strings.ContainsAny(name, `/\ `) || name == "." || name == "..":
		c.errorf(path, "", "got %q, want a name without '/' and spaces", name)
	}
}

func metadata(o Object) map[string]any {
	m, _ := o["metadata"].(map[string]any)
	return m
}
