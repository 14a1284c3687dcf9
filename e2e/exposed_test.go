package e2e

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hearth-dev/hearth/internal/verify"
)

// verify looks once.
func (e *exposure) verify(t *testing.T) verify.Report {
	t.Helper()
	report, err := verify.Run(e.ctx, e.options, nil)
	must(t, err)
	return report
}

// isGreen waits until the controller has read everything. The metrics server has measured by then, too.
func (e *exposure) isGreen(t *testing.T) {
	var report verify.Report
	e.eventually(t, 3*time.Minute, "every row is green", func() (string, error) {
		var open []string
		report = e.verify(t)
		for _, row := range report.Rows {
			if row.Status != verify.Passed {
				open = append(open, row.Check+" is "+string(row.Status)+": "+row.Detail)
			}
		}
		return strings.Join(open, "; "), nil
	})
	for _, row := range report.Rows {
		t.Logf("%-12s %-40s %s", row.Check, row.Subject, row.Detail)
	}
}

// An answer of so many tokens is there in half a second, or takes many.
const short, long = 40, 4000

// ask puts a question to the API from outside, and hands over the answer of at most so many tokens as it comes.
func (e *exposure) ask(user, password string, tokens int) (*http.Response, error) {
	question, err := json.Marshal(map[string]any{
		"model": e.model, "prompt": "Tell me a story.", "options": map[string]any{"temperature": 0, "num_predict": tokens},
	})
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(e.ctx, http.MethodPost, "https://"+host+"/api/generate", bytes.NewReader(question))
	if err != nil {
		return nil, err
	}
	if user != "" {
		request.SetBasicAuth(user, password)
	}
	client := &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		TLSClientConfig:   &tls.Config{RootCAs: e.options.Roots, MinVersion: tls.VersionTLS12},
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, e.options.Resolve[address])
		},
	}}
	return client.Do(request)
}

// streams asks with and without the password that hearth made.
func (e *exposure) streams(t *testing.T) {
	for _, password := range []string{"", "wrong"} {
		user := ""
		if password != "" {
			user = e.credential.User
		}
		refused, err := e.ask(user, password, short)
		must(t, err)
		must(t, refused.Body.Close())
		if refused.StatusCode != http.StatusUnauthorized {
			t.Errorf("with the password %q: %s, want 401", password, refused.Status)
		}
	}
	response, err := e.ask(e.credential.User, e.credential.Password, short)
	must(t, err)
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("with the password: %s", response.Status)
	}
	t.Logf("the answer came in %d pieces", streamed(t, response.Body))
}

// streamed reads an answer of /api/generate and returns in how many pieces it came. A controller that buffers would hand over all of
// it at once.
func streamed(t *testing.T, body io.Reader) (pieces int) {
	t.Helper()
	var answer []byte
	buffer := make([]byte, 1<<16)
	for {
		n, err := body.Read(buffer)
		if n > 0 {
			pieces, answer = pieces+1, append(answer, buffer[:n]...)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		must(t, err)
	}
	if pieces < 5 || !strings.Contains(string(answer), `"done":true`) {
		t.Errorf("%d lines came in %d pieces, want 5 or more, the last of them done:\n%s", strings.Count(string(answer), "\n"), pieces, answer)
	}
	return pieces
}
