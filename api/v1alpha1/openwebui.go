package v1alpha1

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/hearth-dev/hearth/api/problem"
	"github.com/hearth-dev/hearth/internal/versions"
)

// OpenWebUI is the chat: a StatefulSet with one pod and a volume for its SQLite
// database and uploads, behind the Service "open-webui". With database it keeps
// accounts and chats on a server of PostgreSQL, and with replicas it is several
// pods.
type OpenWebUI struct {
	Workload
	// Name that people see in the page (WEBUI_NAME). Default "Open WebUI".
	Name string `json:"name,omitzero"`
	// OllamaURLs are the Ollama servers to use (OLLAMA_BASE_URLS). Of several, Open
	// WebUI sends each question to one by chance, of those that had its model when
	// the page last listed them, and to no other where that one fails: a pool
	// shares what each of it holds under the same name. The NetworkPolicies let
	// the chat to Ollamas of the stack, and out to a Service's namespace, to an
	// address, and by https to the internet; allowTo says it more narrowly, and
	// of a private name. Default: the base's own.
	OllamaURLs []string `json:"ollamaURLs,omitzero"`
	// Backends are further servers to use, by OpenAI's API: vLLM, llama.cpp,
	// LiteLLM, a provider on the internet. With them a chat needs no Ollama: it
	// asks none where the base has none and ollamaURLs are left out. The chat
	// lists the models of all of them. With persistentConfig on, what an admin
	// saves under Connections in the page goes before this list from then on.
	// Default none: no other server is asked (ENABLE_OPENAI_API).
	Backends []Backend `json:"backends,omitzero"`
	// Database is where accounts, chats and settings are. Default: an SQLite file
	// on the volume.
	Database Database `json:"database,omitzero"`
	// Replicas is how many pods serve the chat behind its Service. Default 1. More
	// need database and vectors on servers, redis, a volume that is ReadWriteMany,
	// embedding in Ollama and an upgraded expose.webSocket: docs/replicas.md. They
	// are a Deployment's, spread over the nodes, and maintenance takes one at a
	// time. A change of theirs ends all of them before the first new one starts, for
	// two versions must never serve one database; one of them migrates it.
	Replicas int `json:"replicas,omitzero"`
	// Redis is where several pods meet; with it, a sign-out counts at once. Default
	// none.
	Redis *Redis `json:"redis,omitzero"`
	// Vectors is where the vectors are that documents are searched by. Default:
	// files on the volume.
	Vectors Vectors `json:"vectors,omitzero"`
	// Embedding is what searches in documents.
	Embedding Embedding `json:"embedding,omitzero"`
	// MaxUploadSize of a file, in whole MiB from 1Mi to 1Gi. The page tells whoever
	// chooses a larger one (RAG_FILE_MAX_SIZE); the server does not look, so the
	// route is bounded 1Mi above it, and the volume that uploads arrive on holds
	// four of them, 64Mi at least: one more upload is refused, and nobody else is
	// bothered. It is memory of the pod's. Default 10Mi, or what a smaller
	// maxBodySize of expose.nginx or expose.ingressNGINX lets through.
	MaxUploadSize BodySize `json:"maxUploadSize,omitzero"`
	// SignUp is open (default): the first to sign up becomes admin, others wait
	// for the admin's consent; refused at a public audience. closed: nobody can
	// sign up, and the admin's e-mail and password come from the Secret.
	SignUp SignUp `json:"signUp,omitzero"`
	// PersistentConfig lets what an admin saves in the page outlive a restart
	// (ENABLE_PERSISTENT_CONFIG); from then on the stack has no say in it. Default
	// true while sign-up is open, which closes after the first user by such a
	// setting; else false: the stack alone says what is set.
	PersistentConfig *bool `json:"persistentConfig,omitzero"`
	// OIDC signs people in at an OpenID Connect provider. Default none.
	OIDC *OIDC `json:"oidc,omitzero"`
	// SecretName is the Secret with the key secret-key, which signs sessions
	// (WEBUI_SECRET_KEY, 32 bytes or more), with signUp closed also admin-email
	// and admin-password, and with oidc oidc-client-secret. Default open-webui.
	SecretName string `json:"secretName,omitzero"`
	// ReadOnlyRootFilesystem closes the container's own file system: the chat
	// then writes to its volume, to uploads on their way, and to /tmp, 512Mi of
	// the node's disk, alone.
	// Default false: it was run with Open WebUI 0.9.4 from PyPI, and neither with
	// the public image nor with the embedder in the pod. Functions and tools that
	// install Python packages cannot. Its log then says "Read-only file system"
	// of each static file that it copies at its start, and "Permission denied"
	// else: they stay as the image has them either way.
	ReadOnlyRootFilesystem bool `json:"readOnlyRootFilesystem,omitzero"`
}

