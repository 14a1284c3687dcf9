package spec

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	sigsjson "sigs.k8s.io/json"

	"github.com/hearth-dev/hearth/generator/internal/strict"
)

// workload checks what Ollama and Open WebUI have in common. owned names the
// variables that hearth sets, and where to set them instead.
func (c *checker) workload(path string, w *Workload, owned map[string]string) {
	c.image(path+".image", w.Image)
	c.amount(path+".resources.requests.cpu", w.Resources.Requests.CPU, w.Resources.Limits.CPU)
	c.amount(path+".resources.requests.memory", w.Resources.Requests.Memory, w.Resources.Limits.Memory)
	// 8 is eight bytes, and 8Mi is seldom meant either.
	c.atLeast(path+".resources.requests.memory", w.Resources.Requests.Memory, "32Mi")
	c.atLeast(path+".resources.limits.memory", w.Resources.Limits.Memory, "64Mi")
	c.storage(path+".storage", w.Storage)
	c.env(path+".env", w.Env, owned)
	c.labels(path+".nodeSelector", w.NodeSelector)
	c.tolerations(path+".tolerations", w.Tolerations)
	c.affinity(path+".affinity", w.Affinity)
	c.optionalName(path+".priorityClassName", w.PriorityClassName, "a PriorityClass")
	for i, p := range *w.AllowFrom {
		c.peer(fmt.Sprintf("%s.allowFrom[%d]", path, i), p)
	}
	for i, d := range w.AllowTo {
		c.peer(fmt.Sprintf("%s.allowTo[%d]", path, i), d.Peer)
	}
}

func (c *checker) image(path string, i Image) {
	if i.Registry != "" && !registryForm.MatchString(i.Registry) {
		c.errorf(path+".registry", "", "got %q, want a host with an optional port, such as docker.io", i.Registry)
	}
	if i.Repository != "" && !repositoryForm.MatchString(i.Repository) {
		c.errorf(path+".repository", "", "got %q, want lower-case names joined by '/', such as ollama/ollama", i.Repository)
	}
	switch {
	case i.Tag == "latest":
		c.errorf(path+".tag", "name a version, or remove it for the one that hearth is tested with",
			`"latest" is another program tomorrow, and a restarted pod would run it without anybody having asked`)
	case !tagForm.MatchString(i.Tag):
		c.errorf(path+".tag", "", "got %q, want a tag such as %s", i.Tag, OllamaVersion)
	}
	if i.Digest != "" && !digestForm.MatchString(i.Digest) {
		c.errorf(path+".digest", "", "got %q, want sha256: and 64 hexadecimal digits", i.Digest)
	}
}

// amount checks that a request is not above its limit.
func (c *checker) amount(path string, request, limit Quantity) {
	r, l := request.Parsed(), limit.Parsed()
	if r.Cmp(l) <= 0 {
		return
	}
	at, fix := path, "lower the request or raise the limit"
	if !c.written(path) { // the limit is the person's, the request a default
		at = strings.Replace(path, "requests", "limits", 1)
		fix = "raise the limit, or lower the request with " + path[strings.LastIndex(path, "requests"):]
	}
	c.errorf(at, fix, "the request of %s is above the limit of %s", request, limit)
}

// atLeast refuses an amount of bytes that nobody can mean.
func (c *checker) atLeast(path string, got, floor Quantity) {
	g, f := got.Parsed(), floor.Parsed()
	if g.Cmp(f) >= 0 {
		return
	}
	fix := ""
	if _, err := resource.ParseQuantity(string(got) + "Gi"); err == nil {
		fix = fmt.Sprintf("did you mean %sGi?", got)
	}
	c.errorf(path, fix, "%s is %d bytes; want at least %s", got, g.Value(), floor)
}

func (c *checker) storage(path string, s Storage) {
	if s.ExistingClaim != "" {
		c.name(path+".existingClaim", s.ExistingClaim, "a PersistentVolumeClaim")
		for _, field := range []string{"size", "storageClassName", "accessMode", "retain"} {
			if c.written(path + "." + field) {
				c.errorf(path+"."+field, "remove it, or existingClaim", "has no effect on a claim that somebody else made")
			}
		}
		return
	}
	c.atLeast(path+".size", s.Size, "100Mi")
	c.optionalName(path+".storageClassName", s.StorageClassName, "a StorageClass")
}

// secretLike names variables whose value is a secret.
var secretLike = regexp.MustCompile(`(PASSWORD|PASSWD|SECRET|TOKEN|API_KEY|PRIVATE_KEY|SECRET_KEY|CREDENTIALS)$`)

func (c *checker) env(path string, env map[string]EnvValue, owned map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(env)) {
		at, v := strict.Join(path, name), env[name]
		if !envForm.MatchString(name) {
			c.errorf(at, "", "got the name %q, want letters, digits and '_', not beginning with a digit", name)
			continue
		}
		if instead, ok := owned[name]; ok {
			c.errorf(at, instead, "hearth sets this variable")
		}
		ref := v.SecretKeyRef
		if ref == nil {
			if v.Value != "" && secretLike.MatchString(name) {
				c.errorf(at, fmt.Sprintf("write %s: {secretKeyRef: {name: SECRET, key: KEY}}", name), "a secret's value would be in Git for everybody to read")
			}
			continue
		}
		if v.Value != "" {
			c.errorf(at, "keep one of them", "has both a value and a secretKeyRef")
		}
		c.name(at+".secretKeyRef.name", ref.Name, "a Secret")
		if ref.Key == "" {
			c.errorf(at+".secretKeyRef.key", "", "missing: want a key of the Secret %s", ref.Name)
		}
	}
}

func (c *checker) tolerations(path string, tolerations []Toleration) {
	for i, t := range tolerations {
		at := fmt.Sprintf("%s[%d]", path, i)
		if t.Key != "" {
			c.labelKey(at+".key", t.Key)
		} else if t.Operator != "Exists" {
			c.errorf(at+".key", "name the taint's key, or write operator: Exists to tolerate every taint", "missing")
		}
		if t.Operator == "Exists" && t.Value != "" {
			c.errorf(at+".value", "remove it, or write operator: Equal", "got %q, but operator Exists has no value", t.Value)
		}
		if t.TolerationSeconds != nil && t.Effect != "NoExecute" {
			c.errorf(at+".tolerationSeconds", "write effect: NoExecute, or remove it", "only the effect NoExecute has seconds")
		}
	}
}

// affinity checks a Kubernetes Affinity for unknown fields and wrong types.
func (c *checker) affinity(path string, a Object) {
	if len(a) == 0 {
		return
	}
	data, err := json.Marshal(a)
	if err != nil {
		c.errorf(path, "", "not JSON: %v", err)
		return
	}
	var into corev1.Affinity
	found, err := sigsjson.UnmarshalStrict(data, &into)
	if err != nil {
		found = []error{err}
	}
	for _, err := range found {
		c.errorf(path, "see https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/", "not a Kubernetes Affinity: %v", err)
	}
}

func (c *checker) peer(path string, p Peer) {
	if len(p.CIDRs) > 0 && (p.Namespace != "" || len(p.PodLabels) > 0) {
		c.errorf(path, "write two entries", "has both pods (namespace, podLabels) and cidrs")
	}
	if p.Namespace != "" {
		c.label(path+".namespace", p.Namespace, "a namespace")
	}
	c.labels(path+".podLabels", p.PodLabels)
}
