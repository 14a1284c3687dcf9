package v1alpha1

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
)

// workload checks what Ollama and Open WebUI have in common. owned names the
// variables that hearth sets, and where to set them instead.
func (c *checker) workload(path string, w *Workload, owned map[string]string) {
	c.image(path+".image", w.Image)
	c.resources(path+".resources", w.Resources)
	c.storage(path+".storage", w.Storage)
	c.env(path+".env", w.Env, owned)
	c.labels(path+".nodeSelector", w.NodeSelector)
	c.tolerations(path+".tolerations", w.Tolerations)
	c.affinity(path + ".affinity")
	c.optionalName(path+".priorityClassName", w.PriorityClassName, "a PriorityClass")
	for i, p := range *w.AllowFrom {
		c.peer(fmt.Sprintf("%s.allowFrom[%d]", path, i), p)
	}
	for i, d := range w.AllowTo {
		c.destination(fmt.Sprintf("%s.allowTo[%d]", path, i), d.Peer)
	}
}

// resources checks amounts. The bounds are what nobody can mean: 4000 cores are
// 4000m, 8 bytes are 8Gi.
func (c *checker) resources(path string, r Resources) {
	request := c.between(path+".requests.cpu", r.Requests.CPU, "1m", "1024")
	if limit := r.Limits.CPU != None && c.between(path+".limits.cpu", r.Limits.CPU, "10m", "1024"); request && limit {
		c.notAbove(path, "cpu", r.Requests.CPU, r.Limits.CPU)
	}
	request = c.between(path+".requests.memory", r.Requests.Memory, "32Mi", "64Ti")
	if limit := c.between(path+".limits.memory", r.Limits.Memory, "64Mi", "64Ti"); request && limit {
		c.notAbove(path, "memory", r.Requests.Memory, r.Limits.Memory)
	}
}

// notAbove checks that a request is not above its limit.
func (c *checker) notAbove(path, what string, request, limit Quantity) {
	requested, limited := path+".requests."+what, path+".limits."+what
	r, l := request.Parsed(), limit.Parsed()
	if r.Cmp(l) <= 0 || !c.read(requested) || !c.read(limited) {
		return
	}
	at, fix := requested, "lower the request or raise the limit"
	switch {
	case !c.written(limited):
		fix = "lower it, or write limits." + what + " too"
	case !c.written(requested):
		at, fix = limited, "raise it, or write requests."+what+" too"
	case c.own(limited) && !c.own(requested): // the overlay's limit, the base's request
		at = limited
	}
	c.errorf(at, fix, "the request of %s is above the limit of %s", request, limit)
}

// between refuses an amount that nobody can mean.
func (c *checker) between(path string, got, low, high Quantity) bool {
	if !c.written(path) { // hearth's own default
		return true
	}
	g, l, h := got.Parsed(), low.Parsed(), high.Parsed()
	switch {
	case got == None || got == Auto:
		c.errorf(path, "", "got %s, want an amount", got)
	case g.Cmp(l) < 0:
		c.errorf(path, c.meant(got, "Gi", low, high), "got %s, want at least %s", got, low)
	case g.Cmp(h) > 0:
		c.errorf(path, c.meant(got, "m", low, high), "got %s, want at most %s", got, high)
	default:
		return true
	}
	return false
}

// meant asks about a unit that was left out, if the amount were right with it.
func (c *checker) meant(got Quantity, unit string, low, high Quantity) string {
	v, err := resource.ParseQuantity(string(got) + unit)
	if l, h := low.Parsed(), high.Parsed(); err != nil || v.Cmp(l) < 0 || v.Cmp(h) > 0 {
		return ""
	}
	return fmt.Sprintf("did you mean %s%s?", got, unit)
}

func (c *checker) storage(path string, s Storage) {
	if s.ExistingClaim != "" {
		c.name(path+".existingClaim", s.ExistingClaim, "a PersistentVolumeClaim")
		c.noEffect(path, "existingClaim", "somebody else made the claim", "size", "storageClassName", "accessMode", "retain", "backup")
		return
	}
	c.backup(path+".backup", s.Backup)
	c.between(path+".size", s.Size, "100Mi", "1Pi")
	c.optionalName(path+".storageClassName", s.StorageClassName, "a StorageClass")
	if s.AccessMode == ReadWriteMany && strings.HasPrefix(path, "openWebUI") {
		c.warnf(path+".accessMode", "write ReadWriteOnce", "volumes of this mode are often NFS, which corrupts Open WebUI's SQLite database")
	}
}
