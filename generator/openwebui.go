package generator

import (
	_ "embed" // the seeding script
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/generator/spec"
)

const openWebUIData = "/app/backend/data"

// seedData is the script that copies the image's embedding models to the
// volume, which hides them once it is mounted over their folder. Without it the
// chat would look for them on the internet.
//
//go:embed seed-data.sh
var seedData string

func openWebUIComponent(w *spec.OpenWebUI) component {
	return component{
		name: openWebUIName, role: "chat", version: w.Image.Tag,
		port: openWebUIPort, portName: "http",
	}
}

// openWebUI is every object of the chat.
func (b builder) openWebUI() []any {
	w := b.base.OpenWebUI
	if w == nil {
		return nil
	}
	c := openWebUIComponent(w)
	objects := []any{b.serviceAccount(c)}
	if pvc := b.volumeClaim(c, w.Storage); pvc != nil {
		objects = append(objects, pvc)
	}
	headless := b.service(c, openWebUIPort, spec.Service{Type: spec.ClusterIP})
	headless.Name += "-headless"
	headless.Spec.ClusterIP = corev1.ClusterIPNone
	return append(objects, b.openWebUIStatefulSet(c), headless, b.service(c, openWebUIServicePort, w.Service), b.openWebUIPolicy(c))
}

func (b builder) openWebUIStatefulSet(c component) *appsv1.StatefulSet {
	w := b.base.OpenWebUI
	pod := b.podSpec(c, &w.Workload)
	image := b.image(spec.OpenWebUIImage(), w.Image)
	if w.Embedding.Engine == spec.EmbeddingInPod {
		pod.InitContainers = []corev1.Container{{
			Name:            "seed-data",
			Image:           image,
			ImagePullPolicy: corev1.PullPolicy(w.Image.PullPolicy),
			Command:         []string{"/bin/sh", "-c", seedData, "seed-data"},
			Args:            []string{openWebUIData, "/data"},
			Resources:       resources(w.Resources),
			VolumeMounts:    []corev1.VolumeMount{{Name: dataVolume, MountPath: "/data"}},
			SecurityContext: restricted(false),
		}}
	}
	pod.Containers = []corev1.Container{{
		Name:            c.name,
		Image:           image,
		ImagePullPolicy: corev1.PullPolicy(w.Image.PullPolicy),
		Ports:           []corev1.ContainerPort{{Name: c.portName, ContainerPort: c.port, Protocol: corev1.ProtocolTCP}},
		Env:             environment(w.Env, b.openWebUIEnv()),
		Resources:       resources(w.Resources),
		VolumeMounts:    b.mounts(openWebUIData),
		// Five minutes to start: the embedding models load before it listens.
		StartupProbe:   httpProbe(c, "/health", 5, 5, 60),
		ReadinessProbe: httpProbe(c, "/health", 10, 5, 3),
		LivenessProbe:  httpProbe(c, "/health", 30, 10, 6),
		Lifecycle:      drain(5),
		// It writes below its own program folder: the pages' static files.
		SecurityContext: restricted(true),
	}}
	return &appsv1.StatefulSet{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "StatefulSet"},
		ObjectMeta: b.meta(c, c.name),
		Spec: appsv1.StatefulSetSpec{
			ServiceName: c.name + "-headless",
			Selector:    &metav1.LabelSelector{MatchLabels: c.selector()},
			Template:    corev1.PodTemplateSpec{ObjectMeta: b.podMeta(c), Spec: pod},
		},
	}
}

// openWebUIEnv is the chat's environment: what the exposure decides first, then
// what is the same everywhere.
func (b builder) openWebUIEnv() []corev1.EnvVar {
	w := b.base.OpenWebUI
	var env []corev1.EnvVar
	if e := b.base.Expose; e.Type != spec.ExposeInternal {
		url := e.URL()
		env = append(env,
			corev1.EnvVar{Name: "WEBUI_URL", Value: url},
			corev1.EnvVar{Name: "CORS_ALLOW_ORIGIN", Value: url}) // the default admits every site
		if e.TLS.Type != spec.TLSNone {
			env = append(env,
				corev1.EnvVar{Name: "WEBUI_SESSION_COOKIE_SECURE", Value: "True"},
				corev1.EnvVar{Name: "WEBUI_AUTH_COOKIE_SECURE", Value: "True"})
		}
		// Open WebUI's page opens a WebSocket only while this is true. The route's
		// annotation follows the same field: docs/decisions/0003-nginx-websocket.md.
		upgrade := "False"
		if e.WebSocket == spec.WebSocketUpgrade {
			upgrade = "True"
		}
		env = append(env, corev1.EnvVar{Name: "ENABLE_WEBSOCKET_SUPPORT", Value: upgrade})
	}
	if w.SignUp == spec.SignUpClosed {
		env = append(env,
			corev1.EnvVar{Name: "ENABLE_SIGNUP", Value: "False"},
			corev1.EnvVar{Name: "WEBUI_ADMIN_EMAIL", ValueFrom: secretKey(w.SecretName, "admin-email")},
			corev1.EnvVar{Name: "WEBUI_ADMIN_PASSWORD", ValueFrom: secretKey(w.SecretName, "admin-password")})
	}
	env = append(env, b.embeddingEnv()...)
	env = append(env, b.proxyEnv()...)
	if b.base.CABundle != nil {
		// Unlike Go, Python's clients read one bundle in place of their own.
		for _, name := range []string{"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"} {
			env = append(env, corev1.EnvVar{Name: name, Value: caMountPath + "/ca.crt"})
		}
	}
	return append(env,
		corev1.EnvVar{Name: "WEBUI_NAME", Value: w.Name},
		corev1.EnvVar{Name: "OLLAMA_BASE_URLS", Value: strings.Join(b.ollamaURLs(), ";")},
		// Without a fixed key every restart signs everybody out.
		corev1.EnvVar{Name: "WEBUI_SECRET_KEY", ValueFrom: secretKey(w.SecretName, "secret-key")},
		corev1.EnvVar{Name: "ENABLE_OPENAI_API", Value: "False"}, // it would ask api.openai.com for models
		corev1.EnvVar{Name: "OFFLINE_MODE", Value: "True"},       // no look for updates, no download from model hubs
		corev1.EnvVar{Name: "HOME", Value: "/tmp"},
	)
}

// embeddingEnv points the search in documents at Ollama. Without it the pod runs
// the image's own model.
func (b builder) embeddingEnv() []corev1.EnvVar {
	e := b.base.OpenWebUI.Embedding
	if e.Engine != spec.EmbeddingOllama {
		return nil
	}
	server := b.ownOllamaURL()
	if b.base.Ollama == nil {
		server = b.ollamaURLs()[0]
	}
	return []corev1.EnvVar{
		{Name: "RAG_EMBEDDING_ENGINE", Value: "ollama"},
		{Name: "RAG_EMBEDDING_MODEL", Value: e.Model},
		{Name: "RAG_OLLAMA_BASE_URL", Value: server}, // it does not follow OLLAMA_BASE_URLS
	}
}

// ollamaURLs are the servers that the chat talks to.
func (b builder) ollamaURLs() []string {
	if urls := b.base.OpenWebUI.OllamaURLs; len(urls) > 0 {
		return urls
	}
	return []string{b.ownOllamaURL()}
}

func (b builder) ownOllamaURL() string {
	return "http://" + ollamaName + "." + b.base.Namespace + ".svc:11434"
}
