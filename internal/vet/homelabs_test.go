package vet_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/generator"
	"github.com/hearth-dev/hearth/internal/testing/built"
	"github.com/hearth-dev/hearth/internal/testing/pagetest"
	"github.com/hearth-dev/hearth/internal/vet"
)

// homelabs is how many public homelabs were read, in November 2026.
const homelabs = 16

// wish is something that homelabs want of Ollama and Open WebUI.
type wish struct {
	name string
	// by are the homelabs that have it, by number.
	by []int
	// field is how a stack says it.
	field string
	// shows reports whether the objects of a homelab have it.
	shows func(deployed) bool
}

// deployed is the objects that an overlay is built to, as JSON.
type deployed []string

// one reports whether an object of a kind, or of any, has all of the texts.
func one(kinds string, texts ...string) func(deployed) bool {
	kind := regexp.MustCompile(`"kind":"(` + kinds + `)","metadata"`)
	return func(all deployed) bool {
		return slices.ContainsFunc(all, func(o string) bool {
			return (kinds == "" || kind.MatchString(o)) && !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(o, text) })
		})
	}
}

func howMany(all deployed, kinds string) (n int) {
	for _, o := range all {
		if one(kinds)(deployed{o}) {
			n++
		}
	}
	return n
}

const (
	workloads = "Deployment|StatefulSet"
	routes    = "HTTPRoute|Ingress|IngressRoute"
)

var wishes = []wish{
	{"a volume that is there", []int{1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, 16}, "`storage.existingClaim`", func(all deployed) bool {
		return howMany(all, "PersistentVolumeClaim") < howMany(all, workloads)
	}},
	{"Reloader's annotation", []int{1, 2, 3, 4, 6, 7, 8, 10, 12, 13, 14, 15, 16}, "`annotations`", one(workloads, `"reloader.stakater.com/auto":"true"`)},
	{"Flux' variables in names", []int{1, 2, 3, 5, 6, 8, 11, 12, 13, 14, 15, 16}, "`substitute: flux`", one(routes, "${SECRET_DOMAIN}")},
	{"variables from a Secret as a whole", []int{1, 2, 3, 5, 7, 9, 10, 11, 12, 13, 15, 16}, "`envFrom`", one(workloads, `"secretRef":{"name":"o`)},
	{"no model declared, people pull", []int{2, 4, 6, 8, 9, 11, 12, 13, 14, 15, 16}, "`ollama.largestModel`", func(all deployed) bool { return !one("Deployment", `"llama3.2:3b"`)(all) }},
	{"models that are pulled at the start", []int{1, 3, 5, 7, 10}, "`ollama.models`", one("Deployment", `"llama3.2:3b"`)},
	{"`blobs/` at the root of the volume", []int{1, 3, 4, 5, 6, 7, 8, 9, 13, 15}, "`ollama.modelsFolder: .`", one("Deployment", `"name":"OLLAMA_MODELS","value":"/home/ollama/.ollama"`)},
	{"OpenID Connect", []int{1, 3, 4, 6, 7, 10, 12, 13, 15}, "`openWebUI.oidc`", one("StatefulSet", "OPENID_PROVIDER_URL")},
	{"web search by SearXNG", []int{1, 2, 3, 5, 10, 12, 13, 15, 16}, "`env`, `allowTo`", one("StatefulSet", "SEARXNG_QUERY_URL")},
	{"NVIDIA with a runtime class", []int{3, 4, 5, 6, 7, 9, 11, 15}, "`ollama.accelerator`", one("Deployment", `"runtimeClassName":"nvidia"`, `"nvidia.com/gpu":`)},
	{"a node of its own", []int{2, 3, 4, 5, 6, 7, 9, 15, 16}, "`nodeSelector`, `tolerations`", one("Deployment", `"nodeSelector":{"kubernetes.io/hostname"`)},
	{"Gateway API", []int{1, 2, 3, 7, 10, 11, 12, 15}, "`expose.type: gateway`", one("HTTPRoute")},
	{"OpenAI-compatible servers", []int{1, 3, 4, 6, 12, 14, 15}, "`openWebUI.backends`", one("StatefulSet", "http://litellm.ai-gateway.svc:4000/v1")},
	{"Redis", []int{1, 2, 6, 10, 12, 15, 16}, "`env`, `allowTo`", one("StatefulSet", "REDIS_URL")},
	{"a user of its own for old files", []int{3, 5, 6, 9, 11, 12}, "`runAsUser`, `fsGroup`", one(workloads, `"fsGroup":1000,`, `"runAsUser":1000,`)},
	{"an open route to Ollama", []int{2, 4, 5, 6, 11, 12}, "`expose.dangerouslyUnauthenticated`", one(routes, `"hearth.dev/allows":"unauthenticated"`)},
	{"ingress-nginx", []int{5, 6, 8, 13, 14, 16}, "`expose.type: ingressNGINX`", one("Ingress", "nginx.ingress.kubernetes.io/")},
	{"an address of its own for Ollama", []int{7, 8, 13, 15, 16}, "`ollama.service`", func(all deployed) bool {
		return one("Service", `"type":"LoadBalancer"`, `"loadBalancerSourceRanges":["192.168.1.0/24"]`, "192.168.1.20")(all)
	}},
	{"Postgres", []int{1, 2, 5, 12, 16}, "`openWebUI.database`", one("StatefulSet", "DATABASE_URL")},
	{"a container that makes the database", []int{1, 2, 5, 16}, "`openWebUI.initContainers`", one("StatefulSet", `"name":"init-db"`)},
	{"tiles of dashboards", []int{3, 7, 13, 14, 15}, "`expose.tile`, `expose.annotations`", one(routes, `"gethomepage.dev/enabled":"true"`)},
	{"external-dns on the route", []int{4, 6, 14}, "`expose.annotations`", one(routes, "external-dns.alpha.kubernetes.io/target")},
	{"external-dns on the Service", []int{8, 15, 16}, "`ollama.service.annotations`", one("Service", "external-dns.alpha.kubernetes.io/hostname")},
	{"an Intel GPU", []int{2, 14, 16}, "`ollama.accelerator`", one("Deployment", `"gpu.intel.com/i915":`)},
	{"a chat that asks no Ollama", []int{1, 12, 15}, "`openWebUI.backends`", one("StatefulSet", `"name":"ENABLE_OLLAMA_API","value":"False"`)},
	{"Open WebUI's pipelines", []int{4, 6, 12, 14}, "`openWebUI.backends`; they are deployed on their own", one("StatefulSet", "http://pipelines.pipelines.svc:9099/v1")},
	{"models on NFS", []int{8, 11, 15}, "`ollama.storage.nfs`", one("PersistentVolume", `"nfs":{`)},
	{"a second volume", []int{4, 12, 13, 15}, "`volumes`", one("StatefulSet", `"configMap":{"name":"open-webui-scripts"}`)},
	{"a container beside the chat", []int{2, 16}, "`sidecars`", one("StatefulSet", `"name":"tika"`)},
	{"another image of Ollama, with a command", []int{2, 14}, "`ollama.image`, `command`, `args`", one("Deployment", "docker.io/intelanalytics/", "init-ollama")},
	{"no sign-in at a private name", []int{5, 8}, "`env.WEBUI_AUTH`, a warning", one("StatefulSet", `"name":"WEBUI_AUTH","value":"False"`)},
	{"several names", []int{2, 5}, "`expose.additionalHosts`", one(routes, "ai.${SECRET_DOMAIN}", "chat.${SECRET_DOMAIN}")},
	{"several Ollamas in one namespace", []int{6}, "`ollama.name`", func(all deployed) bool { return howMany(all, "Deployment") == 2 }},
	{"one GPU by its UUID", []int{6}, "`env.NVIDIA_VISIBLE_DEVICES`", one("Deployment", `"value":"GPU-11111111-2222-3333-4444-555555555555"`)},
	{"tool servers by MCP", []int{3}, "`env`, `allowTo`", one("StatefulSet", "TOOL_SERVER_CONNECTIONS")},
	{"a GGUF file with its projector", []int{3}, "`ollama.customModels`", one("Deployment", `FROM /home/ollama/.ollama/gguf/mmproj.gguf\n`)},
}

