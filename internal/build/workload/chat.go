package workload

import (
	_ "embed" // the migrating program
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/hearth-dev/hearth/api/v1alpha1"
)

// migrate is the program that waits for the database, and brings it forward.
//
//go:embed migrate.py
var migrate string

// chats are the objects of several pods that are one chat. They are a Deployment's:
// a StatefulSet replaces its pods one after another, and two versions of Open WebUI
// would be on one database.
func (b builder) chats(c component, pod corev1.PodSpec) []any {
	pod.TopologySpreadConstraints = spread(c)
	return []any{&appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"},
		ObjectMeta: c.Meta(c.Name),
		Spec: appsv1.DeploymentSpec{
			Replicas: new(int32(b.base.OpenWebUI.Replicas)),
			Selector: &metav1.LabelSelector{MatchLabels: c.Selector()},
			Strategy: appsv1.DeploymentStrategy{Type: appsv1.RecreateDeploymentStrategyType},
			Template: corev1.PodTemplateSpec{ObjectMeta: c.PodMeta(), Spec: pod},
		},
	}, disruptionBudget(c)}
}

// addMigrator has an init container migrate in the chat's place.
func (b builder) addMigrator(pod *corev1.PodSpec) {
	program := &pod.Containers[0]
	pod.InitContainers = append(pod.InitContainers, b.migrator(*program)) // last: the way to the database may be a sidecar
	program.Env = append(program.Env, corev1.EnvVar{Name: "ENABLE_DB_MIGRATIONS", Value: "False"})
}

// migrator waits for the database and brings it forward before a pod's chat starts,
// as the chat itself would, but one pod at a time: the first does it, and the others
// find it done.
func (b builder) migrator(chat corev1.Container) corev1.Container {
	w := b.base.OpenWebUI
	url := w.Database.URL()
	env := []corev1.EnvVar{
		{Name: "DATABASE_URL", ValueFrom: secretKey(url.Name, url.Key)},
		{Name: "WEBUI_SECRET_KEY", ValueFrom: secretKey(w.SecretName, "secret-key")}, // without which it does not begin
		{Name: "HOME", Value: v1alpha1.TmpPath},
	}
	if w.Vectors.Type == v1alpha1.VectorsPGVector { // whose tables are in the database, too
		env = append(env, vectorsEnv(w)...)
	}
	return corev1.Container{
		Name: v1alpha1.ContainerMigrate, Image: chat.Image, ImagePullPolicy: chat.ImagePullPolicy,
		Command:         []string{"python3", "-c", migrate},
		Env:             environment(w.Env, env),
		EnvFrom:         chat.EnvFrom,
		Resources:       chat.Resources,    // a pod counts the larger of the two, not their sum
		VolumeMounts:    chat.VolumeMounts, // where the URL may name a certificate
		SecurityContext: chat.SecurityContext,
	}
}

// sharedEnv is what pods share on servers, and what many people take.
func sharedEnv(w *v1alpha1.OpenWebUI) []corev1.EnvVar {
	var env []corev1.EnvVar
	if r := w.Redis; r != nil {
		url := corev1.EnvVar{Name: "REDIS_URL", Value: r.URL.Value}
		if ref := r.URL.SecretKeyRef; ref != nil {
			url.ValueFrom = secretKey(ref.Name, ref.Key)
		}
		pages := url
		pages.Name = "WEBSOCKET_REDIS_URL"
		env = append(env, url, corev1.EnvVar{Name: "WEBSOCKET_MANAGER", Value: "redis"}, pages)
	}
	env = append(env, vectorsEnv(w)...)
	if w.Replicas > 1 {
		// What Open WebUI's documentation of scaling gives: threads for what waits, of
		// which there are 40 else, and seconds between two writes that somebody is there.
		env = append(env,
			corev1.EnvVar{Name: "THREAD_POOL_SIZE", Value: "2000"},
			corev1.EnvVar{Name: "DATABASE_USER_ACTIVE_STATUS_UPDATE_INTERVAL", Value: "300"})
	}
	return env
}

// vectorsEnv is where vectors are.
func vectorsEnv(w *v1alpha1.OpenWebUI) []corev1.EnvVar {
	switch x := w.Vectors; x.Type {
	case v1alpha1.VectorsPGVector: // in the database of DATABASE_URL
		size, overflow := w.Pool()
		return []corev1.EnvVar{
			{Name: "VECTOR_DB", Value: "pgvector"},
			{Name: "PGVECTOR_POOL_SIZE", Value: strconv.Itoa(size)},
			{Name: "PGVECTOR_POOL_MAX_OVERFLOW", Value: strconv.Itoa(overflow)},
		}
	case v1alpha1.VectorsChroma:
		host, port, encrypted := x.Chroma.Server()
		env := []corev1.EnvVar{
			{Name: "VECTOR_DB", Value: "chroma"},
			{Name: "CHROMA_HTTP_HOST", Value: host},
			{Name: "CHROMA_HTTP_PORT", Value: port},
		}
		if encrypted {
			env = append(env, corev1.EnvVar{Name: "CHROMA_HTTP_SSL", Value: "True"})
		}
		return env
	case v1alpha1.VectorsQdrant:
		env := []corev1.EnvVar{{Name: "VECTOR_DB", Value: "qdrant"}, {Name: "QDRANT_URI", Value: x.Qdrant.URL}}
		if ref := x.Qdrant.APIKey; ref != nil {
			env = append(env, corev1.EnvVar{Name: "QDRANT_API_KEY", ValueFrom: secretKey(ref.Name, ref.Key)})
		}
		return env
	}
	return nil
}
