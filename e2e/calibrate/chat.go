package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/hearth-dev/hearth/e2e/internal/cgroup"
	"github.com/hearth-dev/hearth/e2e/internal/docker"
	"github.com/hearth-dev/hearth/e2e/internal/images"
	"github.com/hearth-dev/hearth/e2e/internal/ollama"
)

// ChatRow is what Open WebUI was seen to need.
type ChatRow struct {
	// Libraries reports whether the image has what it takes to embed documents in the pod: torch and sentence-transformers.
	Libraries bool `json:"libraries"`
	// Engine that embeds: ollama or inPod, as embedding.engine in a stack.
	Engine string `json:"engine"`
	Measured
	// ReadySeconds from the start of the container to an answer of /health.
	ReadySeconds float64 `json:"readySeconds"`
	// Rest is some seconds later, nobody having signed in. Peak is the highest until the document was searchable, for
	// which it took DocumentSeconds.
	Rest            cgroup.Memory `json:"rest"`
	Peak            cgroup.Memory `json:"peak"`
	DocumentSeconds float64       `json:"documentSeconds"`
}

// chatEmbedder is what embeds for both engines: once Ollama's build of it, once the published one.
const chatEmbedder = "all-minilm:22m"

// chat measures Open WebUI: embedding in Ollama, without and with the libraries, and then in the pod.
func (b *bench) chat(ctx context.Context) error {
	if err := b.open(ctx, chatEmbedder); err != nil {
		return err
	}
	image, err := images.OpenWebUIDeployed.Image(ctx, b.builder)
	if err != nil {
		return err
	}
	if _, err := b.daemon.Load(ctx, image); err != nil {
		return err
	}
	libraries, err := b.builder.OpenWebUIEmbedder(ctx)
	if err != nil {
		return err
	}
	weights, err := ollama.Weights(ctx, b.builder, ollama.MiniLM())
	if err != nil {
		return err
	}
	withLibraries := []string{"--volume", libraries + ":/libraries:ro", "--env", "PYTHONPATH=/libraries"}
	inPod := slices.Concat(withLibraries, []string{"--volume", filepath.Dir(weights["config.json"]) + ":/embedder:ro",
		"--env", "RAG_EMBEDDING_ENGINE=", "--env", "RAG_EMBEDDING_MODEL=/embedder"})
	b.data.Chat = nil
	for _, try := range []struct {
		row   ChatRow
		flags []string
	}{
		{ChatRow{Engine: "ollama"}, nil},
		{ChatRow{Engine: "ollama", Libraries: true}, withLibraries},
		{ChatRow{Engine: "inPod", Libraries: true}, inPod},
	} {
		row, err := b.converse(ctx, try.row, try.flags)
		if err != nil {
			return fmt.Errorf("embedding by %s: %w", row.Engine, err)
		}
		b.data.Chat = append(b.data.Chat, row)
		if err := b.save(); err != nil {
			return err
		}
		fmt.Fprintf(b.out, "libraries %v, embedding by %s: anonymous %d MiB at rest, %d at most; ready after %.0f s, document after %.0f s\n", row.Libraries,
			row.Engine, row.Rest.Anonymous>>20, row.Peak.Anonymous>>20, row.ReadySeconds, row.DocumentSeconds)
	}
	return nil
}

// converse starts a fresh chat, signs up and uploads a document.
func (b *bench) converse(ctx context.Context, try ChatRow, flags []string) (row ChatRow, err error) {
	row = try
	row.Measured = b.measured()
	server, err := b.start(ctx, Load{Models: []string{chatEmbedder}, Context: 512, Parallel: 1, KVCacheType: "f16"})
	if err != nil {
		return row, err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	args := append([]string{
		"--label", "dev.hearth.calibrate", "--volume", "/app/backend/data", "--env", "WEBUI_SECRET_KEY=calibrate", "--env", "HF_HUB_OFFLINE=1",
		"--env", "OLLAMA_BASE_URL=" + server.URL, "--env", "RAG_OLLAMA_BASE_URL=" + server.URL,
		"--env", "RAG_EMBEDDING_ENGINE=ollama", "--env", "RAG_EMBEDDING_MODEL=" + chatEmbedder,
	}, flags...)
	begin := time.Now()
	container, err := docker.Run(ctx, append(args, images.OpenWebUIDeployed.Ref())...)
	defer func() {
		if container.ID != "" {
			err = errors.Join(err, container.Remove(context.WithoutCancel(ctx)))
		}
	}()
	if err != nil {
		return row, err
	}
	group, err := cgroup.Of(container.PID)
	if err != nil {
		return row, err
	}
	page := &page{url: "http://" + container.Address + ":8080"}
	if err := until(ctx, 10*time.Minute, "/health answers", func(ctx context.Context) (bool, error) { return page.call(ctx, "/health", "", nil, nil) == nil, nil }); err != nil {
		return row, err
	}
	row.ReadySeconds = time.Since(begin).Seconds()
	if err := sleep(ctx, 15*time.Second); err != nil {
		return row, err
	}
	if row.Rest, err = group.Read(); err != nil {
		return row, err
	}
	watch := group.Watch()
	defer func() { row.Peak = watch.Stop().Memory }()
	row.DocumentSeconds, err = page.embed(ctx)
	return row, err
}

// page is Open WebUI's API, as its page uses it.
type page struct{ url, token string }

// embed signs up, uploads a document, and returns how many seconds it took until that could be searched.
func (p *page) embed(ctx context.Context) (seconds float64, err error) {
	person := []byte(`{"name": "Ann", "email": "ann@calibrate.internal", "password": "correct horse battery"}`)
	var session struct{ Token string }
	if err := p.call(ctx, "/api/v1/auths/signup", "application/json", person, &session); err != nil {
		return 0, err
	}
	p.token = session.Token
	var form bytes.Buffer
	parts := multipart.NewWriter(&form)
	file, err := parts.CreateFormFile("file", "document.txt")
	if err != nil {
		return 0, err
	}
	for i := range 1000 { // 75 kB in pieces of 1000 characters
		fmt.Fprintf(file, "Line %d of a document about lighthouses, their keepers and the ferry.\n", i)
	}
	if err := parts.Close(); err != nil {
		return 0, err
	}
	begin := time.Now()
	var uploaded struct{ ID string }
	if err := p.call(ctx, "/api/v1/files/", parts.FormDataContentType(), form.Bytes(), &uploaded); err != nil {
		return 0, err
	}
	err = until(ctx, 10*time.Minute, "the document is searchable", func(ctx context.Context) (bool, error) {
		var state struct {
			Data struct{ Status, Error string }
		}
		if err := p.call(ctx, "/api/v1/files/"+uploaded.ID, "", nil, &state); err != nil {
			return false, err
		}
		if state.Data.Status == "failed" {
			return false, fmt.Errorf("the document failed: %s", state.Data.Error)
		}
		return state.Data.Status == "completed", nil
	})
	return time.Since(begin).Seconds(), err
}

// call posts a body, or gets where there is none, and decodes the answer.
func (p *page) call(ctx context.Context, path, contentType string, body []byte, out any) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	method := http.MethodGet
	if body != nil {
		method = http.MethodPost
	}
	request, err := http.NewRequestWithContext(ctx, method, p.url+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	if p.token != "" {
		request.Header.Set("Authorization", "Bearer "+p.token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s: %s", method, path, response.Status, strings.TrimSpace(string(answer)))
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(answer, out)
}