// TestHomelabs has what each of them wants, in the objects of a stack without a
// patch, in which hearth vet finds no error.
func TestHomelabs(t *testing.T) {
	checker := vet.New()
	for n := 1; n <= homelabs; n++ {
		file := fmt.Sprintf("testdata/homelabs/%02d.yaml", n)
		t.Run(file, func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			stack, problems := generator.Load(file, text)
			if stack == nil {
				t.Fatal(problems)
			}
			for _, b := range stack.Bases {
				if b.Patches != nil || b.Resources != nil || stack.Overlays[0].Patches != nil || stack.Overlays[0].Resources != nil {
					t.Error("has a patch or a resource")
				}
			}
			for _, r := range vetted(t, checker, stack) {
				for _, f := range r.Findings {
					if f.Counts(problem.Error) {
						t.Errorf("%+v", f)
					}
				}
			}
			var all deployed
			for _, o := range built.Overlays(t, file, 0)[0].Resources() {
				data, err := o.MarshalJSON()
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, string(data))
			}
			for _, w := range wishes {
				if got, want := w.shows(all), slices.Contains(w.by, n); got != want {
					t.Errorf("%s: %t, want %t", w.name, got, want)
				}
			}
		})
	}
}

// The page's table is made from the wishes.
func TestHomelabsPage(t *testing.T) {
	var b strings.Builder
	fmt.Fprintf(&b, "| wish | of %d | in a stack |\n|---|---|---|\n", homelabs)
	for _, w := range wishes {
		fmt.Fprintf(&b, "| %s | %d | %s |\n", w.name, len(w.by), w.field)
	}
	pagetest.Tables(t, "../../docs/homelabs.md", "go test ./internal/vet -run HomelabsPage -update", *update, map[string]string{"wishes": b.String()})
}
