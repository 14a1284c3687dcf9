package images

import (
	"context"
	_ "embed" // the lock file and the start script
	"io/fs"
	"path"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// OpenWebUI is a version of the chat that is made from its wheel on PyPI.
type OpenWebUI struct {
	// Version on PyPI, and the tag of the public image.
	Version string
	// lock is the wheel and all that it needs.
	lock string
}

// OpenWebUIDeployed is what the committed stack deploys. OpenWebUINewest is the newest that the tests run.
var (
	OpenWebUIDeployed = OpenWebUI{Version: "0.9.4", lock: openWebUILock}
	OpenWebUINewest   = OpenWebUI{Version: "0.12.4", lock: openWebUINewestLock}
)

// Ref is the reference that people deploy, so that rendered manifests run unchanged.
func (o OpenWebUI) Ref() string { return "ghcr.io/open-webui/open-webui:" + o.Version }

//go:embed recipes/open-webui.lock
var openWebUILock string

//go:embed recipes/open-webui-0.12.4.lock
var openWebUINewestLock string

//go:embed recipes/open-webui-start.sh
var openWebUIStart string

//go:embed recipes/open-webui-embedder.lock
var openWebUIEmbedderLock string

//go:embed recipes/open-webui-pgvector.lock
var openWebUIPGVectorLock string

// OpenWebUIEmbedder returns a folder with the Python packages that the image of [OpenWebUIDeployed] lacks to embed documents itself: put it in front
// of the image's own by PYTHONPATH. They take six gigabytes.
func (b *Builder) OpenWebUIEmbedder(ctx context.Context) (string, error) {
	return b.pythonPackages(ctx, "open-webui-embedder", OpenWebUIDeployed.Version, openWebUIEmbedderLock, 12000)
}

// Image returns the chat in an image that looks from outside like the public one: the program in
// /app/backend, the pages in /app/build, data in /app/backend/data, start.sh on port 8080. It carries no models, and not
// the libraries to run any (torch alone is two gigabytes with the GPU libraries that PyPI's wheel demands): embeddings
// come from Ollama.
func (o OpenWebUI) Image(ctx context.Context, b *Builder) (Image, error) {
	packages, err := b.pythonPackages(ctx, "open-webui", o.Version, o.lock, 2500)
	if err != nil {
		return Image{}, err
	}
	const libraries, backend = "/usr/local/lib/python" + pythonVersion + "/dist-packages", "/app/backend"
	program := path.Join(libraries, "open_webui")
	root, err := b.debian(ctx, debianRoot{
		name:     "open-webui-root",
		packages: []string{"ca-certificates", "python3"},
		files: []File{
			{Path: libraries, From: packages},
			{Path: path.Join(backend, "start.sh"), Data: []byte(openWebUIStart), Mode: 0o755},
			{Path: path.Join(backend, "data"), Mode: fs.ModeDir | 0o755},
			{Path: "/app/package.json", Data: []byte(`{"version": "` + o.Version + `"}`)},
		},
		// The wheel has everything in one folder, the public image has the pages and the change log outside of it.
		// Compiled here because the container's user may not write beside the source; by a hash, as layers keep no times.
		// Some packages carry templates that are no Python, at which compileall ends with 1.
		finish: "mv " + program + " " + backend + "/open_webui\n" +
			"mv " + backend + "/open_webui/frontend /app/build\n" +
			"mv " + backend + "/open_webui/CHANGELOG.md /app/\n" +
			"python3 -m compileall -qq -f --invalidation-mode unchecked-hash /usr/lib/python" + pythonVersion + " " + libraries + " " + backend + " || true\n",
	})
	if err != nil {
		return Image{}, err
	}
	pgvector, err := b.pythonPackages(ctx, "open-webui-pgvector", "0.4.2", openWebUIPGVectorLock, 10)
	if err != nil {
		return Image{}, err
	}
	cache := path.Join(backend, "data/cache/embedding/models")
	return b.FromFiles(ctx, Spec{
		Ref:   o.Ref(),
		Base:  []Layer{root},
		Files: []File{{Path: libraries, From: pgvector}},
		Config: v1.Config{
			Cmd:          []string{"bash", "start.sh"},
			WorkingDir:   backend,
			ExposedPorts: map[string]struct{}{"8080/tcp": {}},
			// As the public image has them, where they decide how the program behaves.
			Env: []string{
				"PATH=/usr/local/bin:/usr/bin:/bin", "ENV=prod", "PORT=8080", "DOCKER=true", "PYTHONUNBUFFERED=1",
				"OLLAMA_BASE_URL=/ollama", "OPENAI_API_BASE_URL=", "OPENAI_API_KEY=", "WEBUI_SECRET_KEY=",
				"SCARF_NO_ANALYTICS=true", "DO_NOT_TRACK=true", "ANONYMIZED_TELEMETRY=false",
				"RAG_EMBEDDING_MODEL=sentence-transformers/all-MiniLM-L6-v2",
				"SENTENCE_TRANSFORMERS_HOME=" + cache, "HF_HOME=" + cache,
			},
		},
	})
}
