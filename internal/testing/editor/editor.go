// Package editor is an editor without a screen: it starts yaml-language-server,
// which the editors' YAML support is, and asks what people would be shown. The
// server reads schemas from disk, and asks the editor for those of the web: none
// is fetched.
package editor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sourcegraph/jsonrpc2"
)

// patience is how long the server may take for one answer, on a busy machine.
const patience = 2 * time.Minute

// Editor is a server at work.
type Editor struct {
	t    *testing.T
	conn *jsonrpc2.Conn
	web  map[string][]byte // by URL

	untitled int // files so far

	mu    sync.Mutex
	found map[string]chan []Diagnostic // by URI of a document whose diagnostics are waited for
}

// Diagnostic is what an editor underlines.
type Diagnostic struct {
	Range   struct{ Start, End Position }
	Message string
}

func (d Diagnostic) String() string { return fmt.Sprintf("%d: %s", d.Range.Start.Line+1, d.Message) }

// Position is counted from 0, the character in UTF-16 units.
type Position struct {
	Line      int `json:"line"`
	Character int `json:"character"`
}

// Item is one that completion offers.
type Item struct {
	Label, InsertText string
	Documentation     any // a text, or one with its kind
}

// Start starts the server of the folder that npm installed it in. web are the
// schemas that it can have by URL; it ends with the test.
func Start(t *testing.T, installed string, web map[string][]byte) *Editor {
	t.Helper()
	e := &Editor{t: t, web: web, found: map[string]chan []Diagnostic{}}
	program := filepath.Join(installed, "node_modules", "yaml-language-server", "bin", "yaml-language-server")
	cmd := exec.CommandContext(t.Context(), "node", program, "--stdio")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stream := jsonrpc2.NewBufferedStream(pipes{out, in}, jsonrpc2.VSCodeObjectCodec{})
	e.conn = jsonrpc2.NewConn(context.Background(), stream, jsonrpc2.AsyncHandler(jsonrpc2.HandlerWithError(e.answer).SuppressErrClosed()))
	t.Cleanup(func() {
		_ = e.conn.Close()
		_ = cmd.Wait() // killed with the test's context, if it did not end by itself
	})
	e.call("initialize", map[string]any{
		"processId": os.Getpid(), "rootUri": nil,
		"capabilities": map[string]any{
			"workspace": map[string]any{"configuration": true},
			"textDocument": map[string]any{
				"completion": map[string]any{"completionItem": map[string]any{"snippetSupport": true, "documentationFormat": []string{"markdown"}}},
				"hover":      map[string]any{"contentFormat": []string{"markdown"}},
			},
		},
	}, nil)
	e.notify("initialized", map[string]any{})
	e.notify("yaml/registerContentRequest", nil) // schemas of the web come from us
	e.notify("workspace/didChangeConfiguration", map[string]any{"settings": map[string]any{"yaml": settings}})
	return e
}

// settings are the server's defaults, but for the catalogue of the web.
var settings = map[string]any{"validate": true, "hover": true, "completion": true, "schemaStore": map[string]any{"enable": false}}

// answer serves what the server asks and says.
func (e *Editor) answer(_ context.Context, _ *jsonrpc2.Conn, r *jsonrpc2.Request) (any, error) {
	var params json.RawMessage
	if r.Params != nil {
		params = *r.Params
	}
	switch r.Method {
	case "workspace/configuration":
		var asked struct{ Items []struct{ Section string } }
		if err := json.Unmarshal(params, &asked); err != nil {
			return nil, err
		}
		values := make([]any, len(asked.Items))
		for i, item := range asked.Items {
			if item.Section == "yaml" {
				values[i] = settings
			}
		}
		return values, nil
	case "vscode/content":
		var at [1]string // positional
		if err := json.Unmarshal(params, &at); err != nil {
			return nil, err
		}
		if text, ok := e.web[at[0]]; ok {
			return string(text), nil
		}
		return nil, errors.New("the test has no such page: " + at[0])
	case "textDocument/publishDiagnostics":
		var said struct {
			URI         string
			Diagnostics []Diagnostic
		}
		if err := json.Unmarshal(params, &said); err != nil {
			return nil, err
		}
		e.mu.Lock()
		defer e.mu.Unlock()
		if waiting := e.found[said.URI]; waiting != nil {
			waiting <- said.Diagnostics
			delete(e.found, said.URI)
		}
		return nil, nil
	case "client/registerCapability":
		return nil, nil
	}
	if r.Notif {
		return nil, nil
	}
	return nil, &jsonrpc2.Error{Code: jsonrpc2.CodeMethodNotFound, Message: r.Method}
}

