package modelregistry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// rangeBytes is what one request asks for: most headers are smaller.
const rangeBytes = 8 << 20

// ranges reads a blob from its beginning, in one request after another. Where the
// registry knows no ranges it sends all of the blob: that answer is read on, and
// closed with the reader.
type ranges struct {
	ctx     context.Context
	client  *http.Client
	address string
	size    int64 // of the blob
	at      int64 // the next byte
	end     int64 // where the answer ends
	answer  io.ReadCloser
}

func (r *ranges) Read(p []byte) (int, error) {
	for {
		if r.answer == nil {
			if r.at >= r.size {
				return 0, io.EOF
			}
			if err := r.ask(); err != nil {
				return 0, err
			}
		}
		n, err := r.answer.Read(p[:min(int64(len(p)), r.end-r.at)])
		r.at += int64(n)
		switch {
		case r.at == r.end:
			err = r.Close()
		case errors.Is(err, io.EOF):
			err = fmt.Errorf("%s: the answer ends at byte %d of %d: %w", r.address, r.at, r.end, io.ErrUnexpectedEOF)
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// ask for the next range.
func (r *ranges) ask() error {
	end := min(r.at+rangeBytes, r.size)
	asked := fmt.Sprintf("bytes=%d-%d", r.at, end-1)
	answer, err := get(r.ctx, r.client, r.address, http.Header{"Range": {asked}})
	if err != nil {
		return err
	}
	if answer.StatusCode == http.StatusOK {
		if r.at > 0 {
			answer.Body.Close()
			return fmt.Errorf("%s: asked for %s, the registry sends all of the blob, and sent a range before", r.address, asked)
		}
		end = r.size
	} else if got, want := answer.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-%d/", r.at, end-1); len(got) < len(want) || got[:len(want)] != want {
		answer.Body.Close()
		return fmt.Errorf("%s: asked for %s, the registry sends %q", r.address, asked, got)
	}
	r.answer, r.end = answer.Body, end
	return nil
}

// Close gives the connection back, or breaks it off where more is to come.
func (r *ranges) Close() error {
	if r.answer == nil {
		return nil
	}
	body := r.answer
	r.answer = nil
	return body.Close()
}
