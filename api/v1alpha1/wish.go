package v1alpha1

import "strings"

// Wish answers somebody who wrote a field that there is none of: with the field
// that serves the wish, or what does in its place. "" if nothing is known. Field
// is the path of that field, from a base or from the stack.
func (*Stack) Wish(name string) (answer, field string) { return wish(name) }

// Wish is that of a Stack.
func (*Base) Wish(name string) (answer, field string) { return wish(name) }

func wish(name string) (answer, field string) {
	name = strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(name))
	for _, w := range wishes {
		for _, n := range strings.Fields(w.names) {
			if strings.EqualFold(n, name) {
				return w.answer, w.field
			}
		}
	}
	return "", ""
}

// wishes are what people look for, by the names that charts and Compose files
// have for it, most of them of homelabs' own charts and values.
var wishes = []struct {
	names  string
	field  string // that serves it
	answer string // which names the field, in words for whoever reads it
}{
	{"gpu gpus gpuCount nvidia amd cuda rocm vulkan runtimeClass runtimeClassName deviceRequests", "ollama.accelerator",
		"use ollama.accelerator: {type: nvidia} or {type: amd}; see docs/accelerators.md"},
	{"replicas replicaCount", "ollama.replicas",
		"use ollama.replicas: 2, pods with a volume each; or openWebUI.replicas, which needs servers for what it keeps: docs/replicas.md"},
	{"autoscaling autoscaler hpa keda scale minReplicas maxReplicas", "ollama.replicas",
		"nothing scales by itself, for a new pod pulls its models first; use ollama.replicas: 2, or for more requests at a time ollama.numParallel"},
	{"database databaseURL databaseURI db dbURL postgres postgresql postgresURL externalDatabase externalPostgresql mysql sqlite", "openWebUI.database",
		"use openWebUI.database: {type: postgres, postgres: {url: {name: SECRET, key: KEY}}}"},
	{"cnpg cloudNativePG postgresCluster", "openWebUI.database.cloudNativePG", "use openWebUI.database: {type: cloudNativePG}"},
	{"redis redisURL valkey externalRedis redisCluster websocketRedis", "openWebUI.redis",
		"use openWebUI.redis: {url: redis://HOST:6379/0}, or {url: {secretKeyRef: {name: SECRET, key: KEY}}}"},
	{"vectorDB vectorDatabase pgvector chroma chromadb qdrant", "openWebUI.vectors", "use openWebUI.vectors: {type: pgvector, chroma or qdrant}"},
	{"nfs", "ollama.storage.nfs", "use ollama.storage: {nfs: {server: SERVER, path: /EXPORT}} for models; for another volume write the PersistentVolume and its claim into an overlay's resources, and use its existingClaim"},
	{"imageVolume ociVolume ociImage modelImage", "ollama.storage.image", "use ollama.storage: {image: {registry: REGISTRY, repository: REPOSITORY, tag: TAG}}"},
	{"hostPath csi iscsi persistentVolume pv", "ollama.storage.existingClaim",
		"write the PersistentVolume and its claim into an overlay's resources, and use ollama.storage.existingClaim, openWebUI.storage.existingClaim, or existingClaim of one of their volumes"},
	{"openai openaiURL openaiURLs openaiAPI openaiAPIKey openaiBaseURL openaiBaseURLs openaiBaseAPIURL openaiBaseAPIURLs litellm vllm llamacpp", "openWebUI.backends",
		"use openWebUI.backends: [{url: URL, apiKey: {name: SECRET, key: KEY}}]"},
	{"ingressClass ingressClassName", "expose.nginx.className", "use className of expose.nginx and the like"},
	{"ingress ingresses httpRoute httpRoutes ingressRoute route routes", "expose",
		"use expose: {type: nginx, ingressNGINX, traefik or gateway, host: HOST, tls: …}; see docs/exposure.md"},
	{"domain hostname hosts fqdn url externalURL", "expose.host", "use expose.host, the DNS name that people use"},
	{"hostnames extraHosts extraHostnames additionalHostnames aliases", "expose.additionalHosts", "use expose.host, and expose.additionalHosts for more names"},
	{"certificate certificates cert certs clusterIssuer issuerRef letsencrypt acme ssl https", "expose.tls",
		"use expose.tls: {type: certManager, certManager: {issuer: {name: NAME}}}"},
	{"persistence persistentVolumeClaim pvc volumeClaimTemplates dataVolume", "ollama.storage",
		"use ollama.storage or openWebUI.storage, which has size, storageClassName and existingClaim"},
	{"volumes volumeMounts extraVolumes extraVolumeMounts mounts configMaps", "ollama.volumes",
		"use volumes of ollama or openWebUI, by name: volumes: {scripts: {configMapName: NAME, mount: {path: /scripts}}}"},
	{"initContainers extraInitContainers", "ollama.initContainers",
		"use initContainers of ollama or openWebUI, by name: initContainers: {NAME: {image: {repository: …, tag: …}, resources: {limits: {memory: …}}}}"},
	{"extraContainers sidecars sidecar containers", "ollama.sidecars",
		"use sidecars of ollama or openWebUI, by name: sidecars: {NAME: {image: {repository: …, tag: …}, resources: {limits: {memory: …}}}}"},
	{"probes probe livenessProbe readinessProbe startupProbe healthcheck", "patches",
		"there is no field: the probes follow from the program; change them with a patch, in patches"},
	{"serviceAccount serviceAccountName automountServiceAccountToken rbac role roles", "patches",
		"there is no field: no pod gets a token of the cluster; set another account with a patch, in patches"},
	{"securityContext podSecurityContext containerSecurityContext runAsUser runAsGroup fsGroup uid gid puid pgid user", "ollama.runAsUser",
		"use runAsUser, runAsGroup and fsGroup of ollama or openWebUI; all else is by the restricted Pod Security Standard"},
	{"privileged capabilities readOnlyRootFilesystem allowPrivilegeEscalation seccompProfile", "patches",
		"there is no field: every container is as the restricted Pod Security Standard wants it; change it with a patch, in patches"},
	{"command args entrypoint", "ollama.command", "use command and args of ollama or openWebUI, beside an image.repository of somebody else's"},
	{"lifecycle strategy updateStrategy terminationGracePeriodSeconds hostNetwork podDisruptionBudget pdb topologySpreadConstraints priority schedulerName restartPolicy restart", "patches",
		"there is no field: change the generated objects with a patch, in patches"},
	{"extraEnv extraEnvVars envVars envVar environment environmentVariables variables extraArgs tz timezone", "ollama.env",
		`use env of ollama or openWebUI, such as env: {TZ: Europe/Berlin}`},
	{"envFrom envFile extraEnvFrom env_file", "ollama.envFrom", "use envFrom of ollama or openWebUI, such as envFrom: [{secretName: SECRET}]"},
	{"podAnnotations deploymentAnnotations commonAnnotations extraAnnotations serviceAnnotations reloader", "annotations",
		"use annotations of the base, which every object and pod gets"},
	{"podLabels commonLabels extraLabels", "labels", "use labels of the base, which every object and pod gets"},
	{"imagePullSecrets imagePullSecret pullSecret", "images.pullSecrets", "use images.pullSecrets of the base, which every pod gets"},
	{"imageRegistry globalRegistry mirror registryMirror", "images.mirrors", "use images.mirrors of the base, such as {docker.io: harbor.example.org/dockerhub}"},
	{"version appVersion imageTag", "ollama.image.tag", "use image.tag of ollama or openWebUI; without it the version is the one that hearth is tested with"},
	{"networkPolicy networkPolicies egress ingressFrom firewall", "ollama.allowTo",
		"use allowFrom and allowTo of ollama or openWebUI; see docs/network.md"},
	{"loadBalancer loadBalancerIP loadBalancerClass nodePort externalIP externalIPs serviceType", "openWebUI.service.type",
		"use service of ollama or openWebUI, such as service: {type: LoadBalancer}, or expose"},
	{"memory ram cpu cpus cores memoryLimit cpuLimit", "ollama.resources.limits",
		"use resources of ollama or openWebUI, such as resources: {limits: {memory: 8Gi}}; ollama's memory follows from its models"},
	{"auth authentication sso oauth oauth2 openid keycloak authentik authelia google github ldap saml", "openWebUI.oidc",
		"use openWebUI.oidc: {providerURL: URL, clientID: ID}; LDAP has variables of its own in openWebUI.env"},
	{"admin adminEmail adminPassword adminUser users password passwords registration enableSignup", "openWebUI.signUp",
		"use openWebUI.signUp: closed, which takes the admin from a Secret; `hearth secrets` makes it"},
	{"secret secrets secretKey webuiSecretKey existingSecret existingSecretName", "openWebUI.secretName",
		"use openWebUI.secretName, the name of a Secret; `hearth secrets` makes it, for no secret belongs in this file"},
	{"webSearch search searxng searxngURL rag tika pipelines mcp tools whisper tts stt comfyui", "openWebUI.env",
		"set its variables in openWebUI.env, and name its server in openWebUI.allowTo"},
	{"serviceMonitor podMonitor metrics monitoring prometheus grafana dashboard extraObjects extraDeploy extraManifests manifests objects configMap deployment", "resources",
		"write whole Kubernetes objects into resources, of the base or of an overlay"},
	{"numCtx ctx context contextSize contextWindow ctxSize maxTokens", "ollama.contextLength", "use ollama.contextLength, in tokens"},
	{"parallel concurrency maxConcurrency", "ollama.numParallel", "use ollama.numParallel"},
	{"quantization cacheType kvCache flashAttention", "ollama.kvCacheType", "use ollama.kvCacheType; a model's own quantization is part of its tag"},
	{"modelfile modelfiles systemPrompt", "ollama.customModels", "use ollama.customModels: [{name: NAME, from: MODEL, system: TEXT}]"},
	{"model llm llms", "ollama.models", "use ollama.models, a list such as [llama3.2:3b]"},
	{"webUI chat ui frontend openWebUIConfig", "openWebUI", "use openWebUI"},
	{"ollamaURL ollamaBaseURL ollamaBaseURLs ollamaHost ollamaServer ollamaServers", "openWebUI.ollamaURLs", "use openWebUI.ollamaURLs, a list"},
	{"snapshot snapshots velero", "ollama.storage.backup", "use storage.backup of ollama or openWebUI"},
	{"clusters cluster environments gitops", "spec.fleet.targets", "use spec.fleet.targets, which says which cluster gets which overlay"},
	{"helm values chart helmValues kustomize", "patches", "there is no chart: hearth writes the objects, and patches change them"},
	{"services apps components workloads", "spec.bases", "use spec.bases, a list with ollama, openWebUI or both in each"},
}
