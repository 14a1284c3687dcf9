package randomstack

import (
	"reflect"
	"strings"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

type rule = func(d *drawing) any

// ruleOf is the rule for a path: of the longest end of it that has one.
func ruleOf(path string) rule {
	for {
		if r, ok := pathRules[path]; ok {
			return r
		}
		_, rest, more := strings.Cut(path, ".")
		if !more {
			return nil
		}
		path = rest
	}
}

// oneOf is the rule that draws one of the values.
func oneOf(values ...any) rule { return func(d *drawing) any { return pick(d, values...) } }

// unique is the rule for names that no other base or overlay may draw.
func unique(suffixes ...string) rule {
	return func(d *drawing) any { return d.of + pick(d, suffixes...) }
}

// scalarRules draw the types that check their own text. Each value fits beside
// every other and beside the defaults.
var scalarRules = map[reflect.Type]rule{
	reflect.TypeFor[v1alpha1.Quantity]():  oneOf("5Gi", "10Gi", "1.5Gi", "0.5Ti", spelled("20000000000"), "3e9"),
	reflect.TypeFor[v1alpha1.Number]():    oneOf(spelled("1"), "0", "1"),
	reflect.TypeFor[v1alpha1.Duration]():  oneOf("90s", "10m", "1h30m", "24h"),
	reflect.TypeFor[v1alpha1.KeepAlive](): oneOf(spelled("-1"), "-1", spelled("0"), "30m", "1h"),
	reflect.TypeFor[v1alpha1.BodySize]():  oneOf(spelled("0"), "1536Ki", "25Mi", "2Gi"),
	reflect.TypeFor[v1alpha1.Host]():      anyHost,
	reflect.TypeFor[v1alpha1.CIDR]():      oneOf("10.0.0.0/8", "192.168.7.0/24", "203.0.113.9/32", "2001:db8::/32"),
	reflect.TypeFor[v1alpha1.Port]():      oneOf(80, 443, 5000, 65535),
	reflect.TypeFor[v1alpha1.ID]():        oneOf(1, 568, 1000, spelled("10001"), 2147483647),
	reflect.TypeFor[v1alpha1.Date]():      oneOf("2026-05-20", spelled("2024-02-29")),
}

// pathRules draw what a type says too little of, by the end of a path.
var pathRules = map[string]rule{
	"metadata.name": oneOf("homelab", "ai-2", "on", "1"),

	"about.title":          oneOf("Chat", "minicloud | chat", "[x](y) <b>`"),
	"about.purpose":        anyLine,
	"about.impact":         anyLine,
	"about.criticality":    oneOf("Tier 3", "high"),
	"about.owner":          oneOf("Application / platform owner", "group:default/platform"),
	"about.users":          oneOf("operators and integrated clients", "family"),
	"about.clusters[]":     oneOf("homelab", "minicloud"),
	"about.rpo":            oneOf("24 h", "Model cache can be rebuilt"),
	"about.rto":            oneOf("1 to 2 hours", "4 h"),
	"about.lastChange":     anyLine,
	"dependencies[].name":  oneOf("Harbor", "NFS | nas"),
	"dependencies[].type":  oneOf("storage", "registry"),
	"dependencies[].why":   anyLine,
	"links[].title":        oneOf("Grafana", "the [logs]"),
	"links[].url":          oneOf("https://grafana.example.org/d/ai?x=1|2", "http://loki.lan"),
	"catalog.homer.path":   oneOf("catalog/homer.yaml", "homer/links.yml"),
	"catalog.gatus.path":   oneOf("catalog/gatus.yaml", "gatus.yaml"),
	"catalog.pages.folder": oneOf("docs/services", "services", "a/b_c.d/e-f"),

	"backstage.path":      oneOf("catalog-info.yaml", "docs/services/backstage.yml", "_a/b.yaml"),
	"backstage.owner":     oneOf("group:default/platform", "user:jane.doe", "ops/on-call", "Platform_Team", "1"),
	"backstage.system":    oneOf("ai", "Private_AI.2", "on", "7"),
	"backstage.domain":    oneOf("ai", "domain:default/ai", "infra/Machine.Learning"),
	"backstage.lifecycle": oneOf("production", "experimental", "on"),
	"backstage.namespace": oneOf("default", "platform", "off"),
	"backstage.techDocs":  oneOf("dir:.", "dir:./docs/ai", "url:https://git.example.org/home/docs/tree/main"),
	"backstage.tags[]":    oneOf("llm", "c++", "tier:3", "on", "self-hosted"),

	"namespaceLabels{key}": oneOf("pod-security.kubernetes.io/enforce", "pod-security.kubernetes.io/warn", "team", "example.org/tier"),
	"namespaceLabels{}":    oneOf("restricted", "baseline", "1", "true", ""),
	"labels{key}":          oneOf("team", "example.org/tier", "cost-center", "on"),
	"labels{}":             labelValue,
	"annotations{key}":     oneOf("example.org/contact", "note", "y"),
	"annotations{}":        anyText,

	"images.mirrors{key}":  oneOf("docker.io", "ghcr.io", "quay.io", "localhost:5000"),
	"images.mirrors{}":     oneOf("harbor.example.org/dockerhub", "mirror.lan:5000", "harbor.example.org/a/b/"),
	"images.pullSecrets[]": oneOf("registry", "harbor.pull", "regcred-2"),
	"proxy.http":           oneOf("http://proxy.lan:3128", "http://proxy.example.org", "socks5://10.0.0.1:1080"),
	"proxy.https":          oneOf("http://proxy.lan:3128", "https://proxy.example.org"),
	"proxy.noProxy[]":      oneOf("example.org", ".internal", "10.0.0.0/8", "*"),
	"caBundle.configMap":   oneOf("ca", "company-ca.pem"),
	"caBundle.key":         oneOf("bundle.pem", "ca.crt", "root_ca"),

	"dns.ports[]": oneOf(53, 5353, 8053),

	"image.registry":                    oneOf("docker.io", "ghcr.io", "registry.lan:5000"),
	"ollama.image.repository":           oneOf("ollama/ollama", "mirror/team/x__y"), // each by its name is what it is
	"openWebUI.maxUploadSize":           oneOf("1Mi", "1024Ki", spelled("1048576")),
	"openWebUI.image.repository":        oneOf("open-webui/open-webui", "mirror/team/x__y"),
	"image.tag":                         oneOf("1.10", "0.23", "0.9.4-slim", "20240101", "_A.b-c", "1.10.", "yes"),
	"image.digest":                      oneOf("sha256:"+strings.Repeat("0123456789abcdef", 4), "sha256:"+strings.Repeat("fedcba9876543210", 4)), // two: an override changes it
	"requests.cpu":                      oneOf("100m", "250m", "0.5", spelled("1"), "1e-1"),
	"requests.memory":                   oneOf("64Mi", "512Mi", "700M", "1Gi", spelled("134217728")),
	"limits.cpu":                        oneOf(spelled("1"), spelled("4"), "2500m", "1.5", "16"),
	"limits.memory":                     oneOf("2Gi", "2500Mi", "8192Mi", "8Gi", "6.5Gi", "10G", "1e10"),
	"storageClassName":                  oneOf("longhorn", "local-path", "fast.ssd"),
	"storage.image.registry":            oneOf("docker.io", "registry.lan:5000"),
	"storage.image.repository":          oneOf("home/models", "a/b__c"),
	"storage.image.tag":                 oneOf("1", "2026-11-29"),
	"nfs.server":                        oneOf("nas.lan", "10.0.0.5", "fd00::5"),
	"nfs.path":                          oneOf("/export/models", "/"),
	"ollama.storage.existingClaim":      oneOf("models", "ollama"),
	"openWebUI.storage.existingClaim":   oneOf("chat-data", "open.webui"),
	"service.annotations{key}":          oneOf("external-dns.alpha.kubernetes.io/hostname", "metallb.io/loadBalancerIPs", "note", "y"),
	"service.annotations{}":             oneOf("10.0.0.9", "fd00::9,10.0.0.9"),
	"service.loadBalancerClass":         oneOf("tailscale", "io.cilium/l2-announcer", "on"),
	"service.loadBalancerIP":            oneOf("10.0.0.9", "fd00::9"),
	"env{}":                             envValue,
	"envFrom[].secretName":              oneOf("chat-env", "keys.2"),
	"envFrom[].configMapName":           oneOf("settings", "settings.2"),
	"envFrom[].prefix":                  oneOf("X_", "on"),
	"initContainers{key}":               oneOf("init-database", "1", "on", "z-last"),
	"sidecars{key}":                     oneOf("exporter", "2", "off", "a-first"),
	"volumes{key}":                      oneOf("scripts", "3", "yes"),
	"mounts{key}":                       oneOf("data", "scripts", "3"),
	"mount.path":                        oneOf("/scripts", "/srv/a-b", "/var/lib/x"),
	"mounts{}.path":                     oneOf("/scripts", "/srv/a-b", "/tmp", "/data"),
	"mount.subPath":                     oneOf("a", "a/b.txt"),
	"mounts{}.subPath":                  oneOf("a", "a/b.txt"),
	"volumes{}.existingClaim":           oneOf("shared", "more.data"),
	"volumes{}.configMapName":           oneOf("scripts", "notes"),
	"volumes{}.secretName":              oneOf("keys", "certs"),
	"volumes{}.emptyDir":                oneOf("1Gi", "64Mi", "1.5Gi"),
	"initContainers{}.image.repository": oneOf("library/busybox", "mirror/team/x__y"),
	"sidecars{}.image.repository":       oneOf("apache/tika", "mirror/team/x__y"),
	"initContainers{}.env{key}":         oneOf("TZ", "z", "DB_TOKEN", "API_KEY"),
	"sidecars{}.env{key}":               oneOf("TZ", "z", "DB_TOKEN", "API_KEY"),
	"command[]":                         oneOf("/bin/sh", "-c", "exec start.sh", "on", "1"),
	"ollama.command[]":                  oneOf("/bin/sh", "-c", "exec ollama serve", "on", "1"),
	"args[]":                            oneOf("serve", "--verbose", "off"),

	"nodeSelector{key}":               oneOf("kubernetes.io/hostname", "gpu", "topology.kubernetes.io/zone"),
	"nodeSelector{}":                  labelValue,
	"tolerations[].key":               oneOf("gpu", "node.kubernetes.io/unreachable", "dedicated"),
	"tolerations[].value":             oneOf("true", "ai", "1"),
	"tolerations[].tolerationSeconds": oneOf(0, 300, 86400),
	"affinity":                        affinity,
	"priorityClassName":               oneOf("high", "system-cluster-critical"),
	"namespace":                       oneOf("monitoring", "models", "ai", "kube-system"),
	"podLabels{key}":                  oneOf("app", "app.kubernetes.io/name", "example.org/client"),
	"podLabels{}":                     labelValue,

	"ollama.env{key}": oneOf("OLLAMA_DEBUG", "OLLAMA_MAX_QUEUE", "OLLAMA_ORIGINS", "TZ", "GODEBUG", "HF_TOKEN", "z"),
	"ollama.name":     oneOf("ollama", "ollama-b", "n", "c3"),
	"ollama.models[]": oneOf("llama3.2:3b", "smollm2:135m", "registry.example.org/team/model:tag",
		"model-registry.models.svc:5000/library/smollm2:135m", "10.0.0.7:5000/library/tiny:1", "qwen3", "me/mine:latest"),
	// Below the limit that follows from the smallest of the models, 768Mi.
	"ollama.resources.requests.memory": oneOf("64Mi", "512Mi", "700M", "auto"),
	// More than any draw needs: a million tokens of context for 64 requests.
	"ollama.resources.limits.memory":    oneOf("60Ti", "64Ti", "auto", spelled("65970697666560")),
	"ollama.resources.limits.cpu":       oneOf(spelled("2"), "2500m", "16", "none", "auto"),
	"ollama.storage.size":               oneOf("1Ti", "1.5Ti", "auto", spelled("2000000000000"), "3e12"),
	"ollama.threads":                    oneOf("auto", spelled("1"), "2"),
	"ollama.promptCache":                oneOf("256Mi", "2Gi", "none", "auto"),
	"ollama.node.cpu":                   oneOf("64", spelled("128")),
	"ollama.node.memory":                oneOf("64Ti"),
	"ollama.modelSizes{key}":            oneOf("registry.example.org/team/model:tag", "10.0.0.7:5000/library/tiny:1", "me/mine:latest", "smollm2:135m"),
	"ollama.modelDigests{key}":          oneOf("llama3.2:3b", "smollm2:135m", "qwen3", "me/mine:latest"),
	"ollama.modelDigests{}":             oneOf("sha256:"+strings.Repeat("0123456789abcdef", 4), "sha256:"+strings.Repeat("fedcba9876543210", 4)),
	"ollama.modelSizes{}.disk":          oneOf("5Gi", "900Mi", spelled("2000000000")),
	"ollama.modelSizes{}.tied":          oneOf("100Mi", "0.25Gi"),
	"ollama.modelSizes{}.vision":        oneOf("1Gi", "500M"),
	"ollama.modelSizes{}.flashVision":   oneOf("200Mi", "100M"),
	"ollama.modelSizes{}.expertsUsed":   oneOf(2, 8),
	"ollama.modelSizes{}.expertTensor":  oneOf("100Mi", "50M"),
	"ollama.modelSizes{}.state":         oneOf("20Mi", "50M"),
	"ollama.modelSizes{}.architecture":  oneOf("llama", "gemma3", "qwen3", "of-tomorrow"),
	"ollama.modelSizes{}.layers":        oneOf(24, 32),
	"ollama.modelSizes{}.kvHeads":       oneOf(1, 8),
	"ollama.modelSizes{}.keyLength":     oneOf(64, 128),
	"ollama.modelSizes{}.valueLength":   oneOf(64, 128),
	"ollama.modelSizes{}.slidingWindow": oneOf(512, 4096),
	"ollama.modelSizes{}.slidingLayers": oneOf(1, 22),
	"ollama.modelSizes{}.heads":         oneOf(8, 32),
	"ollama.modelSizes{}.embedding":     oneOf(1152, 4096),
	"ollama.modelSizes{}.feedForward":   oneOf(6912, 14336),
	"ollama.modelSizes{}.vocab":         oneOf(32000, 262144),
	"ollama.modelSizes{}.contextLimit":  oneOf(2048, 131072),
	"engine.type":                       oneOf("vllm", "vllm", "llamaCpp"),
	"engine.model":                      oneOf("Qwen/Qwen3-4B", "me/mine_1.0"),
	"engine.image.repository":           oneOf("vllm/vllm-openai", "mirror/team/x__y"),
	"engine.command[]":                  oneOf("vllm", "serve", "on"),
	"engine.args[]":                     oneOf("--enable-auto-tool-choice", "--quantization=fp8", "on", "1"),
	"engine.env{key}":                   oneOf("VLLM_LOGGING_LEVEL", "NCCL_DEBUG", "TZ", "HF_TOKEN", "z"),
	"engine.storage.existingClaim":      oneOf("weights", "engine"),
	"engine.secretName":                 oneOf("engine", "engine-key"),
	"engine.nodes":                      oneOf(1, 2, 3),
	"engine.replicas":                   oneOf(1, 2, 64),
	"engine.tensorParallel":             oneOf(1, 2, 4),
	"engine.contextLength":              oneOf(256, 1024, 2048),
	"engine.accelerator.memory":         oneOf("96Gi", spelled("137438953472")),
	"engine.modelSize.disk":             oneOf("5Gi", "900Mi", spelled("2000000000")),
	"engine.modelSize.tied":             oneOf("100Mi", "0.25Gi"),
	"engine.modelSize.vision":           oneOf("1Gi", "500M"),
	"engine.modelSize.flashVision":      oneOf("200Mi", "100M"),
	"engine.modelSize.expertsUsed":      oneOf(2, 8),
	"engine.modelSize.expertTensor":     oneOf("100Mi", "50M"),
	"engine.modelSize.state":            oneOf("20Mi", "50M"),
	"engine.modelSize.architecture":     oneOf("llama", "qwen3", "of-tomorrow"),
	"engine.modelSize.layers":           oneOf(24, 32),
	"engine.modelSize.kvHeads":          oneOf(1, 8),
	"engine.modelSize.keyLength":        oneOf(64, 128),
	"engine.modelSize.valueLength":      oneOf(64, 128),
	"engine.modelSize.slidingWindow":    oneOf(512, 4096),
	"engine.modelSize.slidingLayers":    oneOf(1, 22),
	"engine.modelSize.heads":            oneOf(8, 32),
	"engine.modelSize.embedding":        oneOf(1152, 4096),
	"engine.modelSize.feedForward":      oneOf(6912, 14336),
	"engine.modelSize.vocab":            oneOf(32000, 262144),
	"engine.modelSize.contextLimit":     oneOf(2048, 131072),
	"ollama.largestModel":               oneOf("500Mi", "5Gi", "20G"),
	"customModels[].name":               oneOf("support", "helper:v2", "a/b"),
	"customModels[].from":               oneOf("llama3.2:3b", "smollm2:135m", "gguf/house.gguf"),
	"customModels[].projector":          oneOf("gguf/mmproj.gguf"),
	"customModels[].system":             oneOf("Be brief.", "Two\nlines, and a \"quote\".", "# model\n'"),
	"customModels[].template":           oneOf("{{ .Prompt }}", "{{ range $i, $m := .Messages }}{{ $m.Content }}{{ end }}"),
	"customModels[].adapter":            oneOf("adapters/a.gguf", "lora"),
	"customModels[].parameters.num_ctx": oneOf(2048, 8192),
	"parameters.stop[]":                 oneOf("<|im_end|>", "\n\n", "\"", "a b"),
	"ollama.modelsFolder":               oneOf(".", "models", "a/b.c", "ollama_1"),
	"ollama.contextLength":              oneOf(256, 4096, 131072, 1048576),
	"ollama.numParallel":                oneOf(1, 4, 64),
	"ollama.replicas":                   oneOf(1, 2, 5, 64),
	"ollama.maxLoadedModels":            oneOf(1, 3, 32),

	"backup.longhorn.group":        oneOf("default", "nightly", "on"),
	"backup.schedule":              oneOf("0 3 * * *", "*/15 0-6 1,15 * 1"),
	"backup.keep":                  oneOf(1, 30),
	"snapshotSchedule.className":   oneOf("csi", "longhorn.snap"),
	"accelerator.count":            oneOf(1, 4),
	"accelerator.memory":           oneOf("1536Mi", "8Gi", spelled("25769803776")),
	"accelerator.resourceName":     oneOf("nvidia.com/gpu.shared", "gpu.intel.com/xe"),
	"accelerator.runtimeClassName": oneOf("nvidia", "gpu"),
	"accelerator.groups[]":         oneOf(44, 993),

	"openWebUI.env{key}": oneOf("DEFAULT_LOCALE", "TZ", "LOG_LEVEL", "TAVILY_API_KEY", "ENABLE_RAG_WEB_SEARCH"),
	"openWebUI.name":     oneOf("minicloud chat", "on", "Großes \"Modell\"", "a: b # c", "42", " spaced "),
	"openWebUI.ollamaURLs[]": oneOf("http://ollama.ollama.svc:11434", "https://gpu.example.org", "http://10.0.0.9:11434/base",
		"http://ollama-b.ai.svc:11434", "http://ollama:11434", "http://n.on:11434"),
	"backends[].url":                            oneOf("http://vllm.vllm.svc:8000/v1", "https://api.example.org/v1", "https://api.example.net:8443/v1/", "http://10.0.0.7:8080/v1"),
	"backends[].apiKey.name":                    oneOf("provider", "open-webui"),
	"backends[].apiKey.key":                     oneOf("key", "api-key", "on"),
	"database.maxConnections":                   oneOf(20, 100, 500),
	"postgres.url.name":                         oneOf("chat-database", "db.app"),
	"postgres.url.key":                          oneOf("uri", "url", "on"),
	"cloudNativePG.name":                        oneOf("chat-db", "on"),
	"cloudNativePG.instances":                   oneOf(1, 3),
	"cloudNativePG.image.repository":            oneOf("cloudnative-pg/postgresql", "mirror/team/x__y"),
	"openWebUI.replicas":                        oneOf(1, 2, 5, 32),
	"redis.url":                                 redisURL,
	"redis.url.value":                           oneOf("redis://redis:6379/0", "redis://redis.cache.svc", "redis://10.0.0.9:6380/1"),
	"redis.url.secretKeyRef.name":               oneOf("chat-redis", "open-webui"),
	"redis.url.secretKeyRef.key":                oneOf("url", "on"),
	"chroma.url":                                oneOf("http://chroma:8000", "https://chroma.example.org", "http://10.0.0.9:8000/"),
	"qdrant.url":                                oneOf("http://qdrant.vectors.svc:6333", "https://qdrant.example.org"),
	"qdrant.apiKey.name":                        oneOf("qdrant", "open-webui"),
	"qdrant.apiKey.key":                         oneOf("key", "api-key", "on"),
	"openWebUI.embedding.model":                 oneOf("nomic-embed-text", "mxbai-embed-large", "llama3.2:3b"),
	"openWebUI.oidc.providerURL":                oneOf("https://auth.example.org", "https://auth.example.org/realms/home/.well-known/openid-configuration", "http://keycloak.auth.svc:8080"),
	"openWebUI.oidc.clientID":                   envValue,
	"openWebUI.oidc.clientSecret.name":          oneOf("sso", "open-webui"),
	"openWebUI.oidc.clientID.value":             oneOf("hearth", "v1.10", "on"),
	"openWebUI.oidc.clientID.secretKeyRef.name": oneOf("sso", "open-webui"),
	"openWebUI.oidc.clientID.secretKeyRef.key":  oneOf("id", "client.id"),
	"openWebUI.oidc.clientSecret.key":           oneOf("secret", "oidc-client-secret", "on"),
	"openWebUI.oidc.name":                       oneOf("Keycloak", "on", "a: b"),
	"openWebUI.secretName":                      oneOf("open-webui", "chat-secret"),

	"nginx.connectTimeout":        oneOf("1s", "60s", "1m15s"),
	"ingressNGINX.connectTimeout": oneOf("1s", "60s", "1m15s"),
	"expose.annotations{key}": oneOf("external-dns.alpha.kubernetes.io/ttl", "nginx.org/proxy-buffering", "nginx.org/keepalive",
		"nginx.ingress.kubernetes.io/limit-rps", "traefik.ingress.kubernetes.io/router.priority"),
	"expose.annotations{}":               oneOf("0", "1"),
	"expose.tile.title":                  oneOf("Chat", "on", "Großes \"Modell\"", "a: b # c", "42", "$HOME", " spaced "),
	"expose.tile.group":                  oneOf("Apps", "y", "AI & more"),
	"expose.tile.description":            oneOf("Ask the house", "null", "{{ x }}"),
	"tile.icon":                          oneOf("https://example.org/chat.svg", "http://10.0.0.9:8080/chat.png?a=b&c"),
	"tile.homer.icon":                    oneOf("fas fa-comments", "assets/tools/chat.png", "https://example.org/a.svg"),
	"tile.homer.configMap":               unique("-links", "-page.1"),
	"tile.homepage.icon":                 oneOf("mdi-chat", "si-ollama-#f0d453", "open-webui.png", "chat", "/icons/chat.png"),
	"tile.hajimari.icon":                 oneOf("mdi:chat", "simple-icons:ollama", "https://example.org/a.svg"),
	"expose.additionalHosts[]":           unique("-b.lan", "-c.example.org", "-d.home.arpa"),
	"expose.name":                        unique("-route", "-ui", "-x"),
	"nginx.className":                    oneOf("edge", "internal.ingress"),
	"traefik.className":                  oneOf("edge", "internal.ingress"),
	"ingressNGINX.className":             oneOf("edge", "internal.ingress"),
	"ingressNGINX.forwardAuth.address":   oneOf("http://oauth2-proxy.auth.svc.cluster.local:4180/oauth2/auth", "https://auth.example.org/verify"),
	"ingressNGINX.forwardAuth.signInURL": oneOf("https://auth.example.org/oauth2/start", "https://auth.example.org/?a=b"),
	"forwardAuth.authResponseHeaders[]":  oneOf("X-Auth-Request-Email", "Remote-User"),
	"expose.tls.secretName":              unique("-cert", "-certificate"),
	"certManager.issuer.name":            oneOf("minicloud-ca", "letsencrypt"),
	"certManager.privateKey.size":        oneOf(256, 384, 521, 2048, 4096, 8192),
	"certManager.duration":               oneOf("2160h", "8760h", "1440h0m0s"),
	"certManager.renewBefore":            oneOf("5m", "720h", "360h"),
	"expose.tls.certResolver":            oneOf("letsencrypt", "le dns"),
	"basicAuth.secretName":               oneOf("users", "ollama-users"),
	"apiKeys.secretName":                 oneOf("ollama-keys", "keys"),
	"apiKeys.image.repository":           oneOf("library/caddy", "mirror/team/x__y"),
	"apiKeys.names[]":                    oneOf("laptop", "n8n", "on", "1"),
	"traefik.forwardAuth.address":        oneOf("http://oauth2-proxy.auth.svc:4180/oauth2/auth", "https://auth.example.org/verify"),
	"traefik.rateLimit.average":          oneOf(1, 10, 500),
	"traefik.rateLimit.burst":            oneOf(20, 1000),
	"traefik.rateLimit.period":           oneOf("1s", "1m"),
	"expose.gateway.name":                unique("-gateway", "-gw"),
	"expose.gateway.namespace":           oneOf("infrastructure", "istio-ingress"),
	"expose.gateway.sectionName":         oneOf("https", "web.tls"),
	"expose.gateway.redirectSectionName": oneOf("http", "web"),
	"expose.gateway.className":           oneOf("envoy", "traefik"),
	"expose.gateway.httpsPort":           oneOf(443, 8443),
	"expose.gateway.httpPort":            oneOf(80, 8000),
	"traefik.maxInFlight":                oneOf(1, 8),
	"traefik.entryPoints[]":              oneOf("websecure", "web", "internal-https"),

	"monitoring.labels{key}":     oneOf("release", "prometheus", "example.org/team"),
	"prober.url":                 oneOf("http://blackbox.monitoring.svc:9115", "https://blackbox.probes.svc.cluster.local/probe"),
	"prober.module":              oneOf("http_2xx", "http.v6"),
	"prober.routeModule":         oneOf("http_home", "tls"),
	"prober.interval":            oneOf("10s", "90s", "2m"),
	"alerts.runbookURL":          oneOf("https://git.example.org/me/repo/blob/main/docs/services/homelab.md", "http://wiki.lan/ai"),
	"alerts.labels{key}":         oneOf("team", "tier", "on"),
	"alerts.certificateExpiry":   oneOf("1m", "2m"), // of a renewal five minutes before the end, the shortest
	"alerts.volumeFree":          oneOf(1, 25),
	"alerts.memoryUsed":          oneOf(75, 100),
	"alerts.restarts":            oneOf(1, 10),
	"dashboard.labels{key}":      oneOf("grafana_dashboard", "dashboards"),
	"dashboard.annotations{key}": oneOf("grafana_folder", "note"),
	"speed.schedule":             oneOf("0 3 * * *", "*/15 0-6 1,15 * MON"),
	"speed.minTokensPerSecond":   oneOf(1, 40),
	"speed.model":                oneOf("llama3.2:3b", "qwen3"),
	"openTelemetry.endpoint":     oneOf("http://otel.monitoring.svc:4317", "https://otel.observability.svc.cluster.local:4318/"),

	"base.resources":    resources,
	"base.patches":      patches,
	"overlay.resources": resources,
	"overlay.patches":   patches,

	"overlay":                     oneOf(""), // repaired: the overlays are drawn first
	"defaultOverlay":              oneOf(""),
	"clusterName":                 oneOf("homelab", "c-m-abcd1234"),
	"clusterGroup":                oneOf("edge", "europe"),
	"matchLabels{key}":            oneOf("hearth.dev/overlay", "env", "on"),
	"matchLabels{}":               labelValue,
	"matchExpressions[].key":      oneOf("env", "example.org/tier"),
	"matchExpressions[].values[]": labelValue,
	"dependsOn[].name":            oneOf("cert-manager", "longhorn"),
	"gitRepo.namespace":           oneOf("fleet-local", "fleet-default"),
	"gitRepo.repo":                oneOf("https://git.example.org/me/repo", "git@git.example.org:me/repo"),
	"gitRepo.branch":              oneOf("main", "release/1.0", "on"),
	"gitRepo.path":                oneOf(".", "clusters/ai", "deploy/"),
}

// anyHost draws a host, with a variable where the stack says who puts it in.
func anyHost(d *drawing) any {
	suffixes := []string{".10.0.0.200.nip.io", ".lan", ".home.arpa", ".example.org", ".8.8.8.8.sslip.io"}
	if d.substitutes {
		suffixes = []string{".${DOMAIN}.lan", "-${NAME:=x}.home.arpa"}
	}
	return unique(suffixes...)(d)
}

// labelValue draws the values that YAML, or a tool that reads it, could take
// for something else than text.
func labelValue(d *drawing) any {
	return pick[any](d, "ai", "a", "b", "1", "1.10", "1e3", "0x1F", "0777", "1_000", "true", "no", "y", "on", "null", "2024-01-01", "")
}

// anyLine draws a sentence, with what Markdown and YAML take for more than text.
func anyLine(d *drawing) any {
	return pick[any](d, "Answers questions.", "a | b", "<script>alert(1)</script> & *more*", "- yes: `no` # ${HOME}", "Réponses 回答")
}

// anyText draws any text, that of label values and more.
func anyText(d *drawing) any {
	return pick[any](d, labelValue(d),
		"plain", "a: b", "# no comment", "- x", "*", "&a", "~", "{}", "[a]", "%d", "it's", `say "so"`, `back\slash`, "$(ELSEWHERE)", "`x`",
		" padded ", "tab\there", "one\ntwo", "one\ntwo\n", "one\n\n\n", "\nlead", "  indent\nless\n", "---\na: b\n", "ümlaut", "🔥",
		"12:30", ".5", "+1", "=", "<<", strings.Repeat("long ", 60))
}