// OpenWebUIVersion is the version of Open WebUI that no tag means.
const OpenWebUIVersion = versions.DefaultOpenWebUI

// HandsTools reports whether its version hands each question tools for the model to
// call, unless it is told not to.
func (w *OpenWebUI) HandsTools() bool { return !versions.Older(w.Image.Tag, versions.NativeTools) }

// OpenWebUIImage is the official image of Open WebUI.
func OpenWebUIImage() Image {
	return Image{Registry: "ghcr.io", Repository: versions.OpenWebUI.Image, Tag: OpenWebUIVersion, PullPolicy: "IfNotPresent"}
}

func (w *OpenWebUI) applyDefaults() {
	fill(&w.MaxUploadSize, "10Mi")
	fill(&w.Service.Port, 80)
	// Figures of the reference system: 825 MiB in use; 512 MiB is OOM-killed
	// while it starts.
	w.Workload.applyDefaults(OpenWebUIImage(), Resources{
		Requests: ResourceList{CPU: "100m", Memory: "512Mi"},
		Limits:   ResourceList{CPU: "1", Memory: mebibytes((1500 + w.uploadMemory()) << 20)},
	}, "1Gi")
	fill(&w.Name, "Open WebUI")
	fill(&w.SignUp, SignUpOpen)
	fill(&w.SecretName, "open-webui")
	fill(&w.Replicas, 1)
	w.Database.applyDefaults()
	w.Vectors.applyDefaults()
	fillPointer(&w.PersistentConfig, w.SignUp == SignUpOpen)
	if w.OIDC != nil {
		w.OIDC.applyDefaults(w.SecretName)
	}
}

// Uploads at a time that the pod is made for, and the least volume for them.
const (
	uploadsAtATime  = 4
	leastUploadRoom = 64 << 20
)

// UploadRoom is the size in bytes of the volume that uploads arrive on.
func (w *OpenWebUI) UploadRoom() int64 {
	return max(leastUploadRoom, uploadsAtATime*w.MaxUploadSize.Bytes())
}

// MaxBody is the largest body in bytes of a request with an upload: the file,
// and what a form puts around it.
func (w *OpenWebUI) MaxBody() int64 { return w.MaxUploadSize.Bytes() + 1<<20 }

// uploadMemory is how many MiB uploads need above what those of 10Mi do, which
// the figures for memory hold: the volume's, and each file once more, which
// Open WebUI 0.9.4 reads whole (storage/provider.py).
func (w *OpenWebUI) uploadMemory() int64 {
	files := uploadsAtATime * (w.MaxUploadSize.Bytes() - 10<<20)
	return max(0, w.UploadRoom()-leastUploadRoom+files) >> 20
}

// SignUp says who may make an account.
type SignUp string

// The ways to an account.
const (
	SignUpOpen   SignUp = "open"
	SignUpClosed SignUp = "closed"
)

// Values lists the allowed ways.
func (SignUp) Values() []string { return texts(SignUpOpen, SignUpClosed) }

