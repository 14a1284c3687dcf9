package v1alpha1

import (
	"cmp"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/document"
)

// checkBase validates one base, merged and defaulted; node is what it was
// decoded from, and unread what went wrong then.
func checkBase(node *document.Node, b *Base, unread problem.List) problem.List {
	c := &checker{node: node, unread: unread}
	c.label("name", b.Name, "the base's name")
	c.namespace(b.Namespace)
	if b.Ollama == nil && b.OpenWebUI == nil {
		c.errorf("", "write ollama, openWebUI, or both", "the base deploys nothing")
	}
	c.namespaceLabels(b.NamespaceLabels)
	c.labels("labels", b.Labels)
	c.reservedLabels(b.Labels)
	c.annotations("annotations", b.Annotations, c.noRoutes)
	c.images(b.Images)
	c.proxy(b)
	if b.CABundle != nil {
		c.name("caBundle.configMap", b.CABundle.ConfigMap, "a ConfigMap")
		if len(validation.IsConfigMapKey(b.CABundle.Key)) > 0 {
			c.errorf("caBundle.key", "", "got %q, want a key such as ca.crt", b.CABundle.Key)
		}
	}
	c.dns(b.DNS)
	if b.Ollama != nil {
		c.ollama(b)
	}
	if b.OpenWebUI != nil {
		c.openWebUI(b)
	}
	if b.Ollama != nil {
		c.sizing(b)
	}
	c.expose(b, true)
	c.shared(b)
	c.objects("resources", b.Resources)
	c.baseNamespaces(b.Resources, b.Namespace)
	c.patches("patches", b.Patches)
	return c.problems
}

// namespace refuses those that are not the service's own: hearth labels the
// namespace for Pod Security, and Fleet removes every other label.
func (c *checker) namespace(name string) {
	c.label("namespace", name, "the namespace")
	c.staysText("namespace", name)
	if name == "default" || strings.HasPrefix(name, "kube-") {
		c.errorf("namespace", "write a namespace of the service's own, such as ollama",
			"got %q, which others use: hearth's labels for Pod Security would stop their pods", name)
	}
}

// shared refuses one Secret, one volume or one job for two things.
func (c *checker) shared(b *Base) {
	claims, secrets, jobs := map[string]string{}, map[string]string{}, map[string]string{}
	use := func(seen map[string]string, path, name, kind string) {
		if other, taken := seen[name]; taken && name != "" {
			c.errorf(path, "give each a "+kind+" of its own", "got %q, which is the %s of %s too", name, kind, other)
		}
		seen[name] = path
	}
	if o := b.Ollama; o != nil {
		use(claims, "ollama.storage.existingClaim", cmp.Or(o.Storage.ExistingClaim, "ollama"), "claim")
		use(jobs, "ollama.storage.backup.group", o.Storage.job(), "recurring job")
	}
	if w := b.OpenWebUI; w != nil {
		use(claims, "openWebUI.storage.existingClaim", cmp.Or(w.Storage.ExistingClaim, "open-webui"), "claim")
		use(jobs, "openWebUI.storage.backup.group", w.Storage.job(), "recurring job")
		use(secrets, "openWebUI.secretName", w.SecretName, "Secret")
	}
	if b.Expose.TLS != nil {
		use(secrets, "expose.tls.secretName", b.Expose.TLS.SecretName, "Secret")
	}
	if b.Expose.BasicAuth != nil {
		use(secrets, "expose.basicAuth.secretName", b.Expose.BasicAuth.SecretName, "Secret")
	}
	for i, name := range b.Images.PullSecrets {
		if _, taken := secrets[name]; taken {
			use(secrets, fmt.Sprintf("images.pullSecrets[%d]", i), name, "Secret")
		}
	}
}