// Document is a text that is open.
type Document struct {
	editor *Editor
	uri    string
	found  chan []Diagnostic
}

// Unsaved opens a text as a new file of the folder.
func (e *Editor) Unsaved(folder, text string) Document {
	e.t.Helper()
	e.untitled++
	return e.Open(filepath.Join(folder, fmt.Sprintf("untitled-%d.yaml", e.untitled)), text)
}

// Open opens a text as the file of the path, which need not be there. A path is
// opened once: the server takes back its diagnostics some time after a document
// is closed.
func (e *Editor) Open(path, text string) Document {
	e.t.Helper()
	full, err := filepath.Abs(path)
	if err != nil {
		e.t.Fatal(err)
	}
	d := Document{e, (&url.URL{Scheme: "file", Path: filepath.ToSlash(full)}).String(), make(chan []Diagnostic, 1)}
	e.mu.Lock()
	e.found[d.uri] = d.found
	e.mu.Unlock()
	e.notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{
		"uri": d.uri, "languageId": "yaml", "version": 1, "text": text,
	}})
	return d
}

// Close closes the document.
func (d Document) Close() {
	d.editor.notify("textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": d.uri}})
}

// Diagnostics are what is underlined in the document; they can be had once.
func (d Document) Diagnostics() []Diagnostic {
	d.editor.t.Helper()
	select {
	case found := <-d.found:
		return found
	case <-time.After(patience):
		d.editor.t.Fatalf("no diagnostics of %s within %s", d.uri, patience)
		return nil
	}
}

// Completion is what is offered at a place.
func (d Document) Completion(at Position) []Item {
	d.editor.t.Helper()
	var list struct{ Items []Item }
	d.editor.call("textDocument/completion", d.at(at), &list)
	return list.Items
}

// Hover is what is shown where the pointer is, "" for nothing.
func (d Document) Hover(at Position) string {
	d.editor.t.Helper()
	var shown struct{ Contents struct{ Value string } }
	d.editor.call("textDocument/hover", d.at(at), &shown)
	return shown.Contents.Value
}

func (d Document) at(p Position) map[string]any {
	return map[string]any{"textDocument": map[string]any{"uri": d.uri}, "position": p}
}

// Cursor is the place of the mark in a text, and the text without it.
func Cursor(t *testing.T, text, mark string) (string, Position) {
	t.Helper()
	before, after, ok := strings.Cut(text, mark)
	if !ok {
		t.Fatalf("no %s in:\n%s", mark, text)
	}
	return before + after, Position{strings.Count(before, "\n"), len(before) - strings.LastIndex(before, "\n") - 1}
}

func (e *Editor) call(method string, params, result any) {
	e.t.Helper()
	ctx, cancel := context.WithTimeout(e.t.Context(), patience)
	defer cancel()
	if err := e.conn.Call(ctx, method, params, result); err != nil {
		e.t.Fatalf("%s: %v", method, err)
	}
}

func (e *Editor) notify(method string, params any) {
	e.t.Helper()
	if err := e.conn.Notify(e.t.Context(), method, params); err != nil {
		e.t.Fatalf("%s: %v", method, err)
	}
}

// pipes are a program's output and input.
type pipes struct {
	io.ReadCloser
	in io.WriteCloser
}

func (p pipes) Write(b []byte) (int, error) { return p.in.Write(b) }

func (p pipes) Close() error { return errors.Join(p.in.Close(), p.ReadCloser.Close()) }
