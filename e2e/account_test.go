package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// account uses the chat of a namespace by its API, as its pages do.
type account struct {
	at        *suite
	namespace string
	session   string // of the person who is signed in
}

// token signs a person up or in.
func (a *account) token(t *testing.T, how string, person map[string]string) string {
	t.Helper()
	var session struct{ Token string }
	a.post(t, "/api/v1/auths/"+how, person, &session)
	if session.Token == "" {
		t.Fatalf("%s gave no session", how)
	}
	return session.Token
}

func (a *account) newChat(t *testing.T, text string) string {
	t.Helper()
	var made struct{ ID string }
	a.post(t, "/api/v1/chats/new", map[string]any{"chat": map[string]any{
		"title": text, "models": []string{chatModel}, "messages": []any{},
		"history": map[string]any{"currentId": "1", "messages": map[string]any{
			"1": map[string]any{"id": "1", "parentId": nil, "childrenIds": []string{}, "role": "user", "content": text, "timestamp": 1},
		}},
	}}, &made)
	return made.ID
}

func (a *account) post(t *testing.T, path string, body, out any) {
	t.Helper()
	data, err := json.Marshal(body)
	must(t, err)
	status, answer := a.ask(t, http.MethodPost, path, "application/json", strings.NewReader(string(data)))
	if err := json.Unmarshal(answer, out); err != nil || status != http.StatusOK {
		t.Fatalf("%s: %d %s", path, status, answer)
	}
}

// ask calls the chat through the API server, which keeps an Authorization header for itself: the session is in the cookie.
func (a *account) ask(t *testing.T, method, path, contentType string, body io.Reader) (int, []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(a.at.ctx, method, a.at.Config.Host+"/api/v1/namespaces/"+a.namespace+"/services/open-webui:http/proxy"+path, body)
	must(t, err)
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	if a.session != "" {
		request.AddCookie(&http.Cookie{Name: "token", Value: a.session})
	}
	response, err := a.at.http.Do(request)
	must(t, err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	must(t, err)
	return response.StatusCode, answer
}
