package fakecluster

import (
	"fmt"
	"net/http"
)

// Chat is an Open WebUI with one page.
type Chat struct {
	// Version that it says. Default: that of its image's tag; "" is none.
	Version string
	// Title of the page.
	Title string
	// Health is the status of /health. Default 200.
	Health int
}

func (c *Chat) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/health" {
		if c.Health != 0 {
			w.WriteHeader(c.Health)
		}
		_, _ = fmt.Fprint(w, `{"status":true}`)
		return
	}
	if r.URL.Path == "/api/version" {
		if c.Version == "" {
			http.NotFound(w, r)
			return
		}
		answer(w, http.StatusOK, map[string]any{"version": c.Version, "deployment_id": ""})
		return
	}
	w.Header().Set("Content-Type", "text/html")
	_, _ = fmt.Fprintf(w, "<!doctype html>\n<html><head>\n<title>%s</title></head></html>", c.Title)
}
