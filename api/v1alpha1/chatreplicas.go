package v1alpha1

import (
	"fmt"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/api/problem"
)

// MostChats is the largest number of pods of the chat. No limit of Open WebUI: past
// it somebody wrote a number of something else.
const MostChats = 32

// Files reports whether databases are files on the chat's volume, which no network
// file system, and no second pod, may have.
func (w *OpenWebUI) Files() bool { return !w.Database.Server() || !w.Vectors.Server() }

// Kind of what keeps the pods: StatefulSet for one, and for several Deployment, which
// alone ends all of them before it starts the first of another version.
func (w *OpenWebUI) Kind() string {
	if w.Replicas > 1 {
		return "Deployment"
	}
	return "StatefulSet"
}

// chatReplicas refuses several pods that would not be one chat.
func (v validator) chatReplicas(base *field.Path, b *Base) {
	w, at := b.OpenWebUI, base.Child("openWebUI")
	v.count(at.Child("replicas"), w.Replicas, 1, MostChats, "pods")
	if w.Replicas < 2 || w.Replicas > MostChats {
		return
	}
	v = v.because(at.Child("replicas"))
	several := fmt.Sprintf("%d pods", w.Replicas)
	if !w.Database.Server() {
		v.errorf(at.Child("database", "type"), "write postgres or cloudNativePG", "got sqlite: %s cannot share its file", several)
	} else if least := connectionsOfOthers + leastConnections*w.Replicas; w.Database.MaxConnections < least {
		v.errorf(at.Child("database", "maxConnections"), "raise it, at the server too",
			"got %d, want at least %d: %d for each of %s, and %d for others", w.Database.MaxConnections, least, leastConnections, several, connectionsOfOthers)
	}
	if w.Redis == nil {
		v.errorf(at.Child("redis"), "write redis: {url: redis://HOST:6379/0}",
			"missing: a page would hear nothing of what another pod answers, and a sign-out would reach one of %s", several)
	}
	if !w.Vectors.Server() {
		v.errorf(at.Child("vectors", "type"), "write pgvector, chroma or qdrant", "got %s: %s that open its files break them", w.Vectors.Type, several)
	}
	if w.Storage.provisioned() && w.Storage.AccessMode != ReadWriteMany {
		v.because(at.Child("storage", "existingClaim"), at.Child("storage", "nfs")).errorf(at.Child("storage", "accessMode"), "write ReadWriteMany, with a storage class that has it; or use storage.existingClaim or storage.nfs",
			"got %s: each of %s has to find what people upload to another", w.Storage.AccessMode, several)
	}
	if w.Embedding.Engine == EmbeddingInPod {
		v.because(base.Child("ollama")).errorf(at.Child("embedding", "engine"), "write ollama", "got inPod: each of %s would hold the model, and copy it to the one volume", several)
	}
	if e := b.Expose; e.Exposed() && e.WebSocket == WebSocketPolling {
		v.errorf(base.Child("expose", "webSocket"), "write upgrade", "got polling: each of its requests goes to another of %s, which knows nothing of the one before", several)
	}
}

// MigratesFirst reports whether an init container migrates the database in the chat's
// place: where several pods have one, and where the server is made with the chat, which
// would fail until it is there.
func (w *OpenWebUI) MigratesFirst() bool {
	return w.Replicas > 1 || w.Database.Type == DatabaseCloudNativePG
}

// serverEnv refuses variables of what a field says: where a person sets nothing by
// fields, they may by env.
func (v validator) serverEnv(at *field.Path, w *OpenWebUI) {
	decided := map[string]string{}
	if w.Redis != nil {
		for _, name := range []string{"REDIS_URL", "WEBSOCKET_MANAGER", "WEBSOCKET_REDIS_URL"} {
			decided[name] = "redis"
		}
	}
	if w.Vectors.Server() {
		for _, name := range []string{
			"VECTOR_DB", "PGVECTOR_DB_URL", "PGVECTOR_POOL_SIZE", "PGVECTOR_POOL_MAX_OVERFLOW",
			"CHROMA_HTTP_HOST", "CHROMA_HTTP_PORT", "CHROMA_HTTP_SSL", "QDRANT_URI", "QDRANT_API_KEY",
		} {
			decided[name] = "vectors"
		}
	}
	if w.Replicas > 1 {
		decided["ENABLE_DB_MIGRATIONS"] = "replicas"
	} else if w.MigratesFirst() {
		decided["ENABLE_DB_MIGRATIONS"] = "database"
	}
	for _, name := range slices.Sorted(maps.Keys(w.Env)) {
		if by := decided[name]; by != "" {
			v.because(at.Child(by)).errorf(at.Child("env").Key(name), problem.Remove, "openWebUI.%s says it", by)
		}
	}
}
