package e2e

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/hearth-dev/hearth/e2e/internal/chart"
	"github.com/hearth-dev/hearth/e2e/internal/report"
)

// directPort is the node's on which the chat answers without the ingress controller.
const directPort = "30081"

// visitor uses the page's API as the page does, for there to be many of them.
type visitor struct {
	*chat
	client *http.Client
	url    string // the page's, or that of the chat's own Service
	token  string
}

// visit signs somebody in who asks at url.
func (c *chat) visit(t *testing.T, url string) *visitor {
	t.Helper()
	v := &visitor{chat: c, url: url, client: &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: c.options.Roots, MinVersion: tls.VersionTLS12},
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, cmp.Or(c.options.Resolve[address], address))
		},
	}}}
	response, err := v.post("/api/v1/auths/signin", map[string]string{"email": c.admin.Email, "password": c.admin.Password})
	must(t, err)
	defer response.Body.Close()
	var session struct{ Token string }
	must(t, json.NewDecoder(response.Body).Decode(&session))
	if session.Token == "" {
		t.Fatalf("signing in: %s", response.Status)
	}
	v.token = session.Token
	return v
}

func (v *visitor) post(path string, body any) (*http.Response, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(v.ctx, http.MethodPost, v.url+path, bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	if v.token != "" {
		request.Header.Set("Authorization", "Bearer "+v.token)
	}
	return v.client.Do(request)
}

// message asks and returns when the first piece of the answer came and when the last.
func (v *visitor) message(prompt string) (first, last time.Duration, err error) {
	start := time.Now()
	response, err := v.post("/api/chat/completions", map[string]any{
		"model": chatModel, "stream": true, "max_tokens": loadTokens, "messages": []map[string]string{{"role": "user", "content": prompt}},
	})
	if err != nil {
		return 0, 0, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(response.Body)
		return 0, 0, fmt.Errorf("%s: %s", response.Status, said)
	}
	err = wholeAnswer(response.Body, func() { first = time.Since(start) })
	return first, time.Since(start), err
}

// wholeAnswer reads a streamed answer, calls begun at its first piece, and says what it lacks. Open WebUI ends an answer that
// failed as it does a good one since 0.11.4, after a piece that holds the error.
func wholeAnswer(body io.Reader, begun func()) error {
	var text, done bool
	count, lines := 0, bufio.NewScanner(body)
	for ; lines.Scan(); count++ {
		data, _ := strings.CutPrefix(lines.Text(), "data: ")
		if data == "[DONE]" {
			done = true
			continue
		}
		var piece struct{ Error json.RawMessage }
		if err := json.Unmarshal([]byte(cmp.Or(data, "{}")), &piece); err != nil {
			return fmt.Errorf("line %d, %q: %w", count+1, data, cmp.Or(lines.Err(), err))
		}
		if len(piece.Error) > 0 {
			return fmt.Errorf("after %d lines it says %s", count, data)
		}
		if !text && strings.Contains(data, `"content"`) {
			text = true
			begun()
		}
	}
	if !text || !done {
		return fmt.Errorf("the answer has no text or no end: %d lines, then %w", count, cmp.Or(lines.Err(), io.EOF))
	}
	return nil
}

// TestWholeAnswer is hermetic: what counts as an answer when messages are counted.
func TestWholeAnswer(t *testing.T) {
	const piece, end = `data: {"choices":[{"delta":{"content":"Paris"}}]}` + "\n\n", "data: [DONE]\n\n"
	for name, test := range map[string]struct {
		body io.Reader
		want string // in the error
	}{
		"whole":       {body: strings.NewReader(piece + end)},
		"cut":         {io.MultiReader(strings.NewReader(piece+piece), iotest.ErrReader(io.ErrUnexpectedEOF)), "4 lines, then unexpected EOF"},
		"no end":      {strings.NewReader(piece), "no end: 2 lines, then EOF"},
		"no text":     {strings.NewReader(end), "no text"},
		"failed":      {strings.NewReader(piece + "\n\n" + `data: {"error": {"message": "stream failed"}}` + "\n\n" + end), "stream failed"},
		"half a line": {io.MultiReader(strings.NewReader(piece+`data: {"choi`), iotest.ErrReader(io.ErrUnexpectedEOF)), `line 3, "{\"choi": unexpected EOF`},
	} {
		t.Run(name, func(t *testing.T) {
			begun := 0
			err := wholeAnswer(test.body, func() { begun++ })
			if test.want == "" && (err != nil || begun != 1) {
				t.Errorf("%v, begun %d times", err, begun)
			}
			if test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// load is what people made of it who asked again and again for [loadTime].
type load struct {
	firsts, lasts []time.Duration
	lost          []string
}

// askAtOnce has a number of people ask at url at once.
func (c *chat) askAtOnce(t *testing.T, people int, url string) (l load) {
	t.Helper()
	var mutex sync.Mutex
	var wait sync.WaitGroup
	start := time.Now()
	for range people {
		v := c.visit(t, url)
		wait.Go(func() {
			for time.Since(start) < loadTime && v.ctx.Err() == nil {
				first, last, err := v.message("In which city is the Eiffel Tower?")
				mutex.Lock()
				if err != nil {
					l.lost = append(l.lost, fmt.Sprintf("at %.1f s: %v", time.Since(start).Seconds(), err))
				} else {
					l.firsts, l.lasts = append(l.firsts, first), append(l.lasts, last)
				}
				mutex.Unlock()
			}
		})
	}
	wait.Wait()
	return l
}

// isLoaded has one person ask again and again, then four at once; then one past the ingress controller, so that an answer
// that is cut tells where: only behind the controller, or at the chat itself.
func (c *chat) isLoaded(t *testing.T) {
	direct := c.openDirectly(t)
	plot := report.Plot{Title: "Time to the end of an answer of 16 tokens", Unit: "s"}
	for _, at := range []struct {
		who    string
		people int
		url    string
	}{
		{"1 at once", 1, c.page.URL},
		{"4 at once", 4, c.page.URL},
		{"1 past the ingress", 1, direct},
	} {
		l := c.askAtOnce(t, at.people, at.url)
		if len(l.lost) > 0 || len(l.lasts) == 0 {
			t.Errorf("%s: %d messages answered, %d lost: %q", at.who, len(l.lasts), len(l.lost), l.lost)
		}
		c.report.Figure(at.who+": messages answered", float64(len(l.lasts)), "")
		c.report.Figure(at.who+": messages lost", float64(len(l.lost)), "")
		for _, p := range []float64{50, 95, 99} {
			c.report.Figure(fmt.Sprintf("%s: first piece, p%g", at.who, p), report.Percentile(l.firsts, p).Seconds(), "s")
			end := report.Percentile(l.lasts, p).Seconds()
			c.report.Figure(fmt.Sprintf("%s: whole answer, p%g", at.who, p), end, "s")
			plot.Bars = append(plot.Bars, chart.Bar{Label: fmt.Sprintf("%s, p%g", at.who, p), Value: end})
		}
	}
	if t.Failed() {
		c.logCuts(t)
	}
	c.report.Step(func(s *report.Step) { s.Plots = append(s.Plots, plot) })
	c.memory(t, "after the load")
}

// openDirectly gives the chat a port of the node and returns its address there.
func (c *chat) openDirectly(t *testing.T) string {
	t.Helper()
	c.applyText(t, `
apiVersion: v1
kind: Service
metadata: {name: open-webui-direct, namespace: `+chatNamespace+`}
spec:
  type: NodePort
  selector: {app.kubernetes.io/name: open-webui, app.kubernetes.io/instance: open-webui}
  ports: [{port: 80, targetPort: http, nodePort: `+directPort+`}]
`)
	node, _, err := net.SplitHostPort(c.options.Resolve[chatHost+":443"])
	must(t, err)
	return "http://" + net.JoinHostPort(node, directPort)
}

// logCuts shows what the two servers on the way say of answers that they could not pass on: Traefik which side ended the
// connection, Open WebUI all that is no news. What uvicorn fails on has no level there.
func (c *chat) logCuts(t *testing.T) {
	t.Helper()
	said := map[string]func(line string) bool{
		"open-webui": func(line string) bool { return !strings.Contains(line, "INFO") },
	}
	if c.through.kind == "traefik" {
		said["traefik"] = func(line string) bool { return strings.Contains(line, "ReverseProxy") }
	}
	for app, tells := range said {
		namespace := chatNamespace
		if app == "traefik" {
			namespace = app
		}
		p, err := c.pod(namespace, app)
		must(t, err)
		for line := range strings.Lines(c.podLog(t, p, app)) {
			if tells(line) {
				t.Logf("%s: %s", app, strings.TrimSpace(line))
			}
		}
	}
}
