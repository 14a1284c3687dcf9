// Command probe is what runs in the pods of the cluster's own test. "probe serve FILE TEXT" writes a file and serves it on
// port 8080; "probe get URL" prints what it gets there, trying for a minute.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "probe:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 3 && args[0] == "serve" {
		if err := os.WriteFile(args[1], []byte(args[2]), 0o600); err != nil {
			return err
		}
		return http.ListenAndServe(":8080", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.ServeFile(w, r, args[1])
		}))
	}
	if len(args) == 2 && args[0] == "get" {
		return get(args[1])
	}
	return fmt.Errorf("unknown arguments %q", args)
}

func get(url string) error {
	client := http.Client{Timeout: 5 * time.Second}
	for start := time.Now(); ; time.Sleep(500 * time.Millisecond) {
		response, err := client.Get(url)
		if err == nil {
			defer response.Body.Close()
			_, err = io.Copy(os.Stdout, response.Body)
			return err
		}
		if time.Since(start) > time.Minute {
			return err
		}
	}
}
