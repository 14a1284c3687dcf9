package fakecluster

import (
	"fmt"
	"net/http"
)

// Chat is an Open WebUI with one page.
type Chat struct {
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
	w.Header().Set("Content-Type", "text/html")
	_, _ = fmt.Fprintf(w, "<!doctype html>\n<html><head>\n<title>%s</title></head></html>", c.Title)
}
