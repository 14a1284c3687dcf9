package registry

import (
	"net/http"
	"sync/atomic"
	"time"
)

// Rate is the speed limit of one response, in bytes per second; it can change while a response is under way. The zero Rate
// limits nothing.
type Rate struct{ bytes atomic.Int64 }

// Set changes the limit; 0 lifts it.
func (r *Rate) Set(bytesPerSecond int64) { r.bytes.Store(bytesPerSecond) }

// Get returns the limit, 0 for none.
func (r *Rate) Get() int64 { return r.bytes.Load() }

// tick is how often a limited response sends a piece: small enough that a download stopped half-way stops near there.
const tick = 50 * time.Millisecond

// recorder slows a response down and counts what went out. It hides the connection's ReadFrom on purpose: with sendfile
// neither would be possible.
type recorder struct {
	http.ResponseWriter
	request *http.Request
	entry   seen
	rate    *Rate
}

func (w *recorder) WriteHeader(status int) {
	w.entry.change(func(e *Entry) { e.Status = status })
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(data []byte) (int, error) {
	w.entry.change(func(e *Entry) {
		if e.Status == 0 {
			e.Status = http.StatusOK
		}
	})
	written := 0
	for written < len(data) {
		piece := data[written:]
		if limit := w.rate.Get(); limit > 0 {
			piece = piece[:min(int64(len(piece)), max(1, limit*int64(tick)/int64(time.Second)))]
		}
		n, err := w.ResponseWriter.Write(piece)
		written += n
		w.entry.change(func(e *Entry) { e.Bytes += int64(n) })
		if err != nil {
			return written, err
		}
		if err := w.pause(n); err != nil {
			return written, err
		}
	}
	return written, nil
}

// pause waits as long as n bytes may take, and no longer than the reader stays.
func (w *recorder) pause(n int) error {
	limit := w.rate.Get()
	if limit <= 0 {
		return nil
	}
	if err := http.NewResponseController(w.ResponseWriter).Flush(); err != nil {
		return err
	}
	select {
	case <-w.request.Context().Done():
		return w.request.Context().Err()
	case <-time.After(time.Duration(n) * time.Second / time.Duration(limit)):
		return nil
	}
}
