package v1alpha1

// OpenWebUI is the chat: a StatefulSet with one pod and a volume for its SQLite
// database and uploads, behind the Service "open-webui", port 80.
type OpenWebUI struct {
	Workload
	// Name that people see in the page (WEBUI_NAME). Default "Open WebUI".
	Name string `json:"name,omitempty"`
	// OllamaURLs are the Ollama servers to use (OLLAMA_BASE_URLS). Default: the
	// base's own. Name others in allowTo, or the NetworkPolicy stops them.
	OllamaURLs []string `json:"ollamaURLs,omitempty"`
	// Embedding is what searches in documents.
	Embedding Embedding `json:"embedding,omitempty"`
	// SignUp is open (default): the first to sign up becomes admin, others wait
	// for the admin's consent; refused at a public audience. closed: nobody can
	// sign up, and the admin's e-mail and password come from the Secret.
	SignUp SignUp `json:"signUp,omitempty"`
	// PersistentConfig lets what an admin saves in the page outlive a restart
	// (ENABLE_PERSISTENT_CONFIG); from then on the stack has no say in it. Default
	// true while sign-up is open, which closes after the first user by such a
	// setting; else false: the stack alone says what is set.
	PersistentConfig *bool `json:"persistentConfig,omitempty"`
	// OIDC signs people in at an OpenID Connect provider. Default none.
	OIDC *OIDC `json:"oidc,omitempty"`
	// SecretName is the Secret with the key secret-key, which signs sessions
	// (WEBUI_SECRET_KEY, 32 bytes or more), with signUp closed also admin-email
	// and admin-password, and with oidc oidc-client-secret. Default open-webui.
	SecretName string `json:"secretName,omitempty"`
	// ReadOnlyRootFilesystem closes the container's own file system: the chat
	// then writes to its volume and to /tmp, 512Mi of the node's disk, alone.
	// Default false: it was run with Open WebUI 0.9.4 from PyPI, and neither with
	// the public image nor with the embedder in the pod. Functions and tools that
	// install Python packages cannot. Its log then says "Read-only file system"
	// of each static file that it copies at its start, and "Permission denied"
	// else: they stay as the image has them either way.
	ReadOnlyRootFilesystem bool `json:"readOnlyRootFilesystem,omitempty"`
}

// SignUp says who may make an account.
type SignUp string

// The ways to an account.
const (
	SignUpOpen   SignUp = "open"
	SignUpClosed SignUp = "closed"
)

// Values lists the allowed ways.
func (SignUp) Values() []string { return []string{string(SignUpOpen), string(SignUpClosed)} }