func (v validator) openWebUI(base *field.Path, given, b *Base) {
	w, at := b.OpenWebUI, base.Child("openWebUI")
	v.workload(at, &given.OpenWebUI.Workload, &w.Workload, openWebUIOwned)
	v.command(at, &w.Workload)
	v.service(at, ProgramOpenWebUI, given.OpenWebUI.Service, &w.Workload)
	v.version(at.Child("image", "tag"), w.Image, &versions.OpenWebUI)
	files := v.because(at.Child("database", "type"), at.Child("vectors", "type"))
	switch {
	case w.Storage.NFS != nil && w.Files():
		files.errorf(at.Child("storage", "nfs"), "use a volume of a storage class; or servers for database and vectors", "NFS corrupts Open WebUI's SQLite database: its locks do not hold there")
	case w.Storage.NFS != nil && w.Storage.NFS.ReadOnly:
		v.errorf(at.Child("storage", "nfs", "readOnly"), problem.Remove, "Open WebUI writes there what people upload")
	}
	if w.Storage.Image != nil {
		v.errorf(at.Child("storage", "image"), "use a volume of a storage class", "an image is read-only, and Open WebUI writes its chats")
	}
	if w.Storage.AccessMode == ReadWriteMany && w.Files() {
		files.warnf(at.Child("storage", "accessMode"), "write ReadWriteOnce", "volumes of this mode are often NFS, which corrupts Open WebUI's SQLite database")
	}
	v.openWebUIEnv(base, b)
	v.database(at.Child("database"), &given.OpenWebUI.Database, &w.Database)
	v.redis(base, b)
	v.vectors(base, given.OpenWebUI.Vectors, b)
	v.chatReplicas(base, b)
	v.serverEnv(at, w)
	v.uploads(base, given, w)
	v.openWebUIMemory(at, isChosen(given.OpenWebUI.Resources.Limits.Memory), w)
	v.embedding(base, given.OpenWebUI.Embedding, b)
	v.oneLine(at.Child("name"), w.Name)
	// With its settings from the environment alone, each restart forgets that
	// sign-up was closed after the first user.
	if !*w.PersistentConfig && w.SignUp == SignUpOpen {
		v.because(at.Child("signUp")).errorf(at.Child("persistentConfig"), "write signUp: closed, or remove it", "got false: every restart would open sign-up again")
	}
	v.oidc(base, given.OpenWebUI.OIDC, b)
	if len(w.Backends) == 0 && !b.AsksOllama() {
		v.because(base.Child("ollama"), base.Child("engine"), at.Child("backends")).errorf(at.Child("ollamaURLs"), "write the servers' URLs, backends, or ollama to have one in this base",
			"missing: the base has no Ollama of its own")
	}
	v.ollamaURLs(base, b)
	v.backends(base, given.OpenWebUI.Backends, b)
	v.name(at.Child("secretName"), w.SecretName, "a Secret")
}

// oneLine checks a text that people read.
func (v validator) oneLine(at *field.Path, text string) {
	if strings.TrimSpace(text) == "" || strings.ContainsFunc(text, unicode.IsControl) || utf8.RuneCountInString(text) > 100 {
		v.errorf(at, "", "got %q, want one line of at most 100 characters", text)
	}
}

// uploads checks the largest upload, and that the route lets it through.
func (v validator) uploads(base *field.Path, given *Base, w *OpenWebUI) {
	at, size := base.Child("openWebUI", "maxUploadSize"), w.MaxUploadSize.Bytes()
	if size%(1<<20) != 0 || size < 1<<20 || size > 1<<30 {
		v.errorf(at, "", "got %s, want whole MiB from 1Mi to 1Gi", w.MaxUploadSize)
		return
	}
	body := given.Expose.BodyLimit()
	if body == 0 {
		return
	}
	member := ExposeNginx
	if given.Expose.NGINX == nil {
		member = ExposeIngressNGINX
	}
	route := base.Child("expose", string(member), "maxBodySize")
	switch got := *given.Expose.maxBodySize(); {
	case given.OpenWebUI.MaxUploadSize != "" && body < size:
		v.because(at).errorf(route, "remove it: it follows from openWebUI.maxUploadSize",
			"got %s, and the page lets people choose files of %s, which the route would answer with 413", got, w.MaxUploadSize)
	case given.OpenWebUI.MaxUploadSize == "" && body > w.MaxBody():
		v.because(at).warnf(route, "write openWebUI.maxUploadSize in its place", "got %s, and the page lets people choose files of %s", got, w.MaxUploadSize)
	}
}

func (v validator) openWebUIMemory(at *field.Path, given bool, w *OpenWebUI) {
	upload, engine := at.Child("maxUploadSize"), at.Child("embedding", "engine")
	at = at.Child("resources", "limits", "memory")
	limit := w.Resources.Limits.Memory
	got, least, comfortable := limit.Parsed(), Quantity("1Gi").Parsed(), Quantity("2Gi").Parsed()
	uploads := mebibytes((1024 + w.uploadMemory()) << 20)
	switch {
	case got.Cmp(least) >= 0 && got.Cmp(uploads.Parsed()) < 0:
		v.because(upload).errorf(at, "raise it, or lower openWebUI.maxUploadSize",
			"got %s, want at least %s: with uploads of %s, %d at a time, the memory above 1Gi holds them", limit, uploads, w.MaxUploadSize, uploadsAtATime)
	case got.Cmp(least) < 0:
		v.errorf(at, "raise it to 1500Mi or more",
			"got %s, want at least 1Gi: it needs 700 to 900 MiB before it serves anybody and is OOM-killed at 512Mi", limit)
	case got.Cmp(comfortable) < 0 && given && w.Embedding.Engine == EmbeddingInPod:
		v.because(engine).warnf(at, "2Gi is comfortable; with embedding: {engine: ollama} a document adds a third as much",
			"%s is tight: 825 MiB are in use at rest, and each document that people upload adds to it", limit)
	}
}
