package registry

import (
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// Entry is one request for a model: what was asked, and what has gone out so far.
type Entry struct {
	// Time the request arrived.
	Time time.Time `json:"time"`
	// Method and Path as asked.
	Method string `json:"method"`
	Path   string `json:"path"`
	// Range header as asked; empty for a whole file. A resumed download starts above "bytes=0-".
	Range string `json:"range,omitempty"`
	// Status of the answer; 0 while there is none.
	Status int `json:"status"`
	// Bytes of the body handed to the connection so far; what the reader took can be a socket buffer less.
	Bytes int64 `json:"bytes"`
	// Done is false while the answer is still being sent.
	Done bool `json:"done"`
	// From is the reader's address, UserAgent what it calls itself.
	From      string `json:"from"`
	UserAgent string `json:"userAgent,omitempty"`
}

// Log remembers every request for a model, from the moment it arrives.
type Log struct {
	mu      sync.Mutex
	entries []Entry
	out     io.Writer
}

// NewLog also writes a line to out for each request that ends.
func NewLog(out io.Writer) *Log { return &Log{out: out} }

// Entries returns a copy of what was seen, in order of arrival.
func (l *Log) Entries() []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]Entry{}, l.entries...)
}

func (l *Log) start(r *http.Request) seen {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = append(l.entries, Entry{
		Time: time.Now().UTC(), Method: r.Method, Path: r.URL.Path, Range: r.Header.Get("Range"),
		From: r.RemoteAddr, UserAgent: r.UserAgent(),
	})
	return seen{log: l, index: len(l.entries) - 1}
}

// seen is one entry that is still changing.
type seen struct {
	log   *Log
	index int
}

func (s seen) change(f func(*Entry)) {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	f(&s.log.entries[s.index])
}

func (s seen) finish() {
	s.change(func(e *Entry) {
		e.Done = true
		_, _ = fmt.Fprintf(s.log.out, "%s %s %s range=%q status=%d bytes=%d took=%s\n", e.Time.Format(time.RFC3339Nano),
			e.Method, e.Path, e.Range, e.Status, e.Bytes, time.Since(e.Time).Round(time.Millisecond))
	})
}
