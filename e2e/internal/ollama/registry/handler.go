package registry

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path"
	"regexp"
	"strconv"
)

// manifestType is the one media type that Ollama asks for and writes.
const manifestType = "application/vnd.docker.distribution.manifest.v2+json"

// host is the folder below manifests/ in which Ollama files models whose name has no registry in it.
const host = "registry.ollama.ai"

// part is one element of a model's name as Ollama accepts it, so that no request can leave the folder.
const part = `[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}`

// Handler serves the models below a folder, and the test's controls beside them.
//
//	GET /v2/{namespace}/{model}/manifests/{tag}
//	GET /v2/{namespace}/{model}/blobs/{digest}   with Range
//	GET /log                                     every request so far, as JSON
//	GET /rate, PUT /rate                         bytes per second of one response; 0 is unlimited
//	GET /healthz
type Handler struct {
	store    fs.FS
	log      *Log
	rate     *Rate
	manifest *regexp.Regexp
	blob     *regexp.Regexp
}

// New serves the models of a folder laid out like $OLLAMA_MODELS, with blobs/ and manifests/.
func New(models string, log *Log, rate *Rate) *Handler {
	return &Handler{
		store:    os.DirFS(models),
		log:      log,
		rate:     rate,
		manifest: regexp.MustCompile(`^/v2/(` + part + `)/(` + part + `)/manifests/(` + part + `)$`),
		blob:     regexp.MustCompile(`^/v2/` + part + `/` + part + `/blobs/sha256:([0-9a-f]{64})$`),
	}
}

// ServeHTTP answers models at once slowed down and recorded, controls neither.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/healthz":
		w.WriteHeader(http.StatusOK)
	case "/log":
		h.serveLog(w)
	case "/rate":
		h.serveRate(w, r)
	default:
		seen := h.log.start(r)
		defer seen.finish()
		h.serveModel(&recorder{ResponseWriter: w, request: r, entry: seen, rate: h.rate}, r)
	}
}

func (h *Handler) serveModel(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		refuse(w, http.StatusMethodNotAllowed, "UNSUPPORTED", r.Method+" is not supported: models are read-only here")
		return
	}
	if r.URL.Path == "/v2/" {
		w.WriteHeader(http.StatusOK)
		return
	}
	if m := h.manifest.FindStringSubmatch(r.URL.Path); m != nil {
		h.serveManifest(w, r, path.Join("manifests", host, m[1], m[2], m[3]))
		return
	}
	if m := h.blob.FindStringSubmatch(r.URL.Path); m != nil {
		h.serveBlob(w, r, m[1])
		return
	}
	refuse(w, http.StatusNotFound, "NAME_UNKNOWN", "no such path: "+r.URL.Path)
}

func (h *Handler) serveManifest(w http.ResponseWriter, r *http.Request, name string) {
	data, err := fs.ReadFile(h.store, name)
	if err != nil {
		refuse(w, status(err), "MANIFEST_UNKNOWN", "no such model: "+r.URL.Path)
		return
	}
	sum := sha256.Sum256(data)
	w.Header().Set("Content-Type", manifestType)
	w.Header().Set("Docker-Content-Digest", "sha256:"+hex.EncodeToString(sum[:]))
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(data) // a reader that went away is in the log
	}
}

func (h *Handler) serveBlob(w http.ResponseWriter, r *http.Request, digest string) {
	name := path.Join("blobs", "sha256-"+digest)
	if _, err := fs.Stat(h.store, name); err != nil {
		refuse(w, status(err), "BLOB_UNKNOWN", "no such blob: "+r.URL.Path)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Docker-Content-Digest", "sha256:"+digest)
	// Ollama's downloader first asks for the blob without a Range and takes the address to download from out of Location:
	// the public registry redirects to its storage. It follows a redirect to the same host name and then fails with "http:
	// no Location header in response", so one host must answer 200 and name itself (ollama v0.23.2 server/download.go).
	w.Header().Set("Location", r.URL.Path)
	http.ServeFileFS(w, r, h.store, name)
}

func (h *Handler) serveLog(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(h.log.Entries()) // a reader that went away needs no answer
}

func (h *Handler) serveRate(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPut {
		n, err := strconv.ParseInt(r.URL.Query().Get("bytes"), 10, 64)
		if err != nil || n < 0 {
			http.Error(w, "bytes: want a whole number of bytes per second, 0 for unlimited", http.StatusBadRequest)
			return
		}
		h.rate.Set(n)
	}
	_, _ = w.Write([]byte(strconv.FormatInt(h.rate.Get(), 10) + "\n")) // as above
}

// status is another for a file that is not there than for one that cannot be read: Ollama gives up on 404 alone.
func status(err error) int {
	if errors.Is(err, fs.ErrNotExist) {
		return http.StatusNotFound
	}
	return http.StatusInternalServerError
}

// refuse answers in the distribution specification's form of an error.
func refuse(w http.ResponseWriter, status int, code, message string) {
	body, _ := json.Marshal(map[string]any{"errors": []map[string]string{{"code": code, "message": message}}})
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // a reader that went away is in the log
}
