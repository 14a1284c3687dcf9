// Command model-registry serves the models of a folder over TLS, for Ollama to pull from. SIGTERM ends it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/hearth-dev/hearth/e2e/internal/ollama/registry"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("model-registry", flag.ContinueOnError)
	flags.SetOutput(stderr)
	listen := flags.String("listen", ":5000", "address to listen on")
	models := flags.String("models", "/models", "folder laid out like $OLLAMA_MODELS: blobs/ and manifests/")
	cert := flags.String("cert", "/tls/tls.crt", "certificate in PEM")
	key := flags.String("key", "/tls/tls.key", "its private key in PEM")
	bytes := flags.Int64("rate", 0, "bytes per second of one response; 0 is unlimited; PUT /rate?bytes=N changes it")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if err := serve(*listen, *models, *cert, *key, *bytes, stdout, stderr); err != nil {
		_, _ = fmt.Fprintln(stderr, "model-registry:", err)
		return 1
	}
	return 0
}

func serve(listen, models, cert, key string, bytes int64, stdout, stderr io.Writer) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	rate := &registry.Rate{}
	rate.Set(bytes)
	server := &http.Server{
		Addr:              listen,
		Handler:           registry.New(models, registry.NewLog(stdout), rate),
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(stderr, "", log.LstdFlags),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServeTLS(cert, key) }()
	_, _ = fmt.Fprintf(stdout, "serving %s on %s\n", models, listen)
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		// A slowed-down download must not keep the pod: downloads are cut, as a registry that dies would cut them.
		if err := server.Close(); err != nil {
			return err
		}
		if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	}
}
