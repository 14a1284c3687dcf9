package spec

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"

	"github.com/hearth-dev/hearth/generator/internal/strict"
)

// ollamaVariables are the names that Ollama's server reads, from its source:
// envconfig/config.go of v0.23.2.
var ollamaVariables = []string{
	"OLLAMA_AUTH", "OLLAMA_CONTEXT_LENGTH", "OLLAMA_DEBUG", "OLLAMA_DEBUG_LOG_REQUESTS", "OLLAMA_EDITOR",
	"OLLAMA_FLASH_ATTENTION", "OLLAMA_GPU_OVERHEAD", "OLLAMA_HOST", "OLLAMA_KEEP_ALIVE", "OLLAMA_KV_CACHE_TYPE",
	"OLLAMA_LLM_LIBRARY", "OLLAMA_LOAD_TIMEOUT", "OLLAMA_MAX_LOADED_MODELS", "OLLAMA_MAX_QUEUE", "OLLAMA_MODELS",
	"OLLAMA_MULTIUSER_CACHE", "OLLAMA_NEW_ENGINE", "OLLAMA_NOHISTORY", "OLLAMA_NOPRUNE", "OLLAMA_NO_CLOUD",
	"OLLAMA_NUM_PARALLEL", "OLLAMA_ORIGINS", "OLLAMA_REMOTES", "OLLAMA_SCHED_SPREAD", "OLLAMA_VULKAN",
}

// ollamaOwned are the variables that hearth sets for Ollama, and where to set
// them instead.
var ollamaOwned = map[string]string{
	"HOME":                     "remove it: the volume is mounted there",
	"HTTP_PROXY":               "use proxy.http",
	"HTTPS_PROXY":              "use proxy.https",
	"NO_PROXY":                 "use proxy.noProxy",
	"SSL_CERT_DIR":             "use caBundle",
	"OLLAMA_CONTEXT_LENGTH":    "use ollama.contextLength",
	"OLLAMA_FLASH_ATTENTION":   "use ollama.kvCacheType, which turns it on",
	"OLLAMA_HOST":              "remove it: Service, probes and policy lean on the port",
	"OLLAMA_KEEP_ALIVE":        "use ollama.keepAlive",
	"OLLAMA_KV_CACHE_TYPE":     "use ollama.kvCacheType",
	"OLLAMA_MAX_LOADED_MODELS": "use ollama.maxLoadedModels",
	"OLLAMA_MODELS":            "remove it: the volume is mounted there",
	"OLLAMA_NO_CLOUD":          "remove it: prompts must not leave the cluster",
	"OLLAMA_NUM_PARALLEL":      "use ollama.numParallel",
}

// modelForm is Ollama's grammar of names, from types/model/name.go: an optional
// host, an optional namespace, the model and an optional tag.
var modelForm = regexp.MustCompile(`^(?:(?:([A-Za-z0-9_][A-Za-z0-9_.:-]*)/)?([A-Za-z0-9_][A-Za-z0-9_-]*)/)?([A-Za-z0-9_][A-Za-z0-9_.-]*)(?::([A-Za-z0-9_][A-Za-z0-9_.-]*))?$`)

var (
	// hostOnly is a name whose namespace is missing: Ollama takes the host for one.
	hostOnly = regexp.MustCompile(`^[^/]*[.:][^/]*/[^/]+$`)
	// cloudTag marks a model that Ollama's own servers run.
	cloudTag = regexp.MustCompile(`[:-]cloud$`)
)

func (c *checker) ollama(b *Base) {
	o := b.Ollama
	c.workload("ollama", &o.Workload, ollamaOwned)
	for name := range o.Env {
		if strings.HasPrefix(name, "OLLAMA_") && !contains(ollamaVariables, name) {
			fix := "see `ollama serve --help`"
			if near := strict.Nearest(name, ollamaVariables); near != "" {
				fix = fmt.Sprintf("did you mean %s?", near)
			}
			c.errorf(strict.Join("ollama.env", name), fix, "Ollama reads no variable of this name")
		}
	}
	if v, ok := o.Env["OLLAMA_ORIGINS"]; ok && strings.Contains(v.Value, "*") {
		c.errorf("ollama.env.OLLAMA_ORIGINS", "name the origins", "got %q, which lets every web page that people open use this server", v.Value)
	}
	if o.Service.Type != ClusterIP {
		c.errorf("ollama.service.type", "use expose with basicAuth",
			"got %s, which opens Ollama outside the cluster, and it has no password", o.Service.Type)
	}
	c.models(o)
	c.intRange("ollama.contextLength", o.ContextLength, 256, 1<<20, "tokens")
	c.intRange("ollama.numParallel", o.NumParallel, 1, 64, "requests")
	c.intRange("ollama.maxLoadedModels", o.MaxLoadedModels, 1, 32, "models")
}

func (c *checker) models(o *Ollama) {
	if len(o.Models) == 0 {
		c.errorf("ollama.models", "name at least one, such as llama3.2:3b", "missing: want the models to hold")
	}
	first := map[string]int{}
	for i, name := range o.Models {
		at := fmt.Sprintf("ollama.models[%d]", i)
		m := modelForm.FindStringSubmatch(name)
		switch {
		case strings.Contains(name, "://"):
			c.errorf(at, "write the host alone; a registry with a private certificate needs caBundle", "got %q, want a name without a scheme", name)
			continue
		case strings.Contains(name, "@"):
			c.errorf(at, "name a tag", "got %q: Ollama cannot pull by digest (ollama#6886)", name)
			continue
		case cloudTag.MatchString(name):
			c.errorf(at, "name a model that runs here", "%q runs in Ollama's cloud, and prompts must not leave the cluster", name)
			continue
		case m == nil && hostOnly.MatchString(name):
			c.errorf(at, "write the namespace too, often library: HOST/library/MODEL", "got %q: after a registry's host Ollama wants a namespace and a model", name)
			continue
		case m == nil:
			c.errorf(at, "", "got %q, want a model as for `ollama pull`, such as llama3.2:3b or registry.example.org/team/model:tag", name)
			continue
		}
		full := fullModelName(m)
		if j, again := first[full]; again {
			c.errorf(at, "remove one of them", "%q is the same model as ollama.models[%d], %q", name, j, o.Models[j])
		}
		first[full] = i
		if o.Pull == PullMissing && insideCluster(m[1]) && len(o.AllowTo) == 0 {
			c.errorf(at, "name the registry's namespace and port in ollama.allowTo",
				"the registry %s is on a private network, and the NetworkPolicy lets the pod out to public addresses only", m[1])
		}
	}
}

// fullModelName is the name with Ollama's defaults: two spellings of one model
// are equal.
func fullModelName(m []string) string {
	host, namespace, tag := m[1], m[2], m[4]
	if host == "" {
		host = "registry.ollama.ai"
	}
	if namespace == "" {
		namespace = "library"
	}
	if tag == "" {
		tag = "latest"
	}
	return strings.ToLower(host + "/" + namespace + "/" + m[3] + ":" + tag)
}

// insideCluster tells a registry that the default NetworkPolicy keeps the pod
// from, by its name alone.
func insideCluster(host string) bool {
	name, _, _ := strings.Cut(host, ":")
	if addr, err := netip.ParseAddr(name); err == nil {
		return addr.IsPrivate()
	}
	return strings.HasSuffix(name, ".svc") || strings.Contains(name, ".svc.") || Host(name).private()
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}
